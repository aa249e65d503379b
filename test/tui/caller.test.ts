import test from 'ava';
import {type BufferId, bufferId, requestsBuffer} from '../../source/model/buffer.js';
import type {Event} from '../../source/model/events.js';
import type {Message} from '../../source/model/message.js';
import {defaultPreferences, type Preferences} from '../../source/model/settings.js';
import type {BareJid, Jid} from '../../source/shared/jid.js';
import {reduce} from '../../source/store/reduce.js';
import {createCaller} from '../../source/tui/app/caller.js';
import {callOf, commandFor, isQuiet, waitingFor} from '../../source/tui/app/notification-rules.js';
import {channelText} from '../../source/tui/app/notification-words.js';
import {createManualClock} from '../support/manual-clock.js';
import {
	account,
	buffer,
	contact,
	evening,
	me,
	message,
	nurse,
	romeo,
	stateAfter,
	utc,
	withNurse,
	withRomeo,
} from './support.js';

const lounge = 'lounge@muc.example.org' as BareJid;
const inLounge = bufferId(me, 'room', lounge);
const room = buffer(lounge, {id: inLounge, kind: 'room'});

/** Somebody who looks at nothing until `seen` says otherwise; what called them, in order. */
function unattended(preferences: Partial<Preferences> = {}, start = evening) {
	const clock = createManualClock(start);
	let state = stateAfter({
		type: 'snapshot.loaded',
		snapshot: {
			accounts: [account()],
			contacts: [contact(romeo, {name: 'Romeo'}), contact(nurse, {name: 'Nurse'})],
			presence: [],
			requests: [],
			buffers: [buffer(romeo), buffer(nurse), room],
			preferences: {...defaultPreferences, 'notify.terminal': 'osc9', ...preferences},
		},
	});
	const seen = new Set<BufferId>();
	const called: string[] = [];
	const started: Array<readonly string[]> = [];
	const warnings: string[] = [];
	let rung = 0;
	const caller = createCaller({
		clock,
		calendar: utc,
		signals: {
			bell() {
				rung++;
			},
			notify: (_, title, text) => called.push(`${title}: ${text}`),
			launch(command, failed) {
				started.push(command);
				if (command[0] === 'missing') {
					failed('it was not found.');
				}
			},
		},
		state: () => state,
		isSeen: id => seen.has(id),
		warn: text => warnings.push(text),
	});
	const happen = (event: Event) => {
		state = reduce(state, event);
		caller.hear(event);
	};
	return {
		clock,
		caller,
		seen,
		called,
		started,
		warnings,
		rung: () => rung,
		state: () => state,
		happen,
		prefers: (changed: Partial<Preferences>) =>
			happen({type: 'preferences.changed', preferences: {...state.preferences, ...changed}}),
		says: (body: string, more: Partial<Message> = {}) =>
			happen({type: 'message.recorded', message: message(clock.now(), body, more)}),
	};
}

const moment = 1000;
const minute = 60_000;

test('a private message calls after a moment', t => {
	const here = unattended();
	here.says('psst');
	t.is(here.rung(), 0);
	here.clock.advance(moment);
	t.deepEqual(here.called, ['Romeo: psst']);
	t.is(here.rung(), 1);
});

test('what is before the eyes calls nobody, not even when it is looked at only then', t => {
	const here = unattended();
	here.seen.add(withRomeo);
	here.says('psst');
	here.clock.advance(minute);
	here.says('hello', {buffer: withNurse, author: nurse});
	here.seen.add(withNurse);
	here.clock.advance(minute);
	t.deepEqual(here.called, []);
	t.is(here.rung(), 0);
});

test('own messages, headlines, history and what was there before this device call nobody', t => {
	const here = unattended();
	here.says('mine', {direction: 'outgoing', via: 'local'});
	here.says('sale', {kind: 'headline'});
	here.happen({type: 'message.recorded', message: message(evening, 'old', {via: 'archive'}), past: true});
	here.happen({type: 'history.loaded', buffer: withRomeo, messages: [message(evening, 'older')], complete: true});
	here.clock.advance(minute);
	t.deepEqual(here.called, []);
});

