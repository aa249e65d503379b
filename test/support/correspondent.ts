/** Somebody to talk to: a session of our own that becomes present, hears messages and can answer them. */
import {randomUUID} from 'node:crypto';
import {systemClock} from '../../source/shared/clock.js';
import {type BareJid, type FullJid, parseBareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {attribute, childText, element, optionalAttribute, optionalChildText} from '../../source/xmpp/codec.js';
import {openSession} from '../../source/xmpp/session.js';
import type {Prosody} from './prosody.js';

export type Heard = {
	readonly from: string;
	readonly body: string;
	/** Milliseconds since the epoch, of this machine's clock. */
	readonly at: number;
};

export type Correspondent = {
	readonly jid: FullJid;
	readonly heard: readonly Heard[];
	say(to: string, body: string): void;
	/** Runs for every message with a body, in order. */
	onMessage(listener: (message: Heard) => void): void;
	/** Resolves with the first message that matches, heard already or not. */
	hears(pattern: string | RegExp, patience?: number): Promise<Heard>;
	/** Resolves when the server has handled everything said so far. */
	flush(): Promise<void>;
	leave(): Promise<void>;
};

const incoming = element('jabber:client', 'message', {
	from: attribute('from'),
	type: optionalAttribute('type'),
	body: childText('body'),
});
const outgoing = element('jabber:client', 'message', {
	to: attribute('to'),
	type: attribute('type'),
	id: attribute('id'),
	body: childText('body'),
});
const presence = element('jabber:client', 'presence', {status: optionalChildText('status')});

type Server = Pick<Prosody, 'domain' | 'resolver' | 'caPem'>;

/** Logs in; `present: false` stays invisible and so hears nothing. */
export async function startCorrespondent(
	server: Server,
	{localpart, password}: {readonly localpart: string; readonly password: string},
	{present = true}: {readonly present?: boolean} = {},
): Promise<Correspondent> {
	const heard: Heard[] = [];
	const listeners = new Set<(message: Heard) => void>();
	const session = await openSession({
		jid: parseBareJid(`${localpart}@${server.domain}`) as BareJid,
		password: async () => password,
		tls: {ca: server.caPem},
		resolver: server.resolver,
		clock: systemClock,
		log: silentLog,
		async receive(stanzas) {
			for (const stanza of stanzas) {
				const received = incoming.decode(stanza);
				if (received !== undefined && received.type !== 'error') {
					const message = {from: received.from, body: received.body, at: Date.now()};
					heard.push(message);
					for (const listener of listeners) {
						listener(message);
					}
				}
			}
		},
	});
	if (present) {
		session.send(presence.encode({}));
		// Prosody handles stanzas in order: once it has this, messages reach us.
		await session.flush();
	}

	const matches = (pattern: string | RegExp, {body}: Heard) =>
		typeof pattern === 'string' ? body === pattern : pattern.test(body);
	return {
		jid: session.jid,
		heard,
		say(to, body) {
			session.send(outgoing.encode({to, type: 'chat', id: randomUUID(), body}));
		},
		onMessage(listener) {
			listeners.add(listener);
		},
		hears(pattern, patience = 10_000) {
			return new Promise((resolve, reject) => {
				const before = heard.find(message => matches(pattern, message));
				if (before !== undefined) {
					resolve(before);
					return;
				}

				const look = (message: Heard) => {
					if (matches(pattern, message)) {
						listeners.delete(look);
						clearTimeout(limit);
						resolve(message);
					}
				};
				const limit = setTimeout(() => {
					listeners.delete(look);
					reject(new Error(`${session.jid} has not heard ${pattern} but ${JSON.stringify(heard.slice(-5))}`));
				}, patience);
				listeners.add(look);
			});
		},
		flush: () => session.flush(),
		leave: () => session.end(),
	};
}
