import test from 'ava';
import type {Message, MessageChange} from '../../source/model/message.js';
import type {Jid} from '../../source/shared/jid.js';
import {refusal} from './fake-backend.js';
import {ayMe, related, soft, spoiler, taken} from './support/relations.js';
import {capulets, inCapulets, occupant, room, roomBuffer} from './support/rooms.js';
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

const shiftUp = '\u001b[1;2A';
const end = '\u001b[F';
const home = '\u001b[H';

const people = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Romeo'}), contact(nurse, {name: 'Nurse'})],
	buffers: [buffer(romeo), buffer(nurse)],
	active: withRomeo,
};

const talking = (messages: readonly Message[] = related, more: Parameters<typeof createTypist>[4] = {}) =>
	createTypist(people, {columns: 80, rows: 30}, backend => backend.history.set(withRomeo, [...messages]), '', more);

/** The line above the input. */
const note = (typist: Typist) => typist.row(28);
/** The first line of what is selected. */
const selected = (typist: Typist) =>
	typist
		.screen()
		.split('\n')
		.find(row => /^.{12,14}> /u.test(row))
		?.replace(/^.*?> /u, '');

test('Alt+M selects the newest message, the arrows go from one to the next, Escape leaves', async t => {
	const typist = await talking();
	await typist.type(press.alt('m'));
	t.is(selected(typist), 'Good night');
	t.regex(note(typist), /r reply {2}\+ react .* i details .* Esc leaves/u);
	await typist.type(press.up);
	t.regex(selected(typist) ?? '', /a better word/u);
	await typist.type(`${press.down}${press.down}`);
	t.is(selected(typist), 'Good night');
	await typist.type(home);
	t.regex(selected(typist) ?? '', /But soft/u);
	await typist.type(end);
	t.is(selected(typist), 'Good night');
	await typist.type('kj');
	t.is(selected(typist), 'Good night');
	await typist.type(press.escape);
	t.is(selected(typist), undefined);
	t.false(note(typist).includes('reply'));
});

test('Escape selects too, on empty input alone, and stands for Alt for a moment as it always does', async t => {
	const typist = await talking();
	await typist.type(press.escape);
	t.is(selected(typist), 'Good night');
	await typist.type('k');
	t.is(typist.popup()?.includes('Go to'), true, 'Alt+K');
	await typist.type(press.escape);
	await typist.type(`draft${press.escape}`);
	t.is(selected(typist), undefined);
	t.is(typist.input(), 'draft');
	await typist.type(press.control('c'));
	await typist.type(press.escape);
	typist.clock.advance(2000);
	await typist.type('k');
	t.regex(selected(typist) ?? '', /a better word/u);
});

test('right behind Escape the keys that move go to another message, and Enter does what it does there', async t => {
	const typist = await talking([soft, ayMe]);
	await typist.type(press.escape);
	await typist.type(press.up);
	t.regex(selected(typist) ?? '', /But soft/u);
	await typist.type(press.escape);
	await typist.type(press.escape);
	await typist.type(press.enter);
	t.regex(typist.popup() ?? '', /Message/u);
	t.is(typist.input(), '');
});

test('who writes a message while one is selected writes it, but for the letters that do something', async t => {
	const typist = await talking();
	await typist.type(press.escape);
	typist.clock.advance(2000);
	await typist.type('hello');
	t.is(typist.input(), 'hello');
	t.is(selected(typist), undefined);
});

test('in vi mode Escape stays vi’s, and Alt+M selects', async t => {
	const typist = await talking();
	await typist.type(`/set keys.mode vi${press.enter}`);
	await typist.type(press.escape);
	t.is(selected(typist), undefined);
	await typist.type(press.alt('m'));
	t.is(selected(typist), 'Good night');
});

test('in the console nothing is selected', async t => {
	const typist = await createTypist({...people, buffers: []});
	await typist.type(press.alt('m'));
	t.regex(typist.screen(), /There is no message on the screen to select/u);
});

