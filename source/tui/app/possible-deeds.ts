import type {Message} from '../../model/message.js';
import type {SelectionDeed} from '../../model/message-view.js';
import {printable} from '../../shared/text.js';
import type {State} from '../../store/state.js';
import {isBlank} from '../panes/message-text.js';
import {findLinks} from '../screen/link.js';
import {isModerator} from './listed-messages.js';
import type {ViewState} from './view-state.js';

/** Where the links of a message lead, each once. */
export function linkTargets(message: Message): readonly string[] {
	return message.retracted === undefined
		? [...new Set(findLinks(printable(message.body, 'body')).map(({target}) => target))]
		: [];
}

/** Whether something can be done with a message of the active buffer, as far as that is known here. */
export function isPossible(state: State, {active}: ViewState, message: Message, deed: SelectionDeed): boolean {
	const stands = message.retracted === undefined;
	const own = message.direction === 'outgoing';
	switch (deed) {
		case 'details':
			return true;
		case 'edit':
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
