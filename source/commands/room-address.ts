import {type BareJid, bareOf, domainOf, localpartOf, parseBareJid, parseJid, resourcepartOf} from '../shared/jid.js';
import {bad, type Candidate, good, type Outcome, type Parameter, type Read} from './command.js';
import type {Complaint} from './complaint.js';
import type {CommandContext} from './context.js';
import {didYouMean} from './parameters.js';

/** A room, with what an address in the form `xmpp:room@service?join;password=…` (XEP-0045 §17.1) or `room@service/nick` says beside. */
export type RoomAddress = {readonly room: BareJid; readonly nick?: string; readonly password?: string};

/** A room and the account that is there, or goes there. */
export type RoomPlace = {readonly account: BareJid; readonly room: BareJid};

/** The room of the buffer, also in a private talk with somebody in it. */
export function roomHere({kind, jid}: CommandContext): BareJid | undefined {
	return jid !== undefined && (kind === 'room' || kind === 'private') ? bareOf(jid) : undefined;
}

/** A room by its address. Left out, with `fallback: 'buffer'`: the room of the buffer. */
export function room(fallback: 'buffer' | 'none' = 'none', known = knownRooms): Parameter<BareJid> {
	const inner = roomAddress(fallback, known);
	return {
		...inner,
		read(given, context) {
			const read = inner.read(given, context);
			return read.ok ? good(read.value.room) : read;
		},
		absent(context) {
			const read = inner.absent(context);
			return read.ok ? good(read.value.room) : read;
		},
	};
}

/** The same with all that an address can say of a room. */
export function roomAddress(fallback: 'buffer' | 'none' = 'none', known = knownRooms): Parameter<RoomAddress> {
	return {
		takes: 'word',
		optional: fallback === 'buffer',
		what: 'a room: name@service, or xmpp:name@service?join',
		read: readRoom,
		absent(context) {
			const here = roomHere(context);
			return here === undefined ? {ok: false, complaint: notInRoom} : good({room: here});
		},
		candidates: known,
	};
}

/** What is said where a command works on a room and the buffer is none. */
export const notInRoom: Complaint = {
	code: 'not-in-room',
	message: 'This buffer is no room.',
	hint: 'Go to one first (/buffer lists them), or enter one: /join ROOM.',
};

/** Asks for something in the room of the buffer; in others the next step is told. */
export function inRoom(context: CommandContext, ask: (place: RoomPlace) => Outcome): Outcome {
	const {account} = context;
	const here = roomHere(context);
	if (account !== undefined && here !== undefined) {
		return ask({account, room: here});
	}

	return {complaint: notInRoom};
}

/** The same for a room that was named. */
export function forRoom(address: BareJid, context: CommandContext, ask: (place: RoomPlace) => Outcome): Outcome {
	const account = ownerOf(address, context);
	return account === undefined ? {complaint: noAccount} : ask({account, room: address});
}

export const noAccount: Complaint = {
	code: 'no-account',
	message: 'No account is set up.',
	hint: '/account add sets one up.',
};

/** The account that goes with a room: the one in use where it knows the room or no other does. */
export function ownerOf(address: BareJid, {account, source}: CommandContext): BareJid | undefined {
	const owners = [
		...source.rooms().filter(each => each.jid === address && each.status === 'joined'),
		...source.invitations().filter(each => each.room === address),
		...source.bookmarks().filter(each => each.room === address),
	].map(each => each.account);
	return account !== undefined && (owners.includes(account) || owners.length === 0) ? account : (owners[0] ?? account);
}

/** Rooms that the person may want: those they are invited to, those they remember, those they have entered. */
export function knownRooms({source}: CommandContext): readonly Candidate[] {
	const rows = [
		...source.invitations().map(({room: address, from}) => ({
			address,
			note: from === undefined ? 'you are invited' : `invited by ${from}`,
			alias: undefined,
		})),
		...source.bookmarks().map(({room: address, name}) => ({address, note: name ?? 'remembered', alias: name})),
		...source.rooms().map(({jid: address, name, status}) => ({
			address,
			note: name ?? (status === 'refused' ? 'did not let you in' : 'entered before'),
			alias: name,
		})),
	];
	const firsts = new Map(rows.toReversed().map(row => [row.address, row]));
	return rows
		.filter(row => firsts.get(row.address) === row)
		.map(({address, note, alias}) => ({
			insert: address,
			label: address,
			note,
			...(alias === undefined ? {} : {alias}),
		}));
}

/** Rooms that the person is invited to. */
export function invitedRooms({source}: CommandContext): readonly Candidate[] {
	return source.invitations().map(({room: address, from, reason}) => ({
		insert: address,
		label: address,
		note: [...(from === undefined ? [] : [`invited by ${from}`]), ...(reason === undefined ? [] : [reason])].join(': '),
	}));
}

