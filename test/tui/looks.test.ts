import test from 'ava';
import {defaultPreferences, type Preferences} from '../../source/model/settings.js';
import type {Problem} from '../../source/shared/errors.js';
import {initialState} from '../../source/store/state.js';
import {dark} from '../../source/themes/dark.js';
import type {Theme} from '../../source/themes/theme.js';
import {createLooks, type LooksOptions, listedThemes, type OwnThemes} from '../../source/tui/app/looks.js';
import {initialView} from '../../source/tui/app/view-state.js';
import {plain} from '../../source/tui/screen/style.js';

const none: OwnThemes = {names: () => [], load: () => undefined};

function looksWith(options: Partial<LooksOptions> = {}) {
	const themes: Theme[] = [];
	const problems: Problem[] = [];
	const looks = createLooks({
		own: none,
		depth: 'truecolor',
		background: 'unknown',
		onTheme: theme => themes.push(theme),
		onProblem: problem => problems.push(problem),
		...options,
	});
	const paint = (preferences: Partial<Preferences> = {}, theme?: string) =>
		looks.paletteFor(
			{...initialState, preferences: {...defaultPreferences, ...preferences}},
			theme === undefined ? initialView : {...initialView, theme},
		);
	return {looks, paint, themes, problems};
}

test('whoever has chosen no theme gets the one for the ground of the terminal', t => {
	const {looks, paint, themes} = looksWith();
	t.is(paint().theme.name, 'dark');
	t.true(looks.setBackground('light'));
	t.false(looks.setBackground('light'));
	t.is(paint().theme.name, 'light');
	t.deepEqual(
		themes.map(({name}) => name),
		['light'],
	);
	t.is(paint({theme: 'dark'}).theme.name, 'dark');
});

test('a palette stays the same object until something looks different', t => {
	const {looks, paint} = looksWith();
	const first = paint();
	t.is(paint(), first);
	t.is(paint({receipts: false}), first);
	t.not(paint({theme: 'light'}), first);
	t.not(paint({'color.names': false}), first);
	t.is(paint({'color.names': false}).name('romeo'), plain);
	looks.setDepth('16');
	t.not(paint(), first);
	t.deepEqual(paint().theme.roles.bar, {inverse: true});
});

test('without colours it is monochrome, whatever was chosen', t => {
	t.is(looksWith({depth: 'none'}).paint({theme: 'light'}).theme.name, 'monochrome');
});

test('a theme is tried on before it is chosen', t => {
	const {paint, themes} = looksWith();
	paint();
	t.is(paint({}, 'light').theme.name, 'light');
	t.is(paint().theme.name, 'dark');
	t.deepEqual(
		themes.map(({name}) => name),
		['light', 'dark'],
	);
});

test("a theme of one's own is read again with the settings", t => {
	let foreground = 1;
	const own: OwnThemes = {
		names: () => ['mine'],
		load: name => (name === 'mine' ? {...dark, name, roles: {...dark.roles, unread: {foreground}}} : undefined),
	};
	const {paint} = looksWith({own});
	const first = paint({theme: 'mine'});
	t.is(paint({theme: 'mine'}), first);
	foreground = 2;
	t.not(paint({theme: 'mine'}).role.unread, first.role.unread);
});

test('a theme that cannot be had is said once, and another one painted', t => {
	const own: OwnThemes = {
		names: () => ['broken'],
		load(name) {
			if (name === 'broken') {
				throw new Error('roles must be an object');
			}

			return undefined;
		},
	};
	const {paint, problems} = looksWith({own});
	t.is(paint({theme: 'broken'}).theme.name, 'dark');
	paint({theme: 'broken'});
	t.is(paint({theme: 'gone'}).theme.name, 'dark');
	t.is(problems.length, 2);
	t.like(problems[1], {code: 'no-such-theme', message: 'There is no theme “gone”.'});
	t.regex(problems[1]?.hint ?? '', /^There are auto, dark, light, .*broken\.$/);
});

test("the list of themes names those of one's own last, and an own one in the place of one that comes with the program", t => {
	const own: OwnThemes = {names: () => ['dark', 'mine'], load: name => ({...dark, name, about: 'of my own'})};
	const listed = listedThemes(own);
	t.deepEqual(
		listed.slice(-2).map(({name}) => name),
		['dark', 'mine'],
	);
	t.is(listed.filter(({name}) => name === 'dark').length, 1);
	t.is(listed[0]?.name, 'auto');
});
