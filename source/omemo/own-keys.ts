/** The keys of the device that we are, as they are stored. */
import type {BareJid} from '../shared/jid.js';
import type {OmemoStore} from '../storage/omemo-ports.js';
import type {DeviceKeys} from './ratchet/device-keys.js';
import {parseDevice, serializeDevice} from './ratchet/serialize.js';
import {isSameRecord} from './records.js';

export type OwnKeys = {
	readonly id: number;
	readonly keys: DeviceKeys;
};

export type OwnKeysStore = {
	/** `undefined`: the account has no device here, it is locked, or its record cannot be read. */
	load(): OwnKeys | undefined;
	/** In the transaction that runs. */
	save(own: OwnKeys): void;
};

/**
 * Each use reads the record, so that what a rolled back transaction wrote was never there; only what a record means is
 * remembered.
 */
export function ownKeysIn(store: OmemoStore, account: BareJid): OwnKeysStore {
	let known: {readonly record: Uint8Array; readonly keys: DeviceKeys} | undefined;
	return {
		load() {
			const stored = store.status(account) === 'open' ? store.ownDevice(account) : undefined;
			if (stored === undefined) {
				return undefined;
			}

			const {id, record} = stored;
			if (known === undefined || !isSameRecord(known.record, record)) {
				const keys = parseDevice(record);
				known = keys === undefined ? undefined : {record, keys};
			}

			return known === undefined ? undefined : {id, keys: known.keys};
		},
		save({id, keys}) {
			const record = serializeDevice(keys);
			known = {record, keys};
			store.saveOwnDevice(account, {id, record});
		},
	};
}
