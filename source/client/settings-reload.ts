import {consoleBuffer} from '../model/buffer.js';
import type {SettingName} from '../model/settings.js';
import type {Clock, Dispose} from '../shared/clock.js';
import {problemOf} from '../shared/errors.js';
import type {SettingsStore} from '../storage/ports.js';
import type {Journal} from './journal.js';
import type {LiveSettings} from './live-settings.js';

export type ReloadPorts = {
	readonly file: Pick<SettingsStore, 'watch' | 'path'>;
	readonly settings: LiveSettings;
	readonly journal: Pick<Journal, 'emit'>;
	readonly clock: Pick<Clock, 'now'>;
};

export type SettingsReload = {
	/** Reads the file again and answers what is another setting now. Throws what is wrong in it; then nothing changes. */
	reload(): readonly SettingName[];
	/** Reads it again whenever somebody has written it, and says in the console what came of that. */
	watch(): Dispose;
};

export function createSettingsReload({file, settings, journal, clock}: ReloadPorts): SettingsReload {
	/** What was said of the file as it is now, so that it is not said again. */
	let said: string | undefined;

	const reload = () => {
		const changed = settings.reload();
		said = undefined;
		return changed;
	};

	const say = (level: 'info' | 'warning' | 'error', text: string, hint?: string) => {
		journal.emit({
			type: 'notice',
			level,
			text,
			...(hint === undefined ? {} : {hint}),
			buffer: consoleBuffer,
			at: clock.now(),
		});
	};

	const noticed = () => {
		try {
			const changed = reload();
			if (changed.length > 0) {
				say(
					'info',
					`The settings were read again: ${changed.join(', ')}.`,
					'/changes shows what differs from the defaults.',
				);
			}
		} catch (error) {
			const {message} = problemOf(error);
			if (message !== said) {
				said = message;
				say('error', message, 'What was set before stays until that is corrected.');
			}
		}
	};

	return {
		reload,
		watch: () =>
			file.watch(noticed, reason =>
				say(
					'warning',
					`Changes of ${file.path} are not noticed: ${reason.replace(/\.$/u, '')}.`,
					'/reload reads it again.',
				),
			),
	};
}
