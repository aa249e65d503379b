import type {ControlConnection} from '../control/exchange.js';
import type {Actions} from '../model/actions.js';
import type {EventSource} from '../model/events.js';
import {systemClock} from '../shared/clock.js';
import {isXmppcError} from '../shared/errors.js';
import type {Output} from './output.js';
import {personAt} from './person.js';
import type {Composition, ProfileOptions, Shell, Wanted} from './shell.js';

/** Milliseconds between attempts. */
const pause = 50;
/** Milliseconds after which a person is told why nothing happens. */
const silence = 2000;
/** Milliseconds for which a command waits for another one to end. */
const usualPatience = 10_000;

export type Access<Result> = {
	/** With the client that is running: it writes the profile. The connection is closed afterwards. */
	running(connection: ControlConnection): Promise<Result>;
	/** Alone with the profile. */
	alone(compose: Composition): Promise<Result>;
	/** Which Events `running` wants to hear. */
	readonly wanted?: Wanted;
	/** Milliseconds to wait for another command that has the profile and serves no socket. */
	readonly patience?: number;
};

/**
 * Works on a profile that only one process writes: through the control socket where a client is running, else by taking
 * the profile. Another command that has it is waited for.
 */
export async function accessProfile<Result>(
	options: ProfileOptions,
	shell: Pick<Shell, 'connect' | 'compose' | 'interactive' | 'askSecret' | 'interrupted'>,
	output: Output,
	{running, alone, wanted = {}, patience = usualPatience}: Access<Result>,
): Promise<Result> {
	const begun = systemClock.monotonic();
	let told = false;
	for (;;) {
		const connection = await shell.connect(options.profile, wanted);
		if (connection !== undefined) {
			if (options.debug !== undefined) {
				output.remark('--debug has no effect here: the xmppc that is running does the work');
			}

			try {
				return await running(connection);
			} finally {
				connection.close();
			}
		}

		try {
			return await alone(await shell.compose(personAt(shell, output)));
		} catch (error) {
			const waited = systemClock.monotonic() - begun;
			if (!isInUse(error) || waited >= patience) {
				throw error;
			}

			if (waited >= silence && !told) {
				told = true;
				output.remark(`Waiting for another xmppc that uses the profile "${options.profile}"`);
			}
		}

		shell.interrupted.throwIfAborted();
		await new Promise<void>(resolve => systemClock.after(pause, resolve));
	}
}

/** Calls verbs, whoever performs them: `isRunning` is a client that stays. */
export function withActions<Result>(
	options: ProfileOptions,
	shell: Shell,
	output: Output,
	work: (actions: Actions, isRunning: boolean, events: EventSource) => Promise<Result>,
	wanted: Wanted = {},
): Promise<Result> {
	return accessProfile(options, shell, output, {
		wanted,
		async running({actions, events}) {
			if (options.passphraseFd !== undefined) {
				const {readSecretDescriptor} = await import('./input.js');
				await actions.unlock({passphrase: readSecretDescriptor(options.passphraseFd)});
			}

			return work(actions, true, events);
		},
		async alone(compose) {
			const client = await compose.openClient(options);
			try {
				return await work(client.actions, false, client.events);
			} finally {
				await client.close();
			}
		},
	});
}

function isInUse(error: unknown): boolean {
	return isXmppcError(error) && error.code === 'profile-in-use';
}
