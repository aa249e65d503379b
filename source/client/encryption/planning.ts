/**
 * Finds out for which devices a message to somebody is encrypted: right before sending, and never for devices that the person
 * has not decided about (`protocol.md` §2.5).
 */
import {type Device, isUsable} from '../../model/device.js';
import type {DeviceBook} from '../../omemo/device-book.js';
import type {Addressee} from '../../omemo/encryption.js';
import type {OwnKeysStore} from '../../omemo/own-keys.js';
import type {Clock} from '../../shared/clock.js';
import type {Problem} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import type {DeviceLists} from './device-lists.js';
import {encryptionLocked, nobodyUsable, tooManyDevices, undecidedDevices} from './encryption-problems.js';
import {inParallel, type Reaching} from './reaching.js';

export type Plan = {
	/** What it was made of; another one means that it is to be made anew. */
	readonly token: string;
	/** When it is to be made anew all the same, monotonic milliseconds: something was in the way that may pass. */
	readonly until?: number;
} & (
	| {readonly kind: 'encrypt'; readonly addressees: readonly Addressee[]}
	/** These people have no device, or (none of them) nobody does. `everHad`: some had one before. */
	| {
			readonly kind: 'lacking';
			readonly people: readonly BareJid[];
			readonly everHad: boolean;
			readonly problem?: Problem;
	  }
	/** Something has to change first. */
	| {readonly kind: 'held'; readonly problem: Problem}
	/** Nothing will change: there is nobody. */
	| {readonly kind: 'failed'; readonly problem: Problem}
);

export type PlanningPorts = {
	readonly account: BareJid;
	readonly book: DeviceBook;
	readonly lists: DeviceLists;
	readonly own: OwnKeysStore;
	readonly reaching: Reaching;
	readonly clock: Pick<Clock, 'monotonic'>;
};

export type Planning = {
	/** What stands in the way of encrypting for these people, before any key is needed; undefined: nothing. Never rejects. */
	look(people: readonly BareJid[]): Promise<Plan | undefined>;
	/** For these people and the account's own other devices, with the own device made. Never rejects. */
	plan(people: readonly BareJid[]): Promise<Plan>;
	/** What a plan for these people would be made of now. */
	tokenOf(people: readonly BareJid[]): string;
	/** The same number as before: so are all tokens. */
	revision(): number;
};

/** Milliseconds after which what failed is tried again. */
export const planPatience = 60_000;
/** Devices that a message can be encrypted for: readers take no more keys (`protocol.md` row 73). */
const mostAddressees = 1000;
/** Times that a plan is made in a row for which new devices come up meanwhile. */
const mostRounds = 3;

export function createPlanning({account, book, lists, own, reaching, clock}: PlanningPorts): Planning {
	const {problemWith} = reaching;
	const soon = () => clock.monotonic() + planPatience;

	/** The active devices of somebody that are not this one and not distrusted. */
	const devicesOf = (owner: BareJid): readonly Device[] =>
		book.of(owner).filter(({active, isThis, trust}) => active && isThis !== true && trust !== 'distrusted');

	const tokenOf: Planning['tokenOf'] = people =>
		[account, ...people]
			.map(owner => {
				const devices = devicesOf(owner).map(({id, trust, versions}) => `${id}${trust}${versions.join('')}`);
				return `${owner}:${lists.areKnown(owner) ? '' : '?'}${devices.join(',')}`;
			})
			.join(' ');

	const look: Planning['look'] = async people => {
		const everybody = [...new Set([account, ...people])];
		const problems = await inParallel(everybody, owner => lists.learn(owner));
		// Whoever keeps their list from us has no device for us; where there was one, it is not known to be gone.
		const isNone = (found: Problem | undefined, index: number) =>
			found?.code === 'devices-hidden' &&
			lists.areKnown(everybody[index] ?? account) &&
			book.of(everybody[index] ?? account).every(({active}) => !active);
		const problem = problems.find((found, index) => found !== undefined && !isNone(found, index));
		const hidden = problems.find(isNone);
		const token = tokenOf(people);
		if (problem !== undefined) {
			const isHopeless = problem.kind === 'noSuchHost' || problem.kind === 'noSuchRecipient';
			return {kind: isHopeless ? 'failed' : 'held', problem, token, until: soon()};
		}

		const others = people.filter(owner => owner !== account);
		const lacking = others.filter(owner => book.of(owner).every(({active}) => !active));
		const isAlone = others.length === 0 && devicesOf(account).length === 0;
		if (lacking.length === 0 && !isAlone) {
			return undefined;
		}

		const everHad = (lacking.length === 0 ? [account] : lacking).some(owner =>
			book.of(owner).some(({isThis}) => isThis !== true),
		);
		return {kind: 'lacking', people: lacking, everHad, token, ...(hidden === undefined ? {} : {problem: hidden})};
	};

	/** Those of these devices that messages go to as far as is known: all but those that the person has to decide about. */
	const wantedOf = (devices: readonly Device[]) =>
		devices.filter(({fingerprint, trust}) => fingerprint === undefined || isUsable(trust));

	const plan: Planning['plan'] = async people => {
		const obstacle = await look(people);
		if (obstacle !== undefined) {
			return obstacle;
		}

		if (own.load() === undefined) {
			return {kind: 'held', problem: encryptionLocked(account), token: tokenOf(people), until: soon()};
		}

		const everybody = [...new Set([account, ...people])];
		let reached: readonly Addressee[] = [];
		for (let round = 0; round < mostRounds; round++) {
			const wanted = wantedOf(everybody.flatMap(devicesOf));
			reached = await reaching.reach(wanted);
			const isDone = wantedOf(everybody.flatMap(devicesOf)).every(
				({owner, id}) => isAmong(reached, owner, id) || problemWith(owner, id) !== undefined,
			);
			if (isDone) {
				break;
			}
		}

		// The keys were seen meanwhile, and the person may have decided otherwise.
		const devices = everybody.flatMap(devicesOf);
		const token = tokenOf(people);
		const undecided = devices.filter(({trust, fingerprint}) => fingerprint !== undefined && trust === 'undecided');
		if (undecided.length > 0) {
			return {kind: 'held', problem: undecidedDevices(account, undecided), token};
		}

		const addressees = reached.filter(({owner, device}) =>
			devices.some(each => each.owner === owner && each.id === device && isUsable(each.trust)),
		);
		const until = reaching.againAt(devices);
		const passing = until === undefined ? {} : {until};
		const others = people.filter(owner => owner !== account);
		const unreached = (others.length === 0 ? [account] : others).filter(owner =>
			addressees.every(each => each.owner !== owner),
		);
		if (unreached.length > 0) {
			return {kind: 'held', problem: nobodyUsable(unreached, problemWith, devicesOf), token, ...passing};
		}

		return addressees.length > mostAddressees
			? {kind: 'held', problem: tooManyDevices(addressees.length, mostAddressees), token}
			: {kind: 'encrypt', addressees, token, ...passing};
	};

	return {look, plan, tokenOf, revision: () => book.revision() + lists.revision()};
}

function isAmong(reached: readonly Addressee[], owner: BareJid, id: number): boolean {
	return reached.some(each => each.owner === owner && each.device === id);
}
