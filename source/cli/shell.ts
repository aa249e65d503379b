import type {OneShotMessage} from '../client/one-shot.js';
import type {OneShotOutcome} from '../client/one-shot-outcomes.js';
import type {ConnectOptions} from '../control/client.js';
import type {ControlConnection} from '../control/exchange.js';
import type {ActionInput, Actions} from '../model/actions.js';
import type {EventSource} from '../model/events.js';
import type {Settings} from '../model/settings.js';
import type {Problem} from '../shared/errors.js';
import type {Log} from '../shared/log.js';
import type {Rebuilt} from '../storage/rebuild.js';
import type {Input} from './input.js';
import type {Output} from './output.js';

/** What every subcommand may be told about the profile it works on. */
export type ProfileOptions = {
	readonly profile: string;
	/** File for redacted XML and notes. */
	readonly debug?: string;
	/** Where the passphrase of `--secrets passphrase` is read, instead of asking a person. */
	readonly passphraseFd?: number;
};

/** The whole program behind the two interfaces that front ends know. */
export type OpenClient = {
	readonly actions: Actions;
	readonly events: EventSource;
	readonly log: Log;
	/** Begins to connect every enabled account; what becomes of it arrives as Events. */
	start(): Promise<void>;
	/** Lets other programs of this user use the client. Throws where the control socket cannot be made. */
	serve(): Promise<void>;
	/** Ends all sessions, closes the database and gives the profile back. */
	close(): Promise<void>;
};

/** The composition root as a port, so that subcommands are tested without a network. */
export type Composition = {
	openClient(options: ProfileOptions): Promise<OpenClient>;
	/** Sends without becoming present; throws where nothing was written. */
	send(options: ProfileOptions, message: OneShotMessage): Promise<readonly OneShotOutcome[]>;
	/** Read without taking the profile, so that it also works beside a running program. */
	settings(options: ProfileOptions): Settings;
	/** Writes one setting of a profile that nobody uses. */
	changeSetting(options: ProfileOptions, change: ActionInput<'changeSetting'>): Promise<void>;
	/** What is wrong with the history of a profile that nobody uses; `undefined`: nothing. */
	checkHistory(options: ProfileOptions): Promise<Problem | undefined>;
	/** Puts the history of a profile that nobody uses aside and begins a new one. */
	rebuildHistory(options: ProfileOptions): Promise<Rebuilt>;
};

/** What is wanted of a client that is running, besides its verbs. */
export type Wanted = Pick<ConnectOptions, 'snapshot' | 'events' | 'patience'>;

/** Whoever sits at the terminal. */
export type Person = {
	/** Asks for a passphrase; absent where the front end asks in its own way, or nobody is there. */
	readonly ask?: ((purpose: 'open' | 'create') => Promise<string | undefined>) | undefined;
	/** Says one sentence. */
	tell(text: string): void;
};

/** The process around a subcommand. */
export type Shell = {
	/** Standard input; opened at the first call. */
	input(): Input;
	/** Both sides of the terminal are one: a person can be asked. */
	readonly interactive: boolean;
	/** Aborted by the first signal that wants the process to end. */
	readonly interrupted: AbortSignal;
	/** Says that a signal is how this run is meant to end: its status counts then, and not the signal's. */
	expectSignal(): void;
	compose(person: Person): Promise<Composition>;
	/** The client that is running with a profile, if one is. Throws where one is there and cannot be used. */
	connect(profile: string, wanted?: Wanted): Promise<ControlConnection | undefined>;
	output(json: boolean): Output;
	/** Writes what is written over again, on standard error; absent where nobody looks. */
	readonly overwrite?: ((text: string) => void) | undefined;
	/** Asks without showing the answer; `undefined` when the person gives up. Only where `interactive`. */
	askSecret(question: string): Promise<string | undefined>;
	/** Status the process ends with. */
	conclude(status: number): void;
};
