/**
 * The accounts of the profile: which there are, what the settings say of each, and their sessions.
 */
import type {Attention} from '../extensions/ports.js';
import type {Account, AccountSettings} from '../model/account.js';
import type {AccountTest, NewAccount} from '../model/actions.js';
import {consoleBuffer} from '../model/buffer.js';
import {createHighlights} from '../model/highlight.js';
import {messageOf, XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {SecretStores, Storage} from '../storage/ports.js';
import {accountChanges, changeText} from './account-changes.js';
import {noSuchAccount} from './account-problems.js';
import {type AccountPorts, type AccountSession, createAccountSession} from './account-session.js';
import {settingsFor, testLogin} from './account-setup.js';
import type {OpenBuffers} from './buffers.js';
import {encryptionPreferencesIn} from './encryption/preferences.js';
import type {Journal} from './journal.js';
import type {LiveSettings} from './live-settings.js';
import {logOut} from './log-out.js';
import type {LoginPorts} from './login.js';
import type {LocalAddresses} from './network-watch.js';
import type {Random} from './reconnection.js';
import {withScramPinned} from './scram-pin.js';

export type AccountManagerPorts = LoginPorts & {
	readonly storage: Storage;
	readonly settings: LiveSettings;
	readonly secrets: SecretStores;
	readonly journal: Journal;
	readonly buffers: OpenBuffers;
	readonly requests: AccountPorts['requests'];
	readonly random: Random;
	/** Makes the keys of devices. Absent: the system does. */
	readonly randomBytes?: AccountPorts['randomBytes'];
	readonly addresses: LocalAddresses;
	readonly attention: Attention;
};

export type AccountManager = {
	list(): readonly AccountSession[];
	/** Throws `no-such-account`. */
	get(jid: BareJid): AccountSession;
	add(account: NewAccount): Promise<Account>;
	remove(jid: BareJid, forgetHistory: boolean): Promise<void>;
	/** The settings were edited by hand: does what they say of the accounts now. `before`: what they said. */
	follow(before: readonly AccountSettings[]): void;
	test(input: {readonly account: BareJid} | {readonly candidate: NewAccount}): Promise<AccountTest>;
	/** Connects those that are enabled; does not wait for them. */
	start(): void;
	stop(): Promise<void>;
	/** Opens the passphrase's store and connects whoever waited for it. */
	unlock(passphrase: string): Promise<void>;
};

export function createAccountManager(ports: AccountManagerPorts): AccountManager {
	const {settings, secrets, storage, journal, clock} = ports;
	const highlights = createHighlights(() => settings.current()['highlight.words']);
	const sessions = new Map<BareJid, AccountSession>();
	/** Accounts that are being added or removed. */
	const changing = new Set<BareJid>();

	const settingsOf = (jid: BareJid): AccountSettings | undefined =>
		settings.current().accounts.find(account => account.jid === jid);

	const warn = (account: BareJid, text: string) => {
		journal.emit({type: 'notice', level: 'warning', text, account, at: clock.now()});
	};

	const pinScram = async (jid: BareJid) => {
		try {
			await settings.update(current => withScramPinned(current, jid));
		} catch (error) {
			warn(jid, `The settings could not be written: ${messageOf(error)}`);
		}
	};

	/** The server is told first: what is forgotten here could be in a copy of this profile. */
	const giveTokenBack = async (account: AccountSettings) => {
		if (account.secrets !== 'command') {
			await logOut(account, ports);
		}
	};

	const forgetPassword = async (account: AccountSettings) => {
		if (account.secrets === 'command') {
			return;
		}

		try {
			await secrets.forAccount(account).delete(account.jid, 'password');
			await secrets.forAccount(account).delete(account.jid, 'fast');
		} catch (error) {
			warn(account.jid, `The password of ${account.jid} could not be deleted: ${messageOf(error)}`);
		}
	};

	const forgetIdentity = async (account: AccountSettings) => {
		try {
			await secrets.forIdentity(account).delete(account.jid, 'identity');
		} catch (error) {
			warn(account.jid, `The encryption identity of ${account.jid} could not be deleted: ${messageOf(error)}`);
		}
	};

	const put = (account: AccountSettings): AccountSession => {
		// The last known settings serve a session that is being removed.
		let known = account;
		const session = createAccountSession(
			() => {
				known = settingsOf(account.jid) ?? known;
				return known;
			},
			{
				...ports,
				answersReceipts: () => settings.current().receipts,
				forgetsRetracted: () => settings.current()['retractions.forget'],
				describesLinks: () => settings.current()['links.metadata'],
				sendsTyping: () => settings.current()['typing.send'],
				sendsMarkers: () => settings.current()['markers.send'],
				highlights,
				pinScram,
				encryptionPreferences: () => encryptionPreferencesIn(settings.current()),
			},
		);
		sessions.set(account.jid, session);
		return session;
	};

	for (const account of settings.current().accounts) {
		put(account);
	}

	const get = (jid: BareJid): AccountSession => {
		const session = sessions.get(jid);
		if (session === undefined) {
			throw noSuchAccount(jid);
		}

		return session;
	};

	/** Runs the setting up or removal of an account; meanwhile nobody else may add it. */
	const alone = async <Result>(jid: BareJid, work: () => Promise<Result>): Promise<Result> => {
		changing.add(jid);
		try {
			return await work();
		} finally {
			changing.delete(jid);
		}
	};

	const setUp = async (candidate: NewAccount): Promise<Account> => {
		const account = await settingsFor(candidate, secrets);
		if (candidate.password !== undefined && account.secrets !== 'command') {
			await secrets.forAccount(account).set(account.jid, 'password', candidate.password);
		}

		try {
			await settings.update(current => ({...current, accounts: [...current.accounts, account]}));
		} catch (error) {
			await forgetPassword(account);
			throw error;
		}

		const view = put(account).view();
		journal.emit({type: 'account.changed', account: view});
		return view;
	};

	/** Closes the connection and forgets settings and password. Where that fails the account is there as before. */
	const takeDown = async (session: AccountSession): Promise<void> => {
		const {jid} = session;
		const account = settingsOf(jid);
		sessions.delete(jid);
		try {
			await session.disconnect();
			await settings.update(current => ({
				...current,
				accounts: current.accounts.filter(account => account.jid !== jid),
			}));
		} catch (error) {
			sessions.set(jid, session);
			throw error;
		}

		if (account !== undefined) {
			await giveTokenBack(account);
			await forgetPassword(account);
		}
	};

	const connectInBackground = (session: AccountSession) => {
		// What stops it is told in `account.changed` and a notice.
		session.connect().catch(() => {});
	};

	return {
		list: () => [...sessions.values()],
		get,
		async add(candidate) {
			if (sessions.has(candidate.jid) || changing.has(candidate.jid)) {
				throw new XmppcError({
					code: 'account-exists',
					kind: 'usage',
					message: `The account ${candidate.jid} is there already.`,
					hint: 'Remove it first to set it up anew.',
				});
			}

			return alone(candidate.jid, () => setUp(candidate));
		},
		async remove(jid, forgetHistory) {
			const session = get(jid);
			const account = settingsOf(jid);
			await alone(jid, () => takeDown(session));
			journal.commit(() => {
				for (const {id, account} of storage.buffers.list()) {
					if (account === jid) {
						ports.buffers.close(id);
					}
				}

				session.outbox.abandon();
				storage.servers.forget(jid);
				storage.omemo.forget(jid);
				if (forgetHistory) {
					storage.messages.forget(jid);
				}

				journal.emit({type: 'account.removed', account: jid});
			});
			// Last: what is kept without it could be opened by nobody, and the account would be locked when it comes back.
			if (account !== undefined) {
				await alone(jid, () => forgetIdentity(account));
			}
		},
		follow(before) {
			for (const {jid, was, now} of accountChanges(before, settings.current().accounts)) {
				const session = sessions.get(jid) ?? (now === undefined ? undefined : put(now));
				if (session === undefined || changing.has(jid)) {
					continue;
				}

				const wanted = now?.enabled === true;
				if (wanted && was?.enabled !== true) {
					connectInBackground(session);
				} else if (!wanted && was?.enabled === true) {
					void session.disconnect();
				}

				const text = changeText(jid, was, now);
				journal.emit({type: 'notice', level: 'info', ...text, buffer: consoleBuffer, at: clock.now()});
				journal.emit({type: 'account.changed', account: session.view()});
			}
		},
		async test(input) {
			return testLogin(
				'account' in input ? {known: knownSettings(settingsOf(input.account), input.account)} : input,
				ports,
			);
		},
		start() {
			for (const session of sessions.values()) {
				journal.emit({type: 'account.changed', account: session.view()});
				session.recover();
				if (session.view().enabled) {
					connectInBackground(session);
				}
			}
		},
		async stop() {
			await Promise.all([...sessions.values()].map(session => session.disconnect()));
		},
		async unlock(passphrase) {
			await secrets.unlock(passphrase);
			for (const session of sessions.values()) {
				if (session.view().status === 'locked') {
					connectInBackground(session);
				}
			}
		},
	};
}

function knownSettings(account: AccountSettings | undefined, jid: BareJid): AccountSettings {
	if (account === undefined) {
		throw noSuchAccount(jid);
	}

	return account;
}
