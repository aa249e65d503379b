/**
 * XEP-0045: Multi-User Chat, version 1.35.5: entering rooms, being in them, and leaving.
 * https://xmpp.org/extensions/xep-0045.html
 */
import {randomUUID} from 'node:crypto';
import type {RoomFeatures} from '../model/room.js';
import type {Dispose} from '../shared/clock.js';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, parseJid, resourcepartOf, withResource} from '../shared/jid.js';
import {sanitizeOutgoing} from '../shared/text.js';
import {append, attributeOf, child, clientNamespace, createElement, type Element, textOf} from '../xmpp/element.js';
import {defineExtension, type ExtensionContext} from '../xmpp/extension.js';
import {stanzaErrorOf} from '../xmpp/stanza-error.js';
import {captcha} from './captcha.js';
import {entityCapabilities} from './entity-capabilities.js';
import {createRoomChallenges, type RoomChallenges} from './muc-challenges.js';
import {createRoomDiscovery} from './muc-discovery.js';
import {codes, entrance, hatsElement, mucNamespace, occupantIdElement, roomUser} from './muc-elements.js';
import {createMembership, type Destroyed, type Entered, type Membership} from './muc-membership.js';
import {readRoomPresence} from './muc-presence.js';
import {createReturns} from './muc-returns.js';
import {ping} from './ping.js';
import type {ExtensionPorts} from './ports.js';
import type {OwnPresence} from './presence.js';
import {serviceDiscovery} from './service-discovery.js';

/** How much a room repeats to whoever enters (§7.2.14): messages at most, and of the last so many seconds. */
export type RepeatedHistory = {readonly most?: number; readonly seconds?: number};

export type Joining = {
	readonly nick: string;
	readonly password?: string;
	/** What the room is to repeat of what was said, once it is known what the room is; absent: nothing. */
	readonly history?: (features: RoomFeatures | undefined) => RepeatedHistory;
};

/** A room that we are in, or on the way in or out. */
export type JoinedRoom = Pick<
	Membership,
	'room' | 'occupants' | 'hasOccupantIds' | 'hasStableIds' | 'takesMentions' | 'presentSince'
>;

type ThrownOut = (room: BareJid, mayReturn: boolean, destroyed: Destroyed | undefined) => void;

export type MultiUserChat = {
	/** Enters a room and resolves when we are in it. Rejects with why the room refuses, `room-silent` where it does not answer. */
	join(room: BareJid, joining: Joining): Promise<Entered>;
	/** Leaves a room; resolves when the room says so, or says nothing. Nothing happens to one that we are not in. */
	leave(room: BareJid, statusText?: string): Promise<void>;
	/** What rooms ask before they let us in; `join` goes on meanwhile. */
	readonly challenges: Pick<RoomChallenges, 'get' | 'onAsked' | 'answer'>;
	/** Rejects with why the room refuses the name. */
	changeNick(room: BareJid, nick: string): Promise<void>;
	/** Throws `room-not-joined`. Whether the room lets us is seen when it tells everybody. */
	setSubject(room: BareJid, subject: string): void;
	/** The rooms as they are. */
	rooms(): readonly JoinedRoom[];
	get(room: BareJid): JoinedRoom | undefined;
	/**
	 * Asks whether we are still in a room, through the room itself (XEP-0410). Where we are not, those who hear of being
	 * thrown out hear of it. `unknown`: the room cannot be reached.
	 */
	check(room: BareJid): Promise<'in' | 'out' | 'unknown'>;
	/** A room gave to understand that we are not in it. */
	lost(room: BareJid): void;
	/** Asks a room once more what it is: after it was made, or configured. Nothing happens where we are not in it. */
	learn(room: BareJid): Promise<void>;
	/** Something of ours was said in a room, milliseconds since the epoch: what it is slow for counts from then. */
	said(room: BareJid, at: number): void;
	/** Tells all rooms how available we are. */
	announce(presence: OwnPresence): void;
	/** Hears of rooms that are not what they were, or in which we are not what we were. */
	onChanged(listener: (room: BareJid) => void): Dispose;
	/** Hears of rooms that we were thrown out of without having asked for it. `mayReturn`: it was the service's fault. */
	onThrownOut(listener: ThrownOut): Dispose;
};

export const multiUserChat = defineExtension<MultiUserChat, ExtensionPorts>({
	name: 'multi-user chat',
	xep: '0045',
	version: '1.35.5',
	since: '0.2.0',
	status: 'partial',
	features: [mucNamespace],
	codecs: [entrance, roomUser, occupantIdElement, hatsElement],
	requires: [serviceDiscovery, entityCapabilities, ping, captcha],
	attach: context => attachRooms(context),
});

