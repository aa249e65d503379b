import test from 'ava';
import {consoleBuffer} from '../../source/model/buffer.js';
import type {Message} from '../../source/model/message.js';
import {windowLimit} from '../../source/store/window.js';
import {refusal} from './fake-backend.js';
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
};

const long: readonly Message[] = Array.from({length: 500}, (_, index) =>
	message(evening - (600 - index) * minutes, `line ${index}`),
);

const withHistory = () =>
	createTypist({...people, active: withRomeo}, undefined, backend => backend.history.set(withRomeo, [...long]));

const incoming = (typist: Typist, body: string, more: Partial<Message> = {}) =>
	typist.backend.emit({type: 'message.recorded', message: message(typist.clock.now(), body, more)});

test('the console is shown at the first start, else the buffer that was shown last', async t => {
	t.is((await createTypist(people)).app.view().active, consoleBuffer);
	t.is((await createTypist({...people, active: withRomeo})).app.view().active, withRomeo);
});

test('showing a buffer loads its newest history', async t => {
	const typist = await createTypist(people, undefined, backend => backend.history.set(withRomeo, [...long]));
	await typist.type(press.alt('2'));
	t.deepEqual(typist.backend.asked('loadHistory'), [{buffer: withRomeo, limit: 100}]);
	t.true(typist.screen().includes('line 499'));
});

test('a typed line is sent on Enter, and the input is empty again', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	await typist.type('hello there');
	t.is(typist.row(23), '> hello there');
	t.is(typist.cursor(), '13,23');
	await typist.type(press.enter);
	t.deepEqual(typist.backend.asked('sendMessage'), [{account: me, to: romeo, body: 'hello there'}]);
	t.is(typist.row(23), '>');
	t.true(typist.screen().includes('hello there …'));
});

test('typing paints the input and nothing else', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	typist.painted();
	await typist.type('h');
	t.deepEqual(typist.painted(), ['composer']);
});

test('a pasted text of several lines is one message', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	await typist.type(press.paste('one\r\ntwo\r\nthree'));
	t.deepEqual(typist.backend.asked('sendMessage'), []);
	await typist.type(press.enter);
	t.deepEqual(typist.backend.asked('sendMessage'), [{account: me, to: romeo, body: 'one\ntwo\nthree'}]);
});

test('a long paste says how long it is', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	await typist.type(press.paste('line\n'.repeat(37)));
	t.regex(typist.screen(), /Pasted 37 lines\. {2}They are one message: Enter asks/);
	await typist.type(press.control('c') + press.paste('one\ntwo'));
	t.notRegex(typist.screen(), /Pasted/);
});

test('Escape that closes nothing stands for Alt with the next key, if that comes soon', async t => {
	const typist = await createTypist(people);
	await typist.type(press.escape);
	await typist.type('2');
	t.is(typist.app.view().active, withRomeo);
	await typist.type(press.escape);
	await typist.type('z');
	t.is(typist.input(), 'z');
	await typist.type(press.escape);
	typist.clock.advance(1500);
	await typist.type('1');
	t.is(typist.input(), 'z1');
	await typist.type(press.f1);
	await typist.type(press.escape);
	await typist.type('3');
	t.is(typist.input(), 'z13');
});

test('a command that is typed soon after Escape stays a command', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	await typist.type(press.escape);
	await typist.type('/help');
	t.is(typist.input(), '/help');
});

test('a pasted command line does not run by itself', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	await typist.type(press.paste('/quit\n'));
	t.false(typist.left());
});

test('the input grows to a third of the screen', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	await typist.type(press.paste('a\n'.repeat(30)));
	t.is(typist.app.view().popup, undefined);
	t.regex(typist.row(15), /juliet@example.org/);
});

test('a refused message says why and stands in the input again', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	typist.backend.refuse('sendMessage', refusal('text-too-long', 'The text is too long.', 'Send it as a file.'));
	await typist.type(`keep me${press.enter}`);
	t.is(typist.input(), 'keep me');
	t.true(typist.screen().includes('The text is too long.'));
	t.true(typist.screen().includes('Send it as a file.'));
});

