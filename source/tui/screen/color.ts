/** The sixteen colours every terminal has, in the order of their SGR numbers. */
export const colorNames = [
	'black',
	'red',
	'green',
	'yellow',
	'blue',
	'magenta',
	'cyan',
	'white',
	'brightBlack',
	'brightRed',
	'brightGreen',
	'brightYellow',
	'brightBlue',
	'brightMagenta',
	'brightCyan',
	'brightWhite',
] as const;

export type ColorName = (typeof colorNames)[number];

/** One of the sixteen names, an index into the palette of 256, or `#rrggbb`. */
export type Color = ColorName | number | `#${string}`;

/** How many colours the terminal is given: whatever a style asks for is mapped down to this when it is emitted. */
export type ColorDepth = 'none' | '16' | '256' | 'truecolor';

/** Colour as one number: 0 the terminal's own, 1–256 palette index + 1, from 0x1000000 on red, green and blue. */
export type PackedColor = number;

export const defaultColor: PackedColor = 0;
const rgbBit = 0x1000000;

export function packPalette(index: number): PackedColor {
	return (index & 0xff) + 1;
}

export function packRgb(red: number, green: number, blue: number): PackedColor {
	return rgbBit | ((red & 0xff) << 16) | ((green & 0xff) << 8) | (blue & 0xff);
}

/** Packs a colour; anything that is not one is the terminal's own. */
export function packColor(color: Color | undefined): PackedColor {
	if (color === undefined) {
		return defaultColor;
	}

	if (typeof color === 'number') {
		return Number.isInteger(color) && color >= 0 && color < 256 ? packPalette(color) : defaultColor;
	}

	if (color.startsWith('#')) {
		return /^#[\da-f]{6}$/i.test(color) ? rgbBit | Number.parseInt(color.slice(1), 16) : defaultColor;
	}

	const index = (colorNames as readonly string[]).indexOf(color);
	return index === -1 ? defaultColor : packPalette(index);
}

/** Whether the packed colour is given as red, green and blue. */
export function isRgb(color: PackedColor): boolean {
	return color >= rgbBit;
}

/** The usual (xterm) values of the sixteen colours; terminals differ, but the nearest of these is the readable guess. */
const sixteen: ReadonlyArray<readonly [number, number, number]> = [
	[0, 0, 0],
	[205, 0, 0],
	[0, 205, 0],
	[205, 205, 0],
	[0, 0, 238],
	[205, 0, 205],
	[0, 205, 205],
	[229, 229, 229],
	[127, 127, 127],
	[255, 0, 0],
	[0, 255, 0],
	[255, 255, 0],
	[92, 92, 255],
	[255, 0, 255],
	[0, 255, 255],
	[255, 255, 255],
];

const cubeSteps = [0, 95, 135, 175, 215, 255];

/** Red, green and blue from 0 to 255, as a usual terminal shows the colour; black for the terminal's own. */
export function toRgb(color: PackedColor): readonly [number, number, number] {
	if (isRgb(color)) {
		return [(color >> 16) & 0xff, (color >> 8) & 0xff, color & 0xff];
	}

	const index = color - 1;
	if (index < 16) {
		return sixteen[index] ?? [0, 0, 0];
	}

	if (index >= 232) {
		const grey = 8 + (index - 232) * 10;
		return [grey, grey, grey];
	}

	const cube = index - 16;
	const step = (part: number) => cubeSteps[part] ?? 0;
	return [step(Math.floor(cube / 36)), step(Math.floor(cube / 6) % 6), step(cube % 6)];
}

function distance(a: readonly [number, number, number], b: readonly [number, number, number]): number {
	return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}

function nearest(color: PackedColor, from: number, to: number): PackedColor {
	const wanted = toRgb(color);
	let best = from;
	let bestDistance = Number.POSITIVE_INFINITY;
	for (let index = from; index < to; index++) {
		const candidate = distance(wanted, toRgb(packPalette(index)));
		if (candidate < bestDistance) {
			best = index;
			bestDistance = candidate;
		}
	}

	return packPalette(best);
}

/** The nearest colour the depth has. The first sixteen are never the answer for 256: people redefine those. */
export function reduceColor(color: PackedColor, depth: ColorDepth): PackedColor {
	if (color === defaultColor || depth === 'none') {
		return defaultColor;
	}

	if (depth === '256' && isRgb(color)) {
		return nearest(color, 16, 256);
	}

	if (depth === '16' && color > 16) {
		return nearest(color, 0, 16);
	}

	return color;
}

/**
 * What the environment says about colours: `NO_COLOR` (no-color.org) first, then `FORCE_COLOR`, `COLORTERM` and `TERM`.
 * `env` is the process environment.
 */
export function colorDepthOf(env: Readonly<Record<string, string | undefined>>): ColorDepth {
	if (env.NO_COLOR) {
		return 'none';
	}

	const forced = {'0': 'none', '1': '16', '2': '256', '3': 'truecolor'} as const;
	const force = env.FORCE_COLOR;
	if (force === '0' || force === '1' || force === '2' || force === '3') {
		return forced[force];
	}

	if (env.TERM === 'dumb') {
		return 'none';
	}

	if (env.COLORTERM === 'truecolor' || env.COLORTERM === '24bit') {
		return 'truecolor';
	}

	return /256color|kitty|ghostty|alacritty|wezterm|foot/.test(env.TERM ?? '') ? '256' : '16';
}

/** The depth to use: the setting `color.depth` is the person's own word, also where `NO_COLOR` is set for all programs. */
export function preferredDepth(
	setting: ColorDepth | 'auto',
	env: Readonly<Record<string, string | undefined>>,
): ColorDepth {
	return setting === 'auto' ? colorDepthOf(env) : setting;
}