test('older messages are loaded as the selection goes up', async t => {
	const many = Array.from({length: 250}, (_, index) => message(evening + index * 1000, `line ${index}`));
	const typist = await talking(many);
	const loaded = () => typist.backend.asked('loadHistory').length;
	await typist.type(press.alt('m'));
	for (let page = 0; page < 8; page++) {
		await typist.type(press.pageUp);
	}

	t.true(loaded() > 0);
	const [, number] = /line (\d+)/u.exec(selected(typist) ?? '') ?? [];
	t.true(Number(number) < 150, number);
	await typist.type(home);
	t.is(selected(typist), 'line 0');
	await typist.type(end);
	t.is(selected(typist), 'line 249');
});

test('what is selected is in view, whole where it fits', async t => {
	const long = Array.from({length: 12}, (_, index) => `row ${index}`).join('\n');
	const typist = await talking([
		message(evening, long),
		...Array.from({length: 20}, (_, index) => message(evening + minutes + index, `line ${index}`)),
	]);
	await typist.type(press.alt('m'));
	for (let up = 0; up < 20; up++) {
		await typist.type(press.up);
	}

	t.regex(typist.screen(), /> row 0/u);
	t.regex(typist.screen(), /> row 11/u);
});

test('r answers: what is sent next goes with it, once', async t => {
	const typist = await talking([soft, ayMe]);
	await typist.type(`${press.alt('m')}${press.up}r`);
	t.regex(note(typist), /Answering Romeo: But soft, what light .* Esc cancels/u);
	await typist.type(`It is the east${press.enter}`);
	const sent = {account: me, to: romeo, body: 'It is the east'};
	t.deepEqual(typist.backend.asked('sendMessage'), [{...sent, reply: soft.key}]);
	t.false(note(typist).includes('Answering'));
	await typist.type(`and more${press.enter}`);
	t.deepEqual(typist.backend.asked('sendMessage').at(1), {...sent, body: 'and more'});
});

test('Escape gives an answer up and keeps what was written', async t => {
	const typist = await talking([soft, ayMe]);
	await typist.type(`${press.alt('m')}${press.up}rwords`);
	await typist.type(press.escape);
	t.is(typist.input(), 'words');
	t.false(note(typist).includes('Answering'));
	await typist.type(press.enter);
	t.deepEqual(typist.backend.asked('sendMessage'), [{account: me, to: romeo, body: 'words'}]);
});

test('a refused answer stands in the input again, as an answer', async t => {
	const typist = await talking([soft, ayMe]);
	typist.backend.refuse('sendMessage', refusal('message-nameless', 'Nothing can be said about it.'));
	await typist.type(`${press.alt('m')}${press.up}rwords${press.enter}`);
	t.is(typist.input(), 'words');
	t.regex(note(typist), /Answering Romeo/u);
});

test('what is answered belongs to its buffer', async t => {
	const typist = await talking([soft]);
	await typist.type(`${press.alt('m')}r${press.alt('3')}`);
	t.false(typist.screen().includes('Answering'));
	await typist.type(`hello${press.enter}`);
	t.deepEqual(typist.backend.asked('sendMessage'), [{account: me, to: nurse, body: 'hello'}]);
	await typist.type(press.alt('2'));
	t.regex(note(typist), /Answering Romeo/u);
});

test('e puts one’s own words into the input; what is entered takes their place, and the draft is back', async t => {
	const typist = await talking([soft, ayMe]);
	await typist.type(`half a thought${press.alt('m')}e`);
	t.is(typist.input(), 'Ay me!');
	t.regex(note(typist), /Changing: Ay me! .*Esc cancels/u);
	await typist.type(` Alas!${press.enter}`);
	t.deepEqual(typist.backend.asked('correctMessage'), [{account: me, key: ayMe.key, body: 'Ay me! Alas!'}]);
	t.is(typist.input(), 'half a thought');
	t.deepEqual(typist.backend.asked('sendMessage'), []);
});

