import {accountOf, contactOf} from '../../store/selectors.js';
import type {BufferState, State} from '../../store/state.js';
import type {StyledLine} from '../screen/line.js';
import {accountHint, accountStatusText} from './account-words.js';
import type {Frame} from './frame.js';
import {beginningText} from './gaps.js';
import {centred} from './message-blocks.js';
import {bufferName} from './words.js';

/**
 * What stands above the first entry: how far the history goes or, in an empty buffer, what to do next. `loading`: a
 * page of history is on its way.
 */
export function headerLines(
	state: State,
	buffer: BufferState | undefined,
	frame: Frame,
	loading: boolean,
): readonly StyledLine[] {
	if (buffer === undefined) {
		return [];
	}

	if (buffer.info.kind === 'console') {
		return paragraphs(consoleText(state), frame);
	}

	if (buffer.info.kind === 'xml') {
		return [];
	}

	if (loading) {
		return paragraphs(['loading older messages…'], frame);
	}

	const beginning = beginningText(state, buffer, frame.calendar);
	if (!buffer.complete) {
		return buffer.loaded ? paragraphs([beginning], frame) : [];
	}

	return paragraphs(buffer.entries.length === 0 ? emptyText(state, buffer) : [beginning], frame);
}

function emptyText(state: State, buffer: BufferState): readonly string[] {
	const {account: owner, jid} = buffer.info;
	const name = bufferName(state, buffer.info);
	const account = accountOf(state, owner);
	const contact = contactOf(state, owner, jid);
	return [
		`No messages with ${name} yet. Type one and press Enter.`,
		...(account !== undefined && account.status !== 'online'
			? [
					`${account.jid} is ${accountStatusText(state, account)}: messages wait until it is online. ${accountHint(state, account) ?? ''}`,
				]
			: []),
		...(contact === undefined && jid !== owner ? [`${name} is not a contact: /add ${jid} adds them.`] : []),
	];
}

function consoleText(state: State): readonly string[] {
	const [first] = state.accounts;
	if (first === undefined) {
		return ['Welcome to xmppc.', '/account add sets up an account, /help lists the commands.'];
	}

	const nobody = Object.values(state.contacts).every(contacts => contacts.size === 0);
	const online = state.accounts.some(account => account.status === 'online');
	return online && nobody
		? ['Your contact list is empty: /add name@example.org adds somebody.']
		: ['/query <who> opens a chat, /contacts lists your contacts, /help explains everything.'];
}

function paragraphs(texts: readonly string[], frame: Frame): readonly StyledLine[] {
	return texts.flatMap(text => centred(frame, text.trim()));
}
