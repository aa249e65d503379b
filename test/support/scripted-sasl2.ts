import {createHash, createHmac, pbkdf2Sync, randomBytes} from 'node:crypto';
import type {LoginToken, TokenStore} from '../../source/xmpp/sasl/login-token.js';
import type {KnownServer, ServerMemory} from '../../source/xmpp/session.js';
import {testCertificates} from './certificates.js';
import {answersHeader, answersStartTls, headerWith} from './scripted-login.js';
import type {ScriptedConnection} from './scripted-server.js';
import {password} from './scripted-session.js';

/** What a server offers with SASL2 (XEP-0388). */
export type Sasl2Script = {
	readonly mechanisms?: readonly string[];
	/** In `<inline/>`. */
	readonly inline?: string;
	/** Stands behind `<authentication/>`. */
	readonly more?: string;
};

export const inlineOffer = {
	bind: "<bind xmlns='urn:xmpp:bind:0'/>",
	bindWithAll:
		"<bind xmlns='urn:xmpp:bind:0'><inline><feature var='urn:xmpp:carbons:2'/><feature var='urn:xmpp:csi:0'/>" +
		"<feature var='urn:xmpp:sm:3'/></inline></bind>",
	streamManagement: "<sm xmlns='urn:xmpp:sm:3'/>",
	fast: (...mechanisms: readonly string[]) =>
		`<fast xmlns='urn:xmpp:fast:0'>${mechanisms.map(name => `<mechanism>${name}</mechanism>`).join('')}</fast>`,
} as const;

/** Plays TLS and the header, offers SASL2, and answers the text of `<authenticate/>`. */
export async function offersSasl2(connection: ScriptedConnection, script: Sasl2Script = {}): Promise<string> {
	await presentsSasl2(connection, script);
	return connection.expects(/<authenticate [\s\S]*<\/authenticate>/);
}

/** The same up to the features. */
export async function presentsSasl2(connection: ScriptedConnection, script: Sasl2Script = {}): Promise<void> {
	const {good} = await testCertificates();
	await answersStartTls(connection, good);
	await answersHeader(connection, sasl2Features(script));
}

/** Plays TLS, and waits for header and `<authenticate/>` before it says a word; then offers SASL2. Answers both. */
export async function takesPipelined(
	connection: ScriptedConnection,
	script: Sasl2Script | string = {},
): Promise<string> {
	const {good} = await testCertificates();
	await answersStartTls(connection, good);
	const text = await connection.expects(/<stream:stream[^>]*>[\s\S]*<authenticate [\s\S]*<\/authenticate>/);
	connection.replies(headerWith(typeof script === 'string' ? script : sasl2Features(script)));
	return text;
}

function sasl2Features(script: Sasl2Script): string {
	const mechanisms = (script.mechanisms ?? ['SCRAM-SHA-256']).map(name => `<mechanism>${name}</mechanism>`).join('');
	return (
		`<authentication xmlns='urn:xmpp:sasl:2'>${mechanisms}<inline>${script.inline ?? ''}</inline></authentication>` +
		(script.more ?? '')
	);
}

/** Plays SCRAM-SHA-256 behind `<authenticate/>`, and answers the data that proves who the server is. */
export async function challengesSasl2(connection: ScriptedConnection, authenticate: string): Promise<string> {
	const initial = /<initial-response[^>]*>([^<]*)</.exec(authenticate)?.[1] ?? '';
	const clientFirst = Buffer.from(initial, 'base64').toString('utf8');
	const clientFirstBare = clientFirst.replace(/^[^,]*,[^,]*,/, '');
	const salt = randomBytes(16);
	const nonce = /r=([^,]*)/.exec(clientFirstBare)?.[1] ?? '';
	const serverFirst = `r=${nonce}server,s=${salt.toString('base64')},i=4096`;
	connection.replies(`<challenge xmlns='urn:xmpp:sasl:2'>${Buffer.from(serverFirst).toString('base64')}</challenge>`);
	const response = await connection.expects(/<response [^>]*>([^<]*)<\/response>/);
	const clientFinal = Buffer.from(/>([^<]*)<\/response>$/.exec(response)?.[1] ?? '', 'base64').toString('utf8');
	const salted = pbkdf2Sync(password, salt, 4096, createHash('sha256').digest().length, 'sha256');
	const serverKey = createHmac('sha256', salted).update('Server Key').digest();
	const authMessage = `${clientFirstBare},${serverFirst},${clientFinal.replace(/,p=.*$/, '')}`;
	return Buffer.from(`v=${createHmac('sha256', serverKey).update(authMessage).digest('base64')}`).toString('base64');
}

/** `<success/>` for `juliet@localhost/xmppc~1`, unless given. */
export function sasl2Success(data: string, more = '', address = 'juliet@localhost/xmppc~1'): string {
	return (
		`<success xmlns='urn:xmpp:sasl:2'><additional-data>${data}</additional-data>` +
		`<authorization-identifier>${address}</authorization-identifier>${more}</success>`
	);
}

export function featuresBehind(...features: readonly string[]): string {
	return `<stream:features>${features.join('')}</stream:features>`;
}

export function sasl2Failure(condition: string): string {
	return `<failure xmlns='urn:xmpp:sasl:2'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>`;
}

/** What the server answers to a token, base64; `binding`: what ties it to the channel. */
export function responderOf(secret: string, binding: Uint8Array = Buffer.alloc(0)): string {
	return createHmac('sha256', secret).update('Responder').update(binding).digest('base64');
}

/** A store of tokens in memory, and what was done to it. */
export function memoryTokens(first?: LoginToken): TokenStore & {
	readonly held: LoginToken | undefined;
	readonly done: readonly string[];
} {
	let held = first;
	const done: string[] = [];
	return {
		get held() {
			return held;
		},
		done,
		read: async () => held,
		async save(token) {
			done.push('saved');
			held = token;
		},
		async forget() {
			done.push('forgotten');
			held = undefined;
		},
	};
}

/** What is known of a server, in memory, and what was done to it. */
export function memoryOfServer(first: KnownServer = {}): ServerMemory & {
	readonly held: KnownServer;
	readonly done: readonly string[];
} {
	let held = first;
	const done: string[] = [];
	return {
		get held() {
			return held;
		},
		done,
		read: () => held,
		save(known) {
			done.push(...Object.keys(known).map(part => `saved ${part}`));
			held = {...held, ...known};
		},
		forget(part) {
			done.push(`forgot ${part}`);
			const {[part]: _, ...rest} = held;
			held = rest;
		},
	};
}
