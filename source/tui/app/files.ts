import type {FileIntent} from '../../model/file-view.js';
import {performFiles} from '../files/file-deeds.js';
import {type Core, sayProblem, tell} from './core.js';
import {openDialog} from './dialogs.js';
import {showPage} from './help-popup.js';

/** Does what an intent asks about files, and says in the buffer where it was asked what became of it. */
export function showFiles(core: Core, intent: FileIntent): Promise<boolean> {
	const {active} = core.view();
	return performFiles(intent, {
		actions: core.actions,
		buffer: active,
		state: core.state,
		say: (level, text, hint) => tell(core, active, level, text, hint),
		refuse: error => sayProblem(core, error, active),
		list: (title, lines) => showPage(core, {title, lines, search: 'lines'}),
		ask: dialog => openDialog(core, dialog),
		opener: core.links,
	});
}
