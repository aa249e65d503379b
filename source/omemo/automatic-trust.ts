/**
 * XEP-0450: Automatic Trust Management (ATM), version 0.4.0: what becomes of what devices say of keys.
 * https://xmpp.org/extensions/xep-0450.html
 *
 * A verified device is believed: an own one of anybody's keys, another one of the keys of its owner. What one says that is not
 * verified is kept until it is. What the person distrusts here only the person trusts again.
 */
import type {Device, Fingerprint, Trust} from '../model/device.js';
import type {BareJid} from '../shared/jid.js';
import type {OmemoStore} from '../storage/omemo-ports.js';
import type {DeviceBook} from './device-book.js';
import {createKeptWord, type Said} from './kept-word.js';
import {fingerprintIn} from './keys.js';
import type {SaidOfKeys} from './wire/trust-message.js';

/** What was decided of a key. */
export type KeyDecision = {
	readonly owner: BareJid;
	readonly fingerprint: Fingerprint;
	readonly trust: 'verified' | 'distrusted';
};

export type AutomaticTrustPorts = {
	readonly account: BareJid;
	readonly store: OmemoStore;
	readonly book: DeviceBook;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
	/** Whether anything is kept of what the devices of somebody say: whoever has never heard of us could fill the disk. */
	readonly mayHear: (owner: BareJid) => boolean;
	/** By the word of a device something else is thought of these keys than before. In the transaction. */
	readonly told: (by: Device, decisions: readonly KeyDecision[]) => void;
};

/** All of it in a transaction. */
export type AutomaticTrust = {
	/** A device said something of keys. */
	heard(said: SaidOfKeys, from: {readonly owner: BareJid; readonly device: number}): void;
	/** The person decided about a key. `isBelieving`: what was kept of it counts now. */
	decided(owner: BareJid, fingerprint: Fingerprint, trust: Trust, isBelieving: boolean): void;
	/** What was kept of keys that came to be verified another way counts. */
	takeUp(): void;
};

/** Keys of one person of which something is thought: more than they ever had devices. */
const mostKeys = 300;

/** When something was decided about a key last, milliseconds since the epoch, and by whom. */
type Decided = {readonly at: number; readonly by: 'person' | 'message'};

export function createAutomaticTrust({account, store, book, now, ...ports}: AutomaticTrustPorts): AutomaticTrust {
	const kept = createKeptWord(account, store);
	const factOf = (owner: BareJid, fingerprint: Fingerprint) => `key decided ${owner} ${fingerprint}`;
	const lastOf = (owner: BareJid, fingerprint: Fingerprint): Decided => {
		const fact = store.fact(account, factOf(owner, fingerprint));
		return fact === undefined ? {at: 0, by: 'person'} : JSON.parse(fact);
	};
	const remember = (owner: BareJid, fingerprint: Fingerprint, decided: Decided) =>
		store.saveFact(account, factOf(owner, fingerprint), JSON.stringify(decided));

	const deviceWith = (owner: BareJid, fingerprint: Fingerprint) =>
		book.of(owner).find(device => device.fingerprint === fingerprint);

	/** Whether something said of a key changes what is thought of it: nothing older, nothing of what only the person may say. */
	const counts = ({owner, fingerprint, trust, at}: Said, isLate: boolean): boolean => {
		const before = book.trust(owner, fingerprint);
		const last = lastOf(owner, fingerprint);
		const isFinal = before === 'distrusted' && trust === 'verified' && (isLate || last.by === 'person');
		const isTooMuch = before === undefined && store.trust(account, owner).size >= mostKeys;
		return at > last.at && !isFinal && !isTooMuch && deviceWith(owner, fingerprint)?.isThis !== true;
	};

	/** Answers what is thought otherwise of now. `isLate`: it was said before the device was verified. */
	const apply = (by: Device, said: readonly Said[], isLate: boolean): readonly KeyDecision[] => {
		const decisions: KeyDecision[] = [];
		for (const each of said) {
			const {owner, fingerprint, trust, at} = each;
			if (counts(each, isLate)) {
				remember(owner, fingerprint, {at, by: 'message'});
				if (book.trust(owner, fingerprint) !== trust) {
					book.setTrust(owner, fingerprint, trust);
					decisions.push({owner, fingerprint, trust});
				}
			}
		}

		if (decisions.length > 0) {
			ports.told(by, decisions);
		}

		return decisions;
	};

	/** What was kept of devices with these keys counts, and what was kept of those that are verified by that, and so on. */
	const follow = (verified: ReadonlyArray<Pick<KeyDecision, 'owner' | 'fingerprint'>>) => {
		const keys = [...verified];
		for (const {owner, fingerprint} of keys) {
			const by = deviceWith(owner, fingerprint);
			const said =
				by === undefined || book.trust(owner, fingerprint) !== 'verified' ? [] : kept.take(owner, fingerprint);
			if (by !== undefined && said.length > 0) {
				keys.push(...apply(by, said, true).filter(isVerified));
			}
		}
	};

	/** What the owner of a device may say of keys. */
	const within = ({owners, at}: SaidOfKeys, sender: BareJid): readonly Said[] =>
		owners
			.filter(({jid}) => sender === account || sender === jid)
			.flatMap(({jid, trusted, distrusted}) =>
				[
					...trusted.map(key => ({key, trust: 'verified' as const})),
					...distrusted.map(key => ({key, trust: 'distrusted' as const})),
				].flatMap(({key, trust}) => {
					const fingerprint = fingerprintIn(key);
					return fingerprint === undefined ? [] : [{owner: jid, fingerprint, trust, at}];
				}),
			);

	return {
		heard(message, {owner, device}) {
			const by = book.get(owner, device);
			const said = within(message, owner);
			if (by?.fingerprint === undefined || by.trust === 'distrusted' || said.length === 0) {
				return;
			}

			if (by.trust === 'verified') {
				follow(apply(by, said, false).filter(isVerified));
			} else if (ports.mayHear(owner)) {
				kept.add(owner, by.fingerprint, said);
			}
		},
		decided(owner, fingerprint, trust, isBelieving) {
			if (store.status(account) !== 'open') {
				return;
			}

			remember(owner, fingerprint, {at: now(), by: 'person'});
			if (trust === 'distrusted') {
				kept.take(owner, fingerprint);
			} else if (trust === 'verified' && isBelieving) {
				follow([{owner, fingerprint}]);
			}
		},
		takeUp: () => follow(store.trustOfAll(account).filter(isVerified)),
	};
}

function isVerified({trust}: {readonly trust: Trust}): boolean {
	return trust === 'verified';
}