test('what comes together calls once, and what comes soon after that once more', t => {
	const here = unattended();
	here.says('one');
	here.says('two');
	here.clock.advance(moment);
	t.deepEqual(here.called.splice(0), ['Romeo (2): two']);
	for (let index = 0; index < 40; index++) {
		here.says('more');
		here.says('more', {buffer: withNurse, author: nurse});
		here.clock.advance(100);
	}

	t.deepEqual(here.called, []);
	here.clock.advance(5000);
	t.deepEqual(here.called, ['xmppc: 80 new messages in 2 chats']);
	t.is(here.rung(), 2);
});

test('a room calls when the person is named, unless they want all of it or nothing', t => {
	const here = unattended();
	const says = (highlight: boolean) => {
		here.says('hello', {
			buffer: inLounge,
			kind: 'groupchat',
			author: `${lounge}/Tybalt` as Jid,
			...(highlight ? {highlight: true} : {}),
		});
		here.clock.advance(10_000);
		return here.called.splice(0);
	};

	t.deepEqual(says(false), []);
	t.deepEqual(says(true), ['Tybalt in lounge: hello']);
	here.happen({type: 'buffer.changed', buffer: inLounge, arrangement: {notify: 'all'}});
	t.is(says(false).length, 1);
	here.happen({type: 'buffer.changed', buffer: inLounge, arrangement: {notify: 'none'}});
	t.deepEqual(says(true), []);
	here.happen({type: 'buffer.changed', buffer: inLounge, arrangement: {notify: 'all', muted: true}});
	t.deepEqual(says(true), []);
});

test('a chat of which only mentions call is silent otherwise', t => {
	const here = unattended();
	here.happen({type: 'buffer.changed', buffer: withRomeo, arrangement: {notify: 'mentions'}});
	here.says('hm');
	here.clock.advance(moment);
	t.deepEqual(here.called, []);
	here.says('Juliet!', {highlight: true});
	here.clock.advance(moment);
	t.is(here.called.length, 1);
});

test('in quiet hours nothing calls, and afterwards nothing is made up for', t => {
	const here = unattended({'notify.quiet': '21:00-22:00'});
	here.says('psst');
	here.clock.advance(5 * minute);
	t.deepEqual(here.called, []);
	here.says('later');
	here.clock.advance(moment);
	t.deepEqual(here.called, ['Romeo: later']);
});

test('quiet hours may go over midnight', t => {
	const at = (text: string) => {
		const [hour = 0, minutes = 0] = text.split(':').map(Number);
		return {hour, minute: minutes};
	};
	for (const quiet of ['22:00', '23:59', '00:00', '06:59']) {
		t.true(isQuiet('22:00-07:00', at(quiet)), quiet);
	}

	for (const loud of ['07:00', '12:00', '21:59']) {
		t.false(isQuiet('22:00-07:00', at(loud)), loud);
	}

	t.true(isQuiet('12:30-13:00', at('12:30')));
	t.false(isQuiet('12:30-13:00', at('13:00')));
	t.false(isQuiet('12:30-12:30', at('12:30')));
	t.false(isQuiet('', at('12:30')));
});

test('what was read on another device in that moment calls nobody', t => {
	const here = unattended();
	here.says('psst');
	const key = here.state().buffers[withRomeo]?.entries.at(-1)?.key ?? 0;
	here.happen({type: 'buffer.unread', buffer: withRomeo, unread: 0, highlights: 0, readUpTo: key});
	here.clock.advance(minute);
	t.deepEqual(here.called, []);
});

test('what was read here before the person looked away was not read on another device', t => {
	const here = unattended();
	here.seen.add(withRomeo);
	here.says('psst');
	here.seen.delete(withRomeo);
	const readUpTo = here.clock.now() * 1024;
	here.happen({type: 'buffer.unread', buffer: withRomeo, unread: 0, highlights: 0, readUpTo});
	here.clock.advance(moment);
	here.says('hello');
	here.clock.advance(moment);
	t.deepEqual(here.called, ['Romeo: hello']);
});

test('while the person writes on another device nothing calls, until some time after', t => {
	const here = unattended();
	here.says('I am on the bus', {direction: 'outgoing', via: 'carbon'});
	here.clock.advance(moment);
	here.says('and where?');
	here.says('what?', {buffer: withNurse, author: nurse});
	here.clock.advance(2 * minute);
	t.deepEqual(here.called, []);
	here.clock.advance(minute);
	t.deepEqual(here.called, ['xmppc: 2 new messages in 2 chats']);
});

