/**
 * Tells verified devices what the person decided about keys (XEP-0450, XEP-0434): one message for each person who has some of them,
 * in an envelope of OMEMO 2 and never in clear. What was decided without a connection is told in the next session.
 */
import {randomUUID} from 'node:crypto';
import type {Device} from '../../model/device.js';
import type {KeyDecision} from '../../omemo/automatic-trust.js';
import type {DeviceBook} from '../../omemo/device-book.js';
import type {DeviceNodes} from '../../omemo/device-nodes.js';
import type {Addressee, MessageEncryption} from '../../omemo/encryption.js';
import {keyIdentifierOf} from '../../omemo/keys.js';
import type {OwnKeysStore} from '../../omemo/own-keys.js';
import type {Random} from '../../omemo/ratchet/random.js';
import type {Sessions} from '../../omemo/sessions.js';
import {type Announcement, announcementsOf, type Keyed} from '../../omemo/trust-announcements.js';
import {type KeyOwner, type TrustMessage, trustMessage} from '../../omemo/wire/trust-message.js';
import type {Clock} from '../../shared/clock.js';
import {messageOf} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import type {Log} from '../../shared/log.js';
import type {OmemoStore} from '../../storage/omemo-ports.js';
import {createElement, type Element} from '../../xmpp/element.js';
import type {Journal} from '../journal.js';
import {createReaching} from './reaching.js';

export type TrustTellingPorts = {
	readonly account: BareJid;
	readonly store: Pick<OmemoStore, 'status' | 'fact' | 'saveFact' | 'trustOfAll'>;
	readonly book: DeviceBook;
	readonly own: OwnKeysStore;
	readonly sessions: Sessions;
	readonly encryption: MessageEncryption;
	readonly nodes: () => DeviceNodes | undefined;
	readonly journal: Pick<Journal, 'commit' | 'afterwards'>;
	readonly random: Random;
	readonly clock: Clock;
	readonly log: Log;
	/** `omemo.trust-messages`. */
	readonly isOn: () => boolean;
	/** Whether something can be sent now that is owed to others. */
	readonly isReady: () => boolean;
	/** Never rejects. */
	readonly learnList: (owner: BareJid) => Promise<unknown>;
	readonly send: (stanza: Element) => void;
};

export type TrustTelling = {
	/** Something is to be told. In a transaction. */
	owe(decision: KeyDecision): void;
	/** Tells what is owed, as far as that is possible now. */
	start(): void;
	/** Whether a message of this id was one of these. */
	isOwn(id: string): boolean;
	/** What was found out about devices that could not be reached is not believed any more. */
	forget(): void;
};

const owedFact = 'trust messages owed';
const sentFact = 'trust messages sent';
/** Decisions that wait to be told; of more, the last. */
const mostOwed = 100;
/** Own messages that are known when they come back; an archive that is further behind has them as unreadable. */
const mostSent = 200;

