import type {Message, OutgoingState} from '../../model/message.js';
import {printable} from '../../shared/text.js';
import type {Role} from '../../themes/theme.js';
import {joinLines, line, type Run, type StyledLine} from '../screen/line.js';
import {type Frame, gutterWidth} from './frame.js';
import {answerSign} from './message-relations.js';
import {confusableSign} from './nick-text.js';
import type {Palette} from './palette.js';
import {protectionMeanings} from './protection.js';

/** Columns at the right kept free for the delivery mark, so that nothing moves when it changes. */
const markWidth = 3;

const marks: Readonly<Record<OutgoingState, {readonly glyph: string; readonly role: Role}>> = {
	queued: {glyph: '…', role: 'faint'},
	sealed: {glyph: '…', role: 'faint'},
	written: {glyph: '→', role: 'faint'},
	acked: {glyph: '✓', role: 'faint'},
	delivered: {glyph: '✓✓', role: 'confirmed'},
	displayed: {glyph: '✓●', role: 'confirmed'},
	uncertain: {glyph: '?', role: 'warning'},
	failed: {glyph: '✗', role: 'error'},
};

/** What the marks behind one's own messages mean, for the help. */
export const markMeanings: ReadonlyArray<readonly [string, string]> = [
	['…', 'waits to be sent'],
	['→', 'sent; your server has not confirmed it yet'],
	['✓', 'your server has it'],
	['✓✓', 'delivered'],
	['✓●', 'displayed'],
	['?', 'may not have arrived'],
	['✗', 'not sent; below stands why, and /resend sends it again'],
];

/** What the other signs around a message mean, for the help. */
export const signMeanings: ReadonlyArray<readonly [string, string]> = [
	['»', 'instead of the bar: it names you or one of your words'],
	...protectionMeanings,
	['*', 'instead of the name: what somebody does (/me)'],
	[answerSign, 'above a message: what it answers'],
	['👍', 'below a message: with a number: how many think so of it; in brackets you too, with ! it came in clear'],
	['>', 'instead of the bar: it is selected; with + it is marked'],
	['┃', 'somebody is quoted'],
	['●', 'behind a message, with names: they have read the room up to here'],
	['-->', 'came into the room'],
	['<--', 'left it'],
	['+', 'at the end of a name: it is longer'],
	[confusableSign, 'before a nick: it looks like another one in the room; /whois tells who is who'],
];

/** Columns for the text of a message that may get a mark, the gutter included. */
export function markedWidth(message: Message, frame: Frame): number {
	const {width} = frame;
	const narrowed = message.direction === 'outgoing' && width - gutterWidth(frame) > 2 * markWidth;
	return narrowed ? width - markWidth : width;
}

/** The lines with the mark of an outgoing message behind the last one. */
export function withMark(lines: readonly StyledLine[], {state}: Message, {palette}: Frame): readonly StyledLine[] {
	const last = lines.at(-1);
	if (last === undefined || state === undefined) {
		return lines;
	}

	const {glyph, role} = marks[state];
	return lines.with(-1, joinLines([last, line([{text: ` ${glyph}`, style: palette.role[role]}])]));
}

/** The lines with who has read up to here, at the end of the last one: their names, or how many where those do not fit. */
export function withReaders(
	lines: readonly StyledLine[],
	readers: readonly string[],
	frame: Frame,
): readonly StyledLine[] {
	const last = lines.at(-1);
	if (last === undefined || readers.length === 0) {
		return lines;
	}

	const style = frame.palette.role.faint;
	const names = readers.map(name => printable(name, 'identifier')).join(', ');
	const fitting = [`  ● ${names}`, ` ●${readers.length}`]
		.map(text => joinLines([last, line([{text, style}])]))
		.find(each => each.cells.length <= frame.width);
	return fitting === undefined ? lines : lines.with(-1, fitting);
}

/** What went wrong with a message, and what helps. */
export function troubleOf({state, failure}: Message, {role}: Palette): readonly Run[] {
	switch (state) {
		case 'failed':
			return [
				{text: `not sent${failure === undefined ? '.' : `: ${printable(failure, 'line')}`}`, style: role.error},
				{text: ' /resend sends it again.', style: role.faint},
			];
		case 'uncertain':
			return [{text: 'may not have arrived: the connection broke', style: role.warning}];
		default:
			return [];
	}
}
