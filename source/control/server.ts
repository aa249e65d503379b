/**
 * The control socket of a running client: its Actions and Events for other programs of the same user
 * (`ARCHITECTURE.md`, Processes). For the holder of the profile lock only.
 */
import {chmodSync} from 'node:fs';
import {connect, createServer, type Server, type Socket} from 'node:net';
import path from 'node:path';
import type {Actions} from '../model/actions.js';
import type {EventSource} from '../model/events.js';
import type {Clock, Dispose} from '../shared/clock.js';
import {messageOf, XmppcError} from '../shared/errors.js';
import type {Log} from '../shared/log.js';
import {controlProblems} from './control-problems.js';
import {encodeFrame} from './frames.js';
import {type Notification, type Peer, type PeerOptions, servePeer} from './peer.js';
import {ensureSocketDirectory, removeStaleSocket, whatLiesAt} from './socket-path.js';

export type ControlServerOptions = {
	/** From `controlSocketPath`. */
	readonly path: string;
	/** What tells this profile from others that might use the same path: the absolute path of its data. */
	readonly profile: string;
	readonly actions: Actions;
	readonly events: EventSource;
	/** Called where a peer says that its person looks; disposed of when it says otherwise, or is gone. */
	readonly watch: () => Dispose;
	/** Called where a peer first speaks of the keys of its person. */
	readonly arrive: PeerOptions['arrive'];
	/** Called where a peer watches the stanzas of an account, or of all; disposed of when it does not any more. */
	readonly watchXml: PeerOptions['watchXml'];
	readonly clock: Clock;
	readonly log: Log;
	/** Octets that may wait for one peer, 8 MiB unless told. */
	readonly queueLimit?: number;
};

export type ControlServer = {
	readonly path: string;
	/** Tells every peer, hangs up and removes the socket. */
	close(): Promise<void>;
};

const mostPeers = 32;
const defaultQueueLimit = 8 * 1024 * 1024;
/** Milliseconds for peers to hang up after they were told. */
const farewell = 300;

/**
 * Serves the socket until it is closed.
 * @throws XmppcError of kind `storage` when the directory is unsafe or the socket cannot be made, `control-in-use` (temporary)
 * when somebody else answers at that path.
 */
export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
	const {clock, log} = options;
	await clearPath(options.path);
	const peers = new Set<Peer>();
	const sockets = new Set<Socket>();
	let seq = 0;

	const deafen = options.events(event => {
		seq += 1;
		if (peers.size === 0) {
			return;
		}

		const notification = numbered(seq, event);
		for (const peer of peers) {
			peer.notify(notification);
		}
	});

	const welcome = (socket: Socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		const isTooMany = peers.size >= mostPeers;
		const peer = servePeer(socket, {
			profile: options.profile,
			actions: options.actions,
			watch: options.watch,
			arrive: options.arrive,
			watchXml: options.watchXml,
			clock,
			log,
			queueLimit: options.queueLimit ?? defaultQueueLimit,
			seq: () => seq,
			onGone: () => peers.delete(peer),
		});
		if (isTooMany) {
			peer.dismiss(controlProblems.tooMany(mostPeers));
		} else {
			peers.add(peer);
		}
	};

	const server = createServer(welcome);
	try {
		await listen(server, options.path);
	} catch (error) {
		deafen();
		throw cannotListen(options.path, error);
	}

	server.on('error', error => log.note('control', `the socket failed: ${error.message}`));
	log.note('control', `listening at ${options.path}`);
	return {
		path: options.path,
		async close() {
			deafen();
			const closed = new Promise<void>(resolve => {
				server.close(() => resolve());
			});
			for (const peer of peers) {
				peer.dismiss(controlProblems.closing());
			}

			const stopWaiting = clock.after(farewell, () => {
				for (const socket of sockets) {
					socket.destroy();
				}
			});
			await closed;
			stopWaiting();
		},
	};
}

function numbered(seq: number, event: Notification['event']): Notification {
	let bytes: Buffer | undefined;
	return {
		seq,
		event,
		encoded() {
			bytes ??= encodeFrame({seq, event});
			return bytes;
		},
	};
}

/** Makes room for the socket: whoever left one behind without closing it was killed. */
async function clearPath(socketPath: string): Promise<void> {
	ensureSocketDirectory(path.dirname(socketPath));
	const found = whatLiesAt(socketPath);
	if (found === 'nothing') {
		return;
	}

	if (found === 'other') {
		throw new XmppcError({
			code: 'socket-path-taken',
			kind: 'storage',
			message: `${socketPath} is in the way of the control socket and is none.`,
			hint: 'Look what it is, and remove it.',
		});
	}

	if (await answers(socketPath)) {
		throw new XmppcError({
			code: 'control-in-use',
			kind: 'temporary',
			message: `Another program listens at ${socketPath}: an xmppc with other directories and a profile of the same name.`,
			hint: 'Use another profile, or set XDG_RUNTIME_DIR to another directory.',
		});
	}

	removeStaleSocket(socketPath);
}

function answers(socketPath: string): Promise<boolean> {
	return new Promise(resolve => {
		const socket = connect(socketPath);
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', ({code}: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
	});
}

async function listen(server: Server, socketPath: string): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(socketPath, () => {
			server.off('error', reject);
			resolve();
		});
	});
	// The directory keeps others out already.
	chmodSync(socketPath, 0o600);
}

function cannotListen(socketPath: string, cause: unknown): XmppcError {
	return new XmppcError(
		{
			code: 'no-control-socket',
			kind: 'storage',
			message: `The control socket ${socketPath} cannot be made: ${messageOf(cause)}.`,
			hint: 'Set XDG_RUNTIME_DIR to a directory of your own on a local disk.',
		},
		{cause},
	);
}