export function createTrustTelling(ports: TrustTellingPorts): TrustTelling {
	const {account, store, book, sessions, journal, log} = ports;
	const {commit} = journal;
	// Sessions of the other version carry nothing but texts.
	const reaching = createReaching({...ports, commit, prefer: () => 'omemo2'});
	let isTelling = false;

	const owed = (): readonly KeyDecision[] => JSON.parse(store.fact(account, owedFact) ?? '[]');
	const saveOwed = (decisions: readonly KeyDecision[]) =>
		store.saveFact(account, owedFact, decisions.length === 0 ? undefined : JSON.stringify(decisions.slice(-mostOwed)));
	const sent = (): readonly string[] => JSON.parse(store.fact(account, sentFact) ?? '[]');

	/** Of everybody, and not this one. */
	const verified = (): readonly Keyed[] => {
		const owners = store.trustOfAll(account).flatMap(({owner, trust}) => (trust === 'verified' ? [owner] : []));
		return [...new Set(owners)].flatMap(owner => book.of(owner)).filter(isVerified);
	};

	/** As it is on the wire: some make keys of the other sign, which nothing but their bundles show. */
	const identifierOf = ({owner, fingerprint}: KeyDecision): Uint8Array | undefined => {
		const device = book.of(owner).find(each => each.fingerprint === fingerprint);
		const session = device && sessions.load({account, owner, device: device.id, version: 'omemo2'});
		return session?.states[0].identities.theirs ?? keyIdentifierOf(fingerprint);
	};

	const messageAbout = (keys: readonly KeyDecision[]): TrustMessage => {
		const owners = new Map<BareJid, KeyOwner>();
		for (const key of keys) {
			const identifier = identifierOf(key);
			const {jid, trusted, distrusted} = owners.get(key.owner) ?? {jid: key.owner, trusted: [], distrusted: []};
			if (identifier !== undefined) {
				owners.set(jid, {
					jid,
					trusted: key.trust === 'verified' ? [...trusted, identifier] : trusted,
					distrusted: key.trust === 'distrusted' ? [...distrusted, identifier] : distrusted,
				});
			}
		}

		return [...owners.values()];
	};

	const isStillVerified = ({owner, device}: Addressee) => book.get(owner, device)?.trust === 'verified';

	const announce = async ({to, devices, keys}: Announcement): Promise<void> => {
		await ports.learnList(to);
		const speaking = devices.flatMap(({owner, id}): readonly Device[] => {
			const device = book.get(owner, id);
			return device?.versions.includes('omemo2') === true ? [{...device, versions: ['omemo2']}] : [];
		});
		const reached = await reaching.reach(speaking);
		const stanza = commit(() => {
			const addressees = ports.isReady() ? reached.filter(isStillVerified) : [];
			const id = randomUUID();
			const attributes = {xmlns: 'jabber:client', to, type: 'chat', id};
			const message = createElement('message', attributes, trustMessage.encode(messageAbout(keys)));
			const encrypted =
				addressees.length === 0
					? undefined
					: ports.encryption.encrypt({stanza: message, to, addressees, isSilent: true});
			if (encrypted !== undefined) {
				store.saveFact(account, sentFact, JSON.stringify([...sent(), id].slice(-mostSent)));
			}

			return encrypted;
		});
		if (stanza === undefined) {
			log.note('omemo', `no device of ${to} could be told about keys`);
		} else {
			ports.send(stanza);
		}
	};

	const mayTell = () => ports.isOn() && ports.isReady();

	const tell = async (): Promise<void> => {
		for (let [next] = owed(); next !== undefined && mayTell(); [next] = owed()) {
			const {owner, fingerprint, trust} = next;
			// What was decided otherwise meanwhile is owed on its own.
			const isSo = book.trust(owner, fingerprint) === trust;
			for (const announcement of isSo ? announcementsOf(next, verified(), account) : []) {
				await announce(announcement);
			}

			if (ports.isReady()) {
				commit(() => saveOwed(owed().filter(each => !isSame(each, next))));
			}
		}
	};

	return {
		owe(decision) {
			if (store.status(account) === 'open') {
				saveOwed([...owed(), decision]);
			}
		},
		start() {
			if (isTelling || !mayTell()) {
				return;
			}

			isTelling = true;
			tell()
				.catch((error: unknown) => log.note('omemo', `what was decided about keys was not told: ${messageOf(error)}`))
				.finally(() => {
					isTelling = false;
				});
		},
		isOwn: id => store.status(account) === 'open' && sent().includes(id),
		forget: reaching.forget,
	};
}

function isVerified(device: Device): device is Keyed {
	return device.trust === 'verified' && device.isThis !== true && device.active && device.fingerprint !== undefined;
}

function isSame(one: KeyDecision, other: KeyDecision): boolean {
	return one.owner === other.owner && one.fingerprint === other.fingerprint && one.trust === other.trust;
}
