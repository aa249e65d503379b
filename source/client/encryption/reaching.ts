/**
 * Begins the sessions that lack: right before something is sent (`protocol.md` §2.4), from what the devices have on their
 * servers. Bundles are fetched side by side, sessions begun one at a time: an agreement takes about a millisecond, and
 * whoever types meanwhile goes first.
 */
import {type Device, type OmemoVersion, omemoVersions} from '../../model/device.js';
import type {DeviceBook} from '../../omemo/device-book.js';
import type {DeviceNodes} from '../../omemo/device-nodes.js';
import type {Addressee} from '../../omemo/encryption.js';
import {fingerprintOf, identityOf, taken} from '../../omemo/keys.js';
import type {OwnKeysStore} from '../../omemo/own-keys.js';
import type {Random} from '../../omemo/ratchet/random.js';
import {startSession} from '../../omemo/ratchet/start-session.js';
import type {Sessions} from '../../omemo/sessions.js';
import type {Bundle} from '../../omemo/wire/bundle.js';
import type {Clock} from '../../shared/clock.js';
import {messageOf, type Problem, XmppcError} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';

export type ReachingPorts = {
	readonly account: BareJid;
	readonly book: DeviceBook;
	readonly own: OwnKeysStore;
	readonly sessions: Sessions;
	/** The servers; absent without a connection. */
	readonly nodes: () => DeviceNodes | undefined;
	readonly prefer: () => OmemoVersion;
	readonly commit: <Result>(work: () => Result) => Result;
	readonly random: Random;
	readonly clock: Clock;
};

type Place = Pick<Device, 'owner' | 'id'>;

export type Reaching = {
	/** Sees to it that there are sessions with these devices. Answers those that can be spoken to, each once. Never rejects. */
	reach(devices: readonly Device[]): Promise<readonly Addressee[]>;
	/** Begins a new session with a device, in place of the one there is. Rejects with why it cannot. */
	beginAnew(to: Addressee): Promise<void>;
	/** Why a device gets nothing, as a sentence; undefined where nothing is known against it. */
	problemWith(owner: BareJid, device: number): string | undefined;
	/** When the first of these devices may be asked for its keys again, monotonic milliseconds; undefined: nothing is against them. */
	againAt(devices: readonly Place[]): number | undefined;
	/** What was found out about devices that could not be reached is not believed any more. */
	forget(): void;
};

/**
 * Milliseconds until a device whose keys could not be had is asked for them again, by how often that was: some apps put
 * themselves on the list before their keys are there.
 */
const patience = [5000, 15_000, 60_000] as const;
/** Bundles that are asked for at the same time. */
const atOnce = 5;

type Wish = {readonly device: Device; readonly versions: readonly OmemoVersion[]};
type Found = Wish & ({readonly bundle: Bundle} | {readonly why: string});

