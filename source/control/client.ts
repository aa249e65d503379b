/**
 * The other side of the control socket. Kept small, and free of storage and network code: `xmppc send` beside a running
 * client loads little else.
 */
import {connect, type Socket} from 'node:net';
import path from 'node:path';
import type {Clock} from '../shared/clock.js';
import {messageOf, XmppcError} from '../shared/errors.js';
import {controlProblems} from './control-problems.js';
import {type ControlConnection, createExchange} from './exchange.js';
import type {WantedEvents} from './protocol.js';
import {hasSocketDirectory} from './socket-path.js';

export type ConnectOptions = {
	/** The absolute path of the profile's data: somebody who serves another profile is not who is looked for. */
	readonly profile: string;
	readonly clock: Clock;
	/** Whether all that is known is wanted at the start. */
	readonly snapshot?: boolean;
	/** Which Events are wanted; none unless told. */
	readonly events?: WantedEvents;
	/** Milliseconds to wait for the greeting, where that is less than usual. */
	readonly patience?: number;
};

/** Milliseconds for a program that accepted the connection to greet. */
const usualPatience = 5000;
/** There is no socket, or one that whoever made it has left behind. */
const nobodyThere: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTDIR']);

/**
 * Connects to the running client of a profile. Answers `undefined` when there is none: no socket, a stale one, or one that
 * serves another profile.
 * @throws XmppcError for an unsafe directory (`storage`), another version (`control-version`), and somebody who accepts and
 * does not answer (`control-silent`).
 */
export async function connectControl(
	socketPath: string,
	options: ConnectOptions,
): Promise<ControlConnection | undefined> {
	if (!hasSocketDirectory(path.dirname(socketPath))) {
		return undefined;
	}

	const socket = await reach(socketPath);
	if (socket === undefined) {
		return undefined;
	}

	const {snapshot = false, events = [], patience = usualPatience} = options;
	const exchange = createExchange(socket, {snapshot, events});
	const stopPatience = options.clock.after(Math.min(patience, usualPatience), () =>
		exchange.fail(controlProblems.silent()),
	);
	try {
		const connection = await exchange.greeted;
		if (connection.profile === options.profile) {
			return connection;
		}

		connection.close();
		return undefined;
	} finally {
		stopPatience();
	}
}

function reach(socketPath: string): Promise<Socket | undefined> {
	return new Promise((resolve, reject) => {
		const socket = connect(socketPath);
		socket.once('connect', () => {
			socket.removeAllListeners('error');
			resolve(socket);
		});
		socket.once('error', (error: NodeJS.ErrnoException) => {
			if (nobodyThere.has(error.code)) {
				resolve(undefined);
			} else if (error.code === 'EAGAIN') {
				// So many wait already that the system takes no more: it has not accepted anybody for long.
				reject(new XmppcError(controlProblems.silent(), {cause: error}));
			} else {
				reject(cannotConnect(socketPath, error));
			}
		});
	});
}

function cannotConnect(socketPath: string, cause: unknown): XmppcError {
	return new XmppcError(
		{
			code: 'control-unreachable',
			kind: 'unavailable',
			message: `The control socket ${socketPath} cannot be reached: ${messageOf(cause)}.`,
			hint: 'Look at its owner and mode: it must be yours.',
		},
		{cause},
	);
}
