import test from 'ava';
import {contrast, hsluvToRgb, type Rgb, rgbToHsluv} from '../../source/themes/hsluv.js';
import {themes} from '../../source/themes/index.js';
import {light} from '../../source/themes/light.js';
import {monochrome} from '../../source/themes/monochrome.js';
import type {Look, Role, Theme, ThemeColor} from '../../source/themes/theme.js';
import {isThemeProblem, readTheme} from '../../source/themes/theme-file.js';
import {hueOf, huePalette, nameColors, nearestHue} from '../../source/tui/panes/name-colors.js';
import {createPalette} from '../../source/tui/panes/palette.js';
import {packColor, toRgb} from '../../source/tui/screen/color.js';
import {plain} from '../../source/tui/screen/style.js';

const rgb = (color: ThemeColor): Rgb => {
	const [red, green, blue] = toRgb(packColor(color));
	return [red / 255, green / 255, blue / 255];
};

const groundOf = ({ground}: Theme): Rgb => (ground === 'light' ? [1, 1, 1] : [0, 0, 0]);
const inkOf = ({ground}: Theme): Rgb => (ground === 'light' ? [0, 0, 0] : [1, 1, 1]);

function contrastOf(theme: Theme, {foreground, background, inverse}: Look): number {
	const front = foreground === undefined ? inkOf(theme) : rgb(foreground);
	const back = background === undefined ? groundOf(theme) : rgb(background);
	return inverse === true ? contrast(back, front) : contrast(front, back);
}

const rolesOf = (theme: Theme) => Object.entries(theme.roles) as ReadonlyArray<[Role, Look]>;

// XEP-0392 §13.1: text, hue, red, green, blue at saturation 100 and lightness 50.
const vectors = [
	['Romeo', 327.255249, 0.865, 0, 0.686],
	['juliet@capulet.lit', 209.4104, 0, 0.515, 0.573],
	['😺', 331.199341, 0.872, 0, 0.659],
	['council', 359.994507, 0.918, 0, 0.394],
	['Board', 171.430664, 0, 0.527, 0.457],
] as const;

for (const [text, hue, ...expected] of vectors) {
	test(`the hue and the colour of “${text}” are those of the test vector in XEP-0392`, t => {
		t.true(Math.abs(hueOf(text) - hue) < 0.000001);
		const found = hsluvToRgb({hue: hueOf(text), saturation: 100, lightness: 50});
		for (const [index, part] of expected.entries()) {
			t.true(Math.abs((found[index] ?? 0) - part) < 0.0006, `${found}`);
		}
	});
}

// XEP-0392 §13.2: the same on the palette of six steps a channel.
const paletteVectors = [
	['Romeo', 1, 0, 0.8],
	['juliet@capulet.lit', 0, 0.8, 1],
	['😺', 1, 0.4, 0.8],
	['council', 0.8, 0.2, 0.4],
	['Board', 0, 1, 0.8],
] as const;

test('a small palette gives the colours of the test vectors in XEP-0392', t => {
	const steps = [0, 0.2, 0.4, 0.6, 0.8, 1];
	const colors = steps.flatMap(red =>
		steps.flatMap(green =>
			steps.map(blue => {
				const each: Rgb = [red, green, blue];
				return {rgb: each, color: each};
			}),
		),
	);
	const palette = huePalette(colors);
	for (const [text, ...expected] of paletteVectors) {
		t.deepEqual(nearestHue(palette, hueOf(text)), expected, text);
	}
});

test('HSLuv leads there and back again', t => {
	for (let hue = 0; hue < 360; hue += 15) {
		const back = rgbToHsluv(hsluvToRgb({hue, saturation: 80, lightness: 60}));
		t.true(Math.abs(back.hue - hue) < 0.001 && Math.abs(back.saturation - 80) < 0.01, `${hue}`);
		t.true(Math.abs(back.lightness - 60) < 0.001);
	}

	t.deepEqual(hsluvToRgb({hue: 90, saturation: 100, lightness: 100}), [1, 1, 1]);
	t.deepEqual(hsluvToRgb({hue: 90, saturation: 100, lightness: 0}), [0, 0, 0]);
});

