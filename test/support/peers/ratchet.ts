import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import type {Bundle} from '../../../source/omemo/ratchet/device-keys.js';
import {type ProfileName, profiles} from '../../../source/omemo/ratchet/profile.js';

export type PeerMessage = {readonly message: Uint8Array; readonly isKeyExchange: boolean};

/** A device on another implementation, in a program of its own, that has one session: with us. */
export type OmemoPeer = {
	/** Makes `count` more prekeys. */
	bundle(count?: number): Promise<Bundle>;
	/** Begins a session with the device of a bundle. */
	start(bundle: Bundle, material: Uint8Array): Promise<PeerMessage>;
	encrypt(material: Uint8Array): Promise<PeerMessage>;
	/** An empty message of its own making. */
	empty(): Promise<PeerMessage>;
	/** The key material in it. Rejects with the peer's words when it takes the message for a bad one. */
	decrypt(message: PeerMessage): Promise<Uint8Array>;
	stop(): Promise<void>;
};

/** Debian's own, which has Debian's packages; another one may come first on the path. */
const python = '/usr/bin/python3';
const program = fileURLToPath(new URL('../../../../test/support/peers/ratchet_peer.py', import.meta.url));

/** Starts a device on python-oldmemo or python-twomemo. */
export function startOmemoPeer(profile: ProfileName): OmemoPeer {
	const child = spawn(python, [program, profile]);
	let errors = '';
	child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
		errors += chunk;
	});
	child.stdin.on('error', () => {});
	const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
	const answers = createInterface({input: child.stdout})[Symbol.asyncIterator]();
	const ask = async (order: Record<string, unknown>): Promise<Record<string, string>> => {
		child.stdin.write(`${JSON.stringify(order)}\n`);
		const {value, done} = await answers.next();
		const answer: Record<string, string> = done ? {error: `the peer ended: ${errors}`} : JSON.parse(value);
		if (answer.error !== undefined) {
			throw new Error(answer.error);
		}

		return answer;
	};

	const message = (answer: Record<string, unknown>): PeerMessage => ({
		message: fromBase64(`${answer.message}`),
		isKeyExchange: answer.isKeyExchange === true,
	});
	return {
		bundle: async (count = 20) => readBundle((await ask({do: 'bundle', count})).xml ?? ''),
		start: async (bundle, material) =>
			message(await ask({do: 'start', xml: writeBundle(profile, bundle), material: toBase64(material)})),
		encrypt: async material => message(await ask({do: 'encrypt', material: toBase64(material)})),
		empty: async () => message(await ask({do: 'empty'})),
		decrypt: async ({message, isKeyExchange}) =>
			fromBase64((await ask({do: 'decrypt', message: toBase64(message), isKeyExchange})).material ?? ''),
		async stop() {
			child.kill('SIGKILL');
			await ended;
		},
	};
}

function toBase64(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('base64');
}

function fromBase64(text: string): Uint8Array {
	return Uint8Array.from(Buffer.from(text, 'base64'));
}

/** What both forms of bundle look like as the peer's library writes them: prefixes on the elements, no white space. */
function readBundle(xml: string): Bundle {
	const found = [...xml.matchAll(/<\w+:(\w+)(?: \w+="(\d+)")?>([^<]+)</g)].map(([, name = '', id, text = '']) => ({
		name,
		id: Number(id),
		bytes: fromBase64(text),
	}));
	const of = (...names: readonly string[]) => found.filter(({name}) => names.includes(name));
	const one = (...names: readonly string[]) => of(...names)[0] ?? {id: 0, bytes: new Uint8Array()};
	const signed = one('signedPreKeyPublic', 'spk');
	return {
		identity: one('identityKey', 'ik').bytes,
		signedPreKey: {id: signed.id, key: signed.bytes, signature: one('signedPreKeySignature', 'spks').bytes},
		preKeys: of('preKeyPublic', 'pk').map(({id, bytes}) => ({id, key: bytes})),
	};
}

function writeBundle(profile: ProfileName, {identity, signedPreKey, preKeys}: Bundle): string {
	const [spk, spks, ik, pk, spkId, pkId] =
		profile === 'legacy'
			? ['signedPreKeyPublic', 'signedPreKeySignature', 'identityKey', 'preKeyPublic', 'signedPreKeyId', 'preKeyId']
			: ['spk', 'spks', 'ik', 'pk', 'id', 'id'];
	return [
		`<bundle xmlns="${profiles[profile].namespace}">`,
		`<${spk} ${spkId}="${signedPreKey.id}">${toBase64(signedPreKey.key)}</${spk}>`,
		`<${spks}>${toBase64(signedPreKey.signature)}</${spks}><${ik}>${toBase64(identity)}</${ik}>`,
		`<prekeys>${preKeys.map(({id, key}) => `<${pk} ${pkId}="${id}">${toBase64(key)}</${pk}>`).join('')}</prekeys>`,
		'</bundle>',
	].join('');
}