/** Rooms that are remembered. */
export function rememberedRooms({source}: CommandContext): readonly Candidate[] {
	return source
		.bookmarks()
		.map(({room: address, name = ''}) => ({insert: address, label: address, note: name, alias: name}));
}

/** A service that has rooms, or lists those of others. */
export function serviceNames(): Parameter<BareJid> {
	return {
		takes: 'word',
		optional: false,
		what: 'a service, such as rooms.example.org',
		read(given, context) {
			const service = parseBareJid(given);
			const isService = service !== undefined && localpartOf(service) === undefined && service.includes('.');
			return isService || (service !== undefined && service === directoryOf(context))
				? good(service)
				: bad('invalid-jid', `“${given}” is not the address of a service.`, 'One looks like rooms.example.org.');
		},
		absent: () => bad('missing-word', 'Which service?'),
		candidates: context => [
			...[...new Set(knownServices(context))].map(each => ({insert: each, label: each, note: 'has rooms of yours'})),
			...directories(context),
		],
	};
}

/** `--service` and a directory of rooms, which may also have the address of a person. */
export function directoryOption(): Parameter<BareJid | undefined> {
	return {
		takes: 'option',
		optional: true,
		what: 'a directory of rooms, such as search.example.org',
		read(given) {
			const service = parseBareJid(given);
			return service === undefined || !service.includes('.')
				? bad('invalid-jid', `“${given}” is not the address of a directory.`, 'One looks like search.example.org.')
				: good(service);
		},
		absent: () => good(undefined),
		candidates: directories,
	};
}

/** The directory that the person has set. */
function directoryOf({source}: CommandContext): BareJid | undefined {
	return parseBareJid(source.preferences()['rooms.directory']);
}

function directories(context: CommandContext): readonly Candidate[] {
	const directory = directoryOf(context);
	return directory === undefined
		? []
		: [{insert: directory, label: directory, note: 'a directory of public rooms (rooms.directory)'}];
}

/** Of the rooms that are known, except where nobody was let in: there may be no such service. */
function knownServices(context: CommandContext): readonly string[] {
	const {source} = context;
	const rooms = source.rooms().filter(({status}) => status !== 'refused');
	return knownRooms({...context, source: {...source, rooms: () => rooms}}).flatMap(({insert}) => {
		const bare = parseBareJid(insert);
		return bare === undefined ? [] : [domainOf(bare)];
	});
}

function readRoom(given: string, context: CommandContext): Read<RoomAddress> {
	const uri = /^xmpp:/iu.test(given) ? readUri(given) : undefined;
	if (uri !== undefined) {
		return uri;
	}

	const jid = parseJid(given);
	const nick = jid === undefined ? undefined : resourcepartOf(jid);
	return jid === undefined || localpartOf(jid) === undefined
		? noRoom(given, context)
		: good({room: bareOf(jid), ...(nick === undefined ? {} : {nick})});
}

/** RFC 5122: `xmpp:` or `xmpp://account/`, the address, and behind a question mark what is to be done. */
function readUri(given: string): Read<RoomAddress> {
	const [, path = '', query = ''] = /^xmpp:(?:\/\/[^/]*\/)?([^?#]*)(?:\?([^#]*))?/iu.exec(given) ?? [];
	const jid = parseJid(decoded(path) ?? '');
	if (jid === undefined || localpartOf(jid) === undefined) {
		return bad(
			'invalid-jid',
			`“${given}” is not the address of a room.`,
			'Such an address looks like xmpp:name@service?join.',
		);
	}

	const password = query
		.split(';')
		.flatMap(each => (each.startsWith('password=') ? [decoded(each.slice('password='.length))] : []))
		.find(each => each !== undefined && each !== '');
	const nick = resourcepartOf(jid);
	return good({
		room: bareOf(jid),
		...(nick === undefined ? {} : {nick}),
		...(password === undefined ? {} : {password}),
	});
}

function decoded(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}

/** A name alone says not on which service: what may have been meant is told, never taken. */
function noRoom(given: string, context: CommandContext): Read<never> {
	const name = given.replace(/^#/u, '').toLowerCase();
	const known = knownRooms(context).map(({insert}) => insert);
	const namesakes = known.filter(each => each.split('@')[0] === name);
	const [service] = knownServices(context);
	const example = parseBareJid(`${name}@${service ?? 'rooms.example.org'}`);
	const hint =
		namesakes.length > 0
			? `Did you mean ${namesakes.join(', ')}?`
			: (didYouMean(given, known) ??
				(service === undefined || example === undefined
					? 'A room is called name@service; /rooms lists those of your server.'
					: `A room is called name@service, such as ${example}; /rooms lists those of your server.`));
	return bad('invalid-jid', `“${given}” does not say on which service the room is.`, hint);
}
