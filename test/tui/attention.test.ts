import test from 'ava';
import {consoleBuffer, xmlBuffer} from '../../source/model/buffer.js';
import type {Event} from '../../source/model/events.js';
import {defaultPreferences} from '../../source/model/settings.js';
import type {BareJid} from '../../source/shared/jid.js';
import {bufferOf} from '../../source/store/selectors.js';
import {account, buffer, contact, evening, me, message, nurse, romeo, withNurse, withRomeo} from './support.js';
import {createTypist, press, type Typist} from './typist.js';

const people = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Romeo'}), contact(nurse, {name: 'Nurse'})],
	buffers: [buffer(romeo), buffer(nurse)],
	preferences: {...defaultPreferences, 'notify.terminal': 'osc777', 'notify.command': ['missing', '{text}']},
} as const;

async function inChat(): Promise<Typist> {
	const typist = await createTypist({...people, active: withRomeo});
	await typist.settle();
	typist.backend.calls.length = 0;
	return typist;
}

const says = (typist: Typist, body: string, of: 'romeo' | 'nurse' = 'romeo') => {
	const more = of === 'romeo' ? {} : {buffer: withNurse, author: nurse};
	typist.backend.emit({type: 'message.recorded', message: message(typist.clock.now(), body, more)});
	typist.clock.advance(1000);
};

test('the chat on the screen calls nobody while the terminal has the keyboard', async t => {
	const typist = await inChat();
	says(typist, 'hello');
	t.is(typist.rung(), 0);
	says(typist, 'hello', 'nurse');
	t.is(typist.rung(), 1);
	typist.app.close();
});

test('the chat on the screen calls while another window has the keyboard', async t => {
	const typist = await inChat();
	await typist.type(press.blur);
	says(typist, 'hello');
	t.is(typist.rung(), 1);
	t.deepEqual(typist.backend.asked('markRead'), []);
	typist.app.close();
});

test('a key tells that somebody looks, whatever the terminal says about its focus', async t => {
	const typist = await inChat();
	await typist.type(press.blur);
	await typist.type('x');
	says(typist, 'hello');
	t.is(typist.rung(), 0);
	typist.app.close();
});

test('where the terminal tells nothing of its focus, nobody is believed to look a minute after the last key', async t => {
	const typist = await inChat();
	await typist.type('x');
	says(typist, 'here?');
	t.is(typist.rung(), 0);
	t.is(typist.backend.asked('markRead').length, 1);
	typist.clock.advance(60_000);
	says(typist, 'still here?');
	await typist.settle();
	t.is(typist.rung(), 1);
	t.is(typist.backend.asked('markRead').length, 1, 'nobody has read it');
	t.regex(typist.screen(), /new \(1\)/);
	await typist.type('y');
	t.is(typist.backend.asked('markRead').length, 2);
	typist.app.close();
});

test('who looks and does not type is believed to look, where the terminal tells of its focus', async t => {
	const typist = await inChat();
	await typist.type(press.focus);
	typist.clock.advance(4 * 60_000);
	says(typist, 'hello');
	t.is(typist.rung(), 0);
	typist.app.close();
});

test('a notification of the terminal and a program tell what came; a program that is missing is told of', async t => {
	const typist = await inChat();
	says(typist, 'hello', 'nurse');
	t.deepEqual(typist.calls(), ['Nurse: hello', ['missing', 'hello']]);
	await typist.type(press.alt('1'));
	t.regex(typist.screen(), /“missing” cannot be started for notifications: it was not found\./);
	typist.app.close();
});

test('/notify test calls in every way that is turned on, and says which those are', async t => {
	const typist = await inChat();
	await typist.type(`/notify test${press.enter}`);
	t.is(typist.rung(), 1);
	t.deepEqual(typist.calls()[0], 'xmppc: This is a test.');
	t.regex(typist.screen(), /Bell: on, rung now/);
	t.regex(typist.screen(), /This conversation: calls for every message/);
	typist.app.close();
});

test('the title does not count where that is turned off', async t => {
	const typist = await createTypist({...people, preferences: {...defaultPreferences, 'notify.title': false}});
	typist.backend.emit({type: 'buffer.unread', buffer: withRomeo, unread: 2, highlights: 2, readUpTo: 0});
	await typist.settle();
	t.is(typist.title(), 'xmppc');
	typist.app.close();
});

