/** What devices said of keys that were not verified when they said it (XEP-0450 §"Implementation Notes"). */
import type {Fingerprint} from '../model/device.js';
import type {BareJid} from '../shared/jid.js';
import type {OmemoStore} from '../storage/omemo-ports.js';

export type Said = {
	readonly owner: BareJid;
	readonly fingerprint: Fingerprint;
	readonly trust: 'verified' | 'distrusted';
	/** When, milliseconds since the epoch. */
	readonly at: number;
};

/** All of it in a transaction, with the account unlocked. */
export type KeptWord = {
	/** Beside what is kept of a device with this key; of two things said of the same key the later one stays. */
	add(owner: BareJid, by: Fingerprint, said: readonly Said[]): void;
	/** What is kept of it, and no longer. */
	take(owner: BareJid, by: Fingerprint): readonly Said[];
};

/** Devices of one person; of more, those that spoke last. */
const mostDevices = 10;
/** Keys that one of them spoke of; of more, the last. */
const mostSaid = 200;

export function createKeptWord(account: BareJid, store: Pick<OmemoStore, 'fact' | 'saveFact'>): KeptWord {
	const factOf = (owner: BareJid) => `kept word ${owner}`;
	const load = (owner: BareJid): Map<Fingerprint, readonly Said[]> =>
		new Map(JSON.parse(store.fact(account, factOf(owner)) ?? '[]'));
	const save = (owner: BareJid, kept: ReadonlyMap<Fingerprint, readonly Said[]>) =>
		store.saveFact(account, factOf(owner), kept.size === 0 ? undefined : JSON.stringify([...kept]));

	return {
		add(owner, by, said) {
			const kept = load(owner);
			const merged = new Map<string, Said>();
			for (const each of [...(kept.get(by) ?? []), ...said]) {
				const name = `${each.owner} ${each.fingerprint}`;
				const before = merged.get(name);
				if (before === undefined || before.at < each.at) {
					merged.delete(name);
					merged.set(name, each);
				}
			}

			kept.delete(by);
			kept.set(by, [...merged.values()].slice(-mostSaid));
			save(owner, new Map([...kept].slice(-mostDevices)));
		},
		take(owner, by) {
			const kept = load(owner);
			const said = kept.get(by);
			if (said !== undefined) {
				kept.delete(by);
				save(owner, kept);
			}

			return said ?? [];
		},
	};
}