const failed = (typist: Typist, ...bodies: readonly string[]) => {
	for (const body of bodies) {
		incoming(typist, body, {direction: 'outgoing', via: 'local', state: 'failed', failure: 'The disk is full.'});
	}
};

test('/resend leaves alone what may have arrived, and says so', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	incoming(typist, 'perhaps', {direction: 'outgoing', state: 'uncertain'});
	await typist.type(`/resend${press.enter}`);
	t.regex(typist.screen(), /What may have arrived \(\?\) could arrive\s+twice/);
	t.deepEqual(typist.backend.asked('sendMessage'), []);
});

test('a message that failed says why and what next; /resend sends the newest again, once', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	failed(typist, 'one', 'two');
	await typist.settle();
	t.regex(typist.screen(), /two ✗\n.*not sent: The disk is full\. \/resend sends it again\./);
	await typist.type(`/resend${press.enter}`);
	t.deepEqual(typist.backend.asked('sendMessage'), [{account: me, to: romeo, body: 'two'}]);
	await typist.type(`/resend${press.enter}/resend${press.enter}`);
	t.deepEqual(typist.backend.asked('sendMessage').slice(1), [{account: me, to: romeo, body: 'one'}]);
	t.regex(typist.screen(), /Nothing here has failed/);
});

test('/resend all sends everything that failed, in order, and stops where something is refused', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	failed(typist, 'one', 'two');
	incoming(typist, 'perhaps', {direction: 'outgoing', state: 'uncertain'});
	incoming(typist, 'sent', {direction: 'outgoing', state: 'acked'});
	await typist.settle();
	await typist.type(`/resend all${press.enter}`);
	t.deepEqual(
		typist.backend.asked('sendMessage').map(input => (input as {body: string}).body),
		['one', 'two'],
	);
	failed(typist, 'three', 'four');
	typist.backend.refuse('sendMessage', refusal('text-too-long', 'The text is too long.'));
	await typist.type(`/resend all${press.enter}`);
	t.is(typist.backend.asked('sendMessage').length, 3);
	t.is(typist.input(), 'three');
});

test('what is sent again keeps its kind and its subject', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	incoming(typist, 'Dear Romeo', {direction: 'outgoing', state: 'failed', kind: 'normal', subject: 'Banished'});
	await typist.settle();
	await typist.type(`/resend${press.enter}`);
	t.deepEqual(typist.backend.asked('sendMessage'), [
		{account: me, to: romeo, body: 'Dear Romeo', kind: 'normal', subject: 'Banished'},
	]);
});

test('a wrong command stays in the input with the cursor behind the wrong word', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	await typist.type(`/msg nobody hello${press.enter}`);
	t.is(typist.input(), '/msg nobody hello');
	t.is(typist.cursor(), '13,23');
	t.regex(typist.screen(), /No contact is called “nobody”/);
	await typist.type('x');
	t.notRegex(typist.screen(), /No contact is called/);
});

test('Escape or Ctrl+C right after a refusal clears the line, Escape later does not', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	await typist.type(`/nonsense${press.enter}`);
	t.regex(typist.screen(), /There is no command \/nonsense.*Esc or Ctrl\+C clears the line\./s);
	await typist.type(press.escape);
	t.is(typist.input(), '');
	await typist.type(`/nonsense${press.enter}${press.control('c')}`);
	t.is(typist.input(), '');
	await typist.type(`/nonsense${press.enter}x`);
	await typist.type(press.escape);
	t.is(typist.input(), '/nonsensex');
});

test('Ctrl+C clears the input and never leaves; /quit leaves and saves the drafts', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	await typist.type(`abc${press.control('c')}`);
	t.is(typist.input(), '');
	await typist.type(press.control('c') + press.control('d'));
	t.false(typist.left());
	t.regex(typist.screen(), /\/quit leaves/);
	await typist.type(`${press.alt('3')}unsent${press.alt('2')}/quit${press.enter}`);
	t.true(typist.left());
	t.like(typist.backend.asked('saveView').at(-1), {active: withRomeo, drafts: {[withNurse]: 'unsent'}});
});

