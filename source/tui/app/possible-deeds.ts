import {captionOf} from '../../model/attachment-words.js';
import type {Message} from '../../model/message.js';
import type {SelectionDeed} from '../../model/message-view.js';
import {printable} from '../../shared/text.js';
import type {State} from '../../store/state.js';
import {isBlank} from '../panes/message-text.js';
import {findLinks} from '../screen/link.js';
import {isModerator} from './listed-messages.js';
import type {ViewState} from './view-state.js';

/** Where the links of a message lead, each once; also where its files lie that a browser can read. */
export function linkTargets(message: Message): readonly string[] {
	if (message.retracted !== undefined) {
		return [];
	}

	const files = (message.attachments ?? []).flatMap(({url, key}) =>
		url === undefined || key !== undefined ? [] : [url],
	);
	const links = findLinks(printable(captionOf(message), 'body')).map(({target}) => target);
	return [...new Set([...files, ...links])];
}

/** Whether something can be done with a message of the active buffer, as far as that is known here. */
export function isPossible(state: State, {active}: ViewState, message: Message, deed: SelectionDeed): boolean {
	const stands = message.retracted === undefined;
	const own = message.direction === 'outgoing';
	switch (deed) {
		case 'details':
			return true;
		case 'edit':
			return stands && own && message.attachments === undefined;
		case 'retract':
			return stands && own;
		case 'remove':
			return stands && !own && isModerator(state, active);
		case 'reveal':
			return stands && message.spoiler !== undefined;
		case 'openLink':
			return linkTargets(message).length > 0;
		case 'copy':
		case 'quote':
		case 'forward':
			return stands && !isBlank(message);
		default:
			return stands;
	}
}
