import {accessSync, constants, existsSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {defaultSettings, type Settings} from '../model/settings.js';
import {isXmppcError, XmppcError} from '../shared/errors.js';
import {ensurePrivateDirectory, type Notice, type ProfileDirectories} from './directories.js';
import {errorNumberName, fileError} from './file-errors.js';
import {findSyntaxError} from './json-location.js';
import type {SettingsStore} from './ports.js';
import {checkSettings} from './settings-schema.js';

const name = 'settings';

/**
 * The settings of a profile in `settings.json`. Reading is cheap and synchronous: no library is loaded for it, since
 * `xmppc send` only reads. Writing goes through `conf`, loaded at the first write (it costs some 20 ms).
 */
export function openSettings(
	directories: ProfileDirectories,
	{notice = () => {}}: {readonly notice?: Notice} = {},
): SettingsStore {
	const path = join(directories.config, `${name}.json`);
	return {
		path,
		read: () => readSettings(path),
		async update(change) {
			const {default: Conf} = await import('conf');
			// From here on synchronous, so that two updates in one process follow each other.
			const changed = change(readSettings(path));
			const problem = checkSettings(JSON.parse(JSON.stringify(changed)));
			if ('place' in problem) {
				throw new XmppcError({
					code: 'invalid-setting',
					kind: 'configuration',
					message: `The setting ${problem.place} ${problem.message}.`,
				});
			}

			ensurePrivateDirectory(directories.config, notice);
			try {
				checkWritable(path);
				const conf = new Conf<Record<string, unknown>>({
					cwd: directories.config,
					configName: name,
					projectSuffix: '',
					configFileMode: 0o600,
					clearInvalidConfig: false,
					accessPropertiesByDotNotation: false,
				});
				conf.store = {...changed};
			} catch (error) {
				throw isXmppcError(error) ? error : fileError(error, 'write the settings', path);
			}

			return changed;
		},
	};
}

/** `conf` retries a refused write in a busy loop for a second before it gives up; ask first. */
function checkWritable(path: string): void {
	accessSync(dirname(path), constants.W_OK | constants.X_OK);
	if (existsSync(path)) {
		accessSync(path, constants.W_OK);
	}
}

function readSettings(path: string): Settings {
	const text = readText(path);
	if (text === undefined) {
		return defaultSettings;
	}

	const settings = checkSettings(parse(text, path));
	if ('place' in settings) {
		throw new XmppcError({
			code: 'invalid-setting',
			kind: 'configuration',
			message: `In ${path}: ${settings.place === '' ? 'the whole' : settings.place} ${settings.message}.`,
			hint: 'Correct it with an editor. xmppc does not write to the file before it is valid.',
		});
	}

	return settings;
}

function readText(path: string): string | undefined {
	try {
		// Some editors write a byte order mark, which JSON does not allow.
		return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
	} catch (error) {
		if (errorNumberName(error) === 'ENOENT') {
			return undefined;
		}

		throw fileError(error, 'read the settings', path);
	}
}

function parse(text: string, path: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		const place = findSyntaxError(text);
		throw new XmppcError(
			{
				code: 'settings-corrupt',
				kind: 'configuration',
				message: `${path} is not valid JSON${place === undefined ? '' : ` at line ${place.line}, column ${place.column}`}.`,
				hint: 'Correct it with an editor, or move it away and set up the accounts again. Nothing was changed.',
			},
			{cause: error},
		);
	}
}
