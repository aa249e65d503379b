/**
 * The encryption of one account, over all its sessions: what the parts of this folder are put together to. The outbox asks it
 * to encrypt, the pipeline to decrypt, the person to decide.
 */
import {randomBytes, randomUUID} from 'node:crypto';
import {roster} from '../../extensions/roster.js';
import type {AccountSettings} from '../../model/account.js';
import type {BufferId} from '../../model/buffer.js';
import type {OmemoVersion} from '../../model/device.js';
import {createDecryption, type Decryption} from '../../omemo/decryption.js';
import {createDeviceBook, type DeviceBook} from '../../omemo/device-book.js';
import {deviceNodes} from '../../omemo/device-nodes.js';
import {createEncryption} from '../../omemo/encryption.js';
import type {Random} from '../../omemo/ratchet/random.js';
import {unansweredCount} from '../../omemo/ratchet/session.js';
import {sessionsIn} from '../../omemo/sessions.js';
import type {TrustMode} from '../../omemo/trust.js';
import type {Bundle} from '../../omemo/wire/bundle.js';
import type {Shown} from '../../omemo/wire/parts.js';
import type {Clock, Dispose} from '../../shared/clock.js';
import {messageOf, XmppcError} from '../../shared/errors.js';
import {type BareJid, parseBareJid} from '../../shared/jid.js';
import type {Log} from '../../shared/log.js';
import type {SecretStores, Storage} from '../../storage/ports.js';
import {notConnected} from '../account-problems.js';
import type {Journal} from '../journal.js';
import type {EncryptionConnection} from './connection.js';
import {vouchedLabel} from './device-labels.js';
import {createDeviceLists, type DeviceLists} from './device-lists.js';
import {createEncryptionNotices} from './encryption-notices.js';
import {createErrands, type Errands} from './errands.js';
import {createLeftOut, type LeftOut} from './left-out.js';
import {createOwnDevice, type OwnDevice} from './own-device.js';
import {createPlanning} from './planning.js';
import {createPolicy, type Policy} from './policy.js';
import {createPrekeySupply} from './prekey-supply.js';
import {createPublishing, type Publishing} from './publishing.js';
import {createReaching, type Reaching} from './reaching.js';
import {createReadiness} from './readiness.js';
import {createRecipientLists, type Destination, type RecipientLists} from './recipients.js';
import {createRoomReaders, type RoomReaders} from './room-readers.js';
import {createSealing, type MessageSealing} from './sealing-messages.js';
import {createStates, type States} from './states.js';
import {createTrustMessages, type TrustMessages} from './trust-messages.js';

export type EncryptionPreferences = {
	readonly isUsual: boolean;
	readonly mode: TrustMode;
	readonly prefer: OmemoVersion;
	/** `omemo.trust-messages`. */
	readonly trustMessages: boolean;
	/** What servers may see that the legacy version cannot hide. */
	readonly shown: Shown;
};

export type AccountEncryptionPorts = {
	readonly settings: () => AccountSettings;
	readonly storage: Storage;
	readonly secrets: Pick<SecretStores, 'forIdentity'>;
	readonly journal: Journal;
	readonly clock: Clock;
	readonly log: Log;
	readonly preferences: () => EncryptionPreferences;
	/** Makes keys, and everything else that nobody must guess. Absent: the system does. */
	readonly randomBytes?: Random | undefined;
	/** What waits in the outbox may go out now. */
	readonly proceed: () => void;
};

export type AccountEncryption = RoomReaders & {
	readonly book: DeviceBook;
	readonly lists: DeviceLists;
	readonly own: OwnDevice;
	readonly policy: Policy;
	readonly reaching: Reaching;
	readonly publishing: Publishing;
	readonly recipients: RecipientLists;
	readonly sealing: MessageSealing;
	readonly decryption: Decryption;
	readonly leftOut: LeftOut;
	readonly states: States;
	readonly trustMessages: TrustMessages;
	/** To be called before each login. Throws why the account must not be used as it is (invariant 16). */
	open(): Promise<void>;
	/**
	 * A session is there, fresh or for one errand; `stays`: it hears of devices, and does what is owed to them. What it publishes
	 * waits until it is `present`: ejabberd tells contacts of nothing that was published before. Never rejects.
	 */
	began(live: EncryptionConnection, stays: boolean, present?: Promise<void>): Promise<void>;
	/** Everything that came while nobody was here was read. */
	caughtUp(): void;
	/** The same session goes on over another connection. */
	resumed(): void;
	ended(): void;
	isCatchingUp(): boolean;
	/** A room took off what was encrypted of a message. */
	cameBackBare(room: BareJid): void;
	/** Somebody looks at a conversation: what decides about its protection is found out for whom it is no news that we are here. */
	opened(buffer: BufferId): void;
	/** The person wants something encrypted, or not any more: makes and publishes a device where one is wanted. Never rejects. */
	wanted(): Promise<void>;
	/**
	 * Another device in the place of this one, which is taken off the lists: with the same identity, with another one that is
	 * given, or with a new one. Rejects with what the place of secrets refuses.
	 */
	renew(identity: boolean | Uint8Array): Promise<void>;
	/** What a device has on its server. Rejects with a stanza error, or `not-connected`. */
	fetchBundle(owner: BareJid, device: number, version: OmemoVersion): Promise<Bundle | undefined>;
	hasSession(owner: BareJid, device: number): boolean;
	/** Messages that went to a device since it answered last. */
	unanswered(owner: BareJid, device: number): number;
};

