import type {Message} from '../../model/message.js';
import {printable} from '../../shared/text.js';

/** Whether a message says what its author does: `/me` at its beginning (XEP-0245). */
export function isEmote({body}: Message): boolean {
	return /^\/me\s/u.test(body);
}

/**
 * What somebody did to the subject of a room, which one without a body changes (XEP-0045 §8.1); undefined of other messages.
 * User text made harmless.
 */
export function subjectChange({kind, subject, body}: Message): string | undefined {
	if (kind !== 'groupchat' || subject === undefined || body !== '') {
		return undefined;
	}

	return subject.trim() === '' ? 'cleared the subject' : `changed the subject: ${printable(subject, 'line')}`;
}

/** What stands for a message of nothing but white space. */
export const blankText = '(blank message)';

/** Whether a message would show as an empty line: no body to see, and no subject. */
export function isBlank({body, subject = ''}: Message): boolean {
	return subject.trim() === '' && !/\S/u.test(body);
}
