import type {BufferId} from '../../model/buffer.js';
import {undecidedIn} from '../../model/device-words.js';
import type {Event, EventOf} from '../../model/events.js';
import type {BareJid} from '../../shared/jid.js';
import {valueFor} from '../../store/by-key.js';
import {devicesAround, peersOf} from '../../store/devices.js';
import {bufferOf} from '../../store/selectors.js';
import {undecidedNotice} from './device-text.js';
import {concernedBy} from './encryption-text.js';
import {type DevicePorts, loadAll, loadDevices} from './load-devices.js';

export type DeviceNews = {
	readonly level: 'info' | 'warning';
	readonly text: string;
	readonly hint?: string;
	readonly buffer: BufferId;
};

export type DeviceWatchOptions = DevicePorts & {
	/** Says something in an open buffer. */
	tell(news: DeviceNews): void;
	/** The devices of somebody are known anew. */
	loaded?(account: BareJid, owner: BareJid): void;
	/** The key that leads to the devices, where there are keys. */
	key?(): string | undefined;
};

/** Keeps what is known of devices fresh, and says once why a conversation is encrypted otherwise than before. */
export type DeviceWatch = {
	/** To be called after the store has reduced the event. */
	hear(event: Event): void;
	/** The person is in a buffer: what is known of those it is about is asked for. Resolves when it is there. */
	attend(buffer: BufferId): Promise<void>;
};

export function createDeviceWatch(options: DeviceWatchOptions): DeviceWatch {
	const {store, tell, loaded} = options;
	/** What was said last in a buffer, so that each connection does not say it again. */
	const told = new Map<BufferId, string>();
	const attended = new Set<string>();

	const load = async (account: BareJid, owner: BareJid) => {
		try {
			await loadDevices(options, account, owner, false);
			loaded?.(account, owner);
		} catch {
			// Nobody asked for it here: whoever opens the devices is told why they are not known.
		}
	};

	const isKnown = (account: BareJid, owner: BareJid) => {
		const known = store.get().devices[account];
		return known !== undefined && valueFor(known, owner) !== undefined;
	};

	/** What stops a conversation where devices wait for the person; what it says now, or nothing. */
	const waitingIn = (buffer: BufferId): DeviceNews | undefined => {
		const info = bufferOf(store.get(), buffer)?.info;
		if (info?.account === undefined || info.encryption !== 'unavailable') {
			return undefined;
		}

		const waiting = undecidedIn(devicesAround(store.get(), info));
		return waiting.length === 0
			? undefined
			: {level: 'warning', buffer, ...undecidedNotice(waiting, info.account, options.key?.())};
	};

	const tellOnce = (news: DeviceNews) => {
		const said = `${news.level} ${news.text}`;
		if (told.get(news.buffer) !== said) {
			told.set(news.buffer, said);
			tell(news);
		}
	};

	const changed = async ({buffer, encryption, problem}: EventOf<'encryption.changed'>) => {
		const info = bufferOf(store.get(), buffer)?.info;
		if (info?.account === undefined) {
			return;
		}

		if (encryption === 'omemo') {
			told.delete(buffer);
			return;
		}

		if (encryption === 'unavailable') {
			await loadAll(options, info.account, concernedBy(store.get(), info), false).catch(() => {
				// What the engine says is told below.
			});
		}

		const now = bufferOf(store.get(), buffer)?.info.encryption;
		const waiting = waitingIn(buffer);
		if (now !== encryption) {
			return;
		}

		if (waiting !== undefined) {
			tellOnce(waiting);
		} else if (problem !== undefined) {
			const {message, hint} = problem;
			const level = encryption === 'unavailable' ? 'warning' : 'info';
			tellOnce({level, text: message, buffer, ...(hint === undefined ? {} : {hint})});
		}
	};

	const devicesChanged = async ({account, owner}: EventOf<'devices.changed'>) => {
		const around = Object.values(store.get().buffers).filter(
			({info}) => info.account === account && (owner === account || peersOf(store.get(), info).includes(owner)),
		);
		if (!isKnown(account, owner) && around.every(({info}) => info.encryption === undefined)) {
			return;
		}

		await load(account, owner);
		for (const {info} of around) {
			const waiting = waitingIn(info.id);
			if (waiting !== undefined) {
				tellOnce(waiting);
			}
		}
	};

	return {
		hear(event) {
			if (event.type === 'encryption.changed') {
				void changed(event);
			} else if (event.type === 'devices.changed') {
				void devicesChanged(event);
			} else if (event.type === 'buffer.closed') {
				told.delete(event.buffer);
			}
		},
		async attend(buffer) {
			const info = bufferOf(store.get(), buffer)?.info;
			if (info?.account === undefined || info.encryption === undefined || info.kind !== 'chat') {
				return;
			}

			const {account} = info;
			const fresh = concernedBy(store.get(), info).filter(owner => !attended.has(`${account} ${owner}`));
			for (const owner of fresh) {
				attended.add(`${account} ${owner}`);
			}

			await Promise.all(fresh.map(owner => load(account, owner)));
		},
	};
}
