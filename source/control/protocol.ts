/**
 * What crosses the control socket (`ARCHITECTURE.md`, Processes): Actions in, Events out. The connecting side speaks
 * first:
 *
 *     > {"hello":{"version":1,"snapshot":true,"events":"all"}}
 *     < {"hello":{"version":1,"program":"0.1.0","profile":"…","seq":7,"snapshot":{…}}}
 *     > {"id":1,"action":"sendMessage","input":{…}}
 *     < {"id":1,"result":{…}}                         or {"id":1,"error":{"code","kind","message","hint"}}
 *     < {"seq":8,"event":{"type":"message.recorded",…}}
 *     < {"bye":{"code","kind","message","hint"}}      the last frame, where there is a reason to give
 *
 * Members that are not known here are ignored, so that they may be added. Everything else that changes what a peer has
 * to understand raises {@link controlVersion}.
 */
import type {Snapshot} from '../model/actions.js';
import type {Event, EventType} from '../model/events.js';
import {exitCodes, type Problem} from '../shared/errors.js';
import {type Frame, isFrame} from './frames.js';

/** Version of the frames and of the Actions and Events in them. Both sides must have the same one. */
export const controlVersion = 1;

/** Octets of one request; holds the longest text that `xmppc send` reads, escaped. */
export const longestRequest = 16 * 1024 * 1024;
/** Octets of one answer or notification; a snapshot with a hundred thousand contacts fits. */
export const longestAnswer = 64 * 1024 * 1024;

/** Which Events a peer wants to hear. A page of history goes only to whoever asked for it. */
export type WantedEvents = 'all' | readonly EventType[];

export type ClientHello = {
	readonly version: number;
	/** Whether to answer with all that is known. */
	readonly snapshot: boolean;
	readonly events: WantedEvents;
};

export type Request = {
	/** Chosen by the peer, repeated in the answer. */
	readonly id: number;
	readonly action: string;
	readonly input: unknown;
};

export type ClientFrame = ({readonly type: 'hello'} & ClientHello) | ({readonly type: 'request'} & Request);

export type ServerHello = {
	readonly version: number;
	/** Version of the program that answers. */
	readonly program: string;
	/** Which profile it writes: the absolute path of its data. */
	readonly profile: string;
	/** Number of the last Event that is in the snapshot; the next one has a higher number. */
	readonly seq: number;
	readonly snapshot?: Snapshot;
};

export type ServerFrame =
	| ({readonly type: 'hello'} & ServerHello)
	| {readonly type: 'result'; readonly id: number; readonly result: unknown}
	| {readonly type: 'error'; readonly id: number; readonly problem: Problem}
	| {readonly type: 'event'; readonly seq: number; readonly event: Event}
	| {readonly type: 'bye'; readonly problem: Problem};

/** What a server reads; `undefined` for everything that is none of it. */
export function readClientFrame(frame: Frame): ClientFrame | undefined {
	if (frame.hello !== undefined) {
		return readClientHello(frame.hello);
	}

	const {id, action, input} = frame;
	return isCount(id) && typeof action === 'string' ? {type: 'request', id, action, input} : undefined;
}

/** What a client reads; `undefined` for everything that is none of it. Results and Events are taken at their word. */
export function readServerFrame(frame: Frame): ServerFrame | undefined {
	const {id, seq} = frame;
	if (isCount(seq)) {
		return isFrame(frame.event) && typeof frame.event.type === 'string'
			? {type: 'event', seq, event: frame.event as Event}
			: undefined;
	}

	if (isCount(id)) {
		if (frame.error === undefined) {
			return 'result' in frame ? {type: 'result', id, result: frame.result} : undefined;
		}

		const problem = readProblem(frame.error);
		return problem && {type: 'error', id, problem};
	}

	if (frame.bye !== undefined) {
		const problem = readProblem(frame.bye);
		return problem && {type: 'bye', problem};
	}

	return readServerHello(frame.hello);
}

function readClientHello(hello: unknown): ClientFrame | undefined {
	if (!isFrame(hello) || !isCount(hello.version)) {
		return undefined;
	}

	const {version, snapshot = false, events = []} = hello;
	const isAll = events === 'all';
	const isList = Array.isArray(events) && events.every(type => typeof type === 'string');
	return typeof snapshot === 'boolean' && (isAll || isList)
		? {type: 'hello', version, snapshot, events: isAll ? 'all' : (events as readonly EventType[])}
		: undefined;
}

function readServerHello(hello: unknown): ServerFrame | undefined {
	if (!isFrame(hello)) {
		return undefined;
	}

	const {version, program, profile, seq, snapshot} = hello;
	if (!isCount(version) || typeof program !== 'string' || typeof profile !== 'string' || !isCount(seq)) {
		return undefined;
	}

	const known = {type: 'hello', version, program, profile, seq} as const;
	if (snapshot === undefined) {
		return known;
	}

	return isFrame(snapshot) ? {...known, snapshot: hello.snapshot as Snapshot} : undefined;
}

function readProblem(value: unknown): Problem | undefined {
	if (!isFrame(value)) {
		return undefined;
	}

	const {code, kind, message, hint} = value;
	if (typeof code !== 'string' || typeof message !== 'string' || !isKind(kind)) {
		return undefined;
	}

	return {code, kind, message, ...(typeof hint === 'string' ? {hint} : {})};
}

function isKind(value: unknown): value is Problem['kind'] {
	return typeof value === 'string' && Object.hasOwn(exitCodes, value);
}

function isCount(value: unknown): value is number {
	return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