test('a stored draft is in the input again', async t => {
	const typist = await createTypist({...people, buffers: [buffer(romeo, {draft: 'half a word'})], active: withRomeo});
	t.is(typist.row(23), '> half a word');
});

test('each buffer has its own input', async t => {
	const typist = await createTypist(people);
	await typist.type(`${press.alt('2')}to romeo${press.alt('3')}`);
	t.is(typist.row(23), '>');
	await typist.type(press.alt('2'));
	t.is(typist.row(23), '> to romeo');
});

test('keys go from buffer to buffer', async t => {
	const typist = await createTypist(people);
	const active = () => typist.app.view().active;
	await typist.type(press.control('n'));
	t.is(active(), withRomeo);
	await typist.type(press.control('n') + press.control('n'));
	t.is(active(), consoleBuffer);
	await typist.type(press.control('p'));
	t.is(active(), withNurse);
	await typist.type(press.alt('/'));
	t.is(active(), consoleBuffer);
	await typist.type(`${press.alt('j')}02`);
	t.is(active(), withRomeo);
	await typist.type(press.alt('9'));
	t.is(active(), withRomeo);
	t.regex(typist.screen(), /There is no buffer 9/);
});

test('Alt+A goes to where something is unread', async t => {
	const typist = await createTypist(people);
	await typist.type(press.alt('a'));
	t.regex(typist.screen(), /Nothing is unread/);
	typist.backend.emit({type: 'buffer.unread', buffer: withNurse, unread: 1, highlights: 0, readUpTo: 0});
	await typist.settle();
	await typist.type(press.alt('a'));
	t.is(typist.app.view().active, withNurse);
});

test('what is on the screen is reported as read, once', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	incoming(typist, 'hello');
	await typist.settle();
	await typist.settle();
	t.is(typist.backend.asked('markRead').length, 1);
});

test('what cannot be recorded as read is said once and tried again a while later, and the person can go on', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	typist.backend.refuse('markRead', new Error('The disk is full.'), 'always');
	incoming(typist, 'hello');
	await typist.settle();
	await typist.type('I am here');
	t.is(typist.backend.asked('markRead').length, 1);
	t.regex(typist.screen(), /> I am here/);
	typist.clock.advance(1000);
	await typist.settle();
	t.is(typist.backend.asked('markRead').length, 2);
	t.is(typist.screen().split('The disk is full.').length, 2);
});

test('what was seen is neither new nor unread when the person goes elsewhere before it is reported', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	incoming(typist, Array.from({length: 40}, (_, row) => `row ${row}`).join('\n'));
	await typist.settle();
	incoming(typist, 'the last one');
	await typist.settle();
	t.is(typist.backend.asked('markRead').length, 1);
	await typist.type(press.pageUp);
	await typist.type(press.pageDown);
	t.regex(typist.screen(), /the last one/);
	t.notRegex(typist.screen(), /new \(/);
	await typist.type(press.alt('3'));
	typist.clock.advance(2000);
	await typist.settle();
	t.is(typist.backend.asked('markRead').length, 2);
});

test('nothing is read while the terminal has not the keyboard', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	incoming(typist, 'seen');
	await typist.type(press.blur);
	typist.backend.calls.length = 0;
	incoming(typist, 'unseen');
	await typist.settle();
	t.deepEqual(typist.backend.asked('markRead'), []);
	t.regex(typist.screen(), /new \(1\)/);
	await typist.type(press.focus);
	t.is(typist.backend.asked('markRead').length, 1);
	t.regex(typist.screen(), /new \(1\)/);
	await typist.type(`answer${press.enter}`);
	t.notRegex(typist.screen(), /new \(1\)/);
});