for (const theme of themes) {
	const least = theme.name.startsWith('high-contrast') ? 7 : 4.5;

	test(`every role of the theme ${theme.name} can be read: at least ${least}:1`, t => {
		for (const [role, look] of rolesOf(theme)) {
			t.true(contrastOf(theme, look) >= least, `${role}: ${contrastOf(theme, look).toFixed(2)}`);
		}
	});

	test(`so can every name in the theme ${theme.name}, however many colours there are`, t => {
		t.is(nameColors(theme, 'none')('x') === undefined, theme.names.length === 0);
		for (const depth of ['truecolor', '256'] as const) {
			const colorOf = nameColors(theme, depth);
			for (let index = 0; index < 300; index++) {
				const color = colorOf(`somebody${index}`);
				if (color !== undefined) {
					t.true(contrastOf(theme, {foreground: color}) >= 4.5, `${depth} ${color}`);
				}
			}
		}

		for (const color of theme.names) {
			t.true(contrastOf(theme, {foreground: color}) >= 3, `${color}`);
		}
	});

	test(`the theme ${theme.name} looks the same to whoever reads it twice, and says in a sentence what it is`, t => {
		t.regex(theme.about, /^[a-z].*[^.]$/u);
		t.is(themes.filter(each => each.name === theme.name).length, 1);
	});
}

const colored = themes.filter(({ground}) => ground !== 'any');

/** What stands side by side on the screen and means something else. */
const opposites: ReadonlyArray<readonly [Role, Role]> = [
	['confirmed', 'error'],
	['present', 'busy'],
	['present', 'away'],
	['present', 'absent'],
	['text', 'faint'],
	['text', 'unread'],
	['unread', 'highlight'],
	['notice', 'warning'],
	['warning', 'error'],
	['bar', 'barAlert'],
	['text', 'selected'],
	['text', 'match'],
	['text', 'code'],
	['text', 'misspelt'],
	['text', 'activity'],
	['text', 'ownName'],
	['text', 'heading'],
	['text', 'link'],
];

test('monochrome has no colour, and tells by attributes apart what stands side by side', t => {
	for (const [role, {foreground, background}] of rolesOf(monochrome)) {
		t.is(foreground ?? background, undefined, role);
	}

	const {role} = createPalette(monochrome, {depth: 'none'});
	for (const [one, other] of opposites.filter(([each]) => each !== 'confirmed')) {
		t.not(role[one], role[other], `${one} ${other}`);
	}
});

test('every theme tells them apart, with sixteen colours too', t => {
	for (const theme of colored) {
		for (const depth of ['truecolor', '16'] as const) {
			const {role} = createPalette(theme, {depth});
			for (const [one, other] of opposites) {
				t.not(role[one], role[other], `${theme.name} ${depth}: ${one} ${other}`);
			}
		}
	}
});

/** How people see a colour who lack one kind of cone (Viénot, Brettel and Mollon 1999, linear sRGB), and who lack the third. */
const deficiencies: Readonly<Record<string, readonly [Rgb, Rgb, Rgb]>> = {
	protanopia: [
		[0.11238, 0.88762, 0],
		[0.11238, 0.88762, 0],
		[0.00401, -0.00401, 1],
	],
	deuteranopia: [
		[0.29275, 0.70725, 0],
		[0.29275, 0.70725, 0],
		[-0.02234, 0.02234, 1],
	],
};

function seenWith(matrix: readonly [Rgb, Rgb, Rgb], color: Rgb): Rgb {
	const linear = color.map(part => (part > 0.04045 ? ((part + 0.055) / 1.055) ** 2.4 : part / 12.92));
	const [red, green, blue] = matrix.map(row => {
		const value = Math.min(
			1,
			Math.max(
				0,
				row.reduce((sum, factor, index) => sum + factor * (linear[index] ?? 0), 0),
			),
		);
		return value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
	});
	return [red ?? 0, green ?? 0, blue ?? 0];
}

function distance(one: Rgb, other: Rgb): number {
	return Math.hypot(...one.map((part, index) => part - (other[index] ?? 0)));
}

