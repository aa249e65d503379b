import {randomBytes, randomUUID} from 'node:crypto';
import {published} from '../source/omemo/keys.js';
import {bundleOf, createDevice} from '../source/omemo/ratchet/device-keys.js';
import {bundleNode} from '../source/omemo/wire/bundle.js';
import {deviceListNode} from '../source/omemo/wire/device-list.js';
import {serialize} from '../source/xmpp/serialize.js';
import type {Heard} from '../test/support/peers/chat-peer.js';
import {configureGoSendxmpp} from '../test/support/peers/go-sendxmpp.js';
import {makeXmppcAccount} from '../test/support/peers/xmppc.js';
import {measure} from './clients.js';
import {isInstalled, type Surroundings} from './surroundings.js';

/** A program that sends one message and ends. */
export type OneLiner = {
	send(text: string): Promise<void>;
	/** Whether what the peer heard is what was sent last; absent: it is, where it has the text. */
	isMine?(heard: Heard): boolean;
	remove(): void;
};

export type Contender = {
	readonly name: 'xmppc' | 'xmppc, encrypted' | 'go-sendxmpp -t';
	/** Sets it up to connect to `port`, where direct TLS is spoken. */
	prepare(surroundings: Surroundings, port: number): Promise<OneLiner>;
};

/** In clear, as the other one sends. */
export const xmppc: Contender = {
	name: 'xmppc',
	prepare: (surroundings, port) => prepareXmppc(surroundings, port, 'off'),
};

/** For a device of the peer, whose messages it only hears. */
export const xmppcEncrypted: Contender = {
	name: 'xmppc, encrypted',
	async prepare(surroundings, port) {
		announceDevice(surroundings.peer);
		return prepareXmppc(surroundings, port, 'require');
	},
};

async function prepareXmppc(
	{server, peer, newAccount}: Surroundings,
	port: number,
	how: 'off' | 'require',
): Promise<OneLiner> {
	const {localpart, password} = newAccount();
	const program = await makeXmppcAccount(server, localpart, password, {directTls: true, port});
	return {
		async send(text) {
			const {status, errors} = await program.run(['send', '--omemo', how, bare(peer.jid), text]);
			refuse(status, errors);
		},
		...(how === 'off' ? {} : {isMine: ({from, isEncrypted}) => isEncrypted && from.startsWith(`${localpart}@`)}),
		remove: program.remove,
	};
}

const deviceOfPeer = 7;

/** Publishes what it takes to encrypt for the peer. */
function announceDevice(peer: Surroundings['peer']): void {
	const keys = createDevice(length => Uint8Array.from(randomBytes(length)));
	const list = deviceListNode('legacy');
	const bundle = bundleNode('legacy', deviceOfPeer);
	const items = [
		[list.name, list.payload.encode([{id: deviceOfPeer}])],
		[bundle.name, bundle.payload.encode(published(bundleOf(keys, 'legacy')))],
	] as const;
	for (const [node, payload] of items) {
		peer.write(
			`<iq type='set' id='${randomUUID()}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item id='current'>${serialize(payload)}</item></publish></pubsub></iq>`,
		);
	}
}

export const goSendxmpp: Contender = {
	name: 'go-sendxmpp -t',
	async prepare({server, peer, newAccount}, port) {
		const {localpart, password} = newAccount();
		const program = configureGoSendxmpp(server, localpart, password, {port});
		return {
			async send(text) {
				const {status, errors} = await program.send(bare(peer.jid), text);
				refuse(status, errors);
			},
			remove: program.remove,
		};
	},
};

/** Those that are installed. */
export function oneLiners(): readonly Contender[] {
	return [xmppc, xmppcEncrypted, ...(isInstalled('go-sendxmpp') ? [goSendxmpp] : [])];
}

/** One message, from the start of the process on. */
export type Sending = {
	/** Milliseconds until the recipient has it. */
	readonly delivered: number;
	/** Milliseconds until the process has ended. */
	readonly ended: number;
	/** Flights of the sender until delivery: the TCP handshake is the first one, the message's the last. */
	readonly flights: number;
};

/** Where to send from: the port that the server is to be reached at, and how often. */
export type Circumstances = {
	readonly port: number;
	readonly runs: number;
	/** Flights so far. */
	readonly flights?: () => number;
};

/** Sends with each in turns, so that a slow moment of the machine meets all of them. */
export async function sendInTurns(
	surroundings: Surroundings,
	contenders: readonly Contender[],
	circumstances: Circumstances,
): Promise<ReadonlyMap<Contender, readonly Sending[]>> {
	const programs = new Map<Contender, OneLiner>();
	const sendings = new Map<Contender, Sending[]>();
	for (const contender of contenders) {
		const program = await measure(contender.name, () => contender.prepare(surroundings, circumstances.port));
		if (program) {
			programs.set(contender, program);
			sendings.set(contender, []);
		}
	}

	for (let run = 0; run <= circumstances.runs; run += 1) {
		for (const [contender, program] of programs) {
			const sending = await measure(contender.name, () => sendOnce(surroundings, program, circumstances));
			// The first one warms the disk's cache, and is the one that does not know the server.
			if (sending !== undefined && run > 0) {
				sendings.get(contender)?.push(sending);
			}
		}
	}

	for (const program of programs.values()) {
		program.remove();
	}

	return sendings;
}

async function sendOnce({peer}: Surroundings, program: OneLiner, {flights = () => 0}: Circumstances): Promise<Sending> {
	const text = `ping ${randomUUID()}`;
	const before = flights();
	const isMine = program.isMine ?? (({body}: Heard) => body.trim() === text);
	const heard = peer.hears(isMine, 15_000).then(({at}) => ({at, flights: flights() - before}));
	const started = performance.now();
	const [{at, flights: until}] = await Promise.all([heard, program.send(text)]);
	return {delivered: at - started, ended: performance.now() - started, flights: until};
}

function bare(jid: string): string {
	return jid.split('/', 1)[0] ?? jid;
}

function refuse(status: number, errors: string): void {
	if (status !== 0) {
		throw new Error(`ended with ${status}: ${errors}`);
	}
}
