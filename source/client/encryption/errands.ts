/**
 * What is owed to devices of others: an answer that completes their session, a sign of life, a new session where theirs is
 * broken (`protocol.md` §2.9, §2.10). It waits until the archive is read, and goes to nobody who must not know that we are here.
 */

import type {Errand} from '../../omemo/decryption.js';
import type {DeviceBook} from '../../omemo/device-book.js';
import type {Addressee} from '../../omemo/encryption.js';
import type {Clock, Dispose} from '../../shared/clock.js';
import {messageOf} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import type {Log} from '../../shared/log.js';
import type {OmemoStore} from '../../storage/omemo-ports.js';

export type ErrandsPorts = {
	readonly account: BareJid;
	readonly store: OmemoStore;
	readonly book: DeviceBook;
	readonly clock: Clock;
	readonly log: Log;
	/** Whether somebody may learn that we are here: they see our presence anyway, or the person has written to them. */
	readonly mayKnow: (owner: BareJid) => boolean;
	readonly learnList: (owner: BareJid) => Promise<unknown>;
	/** Begins a new session in place of one that is broken. Rejects where that cannot be. */
	readonly begin: (to: Addressee) => Promise<void>;
	/** Sends an empty message. */
	readonly sendEmpty: (to: Addressee) => void;
};

export type Errands = {
	add(errand: Errand): void;
	/** The archive is read: what waited is done, and from now on what comes up is done at once. */
	start(): void;
	/** The session is over. What waits is done in the next one. */
	stop(): void;
};

/** Milliseconds in which a device's sessions are not begun anew twice: two that misread each other would go on for ever. */
const healedFor = 24 * 60 * 60_000;
/** Milliseconds between two: a server may count what comes at once. */
const pace = 200;
/** Devices that are waited for; of more, somebody makes them up. */
const mostWaiting = 500;

export function createErrands({account, store, book, clock, log, ...ports}: ErrandsPorts): Errands {
	const waiting = new Map<string, Errand>();
	/** Devices on no list that were looked for in this session. */
	const lookedFor = new Set<string>();
	let isRunning = false;
	let stopWaiting: Dispose | undefined;

	/** Once per device and day; `true`: it is this one. */
	const mayHeal = ({owner, device}: Errand): boolean => {
		const fact = `healed ${owner} ${device}`;
		const last = Number(store.fact(account, fact) ?? 0);
		if (clock.now() - last < healedFor) {
			return false;
		}

		store.saveFact(account, fact, String(clock.now()));
		return true;
	};

	const run = async (errand: Errand): Promise<void> => {
		const {kind, owner, device, version} = errand;
		// Empty messages may go to devices that are not decided about, and to nobody who is not to know of us; their servers tell
		// them who asks for lists and bundles, too.
		if (owner !== account && !ports.mayKnow(owner)) {
			return;
		}

		if (kind === 'look') {
			await ports.learnList(owner);
			return;
		}

		if (kind === 'heal') {
			if (book.get(owner, device)?.trust === 'distrusted' || !mayHeal(errand)) {
				return;
			}

			await ports.begin({owner, device, version});
		}

		ports.sendEmpty({owner, device, version});
	};

	const next = () => {
		stopWaiting = undefined;
		const [first] = waiting;
		if (!isRunning || first === undefined) {
			return;
		}

		const [name, errand] = first;
		waiting.delete(name);
		run(errand)
			.catch((error: unknown) => log.note('omemo', `${errand.kind} failed: ${messageOf(error)}`))
			.finally(schedule);
	};

	const schedule = () => {
		if (isRunning && waiting.size > 0) {
			stopWaiting ??= clock.after(pace, next);
		}
	};

	return {
		add(errand) {
			const name = `${errand.kind === 'heartbeat' ? 'answer' : errand.kind} ${errand.owner} ${errand.device} ${errand.version}`;
			const isOld = errand.kind === 'look' && (lookedFor.has(name) || lookedFor.size >= mostWaiting);
			if (isOld || (waiting.size >= mostWaiting && !waiting.has(name))) {
				return;
			}

			if (errand.kind === 'look') {
				lookedFor.add(name);
			}

			waiting.set(name, errand);
			schedule();
		},
		start() {
			isRunning = true;
			schedule();
		},
		stop() {
			isRunning = false;
			stopWaiting?.();
			stopWaiting = undefined;
			lookedFor.clear();
		},
	};
}
