import process from 'node:process';
import {connectControl} from '../control/client.js';
import type {ControlConnection} from '../control/exchange.js';
import {controlSocketPath} from '../control/socket-path.js';
import {systemClock} from '../shared/clock.js';
import {isXmppcError} from '../shared/errors.js';
import {profileDirectories} from '../storage/directories.js';
import type {Wanted} from './shell.js';

/** The client that is running with a profile, if one is: see `connectControl`. */
export async function connectRunning(profile: string, wanted: Wanted = {}): Promise<ControlConnection | undefined> {
	const directories = profileDirectories(process.env, profile);
	try {
		return await connectControl(controlSocketPath(directories), {
			profile: directories.data,
			clock: systemClock,
			...wanted,
		});
	} catch (error) {
		// Nobody can listen at a path that is too long. And whoever hangs up during the greeting is about to end.
		if (isXmppcError(error) && ['socket-path-too-long', 'control-closed', 'control-lost'].includes(error.code)) {
			return undefined;
		}

		throw error;
	}
}
