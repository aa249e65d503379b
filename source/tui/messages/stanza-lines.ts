import type {HelpLine} from '../../commands/help-line.js';
import type {Message} from '../../model/message.js';
import {type MessageDetails, stanzasKept} from '../../model/message-actions.js';
import {printable} from '../../shared/text.js';
import {isBlank} from '../panes/message-text.js';

/** Columns of one level, and levels that are told apart so: the text has to fit beside them on a narrow screen. */
const levelWidth = 2;
const mostLevels = 6;
/** Columns before all of it. */
const margin = 2;

const notSent = 'Nothing of it has been sent yet.';
const forgotten = 'Forgotten, as its text is.';
const notKept = `Not kept. Stanzas are in memory alone: since the start, of the last ${stanzasKept.messages} messages of an account, up to ${stanzasKept.longest / 1024} KiB each.`;
const onlyFirst = 'As it was first: edits, reactions and retractions are stanzas of their own.';

/** The stanza of a message as lines to read: at most `most`. Nothing invisible hides in it. */
export function stanzaLines({message, xml}: MessageDetails, most: number): readonly HelpLine[] {
	if (xml === undefined) {
		return [said(whyNot(message))];
	}

	const all = xml.split('\n');
	const {edited, retracted, reactions} = message;
	const isChanged = edited !== undefined || retracted !== undefined || reactions !== undefined;
	return [
		...(isChanged ? [said(onlyFirst)] : []),
		...all.slice(0, most).map(xmlLine),
		...(all.length > most ? [said(`… ${all.length - most} more lines`)] : []),
	];
}

function whyNot(message: Message): string {
	const {state, retracted} = message;
	const isForgotten = retracted !== undefined && isBlank(message);
	return isForgotten ? forgotten : state === 'queued' || state === 'sealed' ? notSent : notKept;
}

function said(text: string): HelpLine {
	return {text: `${' '.repeat(margin)}${text}`};
}

/** What goes on in the next row stands one level deeper than where it began. */
function xmlLine(line: string): HelpLine {
	const text = line.replace(/^\t+/u, '');
	const column = margin + levelWidth * Math.min(line.length - text.length, mostLevels);
	return {text: `${' '.repeat(column)}${printable(text, 'identifier')}`, hang: column + levelWidth};
}
