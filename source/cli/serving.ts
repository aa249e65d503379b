import type {Event} from '../model/events.js';
import {systemClock} from '../shared/clock.js';
import {createEmitter} from '../shared/emitter.js';
import {isXmppcError, problemOf} from '../shared/errors.js';
import type {Composition, OpenClient, ProfileOptions} from './shell.js';

/** Milliseconds for which a front end waits for a command that has the profile for a moment. */
const patience = 5000;
const pause = 50;

/** Opens the client of a front end that stays. A command that is just sending is waited for. */
export async function openPatiently(
	compose: Composition,
	options: ProfileOptions,
	interrupted: AbortSignal,
): Promise<OpenClient> {
	const end = systemClock.monotonic() + patience;
	for (;;) {
		try {
			return await compose.openClient(options);
		} catch (error) {
			const isInUse = isXmppcError(error) && error.code === 'profile-in-use';
			if (!isInUse || interrupted.aborted || systemClock.monotonic() >= end) {
				throw error;
			}
		}

		await new Promise<void>(resolve => systemClock.after(pause, resolve));
	}
}

/** The same client, serving the control socket from its start on. A socket that cannot be had is told and stops nobody. */
export function served(client: OpenClient): OpenClient {
	const own = createEmitter<Event>();
	return {
		...client,
		events(listener) {
			const disposals = [client.events(listener), own.subscribe(listener)];
			return () => {
				for (const dispose of disposals) {
					dispose();
				}
			};
		},
		async start() {
			try {
				await client.serve();
			} catch (error) {
				const {message, hint} = problemOf(error);
				own.emit({
					type: 'notice',
					level: 'warning',
					text: `Other programs cannot use this xmppc: ${message}`,
					...(hint === undefined ? {} : {hint}),
					at: systemClock.now(),
				});
			}

			await client.start();
		},
	};
}
