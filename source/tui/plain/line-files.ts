import type {FileIntent} from '../../model/file-view.js';
import {performFiles} from '../files/file-deeds.js';
import type {LineView} from './line-view.js';

/** Files, where there is no screen: nothing is opened. */
export function answerFiles(intent: FileIntent, {store, actions, place, say, refuse, list, ask}: LineView) {
	return performFiles(intent, {
		actions,
		buffer: place.active(),
		state: store.get,
		say,
		refuse,
		list: (_, lines) => list(lines),
		ask,
	});
}
