/**
 * XEP-0045 §7.8 and XEP-0249: Direct MUC Invitations, version 1.2. https://xmpp.org/extensions/xep-0249.html
 *
 * Nothing here enters a room: an invitation is told, and the person decides.
 */
import {bufferId} from '../model/buffer.js';
import {type BareJid, bareOf, isFullJid, type Jid, parseJid} from '../shared/jid.js';
import {createRateLimit} from '../shared/rate-limit.js';
import {sanitizeOutgoing, shortened} from '../shared/text.js';
import {attribute, element, optionalAttribute} from '../xmpp/codec.js';
import {append, attributeOf, clientNamespace, createElement, type Element} from '../xmpp/element.js';
import {defineExtension, type ExtensionContext} from '../xmpp/extension.js';
import {bareJid, nonEmpty} from '../xmpp/scalars.js';
import {standingOf, standingToldBy} from './muc-activity.js';
import {roomUser} from './muc-elements.js';
import {createReturns} from './muc-returns.js';
import {multiUserChat} from './multi-user-chat.js';
import type {ExtensionPorts} from './ports.js';

const namespace = 'jabber:x:conference';

const directInvitation = element(namespace, 'x', {
	room: attribute('jid', bareJid),
	reason: optionalAttribute('reason', nonEmpty),
	password: optionalAttribute('password', nonEmpty),
});

/** Code points that are kept of a reason. */
const longestReason = 500;
/** Invitations that are told in a time; whoever sends more wants no answer. */
const mostPerWindow = 10;
const window = 10 * 60_000;

export type Inviting = {readonly reason?: string; readonly password?: string};

export type RoomInvitations = {
	/**
	 * Invites somebody: through the room, which makes them a member where that is needed, or directly where it lets
	 * everybody in.
	 */
	invite(room: BareJid, jid: BareJid, inviting: Inviting, way: 'direct' | 'mediated'): void;
	/** Says no to whoever invited us through the room. */
	decline(room: BareJid, to: Jid, reason?: string): void;
};

export const roomInvitations = defineExtension<RoomInvitations, ExtensionPorts>({
	name: 'direct invitations',
	xep: '0249',
	version: '1.2',
	since: '0.2.0',
	status: 'complete',
	features: [namespace],
	codecs: [directInvitation],
	requires: [multiUserChat],
	attach: context => attachInvitations(context),
});

/**
 * Whether a room says that somebody invites us or will not come, or what we have become in it, whatever text it adds for those
 * who do not read that.
 */
export function isMediated(message: Element): boolean {
	const from = parseJid(attributeOf(message, 'from') ?? '');
	const user = from === undefined || isFullJid(from) ? undefined : roomUser.find(message);
	return (
		user !== undefined && (user.invitations.length > 0 || user.declined !== undefined || standingOf(user) !== undefined)
	);
}

function attachInvitations(context: ExtensionContext<ExtensionPorts>): RoomInvitations {
	const {clock, publish, session} = context;
	const account = bareOf(context.jid);
	const rooms = context.use(multiUserChat);
	const returns = createReturns(context);
	const rate = createRateLimit(clock, {most: mostPerWindow, window});

	const tell = (invitation: {
		readonly room: BareJid;
		readonly from?: Jid;
		readonly reason?: string | undefined;
		readonly password?: string | undefined;
		readonly direct: boolean;
	}) => {
		const {reason, password, ...rest} = invitation;
		if (rooms.get(invitation.room) !== undefined || rate() !== 'allowed') {
			return;
		}

		publish({
			type: 'room.invited',
			invitation: {
				account,
				...rest,
				...(reason === undefined ? {} : {reason: shortened(reason, longestReason)}),
				...(password === undefined ? {} : {password}),
			},
		});
	};

	/** What we are in a room that we are not in; its buffer may be there from before. */
	const readStanding = (message: Element, room: BareJid) => {
		const user = rooms.get(room) === undefined ? roomUser.find(message) : undefined;
		const standing = user === undefined ? undefined : standingToldBy(room, account, user);
		if (standing !== undefined && rate() === 'allowed') {
			const buffer = bufferId(account, 'room', room);
			publish({type: 'notice', level: 'info', ...standing, account, buffer, at: clock.now()});
		}
	};

	/** Answers whether it is one. */
	const readMediated = (message: Element, from: Jid, isLate: boolean): boolean => {
		const user = isFullJid(from) ? undefined : roomUser.find(message);
		const [invitation] = user?.invitations ?? [];
		if (invitation !== undefined) {
			const {from: inviter, reason} = invitation;
			tell({
				room: bareOf(from),
				...(inviter === undefined ? {} : {from: inviter}),
				reason,
				password: user?.password,
				direct: false,
			});
		}

		const declined = user?.declined;
		// What came before we entered any room may be about one that we had entered before.
		if (declined?.from !== undefined && (isLate || rooms.get(bareOf(from)) !== undefined)) {
			const {from: who, reason} = declined;
			const buffer = bufferId(account, 'room', bareOf(from));
			publish({
				type: 'invitation.declined',
				buffer,
				from: who,
				...(reason === undefined ? {} : {reason: shortened(reason, longestReason)}),
			});
		}

		return invitation !== undefined;
	};

	const read = (message: Element, isLate: boolean) => {
		const type = attributeOf(message, 'type');
		const from = parseJid(attributeOf(message, 'from') ?? '');
		if (from === undefined || type === 'error' || type === 'groupchat') {
			return;
		}

		if (!isFullJid(from) && !isLate) {
			readStanding(message, bareOf(from));
		}

		// Rooms add the older form for those who know no other; and somebody in a room could pass for whomever they like: what
		// comes through one is no direct invitation (§5).
		const isDirect = !readMediated(message, from, isLate) && rooms.get(bareOf(from)) === undefined;
		const direct = isDirect ? directInvitation.find(message) : undefined;
		if (direct !== undefined && bareOf(from) !== account) {
			tell({...direct, from: bareOf(from), direct: true});
		}
	};

	context.onMessage(messages => {
		for (const message of messages) {
			read(message, false);
		}
	});
	context.ports.messages.onArchived(message => read(message, true));

	return {
		invite(room, jid, {reason, password}, way) {
			const clean = sanitizeOutgoing(reason ?? '');
			const said = {...(clean === '' ? {} : {reason: clean}), ...(password === undefined ? {} : {password})};
			const id = returns(room, {
				what: `${room} does not let you ask ${jid} in`,
				hint: 'Those who run the room may; /names shows who they are.',
			});
			const message = createElement('message', {xmlns: clientNamespace, to: way === 'direct' ? jid : room, id});
			append(message, [
				way === 'direct'
					? directInvitation.encode({room, ...said})
					: roomUser.encode({
							items: [],
							statuses: [],
							invitations: [{to: jid, ...(clean === '' ? {} : {reason: clean})}],
						}),
			]);
			session.send(message);
		},
		decline(room, to, reason) {
			const clean = sanitizeOutgoing(reason ?? '');
			const message = createElement('message', {xmlns: clientNamespace, to: room});
			const declined = {to, ...(clean === '' ? {} : {reason: clean})};
			append(message, [roomUser.encode({items: [], statuses: [], invitations: [], declined})]);
			session.send(message);
		},
	};
}
