/**
 * XEP-0172: User Nickname, version 1.1, as people publish theirs. https://xmpp.org/extensions/xep-0172.html
 *
 * A name that somebody chose for themselves says nothing about who they are (§7): it never takes the place of a name that
 * the person gave, and only contacts are heard.
 */
import {type BareJid, bareOf} from '../shared/jid.js';
import {sanitizeOutgoing, shortened} from '../shared/text.js';
import {element, text} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import type {ExtensionPorts} from './ports.js';
import {notifyFeature, type PubsubNode, pubsub} from './pubsub.js';

const namespace = 'http://jabber.org/protocol/nick';
const nickElement = element(namespace, 'nick', {nick: text()});
const node: PubsubNode<{readonly nick: string}> = {name: namespace, payload: nickElement, access: 'contacts'};
/** The node holds one. */
const itemId = 'current';
/** Code points. */
const longestNick = 64;

export type UserNicks = {
	/** Contacts and what they call themselves, as far as they said so in this session. User text. */
	known(): ReadonlyArray<{readonly account: BareJid; readonly jid: BareJid; readonly nick: string}>;
	/** Tells contacts what the account calls itself; empty: nothing any more. Rejects with a stanza error. */
	publish(nick: string): Promise<void>;
};

export const userNicks = defineExtension<UserNicks, ExtensionPorts>({
	name: 'nicknames',
	xep: '0172',
	version: '1.1',
	since: '0.4.0',
	status: 'partial',
	features: [notifyFeature(node)],
	codecs: [nickElement],
	requires: [pubsub],
	attach(context) {
		const account = bareOf(context.jid);
		const nicks = new Map<BareJid, string>();
		context.onDispose(
			context.use(pubsub).subscribe(node, ({owner, items, retracted, emptied}) => {
				const said = items.at(-1)?.value.nick;
				if (owner === account || (said === undefined && retracted.length === 0 && emptied === undefined)) {
					return;
				}

				const nick = asNick(said ?? '');
				if (nick === (nicks.get(owner) ?? '')) {
					return;
				}

				if (nick === '') {
					nicks.delete(owner);
				} else {
					nicks.set(owner, nick);
				}

				context.publish({type: 'contact.nicked', account, jid: owner, nick});
			}),
		);

		return {
			known: () => [...nicks].map(([jid, nick]) => ({account, jid, nick})),
			publish: given =>
				// An empty one rather than none: of what is taken back ejabberd tells nobody.
				context.use(pubsub).publish(node, {id: itemId, value: {nick: asNick(sanitizeOutgoing(given))}}),
		};
	},
});

/** One line of a sane length. */
function asNick(nick: string): string {
	return shortened(
		nick
			.slice(0, 4 * longestNick)
			.replace(/\s+/gu, ' ')
			.trim(),
		longestNick,
	);
}