test('Alt+E changes the last message, Escape leaves it and brings the draft back', async t => {
	const typist = await talking([soft, ayMe]);
	await typist.type(`draft${press.alt('e')}x`);
	t.is(typist.input(), 'Ay me!x');
	await typist.type(press.escape);
	t.is(typist.input(), 'draft');
	await typist.type(press.alt('e'));
	await typist.type(press.enter);
	t.deepEqual(typist.backend.asked('correctMessage'), []);
	t.is(typist.input(), 'draft');
	t.regex(typist.screen(), /nothing was changed/u);
});

test('an empty text takes no message back', async t => {
	const typist = await talking([ayMe]);
	await typist.type(`${press.alt('e')}${press.control('u')}${press.enter}`);
	t.regex(typist.screen(), /An empty text takes nothing back\. {2}\/retract does/u);
	t.deepEqual(typist.backend.asked('correctMessage'), []);
});

test('a message that begins with a slash is changed and is no command', async t => {
	const slash: Message = {...ayMe, body: '/quit is what I typed'};
	const typist = await talking([slash]);
	await typist.type(`${press.alt('e')}!${press.enter}`);
	t.deepEqual(typist.backend.asked('correctMessage'), [{account: me, key: slash.key, body: `${slash.body}!`}]);
	t.false(typist.left());
});

test('a refused change stands in the input again, as a change', async t => {
	const typist = await talking([ayMe]);
	typist.backend.refuse('correctMessage', refusal('not-yours', 'You wrote it on another device.'));
	await typist.type(`${press.alt('e')}!${press.enter}`);
	t.is(typist.input(), 'Ay me!!');
	t.regex(note(typist), /Changing/u);
	t.regex(typist.screen(), /You wrote it on another device/u);
});

test('only one’s own can be changed or taken back, and that is said', async t => {
	const typist = await talking([soft]);
	await typist.type(`${press.alt('m')}e`);
	t.regex(typist.screen(), /Only what you wrote yourself can be changed or taken back/u);
	t.regex(selected(typist) ?? '', /But soft/u);
});

test('d asks before a message is taken back', async t => {
	const typist = await talking([soft, ayMe]);
	await typist.type(`${press.alt('m')}d`);
	t.regex(typist.popup() ?? '', /Retract “Ay me!”\?/u);
	await typist.type(press.escape);
	t.deepEqual(typist.backend.asked('retractMessage'), []);
	await typist.type(`/retract wrong room${press.enter}`);
	t.regex(typist.popup() ?? '', /Reason: wrong room/u);
	await typist.type(press.enter);
	t.deepEqual(typist.backend.asked('retractMessage'), [{account: me, key: ayMe.key, reason: 'wrong room'}]);
	t.is(typist.popup(), undefined);
});

test('a retraction that is refused says why, and can be tried again', async t => {
	const typist = await talking([ayMe]);
	typist.backend.refuse('retractMessage', refusal('message-nameless', 'The room gave it no id.', '/quote does.'));
	await typist.type(`${press.alt('m')}d${press.enter}`);
	t.regex(typist.popup() ?? '', /The room gave it no id\./u);
	await typist.type(press.enter);
	t.is(typist.backend.asked('retractMessage').length, 2);
});

test('+ offers emoji, those that are there already first; one is added to one’s own, all are sent', async t => {
	const typist = await talking([soft]);
	await typist.type(`${press.alt('m')}+`);
	t.regex(typist.popup() ?? '', /✓ ❤️ {2}:heart:\n {2}🌞 .*\n {2}👍 {2}:\+1:/u);
	await typist.type('tada');
	t.regex(typist.popup() ?? '', /React with: tada\n {2}🎉/u);
	await typist.type(press.enter);
	t.deepEqual(typist.backend.asked('react'), [{account: me, key: soft.key, emoji: ['❤️', '🎉']}]);
	t.is(selected(typist), undefined);
	await typist.type(`${press.alt('m')}+`);
	t.regex(typist.popup() ?? '', /🌞 .*\n {2}🎉 {2}:tada:/u, 'what was chosen lately comes before the usual ones');
	await typist.type(press.enter);
	t.deepEqual(typist.backend.asked('react').at(1), {account: me, key: soft.key, emoji: []});
});

