/**
 * The composition root of the headless client: what a front end gets is `Actions` to call and Events to hear.
 */
import {randomUUID} from 'node:crypto';
import {archivePreferences} from '../extensions/archive-preferences.js';
import {ping} from '../extensions/ping.js';
import {softwareVersion} from '../extensions/software-version.js';
import {subscription} from '../extensions/subscription.js';
import {userNicks} from '../extensions/user-nicks.js';
import type {Actions, Snapshot} from '../model/actions.js';
import {type Buffer, bufferId} from '../model/buffer.js';
import type {Event, EventSource} from '../model/events.js';
import type {Preferences} from '../model/settings.js';
import type {Clock, Dispose} from '../shared/clock.js';
import {createEmitter} from '../shared/emitter.js';
import {messageOf, type Problem} from '../shared/errors.js';
import {type BareJid, bareOf, domainOf, isFullJid, type Jid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import {createWatchedAccounts} from '../shared/watched-accounts.js';
import type {SecretStores, SettingsStore, Storage} from '../storage/ports.js';
import {type WriteTemporaryFile, writeTemporaryFile} from '../storage/temporary-file.js';
import type {Resolver} from '../xmpp/resolver.js';
import {openSession} from '../xmpp/session-opening.js';
import {type AccountManager, type AccountManagerPorts, createAccountManager} from './account-manager.js';
import {archiveView} from './archive-position.js';
import {createAttention} from './attention.js';
import {type AutoAway, createAutoAway} from './auto-away.js';
import {createBlockingActions} from './blocking-actions.js';
import {createOpenBuffers} from './buffers.js';
import {prepared} from './compose.js';
import {addContact, changeContact, removeContact} from './contacts.js';
import {isThroughRoom} from './conversation.js';
import {createDeviceActions} from './device-actions.js';
import {followEncryption} from './encryption/following.js';
import {isExposed} from './encryption/policy.js';
import {protectWaiting} from './encryption/protecting.js';
import {createFileActions} from './files/file-actions.js';
import {createTransfers} from './files/transfers.js';
import {loadAround, loadFollowing, loadHistory} from './history.js';
import {createInvitations} from './invitations.js';
import {createJournal} from './journal.js';
import {changeSetting, createLiveSettings} from './live-settings.js';
import type {OpenSession} from './login.js';
import {answerTo, createMessageActions, noSuchMessage, peerOf} from './message-actions.js';
import {type LocalAddresses, systemAddresses} from './network-watch.js';
import {createProfileActions} from './profile-actions.js';
import {tellReaders} from './readers.js';
import type {Random} from './reconnection.js';
import {createRequestActions} from './request-actions.js';
import {createRequests} from './requests.js';
import {createRoomActions} from './room-actions.js';
import {createRoomDirectory} from './room-directory.js';
import {forgetOldDrafts, saveView} from './saved-view.js';
import {createSearch} from './search.js';
import {createSettingsReload} from './settings-reload.js';
import {createTyping} from './typing.js';
import {createUnsaid} from './unsaid.js';
import {createXmlWatch} from './xml-watch.js';

export type ClientPorts = {
	readonly storage: Storage;
	readonly settings: SettingsStore;
	readonly secrets: SecretStores;
	readonly clock: Clock;
	readonly log: Log;
	readonly resolver: Resolver;
	/** Spreads reconnection attempts; not used for anything that must not be guessed. */
	readonly random?: Random;
	/** Makes the keys of devices. Absent: the system does. */
	readonly randomBytes?: AccountManagerPorts['randomBytes'];
	/** Absent: those of the system. */
	readonly addresses?: LocalAddresses;
	readonly openSession?: OpenSession;
	/** Absent: in the directory of the system. */
	readonly writeFile?: WriteTemporaryFile;
};

export type Client = {
	readonly actions: Actions;
	readonly events: EventSource;
	/** Starts connecting every enabled account and returns without waiting for it: what becomes of it arrives as Events. */
	start(): Promise<void>;
	/** The person at another front end looks, until it is disposed of; `setAttention` is of the one in this process. */
	watch(): Dispose;
	/** Another front end, at which a person touches keys; `setIdle` is of the one in this process. */
	arrive: AutoAway['arrive'];
	/** A person at another front end watches the stanzas of an account, or of all, until it is disposed of. */
	watchXml(account: BareJid | undefined): Dispose;
	/** Closes all streams cleanly. The storage stays open: it belongs to the caller. */
	stop(): Promise<void>;
};

export function createClient({
	random = Math.random,
	addresses = systemAddresses,
	openSession: open = openSession,
	writeFile = writeTemporaryFile,
	...ports
}: ClientPorts): Client {
	const {storage} = ports;
	const events = createEmitter<Event>();
	const journal = createJournal(storage, event => events.emit(event));
	const buffers = createOpenBuffers(storage, journal);
	const requests = createRequests({storage, journal, buffers});
	events.subscribe(requests.hear);
	const attention = createAttention(ports.clock);
	const search = createSearch(ports);
	events.subscribe(search.hear);
	events.subscribe(createUnsaid({storage, journal, clock: ports.clock}));
	const invitations = createInvitations(event => journal.emit(event));
	events.subscribe(invitations.hear);
	const settings = createLiveSettings(
		ports.settings,
		preferences => {
			journal.emit({type: 'preferences.changed', preferences});
			autoAway.reconsider();
		},
		before => accounts.follow(before),
	);
	const xml = createXmlWatch(ports.clock, event => events.emit(event));
	const watchedHere = createWatchedAccounts(xml.watch);
	const accounts = createAccountManager({
		...ports,
		settings,
		random,
		addresses,
		openSession: options => open({...options, tap: xml.tapFor(options.jid)}),
		journal,
		buffers,
		requests,
		attention,
	});

	events.subscribe(event => {
		for (const session of accounts.list()) {
			if (event.type === 'preferences.changed') {
				protectWaiting(session, storage);
			}

			followEncryption(event, session);
			session.stanzas.hear(event);
		}
	});

	let areDraftsFresh = false;
	/** Before a front end shows them, once: what is begun from now on is not old. */
	const forgetDrafts = () => {
		if (areDraftsFresh) {
			return;
		}

		areDraftsFresh = true;
		try {
			forgetOldDrafts(storage, settings.preferences()['drafts.days'], ports.clock.now());
		} catch (error) {
			ports.log.note('storage', `old drafts were not forgotten: ${messageOf(error)}`);
		}
	};
	events.subscribe(event => tellReaders(event, storage, journal.emit));
	const typing = createTyping({
		buffers: storage.buffers,
		live: account => {
			const session = accounts.list().find(({jid}) => jid === account);
			return session?.view().status === 'online' ? session.connected() : undefined;
		},
		isWanted: () => settings.preferences()['typing.send'],
		clock: ports.clock,
		log: ports.log,
	});

	const reload = createSettingsReload({file: ports.settings, settings, journal, clock: ports.clock});
	let unwatch: Dispose = () => {};
	const autoAway = createAutoAway({
		clock: ports.clock,
		minutes: () => settings.preferences()['away.after'],
		changed: since => {
			const idle = since === undefined ? undefined : {since, text: settings.preferences()['away.text']};
			for (const session of accounts.list()) {
				session.setIdle(idle);
			}
		},
	});
	const here = autoAway.arrive();

	/** Use of the extensions of a connection; throws `not-connected`. */
	const extensionsOf = (account: BareJid) => accounts.get(account).live().use;

	const archiveOf = (account: BareJid) =>
		accounts
			.list()
			.find(({jid}) => jid === account)
			?.history();

	const answers = (account: BareJid, to: Jid, key: number) => {
		const message = storage.messages.get(key);
		const there = message === undefined ? undefined : peerOf(message);
		if (message?.account !== account || (there !== to && there !== bareOf(to))) {
			throw noSuchMessage();
		}

		return answerTo(message);
	};

	const transfers = createTransfers(ports.clock, event => events.emit(event));
	const actions: Actions = {
		...createFileActions({
			storage,
			transfers,
			clock: ports.clock,
			log: ports.log,
			sessionOf: accounts.get,
			isThroughRoom: (account, address) => isThroughRoom(account, address, storage),
			send(account, draft, wish) {
				attention.stir();
				const message = accounts.get(account).sendMessage(prepared(draft), randomUUID(), wish);
				typing.sent(message.buffer);
				return message;
			},
			directory: () => settings.preferences()['files.directory'],
			most: () => settings.preferences()['files.limit'] * 1_000_000,
		}),
		...createDeviceActions(accounts.get, {storage, journal}),
		...createRoomActions(accounts.get, {
			openRoom: (account, room) => journal.commit(() => buffers.open(account, 'room', room)),
			invitationAnswered: invitations.answered,
			writeFile,
			log: ports.log,
		}),
		...createMessageActions(accounts.get, {
			storage,
			readersOf: ({buffer, key}) =>
				storage.readers.of(buffer).flatMap(({name, upTo}) => (upTo >= key && name !== '' ? [name] : [])),
			xmlOf: ({account, key}) =>
				accounts
					.list()
					.find(({jid}) => jid === account)
					?.stanzas.xmlOf(key),
			stir: attention.stir,
		}),
		...createBlockingActions(account => accounts.get(account).live(), storage),
		...createRequestActions(accounts.get, requests),
		setTyping: typing.setTyping,
		...createProfileActions(accounts.get, {
			wasRoom: (account, address) => storage.buffers.get(bufferId(account, 'room', address)) !== undefined,
		}),
		...createRoomDirectory(account => accounts.get(account).live(), {
			clock: ports.clock,
			preferred: () => settings.preferences()['rooms.directory'],
		}),
		async snapshot() {
			forgetDrafts();
			return {
				...snapshotOf(accounts, storage, settings.preferences()),
				invitations: invitations.waiting(),
				transfers: transfers.list(),
				messageRequests: requests.waiting().filter(({account}) => accounts.list().some(({jid}) => jid === account)),
			};
		},

		async listAccounts() {
			return accounts.list().map(session => session.view());
		},
		addAccount: account => accounts.add(account),
		removeAccount: ({account, history}) => accounts.remove(account, history),
		testAccount: input => accounts.test(input),
		unlock: ({passphrase}) => accounts.unlock(passphrase),

		async connect({account}) {
			await accounts.get(account).connect();
		},
		async disconnect({account}) {
			await accounts.get(account).disconnect();
		},
		async setPresence({account, availability, statusText}) {
			for (const session of account === undefined ? accounts.list() : [accounts.get(account)]) {
				session.setPresence(availability, statusText);
			}
		},

		async sendMessage({account, encryption: wish, reply, ...draft}) {
			const id = randomUUID();
			attention.stir();
			const letter = prepared({...draft, ...(reply === undefined ? {} : {about: answers(account, draft.to, reply)})});
			const {key, buffer, state = 'queued'} = accounts.get(account).sendMessage(letter, id, wish);
			typing.sent(buffer);
			return {key, id, state, ...(isExposed(storage.omemo, buffer, wish) ? {exposed: true} : {})};
		},
		async withdrawMessage({account, key}) {
			return {withdrawn: accounts.get(account).outbox.withdraw(key, takenBack)};
		},

		async addContact({account, ...contact}) {
			await addContact(extensionsOf(account), contact);
		},
		async removeContact({account, jid}) {
			await removeContact(extensionsOf(account), jid);
		},
		async renameContact({account, jid, name}) {
			await changeContact(extensionsOf(account), jid, {name});
		},
		async setContactGroups({account, jid, groups}) {
			await changeContact(extensionsOf(account), jid, {groups});
		},
		async acceptSubscription({account, jid}) {
			extensionsOf(account)(subscription).accept(jid);
		},
		async denySubscription({account, jid}) {
			extensionsOf(account)(subscription).deny(jid);
		},

		async openBuffer({account, jid}) {
			accounts.get(account);
			const isRoom = accounts.get(account).rooms.nickIn(bareOf(jid)) !== undefined;
			const kind = isRoom ? (isFullJid(jid) ? 'private' : 'room') : 'chat';
			return journal.commit(() => buffers.open(account, kind, kind === 'private' ? jid : bareOf(jid)));
		},
		async closeBuffer({buffer}) {
			buffers.close(buffer);
		},
		async loadHistory({buffer, before, after, around, limit}) {
			if (around !== undefined) {
				loadAround({buffer, around, limit}, {storage, journal, archiveOf});
				return;
			}

			if (after !== undefined) {
				loadFollowing({buffer, after, limit}, {storage, journal, archiveOf});
				return;
			}

			await loadHistory({buffer, before, limit}, {storage, journal, log: ports.log, archiveOf});
		},
		async searchMessages({query, ...range}) {
			return search.find(
				query,
				range,
				accounts.list().map(({jid}) => jid),
			);
		},
		// Not needed before somebody wants it.
		exportHistory: async input => (await import('./export/export.js')).exportConversation(input, {storage}),
		async markRead({buffer, upTo}) {
			const owner = storage.buffers.get(buffer)?.account;
			const session = accounts.list().find(({jid}) => jid === owner);
			(session?.reads.read ?? buffers.markRead)(buffer, upTo);
		},

		async arrangeBuffer({buffer, ...change}) {
			buffers.arrange(buffer, change);
			const {kind, account, jid} = storage.buffers.get(buffer) ?? {};
			if (kind === 'room' && account !== undefined && jid !== undefined) {
				accounts.get(account).rooms.arranged(bareOf(jid));
			}
		},

		async ping({account, to}) {
			return extensionsOf(account)(ping).ping(to ?? domainOf(account));
		},
		async softwareVersion({account, to}) {
			const {name = '', version = '', os} = await extensionsOf(account)(softwareVersion).query(to);
			return {name, version, ...(os === undefined ? {} : {os})};
		},

		async archivePolicy({account, choose}) {
			const {choose: change, policy: ask} = extensionsOf(account)(archivePreferences);
			if (choose !== undefined) {
				await change(choose);
			}

			const policy = await ask();
			return policy === undefined ? {} : {policy};
		},

		async setAttention({active}) {
			attention.set(active);
		},
		async setIdle({since}) {
			here.idle(since);
		},

		async watchXml({account, on}) {
			watchedHere.set(account === undefined ? undefined : accounts.get(account).jid, on);
		},

		async saveView(view) {
			saveView(storage, view, ports.clock.now());
		},
		changeSetting: change => changeSetting(settings, change),
		async reloadSettings() {
			return {changed: reload.reload()};
		},
	};

	return {
		actions,
		events: events.subscribe,
		async start() {
			forgetDrafts();
			accounts.start();
			search.start();
			unwatch = reload.watch();
		},
		watch: attention.watch,
		watchXml: xml.watch,
		arrive: autoAway.arrive,
		stop() {
			attention.close();
			search.stop();
			unwatch();
			autoAway.close();
			typing.close();
			transfers.end();
			return accounts.stop();
		},
	};
}

const takenBack: Problem = {
	code: 'message-taken-back',
	kind: 'temporary',
	message: 'It waited to be sent, and was taken back.',
};

function snapshotOf(accounts: AccountManager, storage: Storage, preferences: Preferences): Snapshot {
	const sessions = accounts.list();
	const jids = new Set(sessions.map(({jid}) => jid));
	const active = storage.buffers.active();
	const beside = storage.buffers.beside();
	return {
		accounts: sessions.map(session => session.view()),
		contacts: sessions.flatMap(({jid}) => storage.rosters.load(jid).contacts),
		presence: sessions.flatMap(session => session.presence()),
		nicks: sessions.flatMap(session => session.connected()?.use(userNicks).known() ?? []),
		requests: sessions.flatMap(session => session.requests()),
		// A removed account's history may stay; there is nobody to write from.
		preferences,
		buffers: sessions.reduce<readonly Buffer[]>(
			(buffers, {encryption}) => encryption.states.withStates(buffers),
			storage.buffers.list().filter(({account}) => account === undefined || jids.has(account)),
		),
		archives: sessions.flatMap(session => {
			const owners = [session.jid, ...session.roomsKnown().map(({room}) => room.jid)];
			return owners.flatMap(owner => {
				const known = storage.archives.load(session.jid, owner);
				return known === undefined ? [] : [archiveView(session.jid, owner, known, false)];
			});
		}),
		rooms: sessions.flatMap(session => session.roomsKnown()),
		readers: sessions.flatMap(({jid}) => readersOf(jid, storage)),
		bookmarks: sessions.flatMap(session => session.bookmarks()),
		blocked: sessions.flatMap(session => {
			const jids = session.blocked();
			return jids === undefined ? [] : [{account: session.jid, jids}];
		}),
		...(active === undefined ? {} : {active}),
		...(beside === undefined ? {} : {beside, focus: storage.buffers.focus()}),
	};
}

/** Those of open buffers. */
function readersOf(account: BareJid, {readers, buffers}: Storage): NonNullable<Snapshot['readers']> {
	const open = new Set(buffers.list().map(({id}) => id));
	return readers
		.list(account)
		.filter(({buffer, name, upTo}) => open.has(buffer) && name !== '' && upTo > 0)
		.map(({buffer, name, upTo}) => ({buffer, reader: name, upTo}));
}