function attachRooms(context: ExtensionContext<ExtensionPorts>): MultiUserChat {
	const {session, clock, publish} = context;
	const account = bareOf(context.jid);
	const memberships = new Map<BareJid, Membership>();
	/** Those whose rooms were asked to let us in: the others do not know that we want to. */
	const requested = new WeakSet<Membership>();
	const discovery = createRoomDiscovery(context, membership => memberships.get(membership.room.jid) === membership);
	const returns = createReturns(context);
	const challenges = createRoomChallenges(context);
	const thrownOut = new Set<{readonly listener: ThrownOut}>();
	const changed = new Set<{readonly listener: (room: BareJid) => void}>();
	let own: OwnPresence = {availability: 'available', statusText: ''};

	const speak = (room: BareJid, nick: string, children: readonly Element[], id?: string) => {
		const {availability} = own;
		const status = sanitizeOutgoing(own.statusText);
		const stanza = createElement(
			'presence',
			{xmlns: clientNamespace, to: occupantJid(room, nick), ...(id === undefined ? {} : {id})},
			availability === 'available' || availability === 'unavailable'
				? undefined
				: createElement('show', {}, availability),
			status === '' ? undefined : createElement('status', {}, status),
		);
		append(stanza, [...children, context.use(entityCapabilities).advertisement()]);
		session.send(stanza);
	};

	const joined = (room: BareJid): Membership => {
		const membership = memberships.get(room);
		if (membership?.room.status !== 'joined') {
			throw new XmppcError({
				code: 'room-not-joined',
				kind: 'usage',
				message: `You are not in ${room}.`,
				hint: `/join ${room} enters it.`,
			});
		}

		return membership;
	};

	const lost = (membership: Membership) =>
		membership.fail(
			new XmppcError({
				code: 'room-out',
				kind: 'temporary',
				message: `${membership.room.jid} does not know us any more.`,
			}),
		);

	const check = async (membership: Membership) => {
		const {jid, nick} = membership.room;
		const found = await context
			.use(ping)
			.ping(occupantJid(jid, nick))
			.then(
				() => 'in' as const,
				error => discovery.isThere(jid, error),
			);
		if (found === 'out' && memberships.get(jid) === membership) {
			lost(membership);
		}

		return found;
	};

	const membershipFor = (stanza: Element) => {
		const from = parseJid(attributeOf(stanza, 'from') ?? '');
		return from === undefined ? undefined : memberships.get(bareOf(from));
	};

	// Our own question comes back to us through the room (XEP-0410 §3).
	context.use(ping).recognise(from => {
		const membership = memberships.get(bareOf(from));
		return membership !== undefined && membership.room.nick === resourcepartOf(from);
	});

	context.onPresence(stanza => {
		const membership = membershipFor(stanza);
		const presence = membership === undefined ? undefined : readRoomPresence(stanza, membership);
		if (presence !== undefined) {
			membership?.take(presence, presence.isError ? stanzaErrorOf(stanza) : undefined);
		}
	});

	context.onMessage(messages => {
		for (const message of messages) {
			const membership = attributeOf(message, 'type') === 'groupchat' ? membershipFor(message) : undefined;
			if (membership === undefined) {
				continue;
			}

			const subject = subjectOf(message);
			if (subject !== undefined) {
				membership.subject(subject);
			}

			// What the room says about itself comes from the room (§10.2.1), never from somebody in it.
			const isRoom = attributeOf(message, 'from') === membership.room.jid;
			const statuses = isRoom ? (roomUser.find(message)?.statuses ?? []) : [];
			for (const {code} of statuses) {
				membership.told(meanings.get(code) ?? {});
			}

			if (statuses.some(({code}) => configurationCodes.has(code))) {
				void discovery.askAgain(membership);
			}
		}
	});

	context.onDispose(() => {
		thrownOut.clear();
		for (const membership of [...memberships.values()]) {
			membership.fail(
				new XmppcError({
					code: 'disconnected',
					kind: 'temporary',
					message: `The connection to ${membership.room.jid} is lost.`,
				}),
			);
		}
	});

	return {
		async join(jid, {nick, password, history}) {
			const known = memberships.get(jid);
			if (known !== undefined) {
				throw new XmppcError({
					code: 'room-joined',
					kind: 'usage',
					message: `You are in ${jid} already, as ${known.room.nick}.`,
					hint: '/nick NAME takes another name there.',
				});
			}

			occupantJid(jid, nick);
			const membership = createMembership(
				jid,
				{nick, hasPassword: password !== undefined},
				{
					account,
					clock,
					publish(event) {
						publish(event);
						const isOwn = event.type === 'occupant.changed' && event.occupant.nick === memberships.get(jid)?.room.nick;
						for (const {listener} of event.type === 'room.changed' || isOwn ? [...changed] : []) {
							listener(jid);
						}
					},
					onOut({wasThrownOut, mayReturn, destroyed}) {
						memberships.delete(jid);
						for (const {listener} of wasThrownOut ? [...thrownOut] : []) {
							listener(jid, mayReturn, destroyed);
						}
					},
					onDoubt() {
						check(membership).catch(() => context.log.note('rooms', 'a room could not be asked whether we are in it'));
					},
				},
			);
			memberships.set(jid, membership);
			try {
				// What the room is decides what of its words can be believed, from the first one on.
				await discovery.ask(membership);
				if (memberships.get(jid) === membership) {
					const wanted = history?.(membership.room.features) ?? {most: 0};
					const id = randomUUID();
					challenges.expect(membership, id);
					requested.add(membership);
					speak(jid, nick, [entrance.encode({...(password === undefined ? {} : {password}), history: wanted})], id);
				}
			} catch (error) {
				membership.fail(error instanceof Error ? error : new Error(String(error)));
			}

			return membership.entered;
		},
		async leave(jid, statusText = '') {
			const membership = memberships.get(jid);
			if (membership !== undefined && !requested.has(membership)) {
				membership.left();
			} else if (membership !== undefined) {
				const said = sanitizeOutgoing(statusText);
				// Nobody confirms that one does not want to come in after all.
				const done = challenges.decline(jid) ? undefined : membership.leaving();
				session.send(
					createElement(
						'presence',
						{xmlns: clientNamespace, to: occupantJid(jid, membership.room.nick), type: 'unavailable'},
						said === '' ? undefined : createElement('status', {}, said),
					),
				);
				await done;
			}
		},
		challenges,
		async changeNick(jid, nick) {
			const membership = joined(jid);
			occupantJid(jid, nick);
			if (nick !== membership.room.nick) {
				const done = membership.renaming(nick);
				speak(jid, nick, []);
				await done;
			}
		},
		setSubject(jid, subject) {
			joined(jid);
			session.send(
				createElement(
					'message',
					{
						xmlns: clientNamespace,
						to: jid,
						type: 'groupchat',
						id: returns(jid, {
							what: `${jid} does not let you change the subject`,
							hint: 'Moderators may; /names shows who they are.',
						}),
					},
					createElement('subject', {}, sanitizeOutgoing(subject)),
				),
			);
		},
		check: async jid => check(joined(jid)),
		lost(jid) {
			const membership = memberships.get(jid);
			if (membership?.room.status === 'joined') {
				lost(membership);
			}
		},
		rooms: () => [...memberships.values()],
		get: jid => memberships.get(jid),
		async learn(jid) {
			const membership = memberships.get(jid);
			if (membership !== undefined) {
				await discovery.askAgain(membership);
			}
		},
		said: (jid, at) => memberships.get(jid)?.said(at),
		announce(presence) {
			own = presence;
			for (const {room} of memberships.values()) {
				if (room.status === 'joined' && presence.availability !== 'unavailable') {
					speak(room.jid, room.nick, []);
				}
			}
		},
		onChanged(listener) {
			const entry = {listener};
			changed.add(entry);
			return () => changed.delete(entry);
		},
		onThrownOut(listener) {
			const entry = {listener};
			thrownOut.add(entry);
			return () => thrownOut.delete(entry);
		},
	};
}

