import test from 'ava';
import {type Buffer, bufferId} from '../../source/model/buffer.js';
import {keymapWith} from '../../source/model/key-check.js';
import {defaultBindings} from '../../source/model/keys.js';
import type {Occupant} from '../../source/model/room.js';
import {XmppcError} from '../../source/shared/errors.js';
import type {BareJid, Jid} from '../../source/shared/jid.js';
import {createKeyReader} from '../../source/tui/app/key-reader.js';
import {linksIn} from '../../source/tui/app/links.js';
import {line} from '../../source/tui/screen/line.js';
import {plain, withLink} from '../../source/tui/screen/style.js';
import {createManualClock} from '../support/manual-clock.js';
import {
	account,
	buffer,
	contact,
	evening,
	me,
	message,
	minutes,
	nurse,
	romeo,
	withNurse,
	withRomeo,
} from './support.js';
import {createTypist, press, type Typist} from './typist.js';

const people = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Romeo Montague'}), contact(nurse)],
	buffers: [buffer(romeo), buffer(nurse)],
	active: withRomeo,
};

const garden = 'garden@rooms.example.org' as BareJid;
const inGarden = bufferId(me, 'room', garden);

const occupant = (nick: string): Occupant => ({
	nick,
	role: 'participant',
	affiliation: 'member',
	availability: 'available',
	statusText: '',
});

const roomBuffer: Buffer = buffer(garden, {id: inGarden, kind: 'room'});

const roomy = {
	...people,
	buffers: [...people.buffers, roomBuffer],
	rooms: [
		{
			room: {
				account: me,
				jid: garden,
				buffer: inGarden,
				status: 'joined' as const,
				nick: 'juliet',
				features: {},
			},
			occupants: ['juliet', 'Albert', 'alice', 'Tybalt'].map(occupant),
		},
	],
	active: inGarden,
};

/** The row over the status bar. */
const helpRow = (typist: Typist) => typist.row(21);

test('Tab completes a command, and Tab again its argument', async t => {
	const typist = await createTypist(people);
	await typist.type(`/quer${press.tab}`);
	t.is(typist.input(), '/query ');
	await typist.type(`nur${press.tab}`);
	t.is(typist.input(), '/query nurse@example.org ');
});

test('several candidates stand in a popup with what they are; Tab walks, Shift+Tab walks back', async t => {
	const typist = await createTypist(people);
	await typist.type(`/status ${press.tab}`);
	t.regex(typist.popup() ?? '', /dnd {2,}do not disturb/);
	await typist.type(press.tab);
	t.is(typist.input(), '/status available');
	await typist.type(press.tab);
	t.is(typist.input(), '/status chat');
	await typist.type(press.shiftTab);
	t.is(typist.input(), '/status available');
	await typist.type(press.shiftTab);
	t.is(typist.input(), '/status dnd');
});

test('Escape gives back what was typed before Tab', async t => {
	const typist = await createTypist(people);
	await typist.type(`/re${press.tab}${press.tab}`);
	t.not(typist.input(), '/re');
	await typist.type(press.escape);
	t.is(typist.input(), '/re');
	t.is(typist.popup(), undefined);
	t.is(typist.cursor(), '5,23');
});

test('in a room Tab completes nicks: who spoke last comes first, with a colon at the start of the line', async t => {
	const typist = await createTypist(roomy, undefined, backend =>
		backend.history.set(inGarden, [
			message(evening - 3 * minutes, 'hello', {buffer: inGarden, author: `${garden}/alice` as Jid, kind: 'groupchat'}),
		]),
	);
	await typist.type(`al${press.tab}`);
	await typist.type(press.tab);
	t.is(typist.input(), 'alice: ');
	await typist.type(press.tab);
	t.is(typist.input(), 'Albert: ');
	await typist.type(`so, ty${press.tab}`);
	t.is(typist.input(), 'Albert: so, Tybalt ');
	await typist.type(`@ju${press.tab}`);
	t.is(typist.input(), 'Albert: so, Tybalt @ju');
});

test('Tab completes the short code of an emoji and an address in a message', async t => {
	const typist = await createTypist(people);
	await typist.type(`:tada${press.tab}`);
	t.is(typist.input(), '🎉 ');
	await typist.type(`ask nur${press.tab}`);
	t.is(typist.input(), '🎉 ask nurse@example.org ');
});

