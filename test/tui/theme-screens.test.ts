import test from 'ava';
import type {StoreEvent} from '../../source/store/state.js';
import {themes} from '../../source/themes/index.js';
import {monochrome} from '../../source/themes/monochrome.js';
import {initialView, type ViewState, withActive, withInput, withPopup} from '../../source/tui/app/view-state.js';
import {lookOf} from '../../source/tui/screen/style.js';
import {coloredPicture} from './support/colored-picture.js';
import {ball, came, capulets, household, inCapulets, said} from './support/rooms.js';
import {evening, golden, message, minutes, paint, recorded, stateAfter, withRomeo} from './support.js';

const code =
	'The key, as I had it:\n```\nfn main() {\n    let wherefore = "art thou";\n}\n```\n> and what did *he* say?\n_nothing_';
const when = evening + 10 * minutes;

/** A conversation with all that can be seen of a message. */
const talk: readonly StoreEvent[] = [
	{
		type: 'history.loaded',
		buffer: withRomeo,
		complete: true,
		messages: [
			message(evening, 'But soft, what light? https://example.org/sun', {encryption: 'omemo'}),
			message(evening + 1000, 'It is the east', {encryption: 'omemo'}),
			message(evening + 4 * minutes, 'Ay me!', {direction: 'outgoing', state: 'displayed', encryption: 'omemo'}),
			message(evening + 4 * minutes, '/me sighs', {direction: 'outgoing', state: 'acked'}),
		],
	},
	recorded(evening + 6 * minutes, 'By whose direction?', {
		direction: 'outgoing',
		state: 'failed',
		failure: 'romeo@example.net does not exist.',
	}),
	recorded(evening + 7 * minutes, code),
	{
		type: 'notice',
		level: 'warning',
		text: 'The connection was lost.',
		hint: 'It is tried again in 4 s.',
		buffer: withRomeo,
		at: evening + 8 * minutes,
	},
];

const dance: readonly StoreEvent[] = [
	...ball,
	said(capulets, 'tybalt', when, 'Fetch me my rapier, boy.'),
	came('tybalt', when + minutes, 'left'),
	came('a stranger', when + minutes),
	came('nurse', when + 2 * minutes, 'left'),
	came('nurse', when + 2 * minutes),
	said(capulets, 'nurse', when + 3 * minutes, 'juliet: his name is *Romeo*, and a Montague', {highlight: true}),
	said(capulets, 'nurse', when + 3 * minutes, 'The only son of your great enemy.'),
	said(capulets, 'Peter', when + 4 * minutes, '', {subject: 'The ball is over'}),
	said(capulets, 'Peter', when + 5 * minutes, Array.from({length: 60}, (_, index) => `item ${index + 1}`).join('\n')),
];

const chat = stateAfter(...household, ...talk);
const room = stateAfter(...household, ...dance);
const inChat: ViewState = withInput(withActive(initialView, withRomeo, undefined), 'I take thee at thy word');
const inRoom: ViewState = withActive(initialView, inCapulets, when * 1024);
const choosing = withPopup(inRoom, {
	type: 'themes',
	themes: themes.map(({name, about}) => ({name, about})),
	selected: 1,
	set: 'dark',
});

for (const theme of themes) {
	for (const [columns, rows] of [
		[40, 12],
		[80, 24],
		[200, 50],
	] as const) {
		const size = `${columns}x${rows}`;
		test(`the theme ${theme.name} at ${size}: a chat, a room, a popup, with the colours`, t => {
			const pictures = [
				coloredPicture(chat, inChat, theme, {}, [columns, rows]),
				coloredPicture(room, inRoom, theme, {}, [columns, rows]),
				coloredPicture(room, choosing, theme, {}, [columns, rows]),
			].join('\n\n');
			t.is(pictures, golden(`theme-${theme.name}-${size}`, pictures));
		});
	}
}

test('sixteen colours have looks of their own', t => {
	const [dark] = themes;
	if (dark !== undefined) {
		const pictures = [chat, room]
			.map((state, index) => coloredPicture(state, index === 0 ? inChat : inRoom, dark, {depth: '16'}))
			.join('\n\n');
		t.is(pictures, golden('theme-dark-16-colors', pictures));
	}
});

test('without colours nothing has one', t => {
	const legend = coloredPicture(room, choosing, monochrome, {depth: 'none'});
	t.notRegex(legend, /^\S {2}(?:text|ground)/mu);
	t.regex(legend, /inverse/u);
	t.is(lookOf(0).foreground, 0);
});

for (const [name, state, view] of [
	['talk', chat, inChat],
	['dance', room, inRoom],
] as const) {
	test(`a conversation with code, quotations, marks and who comes and goes: ${name}`, t => {
		for (const [columns, rows] of [
			[80, 24],
			[200, 50],
			[40, 12],
		] as const) {
			const {text} = paint(state, view, columns, rows);
			t.is(text, golden(`${name}-${columns}x${rows}`, text));
		}
	});
}
