import {printable} from '../../shared/text.js';
import type {ConfusingNicks} from '../../store/confusing-nicks.js';

/** Before a nick that looks like another one in the room. */
export const confusableSign = '≈';

/** A nick made harmless, with the sign before it where it may be taken for another's. */
export function nickText(nick: string, confusing: ConfusingNicks): string {
	return `${confusing.has(nick) ? confusableSign : ''}${printable(nick, 'identifier')}`;
}