test('what was answered on another device does not call later', t => {
	const here = unattended();
	here.says('where are you?');
	here.says('on the bus', {direction: 'outgoing', via: 'carbon'});
	here.clock.advance(10 * minute);
	t.deepEqual(here.called, []);
});

test('a key pressed here tells that the person is back from the other device', t => {
	const here = unattended();
	here.says('on the bus', {direction: 'outgoing', via: 'carbon'});
	here.says('and where?');
	here.clock.advance(10_000);
	here.caller.touched();
	here.clock.advance(0);
	t.deepEqual(here.called, ['Romeo: and where?']);
});

test('what was missed while there was no connection calls once, when all of it is there', t => {
	const here = unattended();
	const archive = (loading: boolean) => here.happen({type: 'archive.changed', account: me, loading, gaps: []});
	archive(true);
	for (let index = 0; index < 12; index++) {
		here.says(`missed ${index}`, {via: 'archive'});
		here.clock.advance(3000);
	}

	here.says('missed', {via: 'archive', buffer: withNurse, author: nurse});
	here.says('hello lounge', {via: 'archive', buffer: inLounge, kind: 'groupchat'});
	here.clock.advance(minute);
	t.deepEqual(here.called, []);
	archive(false);
	here.clock.advance(2000);
	t.deepEqual(here.called, ['xmppc: 13 new messages in 2 chats']);
	t.is(here.rung(), 1);
});

test('a message of now does not wait for those that were missed', t => {
	const here = unattended();
	here.happen({type: 'archive.changed', account: me, loading: true, gaps: []});
	here.says('missed', {via: 'archive'});
	here.says('now', {buffer: withNurse, author: nurse});
	here.clock.advance(moment);
	t.deepEqual(here.called.splice(0), ['Nurse: now']);
	here.happen({type: 'archive.changed', account: me, loading: false, gaps: []});
	here.clock.advance(10_000);
	t.deepEqual(here.called, ['Romeo: 1 new message']);
});

test('a contact request calls once, however often the server repeats it', t => {
	const here = unattended({'requests.notify': true});
	const request: Event = {type: 'subscription.requested', request: {account: me, jid: 'paris@example.net' as BareJid}};
	here.happen(request);
	here.clock.advance(moment);
	here.happen({type: 'subscription.resolved', account: me, jid: 'paris@example.net' as BareJid});
	here.happen(request);
	here.clock.advance(minute);
	t.deepEqual(here.called, ['Contact request: paris@example.net wants to see when you are online.']);
	here.seen.add(requestsBuffer);
	here.happen({type: 'subscription.requested', request: {account: me, jid: 'mercutio@example.net' as BareJid}});
	here.clock.advance(minute);
	t.is(here.called.length, 1);
});

test('an account that needs the person calls once for each reason', t => {
	const here = unattended();
	const fails = (code: string) => {
		here.happen({
			type: 'account.changed',
			account: account({status: 'failed', problem: {code, kind: 'notPermitted', message: `It is ${code}.`}}),
		});
		here.clock.advance(10_000);
		return here.called.splice(0);
	};

	t.deepEqual(fails('wrong-password'), [`${me} needs you: It is wrong-password.`]);
	t.deepEqual(fails('wrong-password'), []);
	t.is(fails('certificate-expired').length, 1);
	here.happen({type: 'account.changed', account: account()});
	t.is(fails('certificate-expired').length, 1);
});

test('the text of encrypted chats is not shown until the person wants it', t => {
	const texts = (content: Preferences['notify.content']) => {
		const here = unattended({'notify.content': content});
		here.says('in clear');
		here.clock.advance(10_000);
		here.says('secret', {encryption: 'omemo'});
		here.clock.advance(10_000);
		here.happen({type: 'encryption.changed', buffer: withRomeo, encryption: 'omemo'});
		here.says('clear in an encrypted chat');
		here.clock.advance(10_000);
		return here.called;
	};

	t.deepEqual(texts('unencrypted'), ['Romeo: in clear', 'Romeo: New message', 'Romeo: New message']);
	t.deepEqual(texts('always'), ['Romeo: in clear', 'Romeo: secret', 'Romeo: clear in an encrypted chat']);
	t.deepEqual(texts('never'), ['Romeo: New message', 'Romeo: New message', 'Romeo: New message']);
});

