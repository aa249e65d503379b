/** The built program at the other end: a daemon that stays, and one-liners that write through it. */
import process from 'node:process';
import {planPatience} from '../../source/client/encryption/planning.js';
import {connectControl} from '../../source/control/client.js';
import {controlSocketPath} from '../../source/control/socket-path.js';
import type {Message} from '../../source/model/message.js';
import {systemClock} from '../../source/shared/clock.js';
import {messageOf} from '../../source/shared/errors.js';
import {profileDirectories} from '../../source/storage/directories.js';
import {startStaying} from '../support/peers/staying.js';
import {makeXmppcAccount} from '../support/peers/xmppc.js';
import type {Prosody} from '../support/prosody.js';
import {startPatience} from './client.js';
import {until} from './desktop.js';

export type Correspondent = {
	/** Resolves when the server has it, encrypted; waits until there is somebody who can read it. */
	writes(to: string, body: string): Promise<void>;
	/** Resolves when it has come, encrypted. */
	reads(from: string, body: string): Promise<void>;
	stop(): Promise<void>;
};

/** Nobody it could be encrypted for, as yet. */
const noDevice = 77;
/**
 * Milliseconds until a new device can be written to. Dino is on its list before its keys are on the server: whoever asks for them in
 * between is told of none, and xmppc asks again after a minute.
 */
const devicePatience = startPatience + planPatience;

/** An account of `server` on a profile of its own, online. */
export async function startCorrespondent(server: Prosody, localpart: string, password: string): Promise<Correspondent> {
	const xmppc = await makeXmppcAccount(server, localpart, password);
	const daemon = startStaying(xmppc, ['daemon']);
	// It would go on where this program is interrupted.
	const endWithUs = () => process.kill(daemon.pid, 'SIGKILL');
	process.once('exit', endWithUs);
	const stop = async () => {
		process.removeListener('exit', endWithUs);
		await daemon.end('SIGTERM');
		xmppc.remove();
	};

	try {
		await daemon.says(/is connected/);
		const directories = profileDirectories(xmppc.home.environment, 'default');
		const control = await connectControl(controlSocketPath(directories), {
			profile: directories.data,
			clock: systemClock,
			events: ['message.recorded'],
		});
		if (control === undefined) {
			throw new Error('the daemon of xmppc does not answer');
		}

		const come: Message[] = [];
		control.events(event => {
			if (event.type === 'message.recorded' && event.message.direction === 'incoming') {
				come.push(event.message);
			}
		});
		return {
			async writes(to, body) {
				let refusal: string | undefined;
				const isSent = async () => {
					const {status, errors} = await xmppc.run(['send', '--omemo', 'require', to, body]);
					refusal = errors.trim();
					if (status !== 0 && status !== noDevice) {
						throw new Error(`xmppc send ended with ${status}: ${refusal}`);
					}

					return status === 0;
				};
				await until(`xmppc writes "${body}"`, isSent, {timeout: devicePatience}).catch(error => {
					throw new Error(`${messageOf(error)}; the last that it said: ${refusal}`, {cause: error});
				});
			},
			async reads(from, body) {
				const message = await until(`xmppc shows "${body}"`, () =>
					come.find(one => one.author.startsWith(`${from}/`) && one.body === body),
				);
				if (message.encryption !== 'omemo') {
					throw new Error('it came in clear');
				}
			},
			async stop() {
				control.close();
				await stop();
			},
		};
	} catch (error) {
		await stop();
		throw error;
	}
}
