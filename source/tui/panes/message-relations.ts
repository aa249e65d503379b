import type {Message} from '../../model/message.js';
import {countReactions, type Reaction} from '../../model/relation.js';
import {displayWidth, printable, truncateToWidth} from '../../shared/text.js';
import {joinLines, line, type Run, type StyledLine, truncateLine} from '../screen/line.js';
import type {Frame} from './frame.js';
import {revealed} from './reveal.js';

/** What a message answers, as it is told above it. `name`: absent where nobody vouches for who wrote it. Harmless. */
export type Answered = {readonly name?: string; readonly words: string};

export function sameAnswered(one: Answered | undefined, other: Answered | undefined): boolean {
	return one?.name === other?.name && one?.words === other?.words;
}

/** What stands above an answer. */
export const answerSign = '↪';

/** `↪ Romeo: But soft`, in one line. */
export function answeredText({name, words}: Answered): string {
	return `${answerSign} ${name === undefined ? '' : `${name}: `}${words}`;
}

/** The line above a message that answers another one. */
export function answerLine(answered: Answered, first: StyledLine, {palette, width, emoji}: Frame): StyledLine {
	const text = revealed(answeredText(answered), emoji);
	return truncateLine(joinLines([first, line([{text, style: palette.role.faint}])]), width);
}

/** Columns of one emoji: who sends other texts instead does not fill the screen. */
const widestEmoji = 16;
/** Different ones that are shown with a message. */
const mostShown = 24;

/** An emoji of a reaction, made harmless. */
export function emojiText(emoji: string, wish: Frame['emoji'] = 'glyph'): string {
	return truncateToWidth(revealed(printable(emoji, 'line').replace(/\s+/gu, ' ').trim(), wish), widestEmoji);
}

/** What people think of a message, one item for each emoji: `👍 3`, one's own in brackets, `!` where the server could have made it up. */
export function reactionItems(
	reactions: readonly Reaction[] = [],
	wish: Frame['emoji'] = 'glyph',
): ReadonlyArray<{readonly text: string; readonly own: boolean; readonly unprotected: boolean}> {
	const unsure = new Set(reactions.flatMap(({unprotected, emoji}) => (unprotected === true ? emoji : [])));
	const counts = countReactions(reactions);
	const items = counts.slice(0, mostShown).map(({emoji, by, own}) => {
		const text = `${emojiText(emoji, wish)} ${by.length}${unsure.has(emoji) ? '!' : ''}`;
		return {text: own ? `[${text}]` : text, own, unprotected: unsure.has(emoji)};
	});
	const rest = counts.length - items.length;
	return rest > 0 ? [...items, {text: `+${rest} more`, own: false, unprotected: false}] : items;
}

/** The lines below a message with what people think of it; an item is never divided. */
export function reactionLines(
	{reactions}: Message,
	rest: StyledLine,
	{palette: {role}, width, emoji}: Frame,
): readonly StyledLine[] {
	const room = Math.max(1, width - rest.cells.length);
	const rows: Run[][] = [];
	let used = 0;
	for (const {text, own, unprotected} of reactionItems(reactions, emoji)) {
		const columns = displayWidth(text);
		const style = unprotected ? role.warning : own ? role.text : role.faint;
		const row = rows.at(-1);
		if (row !== undefined && used + 2 + columns <= room) {
			row.push({text: '  '}, {text, style});
			used += 2 + columns;
		} else {
			rows.push([{text, style}]);
			used = columns;
		}
	}

	return rows.map(runs => truncateLine(joinLines([rest, line(runs)]), width));
}