export function createAccountEncryption(ports: AccountEncryptionPorts): AccountEncryption {
	const {storage, journal, clock, log, preferences} = ports;
	const {omemo: store} = storage;
	const account = ports.settings().jid;
	const random = ports.randomBytes ?? (length => Uint8Array.from(randomBytes(length)));
	const {commit} = journal;
	const tell = createEncryptionNotices({account, journal, clock});

	let live: EncryptionConnection | undefined;
	let stays = false;
	let isCatchingUp = false;
	let disposals: Dispose[] = [];
	const nodes = () => live?.use(deviceNodes);

	const seen = (owner: BareJid) =>
		journal.afterwards(() => journal.emit({type: 'devices.changed', account, owner}), `seen ${account} ${owner}`);
	const book = createDeviceBook({
		account,
		store,
		now: clock.now,
		mode: () => preferences().mode,
		changed(owner) {
			seen(owner);
			journal.afterwards(() => {
				states.reassessPerson(owner);
				ports.proceed();
			}, `devices ${account} ${owner}`);
		},
		seen,
		keyLearned: (owner, id) => lists.keyLearned(owner, id),
	});
	const sessions = sessionsIn(store);
	const own = createOwnDevice({
		settings: ports.settings,
		storage,
		secrets: ports.secrets,
		random,
		takenIds: () => book.of(account).map(({id}) => id),
	});
	const lists = createDeviceLists({
		account,
		book,
		nodes,
		ownDevice: own.id,
		commit,
		vouched: (owner, device) => vouchedLabel(book.get(owner, device.id)?.fingerprint, device),
		added(owner, ids) {
			if (owner === account && own.id() !== undefined) {
				tell.newOwnDevices(ids);
			}
		},
		seesPresence: owner =>
			owner === account || ['to', 'both'].includes(live?.use(roster).get(owner)?.subscription ?? 'none'),
		cut: tell.listCut,
		clock,
		learned: owner => journal.afterwards(() => states.reassessPerson(owner), `learned ${account} ${owner}`),
	});
	const recipients = createRecipientLists(account, () => live);
	const reaching = createReaching({
		account,
		book,
		own: own.keys,
		sessions,
		nodes,
		prefer: () => preferences().prefer,
		commit,
		random,
		clock,
	});
	const planning = createPlanning({account, book, lists, own: own.keys, reaching, clock});
	const policy = createPolicy({
		account,
		store,
		book,
		lists,
		recipients,
		isUsual: () => preferences().isUsual,
		blocked: () => readiness.problem(),
	});
	const publishing = createPublishing({
		account,
		store,
		own: own.keys,
		nodes,
		isOpen: own.isOpen,
		commit,
		heard: (version, devices) => lists.heard(account, version, devices),
		refused: tell.notPublished,
		random,
		clock,
		log,
	});
	const encryption = createEncryption({account, ownDevice: own.id, sessions, random, now: clock.now});

	const readiness = createReadiness({
		account,
		store,
		book,
		lists,
		own,
		publishing,
		isUsual: () => preferences().isUsual,
		isConnected: () => live !== undefined,
		stays: () => stays,
		commit,
		tell,
	});

	const sealing = createSealing({
		account,
		store,
		policy,
		recipients,
		planning,
		encryption,
		ensureDevice: readiness.ensure,
		isConnected: () => live !== undefined,
		proceed: ports.proceed,
		prepared: destination => states.reassessBuffer(policy.bufferOf(destination)),
		held: (destination: Destination, problem) =>
			journal.emit({type: 'outbox.held', account, buffer: policy.bufferOf(destination), problem}),
		shown: () => preferences().shown,
		clock,
		log,
	});
	const states = createStates({account, storage, journal, policy, recipients, holdOf: sealing.holdOf});

	/** Whether the person has written to somebody encrypted, alone or in a room. */
	const hasWrittenTo = (owner: BareJid): boolean =>
		store.wasEncrypted(policy.bufferOf({kind: 'chat', jid: owner})) ||
		recipients
			.rooms()
			.some(
				({room, people}) => people.includes(owner) && store.wasEncrypted(policy.bufferOf({kind: 'room', jid: room})),
			);

	const mayKnow = (owner: BareJid) => live?.use(roster).isSubscribed(owner) === true || hasWrittenTo(owner);
	const errands: Errands = createErrands({
		account,
		store,
		book,
		clock,
		log,
		mayKnow,
		learnList: owner => lists.learn(owner, true),
		begin: reaching.beginAnew,
		sendEmpty(to) {
			const session = live;
			if (session !== undefined && own.isOpen()) {
				const stanza = commit(() => encryption.empty(to, randomUUID()));
				if (stanza !== undefined) {
					session.send(stanza);
				}
			}
		},
	});
	const trustMessages = createTrustMessages({
		account,
		store,
		book,
		own: own.keys,
		sessions,
		encryption,
		nodes,
		journal,
		random,
		clock,
		log,
		isOn: () => preferences().trustMessages,
		isReady: () => live !== undefined && stays && !isCatchingUp && own.isOpen(),
		learnList: lists.learn,
		mayHear: owner => owner === account || mayKnow(owner),
		send: stanza => live?.send(stanza),
		told: tell.keysDecided,
	});
	const supply = createPrekeySupply({
		journal,
		isDue: () => !isCatchingUp && stays && live !== undefined,
		replenish: publishing.replenish,
	});
	const decryption = createDecryption({
		account,
		own: own.keys,
		sessions,
		book,
		usedPreKey: supply.used,
		errand: errand => journal.afterwards(() => errands.add(errand)),
	});

	const readers = createRoomReaders({
		account,
		policy,
		recipients,
		sealing,
		states,
		journal,
		isHere: () => stays && live !== undefined,
		proceed: ports.proceed,
	});

	const wanted = async (): Promise<void> => {
		try {
			if (live !== undefined && stays) {
				await readiness.prepare();
			}

			states.reassess();
			ports.proceed();
		} catch (error) {
			log.note('omemo', `encryption could not be made ready: ${messageOf(error)}`);
			tell.notReady(error);
		}
	};

	return {
		book,
		lists,
		own,
		policy,
		reaching,
		publishing,
		recipients,
		sealing,
		decryption,
		leftOut: createLeftOut(account, store),
		states,
		trustMessages,
		wanted,
		async open() {
			const problem = await readiness.open();
			if (problem !== undefined && store.status(account) !== 'open') {
				throw new XmppcError(problem);
			}
		},
		async began(session, isStaying, present) {
			live = session;
			stays = isStaying;
			isCatchingUp = isStaying;
			publishing.began();
			reaching.forget();
			trustMessages.forget();
			if (!isStaying) {
				return;
			}

			disposals.push(
				session.use(deviceNodes).onList((owner, version, devices = []) => {
					lists.heard(owner, version, devices);
					if (owner === account) {
						publishing.listChanged(version, devices);
					}
				}),
			);
			// Why it does not start is told elsewhere.
			await present?.catch(() => {});
			if (live === session) {
				await wanted();
			}
		},
		caughtUp() {
			isCatchingUp = false;
			if (live !== undefined && stays && own.isOpen()) {
				errands.start();
				trustMessages.start();
				void publishing.replenish();
			}
		},
		resumed: sealing.retry,
		ended() {
			live = undefined;
			for (const dispose of disposals) {
				dispose();
			}

			disposals = [];
			errands.stop();
			publishing.ended();
			lists.forget();
			recipients.forget();
			sealing.stop();
		},
		isCatchingUp: () => isCatchingUp,
		...readers,
		cameBackBare: tell.roomTakesOff,
		opened(buffer) {
			states.opened(buffer);
			const [, kind, text = ''] = buffer.split(' ');
			const jid = kind === 'chat' ? parseBareJid(text) : undefined;
			const isContact = jid !== undefined && live?.use(roster).isSubscribed(jid) === true;
			if (isContact && stays && !lists.areKnown(jid) && policy.ruleFor({kind: 'chat', jid}) !== undefined) {
				void lists.learn(jid);
			}
		},
		async renew(identity) {
			await readiness.renew(identity, () => sealing.stale());
			states.reassess();
			ports.proceed();
		},
		async fetchBundle(owner, device, version) {
			const servers = nodes();
			if (servers === undefined) {
				throw notConnected(account);
			}

			return servers.fetchBundle(owner, device, version);
		},
		hasSession: (owner, device) => store.sessions(account, owner).some(place => place.device === device),
		unanswered: (owner, device) =>
			store
				.sessions(account, owner)
				.filter(place => place.device === device)
				.reduce((most, place) => {
					const session = sessions.load(place);
					return session === undefined ? most : Math.max(most, unansweredCount(session));
				}, 0),
	};
}