test('messages to an unseen buffer ring once for all that comes in that moment, and count in the title', async t => {
	const typist = await createTypist(people);
	incoming(typist, 'psst');
	incoming(typist, 'psst!');
	typist.backend.emit({type: 'buffer.unread', buffer: withRomeo, unread: 2, highlights: 2, readUpTo: 0});
	await typist.settle();
	typist.clock.advance(1000);
	t.is(typist.rung(), 1);
	t.is(typist.title(), 'xmppc (2)');
	t.regex(typist.row(22), /\[new: 2:!2\]/);
});

test('history that is fetched does not ring', async t => {
	const typist = await createTypist(people);
	incoming(typist, 'old', {via: 'archive'});
	typist.clock.advance(1000);
	t.is(typist.rung(), 0);
});

test('scrolling up stays where it is when messages come, and says how many are below', async t => {
	const typist = await withHistory();
	await typist.type(press.pageUp);
	const before = typist.screen().split('\n').slice(1, 21);
	incoming(typist, 'news');
	await typist.settle();
	t.deepEqual(typist.screen().split('\n').slice(1, 21), before);
	t.regex(typist.row(22), /-\d+ more-/);
	await typist.type(press.pageDown + press.pageDown);
	t.notRegex(typist.row(22), /more-/);
	t.true(typist.screen().includes('news'));
});

test('what comes below a scrolled view is marked as new and counted in the bar', async t => {
	const typist = await withHistory();
	await typist.type(press.pageUp);
	incoming(typist, 'news');
	typist.backend.emit({type: 'buffer.unread', buffer: withRomeo, unread: 1, highlights: 1, readUpTo: 0});
	await typist.settle();
	t.regex(typist.row(22), /-\d+ more, 1 new-/);
	await typist.type(press.alt('u'));
	t.regex(typist.screen(), /new \(1\).*\n.*news/);
	t.notRegex(typist.row(22), /more/);
});

test('Alt+U loads what lies between here and the read marker line', async t => {
	const read = long[40]?.key ?? 0;
	const typist = await createTypist(
		{...people, buffers: [buffer(romeo, {unread: 459, readUpTo: read})]},
		undefined,
		backend => backend.history.set(withRomeo, [...long]),
	);
	await typist.type(press.alt('2'));
	t.notRegex(typist.screen(), /new \(/);
	await typist.type(press.alt('u'));
	t.regex(typist.screen(), /new \(459\).*\n.*line 41/);
});

test('Alt+U where nothing is new says so', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	await typist.type(press.alt('u'));
	t.regex(typist.screen(), /Nothing here is new/);
});

test('what comes at the start, before a key was pressed, is marked as new', async t => {
	const [read] = long;
	const typist = await createTypist(
		{...people, buffers: [buffer(romeo, {readUpTo: read?.key ?? 0})], active: withRomeo},
		undefined,
		backend => backend.history.set(withRomeo, long.slice(0, 1)),
	);
	incoming(typist, 'while you were away');
	await typist.settle();
	t.regex(typist.screen(), /new \(1\)/);
});

