import {accessSync, constants, existsSync, readFileSync, realpathSync, renameSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {defaultSettings, type Settings} from '../model/settings.js';
import {type Clock, systemClock} from '../shared/clock.js';
import {isXmppcError, messageOf, XmppcError} from '../shared/errors.js';
import {ensurePrivateDirectory, type Notice, type ProfileDirectories} from './directories.js';
import {errorNumberName, fileError} from './file-errors.js';
import {findKey, findSyntaxError, type TextPlace} from './json-location.js';
import type {SettingsStore} from './ports.js';
import {syncDirectory} from './private-file.js';
import {checkSettings} from './settings-schema.js';
import {contentOf, type FileContent, serializeContent} from './settings-text.js';
import {watchFile} from './settings-watch.js';

const name = 'settings';

/**
 * The settings of a profile in `settings.json`. Reading is cheap and synchronous: no library is loaded for it, since
 * `xmppc send` only reads. Writing goes through `conf`, loaded at the first write (it costs some 20 ms).
 */
export function openSettings(
	directories: ProfileDirectories,
	{notice = () => {}, clock = systemClock}: {readonly notice?: Notice; readonly clock?: Clock} = {},
): SettingsStore {
	const path = join(directories.config, `${name}.json`);
	return {
		path,
		read: () => readFile(path).settings,
		async update(change) {
			const {default: Conf} = await import('conf');
			// From here on synchronous, so that two updates in one process follow each other.
			const {settings, content} = readFile(path);
			const changed = change(settings);
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
				write(Conf, path, contentOf(changed, content));
			} catch (error) {
				throw isXmppcError(error) ? error : fileError(error, 'write the settings', path);
			}

			return changed;
		},
		watch(changed, failed) {
			try {
				ensurePrivateDirectory(directories.config, notice);
			} catch (error) {
				failed(messageOf(error));
				return () => {};
			}

			return watchFile(path, clock, changed, failed);
		},
	};
}

/**
 * `conf` writes the new file beside the old one, and only a complete one takes its place: its own replacing would put
 * a cut file there when the disk is nearly full, since it does not look how much was written.
 */
function write(Conf: typeof import('conf').default, path: string, content: FileContent): void {
	// A link to a file elsewhere stays one.
	const target = existsSync(path) ? realpathSync(path) : path;
	const directory = dirname(target);
	// `conf` retries a refused write in a busy loop for a second before it gives up; ask first.
	accessSync(directory, constants.W_OK | constants.X_OK);
	if (existsSync(target)) {
		accessSync(target, constants.W_OK);
	}

	const staged = join(directory, `${name}.new.json`);
	// Left by a process that was killed; `conf` would read it.
	rmSync(staged, {force: true});
	try {
		const conf = new Conf<Record<string, unknown>>({
			cwd: directory,
			configName: `${name}.new`,
			projectSuffix: '',
			configFileMode: 0o600,
			clearInvalidConfig: false,
			accessPropertiesByDotNotation: false,
			serialize: serializeContent,
		});
		conf.store = {...content};
		if (readFileSync(staged, 'utf8') !== serializeContent(content)) {
			throw Object.assign(new Error('The file was cut.'), {code: 'ENOSPC'});
		}

		renameSync(staged, target);
		syncDirectory(directory);
	} finally {
		rmSync(staged, {force: true});
	}
}

function readFile(path: string): {readonly settings: Settings; readonly content: FileContent} {
	const text = readText(path);
	if (text === undefined) {
		return {settings: defaultSettings, content: {}};
	}

	const content = parse(text, path);
	const settings = checkSettings(content);
	if ('place' in settings) {
		const at = findKey(text, settings.place);
		const where = at === undefined ? path : `${path}, line ${at.line}`;
		const sentence = `${settings.place === '' ? 'the whole' : settings.place} ${settings.message}`;
		throw new XmppcError({
			code: 'invalid-setting',
			kind: 'configuration',
			message: `In ${where}: ${sentence}${sentence.endsWith('?') ? '' : '.'}`,
			hint: 'Correct it with an editor. xmppc does not write to the file before it is valid.',
		});
	}

	return {settings, content: content as FileContent};
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
				hint: `${advice(text, place)}Correct it with an editor, or move it away and set up the accounts again. Nothing was changed.`,
			},
			{cause: error},
		);
	}
}

/** What people write who know files of settings that are no JSON. */
function advice(text: string, place: TextPlace | undefined): string {
	const [line = '', column = 1] = place === undefined ? [] : [text.split('\n')[place.line - 1], place.column];
	const found = line.slice(column - 1);
	if (/^(?:\/[/*]|#)/u.test(found)) {
		return 'JSON has no comments. ';
	}

	return /^[}\]]/u.test(found) ? 'No comma may stand before a closing bracket. ' : '';
}