test('while a command is typed, the line over the input says what it wants, and the messages do not move', async t => {
	const typist = await createTypist(people, undefined, backend =>
		backend.history.set(
			withRomeo,
			Array.from({length: 60}, (_, index) => message(evening - (90 - index) * minutes, `line ${index}`)),
		),
	);
	const before = typist.row(20);
	typist.painted();
	await typist.type('/msg ');
	t.regex(helpRow(typist), /^ \/msg <who> \[message\] {2}who: a contact: JID or name/);
	t.false(typist.painted().includes('messages'));
	t.is(typist.row(20), before);
	await typist.type('nurse hi');
	t.regex(helpRow(typist), /message: text to the end of the line/);
	await typist.type(press.control('c'));
	t.regex(helpRow(typist), /line 59/);
});

test('while the name is not complete, the line lists what it may become', async t => {
	const typist = await createTypist(people);
	await typist.type('/re');
	t.regex(helpRow(typist), /react {2}redraw.* {2}remove {2}rename {2}reply {2}report/);
});

test('on a small screen no line of messages is covered by help', async t => {
	const typist = await createTypist(people, {columns: 40, rows: 10});
	await typist.type('/msg ');
	t.true(typist.screen().includes('/msg <who>'));
	const tiny = await createTypist(people, {columns: 40, rows: 10});
	await tiny.type(press.paste('/msg nurse a\nb\nc'));
	t.false(tiny.screen().includes('/msg <who>'));
});

test('a line that cannot be obeyed stays, and its wrong word is marked', async t => {
	const typist = await createTypist(people);
	await typist.type(`/msg nobody hello${press.enter}`);
	t.is(typist.input(), '/msg nobody hello');
	t.deepEqual(typist.app.view().hint?.mark, {from: 5, to: 11});
	t.regex(typist.screen(), /No contact is called “nobody”/);
	await typist.type('x');
	t.is(typist.app.view().hint, undefined);
});

test('help opens with F1, turns its pages, and closes', async t => {
	const typist = await createTypist(people);
	await typist.type(press.f1);
	t.regex(typist.popup() ?? '', /Conversation/);
	await typist.type(press.pageDown);
	t.notRegex(typist.popup() ?? '', /Conversation/);
	await typist.type(press.escape);
	t.is(typist.popup(), undefined);
});

test('typing in the help looks for words in all of it; Enter opens what was found, Escape leads back', async t => {
	const typist = await createTypist(people);
	await typist.type(`${press.f1}lunch`);
	t.regex(typist.popup() ?? '', /Help: lunch\nCommands\n {2}\/away/);
	await typist.type(press.enter);
	t.regex(typist.popup() ?? '', /\/away \[text\]/);
	await typist.type(press.escape);
	t.regex(typist.popup() ?? '', /Help: lunch/);
	await typist.type(press.escape);
	t.regex(typist.popup() ?? '', /Conversation/);
	await typist.type(press.escape);
	t.is(typist.popup(), undefined);
	t.is(typist.input(), '');
});

test('a setting that was found opens with its value and what it can be', async t => {
	const typist = await createTypist(people);
	await typist.type(`${press.f1}hours`);
	t.regex(typist.popup() ?? '', /Settings\n {2}notify\.quiet/);
	await typist.type(press.enter);
	t.regex(typist.popup() ?? '', /can be +two times such as/);
	await typist.type(press.escape);
	t.regex(typist.popup() ?? '', /Help: hours/);
});

test('after the first of two keys the line over the bar says how it goes on', async t => {
	const typist = await createTypist(people);
	await typist.type(press.control('x'));
	t.regex(typist.screen(), /Ctrl\+X … [\s\S]*Ctrl\+E: Write the text in your\s+editor/);
	await typist.type('q');
	t.notRegex(typist.screen(), /Ctrl\+X …/);
	t.is(typist.input(), '');
});