test('what comes while the person is there is not marked as new', async t => {
	const [read] = long;
	const typist = await createTypist(
		{...people, buffers: [buffer(romeo, {readUpTo: read?.key ?? 0})], active: withRomeo},
		undefined,
		backend => backend.history.set(withRomeo, long.slice(0, 1)),
	);
	await typist.type('h');
	incoming(typist, 'hello');
	await typist.type(press.blur + press.focus);
	incoming(typist, 'again');
	await typist.settle();
	t.notRegex(typist.screen(), /new \(/);
});

test('at the top older messages are loaded until the history begins', async t => {
	const typist = await withHistory();
	for (let page = 0; page < 60; page++) {
		await typist.type(press.pageUp);
	}

	t.regex(typist.screen(), /the recorded history begins here/);
	t.true(typist.screen().includes('line 0'));
	t.true(typist.backend.asked('loadHistory').length >= 2);
});

const altHome = press.alt('\u001b[H');
const altEnd = press.alt('\u001b[F');
const years: readonly Message[] = Array.from({length: 900}, (_, index) =>
	message(evening - (1000 - index) * minutes, `line ${index}.`),
);
const withYears = () =>
	createTypist({...people, active: withRomeo}, undefined, backend => backend.history.set(withRomeo, [...years]));
/** What the backend would record as well. */
const comes = (typist: Typist, body: string) => {
	typist.clock.advance(1);
	const news = message(typist.clock.now(), body);
	typist.backend.history.get(withRomeo)?.push(news);
	typist.backend.emit({type: 'message.recorded', message: news});
};

test('Alt+Home goes to the oldest message at once, and PageDown comes back without leaving one out', async t => {
	const typist = await withYears();
	await typist.type(altHome);
	t.is(typist.backend.asked('loadHistory').length, 1);
	t.regex(typist.screen(), /the recorded history begins here/);
	t.true(typist.screen().includes('line 0.'));
	comes(typist, 'news');
	await typist.settle();
	const seen = new Set<string>();
	for (let page = 0; page < 70; page++) {
		for (const [line] of typist.screen().matchAll(/line \d+\./g)) {
			seen.add(line);
		}

		t.true(page > 40 || !typist.screen().includes('news'));
		await typist.type(press.pageDown);
	}

	t.is(seen.size, years.length);
	t.true(typist.screen().includes('news'));
	comes(typist, 'more news');
	await typist.settle();
	t.true(typist.screen().includes('more news'));
});

test("Alt+End, and a message of one's own, lead from the oldest message to the newest", async t => {
	const typist = await withYears();
	await typist.type(altHome);
	comes(typist, 'news');
	await typist.type(altEnd);
	t.true(typist.screen().includes('news'));
	await typist.type(altHome);
	t.false(typist.screen().includes('news'));
	await typist.type(`hello${press.enter}`);
	t.regex(typist.screen(), /news[\s\S]*hello …/);
});

test('however much is loaded, nothing moves under the eyes of somebody who reads far up', async t => {
	const many = Array.from({length: windowLimit + 400}, (_, index) =>
		message(evening - (9000 - index) * 1000, `${index}.`),
	);
	const typist = await createTypist({...people, active: withRomeo}, undefined, backend =>
		backend.history.set(withRomeo, [...many]),
	);
	await typist.type(press.pageUp);
	for (let loaded = 0; loaded < 27; loaded++) {
		const oldest = typist.app.state().buffers[withRomeo]?.entries[0]?.key ?? 0;
		await typist.backend.actions.loadHistory({buffer: withRomeo, before: oldest, limit: 200});
	}

	await typist.type(altHome);
	await typist.type(press.pageDown);
	const before = typist.screen().split('\n').slice(1, 21);
	for (let index = 0; index < 300; index++) {
		comes(typist, `news ${index}`);
	}

	await typist.settle();
	t.deepEqual(typist.screen().split('\n').slice(1, 21), before);
	await typist.type(altEnd);
	t.true(typist.screen().includes('news 299'));
	t.true((typist.app.state().buffers[withRomeo]?.entries.length ?? 0) <= windowLimit + 100);
});

test("a message of one's own brings the newest into view", async t => {
	const typist = await withHistory();
	await typist.type(press.pageUp);
	await typist.type(`hello${press.enter}`);
	t.true(typist.screen().includes('hello …'));
});

test('/clear empties the view, PageUp brings the messages back', async t => {
	const typist = await withHistory();
	await typist.type(`/clear${press.enter}`);
	t.false(typist.screen().includes('line 499'));
	await typist.type(press.pageUp);
	t.true(typist.screen().includes('line 499'));
});

test('Up and Down walk through what was entered and come back to what was being typed', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	await typist.type(`one${press.enter}two${press.enter}dra`);
	await typist.type(press.up);
	t.is(typist.input(), 'two');
	await typist.type(press.up);
	t.is(typist.input(), 'one');
	await typist.type(press.down + press.down);
	t.is(typist.input(), 'dra');
});

