/**
 * The encryption of a one-liner: the devices, sessions and rules of a client that stays, for as long as it takes to send. It
 * does nothing that is owed to others: who stays has read what they sent.
 */
import type {AccountSettings} from '../model/account.js';
import type {BufferId} from '../model/buffer.js';
import type {EncryptionWish} from '../model/device.js';
import type {Event, EventSource} from '../model/events.js';
import type {Message} from '../model/message.js';
import type {Settings} from '../model/settings.js';
import type {Clock, Dispose} from '../shared/clock.js';
import {problemOf, XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {SecretStores, Storage} from '../storage/ports.js';
import {type AccountEncryption, createAccountEncryption} from './encryption/account-encryption.js';
import {encryptionLocked} from './encryption/encryption-problems.js';
import {followEncryption} from './encryption/following.js';
import {type Policy, ruleUnder} from './encryption/policy.js';
import {encryptionPreferencesIn} from './encryption/preferences.js';
import {type HoldWatch, watchHolds} from './hold-watch.js';
import type {Journal} from './journal.js';

export type OneShotEncryptionPorts = {
	readonly account: AccountSettings;
	readonly settings: Settings;
	readonly storage: Storage;
	readonly secrets: SecretStores;
	readonly journal: Journal;
	readonly events: EventSource;
	readonly clock: Clock;
	readonly log: Log;
	/** What the person says of this message; absent: as the policy says. */
	readonly wish: EncryptionWish | undefined;
	/** What waits in the outbox may go out now. */
	readonly proceed: () => void;
};

export type OneShotEncryption = {
	readonly account: AccountEncryption;
	/** To be called before the login. Throws why the account must not be used as it is (invariant 16), of kind `configuration`. */
	open(): Promise<void>;
	readonly ruleFor: Policy['ruleFor'];
	/** Resolves when each of these was written, given up, or cannot go out now; at the latest when it is over. */
	settled(messages: readonly Message[], over: AbortSignal): Promise<void>;
	readonly holds: Pick<HoldWatch, 'reasonIn'>;
	/** Aborted when it is over, or something has to wait in that conversation. */
	overOrHeld(buffer: BufferId, over: AbortSignal): AbortSignal;
	/** From now on it hears what becomes of rooms and their people. */
	follow(): void;
};

export function createOneShotEncryption({
	account: settings,
	settings: all,
	events,
	wish,
	...ports
}: OneShotEncryptionPorts): OneShotEncryption {
	const {storage} = ports;
	const holds = watchHolds(events);
	const preferences = encryptionPreferencesIn(all);
	const account = createAccountEncryption({
		...ports,
		settings: () => settings,
		preferences: () => preferences,
	});

	const waits = ({key, buffer}: Message) =>
		storage.messages.get(key)?.state === 'queued' && holds.reasonIn(buffer) === undefined;

	return {
		account,
		async open() {
			try {
				await account.open();
			} catch (error) {
				throw locked(settings.jid, error);
			}
		},
		ruleFor: ruleUnder(account.policy, wish),
		holds,
		overOrHeld: (buffer, over) => AbortSignal.any([over, holds.heldIn(buffer)]),
		follow() {
			events(event => followEncryption(event, {jid: settings.jid, encryption: account}));
		},
		settled: (messages, over) =>
			new Promise(resolve => {
				let stopListening: Dispose = () => {};
				const look = () => {
					if (over.aborted || !messages.some(waits)) {
						stopListening();
						over.removeEventListener('abort', look);
						resolve();
					}
				};
				stopListening = events(({type}: Event) => {
					if (type === 'message.changed' || type === 'outbox.held') {
						look();
					}
				});
				over.addEventListener('abort', look);
				look();
			}),
	};
}

/** Whoever waits for a script has to unlock something: that is another matter than a place of secrets that does not work. */
function locked(account: BareJid, error: unknown): XmppcError {
	const problem = problemOf(error);
	const {hint, ...own} = encryptionLocked(account);
	const because = problem.hint ?? hint;
	return problem.kind === 'configuration'
		? new XmppcError(problem, {cause: error})
		: new XmppcError(
				{
					...own,
					message: `The encryption keys of ${account} cannot be read, so nothing was sent: ${problem.message}`,
					...(because === undefined ? {} : {hint: because}),
				},
				{cause: error},
			);
}
