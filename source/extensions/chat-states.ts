/**
 * XEP-0085: Chat State Notifications, version 2.1. https://xmpp.org/extensions/xep-0085.html
 *
 * Who is writing, and what others learn of one's own writing: contacts who see our presence, and small rooms for members.
 */
import {randomUUID} from 'node:crypto';
import {type BareJid, bareOf, parseJid, resourcepartOf, withResource} from '../shared/jid.js';
import {element} from '../xmpp/codec.js';
import {
	attributeOf,
	children,
	clientNamespace,
	createElement,
	type Element,
	nameOf,
	namespaceOf,
} from '../xmpp/element.js';
import {defineExtension, type ExtensionContext} from '../xmpp/extension.js';
import {blocking} from './blocking.js';
import {entityCapabilities} from './entity-capabilities.js';
import {noStore} from './message-hints.js';
import {multiUserChat} from './multi-user-chat.js';
import type {ExtensionPorts, Heard} from './ports.js';
import {presence} from './presence.js';
import {roster} from './roster.js';
import {createTypists} from './typists.js';

const namespace = 'http://jabber.org/protocol/chatstates';

const states = {
	active: element(namespace, 'active', {}),
	composing: element(namespace, 'composing', {}),
	paused: element(namespace, 'paused', {}),
	inactive: element(namespace, 'inactive', {}),
	gone: element(namespace, 'gone', {}),
} as const;

export type ChatState = keyof typeof states;

/** What a message says of what its sender does. Two states are none (§5.5). */
export function chatStateOf(message: Element): ChatState | undefined {
	const [found, ...others] = children(message).filter(each => namespaceOf(each) === namespace);
	const name = found === undefined ? '' : nameOf(found);
	return others.length === 0 && Object.hasOwn(states, name) ? (name as ChatState) : undefined;
}

/** More people hear nothing of somebody's writing (§5.4): each state goes to all of them. */
const mostHearers = 30;

/** A contact's bare JID or a room's. */
export type Audience = {readonly kind: 'chat' | 'room'; readonly jid: BareJid};

export type ChatStates = {
	/**
	 * Whether they may learn what the person does: a contact who sees our presence and whose client has shown that it
	 * understands (§4, §5.1), or a small room for members. Never who is blocked.
	 */
	mayHear(audience: Audience): Promise<boolean>;
	/** Tells it now. Nobody keeps it, and nothing repeats it. */
	tell(audience: Audience, state: ChatState): void;
	/** What goes along with a text that is written to them; undefined: nothing. */
	accompanying(audience: Audience): Element | undefined;
};

export const chatStates = defineExtension<ChatStates, ExtensionPorts>({
	name: 'chat states',
	xep: '0085',
	version: '2.1',
	since: '0.3.0',
	status: 'complete',
	features: [namespace],
	codecs: Object.values(states),
	requires: [roster, presence, entityCapabilities, multiUserChat, blocking],
	attach: context => attachChatStates(context),
});

function attachChatStates(context: ExtensionContext<ExtensionPorts>): ChatStates {
	const contacts = context.use(roster);
	const typists = createTypists({
		clock: context.clock,
		changed: (buffer, names) => context.publish({type: 'typing.changed', buffer, names}),
	});
	/** Whether what contacts wrote last came with a state. */
	const answered = new Map<BareJid, boolean>();

	const nameOfTypist = ({kind, from}: Heard): string => {
		const contact = bareOf(from);
		return kind === 'chat' ? (contacts.get(contact)?.name ?? contact) : (resourcepartOf(from) ?? contact);
	};

	const learn = ({kind, from, hasText}: Heard, state: ChatState | undefined) => {
		const contact = bareOf(from);
		if (kind === 'chat' && (hasText || state !== undefined) && contacts.isSubscribed(contact)) {
			answered.set(contact, state !== undefined);
		}
	};

	context.ports.messages.onHeard(heard => {
		const {buffer, from, direction, hasText, isLive} = heard;
		if (direction !== 'incoming' || !isLive) {
			return;
		}

		const state = chatStateOf(heard.stanza);
		learn(heard, state);
		if (state === 'composing' && !hasText && !heard.isIgnored && heard.isOpen) {
			typists.began(buffer, from, nameOfTypist(heard));
		} else if (hasText || (state !== undefined && !(state === 'gone' && heard.kind === 'room'))) {
			typists.ended(buffer, from);
		}
	});
	context.onPresence(stanza => {
		const from = parseJid(attributeOf(stanza, 'from') ?? '');
		if (from !== undefined && attributeOf(stanza, 'type') === 'unavailable') {
			typists.left(from);
		}
	});
	context.onDispose(
		context.use(multiUserChat).onChanged(room => {
			if (context.use(multiUserChat).get(room)?.room.status !== 'joined') {
				typists.left(room);
			}
		}),
	);
	context.session.onInterrupt(typists.forget);
	context.onDispose(typists.forget);

	const isLetThrough = async (jid: BareJid): Promise<boolean> => {
		const {whenKnown, blockOf} = context.use(blocking);
		await new Promise<void>(whenKnown);
		return blockOf(jid) === undefined;
	};

	const isSmallRoom = (jid: BareJid): boolean => {
		const joined = context.use(multiUserChat).get(jid);
		const {room, occupants} = joined ?? {};
		return (
			room?.status === 'joined' &&
			room.features.membersOnly === true &&
			occupants !== undefined &&
			occupants.size <= mostHearers &&
			occupants.get(room.nick)?.role !== 'visitor'
		);
	};

	/** What is online of a contact says what it can do; where nothing is to be seen, what they wrote last does. */
	const understands = async (contact: BareJid): Promise<boolean> => {
		const seen = context
			.use(presence)
			.known()
			.find(({jid}) => jid === contact);
		const resources = (seen?.resources ?? []).flatMap(({resource}) => withResource(contact, resource) ?? []);
		const found = await Promise.all(
			resources.map(jid =>
				context
					.use(entityCapabilities)
					.featuresOf(jid)
					.catch((): readonly string[] => []),
			),
		);
		// Whoever shows us no presence may be there all the same; who does and is away hears nothing.
		const mayBeThere = resources.length > 0 || contacts.get(contact)?.subscription === 'from';
		return found.some(features => features.includes(namespace)) || (mayBeThere && answered.get(contact) === true);
	};

	return {
		async mayHear({kind, jid}) {
			const mayGo = kind === 'room' ? isSmallRoom(jid) : contacts.isSubscribed(jid) && (await understands(jid));
			return mayGo && (await isLetThrough(jid));
		},
		tell({kind, jid}, state) {
			context.session.send(standalone({kind, jid}, state));
		},
		accompanying({kind, jid}) {
			const mayGo = kind === 'room' ? isSmallRoom(jid) : contacts.isSubscribed(jid) && answered.get(jid) !== false;
			return mayGo && context.use(blocking).blockOf(jid) === undefined ? states.active.encode({}) : undefined;
		},
	};
}

function standalone({kind, jid}: Audience, state: ChatState): Element {
	return createElement(
		'message',
		{xmlns: clientNamespace, to: jid, type: kind === 'room' ? 'groupchat' : 'chat', id: randomUUID()},
		states[state].encode({}),
		noStore.encode({}),
	);
}