test('nothing that somebody writes works on a terminal, and it is not endless', t => {
	const here = unattended();
	here.says(`a\u001B]0;x\u0007b\n\u202Ec${'x'.repeat(10_000)}`);
	here.clock.advance(moment);
	t.is(here.called[0]?.length, 'Romeo: '.length + 200);
	t.notRegex(here.called[0] ?? '', /[\0-\u001F\u007F\u202E]/);
});

test('the bell and the notifications of the terminal can be turned off', t => {
	const here = unattended({'notify.bell': false, 'notify.terminal': 'off'});
	here.says('psst');
	here.clock.advance(moment);
	t.is(here.rung(), 0);
	t.deepEqual(here.called, []);
});

test('a program of the person gets title and text as arguments, and is never given an option by others', t => {
	const here = unattended({'notify.command': ['notify-send', '--app={title}', '{title}', '{text}', '{title}{text}']});
	here.says('--version {title} $(reboot) "');
	here.clock.advance(moment);
	t.deepEqual(here.started, [
		['notify-send', '--app=Romeo', 'Romeo', ' --version {title} $(reboot) "', 'Romeo--version {title} $(reboot) "'],
	]);
	t.deepEqual(commandFor(['x', '{title}'], {title: '-a', text: ''}), ['x', ' -a']);
});

test('a program that is not there is told of once', t => {
	const here = unattended({'notify.command': ['missing', '{text}']});
	here.says('one');
	here.clock.advance(10_000);
	here.says('two');
	here.clock.advance(10_000);
	t.is(here.started.length, 2);
	t.deepEqual(here.warnings, ['“missing” cannot be started for notifications: it was not found.']);
});

test('a program that is not there is told of again when it is tried, and after another one', t => {
	const here = unattended({'notify.command': ['missing', '{text}']});
	here.says('one');
	here.clock.advance(10_000);
	here.caller.announce({title: 'xmppc', text: 'This is a test.'});
	t.is(here.warnings.length, 2);
	here.prefers({'notify.command': ['present']});
	here.says('two');
	here.clock.advance(10_000);
	here.prefers({'notify.command': ['missing', '{text}']});
	here.says('three');
	here.clock.advance(10_000);
	t.is(here.warnings.length, 3);
});

test('a thousand chats that speak at once are one call', t => {
	const here = unattended();
	for (let index = 0; index < 1000; index++) {
		here.says('psst');
	}

	here.clock.advance(moment);
	t.deepEqual(here.called, ['Romeo (1000): psst']);
});

test('what waits is counted as it calls: all of a chat, of a room the mentions, of what is muted nothing', t => {
	const counts = {unread: 5, highlights: 2};
	const state = stateAfter({
		type: 'snapshot.loaded',
		snapshot: {
			accounts: [account()],
			contacts: [],
			presence: [],
			requests: [],
			buffers: [buffer(romeo, counts), buffer(nurse, {...counts, muted: true}), {...room, ...counts}],
		},
	});
	t.is(
		waitingFor(state, () => false),
		7,
	);
	t.is(
		waitingFor(state, id => id === withRomeo),
		2,
	);
});

test('an event that concerns nobody is no call', t => {
	const {state} = unattended();
	t.is(callOf({type: 'account.changed', account: account()}, state()), undefined);
	t.is(callOf({type: 'typing.changed', buffer: withRomeo, names: ['Romeo']}, state()), undefined);
});

test('the ways to call are told with how to turn them on', t => {
	const all = {bell() {}, notify() {}, launch() {}};
	const preferences = {...defaultPreferences, 'notify.terminal': 'osc99', 'notify.quiet': '22:00-07:00'} as const;
	const text = channelText(preferences, buffer(romeo, {muted: true}), all).join('\n');
	t.regex(text, /^Bell: on/m);
	t.regex(text, /osc99, sent now/);
	t.regex(text, /^Program: none \(\/set notify\.command/m);
	t.regex(text, /^Quiet hours: 22:00-07:00\.$/m);
	t.regex(text, /^This conversation: muted/m);
	t.regex(channelText(defaultPreferences, undefined, {}).join('\n'), /^Bell: not here/m);
});