export function createReaching(ports: ReachingPorts): Reaching {
	const {account, book, own, sessions, commit, clock} = ports;
	/** Devices that cannot be reached: until when, and why. */
	const unreachable = new Map<string, {readonly until: number; readonly why: string; readonly times: number}>();
	const nameOf = ({owner, id}: Place) => `${owner} ${id}`;

	const against = (device: Place) => {
		const found = unreachable.get(nameOf(device));
		return found !== undefined && found.until > clock.monotonic() ? found : undefined;
	};

	const blame = (device: Place, why: string) => {
		const times = unreachable.get(nameOf(device))?.times ?? 0;
		const wait = patience[Math.min(times, patience.length - 1)] ?? 0;
		unreachable.set(nameOf(device), {until: clock.monotonic() + wait, why, times: times + 1});
	};

	const versionsOf = ({versions}: Device): readonly OmemoVersion[] => {
		const preferred = ports.prefer();
		return omemoVersions
			.filter(version => versions.includes(version))
			.toSorted((one, other) => Number(other === preferred) - Number(one === preferred));
	};

	const placeOf = ({owner, id}: Place, version: OmemoVersion) => ({account, owner, device: id, version});
	const spokenTo = ({owner, id}: Place, version: OmemoVersion): Addressee => ({owner, device: id, version});

	const fetch = async ({owner, id}: Place, version: OmemoVersion): Promise<{bundle: Bundle} | {why: string}> => {
		try {
			const bundle = await ports.nodes()?.fetchBundle(owner, id, version);
			return bundle === undefined ? {why: notOnServer} : {bundle};
		} catch (error) {
			return {why: messageOf(error)};
		}
	};

	/** In a transaction. Answers why there is no session. */
	const begin = (device: Place, version: OmemoVersion, bundle: Bundle): string | undefined => {
		const self = own.load();
		const fingerprint = book.get(device.owner, device.id)?.fingerprint;
		if (self === undefined) {
			return 'this device has no keys that can be used';
		}

		const started = startSession({
			device: self.keys,
			profile: version,
			bundle: taken(bundle),
			random: ports.random,
			session: sessions.load(placeOf(device, version)),
			identity: fingerprint === undefined ? undefined : identityOf(fingerprint),
		});
		if (!started.ok) {
			return startFailures[started.reason];
		}

		book.keySeen(device.owner, device.id, fingerprintOf(started.identity));
		sessions.save(placeOf(device, version), started.session);
		return undefined;
	};

	/** Begins sessions with those whose bundles were found. Answers the versions that worked, and what is still to be tried. */
	const beginAll = async (found: readonly Found[], done: Addressee[]): Promise<readonly Wish[]> => {
		const failed: Wish[] = [];
		for (const each of found) {
			const {device, versions} = each;
			const [version = 'legacy', ...others] = versions;
			const why = 'why' in each ? each.why : commit(() => begin(device, version, each.bundle));
			if (why === undefined) {
				done.push(spokenTo(device, version));
			} else if (others.length > 0) {
				failed.push({device, versions: others});
			} else {
				blame(device, why);
			}

			await turn();
		}

		return failed;
	};

	return {
		async reach(devices) {
			const done: Addressee[] = [];
			let wishes: readonly Wish[] = [];
			for (const device of devices) {
				const versions = versionsOf(device);
				const there = versions.find(version => sessions.load(placeOf(device, version)) !== undefined);
				if (there !== undefined) {
					done.push(spokenTo(device, there));
				} else if (against(device) === undefined) {
					wishes = [...wishes, {device, versions}];
				}
			}

			while (wishes.length > 0) {
				const found = await inParallel(wishes, async wish => {
					const [version = 'legacy'] = wish.versions;
					const answer = await fetch(wish.device, version);
					// Many may come in one read.
					await turn();
					return {...wish, ...answer};
				});
				wishes = await beginAll(found, done);
			}

			return done;
		},
		async beginAnew({owner, device, version}) {
			const place = {owner, id: device};
			const found = await fetch(place, version);
			if ('why' in found) {
				throw new XmppcError({code: 'no-bundle', kind: 'unavailable', ...noSession(place, found.why)});
			}

			const why = commit(() => begin(place, version, found.bundle));
			if (why !== undefined) {
				throw new XmppcError({code: 'no-session', kind: 'protocol', ...noSession(place, why)});
			}

			unreachable.delete(nameOf(place));
		},
		problemWith: (owner, device) => against({owner, id: device})?.why,
		againAt(devices) {
			const times = devices.flatMap(device => against(device)?.until ?? []);
			return times.length === 0 ? undefined : Math.min(...times);
		},
		forget: () => unreachable.clear(),
	};
}

const notOnServer = 'its keys are not on the server, or cannot be read';

const startFailures = {
	'bad-signature': 'its keys are not signed by it: somebody may have changed them',
	'bad-key': 'its keys are broken',
	'no-prekeys': 'it has run out of keys for new conversations',
	'identity-changed': 'it has another identity key than before: somebody may pretend to be it',
} as const;

function noSession({owner, id}: Place, why: string): Pick<Problem, 'message' | 'hint'> {
	return {
		message: `No session can be begun with device ${id} of ${owner}: ${why.replace(/\.$/, '')}.`,
		hint: `/omemo doctor ${owner} says more.`,
	};
}

/** Lets everything run that waits for its turn. */
function turn(): Promise<void> {
	return new Promise(resolve => setImmediate(resolve));
}

/** A few at the same time; answers in the order of what was given. `work` never rejects. */
export async function inParallel<Item, Result>(
	items: readonly Item[],
	work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
	const results: Result[] = [];
	let next = 0;
	const run = async () => {
		for (let index = next++; index < items.length; index = next++) {
			const item = items[index];
			if (item !== undefined) {
				results[index] = await work(item);
			}
		}
	};
	await Promise.all(Array.from({length: atOnce}, run));
	return results;
}
