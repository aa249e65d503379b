import {createHash, createHmac, pbkdf2Sync, randomBytes} from 'node:crypto';
import type {Certificate} from './certificates.js';
import type {ScriptedConnection} from './scripted-server.js';

/** Stream features and nonzas, as servers write them. */
export const offer = {
	startTls: "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>",
	mechanisms: (...names: readonly string[]) =>
		`<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${names.map(name => `<mechanism>${name}</mechanism>`).join('')}</mechanisms>`,
	bind: "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>",
	streamManagement: "<sm xmlns='urn:xmpp:sm:3'/>",
} as const;

export const success = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";

/** Waits for a stream header and answers it with one of its own and these features. */
export async function answersHeader(connection: ScriptedConnection, ...features: readonly string[]): Promise<string> {
	const header = await connection.expects(/<stream:stream[^>]*>/);
	connection.replies(headerWith(...features));
	return header;
}

/** A stream header of the server, with these features. */
export function headerWith(...features: readonly string[]): string {
	return (
		"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' " +
		`id='s1' from='localhost' version='1.0'><stream:features>${features.join('')}</stream:features>`
	);
}

/** Plays STARTTLS up to and with the handshake. */
export async function answersStartTls(connection: ScriptedConnection, certificate: Certificate): Promise<void> {
	await answersHeader(connection, offer.startTls);
	await connection.expects(/<starttls [^>]*>/);
	connection.replies("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
	await connection.startTls(certificate);
}

/** What it takes to talk, whatever the elements travel in. */
type Dialogue = Pick<ScriptedConnection, 'expects' | 'replies'>;

export type ScramServer = {
	/** As SASL names it, without `SCRAM-`. */
	readonly hash: 'SHA-1' | 'SHA-256' | 'SHA-512';
	readonly password: string;
	readonly iterations?: number;
	/** Rewrites the challenge, for servers that lie. */
	readonly serverFirst?: (text: string, clientNonce: string) => string;
	/** Rewrites the final message. */
	readonly serverFinal?: (text: string) => string;
};

/** Plays the server's side of SCRAM (RFC 5802) and sends `<success/>`, without looking at the client's proof. */
export async function answersScram(connection: Dialogue, server: ScramServer): Promise<void> {
	const auth = await connection.expects(/<auth [^>]*>([^<]*)<\/auth>/);
	const clientFirst = fromBase64(/>([^<]*)<\/auth>$/.exec(auth)?.[1] ?? '');
	const clientFirstBare = clientFirst.replace(/^[^,]*,[^,]*,/, '');
	const clientNonce = /r=([^,]*)/.exec(clientFirstBare)?.[1] ?? '';
	const salt = randomBytes(16);
	const iterations = server.iterations ?? 4096;
	const truth = `r=${clientNonce}server,s=${salt.toString('base64')},i=${iterations}`;
	const serverFirst = server.serverFirst?.(truth, clientNonce) ?? truth;
	connection.replies(`<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${toBase64(serverFirst)}</challenge>`);

	const response = await connection.expects(/<response [^>]*>([^<]*)<\/response>/);
	const clientFinal = fromBase64(/>([^<]*)<\/response>$/.exec(response)?.[1] ?? '');
	const digest = server.hash.toLowerCase().replace('-', '');
	const length = createHash(digest).digest().length;
	const salted = pbkdf2Sync(server.password, salt, iterations, length, digest);
	const serverKey = createHmac(digest, salted).update('Server Key').digest();
	const authMessage = `${clientFirstBare},${serverFirst},${clientFinal.replace(/,p=.*$/, '')}`;
	const serverFinal = `v=${createHmac(digest, serverKey).update(authMessage).digest('base64')}`;
	const told = server.serverFinal?.(serverFinal) ?? serverFinal;
	connection.replies(`<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${toBase64(told)}</success>`);
}

/** Waits for the binding request and binds `jid`. */
export async function answersBind(connection: Dialogue, jid = 'juliet@localhost/balcony'): Promise<void> {
	const request = await connection.expects(/<iq [^>]*>.*?<\/iq>/s);
	const id = /\bid=["']([^"']*)["']/.exec(request)?.[1] ?? '';
	connection.replies(
		`<iq type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${jid}</jid></bind></iq>`,
	);
}

export type ScriptedLogin = {
	/** Absent: no TLS of its own (direct TLS, or a stock client in the clear). */
	readonly startTls?: Certificate;
	readonly scram: ScramServer;
	readonly features?: readonly string[];
	readonly jid?: string;
};

/** Plays a whole login, from the first header to the bound resource. */
export async function answersLogin(connection: ScriptedConnection, login: ScriptedLogin): Promise<void> {
	if (login.startTls) {
		await answersStartTls(connection, login.startTls);
	}

	await answersHeader(connection, offer.mechanisms(`SCRAM-${login.scram.hash}`));
	await answersScram(connection, login.scram);
	await answersHeader(connection, offer.bind, ...(login.features ?? []));
	await answersBind(connection, login.jid);
}

/** Plays a login as a stock client without credentials does it: in the clear, with SASL ANONYMOUS. */
export async function answersAnonymousLogin(connection: ScriptedConnection): Promise<void> {
	await answersHeader(connection, offer.mechanisms('ANONYMOUS'));
	await connection.expects(/<auth [^>]*>/);
	connection.replies(success);
	await answersHeader(connection, offer.bind);
	await answersBind(connection);
}

function toBase64(text: string): string {
	return Buffer.from(text, 'utf8').toString('base64');
}

function fromBase64(text: string): string {
	return Buffer.from(text, 'base64').toString('utf8');
}
