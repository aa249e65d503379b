import type {Preferences, SettingName} from '../../model/settings.js';
import type {Dispose} from '../../shared/clock.js';
import {createEmitter} from '../../shared/emitter.js';
import type {State} from '../../store/state.js';

/** Where a part of the program hears that the person prefers something else from now on. */
export type PreferenceWatch = {
	/** Calls `changed` when one of these settings is another; not for what they are now. */
	on(names: readonly SettingName[], changed: (now: Preferences, before: Preferences) => void): Dispose;
	/** Something was dispatched: tells whoever it concerns. */
	look(): void;
};

export function watchPreferences(state: () => Pick<State, 'preferences'>): PreferenceWatch {
	const emitter = createEmitter<{readonly now: Preferences; readonly before: Preferences}>();
	let known = state().preferences;
	return {
		on: (names, changed) =>
			emitter.subscribe(({now, before}) => {
				if (names.some(name => !isSame(now[name], before[name]))) {
					changed(now, before);
				}
			}),
		look() {
			const now = state().preferences;
			const before = known;
			if (now !== before) {
				known = now;
				emitter.emit({now, before});
			}
		},
	};
}

/** Lists and maps come anew with each reading of the file. */
function isSame(one: unknown, other: unknown): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}
