import test from 'ava';
import {account, buffer, contact, me, nurse, romeo, withNurse, withRomeo} from './support.js';
import {createTypist, press} from './typist.js';

const people = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Romeo Montague'}), contact(nurse)],
	buffers: [buffer(romeo), buffer(nurse)],
	active: withRomeo,
};

const verse = Array.from({length: 9}, (_, index) => `line ${index + 1}`).join('\n');

test('many pasted lines are sent only after one explicit answer, as one message', async t => {
	const typist = await createTypist(people);
	await typist.type(press.paste(verse) + press.enter);
	t.deepEqual(typist.backend.asked('sendMessage'), []);
	t.regex(typist.popup() ?? '', /Send 9 lines as one message\?/);
	await typist.type(press.enter);
	t.deepEqual(typist.backend.asked('sendMessage'), [{account: me, to: romeo, body: verse}]);
	t.is(typist.input(), '');
	t.is(typist.popup(), undefined);
});

test('many pasted lines can be looked at again, and Escape is the same answer', async t => {
	const typist = await createTypist(people);
	await typist.type(press.paste(verse) + press.enter);
	await typist.type(press.down + press.enter);
	t.is(typist.input(), verse);
	await typist.type(press.enter);
	await typist.type(press.escape);
	t.is(typist.input(), verse);
	t.deepEqual(typist.backend.asked('sendMessage'), []);
});

test('many pasted lines can be dropped, and undone', async t => {
	const typist = await createTypist(people);
	await typist.type(`before ${press.paste(verse)}${press.enter}`);
	await typist.type(press.down + press.down + press.enter);
	t.is(typist.input(), '');
	await typist.type(press.control('_'));
	t.is(typist.input(), `before ${verse}`);
	await typist.type(press.enter);
	t.regex(typist.popup() ?? '', /Send 9 lines/);
});

test('lines that were typed are sent without a question, and so is a paste that was cut down', async t => {
	const typist = await createTypist(people);
	await typist.type(verse.replaceAll('\n', press.altEnter) + press.enter);
	t.is(typist.backend.asked('sendMessage').length, 1);
	await typist.type(`${press.paste(verse)}${press.control('u').repeat(1)}${press.control('c')}short${press.enter}`);
	t.is(typist.backend.asked('sendMessage').length, 2);
});

test('how many lines are many is a setting', async t => {
	const typist = await createTypist(people);
	typist.backend.emit({
		type: 'preferences.changed',
		preferences: {...typist.app.state().preferences, 'composer.pasteLines': 20},
	});
	await typist.type(press.paste(verse) + press.enter);
	t.is(typist.backend.asked('sendMessage').length, 1);
});

test('lines pasted behind a command are asked about before it runs', async t => {
	const typist = await createTypist(people);
	await typist.type(`/msg nurse@example.org ${press.paste(verse)}`);
	t.is(typist.input(), `/msg nurse@example.org ${verse}`);
	await typist.type(press.enter);
	t.regex(typist.popup() ?? '', /Run a command of 9 lines\?/);
	t.deepEqual(typist.backend.asked('sendMessage'), []);
	await typist.type(press.enter);
	t.deepEqual(typist.backend.asked('sendMessage'), [{account: me, to: nurse, body: verse}]);
});

test('a paste that is too long says so and leaves what was typed', async t => {
	const typist = await createTypist(people);
	await typist.type(`mine${press.paste('x'.repeat(5_000_000))}`);
	t.is(typist.input(), 'mine');
	t.regex(typist.screen(), /That is 5,000,000 characters, and a message takes 250,000: nothing was pasted\./);
	await typist.type(`!${press.paste('y'.repeat(250_000))}`);
	t.is(typist.input(), 'mine!');
	t.regex(typist.screen(), /That is 250,000 characters/);
});

test('control characters of a paste do not reach the message', async t => {
	const typist = await createTypist(people);
	await typist.type(press.paste('a\u{1B}[2Jb\u{0}c\r\nd\te\u{7F}\u{9B}') + press.enter);
	t.deepEqual(typist.backend.asked('sendMessage'), [{account: me, to: romeo, body: 'a[2Jbc\nd\te'}]);
});

test('Alt+Enter and Ctrl+J break the line, Up and Down walk over the rows of the screen', async t => {
	const typist = await createTypist(people);
	await typist.type(`one${press.altEnter}two${press.control('j')}${'wide '.repeat(20)}`);
	t.is(typist.row(20), '> one');
	t.is(typist.row(21), '  two');
	t.is(typist.cursor(), '27,23');
	await typist.type(press.up);
	t.is(typist.cursor(), '27,22');
	await typist.type(press.up);
	t.is(typist.cursor(), '5,21');
	await typist.type(press.down);
	t.is(typist.cursor(), '27,22');
});

test('an emoji is there as soon as its short code is typed, and one undo takes it back', async t => {
	const typist = await createTypist(people);
	await typist.type('at 10:30: :tada:');
	t.is(typist.input(), 'at 10:30: 🎉');
	await typist.type(press.control('_'));
	t.is(typist.input(), 'at 10:30: :tada:');
	await typist.type(`${press.control('x')}${press.control('_')}`);
	t.is(typist.input(), 'at 10:30: 🎉');
});

test('what was taken back is done again with Alt+Shift+Z', async t => {
	const typist = await createTypist(people);
	await typist.type(`one two${press.control('w')}${press.control('_')}`);
	t.is(typist.input(), 'one two');
	await typist.type(press.alt('Z'));
	t.is(typist.input(), 'one ');
});

