/**
 * Whether a conversation is encrypted: by the person's choice for it, by what is usual, and by what has been (invariant 6: it
 * never stops being by itself).
 */
import {type BufferId, bufferId, type Encryption} from '../../model/buffer.js';
import {
	type Device,
	type EncryptionChoice,
	type EncryptionWish,
	isUsable,
	omemoVersions,
	type SealRule,
} from '../../model/device.js';
import type {DeviceBook} from '../../omemo/device-book.js';
import type {Problem} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import type {OmemoStore} from '../../storage/omemo-ports.js';
import type {DeviceLists} from './device-lists.js';
import {allDistrusted, readByOthers, undecidedDevices, withoutDevices} from './encryption-problems.js';
import type {Destination, RecipientLists} from './recipients.js';

export type PolicyPorts = {
	readonly account: BareJid;
	readonly store: OmemoStore;
	readonly book: DeviceBook;
	readonly lists: DeviceLists;
	readonly recipients: RecipientLists;
	/** `omemo.default`. */
	readonly isUsual: () => boolean;
	/** What stands in the way of all encryption of the account now. */
	readonly blocked: () => Problem | undefined;
};

export type EncryptionState = {readonly encryption: Encryption; readonly problem?: Problem};

/** What is kept of conversations and devices, as far as the policy asks for it. */
export type PolicyView = {
	readonly choice: (buffer: BufferId) => EncryptionChoice | undefined;
	readonly wasEncrypted: (buffer: BufferId) => boolean;
	readonly devicesOf: (owner: BareJid) => readonly Device[];
};

export type Policy = {
	/** What becomes of a message that is written now; undefined: it goes out in clear. */
	ruleFor(destination: Destination): SealRule | undefined;
	/** How what is sent there is protected now, as far as that is known. */
	stateOf(destination: Destination, view?: PolicyView): EncryptionState;
	/** All that is kept, read at once, for whoever asks about many conversations. It does not follow what changes. */
	wholeView(): PolicyView;
	bufferOf(destination: Destination): BufferId;
	/** Whether it has to be encrypted or stay here, whatever a rule of before says. */
	isBound(destination: Destination): boolean;
};

export function createPolicy({account, store, book, lists, recipients, ...ports}: PolicyPorts): Policy {
	const bufferOf = ({kind, jid}: Destination) => bufferId(account, kind, jid);
	const kept: PolicyView = {choice: store.choice, wasEncrypted: store.wasEncrypted, devicesOf: book.of};

	/** Chosen or usual there; what is for more readers than can be known is not, unless that was chosen. */
	const isWanted = (destination: Destination, view: PolicyView): boolean => {
		const choice = view.choice(bufferOf(destination));
		return choice === undefined ? ports.isUsual() && recipients.known(destination)?.kind !== 'open' : choice === 'on';
	};

	const isBound = (destination: Destination, view = kept): boolean => {
		const buffer = bufferOf(destination);
		const choice = view.choice(buffer);
		return choice === 'on' || (choice === undefined && ports.isUsual() && view.wasEncrypted(buffer));
	};

	/** Whether somebody who has no device now had one: that there is none any more may be somebody else's doing. */
	const everHad = (owner: BareJid, {devicesOf}: PolicyView) => devicesOf(owner).some(({isThis}) => isThis !== true);

	const stateOfPeople = (people: readonly BareJid[], bound: boolean, view: PolicyView): EncryptionState => {
		const {devicesOf} = view;
		const others = people.filter(owner => owner !== account);
		// Of whoever wrote first and is no contact nothing is known but the device that they wrote with: no list was ever asked for.
		const wasListed = (owner: BareJid) =>
			devicesOf(owner).some(({active}) => active) || omemoVersions.some(version => book.knowsList(owner, version));
		const isKnown = (owner: BareJid) => lists.areKnown(owner) || (devicesOf(owner).length > 0 && wasListed(owner));
		const lacking = others.filter(owner => isKnown(owner) && devicesOf(owner).every(({active}) => !active));
		if (lacking.length > 0) {
			return bound || lacking.some(owner => everHad(owner, view))
				? {encryption: 'unavailable', problem: withoutDevices(lacking, account)}
				: {encryption: 'none'};
		}

		const ownOthers = devicesOf(account).filter(({active, isThis}) => active && isThis !== true);
		if (!others.every(isKnown) || (others.length === 0 && ownOthers.length === 0)) {
			return {encryption: bound ? 'omemo' : 'none'};
		}

		const seen = [account, ...others].flatMap(devicesOf).filter(({active, isThis}) => active && isThis !== true);
		const undecided = seen.filter(({trust, fingerprint}) => fingerprint !== undefined && trust === 'undecided');
		if (undecided.length > 0) {
			return {encryption: 'unavailable', problem: undecidedDevices(account, undecided)};
		}

		const cut = others.find(owner =>
			seen.every(device => device.owner !== owner || (device.fingerprint !== undefined && !isUsable(device.trust))),
		);
		return cut === undefined ? {encryption: 'omemo'} : {encryption: 'unavailable', problem: allDistrusted(cut)};
	};

	const stateOf: Policy['stateOf'] = (destination, view = kept) => {
		const bound = isBound(destination, view);
		if (!bound && !isWanted(destination, view)) {
			return {encryption: 'none'};
		}

		const known = recipients.known(destination);
		if (known?.kind === 'open') {
			return bound ? {encryption: 'unavailable', problem: readByOthers(known.why)} : {encryption: 'none'};
		}

		if (known?.kind !== 'people') {
			return {encryption: bound ? 'omemo' : 'none'};
		}

		const state = stateOfPeople(known.people, bound, view);
		const blocked = state.encryption === 'none' ? undefined : ports.blocked();
		return blocked === undefined ? state : {encryption: 'unavailable', problem: blocked};
	};

	return {
		bufferOf,
		isBound: destination => isBound(destination),
		stateOf,
		wholeView() {
			const conversations = new Map(store.conversations(account).map(each => [each.buffer, each]));
			return {
				choice: buffer => conversations.get(buffer)?.choice,
				wasEncrypted: buffer => conversations.get(buffer)?.wasEncrypted === true,
				devicesOf: book.all().of,
			};
		},
		ruleFor: destination =>
			isBound(destination)
				? 'require'
				: isWanted(destination, kept)
					? stateOf(destination).encryption === 'none'
						? 'auto'
						: 'require'
					: undefined,
	};
}

/** What becomes of one message, of which the person may have said something else than holds for its conversation. */
export function ruleUnder(policy: Pick<Policy, 'ruleFor'>, wish: EncryptionWish | undefined): Policy['ruleFor'] {
	switch (wish) {
		case 'require':
			return () => 'require';
		case 'off':
			return () => undefined;
		default:
			return policy.ruleFor;
	}
}

/** Whether what is said in clear there would have been encrypted, but for the person's word. */
export function isExposed(
	store: Pick<OmemoStore, 'choice' | 'wasEncrypted'>,
	buffer: BufferId,
	wish: EncryptionWish | undefined,
): boolean {
	return (
		wish === 'off' && store.choice(buffer) !== 'off' && (store.wasEncrypted(buffer) || store.choice(buffer) === 'on')
	);
}
