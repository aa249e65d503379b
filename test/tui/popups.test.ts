import test from 'ava';
import {registry} from '../../source/commands/definitions/index.js';
import {chordName} from '../../source/model/chords.js';
import {defaultBindings} from '../../source/model/keys.js';
import {displayWidth} from '../../source/shared/text.js';
import {openedHelp} from '../../source/tui/app/help-popup.js';
import {helpPage} from '../../source/tui/app/help-topics.js';
import {emptyEditor, withText} from '../../source/tui/input/editor.js';
import {popupLayout} from '../../source/tui/popups/layout.js';
import type {Popup} from '../../source/tui/popups/popup.js';
import {wrapHanging} from '../../source/tui/popups/spans.js';
import {golden} from './support.js';

const sizes = [
	[40, 12],
	[80, 24],
	[200, 50],
] as const;

/** Every page of the help on a topic, as the popup shows it on a screen of that size. */
function pages(topic: string | undefined, columns: number, rows: number): string {
	const floor = rows - 2;
	const shown: string[] = [];
	let top = 0;
	for (;;) {
		const layout = popupLayout({...openedHelp(helpPage(topic)), top}, columns, floor);
		const lines = layout.rows.map(row => row.map(span => span.text).join(''));
		if (shown.at(-1) === lines.join('\n')) {
			return shown.join('\n\n');
		}

		shown.push(lines.join('\n'));
		top += lines.length - 2;
	}
}

test('the help stands in columns, however narrow the screen', t => {
	for (const topic of ['marks', 'msg']) {
		for (const [columns, rows] of sizes) {
			const picture = pages(topic, columns, rows);
			t.true(picture.split('\n').every(each => displayWidth(each) <= columns - 4));
			t.is(picture, golden(`help-${topic}-${columns}x${rows}`, picture));
		}
	}
});

test('every command and every key is in the help, and fits', t => {
	for (const [columns, rows] of sizes) {
		const index = pages(undefined, columns, rows);
		const keys = pages('keys', columns, rows);
		t.true([...index.split('\n'), ...keys.split('\n')].every(each => displayWidth(each) <= columns - 4));
		t.deepEqual(
			registry.commands.filter(({name}) => !new RegExp(`^  /${name}( |$)`, 'm').test(index)).map(({name}) => name),
			[],
		);
		t.deepEqual(
			defaultBindings.flatMap(({chords}) => chords).filter(chord => !isThere(keys, chordName(chord))),
			[],
		);
	}
});

/** The ten keys for the first ten buffers make one row. */
function isThere(keys: string, chord: string): boolean {
	return /^Alt\+\d$/u.test(chord) ? keys.includes('Alt+1 … Alt+9, Alt+0') : keys.includes(chord);
}

const popups: Readonly<Record<string, Popup>> = {
	completion: {
		type: 'completion',
		candidates: Array.from({length: 12}, (_, index) => ({
			insert: `friend${index}@example.org`,
			label: `friend${index}@example.org`,
			note: index === 3 ? 'Somebody with a name that is longer than the whole of a small screen' : `Friend ${index}`,
		})),
		selected: 3,
		from: 5,
		to: 7,
		typed: {text: '/msg fr', cursor: 7},
		help: {
			usage: [{text: '/msg '}, {text: '<who>', parameter: 'who'}, {text: ' [message]', parameter: 'message'}],
			active: 'who',
			summary: 'Send a message without leaving this buffer',
		},
	},
	links: {
		type: 'links',
		links: [
			{target: 'https://example.org/a', note: 'Romeo: see'},
			{target: `https://example.org/${'long/'.repeat(30)}`, note: ''},
		],
		selected: 1,
	},
	'learn-key': {type: 'learnKey', pressed: {name: 'Ctrl+X n', does: 'It means nothing yet.'}},
	'help-search': {
		...openedHelp({
			title: 'Help',
			lines: [
				{text: 'Commands', heading: true},
				{text: '  /away  Tell your contacts that you are away', hang: 9, topic: 'away'},
				{
					text: '  /status  Set what your contacts see of you, which is public to all of them',
					hang: 11,
					topic: 'status',
				},
			],
			search: 'everything',
		}),
		query: withText(emptyEditor, 'lunch'),
		selected: 1,
	},
};

test('popups are as wide as the screen allows, and no wider', t => {
	for (const [name, popup] of Object.entries(popups)) {
		for (const [columns, rows] of sizes) {
			const {rectangle, rows: shown} = popupLayout(popup, columns, rows - 2);
			const lines = shown.map(row => row.map(span => span.text).join(''));
			t.true(lines.every(each => displayWidth(each) <= columns - 4));
			t.true(rectangle.x + rectangle.width <= columns && rectangle.y + rectangle.height <= rows - 2);
			const picture = [...lines, `-- at ${rectangle.x},${rectangle.y}`].join('\n');
			t.is(picture, golden(`popup-${name}-${columns}x${rows}`, picture));
		}
	}
});

test('a long explanation goes on below itself', t => {
	t.deepEqual(wrapHanging('  /add  Add somebody to the contacts', 26, 8), [
		'  /add  Add somebody to',
		'        the contacts',
	]);
});

test('where there is no room for two columns the explanation stands below', t => {
	t.deepEqual(wrapHanging('  /account remove  Forget an account', 24, 19), [
		'  /account remove',
		'    Forget an account',
	]);
});