test('Ctrl+R finds what was entered before and puts it into the input', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	await typist.type(`good morning${press.enter}good night${press.enter}else${press.enter}`);
	await typist.type(`${press.control('r')}GOOD`);
	t.regex(typist.popup() ?? '', /Entered before: GOOD\s+good night\s+good morning/);
	await typist.type(press.control('r') + press.enter);
	t.is(typist.popup(), undefined);
	t.is(typist.input(), 'good morning');
	await typist.type(`${press.control('r')}xyz`);
	t.regex(typist.popup() ?? '', /nothing with that/);
	await typist.type(press.escape);
	t.is(typist.input(), 'good morning');
});

test('Tab completes a command, then its contact', async t => {
	const typist = await createTypist(people);
	await typist.type('/que\t');
	t.is(typist.input(), '/query ');
	await typist.type('rom\t');
	t.is(typist.input(), '/query romeo@example.net ');
});

test('Tab with several candidates shows them and walks through them', async t => {
	const typist = await createTypist(people);
	await typist.type('/msg \t');
	t.regex(typist.popup() ?? '', /\/msg <who> \[message\].*\n.*nurse@example.org/s);
	await typist.type('\t');
	t.is(typist.input(), '/msg nurse@example.org');
	await typist.type('\t');
	t.is(typist.input(), '/msg romeo@example.net');
	await typist.type(press.shiftTab);
	t.is(typist.input(), '/msg nurse@example.org');
	await typist.type(' hi');
	t.is(typist.popup(), undefined);
	t.is(typist.input(), '/msg nurse@example.org hi');
});

test('Tab where nothing can be completed says what is expected', async t => {
	const typist = await createTypist(people);
	await typist.type('/away \t');
	t.regex(typist.screen(), /\/away \[text\]/);
});

test('Escape closes the choice and leaves the input', async t => {
	const typist = await createTypist(people);
	await typist.type('/a\t');
	t.not(typist.popup(), undefined);
	await typist.type(press.escape);
	t.is(typist.popup(), undefined);
	t.is(typist.input(), '/a');
});

test('Ctrl+K on empty input finds a buffer or a contact by a few letters', async t => {
	const typist = await createTypist({...people, buffers: [buffer(romeo)]});
	await typist.type(`${press.control('k')}nrs`);
	t.regex(typist.popup() ?? '', /Go to: nrs\n.*nurse/);
	await typist.type(press.enter);
	t.is(typist.app.view().active, withNurse);
	t.deepEqual(typist.backend.asked('openBuffer'), [{account: me, jid: nurse}]);
});

test('the search for a buffer offers the one on the screen last', async t => {
	const typist = await createTypist({
		...people,
		buffers: [buffer(romeo, {lastActivity: 2}), buffer(nurse, {lastActivity: 1})],
		active: withRomeo,
	});
	await typist.type(`${press.alt('k')}${press.enter}`);
	t.is(typist.app.view().active, withNurse);
});

test('a chat with oneself is not one with a stranger', async t => {
	const typist = await createTypist(people);
	await typist.type(`/query ${me}${press.enter}`);
	t.regex(typist.row(0), /notes to yourself/);
	t.notRegex(typist.screen(), /not a contact/);
});

test('/query opens a buffer, /close closes it and goes back', async t => {
	const typist = await createTypist({...people, buffers: []});
	await typist.type(`/query nurse hello${press.enter}`);
	t.is(typist.app.view().active, withNurse);
	t.true(typist.screen().includes('hello …'));
	await typist.type(`/close${press.enter}`);
	t.is(typist.app.view().active, consoleBuffer);
	t.deepEqual(typist.backend.asked('closeBuffer'), [{buffer: withNurse}]);
	await typist.type(`/close${press.enter}`);
	t.regex(typist.screen(), /The console stays open/);
});

