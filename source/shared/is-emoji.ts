import {graphemes} from './width.js';

const pictograph = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u{20E3}/u;
const needlesslySelected = /(\p{Emoji_Presentation})\u{FE0F}/gu;
/** Text unless a selector follows. */
const unselected =
	/((?!\p{Emoji_Presentation})(?:(?=\p{Emoji})\p{Extended_Pictographic}|[0-9#*](?=\u{20E3})))(?![\u{FE0E}\u{FE0F}\p{Emoji_Modifier}])/gu;

/** Whether a text is one emoji and nothing else. */
export function isEmoji(text: string): boolean {
	return pictograph.test(text) && graphemes(text).length === 1;
}

/**
 * Emoji as Unicode recommends to write them, with a variation selector (U+FE0F) just where it makes a difference (UTS #51, ED-18): 😀
 * never has one, ❤️ always. Programs differ in that, and to a person it is the same emoji.
 */
export function qualifiedEmoji(text: string): string {
	return text.replace(needlesslySelected, '$1').replace(unselected, '$1\u{FE0F}');
}
