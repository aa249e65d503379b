import {createHash} from 'node:crypto';
import {contrast, hsluvToRgb, type Rgb, rgbToHsluv} from '../../themes/hsluv.js';
import type {Theme, ThemeColor} from '../../themes/theme.js';
import {type ColorDepth, packPalette, packRgb, toRgb} from '../screen/color.js';

/** The angle of XEP-0392 §5.1 in degrees, 0 ≤ hue < 360. */
export function hueOf(text: string): number {
	return (createHash('sha1').update(text, 'utf8').digest().readUInt16LE(0) / 65_536) * 360;
}

/** A palette by hue: for each whole angle that one of its colours has, the colour that is nearest to the lightness. */
export type HuePalette<Color> = ReadonlyArray<{readonly angle: number; readonly color: Color}>;

/** XEP-0392 §5.3: a palette of colours made one of hues. `rgb` from 0 to 1; greys are left out. */
export function huePalette<Color>(
	colors: ReadonlyArray<{readonly rgb: Rgb; readonly color: Color}>,
	wantedLightness = 73.2,
): HuePalette<Color> {
	const best = new Map<number, {readonly away: number; readonly color: Color}>();
	for (const {rgb, color} of colors) {
		if (rgb[0] === rgb[1] && rgb[1] === rgb[2]) {
			continue;
		}

		const {hue, lightness} = rgbToHsluv(rgb);
		const angle = Math.round(hue);
		const away = Math.abs(lightness - wantedLightness);
		if (away < (best.get(angle)?.away ?? Number.POSITIVE_INFINITY)) {
			best.set(angle, {away, color});
		}
	}

	return [...best].map(([angle, {color}]) => ({angle, color}));
}

/** XEP-0392 §5.4: the colour of a palette that is nearest to a hue; `undefined` for an empty palette. */
export function nearestHue<Color>(palette: HuePalette<Color>, hue: number): Color | undefined {
	let best: Color | undefined;
	let least = Number.POSITIVE_INFINITY;
	for (const {angle, color} of palette) {
		const between = Math.abs(hue - angle) % 360;
		const distance = Math.min(between, 360 - between);
		if (distance < least) {
			least = distance;
			best = color;
		}
	}

	return best;
}

/** Black and white: what the contrast of a name is reckoned against. */
const grounds: Readonly<Record<'dark' | 'light', Rgb>> = {dark: [0, 0, 0], light: [1, 1, 1]};
/** What WCAG 2 asks for text. */
const leastContrast = 4.5;
/** Paler colours cannot be told from grey. */
const leastSaturation = 60;

/**
 * Chooses the colour for a name: the same text always has the same hue (XEP-0392), in a lightness that can be read on the
 * theme's ground. `undefined`: names have no colours there.
 */
export function nameColors(theme: Theme, depth: ColorDepth): (text: string) => ThemeColor | undefined {
	const {names, nameLightness, ground} = theme;
	if (nameLightness === undefined || depth === '16' || depth === 'none') {
		return text => names[Math.floor((hueOf(text) / 360) * names.length)];
	}

	if (depth === 'truecolor') {
		return text => {
			const rgb = hsluvToRgb({hue: hueOf(text), saturation: 100, lightness: nameLightness});
			const [red, green, blue] = rgb.map(part => Math.round(part * 255));
			return `#${packRgb(red ?? 0, green ?? 0, blue ?? 0)
				.toString(16)
				.slice(1)}`;
		};
	}

	const readable = cube.filter(
		({rgb}) =>
			contrast(rgb, grounds[ground === 'light' ? 'light' : 'dark']) >= leastContrast &&
			rgbToHsluv(rgb).saturation >= leastSaturation,
	);
	const palette = huePalette(readable, nameLightness);
	return text => nearestHue(palette, hueOf(text));
}

/** The colours of the palette of 256 that every terminal shows alike; the first sixteen are redefined by many. */
const cube = Array.from({length: 216}, (_, index) => {
	const [red, green, blue] = toRgb(packPalette(index + 16));
	return {color: index + 16, rgb: [red / 255, green / 255, blue / 255] as const};
});
