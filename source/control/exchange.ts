import type {Socket} from 'node:net';
import type {ActionName, Actions, Snapshot} from '../model/actions.js';
import type {Event, EventSource} from '../model/events.js';
import {createEmitter} from '../shared/emitter.js';
import {type Problem, XmppcError} from '../shared/errors.js';
import {controlProblems} from './control-problems.js';
import {createFrameReader, encodeFrame} from './frames.js';
import {
	type ClientHello,
	controlVersion,
	longestAnswer,
	readServerFrame,
	type ServerFrame,
	type ServerHello,
} from './protocol.js';

export type ControlConnection = {
	/** Version of the program on the other side. */
	readonly program: string;
	/** Which profile it serves: the absolute path of its data. */
	readonly profile: string;
	/** The verbs of the running client. All are refused once the connection is closed. */
	readonly actions: Actions;
	/** Those that were wanted, from the snapshot on. What comes before the first listener waits for it. */
	readonly events: EventSource;
	/** Where it was wanted. */
	readonly snapshot?: Snapshot;
	/** Resolves when the connection is over: with the reason, or without one after `close`. */
	readonly closed: Promise<Problem | undefined>;
	close(): void;
};

export type Exchange = {
	/** Rejects with what ended the connection before. */
	readonly greeted: Promise<ControlConnection>;
	/** Gives up, for this reason. */
	fail(problem: Problem): void;
};

/** Events kept for a listener that does not come. */
const mostUnheard = 10_000;

type Waiting = {resolve(result: unknown): void; reject(error: XmppcError): void};

/** Greets a server and talks with it until either side hangs up. */
export function createExchange(socket: Socket, wanted: Omit<ClientHello, 'version'>): Exchange {
	const heard = createEmitter<Event>();
	/** Until the first listener comes. */
	let unheard: Event[] | undefined = [];
	const requests = new Map<number, Waiting>();
	let lastId = 0;
	let lastSeq = 0;
	let reason: Problem | undefined;
	let isClosed = false;
	let greet: (connection: ControlConnection) => void = () => {};
	let refuse: (error: XmppcError) => void = () => {};
	const greeted = new Promise<ControlConnection>((resolve, reject) => {
		greet = resolve;
		refuse = reject;
	});
	let finish: (problem: Problem | undefined) => void = () => {};
	const closed = new Promise<Problem | undefined>(resolve => {
		finish = resolve;
	});

	const over = (problem: Problem | undefined) => {
		if (isClosed) {
			return;
		}

		isClosed = true;
		const error = new XmppcError(problem ?? controlProblems.lost());
		refuse(error);
		for (const {reject} of requests.values()) {
			reject(error);
		}

		requests.clear();
		finish(problem);
		socket.destroy();
	};

	const hear = (event: Event) => {
		if (unheard === undefined) {
			heard.emit(event);
		} else if (unheard.length < mostUnheard) {
			unheard.push(event);
		} else {
			over(controlProblems.tooSlow());
		}
	};

	const read = (frame: ServerFrame | undefined) => {
		switch (frame?.type) {
			case 'hello':
				if (frame.version === controlVersion) {
					lastSeq = frame.seq;
					greet(connected(frame));
				} else {
					over(controlProblems.otherVersion(frame.version, controlVersion));
				}

				break;
			case 'event':
				if (frame.seq > lastSeq) {
					lastSeq = frame.seq;
					hear(frame.event);
				} else {
					over(controlProblems.badFrame('Events in the wrong order'));
				}

				break;
			case 'result':
				requests.get(frame.id)?.resolve(frame.result ?? undefined);
				requests.delete(frame.id);
				break;
			case 'error':
				requests.get(frame.id)?.reject(new XmppcError(frame.problem));
				requests.delete(frame.id);
				break;
			case 'bye':
				reason = frame.problem;
				break;
			default:
				over(controlProblems.badFrame('a frame that is none'));
		}
	};

	const reader = createFrameReader({
		longest: longestAnswer,
		onFrame: frame => {
			if (!isClosed) {
				read(readServerFrame(frame));
			}
		},
		onFault: fault => over(controlProblems.badFrame(fault)),
	});
	socket.on('data', chunk => reader.push(chunk));
	socket.on('error', error => {
		reason ??= {...controlProblems.lost(), message: `The connection to the running xmppc failed: ${error.message}.`};
	});
	socket.on('close', () => over(reason ?? controlProblems.lost()));

	const request = (action: string, input: unknown): Promise<unknown> =>
		new Promise((resolve, reject) => {
			if (isClosed) {
				reject(new XmppcError(reason ?? controlProblems.lost()));
				return;
			}

			lastId += 1;
			requests.set(lastId, {resolve, reject});
			socket.write(encodeFrame({id: lastId, action, input}));
		});

	/** What came before the first listener is told a moment later: whoever listens has the snapshot to take in first. */
	const catchUp = () => {
		const missed = unheard ?? [];
		unheard = undefined;
		for (const event of missed) {
			heard.emit(event);
		}
	};

	const events: EventSource = listener => {
		queueMicrotask(catchUp);
		return heard.subscribe(listener);
	};

	const connected = ({program, profile, snapshot}: ServerHello): ControlConnection => ({
		program,
		profile,
		actions: proxied(request),
		events,
		...(snapshot === undefined ? {} : {snapshot}),
		closed,
		close: () => over(undefined),
	});

	socket.write(encodeFrame({hello: {version: controlVersion, ...wanted}}));
	return {greeted, fail: over};
}

/** Every verb as a request. A promise that resolves with it must not take it for one: it has no `then`. */
function proxied(request: (action: string, input: unknown) => Promise<unknown>): Actions {
	return new Proxy({} as Actions, {
		get: (_, name: ActionName | 'then' | symbol) =>
			typeof name === 'symbol' || name === 'then' ? undefined : (input: unknown) => request(name, input),
	});
}
