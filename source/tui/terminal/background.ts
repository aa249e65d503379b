import type {Environment} from './surroundings.js';

/** What the colour behind the text is, as far as anybody said. */
export type Background = 'dark' | 'light' | 'unknown';

/** Red, green and blue, each from 0 to 1. */
export type Rgb = readonly [number, number, number];

/** The colour in the answer to OSC 11, e.g. `rgb:1c1c/1c1c/1c1c`: one to four hexadecimal digits each. */
export function parseColor(text: string): Rgb | undefined {
	const parts = /^rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})(?:\/[\da-f]{1,4})?$/iu.exec(text);
	if (parts === null) {
		return undefined;
	}

	const part = (digits = '') => Number.parseInt(digits, 16) / (16 ** digits.length - 1);
	return [part(parts[1]), part(parts[2]), part(parts[3])];
}

/** Whether dark or light text is read on the colour. */
export function shadeOf([red, green, blue]: Rgb): 'dark' | 'light' {
	return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 ? 'light' : 'dark';
}

/** `#rrggbb`. */
export function hexOf(color: Rgb): string {
	return `#${color
		.map(part =>
			Math.round(part * 255)
				.toString(16)
				.padStart(2, '0'),
		)
		.join('')}`;
}

/** What rxvt, Konsole and others leave in `COLORFGBG`: `15;0`, `0;default;15`. The last part is the background. */
export function backgroundFromEnvironment({COLORFGBG: colors = ''}: Environment): Background {
	const last = colors.split(';').at(-1) ?? '';
	if (!colors.includes(';') || !/^\d{1,2}$/u.test(last) || Number(last) > 15) {
		return 'unknown';
	}

	const index = Number(last);
	return index === 7 || index > 8 ? 'light' : 'dark';
}
