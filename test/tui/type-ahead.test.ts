/** What is typed faster than the program opens buffers goes to whom it is meant for, or to nobody. */
import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {consoleBuffer} from '../../source/model/buffer.js';
import {refusal} from './fake-backend.js';
import {account, buffer, contact, me, nurse, romeo, withNurse, withRomeo} from './support.js';
import {createTypist, press} from './typist.js';

const people = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Romeo Montague'}), contact(nurse)],
	buffers: [buffer(nurse)],
	active: withNurse,
};
const words = {account: me, to: romeo, body: 'Three words'};

test('a line typed behind /query goes to the buffer that is being opened', async t => {
	const typist = await createTypist(people);
	const answer = typist.backend.delay('openBuffer');
	await typist.type(`/query romeo${press.enter}Three words${press.enter}`);
	t.deepEqual(typist.backend.asked('sendMessage'), []);
	answer();
	await typist.settle();
	t.deepEqual(typist.backend.asked('sendMessage'), [words]);
	t.is(typist.app.view().active, withRomeo);
});

test('who writes and goes on at once is not told that the message went elsewhere', async t => {
	const typist = await createTypist({...people, buffers: [buffer(nurse), buffer(romeo)]});
	const answer = typist.backend.delay('sendMessage');
	await typist.type(`for the nurse${press.enter}${press.alt('3')}`);
	answer();
	await typist.settle();
	t.notRegex(typist.screen(), /Sent to/);
});

test('the order stays through several commands that go elsewhere, whatever takes how long', async t => {
	const typist = await createTypist(people);
	const answers = typist.backend.delay('openBuffer');
	const send = typist.backend.delay('sendMessage');
	const close = typist.backend.delay('closeBuffer');
	await typist.type(`/query romeo hello${press.enter}Three words${press.enter}`);
	await typist.type(`/close${press.enter}for the nurse${press.enter}/buffer 1${press.enter}x`);
	for (const answer of [answers, send, close]) {
		answer();
		await typist.settle();
	}

	t.deepEqual(typist.backend.asked('sendMessage'), [
		{...words, body: 'hello'},
		words,
		{account: me, to: nurse, body: 'for the nurse'},
	]);
	t.is(typist.app.view().active, consoleBuffer);
	t.is(typist.input(), 'x');
});

test('a paste and edits wait as well', async t => {
	const typist = await createTypist(people);
	const answer = typist.backend.delay('openBuffer');
	await typist.type(`/query romeo${press.enter}${press.paste('Three')} wordz\u007fs${press.enter}`);
	t.is(typist.input(), '');
	answer();
	await typist.settle();
	t.deepEqual(typist.backend.asked('sendMessage'), [words]);
});

test('what is typed behind the search for a buffer goes to the one that was chosen', async t => {
	const typist = await createTypist(people);
	const answer = typist.backend.delay('openBuffer');
	await typist.type(`${press.control('k')}romeo${press.enter}Three words${press.enter}`);
	answer();
	await typist.settle();
	t.deepEqual(typist.backend.asked('sendMessage'), [words]);
});

test('a key that goes to an open buffer needs no wait', async t => {
	const typist = await createTypist({...people, buffers: [buffer(nurse), buffer(romeo)]});
	typist.backend.delay('loadHistory');
	typist.backend.delay('saveView');
	await typist.type(`${press.alt('3')}Three words${press.enter}`);
	t.deepEqual(typist.backend.asked('sendMessage'), [words]);
});

test('a buffer that cannot be opened gets nothing, and neither does the old one', async t => {
	const typist = await createTypist(people);
	const answer = typist.backend.delay('openBuffer');
	typist.backend.refuse('openBuffer', refusal('storage-failed', 'The disk is full.'));
	await typist.type(`/query romeo${press.enter}Three words${press.enter}and more${press.enter}`);
	answer();
	await typist.settle();
	t.deepEqual(typist.backend.asked('sendMessage'), []);
	t.is(typist.app.view().active, withNurse);
	t.is(typist.input(), 'Three words\nand more');
	t.regex(typist.screen(), /The disk is full/);
	t.regex(typist.screen(), /What you typed was not sent\./);
});

test('a name that no buffer has sends nothing to the buffer where it was asked for', async t => {
	const typist = await createTypist(people);
	await typist.type(`/buffer 9${press.enter}Three words${press.enter}`);
	t.deepEqual(typist.backend.asked('sendMessage'), []);
	t.is(typist.input(), 'Three words');
});

test('a command that led nowhere stays in the input: what is typed next without looking is no message', async t => {
	const typist = await createTypist(people);
	await typist.type(`/buffer rome${press.enter}`);
	t.is(typist.input(), '/buffer rome');
	t.regex(typist.screen(), /There is no buffer rome/);
	await typist.type(`Three words${press.enter}`);
	t.deepEqual(typist.backend.asked('sendMessage'), []);
	await typist.type(press.escape);
	t.is(typist.input(), '');
	typist.backend.refuse('openBuffer', refusal('storage-failed', 'The disk is full.'));
	await typist.type(`/query romeo${press.enter}`);
	t.is(typist.input(), '/query romeo');
	typist.backend.refuse('sendMessage', refusal('text-too-long', 'The text is too long.'));
	await typist.type(` hello${press.enter}`);
	t.is(typist.app.view().active, withRomeo);
	t.is(typist.input(), '/query romeo hello');
	await typist.type(press.alt('/'));
	t.is(typist.input(), '', 'it stands in one place only');
});

