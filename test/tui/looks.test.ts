import test from 'ava';
import {defaultPreferences, type Preferences} from '../../source/model/settings.js';
import {type Problem, XmppcError} from '../../source/shared/errors.js';
import {initialState} from '../../source/store/state.js';
import {dark} from '../../source/themes/dark.js';
import type {Theme} from '../../source/themes/theme.js';
import {createLooks, type LooksOptions, listedThemes, type OwnThemes} from '../../source/tui/app/looks.js';
import {initialView, withPopup} from '../../source/tui/app/view-state.js';
import {plain} from '../../source/tui/screen/style.js';
import {buffer, evening, message, romeo, withRomeo} from './support.js';
import {createTypist, press, type Typist} from './typist.js';

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
			theme === undefined
				? initialView
				: withPopup(initialView, {type: 'themes', themes: [{name: theme, about: ''}], selected: 0, set: 'auto'}),
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
	const {paint, looks} = looksWith({own});
	const first = paint({theme: 'mine'});
	t.is(paint({theme: 'mine'}), first);
	foreground = 2;
	t.not(paint({theme: 'mine', receipts: false}).role.unread, first.role.unread);
	foreground = 3;
	const before = paint({theme: 'mine'});
	foreground = 4;
	looks.reread();
	t.not(paint({theme: 'mine'}).role.unread, before.role.unread);
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

const changes = ({backend}: Typist) =>
	backend.calls.filter(({action}) => action === 'changeSetting').map(({input}) => input);

test('/theme lists the themes, the arrows try them on, Enter keeps one and Escape none', async t => {
	const typist = await createTypist();
	await typist.type('/theme\r');
	t.regex(typist.popup() ?? '', /^Colours .*\n✓ auto .*\n {2}dark /u);
	await typist.type(press.down);
	await typist.type(press.down);
	t.like(typist.app.view().popup, {type: 'themes', selected: 2});
	await typist.type(press.escape);
	await typist.settle();
	t.is(typist.popup(), undefined);
	t.deepEqual(changes(typist), []);
	await typist.type('/theme\r');
	await typist.type(press.up);
	await typist.type(press.enter);
	t.is(typist.popup(), undefined);
	t.deepEqual(changes(typist), [{name: 'theme', value: 'monochrome'}]);
	t.is(typist.app.state().preferences.theme, 'monochrome');
});

test("/theme takes a theme by its name, those of one's own too, and points at a wrong one", async t => {
	const themes = () => [
		{name: 'dark', about: ''},
		{name: 'mine', about: 'my own'},
	];
	let reread = 0;
	const rereadThemes = () => reread++;
	const typist = await createTypist({}, undefined, undefined, undefined, {themes, rereadThemes});
	await typist.type('/theme m\t');
	t.is(typist.input().trim(), '/theme mine');
	await typist.type('\r');
	t.deepEqual(changes(typist), [{name: 'theme', value: 'mine'}]);
	t.is(reread, 1, 'its file may have been edited');
	t.regex(typist.screen(), /The theme is mine now\./u);
	await typist.type('/theme drak\r');
	t.regex(typist.screen(), /There is no theme “drak”\..*Did you mean dark\?/su);
	t.is(typist.input(), '/theme drak');
});

test('a theme with a mistake in its file is not taken, but says what is wrong with it', async t => {
	const own: OwnThemes = {
		names: () => ['bad'],
		load() {
			throw new XmppcError({
				code: 'invalid-theme',
				kind: 'configuration',
				message: 'In bad.json: no.',
				hint: 'Correct it.',
			});
		},
	};
	const typist = await createTypist({}, undefined, undefined, undefined, {themes: () => listedThemes(own)});
	for (const line of ['/theme bad', '/set theme bad']) {
		await typist.type(`${line}\r`);
		t.regex(typist.screen(), /In bad\.json: no\. {2}Correct it\./u);
		t.is(typist.input(), line);
		await typist.type(press.control('C'));
	}

	await typist.type('/theme\r');
	t.regex(typist.popup() ?? '', /bad .*a mistake in its file/u);
	await typist.type(press.up + press.enter);
	t.regex(typist.screen(), /In bad\.json: no\./u);
	t.deepEqual(changes(typist), []);
});

test('/unfold shows all of a long message, /fold its beginning again', async t => {
	const typist = await createTypist();
	const text = Array.from({length: 60}, (_, index) => `row ${index}`).join('\n');
	typist.app.hear({type: 'buffer.opened', buffer: buffer(romeo)});
	typist.app.hear({type: 'history.loaded', buffer: withRomeo, complete: true, messages: [message(evening, text)]});
	await typist.type('\u001b2');
	t.regex(typist.screen(), /row 9\n.*… 50 more lines: \/unfold shows them/u);
	await typist.type('/unfold\r');
	t.regex(typist.screen(), /row 59/u);
	await typist.type('/unfold\r');
	t.regex(typist.screen(), /No message on the screen is folded/u);
	await typist.type('/fold\r');
	t.regex(typist.screen(), /… 50 more lines/u);
	await typist.type('/fold\r');
	t.regex(typist.screen(), /No message here was unfolded/u);
});