test('each buffer has its draft, which is stored soon after the last key', async t => {
	const typist = await createTypist(people);
	await typist.type('for romeo');
	typist.clock.advance(1000);
	t.like(typist.backend.asked('saveView').at(-1), {drafts: {[withRomeo]: 'for romeo'}});
	await typist.type(`${press.alt('3')}for the nurse`);
	t.is(typist.input(), 'for the nurse');
	typist.clock.advance(1000);
	t.like(typist.backend.asked('saveView').at(-1), {
		drafts: {[withRomeo]: 'for romeo', [withNurse]: 'for the nurse'},
	});
	await typist.type(press.alt('2'));
	t.is(typist.input(), 'for romeo');
});

async function inVi() {
	const typist = await createTypist(people);
	typist.backend.emit({
		type: 'preferences.changed',
		preferences: {...typist.app.state().preferences, 'keys.mode': 'vi'},
	});
	await typist.settle();
	return typist;
}

test('vi mode edits with the keys of vi and says in which mode it is', async t => {
	const typist = await inVi();
	await typist.type('hello wrold');
	t.is(typist.row(23), '[I] hello wrold');
	await typist.type(press.escape);
	t.is(typist.row(23), '[N] hello wrold');
	await typist.type('bcwthere');
	t.is(typist.row(23), '[I] hello there');
	await typist.type(press.escape);
	await typist.type('u');
	t.is(typist.input(), 'hello wrold');
	await typist.type(press.control('r'));
	t.is(typist.input(), 'hello there');
});

test('in vi mode Enter sends, and the next line begins with inserting', async t => {
	const typist = await inVi();
	await typist.type('hello');
	await typist.type(press.escape);
	await typist.type(press.enter);
	t.deepEqual(typist.backend.asked('sendMessage'), [{account: me, to: romeo, body: 'hello'}]);
	t.is(typist.row(23), '[I]');
	await typist.type('x');
	t.is(typist.input(), 'x');
});

test('the keys of the program work in normal mode as well', async t => {
	const typist = await inVi();
	await typist.type('hello');
	await typist.type(press.escape);
	await typist.type(press.alt('3'));
	t.is(typist.app.view().active, withNurse);
	await typist.type(`${press.alt('2')}${press.control('a')}x`);
	t.is(typist.input(), 'ello');
	await typist.type(`${press.control('x')}${press.control('_')}`);
	t.is(typist.input(), 'ello');
	await typist.type(`${press.control('_')}`);
	t.is(typist.input(), 'hello');
	await typist.type('dd/help');
	t.is(typist.input(), '/help');
});

test('k and j walk through what was entered where there is no line to go to', async t => {
	const typist = await inVi();
	await typist.type(`first${press.enter}second${press.enter}`);
	await typist.type(press.escape);
	await typist.type('kk');
	t.is(typist.input(), 'first');
	await typist.type('j');
	t.is(typist.input(), 'second');
});

test('without vi mode Escape and letters mean what they always do', async t => {
	const typist = await createTypist(people);
	await typist.type('hello');
	await typist.type(press.escape);
	typist.clock.advance(2000);
	await typist.type('bcw');
	t.is(typist.input(), 'hellobcw');
	t.is(typist.row(23), '> hellobcw');
});

test('Ctrl+R finds what was entered before, again what is older, Ctrl+S what is newer', async t => {
	const typist = await createTypist(people);
	await typist.type(`one apple${press.enter}two${press.altEnter}apples${press.enter}three${press.enter}`);
	await typist.type(`kept${press.control('r')}appl`);
	t.is(typist.app.view().popup?.type, 'recall');
	await typist.type(press.control('r') + press.control('s') + press.enter);
	t.is(typist.input(), 'two\napples');
	await typist.type(press.control('_'));
	t.is(typist.input(), 'kept');
	await typist.type(`${press.control('r')}appl${press.control('r')}${press.enter}`);
	t.is(typist.input(), 'one apple');
	await typist.type(`${press.control('r')}zzz${press.escape}`);
	t.is(typist.input(), 'one apple');
});

test('the draft of a buffer that was closed is there when it is opened again, and stored before', async t => {
	const typist = await createTypist(people);
	await typist.type(`unfinished${press.alt('3')}`);
	const stored = {...buffer(romeo), draft: 'unfinished'};
	typist.backend.emit({type: 'buffer.closed', buffer: withRomeo});
	typist.backend.emit({type: 'buffer.opened', buffer: stored});
	await typist.type(`/buffer romeo${press.enter}`);
	t.is(typist.input(), 'unfinished');
});

test('the draft of a buffer that is opened for the first time since the start is what was stored', async t => {
	const typist = await createTypist({...people, buffers: [buffer(nurse)], active: withNurse});
	typist.backend.emit({type: 'buffer.opened', buffer: buffer(romeo, {draft: 'from last week'})});
	await typist.type(press.alt('3'));
	t.is(typist.app.view().active, withRomeo);
	t.is(typist.input(), 'from last week');
});

test('the answer about a paste never enters what stands in another buffer', async t => {
	const typist = await createTypist(people);
	await typist.type(`${press.alt('1')}/quit${press.alt('2')}${press.paste(verse)}${press.enter}`);
	typist.backend.emit({type: 'buffer.closed', buffer: withRomeo});
	await typist.settle();
	t.is(typist.input(), '/quit');
	await typist.type(press.enter);
	t.false(typist.left());
	t.is(typist.input(), '/quit');
});

test('/help vi lists the keys of vi mode', async t => {
	const typist = await createTypist(people);
	await typist.type(`/help vi${press.enter}`);
	t.regex(typist.popup() ?? '', /d c y +delete, change, copy/);
});

test('a huge paste into a search is refused', async t => {
	const typist = await createTypist(people);
	await typist.type(`${press.control('r')}${press.paste('x'.repeat(200_000))}`);
	t.regex(typist.screen(), /200000 characters are too many here: nothing was pasted\./);
	await typist.type(`${press.escape}`);
	t.is(typist.input(), '');
});