test('Up and Down choose among what was found', async t => {
	const typist = await createTypist(people);
	await typist.type(`${press.f1}presence`);
	const [, , first, second] = (typist.popup() ?? '').split('\n');
	await typist.type(press.down + press.enter);
	const name = /\/\w+/u.exec(second ?? '')?.[0] ?? '';
	t.not(name, /\/\w+/u.exec(first ?? '')?.[0]);
	t.true(typist.popup()?.split('\n')[1]?.startsWith(name));
});

test('/help with a word that is no command finds the topics with it, and says so where there is none', async t => {
	const typist = await createTypist(people);
	await typist.type(`/help round trip${press.enter}`);
	t.regex(typist.popup() ?? '', /Commands\n {2}\/ping/);
	await typist.type(press.escape);
	await typist.type(`/help zebra${press.enter}`);
	t.regex(typist.popup() ?? '', /There is no help on “zebra”/);
});

test('a word that nothing has is said to be nowhere', async t => {
	const typist = await createTypist(people);
	await typist.type(`${press.f1}zebra`);
	t.regex(typist.popup() ?? '', /Nothing has all these words/);
});

test('/keys shows only the rows with a word, and what is typed narrows them', async t => {
	const typist = await createTypist(people);
	await typist.type(`/keys buffer${press.enter}`);
	t.regex(typist.popup() ?? '', /Alt\+A +Next buffer with something unread/);
	t.notRegex(typist.popup() ?? '', /One character left/);
	await typist.type('before this');
	t.regex(typist.popup() ?? '', /Buffers\n {2}Alt\+\/ /);
	t.notRegex(typist.popup() ?? '', /Alt\+A /);
});

test('a key of one’s own works at once, and /keys marks it', async t => {
	const typist = await createTypist(people);
	await typist.type(`/bind Alt+X bufferNext${press.enter}`);
	t.deepEqual(typist.backend.asked('changeSetting'), [{name: 'keys', value: {'Alt+X': 'bufferNext'}}]);
	await typist.type(press.alt('x'));
	t.is(typist.app.view().active, withNurse);
	await typist.type(`/keys alt+x${press.enter}`);
	t.regex(typist.popup() ?? '', /Alt\+X\*\n +Next buffer/);
	await typist.type(press.escape);
	await typist.type(`/unbind alt+x${press.enter}`);
	t.deepEqual(typist.app.state().preferences.keys, {});
	await typist.type(press.alt('x'));
	t.is(typist.app.view().active, withNurse);
});

test('a key that cannot be bound is refused with the reason, and marked', async t => {
	const typist = await createTypist(people);
	await typist.type(`/bind Ctrl+I help${press.enter}`);
	t.regex(typist.screen(), /Ctrl\+I is the same as Tab to many terminals/);
	t.deepEqual(typist.app.view().hint?.mark, {from: 6, to: 12});
	await typist.type(`${press.control('c')}/bind F5 halp${press.enter}`);
	t.regex(typist.screen(), /Did you mean help/);
	t.deepEqual(typist.app.view().hint?.mark, {from: 9, to: 13});
	await typist.type(`${press.control('c')}/bind Enter newline${press.enter}`);
	t.regex(typist.screen(), /the only key left/);
	t.deepEqual(typist.backend.asked('changeSetting'), []);
});

test('who is refused the same twice is told so twice', async t => {
	const typist = await createTypist(people);
	const again = async () => {
		typist.backend.refuse(
			'changeSetting',
			new XmppcError({code: 'settings-corrupt', kind: 'configuration', message: 'settings.json is not valid JSON.'}),
		);
		await typist.type(`/set mouse on${press.enter}`);
		return typist.screen().split('is not valid JSON').length - 1;
	};
	t.is(await again(), 1);
	t.is(await again(), 2);
	t.is(typist.app.view().hint?.level, 'error');
	await typist.type('x');
	t.is(typist.app.view().hint, undefined);
});

test('/bind alone tells the name of the key that is pressed, without doing what it does', async t => {
	const typist = await createTypist(people);
	await typist.type(`/bind${press.enter}`);
	t.regex(typist.popup() ?? '', /Press the key/);
	await typist.type(press.alt('2'));
	t.regex(typist.popup() ?? '', /^Alt\+2\nBuffer 2 \(buffer2\)/);
	t.is(typist.app.view().active, withRomeo);
	await typist.type(press.alt('N'));
	t.regex(typist.popup() ?? '', /^Alt\+Shift\+N/);
	await typist.type(press.tab);
	t.regex(typist.popup() ?? '', /^Tab\nComplete the word/);
	await typist.type(press.escape);
	t.is(typist.popup(), undefined);
	t.is(typist.input(), '');
});

