import type {HelpLine} from '../../commands/help-line.js';
import {captionOf} from '../../model/attachment-words.js';
import type {BufferId} from '../../model/buffer.js';
import type {Message} from '../../model/message.js';
import {printable} from '../../shared/text.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {authorName} from '../panes/authors.js';

/** Links listed at most, the newest first. */
const mostLinks = 20;
/** Where the text of a message ends that belongs to no address. */
const link = /\b(?:https?|xmpp|geo|mailto):[^\s<>"“”]+[^\s<>"“”.,;:!?'’)\]]/giu;

/** Where its files lie that a browser can read, then what stands in its text. */
function addressesIn(message: Message): readonly string[] {
	const {attachments = []} = message;
	return [
		...attachments.flatMap(({url, key}) => (url === undefined || key !== undefined ? [] : [url])),
		...[...captionOf(message).matchAll(link)].map(([address]) => address),
	];
}

/** `/links`: the addresses in the messages of a buffer that are loaded, numbered, the newest first. */
export function linkLines(state: State, buffer: BufferId): readonly HelpLine[] {
	const found = new Map<string, string>();
	for (const entry of (bufferOf(state, buffer)?.entries ?? []).toReversed()) {
		if (entry.type === 'message' && entry.message.retracted === undefined) {
			for (const address of addressesIn(entry.message)) {
				if (!found.has(address) && found.size < mostLinks) {
					found.set(address, authorName(state, entry.message));
				}
			}
		}
	}

	return found.size === 0
		? [{text: 'No link is in the messages that are loaded here.'}, {text: '/scroll up loads older ones.'}]
		: [...found].map(([address, author], index) => ({
				text: `${index + 1}. ${printable(address, 'identifier')}, from ${author}`,
			}));
}
