import type {HelpLine} from '../../commands/help-line.js';
import type {Buffer, BufferId} from '../../model/buffer.js';
import {notifyRuleOf} from '../../model/buffer.js';
import type {BareJid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {valuesOf} from '../../store/by-key.js';
import {confusingNicks} from '../../store/confusing-nicks.js';
import {blockedBy} from '../../store/requests.js';
import {occupantsOf, roomOf, typingIn} from '../../store/room-selectors.js';
import {bufferOf, byNumber, foremost, numberOf, presenceOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {accountLines} from '../app/lists.js';
import {callWords} from '../app/notification-words.js';
import {accountStatusText} from '../panes/account-words.js';
import {contactsInOrder} from '../panes/contact-order.js';
import {roomKindWords} from '../panes/room-words.js';
import {availabilityText, bufferName, contactName, privateStanding, saidText} from '../panes/words.js';

/** The open buffers, a sentence each. */
export function spokenBuffers(state: State, active: BufferId): readonly HelpLine[] {
	return byNumber(state).flatMap(id => {
		const info = bufferOf(state, id)?.info;
		if (info === undefined) {
			return [];
		}

		const parts = [
			`${numberOf(state, id)}. ${kindWords[info.kind]}${info.jid === undefined ? '' : ` ${bufferName(state, info)}`}`,
			...(id === active ? ['you are here'] : []),
			...countWords(info),
			...arrangementWords(info),
			...(info.account === undefined || state.accounts.length < 2 ? [] : [`as ${info.account}`]),
		];
		return [{text: parts.join(', ')}];
	});
}

const kindWords: Readonly<Record<Buffer['kind'], string>> = {
	console: 'Console',
	chat: 'Chat with',
	room: 'Room',
	private: 'Private chat with',
	xml: 'View of stanzas',
	requests: 'Requests of strangers',
};

function countWords({kind, unread, highlights, draft}: Buffer): readonly string[] {
	return [
		...(unread === 0 ? [] : [kind === 'requests' ? `${unread} wait for an answer` : `${unread} unread`]),
		...(highlights === 0 || kind !== 'room' ? [] : [`${highlights} for you`]),
		...(draft === '' ? [] : ['with a draft']),
	];
}

/** How the person arranged it, where that is not what every buffer has. */
function arrangementWords(info: Buffer): readonly string[] {
	const rule = notifyRuleOf(info);
	const isUsual = info.notify === undefined;
	return [
		...(info.pinned === true ? ['pinned'] : []),
		...(info.muted === true ? (info.kind === 'requests' ? [] : ['muted']) : isUsual ? [] : [callWords[rule]]),
	];
}

/** Roster, presence and waiting requests, a sentence each. */
export function spokenContacts(state: State, only: BareJid | undefined): readonly HelpLine[] {
	if (state.accounts.length === 0) {
		return accountLines(state);
	}

	const isWanted = (jid: BareJid) => only === undefined || jid === only;
	const requests = state.requests.filter(({account}) => isWanted(account));
	const lines = requests.map(({jid, text}) => {
		const said = text === undefined ? '' : `, who says: ${printable(text, 'line')}`;
		return `Request to see your presence from ${printable(jid, 'identifier')}${said}`;
	});
	if (requests.length > 0) {
		lines.push('Type /accept or /deny and the address to answer.');
	}

	for (const account of state.accounts.filter(({jid}) => isWanted(jid))) {
		const contacts = contactsInOrder(state, account.jid);
		const count = contacts.length === 1 ? '1 contact' : `${contacts.length} contacts`;
		lines.push(`Account ${account.jid}, ${accountStatusText(state, account)}, ${count}`);
		for (const contact of contacts) {
			const isSeen = contact.subscription === 'to' || contact.subscription === 'both';
			const presence = foremost(presenceOf(state, contact.account, contact.jid));
			const status =
				blockedBy(state, contact.account, contact.jid) !== undefined
					? 'blocked'
					: contact.asking
						? 'asked, no answer yet'
						: isSeen
							? availabilityText(presence?.availability)
							: 'does not show when online';
			const said = saidText(presence);
			const groups = contact.groups.map(group => printable(group, 'line')).join(', ');
			lines.push(
				[
					contactName(contact, contact.jid),
					status,
					...(said === '' ? [] : [`says: ${said}`]),
					printable(contact.jid, 'identifier'),
					...(groups === '' ? [] : [`in ${groups}`]),
				].join(', '),
			);
		}
	}

	return lines.map(text => ({text}));
}

/** Who is in the room, moderators first. */
export function participantLines(state: State, buffer: BufferId): readonly HelpLine[] {
	const room = roomOf(state, buffer);
	if (room === undefined) {
		return [{text: 'This is no room: nobody else takes part.'}];
	}

	const occupants = [...valuesOf(occupantsOf(state, buffer))].sort(
		(one, other) =>
			Number(other.role === 'moderator') - Number(one.role === 'moderator') || (one.nick < other.nick ? -1 : 1),
	);
	const confusing = confusingNicks(state, buffer);
	const count = occupants.length === 1 ? '1 person is' : `${occupants.length} people are`;
	return [
		{text: `${count} in this room.`},
		...occupants.map(({nick, role, affiliation, availability, jid}) => ({
			text: [
				`${printable(nick, 'identifier')}${nick === room.nick ? ', you' : ''}`,
				role,
				...(affiliation === 'none' ? [] : [affiliation]),
				...(availability === 'available' ? [] : [availabilityText(availability)]),
				...(jid === undefined ? [] : [printable(jid, 'identifier')]),
				...(confusing.has(nick) ? ['looks like another name here'] : []),
			].join(', '),
		})),
	];
}

/** Where the person is, whom they talk to there, and what waits for them. */
export function spokenPlace(state: State, id: BufferId): readonly string[] {
	const info = bufferOf(state, id)?.info;
	if (info?.jid === undefined) {
		if (info?.kind === 'requests') {
			return [
				`${kindWords.requests}${info.unread === 0 ? '' : `, ${info.unread} wait for an answer: type /requests to hear who`}.`,
			];
		}

		return info?.kind === 'xml'
			? ['View of stanzas.']
			: [
					'Console. Type /query and a name to open a chat, /buffer to list what is open, /help for help, /quit to leave.',
				];
	}

	const name = bufferName(state, info);
	const room = roomOf(state, id);
	const presence = foremost(presenceOf(state, info.account, info.jid));
	const said = saidText(presence);
	const who =
		info.kind === 'room'
			? [
					`Room ${name}`,
					...(room === undefined ? [] : [`you are ${printable(room.nick, 'identifier')}`, room.status]),
					...roomKindWords(room?.features ?? {}),
				]
			: info.kind === 'private'
				? [`${kindWords.private} ${name}`, privateStanding(state, info)]
				: [
						`${kindWords[info.kind]} ${name}`,
						blockedBy(state, info.account, info.jid) === undefined
							? availabilityText(presence?.availability)
							: 'blocked by you',
						...(said === '' ? [] : [`says: ${said}`]),
					];
	const typing = typingIn(state, id).map(each => `${printable(each, 'identifier')} is typing`);
	const parts = [...who, encryptionWords[info.encryption ?? 'none'], ...countWords(info), ...arrangementWords(info)];
	const subject = room?.subject === undefined || room.subject === '' ? [] : [room.subject];
	return [
		`${parts.join(', ')}.`,
		...subject.map(text => `Subject: ${printable(text, 'line')}`),
		...typing.map(text => `${text}.`),
	];
}

/** How what is sent is protected. */
export const encryptionWords = {
	none: 'not end-to-end encrypted',
	omemo: 'end-to-end encrypted with OMEMO',
	unavailable: 'encryption is not possible now, nothing is sent',
} as const;
