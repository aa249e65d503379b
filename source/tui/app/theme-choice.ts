import type {KeyMeaning} from '../input/keymap.js';
import type {ThemesPopup} from '../popups/popup.js';
import {type Core, closePopup, openPopup, sayProblem} from './core.js';
import {withHint} from './view-state.js';

/** Lists the themes, beginning with the one that is set. The one that is chosen in the list is painted. */
export function openThemes(core: Core): void {
	const themes = core.themes();
	const now = themes.findIndex(({name}) => name === core.state().preferences.theme);
	openPopup(core, {type: 'themes', themes, selected: Math.max(0, now), set: core.state().preferences.theme});
}

/** A key while the themes are listed. */
export function themesKey(core: Core, popup: ThemesPopup, meaning: KeyMeaning): boolean {
	const {themes, selected} = popup;
	const choose = (by: number) => {
		openPopup(core, {...popup, selected: (selected + by + themes.length) % themes.length});
		return true;
	};
	switch (meaning.type === 'action' ? meaning.action : undefined) {
		case 'up':
		case 'completeBackward':
			return choose(-1);
		case 'down':
		case 'complete':
			return choose(1);
		case 'send':
			void keep(core, popup);
			return true;
		case 'redraw':
		case 'suspend':
			return false;
		default:
			closePopup(core);
			return meaning.type !== 'text';
	}
}

/** Takes a theme, also the one that is painted already: its file may say something else now. */
export async function takeTheme(core: Core, name: string): Promise<void> {
	const {active} = core.view();
	const complaint = core.themes().find(theme => theme.name === name)?.complaint;
	if (complaint !== undefined) {
		core.change(
			withHint(core.view(), {
				level: 'error',
				text: complaint.message,
				...(complaint.hint === undefined ? {} : {more: complaint.hint}),
			}),
		);
		return;
	}

	try {
		await core.actions.changeSetting({name: 'theme', value: name});
		core.rereadThemes();
		core.change(withHint(core.view(), {level: 'info', text: `The theme is ${name} now.`}));
	} catch (error) {
		sayProblem(core, error, active);
	}
}

/** The list stays until the setting is written: without it the theme before would be painted meanwhile. */
async function keep(core: Core, popup: ThemesPopup): Promise<void> {
	await takeTheme(core, popup.themes[popup.selected]?.name ?? popup.set);
	if (core.view().popup?.type === 'themes') {
		closePopup(core);
	}
}
