import type {Surroundings} from './surroundings.js';

const escapeByte = '\u{1B}';
/** GNU screen drops longer strings. */
const longestPiece = 500;

/**
 * A sequence meant for the window rather than for the program in between: tmux (with `allow-passthrough on`) and GNU
 * screen hand on what is wrapped in a DCS of their own. For screen the sequence must not end with ST: its strings are
 * ended with BEL.
 */
export function passedThrough(sequence: string, {multiplexer}: Pick<Surroundings, 'multiplexer'>): string {
	switch (multiplexer) {
		case 'tmux':
			return `${escapeByte}Ptmux;${sequence.replaceAll(escapeByte, escapeByte + escapeByte)}${escapeByte}\\`;
		case 'screen':
			return [...pieces(sequence.replaceAll(`${escapeByte}\\`, '\u{7}'))]
				.map(piece => `${escapeByte}P${piece}${escapeByte}\\`)
				.join('');
		default:
			return sequence;
	}
}

function* pieces(text: string): Generator<string> {
	for (let at = 0; at < text.length; at += longestPiece) {
		yield text.slice(at, at + longestPiece);
	}
}