test('a message to somebody who is not on the screen says that it went', async t => {
	const typist = await createTypist(people);
	await typist.type(`/msg romeo hello${press.enter}`);
	t.regex(typist.screen(), /Sent to Romeo Montague\. {2}Buffer 2 has it\./);
	typist.backend.emit({type: 'account.changed', account: account({status: 'offline'})});
	await typist.type(`/msg romeo hello${press.enter}`);
	t.regex(typist.screen(), /it waits until juliet@example\.org is online/);
	await typist.type(`${press.alt('2')}hello${press.enter}`);
	t.notRegex(typist.screen(), /Sent to/);
});

test('a buffer that cannot be opened says why', async t => {
	const typist = await createTypist({...people, buffers: []});
	typist.backend.refuse('openBuffer', refusal('storage', 'The disk is full.'));
	await typist.type(`/query nurse${press.enter}`);
	t.is(typist.app.view().active, consoleBuffer);
	t.regex(typist.screen(), /The disk is full/);
});

test('what an Action answered is said in words', async t => {
	const typist = await createTypist(people);
	await typist.type(`/ping${press.enter}/version example.org${press.enter}/account test${press.enter}`);
	t.regex(typist.screen(), /answered in 23 ms/);
	t.regex(typist.screen(), /runs Gajim 2.0 on Linux/);
	t.regex(typist.screen(), /The login works: .*TLSv1.3, SCRAM-SHA-256/s);
});

test('who reads further up is told the answer there too', async t => {
	const typist = await withHistory();
	await typist.type(press.pageUp + press.pageUp);
	await typist.type(`/ping${press.enter}`);
	t.regex(typist.screen(), /answered in 23 ms/);
	t.regex(typist.row(22), /more-/);
	typist.backend.refuse('ping', refusal('not-connected', 'There is no connection.'));
	await typist.type(`/ping${press.enter}`);
	t.regex(typist.row(21), /There is no connection\. {2}Try something else\./);
});

test('/reconnect says so where the connection is there', async t => {
	const typist = await createTypist(people);
	await typist.type(`/reconnect${press.enter}`);
	t.regex(typist.screen(), /juliet@example\.org is online\.\n.*Whether its server still answers is being checked/);
	typist.backend.emit({type: 'account.changed', account: account({status: 'offline'})});
	await typist.type(`/clear${press.enter}/connect${press.enter}`);
	t.notRegex(typist.screen(), /is online\./);
});

test('a sentence that ends with a quoted full stop has no second one', async t => {
	const typist = await createTypist(people);
	await typist.type(`/rename nurse Romeo M.${press.enter}/away back soon!${press.enter}`);
	t.regex(typist.screen(), /is now called Romeo M\.$/m);
	t.regex(typist.screen(), /away – back soon!$/m);
});

test('somebody who is asked for their software and stays silent leaves no doubt about it', async t => {
	const typist = await createTypist(people);
	typist.backend.refuse('softwareVersion', refusal('iq-timeout', 'example.org did not answer within 30 seconds.'));
	await typist.type(`/version example.org${press.enter}`);
	t.regex(typist.screen(), /Asking example\.org for its software….*did not answer within 30 seconds/s);
});

test('contacts are listed and offered with those first who are online', async t => {
	const online = [{resource: 'p', availability: 'away' as const, statusText: 'x'.repeat(500), priority: 0, since: 0}];
	const typist = await createTypist({...people, presence: [{account: me, jid: romeo, resources: online}]});
	await typist.type(`/contacts${press.enter}`);
	t.regex(typist.popup() ?? '', /Romeo Montague.*nurse/s);
	await typist.type(`${press.escape}${press.escape}`);
	typist.clock.advance(2000);
	await typist.type(`/query \t`);
	t.regex(typist.popup() ?? '', /romeo@example\.net.*nurse@example\.org/s);
});

test('lists are shown: accounts, contacts, buffers, keys', async t => {
	const typist = await createTypist({...people, requests: [{account: me, jid: romeo, text: 'let me in'}]});
	for (const [command, expected] of [
		['/account', /password in the keychain/],
		['/contacts', /let me in/],
		['/buffer', /2 {2}Romeo Montague/],
		['/keys', /Ctrl\+L/],
	] as const) {
		await typist.type(`${command}${press.enter}`);
		if (command === '/keys') {
			await typist.type('redraw');
		}

		t.regex(typist.popup() ?? '', expected);
		await typist.type(press.escape);
		await typist.type(press.escape);
	}
});

