import {createHash, createHmac, pbkdf2, timingSafeEqual} from 'node:crypto';
import {promisify} from 'node:util';
import type {Gs2Binding} from './binding-choice.js';
import {downgradeIn, type Seen} from './downgrade-protection.js';
import {saslprep} from './saslprep.js';
import type {ScramHash} from './scram-hash.js';

const derive = promisify(pbkdf2);

/** RFC 7677 §4 asks for at least 4096; fewer means that somebody wants to guess the password. */
export const minimumIterations = 4096;
/** About five seconds of work. More is an attack on us. */
export const maximumIterations = 10_000_000;

/** What the server said is not SCRAM, or shows that it is not the server that knows the password. */
export type ScramFailure = {readonly failure: string};

export type ScramClient = {
	/** The message that opens the exchange. */
	readonly clientFirst: string;
	/** Answers the server's challenge. Rejects never; a lying server gives a failure. */
	answer(serverFirst: string, password: string): Promise<{readonly clientFinal: string} | ScramFailure>;
	/** Checks the server's signature; `undefined` is success. False before `answer` has succeeded. */
	verify(serverFinal: string): ScramFailure | undefined;
};

/** What an exchange is tied to, and what it is compared with. */
export type ScramSurroundings = Seen & {
	/** Default: we cannot bind. */
	readonly binding?: Gs2Binding;
};

/**
 * The client's side of SCRAM (RFC 5802, RFC 7677).
 * `nonce`: printable ASCII without commas, fresh and unguessable for every login.
 */
export function createScramClient(
	hash: ScramHash,
	username: string,
	nonce: string,
	{binding = {flag: 'n'}, ...seen}: ScramSurroundings = {},
): ScramClient {
	const header = binding.flag === 'p' ? `p=${binding.type},,` : `${binding.flag},,`;
	const bound = Buffer.concat([Buffer.from(header), binding.flag === 'p' ? binding.data : Buffer.alloc(0)]);
	const clientFirstBare = `n=${escapeName(saslprep(username))},r=${nonce}`;
	let serverSignature: Buffer | undefined;

	return {
		clientFirst: header + clientFirstBare,
		async answer(serverFirst, password) {
			const challenge = parseChallenge(serverFirst, nonce);
			if ('failure' in challenge) {
				return challenge;
			}

			const downgrade = downgradeIn(hash, challenge, seen);
			if (downgrade !== undefined) {
				return {failure: downgrade};
			}

			const length = createHash(hash).digest().length;
			const salted = await derive(saslprep(password), challenge.salt, challenge.iterations, length, hash);
			const clientKey = hmac(hash, salted, 'Client Key');
			const storedKey = createHash(hash).update(clientKey).digest();
			const withoutProof = `c=${bound.toString('base64')},r=${challenge.nonce}`;
			const authMessage = `${clientFirstBare},${serverFirst},${withoutProof}`;
			const clientSignature = hmac(hash, storedKey, authMessage);
			const proof = clientKey.map((byte, index) => byte ^ (clientSignature[index] ?? 0));
			serverSignature = hmac(hash, hmac(hash, salted, 'Server Key'), authMessage);
			return {clientFinal: `${withoutProof},p=${Buffer.from(proof).toString('base64')}`};
		},
		verify(serverFinal) {
			if (!serverSignature) {
				return {failure: 'it claims success before it was given a proof'};
			}

			const attributes = parseAttributes(serverFinal);
			const signature = attributes?.get('v');
			if (attributes === undefined || signature === undefined) {
				return {failure: attributes?.has('e') ? 'it reports an error and success at once' : 'it sent no signature'};
			}

			const told = decodeBase64(signature);
			return told?.length === serverSignature.length && timingSafeEqual(told, serverSignature)
				? undefined
				: {failure: 'its signature is wrong'};
		},
	};
}

type Challenge = {
	readonly nonce: string;
	readonly salt: Buffer;
	readonly iterations: number;
	readonly h: string | undefined;
	readonly t: string | undefined;
};

function parseChallenge(text: string, clientNonce: string): Challenge | ScramFailure {
	const attributes = parseAttributes(text);
	if (!attributes) {
		return {failure: 'its challenge is malformed'};
	}

	// RFC 5802 §5.1: an extension that must be understood, and none is.
	if (attributes.has('m')) {
		return {failure: 'it demands an unknown SCRAM extension'};
	}

	const [nonce, saltText, iterationText] = [attributes.get('r'), attributes.get('s'), attributes.get('i')];
	if (nonce === undefined || saltText === undefined || iterationText === undefined) {
		return {failure: 'its challenge lacks the nonce, the salt or the iteration count'};
	}

	// A server that does not extend our nonce could replay an old exchange.
	if (!nonce.startsWith(clientNonce) || nonce.length === clientNonce.length || !/^[\x21-\x7e]+$/.test(nonce)) {
		return {failure: 'its nonce does not extend ours'};
	}

	const salt = decodeBase64(saltText);
	if (!salt || salt.length === 0) {
		return {failure: 'its salt is not base64'};
	}

	const iterations = /^[1-9]\d{0,9}$/.test(iterationText) ? Number(iterationText) : 0;
	if (iterations < minimumIterations || iterations > maximumIterations) {
		return {
			failure: `its iteration count is not between ${minimumIterations} and ${maximumIterations}`,
		};
	}

	return {nonce, salt, iterations, h: attributes.get('h'), t: attributes.get('t')};
}

/** `a=value,b=value`; `undefined` where a part is no attribute or a name comes twice. */
function parseAttributes(text: string): ReadonlyMap<string, string> | undefined {
	const attributes = new Map<string, string>();
	for (const part of text.split(',')) {
		const name = /^([A-Za-z])=/.exec(part)?.[1];
		if (name === undefined || attributes.has(name)) {
			return undefined;
		}

		attributes.set(name, part.slice(2));
	}

	return attributes;
}

/** Strict base64 (RFC 4648 §4): Node's own decoder skips what it does not know. */
export function decodeBase64(text: string): Buffer | undefined {
	return /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(text)
		? Buffer.from(text, 'base64')
		: undefined;
}

function escapeName(name: string): string {
	return name.replaceAll('=', '=3D').replaceAll(',', '=2C');
}

function hmac(hash: ScramHash, key: Buffer, text: string): Buffer {
	return createHmac(hash, key).update(text).digest();
}
