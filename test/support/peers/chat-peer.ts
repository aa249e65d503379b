import {connect, type TLSSocket} from 'node:tls';
import type {Prosody} from '../prosody.js';

/** A text message as the peer saw it. */
export type Heard = {
	/** Full JID. */
	readonly from: string;
	/** Empty where it was encrypted: the peer reads none of that. */
	readonly body: string;
	readonly isEncrypted: boolean;
	/** Monotonic milliseconds of its arrival. */
	readonly at: number;
};

/**
 * The least that can chat: one TLS connection, templates out, patterns in. Cheap enough to send hundreds of messages
 * a second beside what is measured. It trusts its server to write canonical XML, which a client must not.
 */
export type ChatPeer = {
	readonly jid: string;
	/** Writes a chat message; `noStore`: neither archived nor kept for later (XEP-0334). */
	send(to: string, body: string, options?: {readonly noStore?: boolean}): void;
	/** Writes XML as it is. */
	write(xml: string): void;
	/** Resolves with the next message that `isMeant` accepts. Fails after `timeout` milliseconds. */
	hears(isMeant: (heard: Heard) => boolean, timeout?: number): Promise<Heard>;
	/** Calls `answer` for every text message; what it returns goes back to the sender. */
	answers(answer: (heard: Heard) => string | undefined): void;
	close(): Promise<void>;
};

/** What a peer has to know of a server to log in there. */
export type PeerServer = Pick<Prosody, 'domain' | 'tlsPort' | 'caPem'>;

export type PeerStream = {
	/** Resolves with all that came until now and up to the end of `pattern`; it is not read again. */
	reads(pattern: RegExp): Promise<string>;
	/** From now on, one stanza after the other. */
	onStanza(listener: (stanza: string) => void): void;
};

/** Logs in as an account of `server`, sends presence and approves whoever asks to see it. */
export async function startChatPeer(
	server: PeerServer,
	localpart: string,
	password: string,
	resource = 'peer',
): Promise<ChatPeer> {
	const {socket, stream} = await openPeerStream(server, localpart, password, resource);
	socket.write('<presence/>');

	let sent = 0;
	const listeners = new Set<(heard: Heard) => void>();
	stream.onStanza(stanza => {
		const from = /^<\w+[^>]*? from=['"]([^'"]*)/.exec(stanza)?.[1] ?? '';
		if (/^<presence[^>]* type=['"]subscribe['"]/.test(stanza)) {
			socket.write(`<presence to='${bare(from)}' type='subscribed'/>`);
		}

		const body = /^<message.*?<body>([^<]*)<\/body>/s.exec(stanza)?.[1];
		const isEncrypted = /^<message.*?<encrypted /s.test(stanza);
		if (body !== undefined || isEncrypted) {
			for (const listener of [...listeners]) {
				listener({from, body: isEncrypted ? '' : unescaped(body ?? ''), isEncrypted, at: performance.now()});
			}
		}
	});

	const send: ChatPeer['send'] = (to, body, options = {}) => {
		sent += 1;
		const hint = options.noStore === true ? "<no-store xmlns='urn:xmpp:hints'/>" : '';
		socket.write(
			`<message to='${to}' type='chat' id='${resource}-${sent}'><body>${escaped(body)}</body>${hint}</message>`,
		);
	};

	return {
		jid: `${localpart}@${server.domain}/${resource}`,
		send,
		write: xml => socket.write(xml),
		hears: (isMeant, timeout = 30_000) =>
			new Promise((resolve, reject) => {
				const patience = setTimeout(() => reject(new Error(`no such message after ${timeout} ms`)), timeout);
				const listener = (heard: Heard) => {
					if (isMeant(heard)) {
						clearTimeout(patience);
						listeners.delete(listener);
						resolve(heard);
					}
				};
				listeners.add(listener);
			}),
		answers(answer) {
			listeners.add(heard => {
				const body = answer(heard);
				if (body !== undefined) {
					send(heard.from, body);
				}
			});
		},
		async close() {
			// The server may have ended it.
			if (socket.closed) {
				return;
			}

			const closed = new Promise(resolve => socket.once('close', resolve));
			socket.end('</stream:stream>');
			setTimeout(() => socket.destroy(), 500).unref();
			await closed;
		},
	};
}

/** A stream that is logged in and bound; the server has not heard of its presence, so it delivers nothing by itself. */
export async function openPeerStream(
	server: PeerServer,
	localpart: string,
	password: string,
	resource: string,
): Promise<{readonly socket: TLSSocket; readonly stream: PeerStream}> {
	const socket = connect({
		host: '127.0.0.1',
		port: server.tlsPort,
		ca: server.caPem,
		servername: server.domain,
		ALPNProtocols: ['xmpp-client'],
	});
	socket.setNoDelay(true);
	socket.setEncoding('utf8');
	const stream = readStream(socket);
	const header = `<?xml version='1.0'?><stream:stream to='${server.domain}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`;

	socket.write(header);
	await stream.reads(/<\/stream:features>/);
	const plain = Buffer.from(`\0${localpart}\0${password}`).toString('base64');
	socket.write(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`);
	await stream.reads(/<success[^>]*>/);
	socket.write(header);
	await stream.reads(/<\/stream:features>/);
	socket.write(
		`<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind></iq>`,
	);
	await stream.reads(/<\/iq>/);
	return {socket, stream};
}

/** Cuts what arrives into pieces: by pattern while logging in, by stanza afterwards. */
function readStream(socket: TLSSocket): PeerStream {
	let text = '';
	let look = () => {};
	let problem: Error | undefined;
	socket.on('data', (chunk: string) => {
		text += chunk;
		look();
	});
	const fail = (why: string) => {
		problem ??= new Error(why);
		look();
	};
	socket.on('error', error => fail(`the peer's connection failed: ${error.message}`));
	socket.on('close', () => fail(`the server closed the peer's stream: ${text}`));
	return {
		reads: (pattern: RegExp) =>
			new Promise<string>((resolve, reject) => {
				look = () => {
					const match = pattern.exec(text);
					if (match !== null) {
						const read = text.slice(0, match.index + match[0].length);
						text = text.slice(read.length);
						look = () => {};
						resolve(read);
					} else if (problem !== undefined) {
						reject(problem);
					}
				};
				look();
			}),
		onStanza(listener: (stanza: string) => void) {
			look = () => {
				for (;;) {
					const match = /^\s*(?:<(message|presence|iq)\b[^>]*?\/>|<(message|presence|iq)\b.*?<\/\2>)/s.exec(text);
					if (match === null) {
						return;
					}

					text = text.slice(match[0].length);
					listener(match[0].trim());
				}
			};
			look();
		},
	};
}

function bare(jid: string): string {
	return jid.split('/', 1)[0] ?? jid;
}

function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Text as it was before it became part of XML. */
export function unescaped(text: string): string {
	return text
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&quot;', '"')
		.replaceAll('&apos;', "'")
		.replaceAll('&amp;', '&');
}
