/** Who has which devices now, as far as this session knows: told by the servers, or asked. */

import {type OmemoVersion, omemoVersions} from '../../model/device.js';
import type {DeviceBook} from '../../omemo/device-book.js';
import type {DeviceNodes} from '../../omemo/device-nodes.js';
import type {ListedDevice} from '../../omemo/wire/device-list.js';
import type {Clock, Dispose} from '../../shared/clock.js';
import type {Problem} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import {isStanzaError} from '../../xmpp/stanza-error.js';
import {listRefused, notThere} from './encryption-problems.js';

export type DeviceListsPorts = {
	readonly account: BareJid;
	readonly book: DeviceBook;
	/** The servers; absent without a connection. */
	readonly nodes: () => Pick<DeviceNodes, 'fetchList'> | undefined;
	readonly ownDevice: () => number | undefined;
	readonly commit: <Result>(work: () => Result) => Result;
	/** A label is shown only where the key of the device vouches for it. */
	readonly vouched: (owner: BareJid, device: ListedDevice) => string | undefined;
	/** Ids are on the list of somebody who had one before, and were not. */
	readonly added: (owner: BareJid, ids: readonly number[]) => void;
	/** Somebody lists more devices than are dealt with. */
	readonly cut: (owner: BareJid, count: number) => void;
	/**
	 * Whether somebody lets us see their presence: then their lists are for us too, wherever servers keep them from others, and
	 * servers tell of changes.
	 */
	readonly seesPresence: (owner: BareJid) => boolean;
	/** The lists of somebody are known now. */
	readonly learned: (owner: BareJid) => void;
	readonly clock: Pick<Clock, 'after'>;
};

export type DeviceLists = {
	/** Whether the lists of somebody are known as they are now, or are kept from us. */
	areKnown(owner: BareJid): boolean;
	/** Another number than before wherever that is otherwise for somebody. */
	revision(): number;
	/** Sees to it that they are; answers why they are not. `again`: also where they are known. Never rejects. */
	learn(owner: BareJid, again?: boolean): Promise<Problem | undefined>;
	/** A server says what somebody's list is. */
	heard(owner: BareJid, version: OmemoVersion, devices: readonly ListedDevice[]): void;
	/** The key of a device came to be known: what its owner calls it may count now. */
	keyLearned(owner: BareJid, id: number): void;
	/** The session is over: what was known may be otherwise now. */
	forget(): void;
};

/** What servers say that keep no lists at all, or do not say whether there is somebody. */
const nothingThere: readonly string[] = ['item-not-found', 'service-unavailable', 'feature-not-implemented'];
/** Devices of one person: who lists thousands would have everybody encrypt for them. */
const mostDevices = 50;
/** Milliseconds after which those are asked for again of whose changes no server tells. */
const untoldPatience = 60 * 60_000;