test('colour-blind safe themes keep what is good and what is bad apart for people who see no red or no green', t => {
	const pairs: ReadonlyArray<readonly [Role, Role]> = [
		['confirmed', 'error'],
		['confirmed', 'warning'],
		['present', 'busy'],
		['present', 'away'],
		['unread', 'highlight'],
		['notice', 'warning'],
	];
	const colorOf = (theme: Theme, role: Role) => {
		const {foreground} = theme.roles[role];
		return foreground === undefined ? inkOf(theme) : rgb(foreground);
	};
	for (const theme of themes.filter(({name}) => name.startsWith('color-blind'))) {
		for (const [name, matrix] of Object.entries(deficiencies)) {
			for (const [one, other] of pairs) {
				const apart = distance(seenWith(matrix, colorOf(theme, one)), seenWith(matrix, colorOf(theme, other)));
				t.true(apart > 0.3, `${theme.name} ${name} ${one} ${other}: ${apart.toFixed(2)}`);
			}
		}
	}
});

test('people have twelve colours or more where there are 256, and one hue each where there are more', t => {
	const [dark] = themes;
	const colors = (depth: 'truecolor' | '256') => {
		const colorOf = dark === undefined ? () => undefined : nameColors(dark, depth);
		return new Set(Array.from({length: 500}, (_, index) => colorOf(`somebody${index}@example.org`))).size;
	};

	t.true(colors('256') >= 30, `${colors('256')}`);
	t.true(colors('truecolor') > 300, `${colors('truecolor')}`);
	t.is(dark?.names.length, 12);
});

test('names have no colours where they are not wanted', t => {
	const [dark] = themes;
	if (dark !== undefined) {
		t.is(createPalette(dark, {names: false}).name('romeo@example.net'), plain);
		t.not(createPalette(dark).name('romeo@example.net'), plain);
	}
});

test("a theme of a person's own takes what it does not say from the one it extends", t => {
	const theme = readTheme('mine', {extends: 'light', roles: {unread: {foreground: '#005f00', bold: true}}});
	if (isThemeProblem(theme)) {
		t.fail(theme.message);
		return;
	}

	t.like(theme, {roles: {unread: {foreground: '#005f00', bold: true}}});
	t.like(theme, {name: 'mine', ground: 'light', nameLightness: 45});
	t.is(theme.roles.error, light.roles.error);
});

test('names of its own are used at any depth, unless it gives a lightness too', t => {
	const own = readTheme('mine', {names: ['#ff0000']});
	t.is(isThemeProblem(own) ? undefined : nameColors(own, 'truecolor')('anybody'), '#ff0000');
	const both = readTheme('mine', {names: ['#ff0000'], nameLightness: 60});
	t.not(isThemeProblem(both) ? undefined : nameColors(both, 'truecolor')('anybody'), '#ff0000');
});

for (const [value, place, message] of [
	[[], '', 'must be an object'],
	[{extends: 'drak'}, 'extends', 'must be the name of a theme'],
	[{extends: 3}, 'extends', 'must be the name of a theme'],
	[{colours: {}}, 'colours', 'is not known'],
	[{about: 1}, 'about', 'must be a text'],
	[{ground: 'grey'}, 'ground', 'must be "dark"'],
	[{names: 'red'}, 'names', 'must be a list'],
	[{names: ['red', 'pink']}, 'names[1]', 'must be a colour'],
	[{nameLightness: 101}, 'nameLightness', 'must be a number from 0 to 100'],
	[{roles: []}, 'roles', 'must be an object'],
	[{roles: {unraed: {}}}, 'roles.unraed', 'is not known'],
	[{roles: {unread: 'red'}}, 'roles.unread', 'must be an object'],
	[{roles: {unread: {color: 'red'}}}, 'roles.unread.color', 'is not known'],
	[{roles: {unread: {foreground: '#ff00'}}}, 'roles.unread.foreground', 'must be a colour'],
	[{roles: {unread: {background: 256}}}, 'roles.unread.background', 'must be a colour'],
	[{roles: {unread: {bold: 'yes'}}}, 'roles.unread.bold', 'must be true or false'],
	[{roles: {bar: {sixteen: {dim: 1}}}}, 'roles.bar.sixteen.dim', 'must be true or false'],
	[{roles: {bar: {sixteen: {sixteen: {}}}}}, 'roles.bar.sixteen', 'may not hold'],
] as const) {
	test(`what is wrong in a theme is said with its place: ${JSON.stringify(value)}`, t => {
		const problem = readTheme('mine', value);
		t.is('place' in problem ? problem.place : undefined, place);
		t.true('message' in problem && problem.message.startsWith(message));
	});
}
