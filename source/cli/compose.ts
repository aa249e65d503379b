/** The composition root: where the parts of the program meet. */
import process from 'node:process';
import {XmppcError} from '../shared/errors.js';
import {profileDirectories} from '../storage/directories.js';
import {openSettings} from '../storage/settings.js';
import type {Composition, ProfileOptions} from './shell.js';

export const composition: Composition = {
	async openClient() {
		throw unavailable();
	},
	async send() {
		throw unavailable();
	},
	accounts: ({profile}: ProfileOptions) => openSettings(profileDirectories(process.env, profile)).read().accounts,
};

function unavailable(): XmppcError {
	return new XmppcError({code: 'not-built', kind: 'unavailable', message: 'This build has no client.'});
}