const passed = (name: string, text: string, more: Partial<Event> = {}): Event =>
	({type: 'xml.passed', account: me, direction: 'in', name, text, at: evening, ...more}) as Event;

test('/xml shows stanzas in a buffer of its own, and nothing is looked at once that is closed', async t => {
	const typist = await inChat();
	typist.backend.emit(passed('message', '<message/>'));
	await typist.type(`/xml${press.enter}`);
	t.is(typist.app.view().active, xmlBuffer);
	t.deepEqual(typist.backend.asked('watchXml'), [{on: true}]);
	t.deepEqual(typist.backend.asked('loadHistory'), []);
	typist.backend.emit(passed('iq', '<iq type="get">\n\t<ping/>\n</iq>', {from: romeo} as Partial<Event>));
	await typist.settle();
	t.regex(typist.screen(), /received: iq from romeo@example\.net \(juliet@example\.org\)/);
	t.regex(typist.screen(), /│ <iq type="get">\n.*│ {5}<ping\/>\n.*│ <\/iq>/);
	t.notRegex(typist.screen(), /<message\/>/);
	await typist.type(`/close${press.enter}`);
	t.deepEqual(typist.backend.asked('watchXml'), [{on: true}, {on: false}]);
	t.deepEqual(typist.backend.asked('closeBuffer'), []);
	t.is(typist.app.view().active, withRomeo);
	t.is(typist.app.state().buffers[xmlBuffer], undefined);
	typist.app.close();
});

test('/xml filter chooses among what was shown and what comes, until it is taken away', async t => {
	const typist = await inChat();
	await typist.type(`/xml on ${me}${press.enter}`);
	t.deepEqual(typist.backend.asked('watchXml'), [{on: true, account: me}]);
	typist.backend.emit(passed('iq', '<iq>one</iq>', {from: 'romeo@example.net/x' as BareJid} as Partial<Event>));
	typist.backend.emit(passed('presence', '<presence>two</presence>', {from: nurse} as Partial<Event>));
	await typist.type(`/xml filter iq from:ROMEO contains One${press.enter}`);
	typist.backend.emit(passed('iq', '<iq>one more</iq>', {from: nurse} as Partial<Event>));
	await typist.settle();
	t.regex(typist.screen(), /<iq>one<\/iq>/);
	t.notRegex(typist.screen(), /two|one more/);
	t.regex(typist.screen(), /only iq from:ROMEO contains One/);
	await typist.type(`/xml filter${press.enter}`);
	t.regex(typist.screen(), /two/);
	t.regex(typist.screen(), /one more/);
	await typist.type(`/xml filter nonsense${press.enter}`);
	t.regex(typist.screen(), /“nonsense” is no filter/);
	typist.app.close();
});

test('the view of stanzas does not grow without end', async t => {
	const typist = await inChat();
	await typist.type(`/xml${press.enter}`);
	for (let index = 0; index < 600; index++) {
		typist.backend.emit(passed('iq', `<iq>${'x'.repeat(5000)}</iq>`));
	}

	await typist.type(`/xml filter iq${press.enter}`);
	t.true((typist.app.state().buffers[xmlBuffer]?.entries.length ?? 0) <= 202);
	typist.app.close();
});

test('in the view of stanzas nobody is written to', async t => {
	const typist = await inChat();
	await typist.type(`/xml${press.enter}`);
	await typist.type(`hello${press.enter}`);
	t.deepEqual(typist.backend.asked('sendMessage'), []);
	typist.app.close();
});

test('a program for notifications that is not there is counted in the console', async t => {
	const typist = await inChat();
	says(typist, 'hello', 'nurse');
	t.is(bufferOf(typist.app.state(), consoleBuffer)?.info.unread, 1);
	await typist.type(`/buffer console${press.enter}`);
	t.regex(typist.screen(), /“missing” cannot be started for notifications/);
	t.is(bufferOf(typist.app.state(), consoleBuffer)?.info.unread, 0);
	typist.app.close();
});

test('what is wrong in a settings file that was edited is counted in the console', async t => {
	const typist = await inChat();
	const tell = (level: 'info' | 'error') =>
		typist.backend.emit({type: 'notice', level, text: 'about the file', buffer: consoleBuffer, at: typist.clock.now()});
	tell('info');
	t.is(bufferOf(typist.app.state(), consoleBuffer)?.info.unread, 0);
	tell('error');
	t.is(bufferOf(typist.app.state(), consoleBuffer)?.info.unread, 1);
	typist.app.close();
});