test('/do does what a key does', async t => {
	const typist = await createTypist(people);
	await typist.type(`/do bufferNext${press.enter}`);
	t.is(typist.app.view().active, withNurse);
	await typist.type(`/do newline${press.enter}`);
	t.is(typist.input(), '\n');
});

const withLinks = (links: Parameters<typeof createTypist>[4]) =>
	createTypist(
		people,
		undefined,
		backend =>
			backend.history.set(withRomeo, [
				message(evening - 2 * minutes, 'see https://one.example/a, please'),
				message(evening - minutes, 'or https://two.example/'),
			]),
		'',
		links,
	);

test('Alt+O lists the links in view, the newest first; Enter opens one and says so', async t => {
	const opened: string[] = [];
	const typist = await withLinks({
		links: {
			open: async target => {
				opened.push(target);
				return {type: 'opened', program: 'xdg-open'};
			},
			openFile: async () => ({type: 'copied'}),
			copy: async () => ({type: 'copied'}),
		},
	});
	await typist.type(press.alt('o'));
	t.regex(typist.popup() ?? '', /Links\n> https:\/\/two\.example\/.*\n {2}https:\/\/one\.example\/a /);
	await typist.type(press.down + press.enter);
	t.deepEqual(opened, ['https://one.example/a']);
	t.regex(typist.screen(), /Opened with xdg-open: {2}https:\/\/one\.example\/a/);
	await typist.type(`/links${press.enter}c`);
	t.regex(typist.screen(), /Copied: {2}https:\/\/two\.example\//);
});

test('beside a link stands who wrote it and what, where its line says so', t => {
	const at = (text: string) => {
		const runs = [
			{text, style: plain},
			{text: 'https://one.example/', style: withLink(plain, 'https://one.example/')},
		];
		return linksIn([line(runs)])[0]?.note;
	};
	t.is(at('22:01   Romeo │ see '), '22:01 Romeo: see');
	t.is(at('22:01   Romeo » '), '22:01 Romeo');
	t.is(at('              │ and '), 'and');
	t.is(at('              │ '), '');
});

test('where no link is in view, that is said', async t => {
	const typist = await createTypist(people);
	await typist.type(press.alt('o'));
	t.is(typist.popup(), undefined);
	t.regex(typist.screen(), /No link is in view/);
});

test('every Alt key can be typed as Escape and then the key, but for the slash, which begins a command', t => {
	const chords = defaultBindings.flatMap(({chords: each}) => each).filter(chord => chord.startsWith('alt+'));
	t.true(chords.length > 30);
	for (const chord of chords) {
		const name = chord.slice('alt+'.length);
		const event = {type: 'key', key: name, ctrl: false, alt: false, shift: false} as const;
		const typed = name.length === 1 ? {...event, text: name} : event;
		const reader = createKeyReader(() => keymapWith({}), createManualClock(evening));
		reader.escaped();
		const meaning = reader.read(typed);
		const direct = createKeyReader(() => keymapWith({}), createManualClock(evening)).read({...event, alt: true});
		t.deepEqual(meaning, chord === 'alt+/' ? {type: 'text', text: '/'} : direct, chord);
	}
});

test('Alt+= shows who came and went, all or what is set, until the setting is changed', async t => {
	const typist = await createTypist(roomy);
	await typist.type(press.alt('='));
	t.is(typist.app.view().joins, 'all');
	t.regex(typist.screen(), /Coming and going is shown of everybody/);
	await typist.type(press.alt('='));
	t.is(typist.app.view().joins, 'smart');
	await typist.type(`/joins none${press.enter}`);
	t.is(typist.app.view().joins, 'none');
	await typist.type(`/set messages.joins all${press.enter}`);
	t.is(typist.app.view().joins, undefined);
	await typist.type(press.alt('='));
	t.is(typist.app.view().joins, 'smart');
});
