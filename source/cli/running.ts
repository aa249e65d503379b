import process from 'node:process';
import {connectControl} from '../control/client.js';
import type {ControlConnection} from '../control/exchange.js';
import {controlSocketPath} from '../control/socket-path.js';
import {systemClock} from '../shared/clock.js';
import {isXmppcError} from '../shared/errors.js';
import {type ProfileDirectories, profileDirectories} from '../storage/directories.js';
import type {Wanted} from './shell.js';

/** The client that is running with a profile, if one is: see `connectControl`. */
export async function connectRunning(profile: string, wanted: Wanted = {}): Promise<ControlConnection | undefined> {
	const [ours, ...others] = directoriesOf(profile);
	for (const directories of [ours, ...others]) {
		try {
			const connection = await connectControl(controlSocketPath(directories), {
				profile: directories.data,
				clock: systemClock,
				...wanted,
			});
			if (connection !== undefined) {
				return connection;
			}
		} catch (error) {
			if (!isNobody(error) && (directories === ours || !isUnsafe(error))) {
				throw error;
			}
		}
	}

	return undefined;
}

/**
 * Where its socket may be: by our environment, then by what another one would say. A session has `XDG_RUNTIME_DIR`, and a
 * cron job or a service of the same user often has not.
 */
function directoriesOf(profile: string): readonly [ProfileDirectories, ...ProfileDirectories[]] {
	const ours = profileDirectories(process.env, profile);
	const user = process.geteuid?.();
	const others = [undefined, user === undefined ? undefined : `/run/user/${user}`]
		.map(runtime => profileDirectories({...process.env, XDG_RUNTIME_DIR: runtime}, profile))
		.filter(({runtime}) => runtime !== ours.runtime);
	return [ours, ...others];
}

/** Nobody can listen at a path that is too long, and whoever hangs up during the greeting is about to end. */
function isNobody(error: unknown): boolean {
	return isXmppcError(error) && ['socket-path-too-long', 'control-closed', 'control-lost'].includes(error.code);
}

function isUnsafe(error: unknown): boolean {
	return isXmppcError(error) && error.code === 'unsafe-socket-directory';
}