test('a reaction that is refused is told', async t => {
	const typist = await talking([soft]);
	typist.backend.refuse('react', refusal('reaction-refused', 'The room takes no reactions.'));
	await typist.type(`${press.alt('m')}+${press.enter}`);
	t.regex(typist.screen(), /The room takes no reactions/u);
});

test('q quotes before what is written', async t => {
	const typist = await talking([{...soft, body: 'one\ntwo'}]);
	await typist.type(`mine${press.alt('m')}q`);
	t.is(typist.input(), '> one\n> two\nmine');
});

test('y copies the text alone; of several that are marked, with names where more than one speaks', async t => {
	const copied: string[] = [];
	const copy = async (text: string) => {
		copied.push(text);
		return {way: 'tmux'} as const;
	};
	const typist = await talking([soft, ayMe, spoiler], {copy});
	await typist.type(`${press.alt('m')}y`);
	await typist.type(`${press.alt('m')} ${press.up}${press.up} y`);
	await typist.type(`${press.alt('m')}${press.up}${shiftUp}`);
	t.regex(note(typist), /2 marked/u);
	await typist.type('y');
	t.deepEqual(copied, ['They both die', `${soft.body}\n${spoiler.body}`, `Romeo: ${soft.body}\nyou: Ay me!`]);
});

test('f sends a message on, with whose words they are', async t => {
	const typist = await talking([soft, ayMe]);
	await typist.type(`${press.alt('m')}${press.up}f`);
	t.regex(typist.popup() ?? '', /Send it to:/u);
	t.false(typist.popup()?.includes('console') ?? true);
	await typist.type(`nur${press.enter}`);
	t.deepEqual(typist.backend.asked('sendMessage'), [{account: me, to: nurse, body: `Romeo:\n> ${soft.body}`}]);
	await typist.type(`/forward ${nurse}${press.enter}`);
	t.deepEqual(typist.backend.asked('sendMessage').at(1), {account: me, to: nurse, body: 'Ay me!'});
});

test('what was encrypted does not leave in clear unasked', async t => {
	const typist = await talking([{...soft, encryption: 'omemo'}]);
	await typist.type(`/forward ${nurse}${press.enter}`);
	t.regex(typist.popup() ?? '', /It was encrypted/u);
	await typist.type(press.enter);
	t.deepEqual(typist.backend.asked('sendMessage'), []);
	await typist.type(`/forward ${nurse}${press.enter}`);
	await typist.type(`${press.down}${press.enter}`);
	t.is(typist.backend.asked('sendMessage').length, 1);
});

test('i tells all that is known of a message, also what it said before it was taken back', async t => {
	const typist = await talking([{...taken, id: 'a1', archiveId: 'arch', device: 7, encryption: 'omemo'}]);
	Object.assign(typist.backend.details, {
		versions: [{body: 'I will marry', at: evening}],
		readers: ['nurse@example.org'],
		xml: '<message\n\tid="a1"/>',
	});
	await typist.type(`${press.alt('m')}i`);
	const page = () => typist.popup() ?? '';
	t.regex(page(), /From {8}Romeo, romeo@example\.net/u);
	t.regex(page(), /Protection {2}OMEMO, device 7/u);
	t.regex(page(), /Retracted {3}Romeo retracted this message/u);
	t.regex(page(), /Text\n {2}I will murder Tybalt/u);
	await typist.type(press.pageDown);
	t.regex(page(), /Before that\n {2}Sat 21 Nov 2026, 21:58\n {4}I will marry/u);
	t.regex(page(), /Read by all 1\n {2}nurse@example\.org/u);
	t.regex(page(), /Archive {3}arch/u);
	t.regex(page(), /<message/u);
	await typist.type(press.escape);
	t.regex(selected(typist) ?? '', /retracted this message/u);
});

