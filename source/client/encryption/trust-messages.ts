/** What is said of keys between devices that trust each other (XEP-0450): what comes counts, and what the person decides is told. */
import type {Fingerprint, Trust} from '../../model/device.js';
import {type AutomaticTrust, createAutomaticTrust, type KeyDecision} from '../../omemo/automatic-trust.js';
import type {BareJid} from '../../shared/jid.js';
import type {OmemoStore} from '../../storage/omemo-ports.js';
import type {EncryptionNotices} from './encryption-notices.js';
import {createTrustTelling, type TrustTellingPorts} from './trust-telling.js';

export type TrustMessagesPorts = Omit<TrustTellingPorts, 'store'> & {
	readonly store: OmemoStore;
	/** See `AutomaticTrustPorts`. */
	readonly mayHear: (owner: BareJid) => boolean;
	readonly told: EncryptionNotices['keysDecided'];
};

export type TrustMessages = {
	/** The person decided about a key. In a transaction. */
	decide(owner: BareJid, fingerprint: Fingerprint, trust: Trust): void;
	/** A device said something of keys; nothing becomes of it while `omemo.trust-messages` is off. In a transaction. */
	heard: AutomaticTrust['heard'];
	/** Whether a message of this id is one of ours, which comes back as everything does. */
	isOwn(id: string): boolean;
	/** The archive is read: what waited to be told goes out. */
	start(): void;
	/** Another session: what was in the way in the last one is not believed any more. */
	forget(): void;
};

export function createTrustMessages(ports: TrustMessagesPorts): TrustMessages {
	const {account, store, book, journal, clock, isOn, told} = ports;
	const telling = createTrustTelling(ports);
	const received = createAutomaticTrust({
		account,
		store,
		book,
		now: clock.now,
		mayHear: ports.mayHear,
		told: (by, decisions) =>
			told(by, decisions, ({owner, fingerprint}) => book.of(owner).find(device => device.fingerprint === fingerprint)),
	});

	return {
		decide(owner, fingerprint, trust) {
			const isNews = book.trust(owner, fingerprint) !== trust;
			book.setTrust(owner, fingerprint, trust);
			received.decided(owner, fingerprint, trust, isOn());
			if (isOn() && isNews && (trust === 'verified' || trust === 'distrusted')) {
				const decision: KeyDecision = {owner, fingerprint, trust};
				telling.owe(decision);
				journal.afterwards(telling.start);
			}
		},
		heard(said, from) {
			if (isOn()) {
				received.heard(said, from);
			}
		},
		isOwn: telling.isOwn,
		start() {
			if (isOn()) {
				journal.commit(received.takeUp);
				telling.start();
			}
		},
		forget: telling.forget,
	};
}
