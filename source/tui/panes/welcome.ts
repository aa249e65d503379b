import {occupantNamed, roomOf} from '../../store/room-selectors.js';
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

	if (buffer.info.kind === 'xml' || buffer.info.kind === 'requests') {
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
	const {account: owner} = buffer.info;
	const name = bufferName(state, buffer.info);
	const account = accountOf(state, owner);
	const isRoom = buffer.info.kind === 'room';
	return [
		isRoom ? `Nothing was said in ${name} yet.` : `No messages with ${name} yet. Type one and press Enter.`,
		...(account !== undefined && account.status !== 'online'
			? [
					`${account.jid} is ${accountStatusText(state, account)}: messages wait until it is online. ${accountHint(state, account) ?? ''}`,
				]
			: []),
		...protectionText(buffer),
		...(isRoom ? roomText(state, buffer) : strangerText(state, buffer)),
	];
}

/** Before the first message: who will be able to read it. */
function protectionText({info}: BufferState): readonly string[] {
	return info.encryption === 'omemo'
		? [
				'What you write here is end-to-end encrypted: only your devices and theirs can read it. /omemo explains, /devices shows them.',
			]
		: [];
}

/** Somebody in a room is no contact, and need not become one. */
function strangerText(state: State, {info}: BufferState): readonly string[] {
	const {account: owner, jid, kind} = info;
	return kind === 'private' || jid === owner || contactOf(state, owner, jid) !== undefined
		? []
		: [`${bufferName(state, info)} is not a contact: /add ${jid} adds them.`];
}

/** What can be done in an empty room: whoever owns it says what it is. */
function roomText(state: State, {info}: BufferState): readonly string[] {
	const room = roomOf(state, info.id);
	if (room?.status !== 'joined') {
		const {status, alternative} = room ?? {};
		return status === 'joining'
			? []
			: [
					alternative === undefined
						? `You are not in it: /join ${info.jid} enters it.`
						: `It goes on elsewhere: /join ${alternative} enters that one.`,
				];
	}

	const isOwner = occupantNamed(state, info.id, room.nick)?.affiliation === 'owner';
	return [
		`/invite asks others in${isOwner ? ', /config says what the room is to be' : ', /names tells who is there'}.`,
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
