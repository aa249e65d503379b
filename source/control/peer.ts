import type {Socket} from 'node:net';
import type {Actions} from '../model/actions.js';
import type {Event} from '../model/events.js';
import type {Clock, Dispose} from '../shared/clock.js';
import {type Problem, problemOf} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import {version} from '../shared/version.js';
import {createWatchedAccounts} from '../shared/watched-accounts.js';
import {controlProblems} from './control-problems.js';
import {createFrameReader, encodeFrame, type Frame} from './frames.js';
import {createOutlet} from './outlet.js';
import {type ClientHello, controlVersion, longestRequest, type Request, readClientFrame} from './protocol.js';
import {answerRequest} from './requests.js';

/** An Event with its number; the bytes are made once for all peers. */
export type Notification = {readonly seq: number; readonly event: Event; encoded(): Buffer};

/** What a peer says of the keys of its person. */
export type PeerIdleness = {idle(since?: number): void; leave: Dispose};

export type PeerOptions = {
	/** Which profile is served, for the hello. */
	readonly profile: string;
	readonly actions: Actions;
	/** Its person looks, until that is disposed of. */
	watch(): Dispose;
	/** There is a person at it, who touches keys. */
	arrive(): PeerIdleness;
	/** Its person watches the stanzas of an account, or of all, until that is disposed of. */
	watchXml(account: BareJid | undefined): Dispose;
	readonly clock: Clock;
	readonly log: Log;
	/** Octets that may wait for it to be read. */
	readonly queueLimit: number;
	/** Number of the last Event. */
	seq(): number;
	/** It is gone. */
	onGone(): void;
};

/** One program that is connected to the control socket. */
export type Peer = {
	notify(notification: Notification): void;
	/** Says why and hangs up. */
	dismiss(problem: Problem): void;
	/** Hangs up without waiting for it to read. */
	destroy(): void;
};

/** Milliseconds for the first frame to come, and for the last one to be read. */
const patience = 5000;
/** Requests under way at which no more are read until one is answered. */
const mostRequests = 64;

/** Serves one connection until either side ends it. Whatever comes over it, nothing is thrown. */
export function servePeer(socket: Socket, options: PeerOptions): Peer {
	const {clock, log} = options;
	let hello: ClientHello | undefined;
	let greeting: Promise<void> | undefined;
	/** Notifications that come while the snapshot is made: they belong behind it. */
	let early: Notification[] | undefined;
	/** How many pages of a buffer's history it has asked for and not got. */
	const pages = new Map<string, number>();
	let requests = 0;
	let isGone = false;
	let stopWatching: Dispose | undefined;
	let stopPatience = clock.after(patience, () => dismiss(controlProblems.badFrame('there was no hello')));

	/** Only for itself: others may look, or not, all the same. */
	const look = (active: boolean) => {
		if (!active) {
			stopWatching?.();
			stopWatching = undefined;
		} else if (!isGone) {
			stopWatching ??= options.watch();
		}
	};

	let idleness: PeerIdleness | undefined;
	const idle = (since: number | undefined) => {
		if (!isGone) {
			idleness ??= options.arrive();
			idleness.idle(since);
		}
	};

	/** Stanzas are for those who asked for them, and for nobody else. */
	const xml = createWatchedAccounts(options.watchXml);
	const actions: Actions = {
		...options.actions,
		setAttention: async ({active}) => look(active),
		setIdle: async ({since}) => idle(since),
		async watchXml({account, on}) {
			if (!isGone) {
				xml.set(account, on);
			}
		},
	};

	const leave = () => {
		stopPatience();
		if (!isGone) {
			isGone = true;
			look(false);
			xml.clear();
			idleness?.leave();
			options.onGone();
		}
	};

	const dismiss = (problem: Problem, drop?: 'drop') => {
		if (!isGone) {
			leave();
			outlet.end(encodeFrame({bye: problem}), drop);
			stopPatience = clock.after(patience, () => socket.destroy());
		}
	};

	const outlet = createOutlet(socket, {
		limit: options.queueLimit,
		onOverflow: () => dismiss(controlProblems.tooSlow(), 'drop'),
	});

	const greet = async (wanted: ClientHello): Promise<void> => {
		const seq = options.seq();
		hello = wanted;
		early = [];
		try {
			const snapshot = wanted.snapshot ? {snapshot: await actions.snapshot({})} : {};
			const {profile} = options;
			outlet.push(encodeFrame({hello: {version: controlVersion, program: version, profile, seq, ...snapshot}}));
		} catch (error) {
			dismiss(problemOf(error));
		}

		for (const notification of early) {
			outlet.push(notification.encoded());
		}

		early = undefined;
	};

	const answer = async (request: Request, greeted: Promise<void>): Promise<void> => {
		await greeted;
		const frame = await answerRequest(actions, request, (action, input) => {
			if (action === 'loadHistory' && 'buffer' in input) {
				pages.set(input.buffer, (pages.get(input.buffer) ?? 0) + 1);
			}
		});
		requests -= 1;
		outlet.push(frame);
		socket.resume();
	};

	const read = (frame: Frame) => {
		const meant = readClientFrame(frame);
		if (meant === undefined || (meant.type === 'hello') !== (greeting === undefined)) {
			dismiss(controlProblems.badFrame('a frame that does not belong there'));
		} else if (meant.type === 'request') {
			requests += 1;
			if (requests >= mostRequests) {
				socket.pause();
			}

			void answer(meant, greeting ?? Promise.resolve());
		} else if (meant.version === controlVersion) {
			stopPatience();
			greeting = greet(meant);
		} else {
			dismiss(controlProblems.otherVersion(controlVersion, meant.version));
		}
	};

	const reader = createFrameReader({
		longest: longestRequest,
		onFrame: frame => {
			if (!isGone) {
				read(frame);
			}
		},
		onFault: reason => dismiss(controlProblems.badFrame(reason)),
	});
	socket.on('data', chunk => reader.push(chunk));
	socket.on('error', error => log.note('control', `a connection failed: ${error.message}`));
	socket.on('close', leave);

	/** Another one's page of history would leave a hole in what this one has. */
	const isForAnother = (event: Event): boolean => {
		if (event.type !== 'history.loaded') {
			return false;
		}

		const asked = pages.get(event.buffer) ?? 0;
		pages.set(event.buffer, Math.max(0, asked - 1));
		return asked === 0;
	};

	return {
		notify(notification) {
			const {event} = notification;
			const isWanted = hello?.events === 'all' || hello?.events.includes(event.type) === true;
			const isSecret = event.type === 'xml.passed' && !xml.has(event.account);
			if (isGone || !isWanted || isSecret || isForAnother(event)) {
				return;
			}

			if (early === undefined) {
				outlet.push(notification.encoded());
			} else {
				early.push(notification);
			}
		},
		dismiss,
		destroy: () => socket.destroy(),
	};
}