test('Enter opens a spoiler and folds it again, goes to what is answered, else shows the details', async t => {
	const answer: Message = {...message(evening + 9 * minutes, 'Here'), reply: {target: 'x', key: ayMe.key}};
	const typist = await talking([ayMe, spoiler, answer]);
	await typist.type(`${press.alt('m')}${press.up}${press.enter}`);
	t.regex(typist.screen(), /\[spoiler: the last act\] They both die/u);
	await typist.type('s');
	t.false(typist.screen().includes('They both die'));
	await typist.type(`${press.up}${press.enter}`);
	t.regex(typist.popup() ?? '', /Message/u);
	await typist.type(press.escape);
	await typist.type(`${end}${press.enter}`);
	t.is(typist.app.view().finding?.mark?.key, ayMe.key);
	await typist.type(`/reveal${press.enter}`);
	t.true(typist.screen().includes('They both die'));
});

test('o lists the links of the message', async t => {
	const typist = await talking([{...soft, body: 'https://example.org/a and https://example.org/b'}, ayMe]);
	await typist.type(`${press.alt('m')}o`);
	t.regex(typist.screen(), /There is no link in that message/u);
	await typist.type(`${press.up}o`);
	t.regex(typist.popup() ?? '', /https:\/\/example\.org\/a .*\n.*https:\/\/example\.org\/b/u);
});

test('what was taken back cannot be answered', async t => {
	const typist = await talking([taken]);
	await typist.type(`${press.alt('m')}r`);
	t.regex(typist.screen(), /That message was taken back; i tells what is known of it/u);
});

test('? explains the keys', async t => {
	const typist = await talking();
	await typist.type(`${press.alt('m')}?`);
	t.regex(typist.popup() ?? '', /r {3}Answer it/u);
});

test('a message that goes takes the selection with it', async t => {
	const typist = await talking([soft, ayMe]);
	await typist.type(press.alt('m'));
	const change: MessageChange = {account: me, buffer: withRomeo, key: ayMe.key, hidden: true};
	typist.backend.emit({type: 'message.changed', change});
	await typist.type('k');
	t.is(typist.input(), 'k');
	t.is(selected(typist), undefined);
});

test('going to another buffer leaves the selection', async t => {
	const typist = await talking();
	await typist.type(`${press.alt('m')}${press.alt('3')}`);
	t.is(typist.app.view().active, withNurse);
	await typist.type(press.alt('2'));
	t.is(selected(typist), undefined);
});

test('a click selects a message', async t => {
	const typist = await talking([soft, ayMe]);
	const y = typist
		.screen()
		.split('\n')
		.findIndex(row => row.includes('But soft'));
	typist.app.input({type: 'mouse', action: 'press', button: 0, x: 20, y, shift: false, alt: false, ctrl: false});
	await typist.settle();
	t.regex(selected(typist) ?? '', /But soft/u);
});

test('a moderator can take somebody’s message away, after a question; who is none cannot', async t => {
	const spam = message(evening, 'cheap rapiers', {
		buffer: inCapulets,
		kind: 'groupchat',
		author: `${capulets}/tybalt` as Jid,
	});
	const inRoom = (role: 'moderator' | 'participant') =>
		createTypist(
			{
				accounts: [account()],
				buffers: [roomBuffer(capulets)],
				rooms: [{room: room(capulets), occupants: [occupant('juliet', {role}), occupant('tybalt')]}],
				active: inCapulets,
			},
			{columns: 120, rows: 30},
			backend => backend.history.set(inCapulets, [spam]),
		);
	const typist = await inRoom('moderator');
	await typist.type(`${press.alt('m')}x`);
	t.regex(typist.popup() ?? '', /Remove “cheap rapiers” of tybalt\?/u);
	await typist.type(press.enter);
	t.deepEqual(typist.backend.asked('moderateMessage'), [{account: me, key: spam.key}]);
	const guest = await inRoom('participant');
	await guest.type(`${press.alt('m')}x`);
	t.is(guest.popup(), undefined);
	t.regex(guest.screen(), /Only a moderator/u);
});

test('what is typed behind a selection paints no message anew', async t => {
	const typist = await talking();
	await typist.type(`${press.alt('m')}${press.up}`);
	t.true(typist.painted().includes('messages'));
	await typist.type(press.escape);
	await typist.type('wor');
	t.true(typist.painted().includes('messages'));
	await typist.type('d');
	t.false(typist.painted().includes('messages'));
});
