/**
 * Devices that encrypt for others and not for this one. Each message is a line, for it was said; the first one says what helps,
 * and again one when something of theirs could be read since.
 */
import type {BareJid} from '../../shared/jid.js';
import type {OmemoStore} from '../../storage/omemo-ports.js';

export type LeftOut = {
	/** A device left this one out. Answers whether that is news. In a transaction. */
	noted(from: BareJid, device: number): boolean;
	/** Something of a device can be read. In a transaction. */
	understood(from: BareJid, device: number): void;
};

/** Devices of which it is remembered that nothing is noted; and, without keys of our own, that something is. */
const mostKnown = 1000;

export function createLeftOut(account: BareJid, store: Pick<OmemoStore, 'status' | 'fact' | 'saveFact'>): LeftOut {
	const clean = new Set<string>();
	const noted = new Set<string>();
	const remember = (names: Set<string>, name: string) => {
		if (names.size >= mostKnown) {
			names.clear();
		}

		names.add(name);
	};
	const factOf = (from: BareJid, device: number) => `left out ${from} ${device}`;

	return {
		noted(from, device) {
			const name = factOf(from, device);
			clean.delete(name);
			if (store.status(account) !== 'open') {
				const isNews = !noted.has(name);
				remember(noted, name);
				return isNews;
			}

			if (store.fact(account, name) !== undefined) {
				return false;
			}

			store.saveFact(account, name, 'yes');
			return true;
		},
		understood(from, device) {
			const name = factOf(from, device);
			if (!clean.has(name)) {
				remember(clean, name);
				if (store.fact(account, name) !== undefined) {
					store.saveFact(account, name, undefined);
				}
			}
		},
	};
}
