import type {OneShotMessage, OneShotOutcome} from '../client/one-shot.js';
import type {AccountSettings} from '../model/account.js';
import type {Actions, Snapshot} from '../model/actions.js';
import type {EventSource} from '../model/events.js';
import type {Input} from './input.js';
import type {Output} from './output.js';

/** What every subcommand may be told about the profile it works on. */
export type ProfileOptions = {
	readonly profile: string;
	/** File for redacted XML and notes. */
	readonly debug?: string;
	/** Where the passphrase of `--secrets passphrase` is read; without it a person is asked on the terminal. */
	readonly passphraseFd?: number;
};

/** The whole program behind the two interfaces that front ends know. */
export type OpenClient = {
	readonly actions: Actions;
	readonly events: EventSource;
	readonly snapshot: Snapshot;
	/** Ends all sessions, closes the database and gives the profile back. */
	close(): Promise<void>;
};

/** The composition root as a port, so that subcommands are tested without a network. */
export type Composition = {
	openClient(options: ProfileOptions): Promise<OpenClient>;
	/** Sends without becoming present; throws where nothing was written. */
	send(options: ProfileOptions, message: OneShotMessage): Promise<readonly OneShotOutcome[]>;
	/** Reads the settings only, so that it also works beside a running program. */
	accounts(options: ProfileOptions): readonly AccountSettings[];
};

/** The process around a subcommand. */
export type Shell = {
	readonly input: Input;
	readonly interactive: boolean;
	/** Aborted by the first signal that wants the process to end. */
	readonly interrupted: AbortSignal;
	readonly compose: () => Promise<Composition>;
	output(json: boolean): Output;
	/** Asks without showing the answer; `undefined` when the person gives up. Only where `interactive`. */
	askSecret(question: string): Promise<string | undefined>;
	/** Status the process ends with. */
	conclude(status: number): void;
};
