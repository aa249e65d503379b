import {createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual, X509Certificate} from 'node:crypto';
import tls from 'node:tls';
import {offer} from './scripted-login.js';
import {sasl2Failure, sasl2Success} from './scripted-sasl2.js';
import type {ScriptedConnection} from './scripted-server.js';
import {password} from './scripted-session.js';

/**
 * What the server's end of a connection is bound with. Written without a look at the client's side of it; `hash`: that of
 * the certificate's signature.
 */
export function serverBinding(connection: ScriptedConnection, type: string, hash = 'sha256'): Buffer | undefined {
	const socket = connection.socket();
	if (!(socket instanceof tls.TLSSocket)) {
		return undefined;
	}

	switch (type) {
		case 'tls-exporter':
			return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
		case 'tls-server-end-point': {
			const own = socket.getX509Certificate();
			return own instanceof X509Certificate ? createHash(hash).update(own.raw).digest() : undefined;
		}

		// Of a full handshake: the Finished that the client wrote.
		case 'tls-unique':
			return socket.getPeerFinished();
		default:
			return undefined;
	}
}

/** XEP-0440. */
export function bindingTypes(...types: readonly string[]): string {
	const listed = types.map(type => `<channel-binding type='${type}'/>`).join('');
	return `<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>${listed}</sasl-channel-binding>`;
}

/** What a server offers for the login, with SASL2 (XEP-0388) or without. */
export function loginOffer(isSasl2: boolean, mechanisms: readonly string[], types: readonly string[] = []): string {
	const names = mechanisms.map(name => `<mechanism>${name}</mechanism>`).join('');
	const login = isSasl2
		? `<authentication xmlns='urn:xmpp:sasl:2'>${names}<inline/></authentication>`
		: offer.mechanisms(...mechanisms);
	return login + (types.length > 0 ? bindingTypes(...types) : '');
}

export type StrictScram = {
	readonly isSasl2?: boolean;
	/** Types that this server can bind with; none: it cannot. */
	readonly types?: readonly string[];
	readonly signatureHash?: string;
	/** Stands behind the challenge, e.g. `,t=0304`. */
	readonly extensions?: string;
};

export type ScramOutcome = {
	readonly mechanism: string;
	/** The first message up to the name, e.g. `y,,`. */
	readonly header: string;
	readonly isAccepted: boolean;
};

/**
 * Plays SCRAM as RFC 5802 wants it of a server, for the password of the tests: refuses a claim that it cannot bind, another
 * binding than that of its own connection, and a wrong proof; only then it says success.
 */
export async function judgesScram(connection: ScriptedConnection, server: StrictScram = {}): Promise<ScramOutcome> {
	const {isSasl2 = false, types = [], extensions = ''} = server;
	const namespace = isSasl2 ? 'urn:xmpp:sasl:2' : 'urn:ietf:params:xml:ns:xmpp-sasl';
	const opening = await connection.expects(
		isSasl2 ? /<authenticate [\s\S]*<\/authenticate>/ : /<auth [^>]*>[^<]*<\/auth>/,
	);
	const mechanism = /mechanism=["']([^"']*)["']/.exec(opening)?.[1] ?? '';
	const initial = (isSasl2 ? /<initial-response[^>]*>([^<]*)</ : /<auth [^>]*>([^<]*)</).exec(opening)?.[1] ?? '';
	const clientFirst = fromBase64(initial).toString('utf8');
	const header = /^[^,]*,[^,]*,/.exec(clientFirst)?.[0] ?? '';
	const refuses = (condition: string): ScramOutcome => {
		connection.replies(
			isSasl2 ? sasl2Failure(condition) : `<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><${condition}/></failure>`,
		);
		return {mechanism, header, isAccepted: false};
	};

	const type = /^p=([^,]*),,$/.exec(header)?.[1];
	const binding =
		type !== undefined && types.includes(type)
			? serverBinding(connection, type, server.signatureHash)
			: Buffer.alloc(0);
	const isPlus = mechanism.endsWith('-PLUS');
	if (isPlus !== (type !== undefined) || (type !== undefined && !types.includes(type)) || !binding) {
		return refuses('malformed-request');
	}

	if (header === 'y,,' && types.length > 0) {
		return refuses('malformed-request');
	}

	const digest = mechanism
		.replace(/^SCRAM-/, '')
		.replace(/-PLUS$/, '')
		.toLowerCase()
		.replace('-', '');
	const bare = clientFirst.slice(header.length);
	const nonce = /r=([^,]*)/.exec(bare)?.[1] ?? '';
	const salt = randomBytes(16);
	const serverFirst = `r=${nonce}server,s=${salt.toString('base64')},i=4096${extensions}`;
	connection.replies(`<challenge xmlns='${namespace}'>${toBase64(serverFirst)}</challenge>`);
	const response = await connection.expects(/<response [^>]*>[^<]*<\/response>/);
	const clientFinal = fromBase64(/>([^<]*)<\/response>$/.exec(response)?.[1] ?? '').toString('utf8');
	const [withoutProof = '', proof = ''] = clientFinal.split(',p=');
	const said = fromBase64(/^c=([^,]*),/.exec(withoutProof)?.[1] ?? '');
	if (!said.equals(Buffer.concat([Buffer.from(header), binding]))) {
		return refuses('malformed-request');
	}

	const hash = (key: Buffer, text: string) => createHmac(digest, key).update(text).digest();
	const salted = pbkdf2Sync(password, salt, 4096, createHash(digest).digest().length, digest);
	const clientKey = hash(salted, 'Client Key');
	const authMessage = `${bare},${serverFirst},${withoutProof}`;
	const signature = hash(createHash(digest).update(clientKey).digest(), authMessage);
	const expected = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)));
	const told = fromBase64(proof);
	if (told.length !== expected.length || !timingSafeEqual(told, expected)) {
		return refuses('not-authorized');
	}

	const serverFinal = toBase64(`v=${hash(hash(salted, 'Server Key'), authMessage).toString('base64')}`);
	connection.replies(
		isSasl2
			? sasl2Success(serverFinal, '', 'juliet@localhost')
			: `<success xmlns='${namespace}'>${serverFinal}</success>`,
	);
	return {mechanism, header, isAccepted: true};
}

function toBase64(text: string): string {
	return Buffer.from(text, 'utf8').toString('base64');
}

function fromBase64(text: string): Buffer {
	return Buffer.from(text, 'base64');
}
