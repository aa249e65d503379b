import {graphemes} from './width.js';

const pictograph = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u{20E3}/u;

/** Whether a text is one emoji and nothing else. */
export function isEmoji(text: string): boolean {
	return pictograph.test(text) && graphemes(text).length === 1;
}