export function createDeviceLists({account, book, nodes, ownDevice, commit, ...ports}: DeviceListsPorts): DeviceLists {
	const known = new Map<BareJid, Set<OmemoVersion>>();
	/** Whose lists are not for us to see: that they have devices we could encrypt for cannot be (XEP-0384 §5.3: open access). */
	const hidden = new Set<BareJid>();
	const asking = new Map<BareJid, Promise<Problem | undefined>>();
	/** What devices are called by whoever listed them, until their keys vouch for it. */
	const called = new Map<BareJid, readonly ListedDevice[]>();
	/** Own devices that were told of, and people of whose devices that was. */
	const told = new Set<number | BareJid>();
	/** When the lists of those are to be asked for again of whose changes nobody tells. */
	const untold = new Map<BareJid, Dispose>();
	let revision = 0;

	const areKnown = (owner: BareJid) => hidden.has(owner) || known.get(owner)?.size === omemoVersions.length;

	const askAgainLater = (owner: BareJid) => {
		untold.get(owner)?.();
		untold.delete(owner);
		if (!ports.seesPresence(owner)) {
			const stop = ports.clock.after(untoldPatience, () => {
				untold.delete(owner);
				known.delete(owner);
				hidden.delete(owner);
				revision++;
			});
			untold.set(owner, stop);
		}
	};

	const within = (owner: BareJid, devices: readonly ListedDevice[]): readonly ListedDevice[] => {
		if (devices.length > mostDevices && !told.has(owner)) {
			told.add(owner);
			ports.cut(owner, devices.length);
		}

		const own = owner === account ? devices.slice(mostDevices).filter(({id}) => id === ownDevice()) : [];
		return [...devices.slice(0, mostDevices - own.length), ...own];
	};

	const labelled = (owner: BareJid, device: ListedDevice) => {
		const label = ports.vouched(owner, device);
		return {id: device.id, ...(label === undefined ? {} : {label})};
	};

	const remember = (owner: BareJid, version: OmemoVersion) =>
		known.set(owner, new Set([...(known.get(owner) ?? []), version]));

	const heard: DeviceLists['heard'] = (owner, version, devices) => {
		const list = within(owner, devices);
		if (version === 'omemo2') {
			called.set(
				owner,
				list.filter(({label}) => label !== undefined),
			);
		}

		commit(() => {
			const isFirst = !book.knowsList(owner, version);
			const found = book.listed(
				owner,
				version,
				list.map(device => labelled(owner, device)),
			);
			const added = found.filter(id => id !== ownDevice() && (owner !== account || !told.has(id)));
			if (!isFirst && added.length > 0) {
				ports.added(owner, added);
			}

			for (const id of owner === account ? added : []) {
				told.add(id);
			}
		});
		hidden.delete(owner);
		if (known.get(owner)?.has(version) !== true) {
			revision++;
			remember(owner, version);
			askAgainLater(owner);
			if (areKnown(owner)) {
				ports.learned(owner);
			}
		}
	};

	const ask = async (owner: BareJid, version: OmemoVersion): Promise<Problem | undefined> => {
		const servers = nodes();
		if (servers === undefined) {
			return {code: 'not-connected', kind: 'temporary', message: `${account} is not connected.`};
		}

		try {
			heard(owner, version, await servers.fetchList(owner, version));
			return undefined;
		} catch (error) {
			if (!isStanzaError(error) || !nothingThere.includes(error.condition)) {
				const problem = listRefused(owner, error);
				if (problem.code === 'devices-hidden' && !ports.seesPresence(owner) && !hidden.has(owner)) {
					hidden.add(owner);
					askAgainLater(owner);
					revision++;
				}

				return problem;
			}

			// A server that kept lists for them does not stop it for a moment: that there are none now would be news to be sure of.
			if (book.of(owner).some(({active, isThis}) => active && isThis !== true)) {
				return notThere(owner, error);
			}

			heard(owner, version, []);
			return undefined;
		}
	};

	/**
	 * What is left of the problems when what is hidden does not matter: Prosody hides a list that is not there from people who do
	 * not see the presence of its owner. Where the other version's names devices, that is what can be known. Contacts have no
	 * reason to be hidden from: there it is a fault, which passes.
	 */
	const grave = (owner: BareJid, versions: readonly OmemoVersion[], problems: readonly (Problem | undefined)[]) => {
		const isReachable = known.has(owner) && book.of(owner).some(({active}) => active);
		return versions.flatMap((version, index) => {
			const problem = problems[index];
			if (isReachable && problem?.code === 'devices-hidden' && !ports.seesPresence(owner)) {
				remember(owner, version);
				return [];
			}

			return problem ?? [];
		});
	};

	return {
		areKnown,
		revision: () => revision,
		heard,
		async learn(owner, again = false) {
			if (!again && areKnown(owner)) {
				return undefined;
			}

			const running = asking.get(owner);
			if (running !== undefined) {
				return running;
			}

			const wanted = again ? omemoVersions : omemoVersions.filter(version => !known.get(owner)?.has(version));
			const answer = Promise.all(wanted.map(version => ask(owner, version)))
				.then(problems => grave(owner, wanted, problems)[0])
				.finally(() => asking.delete(owner));
			asking.set(owner, answer);
			return answer;
		},
		keyLearned(owner, id) {
			const device = called.get(owner)?.find(each => each.id === id);
			const label = device && ports.vouched(owner, device);
			if (label !== undefined) {
				commit(() => book.label(owner, id, label));
			}
		},
		forget() {
			revision++;
			known.clear();
			for (const stop of untold.values()) {
				stop();
			}

			untold.clear();
			hidden.clear();
		},
	};
}
