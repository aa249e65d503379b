import type {StrangerIntent} from '../../model/stranger-view.js';
import {blockedLines} from '../strangers/blocked-lines.js';
import {cleanUpDialog, isSentence} from '../strangers/clean-dialog.js';
import {requestLines} from '../strangers/request-words.js';
import type {LineView} from './line-view.js';

/** Strangers and those who are blocked, where there is no screen. Rejects with what stopped it. */
export async function answerStrangers(intent: StrangerIntent, view: LineView): Promise<boolean> {
	const {store, actions, list, say, ask} = view;
	switch (intent.type) {
		case 'requests':
			list(requestLines(store.get(), view.here().calendar));
			return true;
		case 'listBlocked':
			list(blockedLines(await actions.listBlocked({account: intent.account})));
			return true;
		case 'cleanUp': {
			const answer = cleanUpDialog(intent, store.get(), actions);
			if (isSentence(answer)) {
				say('error', answer.text, answer.hint);
				return false;
			}

			ask(answer);
			return true;
		}
	}
}
