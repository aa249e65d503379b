import {messageText} from '../../model/attachment-words.js';
import type {Message} from '../../model/message.js';
import {printable, truncateToWidth} from '../../shared/text.js';
import {blankText, isBlank, subjectChange} from './message-text.js';

/** More of a message is not looked at where only its beginning is told. */
const longestRead = 400;

/**
 * What is shown of a message where it is told in one line: never what was taken back, nor what is to be opened first.
 * User text made harmless.
 */
export function briefWords(message: Message, columns = 200): string {
	return truncateToWidth(inOneLine(message), columns);
}

function inOneLine(message: Message): string {
	if (message.retracted !== undefined) {
		return '(taken back)';
	}

	if (message.spoiler !== undefined) {
		return spoilerText(message.spoiler);
	}

	return (
		subjectChange(message) ??
		(isBlank(message)
			? blankText
			: printable(messageText(message).slice(0, longestRead).replace(/\s+/gu, ' ').trim(), 'line'))
	);
}

/** What stands for a text that is to be opened: what it is about. */
export function spoilerText(about: string): string {
	const hint = truncateToWidth(printable(about.slice(0, longestRead), 'line').trim(), 60);
	return hint === '' ? '[spoiler]' : `[spoiler: ${hint}]`;
}

/** What stands in the place of a message that was taken back. `name`: who wrote it; absent: the person. Harmless. */
export function retractionText({retracted}: Message, name: string | undefined): string | undefined {
	if (retracted === undefined) {
		return undefined;
	}

	const {by, moderator, reason, unprotected} = retracted;
	const who = moderator === undefined ? 'a moderator' : `${printable(moderator, 'identifier')}, a moderator`;
	const done =
		by === 'author'
			? `${name ?? 'You'} retracted this message`
			: `${name === undefined ? 'Your' : `${name}’s`} message was removed by ${who}`;
	const said = printable((reason ?? '').slice(0, longestRead).replace(/\s+/gu, ' ').trim(), 'line');
	return `${done}${said === '' ? '' : `: ${said}`}${unprotected === true ? ` (${inClear})` : ''}`;
}

/** Of something that came in clear in an encrypted conversation. */
export const inClear = 'not encrypted: the server may have written that';
/** Of a new text for a message that is not on record. */
export const strayEdit = 'edit of a message that is not here';

/** Whether it is a new text of a message that is not on record. */
export function isStrayEdit({relating, hidden}: Message): boolean {
	return relating?.kind === 'correction' && hidden !== true;
}
