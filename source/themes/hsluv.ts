/** Red, green and blue of sRGB, each from 0 to 1. */
export type Rgb = readonly [number, number, number];

/** The colour space of XEP-0392: hue in degrees, saturation and lightness from 0 to 100 (https://www.hsluv.org/math/). */
export type Hsluv = {readonly hue: number; readonly saturation: number; readonly lightness: number};

type Row = readonly [number, number, number];

const toLinearRgb: readonly [Row, Row, Row] = [
	[3.240969941904521, -1.537383177570093, -0.498610760293],
	[-0.96924363628087, 1.87596750150772, 0.041555057407175],
	[0.055630079696993, -0.20397695888897, 1.056971514242878],
];
const toXyz: readonly [Row, Row, Row] = [
	[0.41239079926595, 0.35758433938387, 0.18048078840183],
	[0.21263900587151, 0.71516867876775, 0.072192315360733],
	[0.019330818715591, 0.11919477979462, 0.95053215224966],
];
/** Chromaticity of the white D65 in CIE 1976 u', v'. */
const whiteU = 0.19783000664283;
const whiteV = 0.46831999493879;
const kappa = 903.2962962;
const epsilon = 0.0088564516;

/** The colour of a hue; what lies beyond sRGB cannot be asked for, that is what HSLuv is for. */
export function hsluvToRgb({hue, saturation, lightness}: Hsluv): Rgb {
	if (lightness > 99.9999999) {
		return [1, 1, 1];
	}

	if (lightness < 0.0000001) {
		return [0, 0, 0];
	}

	const angle = (hue / 180) * Math.PI;
	const chroma = (greatestChroma(lightness, angle) * saturation) / 100;
	const u = (Math.cos(angle) * chroma) / (13 * lightness) + whiteU;
	const v = (Math.sin(angle) * chroma) / (13 * lightness) + whiteV;
	const y = luminanceOf(lightness);
	const x = (9 * y * u) / (4 * v);
	const z = (9 * y - 15 * v * y - v * x) / (3 * v);
	return mapped(toLinearRgb, [x, y, z], companded);
}

/** The way back. A grey has no hue, and is answered with hue and saturation 0. */
export function rgbToHsluv(rgb: Rgb): Hsluv {
	const [x, y, z] = mapped(toXyz, [expanded(rgb[0]), expanded(rgb[1]), expanded(rgb[2])], value => value);
	const lightness = y <= epsilon ? y * kappa : 116 * Math.cbrt(y) - 16;
	const sum = x + 15 * y + 3 * z;
	const u = sum === 0 ? 0 : 13 * lightness * ((4 * x) / sum - whiteU);
	const v = sum === 0 ? 0 : 13 * lightness * ((9 * y) / sum - whiteV);
	const chroma = Math.hypot(u, v);
	if (chroma < 0.000001 || lightness > 99.9999999) {
		return {hue: 0, saturation: 0, lightness};
	}

	const angle = Math.atan2(v, u);
	return {
		hue: ((angle * 180) / Math.PI + 360) % 360,
		saturation: (chroma / greatestChroma(lightness, angle)) * 100,
		lightness,
	};
}

/** Relative luminance of WCAG 2, from 0 to 1. */
export function luminance([red, green, blue]: Rgb): number {
	return 0.2126 * expanded(red) + 0.7152 * expanded(green) + 0.0722 * expanded(blue);
}

/** Contrast of two colours as WCAG 2 has it, from 1 to 21. Text needs 4.5. */
export function contrast(one: Rgb, other: Rgb): number {
	const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
	return (high + 0.05) / (low + 0.05);
}

/** How far from grey a hue goes at this lightness before it leaves sRGB: to the nearest of the six edges of its cube. */
function greatestChroma(lightness: number, angle: number): number {
	const third = (lightness + 16) ** 3 / 1_560_896;
	const part = third > epsilon ? third : lightness / kappa;
	const lengths = toLinearRgb.flatMap(([m1, m2, m3]) =>
		[0, 1].map(edge => {
			const below = (632_260 * m3 - 126_452 * m2) * part + 126_452 * edge;
			const slope = ((284_517 * m1 - 94_839 * m3) * part) / below;
			const offset =
				((838_422 * m3 + 769_860 * m2 + 731_718 * m1) * lightness * part - 769_860 * edge * lightness) / below;
			return offset / (Math.sin(angle) - slope * Math.cos(angle));
		}),
	);
	return Math.min(...lengths.filter(length => length >= 0));
}

function luminanceOf(lightness: number): number {
	return lightness > 8 ? ((lightness + 16) / 116) ** 3 : lightness / kappa;
}

function mapped(matrix: readonly [Row, Row, Row], [a, b, c]: Row, finish: (value: number) => number): Rgb {
	const [red, green, blue] = matrix;
	const product = ([m1, m2, m3]: Row) => finish(m1 * a + m2 * b + m3 * c);
	return [product(red), product(green), product(blue)];
}

function companded(value: number): number {
	const clipped = Math.min(1, Math.max(0, value));
	return clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
}

function expanded(value: number): number {
	return value > 0.04045 ? ((value + 0.055) / 1.055) ** 2.4 : value / 12.92;
}
