import {setTimeout as sleep} from 'node:timers/promises';
import type {TestServer} from '../servers.js';
import type {Terminal} from '../terminal.js';
import {openPeerStream} from './chat-peer.js';
import {type Profanity, type ProfanityOptions, startProfanity} from './profanity.js';

/** profanity with an OMEMO device of its own (legacy), which trusts every key it sees. */
export type EncryptingProfanity = Profanity & {
	/** The id of its device. */
	readonly device: number;
	/** Opens the conversation with a bare JID and encrypts it from then on. */
	encrypts(jid: string): Promise<void>;
	/** Writes a text into the conversation that is open, as soon as it has the keys it takes; to be unlike all before. */
	says(text: string): Promise<void>;
	/** Encrypts the room that it has just entered. */
	encryptsRoom(): Promise<void>;
};

/** Starts profanity as an account of `server` and resolves when its device is made and on the list of the account. */
export async function startEncryptingProfanity(
	server: TestServer,
	localpart: string,
	password: string,
	options: ProfanityOptions = {},
): Promise<EncryptingProfanity> {
	const profanity = await startProfanity(server, localpart, password, {columns: 120, rows: 40, ...options});
	const {terminal} = profanity;
	const made = /generated\. Your Device ID is (\d+)/;
	const list = await openDeviceList(server, localpart, password);
	try {
		const before = await list.ask();
		profanity.enter('/omemo trustmode blind');
		await terminal.shows('ALL OMEMO fingerprints');
		profanity.enter('/omemo gen');
		await terminal.shows(made);
		const device = Number(made.exec(terminal.text())?.[1]);
		if (before.includes('item-not-found') && !/^<iq[^>]* from=/.test(before)) {
			// It begins a list by itself on ejabberd, and not on Prosody, whose error does not say whose list is missing.
			profanity.enter('/omemo clear_device_list');
		}

		await list.names(device);
		return {
			...profanity,
			device,
			async encrypts(contact) {
				await profanity.opens(contact);
				profanity.enter('/omemo start');
				await terminal.shows(isEncrypted);
			},
			says: text =>
				untilTaken(
					terminal,
					() => profanity.enter(text),
					screen => screen.includes(`me: ${text}`),
					'This message cannot be decrypted',
				),
			// Until the room has told it what it is.
			encryptsRoom: () => untilTaken(terminal, () => profanity.enter('/omemo start'), isEncrypted, 'MUC must be'),
		};
	} catch (error) {
		await profanity.stop();
		throw error;
	} finally {
		list.close();
	}
}

/** Does something again as often as profanity refuses it on its screen. */
async function untilTaken(
	terminal: Terminal,
	attempt: () => void,
	isTaken: (screen: string) => boolean,
	refusal: string,
): Promise<void> {
	const refusals = (screen: string) => screen.split(refusal).length;
	while (!isTaken(terminal.text())) {
		const before = refusals(terminal.text());
		attempt();
		await terminal.shows(screen => isTaken(screen) || refusals(screen) > before);
	}
}

/** The title says so of the conversation that is open. */
function isEncrypted(screen: string): boolean {
	return screen.split('\n')[0]?.includes('[OMEMO]') === true;
}

/** The legacy device list of an account, as its server answers for it. */
async function openDeviceList(server: TestServer, localpart: string, password: string) {
	const {socket, stream} = await openPeerStream(server, localpart, password, 'looking');
	const ask = async (): Promise<string> => {
		socket.write(
			"<iq type='get' id='list'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='eu.siacs.conversations.axolotl.devicelist'/></pubsub></iq>",
		);
		return stream.reads(/<iq\b[^>]* id=['"]list['"].*?<\/iq>/s);
	};
	return {
		ask,
		/** Resolves when a device is on it. Fails after 30 seconds. */
		async names(device: number): Promise<void> {
			const deadline = performance.now() + 30_000;
			while (!(await ask()).includes(`${device}`)) {
				if (performance.now() > deadline) {
					throw new Error(`profanity does not publish its device ${device}`);
				}

				await sleep(20);
			}
		},
		close: () => socket.destroy(),
	};
}