for (const [name, key] of [
	['Escape', press.escape],
	['Ctrl+C', press.control('c')],
] as const) {
	test(`${name} ends the wait and drops what was typed; a buffer that opens later does not take the screen`, async t => {
		const typist = await createTypist(people);
		const answer = typist.backend.delay('openBuffer');
		await typist.type(`/query romeo${press.enter}Three words${press.enter}`);
		t.regex(typist.screen(), /Opening….*Esc gives it up/);
		await typist.type(key);
		t.regex(typist.screen(), /What was typed meanwhile is dropped/);
		await typist.type('dear nurse');
		answer();
		await typist.settle();
		t.is(typist.app.view().active, withNurse);
		t.regex(typist.screen(), /Romeo Montague is open now\. {2}\/buffer 3 goes there/);
		await typist.type(press.enter);
		t.deepEqual(typist.backend.asked('sendMessage'), [{account: me, to: nurse, body: 'dear nurse'}]);
	});
}

test('Ctrl+L paints anew while something is waited for', async t => {
	const typist = await createTypist(people);
	typist.backend.delay('openBuffer');
	await typist.type(`/query romeo${press.enter}`);
	typist.painted();
	await typist.type(press.control('l'));
	t.true(typist.painted().includes('redraw'));
});

test('a wait for the network ends after two seconds, and sends nothing', async t => {
	const typist = await createTypist(people);
	typist.backend.delay('removeAccount');
	await typist.type(`/account remove ${me}${press.enter}Three words${press.enter}`);
	t.is(typist.input(), '');
	typist.clock.advance(2000);
	await typist.settle();
	t.is(typist.input(), 'Three words');
	t.deepEqual(typist.backend.asked('sendMessage'), []);
});

test('commands that stay in the buffer keep nobody waiting', async t => {
	const typist = await createTypist(people);
	typist.backend.delay('ping');
	typist.backend.delay('sendMessage');
	await typist.type(`/ping${press.enter}/msg romeo hi${press.enter}dear nurse${press.enter}`);
	t.deepEqual(typist.backend.asked('sendMessage'), [
		{...words, body: 'hi'},
		{account: me, to: nurse, body: 'dear nurse'},
	]);
});

test('a command typed before anything is known waits for it', async t => {
	const early = `/query romeo${press.enter}Three words${press.enter}`;
	const typist = await createTypist(people, undefined, () => {}, early);
	t.is(typist.app.view().active, withRomeo);
	t.true(typist.screen().includes('Three words …'));
});

test('whoever types before the last buffer is shown is not taken there in the middle of a word', async t => {
	const typist = await createTypist(people, undefined, () => {}, '/msg romeo Three');
	t.is(typist.app.view().active, consoleBuffer);
	await typist.type(` words${press.enter}`);
	t.deepEqual(typist.backend.asked('sendMessage'), [words]);
});

test('what is typed before the first question of a new profile answers nothing', async t => {
	const typist = await createTypist({accounts: []}, undefined, () => {}, `/quit${press.enter}`);
	t.false(typist.left());
	t.regex(typist.popup() ?? '', /account/i);
	t.is(typist.input(), '/quit');
});

const mostLines = 10;
const lines = fc.array(
	fc.constantFrom('/query romeo', '/query nurse', '/query romeo hello', '/buffer 1', '/close', 'text'),
	{minLength: 1, maxLength: mostLines},
);
const slow = ['openBuffer', 'closeBuffer', 'sendMessage'] as const;

/** What is sent when these lines are typed in one go, in pieces of any size, to a backend that answers late or at once. */
async function sentBy(
	typed: string,
	pieces: readonly number[],
	delays: readonly number[],
): Promise<readonly unknown[]> {
	const typist = await createTypist(people);
	const answers = delays.map(which => typist.backend.delay(slow[which % slow.length] ?? 'openBuffer'));
	let at = 0;
	for (const size of pieces) {
		await typist.type(typed.slice(at, at + size));
		at += size;
	}

	await typist.type(typed.slice(at));
	for (const answer of answers) {
		answer();
		await typist.settle();
	}

	// Each line takes its turns of the promises.
	for (let line = 0; line < mostLines; line++) {
		await typist.settle();
	}

	return typist.backend.asked('sendMessage');
}

testProp(
	'however slowly the backend answers, each line reaches the same chat as if it answered at once',
	[lines, fc.array(fc.integer({min: 1, max: 20}), {maxLength: 5}), fc.array(fc.nat({max: 2}), {maxLength: 3})],
	async (t, entered, pieces, delays) => {
		const typed = entered.map((line, index) => `${line === 'text' ? `text ${index}` : line}${press.enter}`).join('');
		t.deepEqual(await sentBy(typed, pieces, delays), await sentBy(typed, [], []));
	},
	{numRuns: 40},
);