test('removing the account on screen leads back to the console', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	typist.backend.emit({type: 'account.removed', account: me});
	await typist.settle();
	t.is(typist.app.view().active, consoleBuffer);
});

test('F7 shows and hides the list of buffers', async t => {
	const typist = await createTypist(people);
	await typist.type(press.f7);
	t.true(typist.screen().includes('Contacts'));
	await typist.type(press.f7);
	t.false(typist.screen().includes('Contacts'));
});

test('Ctrl+L and /redraw paint everything again, Ctrl+Z suspends', async t => {
	const typist = await createTypist(people);
	typist.painted();
	await typist.type(`${press.control('l')}/redraw${press.enter}${press.control('z')}`);
	t.is(typist.painted().filter(id => id === 'redraw').length, 2);
});

test('a screen of 40 by 10 works, a smaller one says what it needs', async t => {
	const small = await createTypist({...people, active: withRomeo}, {columns: 40, rows: 10});
	await small.type(`hi${press.enter}`);
	t.true(small.screen().includes('hi …'));
	await small.type(press.f1);
	t.not(small.popup(), undefined);
	const tiny = await createTypist(people, {columns: 30, rows: 8});
	await tiny.type('x');
	t.regex(tiny.screen().replaceAll(/\s+/g, ' '), /needs at least 40 by 10/);
});

test('many events are painted a few times', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	typist.painted();
	for (let index = 0; index < 200; index++) {
		incoming(typist, `burst ${index}`);
		typist.clock.advance(5);
	}

	await typist.settle();
	t.true(typist.painted().filter(id => id === 'messages').length < 60);
	t.true(typist.screen().includes('burst 199'));
});

test('nobody is asked for a passphrase in the middle of a sentence', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	await typist.type('half a sen');
	typist.backend.emit({type: 'account.changed', account: account({status: 'locked', secrets: 'passphrase'})});
	await typist.settle();
	t.is(typist.popup(), undefined);
	t.regex(typist.row(22), /locked: \/unlock|locked \/unlock/);
	await typist.type('tence');
	t.is(typist.input(), 'half a sentence');
	typist.clock.advance(3000);
	typist.backend.emit({type: 'account.changed', account: account({status: 'locked', secrets: 'passphrase'})});
	await typist.settle();
	t.regex(typist.popup() ?? '', /Passphrase/, 'who left a line unfinished is asked');
});

test('a locked store of passwords is asked for once by itself', async t => {
	const typist = await createTypist(people);
	const locked = account({status: 'locked', secrets: 'passphrase'});
	typist.backend.emit({type: 'account.changed', account: locked});
	await typist.settle();
	t.regex(typist.popup() ?? '', /Passphrase/);
	await typist.type(`secret${press.enter}`);
	t.deepEqual(typist.backend.asked('unlock'), [{passphrase: 'secret'}]);
	t.is(typist.popup(), undefined);
	typist.backend.emit({type: 'account.changed', account: locked});
	await typist.settle();
	t.is(typist.popup(), undefined);
});

test('a message refused while another buffer is shown is not lost', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	typist.backend.refuse('sendMessage', refusal('storage', 'The disk is full.'));
	typist.app.input({type: 'paste', text: 'precious'});
	await typist.type(`${press.enter}${press.alt('3')}`);
	await typist.type(press.alt('2'));
	t.is(typist.input(), 'precious');
});

test('a very long text is pasted, shown and sent as one message', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	const body = 'x'.repeat(90_000);
	await typist.type(press.paste(body) + press.enter);
	t.deepEqual(typist.backend.asked('sendMessage'), [{account: me, to: romeo, body}]);
	t.regex(typist.screen(), /… 348 more lines: \/unfold shows them/);
});
