import type {ExecutionContext} from 'ava';
import type {Buffer} from '../../../source/model/buffer.js';
import type {OmemoVersion} from '../../../source/model/device.js';
import type {Settings} from '../../../source/model/settings.js';
import type {BareJid} from '../../../source/shared/jid.js';
import {type Profile, profileWith} from '../profile.js';
import {juliet, offlineScene, romeo, type Scene, settled, withRomeo} from '../scene.js';
import {createParty, type Party} from './party.js';
import {createPep, type Pep, publishOptions} from './pep.js';

export type EncryptedScene = Scene & {
	readonly pep: Pep;
	/** Makes a device of somebody, which is published in these versions. */
	device(jid: BareJid, id: number, ...versions: readonly OmemoVersion[]): Promise<Party>;
};

export type EncryptedOptions = {
	readonly preferences?: Partial<Settings>;
	readonly profile?: Profile;
	/** Of another scene that is over: what lies on the servers. */
	readonly pep?: Pep;
};

/** Juliet's client with encryption on, Romeo among her contacts, and everybody's nodes. Nobody is connected yet. */
export async function offline(
	t: ExecutionContext,
	{preferences = {}, profile}: EncryptedOptions = {},
): Promise<EncryptedScene> {
	const home = profile ?? (await profileWith(t, [{jid: juliet}], {'omemo.default': 'on', ...preferences}));
	const it = await offlineScene(t, home);
	it.server.accountFeatures = [...it.server.accountFeatures, publishOptions];
	const pep = createPep(it.server);
	return {
		...it,
		pep,
		async device(jid, id, ...versions) {
			const party = await createParty(t, pep, jid, id);
			party.publish(...(versions.length === 0 ? ['legacy' as const] : versions));
			return party;
		},
	};
}

/** Logs in, and lets everything run that this sets off. */
export async function connect(it: Scene): Promise<void> {
	await it.actions.connect({account: juliet});
	await quiet(it);
}

/** The same, connected, with one device of Romeo's that is known to nobody yet. */
export async function online(
	t: ExecutionContext,
	options?: EncryptedOptions,
): Promise<EncryptedScene & {readonly his: Party}> {
	const it = await offline(t, options);
	const his = await it.device(romeo, 31);
	await connect(it);
	return {...it, his};
}

/** Turns in which nothing may be asked or written for it to be quiet: more than anything waits for its turn. */
const stillness = 50;

/** Lets everything run that waits for nothing but its turn. */
export async function quiet({server}: Pick<Scene, 'server'>): Promise<void> {
	for (let still = 0, seen = -1; still < stillness; ) {
		await settled();
		const count = server.asked.length + server.written.length;
		still = count === seen ? still + 1 : 0;
		seen = count;
	}
}

/** Lets time go by in steps in which everything runs that it sets off, milliseconds. */
export async function pass(it: Pick<Scene, 'server' | 'clock'>, milliseconds: number): Promise<void> {
	const step = 5000;
	for (let left = milliseconds; left > 0; left -= step) {
		it.clock.advance(Math.min(left, step));
		await quiet(it);
	}
}

export const messages = ({server}: Pick<Scene, 'server'>) => server.written.filter(text => text.startsWith('<message'));
/** Stanzas of messages with a text, in clear or encrypted. */
export const spoken = (it: Pick<Scene, 'server'>) =>
	messages(it).filter(text => text.includes('<body>') || text.includes('<payload'));
/** Stanzas that only carry keys. */
export const empties = (it: Pick<Scene, 'server'>) =>
	messages(it).filter(text => text.includes('<encrypted') && !text.includes('<payload'));

export async function say(it: Scene, body: string, to: BareJid = romeo): Promise<number> {
	const {key} = await it.actions.sendMessage({account: juliet, to, body});
	await quiet(it);
	return key;
}

export const held = (it: Pick<Scene, 'saw'>) =>
	it.saw.all('encryption.changed').flatMap(({problem}) => (problem === undefined ? [] : [problem.code]));

export const notices = (it: Pick<Scene, 'saw'>) => it.saw.all('notice').map(({text}) => text);

/** How a conversation is protected, as a snapshot says. */
export async function stateOf(it: Scene, buffer = withRomeo): Promise<Buffer | undefined> {
	const {buffers} = await it.actions.snapshot({});
	return buffers.find(({id}) => id === buffer);
}
