import type {HelpLine} from '../../commands/help-line.js';
import {type MessageDetails, stanzasKept} from '../../model/message-actions.js';
import {printable} from '../../shared/text.js';

/** Columns of one level, and levels that are told apart so: the text has to fit beside them on a narrow screen. */
const levelWidth = 2;
const mostLevels = 6;
/** Columns before all of it. */
const margin = 2;

const notSent = 'Nothing of it has been sent yet.';
const notKept = `Not kept. Of each account the last ${stanzasKept.messages} messages since the start are, none over ${stanzasKept.longest / 1024} KiB and none that is forgotten.`;
const onlyFirst = 'This is how it was said first. What changed it since came in stanzas of its own.';

/** The stanza of a message as lines to read: at most `most`. Nothing invisible hides in it. */
export function stanzaLines({message, xml}: MessageDetails, most: number): readonly HelpLine[] {
	if (xml === undefined) {
		const isWaiting = message.state === 'queued' || message.state === 'sealed';
		return [said(isWaiting ? notSent : notKept)];
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

function said(text: string): HelpLine {
	return {text: `${' '.repeat(margin)}${text}`};
}

/** What goes on in the next row stands one level deeper than where it began. */
function xmlLine(line: string): HelpLine {
	const text = line.replace(/^\t+/u, '');
	const column = margin + levelWidth * Math.min(line.length - text.length, mostLevels);
	return {text: `${' '.repeat(column)}${printable(text, 'identifier')}`, hang: column + levelWidth};
}
