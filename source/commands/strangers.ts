/** Parameters that name somebody who waits, whom the person blocks, or is to. */
import {blockOf, type ReportReason, reportReasons} from '../model/blocking.js';
import type {MessageRequest} from '../model/message-request.js';
import {type BareJid, bareOf, type Jid, localpartOf, parseJid} from '../shared/jid.js';
import {contact, contactCandidates, requestJids} from './addresses.js';
import {bad, type Candidate, good, type Parameter, type Read} from './command.js';
import type {CommandContext, Peer} from './context.js';
import {quoted} from './words.js';

/** Somebody as seen from one account; of a stranger in a room, by their address there. */
export type Anybody = {readonly account: BareJid; readonly jid: Jid};

/** Whoever waits for an answer or is to get one in advance; left out, whom the buffer is about. */
export function whoWaits(): Parameter<Anybody> {
	const inner = contact('buffer', context => [...strangerCandidates(context), ...contactCandidates(context)]);
	return {
		...inner,
		read(given, context) {
			const jid = parseJid(given);
			const request = jid === undefined ? undefined : requestOf(jid, context);
			return request === undefined ? inner.read(given, context) : good({account: request.account, jid: request.jid});
		},
		absent(context) {
			const {jid} = context;
			const request = jid === undefined ? undefined : requestOf(jid, context);
			if (request !== undefined) {
				return good({account: request.account, jid: request.jid});
			}

			const waiting = [...new Set(strangerCandidates(context).map(({label}) => label))];
			return jid === undefined && waiting.length > 0
				? bad('missing-word', 'Whom? This buffer is about nobody.', `Waiting for an answer: ${waiting.join(', ')}`)
				: inner.absent(context);
		},
	};
}

/** What a stranger wrote who waits, seen from the account in use before others. */
export function requestOf(jid: Jid, {account, source}: CommandContext): MessageRequest | undefined {
	const named = source.messageRequests().filter(each => each.jid === jid);
	return named.find(each => each.account === account) ?? named[0];
}

/** Those who wait with what they wrote, then those who ask to see presence. */
export function strangerCandidates(context: CommandContext): readonly Candidate[] {
	return [
		...context.source
			.messageRequests()
			.map(({jid, text}) => ({insert: quoted(jid), label: jid, note: `writes: ${text}`})),
		...requestJids(context),
	];
}

/** Whom to keep away: a contact, any JID, or as a domain a whole server. Left out: whom the buffer is about. */
export function blockable(): Parameter<Anybody> {
	const inner = contact('buffer', context => [...strangerCandidates(context), ...contactCandidates(context)]);
	return {
		...inner,
		what: 'a JID, the name of a contact, or the domain of a server',
		read(given, context) {
			const address = parseJid(given.startsWith('@') ? given.slice(1) : given);
			const isNamed = context.source.contacts().some(each => each.name?.toLowerCase() === given.toLowerCase());
			const isAddress = address !== undefined && /[@.]/u.test(given) && !isNamed;
			if (!isAddress) {
				return isInRoom(context) ? nickGiven(given) : inner.read(given, context);
			}

			const owner = requestOf(address, context)?.account ?? context.account;
			return owner === undefined ? inner.read(given, context) : good({account: owner, jid: address});
		},
		absent: context => (isInRoom(context) ? roomGiven(context) : inner.absent(context)),
	};
}

/** Whom to let through again: somebody who is blocked; left out, what keeps out whom the buffer is about. */
export function blockedOne(): Parameter<Anybody> {
	const inner = blockable();
	return {
		...inner,
		what: 'a JID or a domain that is blocked',
		absent(context) {
			const {account, jid} = context;
			return account === undefined || jid === undefined
				? bad('missing-word', 'Whom? This buffer is about nobody.', '/blocked lists who is blocked.')
				: good({account, jid: blockOf(context.source.blocked(account), bareOf(jid)) ?? bareOf(jid)});
		},
		candidates: ({account, source}) =>
			(account === undefined ? [] : source.blocked(account)).map(jid => ({
				insert: quoted(jid),
				label: jid,
				note: localpartOf(jid) === undefined ? 'a server, blocked' : 'blocked',
			})),
	};
}

/** The first word behind `/report`: whom or, in a buffer that is about somebody, already why. */
export function reported(): Parameter<Peer | ReportReason> {
	const inner = contact('buffer', context => [...strangerCandidates(context), ...contactCandidates(context)]);
	return {
		...inner,
		what: 'a JID or the name of a contact',
		read(given, context): Read<Peer | ReportReason> {
			const reason = reportReasons.find(each => each === given.toLowerCase());
			if (reason !== undefined && context.jid !== undefined) {
				return good(reason);
			}

			const jid = parseJid(given);
			const request = jid === undefined ? undefined : requestOf(jid, context);
			return request === undefined
				? inner.read(given, context)
				: good({account: request.account, jid: bareOf(request.jid)});
		},
		absent: context => (isInRoom(context) ? roomGiven(context) : inner.absent(context)),
	};
}

/** A word that may be why somebody is reported, or already the first of what is said about it. */
export function reasonOrWord(): Parameter<ReportReason | {readonly word: string} | undefined> {
	return {
		takes: 'word',
		optional: true,
		what: reportReasons.join(' or '),
		read(given) {
			const reason = reportReasons.find(each => each === given.toLowerCase());
			return good(reason ?? {word: given});
		},
		absent: () => good(undefined),
		candidates: () => [
			{insert: 'spam', label: 'spam', note: 'unwanted messages'},
			{insert: 'abuse', label: 'abuse', note: 'anything worse'},
		],
	};
}

function isInRoom({kind}: CommandContext): boolean {
	return kind === 'room' || kind === 'private';
}

/** To the server of the account an occupant is the room: it would keep out what the room says of them as well. */
function nickGiven(given: string): Read<never> {
	return bad(
		'not-an-address',
		`“${given}” is no JID, and people in rooms go by nicks there.`,
		`/ignore ${quoted(given)} hides what they say; /whois ${quoted(given)} tells their JID where the room shows it.`,
	);
}

function roomGiven({jid}: CommandContext): Read<never> {
	return bad(
		'missing-word',
		'Whom? Many people are in a room.',
		jid === undefined ? undefined : `/ignore NICK hides what somebody says; /leave leaves ${bareOf(jid)}.`,
	);
}
