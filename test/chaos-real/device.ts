/** One profile of one account as real processes: one that stays, `xmppc send` beside it, and what they leave behind. */
import {cpSync, existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {connectControl} from '../../source/control/client.js';
import type {ControlConnection} from '../../source/control/exchange.js';
import {controlSocketPath} from '../../source/control/socket-path.js';
import {type BufferId, bufferId} from '../../source/model/buffer.js';
import type {Message} from '../../source/model/message.js';
import {systemClock} from '../../source/shared/clock.js';
import {messageOf} from '../../source/shared/errors.js';
import type {BareJid} from '../../source/shared/jid.js';
import {profileDirectories} from '../../source/storage/directories.js';
import {epochPath} from '../../source/storage/epoch.js';
import {openStorage} from '../../source/storage/open.js';
import type {Storage} from '../../source/storage/ports.js';
import {type Staying, startStaying} from '../support/peers/staying.js';
import type {Xmppc} from '../support/peers/xmppc.js';
import type {Recorded, Remains, Restoration, Sent} from './evidence.js';
import type {DeviceName, FrontEnd} from './plan.js';

export type Device = {
	readonly name: DeviceName;
	readonly xmppc: Xmppc;
	readonly isRunning: boolean;
	/** Everything it was told, and told. */
	readonly sent: readonly Sent[];
	readonly shown: readonly string[];
	/** The same of the room. */
	readonly sentInRoom: readonly Sent[];
	readonly shownInRoom: readonly string[];
	/** What its processes have written. */
	output(): string;
	/** Resolves when its control socket answers. */
	start(as: FrontEnd): Promise<void>;
	/** `kill -9`; answers what is on the disk then. */
	kill(): Promise<Remains>;
	/** SIGTERM. Resolves when the process is gone. */
	quit(): Promise<void>;
	/** Resolves when nothing of it is on its way. */
	calm(): Promise<void>;
	/**
	 * Copies its files when nothing waits to be sent, and no process has them; whoever calls sees to it that the server can be
	 * reached. Then it runs, and if it encrypts it has begun to since.
	 */
	backUp(as: FrontEnd): Promise<void>;
	/** `kill -9`, and the copy is put back; then it runs. `withMark`: also what is kept to find that out. */
	restore(as: FrontEnd, withMark: boolean): Promise<Remains>;
	readonly restorations: readonly Restoration[];
	/** Makes a new device, in the background. */
	renew(): void;
	/** Whether it is still the device that came out of the copy. */
	isInDoubt(): Promise<boolean>;
	/** Sends a message; resolves when the server has it, or this client has told that it does not encrypt it as that device. */
	attempt(): Promise<void>;
	/** Sends so many messages, one after the other, in the background. */
	say(count: number): void;
	/** The same in the room, as far as it lets. */
	sayInRoom(count: number): void;
	/** Enters the room, for this and all later sessions. */
	enter(): Promise<void>;
	/** Sends a message by an `xmppc send` of its own, in the background. `killed`: after so many milliseconds. */
	send(wait: 'queued' | 'acked', killed?: number): void;
	/** Asks for a connection now, in the background. */
	reconnect(): void;
	/** Resolves when the account is online. */
	online(): Promise<void>;
	/** Resolves when nothing that was begun in the background goes on. */
	quiet(): Promise<void>;
	/** A round trip to the server: what it had to say before has been dealt with. */
	ping(): Promise<void>;
	/** The conversation as the running client shows it. */
	history(): Promise<readonly Recorded[]>;
	/** The room as the running client shows it. */
	roomHistory(): Promise<readonly Recorded[]>;
	/** As what it encrypts. */
	omemoDevice(): Promise<number | undefined>;
	/** What is of the room on the disk. */
	roomRemains(): Promise<readonly Recorded[]>;
	/** What is on the disk. */
	remains(): Promise<Remains>;
	close(): Promise<void>;
};

export type Surroundings = {
	readonly account: BareJid;
	readonly peer: BareJid;
	readonly room: BareJid;
	readonly encrypts: boolean;
};

const most = 10_000;
/** Milliseconds between two looks at something that cannot call. */
const pause = 50;

export function createDevice(name: DeviceName, {account, peer, room, encrypts}: Surroundings, xmppc: Xmppc): Device {
	const directories = profileDirectories(xmppc.home.environment, 'default');
	const socketPath = controlSocketPath(directories);
	const conversation = bufferId(account, 'chat', peer);
	const inRoom = bufferId(account, 'room', room);
	const sent: Sent[] = [];
	const shown: string[] = [];
	const sentInRoom: Sent[] = [];
	const shownInRoom: string[] = [];
	const outputs: string[] = [];
	const background = new Set<Promise<void>>();
	const sending = new Set<Staying>();
	const restorations: Restoration[] = [];
	const copy = path.join(xmppc.home.directory, 'copy');
	const markPath = epochPath(directories);
	let copied: (Pick<Restoration, 'former' | 'copy'> & {readonly room: readonly Recorded[]}) | undefined;
	let running:
		| {readonly stop: (signal: 'SIGKILL' | 'SIGTERM') => Promise<void>; readonly hasEnded: () => boolean}
		| undefined;
	let control: ControlConnection | undefined;
	let saying = Promise.resolve();
	let count = 0;
	/** How often it told that it does not encrypt because it came out of a copy. */
	let refusals = 0;

	const nextBody = () => `${name} ${++count}`;

	const inBackground = (work: Promise<void>) => {
		background.add(work);
		void work.finally(() => background.delete(work));
	};

	const launch = (as: FrontEnd) => {
		const log = ['--debug', `${xmppc.home.directory}/debug.log`];
		if (as === 'screen') {
			const terminal = xmppc.open({}, log);
			let hasEnded = false;
			const ended = terminal.ended.then(() => {
				hasEnded = true;
				outputs.push(`screen:\n${terminal.text()}\n`);
			});
			return {
				hasEnded: () => hasEnded,
				async stop(signal: 'SIGKILL' | 'SIGTERM') {
					terminal.kill(signal);
					await ended;
				},
			};
		}

		const process = startStaying(xmppc, [...log, ...(as === 'plain' ? ['--plain'] : ['daemon'])]);
		const hasEnded = endOf(process);
		return {
			hasEnded,
			async stop(signal: 'SIGKILL' | 'SIGTERM') {
				await process.end(signal);
				outputs.push(`${as}:\n${process.text()}\n`);
			},
		};
	};

	/** The control connection of the process that runs; undefined while it does not serve. */
	const reach = async (): Promise<ControlConnection | undefined> => {
		if (control !== undefined) {
			return control;
		}

		const made = await connectControl(socketPath, {
			profile: directories.data,
			clock: systemClock,
			events: ['message.recorded', 'history.loaded', 'outbox.held'],
		}).catch((error: unknown) => {
			outputs.push(`no control connection: ${messageOf(error)}\n`);
		});
		if (made === undefined) {
			return undefined;
		}

		control = made;
		void made.closed.then(() => {
			control = control === made ? undefined : control;
		});
		made.events(event => {
			if (event.type === 'message.recorded' && event.message.buffer === conversation) {
				shown.push(isUnread(event.message) ? unreadName(event.message.id) : event.message.body);
			} else if (event.type === 'message.recorded' && event.message.buffer === inRoom) {
				shownInRoom.push(event.message.body);
			} else if (event.type === 'outbox.held' && event.problem.code === 'device-in-doubt') {
				refusals++;
			}
		});
		return made;
	};

	const reached = async (): Promise<ControlConnection> => {
		const made = await reach();
		if (made === undefined) {
			throw new Error(`the control socket of ${name} does not answer`);
		}

		return made;
	};

	const stop = async (signal: 'SIGKILL' | 'SIGTERM') => {
		const process = running;
		running = undefined;
		await process?.stop(signal);
		control?.close();
		control = undefined;
	};

	const look = async <Result>(what: (storage: Storage) => Result): Promise<Result> => {
		const storage = await openStorage(directories, {clock: systemClock});
		try {
			return storage.transaction(() => what(storage));
		} finally {
			storage.close();
		}
	};

	const remains = (): Promise<Remains> =>
		look(storage => ({
			device: name,
			archive: storage.archives.load(account, account),
			history: storage.messages.page(conversation, {limit: most}).map(recorded),
		}));

	const roomRemains = () => look(storage => storage.messages.page(inRoom, {limit: most}).map(recorded));
	const omemoDevice = () => look(storage => storage.omemo.ownDeviceId(account));

	/** Nothing waits to be sent, which would be sent once more from a copy; and it has become a device, if it is to be one. */
	const isIdle = () =>
		look(
			({outbox, omemo}) =>
				outbox.waiting(account).length === 0 && (!encrypts || omemo.ownDeviceId(account) !== undefined),
		);

	const mark = () => (existsSync(markPath) ? readFileSync(markPath, 'utf8') : '');

	const quiet = async () => {
		while (background.size > 0) {
			await Promise.all(background);
		}
	};

	/** No process has the files any more. */
	const endAll = async () => {
		await stop('SIGKILL');
		await Promise.all([...sending].map(process => process.end('SIGKILL')));
		await quiet();
	};

	const sayTo = (to: BareJid, count: number, into: Sent[], kind?: 'groupchat') => {
		const connection = control;
		saying = saying.then(async () => {
			for (let n = 0; n < count && connection !== undefined && connection === control; n++) {
				const [body, begun] = [nextBody(), performance.now()];
				const told = await connection.actions.sendMessage({account, to, body, ...(kind && {kind})}).then(
					() => 'committed' as const,
					() => 'unknown' as const,
				);
				into.push({device: name, body, told, begun, ended: performance.now()});
			}
		});
		inBackground(saying);
	};

	const historyOf = async (buffer: BufferId): Promise<readonly Recorded[]> => {
		const {actions, events} = await reached();
		let page: readonly Message[] = [];
		const stopListening = events(event => {
			if (event.type === 'history.loaded' && event.buffer === buffer) {
				page = event.messages;
			}
		});
		await actions.loadHistory({buffer, after: 0, limit: most});
		stopListening();
		return page.map(recorded);
	};

	const device: Device = {
		name,
		xmppc,
		get isRunning() {
			return running !== undefined;
		},
		sent,
		shown,
		sentInRoom,
		shownInRoom,
		output: () => outputs.join('\n'),
		async start(as) {
			running = launch(as);
			while ((await reach()) === undefined) {
				await sleep(pause);
				// An `xmppc send` had the profile for too long.
				if (running.hasEnded()) {
					await running.stop('SIGKILL');
					running = launch(as);
				}
			}
		},
		async kill() {
			await stop('SIGKILL');
			return remains();
		},
		quit: () => stop('SIGTERM'),
		async calm() {
			await device.online();
			await device.enter();
			await quiet();
			while (!(await isIdle())) {
				await sleep(pause);
			}
		},
		async backUp(as) {
			do {
				if (running === undefined) {
					await device.start(as);
				}

				await device.calm();
				await endAll();
				// Something may have been written while it was ended.
			} while (!(await isIdle()));
			copied = {former: await omemoDevice(), copy: (await remains()).history, room: await roomRemains()};
			rmSync(copy, {recursive: true, force: true});
			cpSync(directories.data, path.join(copy, 'data'), {recursive: true});
			const before = mark();
			writeFileSync(path.join(copy, 'mark'), before);
			await device.start(as);
			while (encrypts && mark() === before) {
				await sleep(pause);
			}
		},
		async restore(as, withMark) {
			if (copied === undefined) {
				throw new Error(`there is no copy of the files of ${name}`);
			}

			const {former, copy: kept, room: keptInRoom} = copied;
			await endAll();
			const [left, leftInRoom] = [await remains(), await roomRemains()];
			rmSync(directories.data, {recursive: true});
			cpSync(path.join(copy, 'data'), directories.data, {recursive: true});
			if (withMark) {
				cpSync(path.join(copy, 'mark'), markPath);
			}

			restorations.push({
				device: name,
				former,
				written: Array.from({length: count}, (_, index) => `${name} ${index + 1}`),
				copy: kept,
				forgotten: missing(left.history, kept),
				forgottenInRoom: missing(leftInRoom, keptInRoom),
			});
			forget(shown, kept);
			forget(shownInRoom, keptInRoom);
			await device.start(as);
			return left;
		},
		restorations,
		renew() {
			const made = encrypts ? control?.actions.resetIdentity({account, keep: true}) : undefined;
			inBackground(
				Promise.resolve(made).then(
					() => {},
					(error: unknown) => void outputs.push(`no new device: ${messageOf(error)}\n`),
				),
			);
		},
		async isInDoubt() {
			const id = await omemoDevice();
			return id !== undefined && restorations.some(({former}) => former === id);
		},
		async attempt() {
			const before = refusals;
			sayTo(peer, 1, sent);
			await quiet();
			while (refusals === before && !(await isIdle())) {
				await sleep(pause);
			}
		},
		say: count => sayTo(peer, count, sent),
		sayInRoom: count => sayTo(room, count, sentInRoom, 'groupchat'),
		async enter() {
			for (;;) {
				const problem = await reached()
					.then(({actions}) => actions.joinRoom({account, room}))
					.then(() => undefined, messageOf);
				if (problem === undefined) {
					return;
				}

				outputs.push(`not in the room yet: ${problem}\n`);
				await sleep(pause);
			}
		},
		send(wait, killed) {
			const [body, begun] = [nextBody(), performance.now()];
			const process = startStaying(xmppc, ['send', '--wait', wait, '--timeout', '10', peer, body]);
			const patience = killed === undefined ? undefined : setTimeout(() => void process.end('SIGKILL'), killed);
			sending.add(process);
			inBackground(
				process.ended.then(status => {
					sending.delete(process);
					clearTimeout(patience);
					outputs.push(`send ${body}: ${status} ${process.text()}\n`);
					const told = status === 0 ? (wait === 'acked' ? 'acked' : 'committed') : 'unknown';
					sent.push({device: name, body, told, begun, ended: performance.now()});
				}),
			);
		},
		reconnect() {
			// What comes of it is in the history at the end.
			inBackground((control?.actions.connect({account}) ?? Promise.resolve()).catch(() => undefined));
		},
		async online() {
			for (;;) {
				const problem = await reached()
					.then(({actions}) => actions.connect({account}))
					.then(() => undefined, messageOf);
				if (problem === undefined) {
					return;
				}

				outputs.push(`not online yet: ${problem}\n`);
				await sleep(pause);
			}
		},
		quiet,
		async ping() {
			await (await reached()).actions.ping({account});
		},
		history: () => historyOf(conversation),
		roomHistory: () => historyOf(inRoom),
		omemoDevice,
		roomRemains,
		remains,
		async close() {
			await stop('SIGKILL');
		},
	};
	return device;
}

/** What is on record, and was not yet when the copy was made. */
function missing(history: readonly Recorded[], copy: readonly Recorded[]): readonly Recorded[] {
	const there = new Set(copy.map(({body}) => body));
	return history.filter(({body}) => !there.has(body));
}

/** Whoever has got the copy is told once more of what is not in it. */
function forget(shown: string[], copy: readonly Recorded[]): void {
	const there = new Set(copy.map(({body}) => body));
	shown.splice(0, shown.length, ...shown.filter(body => there.has(body)));
}

function isUnread({encryption, body}: Message): boolean {
	return encryption === 'omemo' && body.startsWith('[');
}

/** What stands for a text that a device could not read, until it is known from one that can. */
export function unreadName(id: string | undefined): string {
	return `unread ${id}`;
}

function recorded(message: Message): Recorded {
	const {body, direction, state, archiveId, via, id, encryption} = message;
	return {
		body: isUnread(message) ? unreadName(id) : body,
		direction,
		isOwn: via === 'local',
		...(state === undefined ? {} : {state}),
		...(archiveId === undefined ? {} : {archiveId}),
		...(id === undefined ? {} : {id}),
		...(encryption === undefined ? {} : {encryption: isUnread(message) ? 'unread' : 'read'}),
	};
}

function endOf(process: Staying): () => boolean {
	let hasEnded = false;
	void process.ended.then(() => {
		hasEnded = true;
	});
	return () => hasEnded;
}