/** A change of configuration, of privacy or of logging (§10.2.1). */
const configurationCodes: ReadonlySet<number> = new Set([
	codes.showsUnavailable,
	codes.hidesUnavailable,
	codes.configurationChanged,
	codes.logged,
	codes.notLogged,
	codes.nowNonAnonymous,
	codes.nowSemiAnonymous,
]);

/** What some of them say by themselves: a room need not tell it in another way. */
const meanings: ReadonlyMap<number, Pick<RoomFeatures, 'logged' | 'nonAnonymous'>> = new Map([
	[codes.logged, {logged: true}],
	[codes.notLogged, {logged: false}],
	[codes.nowNonAnonymous, {nonAnonymous: true}],
	[codes.nowSemiAnonymous, {nonAnonymous: false}],
]);

/** A message with a subject and no body changes it; an empty one clears it (§8.1). */
export function subjectOf(message: Element): string | undefined {
	const subject = child(message, 'subject', clientNamespace);
	const hasMore = ['body', 'thread'].some(name => child(message, name, clientNamespace) !== undefined);
	return subject === undefined || hasMore ? undefined : textOf(subject);
}

function occupantJid(room: BareJid, nick: string) {
	const jid = withResource(room, nick);
	if (jid === undefined) {
		throw new XmppcError({
			code: 'nick-invalid',
			kind: 'usage',
			message: `“${nick}” cannot be a name in a room.`,
			hint: 'Choose one without control characters and not longer than 1,023 bytes.',
		});
	}

	return jid;
}
