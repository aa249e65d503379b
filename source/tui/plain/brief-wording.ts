import {consoleBuffer} from '../../model/buffer.js';
import {printable} from '../../shared/text.js';
import {blockedBy} from '../../store/requests.js';
import {roomOf} from '../../store/room-selectors.js';
import {bufferOf, foremost, presenceOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {bufferLines, contactLines} from '../app/lists.js';
import {authorName} from '../panes/authors.js';
import {briefWords, retractionText} from '../panes/message-words.js';
import {roomKindWords} from '../panes/room-words.js';
import {availabilityText, bufferName, privateStanding, saidText} from '../panes/words.js';
import {dayText, longestQuote, messageText, noticeText, troubleText} from './plain-lines.js';
import {aftermathText} from './relation-lines.js';
import type {Wording} from './wording.js';

/** Short lines: `--plain`, pipes, dumb terminals. Scripts may read them. */
export const briefWording: Wording = {
	spoken: false,
	remark: text => `-- ${text}`,
	more: text => `   ${text}`,
	problem: text => `-- error: ${text}`,
	message: (state, message, calendar) => messageText(state, message, calendar),
	changed: (_, change, body) => (change.state === 'failed' ? troubleText(change, body) : []),
	aftermath(state, message, what) {
		if (what.kind === 'retracted') {
			const name = message.direction === 'outgoing' ? undefined : authorName(state, message);
			return [`-- ${retractionText(message, name) ?? ''}`];
		}

		const which = what.kind === 'edited' ? briefWords(message) : briefWords(message, longestQuote);
		return [`-- ${aftermathText(state, message, what, which)}`];
	},
	notice: noticeText,
	day: dayText,
	page: lines => lines.map(({text}) => text),
	place(state, id) {
		const info = bufferOf(state, id)?.info;
		return [`-- ${info === undefined ? 'console' : describe(state, info)}`];
	},
	prompt(state, id) {
		const info = bufferOf(state, id)?.info;
		if (info === undefined) {
			return '[console] ';
		}

		const sign = {none: '', omemo: ' (OMEMO)', unavailable: ' (nothing is sent)'}[info.encryption ?? 'none'];
		return `[${bufferName(state, info)}${sign}] `;
	},
	buffers: state => bufferLines(state),
	contacts: contactLines,
};

const protectionWords = {
	none: 'not end-to-end encrypted',
	omemo: 'end-to-end encrypted (OMEMO)',
	unavailable: 'cannot be encrypted now: nothing is sent',
} as const;

/** Where the person is now, and how well protected. */
function describe(state: State, info: NonNullable<ReturnType<typeof bufferOf>>['info']): string {
	if (info.jid === undefined) {
		return info.id === consoleBuffer
			? 'console: /query <who> opens a chat, /help explains, /quit leaves'
			: info.kind === 'requests'
				? `requests: ${info.unread === 0 ? 'nobody waits' : `${info.unread} waiting, /requests lists them`}`
				: bufferName(state, info);
	}

	const presence = foremost(presenceOf(state, info.account, info.jid));
	const text = saidText(presence);
	const said = text === '' ? '' : ` (${text})`;
	const isBlocked = blockedBy(state, info.account, info.jid) !== undefined;
	const availability = isBlocked ? 'blocked by you' : availabilityText(presence?.availability);
	const protection = protectionWords[info.encryption ?? 'none'];
	if (info.kind === 'private') {
		const where = privateStanding(state, info);
		return `private chat with ${bufferName(state, info)}, ${printable(info.jid, 'identifier')}, ${where}, ${protection}`;
	}

	const kinds = roomKindWords(roomOf(state, info.id)?.features ?? {});
	return info.kind === 'room'
		? [`room ${bufferName(state, info)}`, ...kinds, protection].join(', ')
		: `chat with ${bufferName(state, info)}, ${printable(info.jid, 'identifier')}, ${availability}${said}, ${protection}`;
}
