/** Strangers and those who are blocked, on the screen. */
import {requestsBuffer} from '../../model/buffer.js';
import type {StrangerIntent} from '../../model/stranger-view.js';
import {strangersIn} from '../../store/requests.js';
import {bufferOf} from '../../store/selectors.js';
import {blockedLines} from '../strangers/blocked-lines.js';
import {cleanUpDialog, isSentence} from '../strangers/clean-dialog.js';
import {createRequestDialog} from '../strangers/request-dialog.js';
import {nobodyWaits} from '../strangers/request-words.js';
import {whileAsking} from './asking.js';
import {enter} from './buffers.js';
import {chosenIndex, strangerKey} from './chosen-stranger.js';
import {type Core, sayProblem, tell} from './core.js';
import {openDialog} from './dialogs.js';
import {showPage} from './help-popup.js';
import {editorOf, withHint} from './view-state.js';

/** Answers whether it could be done. */
export async function showStrangers(core: Core, intent: StrangerIntent): Promise<boolean> {
	const {active} = core.view();
	switch (intent.type) {
		case 'requests':
			return showRequests(core);
		case 'cleanUp': {
			const answer = cleanUpDialog(intent, core.state(), core.actions);
			if (isSentence(answer)) {
				tell(core, active, 'error', answer.text, answer.hint);
				return false;
			}

			openDialog(core, answer);
			return true;
		}

		case 'listBlocked':
			try {
				const blocked = await whileAsking(core, undefined, () => core.actions.listBlocked({account: intent.account}));
				if (core.view().active === active && core.view().popup === undefined) {
					showPage(core, {title: 'Blocked', lines: blockedLines(blocked), search: 'lines'});
				}

				return true;
			} catch (error) {
				sayProblem(core, error, active);
				return false;
			}
	}
}

function showRequests(core: Core): boolean {
	if (bufferOf(core.state(), requestsBuffer) === undefined && strangersIn(core.state()).length === 0) {
		core.change(withHint(core.view(), {level: 'info', text: nobodyWaits}));
		return true;
	}

	// It may have been closed while somebody waited.
	core.store.dispatch({type: 'requests.wanted'});
	enter(core, requestsBuffer);
	return true;
}

/** Whether keys are for the list of strangers: nothing is typed below it. */
function isChoosing(core: Core): boolean {
	return core.view().active === requestsBuffer && editorOf(core.view()).text === '';
}

/** Up and Down among the strangers. `false`: the key means what it always does. */
export function chooseStranger(core: Core, by: 1 | -1): boolean {
	const strangers = strangersIn(core.state());
	if (!isChoosing(core) || strangers.length === 0) {
		return false;
	}

	const next = strangers[Math.max(0, Math.min(strangers.length - 1, chosenIndex(strangers, core.view()) + by))];
	core.change(next === undefined ? core.view() : {...core.view(), stranger: strangerKey(next)});
	return true;
}

/** Enter on the one who is chosen. `false`: there is nobody. */
export function decideOnStranger(core: Core): boolean {
	const strangers = strangersIn(core.state());
	const chosen = strangers[chosenIndex(strangers, core.view())];
	if (!isChoosing(core) || chosen === undefined) {
		return false;
	}

	openDialog(
		core,
		createRequestDialog(core.actions, chosen, buffer => {
			if (core.view().active === requestsBuffer) {
				enter(core, buffer);
			}
		}),
	);
	return true;
}
