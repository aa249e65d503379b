import {readdirSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {registry} from '../../source/commands/definitions/index.js';
import type {Snapshot} from '../../source/model/actions.js';
import {type Buffer, bufferId} from '../../source/model/buffer.js';
import type {Message} from '../../source/model/message.js';
import type {Occupant} from '../../source/model/room.js';
import {defaultPreferences} from '../../source/model/settings.js';
import type {BareJid, Jid} from '../../source/shared/jid.js';
import type {Launch} from '../../source/tui/terminal/launch.js';
import {type LineMode, lineMode} from './line-mode.js';
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

const lounge = 'lounge@muc.example.org' as BareJid;
const inLounge = bufferId(me, 'room', lounge);
const room: Buffer = buffer(lounge, {id: inLounge, kind: 'room'});
const occupant = (nick: string, more: Partial<Occupant> = {}): Occupant => ({
	nick,
	role: 'participant',
	affiliation: 'none',
	availability: 'available',
	statusText: '',
	...more,
});
const people: Partial<Snapshot> = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Romeo Montague'}), contact(nurse, {name: 'Nurse', groups: ['Family']})],
	presence: [
		{
			account: me,
			jid: romeo,
			resources: [{resource: 'x', availability: 'away', statusText: 'exiled', priority: 0, since: 0}],
		},
	],
	buffers: [buffer(romeo), buffer(nurse), room],
	rooms: [
		{
			room: {account: me, jid: lounge, buffer: inLounge, status: 'joined', nick: 'juliet', features: {}},
			occupants: [occupant('juliet'), occupant('Tybalt', {role: 'moderator', affiliation: 'owner'})],
		},
	],
};

const spoken = (snapshot: Partial<Snapshot> = people, verbosity: 'brief' | 'normal' | 'full' = 'normal') =>
	lineMode({...snapshot, preferences: {...defaultPreferences, 'screen-reader.verbosity': verbosity}}, true, {
		spoken: true,
	});

/** The same, past the first words. */
async function listening(snapshot: Partial<Snapshot>): Promise<LineMode> {
	const run = spoken(snapshot);
	await run.settle();
	return run;
}

/** What is said because of this. */
async function said(run: LineMode, work: () => unknown): Promise<string> {
	const before = run.text().length;
	await work();
	await run.settle();
	return run.text().slice(before).trim();
}

const comes = (run: LineMode, body: string, more: Partial<Message> = {}) =>
	run.backend.emit({type: 'message.recorded', message: message(run.clock.now(), body, more)});

test('a message says who it is from and when, in words', async t => {
	const run = spoken();
	await run.settle();
	t.is(
		await said(run, () => comes(run, 'hello')),
		'Messages of Sat 21 Nov 2026.\nMessage from Romeo Montague, 21:58: hello',
	);
	t.is(
		await said(run, () => comes(run, 'one\ntwo', {encryption: 'omemo'})),
		'Message from Romeo Montague, encrypted, 21:58, 2 lines: one\ntwo',
	);
	t.is(await said(run, () => comes(run, '/me waves')), 'Message from Romeo Montague, 21:58: action: waves');
	t.is(
		await said(run, () =>
			comes(run, 'juliet: hi', {
				buffer: inLounge,
				kind: 'groupchat',
				author: `${lounge}/Tybalt` as Jid,
				highlight: true,
			}),
		),
		'Mention of you in room lounge from Tybalt, 21:58: juliet: hi',
	);
	t.is(
		await said(run, () => comes(run, 'from my phone', {direction: 'outgoing', via: 'carbon', state: 'acked'})),
		'You to Romeo Montague, 21:58: from my phone',
	);
});

test('what became of a message is said when it changes', async t => {
	const run = spoken();
	await run.type('/query romeo');
	await run.type('hello');
	const becomes = (state: 'acked' | 'delivered' | 'displayed' | 'failed') =>
		said(run, () =>
			run.backend.emit({
				type: 'message.changed',
				change: {
					key: evening * 1024,
					account: me,
					buffer: withRomeo,
					state,
					...(state === 'failed' ? {failure: 'No such server.'} : {}),
				},
			}),
		);
	t.is(await becomes('acked'), 'Sent.');
	t.is(await becomes('delivered'), 'Delivered to Romeo Montague.');
	t.is(await becomes('displayed'), 'Read by Romeo Montague.');
	t.is(await becomes('failed'), 'Not sent, No such server.\nType /resend to send it again.');
	await run.type('another');
	t.is(await becomes('delivered'), 'Delivered to Romeo Montague: “hello”');
});

test('who is told little hears of messages and of what went wrong', async t => {
	const run = spoken(people, 'brief');
	await run.type('/query romeo');
	await run.type('hello');
	const change = {key: evening * 1024, account: me, buffer: withRomeo};
	t.is(await said(run, () => run.backend.emit({type: 'message.changed', change: {...change, state: 'delivered'}})), '');
	t.regex(
		await said(run, () => run.backend.emit({type: 'message.changed', change: {...change, state: 'failed'}})),
		/^Not sent/,
	);
	t.is(await said(run, () => run.backend.emit({type: 'typing.changed', buffer: withRomeo, names: ['Romeo']})), '');
	t.regex(await said(run, () => comes(run, 'hi')), /Message from/);
});

test('who is typing and who comes and goes is said where the person is, and elsewhere to who wants all', async t => {
	const run = spoken();
	await run.type('/query romeo');
	const typing = (names: readonly string[], to = withRomeo) =>
		said(run, () => run.backend.emit({type: 'typing.changed', buffer: to, names}));
	t.is(await typing(['Romeo']), 'Romeo is typing.');
	t.is(await typing([]), '');
	t.is(await typing(['Nurse'], withNurse), '');
	const appears = (jid: BareJid, availability: 'away' | 'available') =>
		said(run, () =>
			run.backend.emit({
				type: 'presence.changed',
				account: me,
				jid,
				resources: [{resource: 'x', availability, statusText: '', priority: 0, since: 0}],
			}),
		);
	t.is(await appears(romeo, 'available'), 'Romeo Montague is now online.');
	t.is(await appears(romeo, 'available'), '');
	t.is(await appears(nurse, 'away'), '');

	const full = spoken(people, 'full');
	await full.type('/query romeo');
	t.is(
		await said(full, () => full.backend.emit({type: 'typing.changed', buffer: withNurse, names: ['Nurse']})),
		'Nurse is typing in Nurse.',
	);
});

test('the presences that a new connection brings are not read out one by one', async t => {
	const run = spoken({...people, accounts: [account({status: 'offline'})]}, 'full');
	await run.settle();
	run.backend.emit({type: 'account.changed', account: account()});
	const presence = {
		type: 'presence.changed',
		account: me,
		jid: nurse,
		resources: [{resource: 'x', availability: 'away', statusText: '', priority: 0, since: 0}],
	} as const;
	t.is(await said(run, () => run.backend.emit(presence)), '');
	run.clock.advance(10_000);
	t.is(await said(run, () => run.backend.emit({...presence, resources: []})), 'Nurse is now offline.');
});

test('those who join and leave a room are told of together', async t => {
	const run = spoken();
	await run.type(`/buffer 4`);
	const words = await said(run, async () => {
		for (const nick of ['a', 'b', 'c']) {
			run.backend.emit({
				type: 'occupant.changed',
				buffer: inLounge,
				occupant: occupant(nick),
				activity: {what: 'joined', nick, at: evening},
			});
		}

		run.backend.emit({
			type: 'occupant.left',
			buffer: inLounge,
			nick: 'Tybalt',
			activity: {what: 'left', nick: 'Tybalt', at: evening},
		});
		run.clock.advance(3000);
	});
	t.is(words, 'Room lounge: 3 people joined, Tybalt left.');
	t.is(
		await said(run, () =>
			run.backend.emit({
				type: 'occupant.left',
				buffer: inLounge,
				nick: 'a',
				activity: {what: 'kicked', nick: 'a', text: 'enough', at: evening},
			}),
		),
		'Room lounge: a was thrown out (enough).',
	);
	t.regex(
		await said(run, () =>
			run.backend.emit({
				type: 'room.changed',
				room: {
					account: me,
					jid: lounge,
					buffer: inLounge,
					status: 'joined',
					nick: 'juliet',
					features: {},
					subject: 'Feud',
				},
			}),
		),
		/Subject of room lounge: Feud/,
	);
});

test('going somewhere says where one is, what is new and what was begun', async t => {
	const run = await listening({...people, buffers: [buffer(romeo, {unread: 1, readUpTo: 5, draft: 'Dear Romeo'})]});
	run.backend.history.set(withRomeo, [message(evening - minutes, 'old', {key: 5}), message(evening, 'new', {key: 7})]);
	const words = await said(run, () => run.type('/query romeo'));
	t.is(
		words,
		[
			'Chat with Romeo Montague, away, says: exiled, not end-to-end encrypted, 1 unread, with a draft.',
			'Messages of Sat 21 Nov 2026.',
			'Message from Romeo Montague, 21:57: old',
			'1 new message:',
			'Message from Romeo Montague, 21:58: new',
			'Draft, not sent: Dear Romeo',
			'Type /draft send to send it, /draft drop to forget it.',
			'To Romeo Montague:',
		].join('\n'),
	);
	await run.type('/draft send');
	t.like(run.backend.asked('sendMessage')[0], {to: romeo, body: 'Dear Romeo'});
	t.regex(await said(run, () => run.type('/draft')), /There is no draft here/);
});

test('a muted buffer is heard by who goes there, and by nobody else', async t => {
	const run = await listening({...people, buffers: [buffer(romeo, {muted: true}), buffer(nurse), room]});
	await run.type('/query nurse');
	t.is(await said(run, () => comes(run, 'hush')), '');
	t.regex(await said(run, () => run.type('/query romeo')), /Message from Romeo Montague, 21:58: hush/);
	t.regex(await said(run, () => comes(run, 'louder')), /Message from Romeo Montague, 21:58: louder/);
	t.notRegex(await said(run, () => run.type('/scroll end')), /hush.*hush/s);
});

test('what differs from the defaults is said in one sentence each', async t => {
	const run = await listening(people);
	await run.type('/set mouse on');
	t.regex(await said(run, () => run.type('/changes')), /^mouse: on \(default: off\)$/m);
});

test('short codes become emoji as on the screen, but not in code', async t => {
	const run = await listening({...people, active: withRomeo});
	await run.type('/query romeo');
	await run.type('at 10:30:15 :+1: `:+1:` a:+1: :nosuch: :smile:');
	t.like(run.backend.asked('sendMessage')[0], {body: 'at 10:30:15 👍 `:+1:` a:+1: :nosuch: 😄'});
});

test('lists are sentences: no columns and no signs', async t => {
	const run = spoken({
		...people,
		buffers: [
			buffer(romeo, {unread: 2, highlights: 1, pinned: true}),
			buffer(nurse, {muted: true}),
			{...room, unread: 3, highlights: 1},
		],
	});
	await run.type('/query romeo');
	const buffers = await said(run, () => run.type('/buffer'));
	t.regex(buffers, /^2\. Chat with Romeo Montague, you are here, 2 unread, pinned$/m);
	t.regex(buffers, /^3\. Chat with Nurse, muted$/m);
	t.regex(buffers, /^4\. Room lounge, 3 unread, 1 for you$/m);
	const contacts = await said(run, () => run.type('/contacts'));
	t.regex(contacts, /^Romeo Montague, away, says: exiled, romeo@example\.net$/m);
	t.regex(contacts, /^Nurse, offline, nurse@example\.org, in Family$/m);
	await run.type('/buffer 4');
	const names = await said(run, () => run.type('/names'));
	t.regex(names, /^2 people are in this room\.\nTybalt, moderator, owner\njuliet, you, participant$/m);
	t.notRegex(run.text(), /[●◐◔⊖○✓│─═▌]|^--| {3}/m);
});

test('older messages come a page at a time, and the oldest and the newest at once', async t => {
	const run = spoken();
	run.backend.history.set(
		withRomeo,
		Array.from({length: 70}, (_, index) =>
			message(evening - (70 - index) * minutes, `line ${index}`, {key: index + 1}),
		),
	);
	t.regex(await said(run, () => run.type('/query romeo')), /line 50\n[\s\S]*line 69/);
	const up = await said(run, () => run.type('/scroll up'));
	t.regex(up, /^20 older messages:\n[\s\S]*line 30\n[\s\S]*line 49\n/);
	t.notRegex(up, /line 50/);
	t.regex(await said(run, () => run.type('/scroll up')), /line 10\n/);
	t.regex(await said(run, () => run.type('/scroll up')), /^10 older messages:/);
	t.regex(await said(run, () => run.type('/scroll up')), /There is nothing older/);
	t.regex(await said(run, () => run.type('/scroll down')), /^20 newer messages:\n[\s\S]*line 10\n/);
	t.regex(await said(run, () => run.type('/scroll top')), /^The oldest messages:\n[\s\S]*line 0\n/);
	t.regex(await said(run, () => run.type('/scroll end')), /^The newest messages:\n[\s\S]*line 69\n/);
});

test('what was found is listed by number, and a number goes there', async t => {
	const run = await listening(people);
	const hit = message(evening - 600 * minutes, 'wherefore art thou', {key: 3});
	run.backend.history.set(withRomeo, [hit, message(evening, 'later', {key: 9})]);
	const found = await said(run, () => run.type('/search wherefore'));
	t.regex(found, /^1\. Romeo Montague, Romeo Montague, 11:58: wherefore art thou$/m);
	t.regex(found, /Number, 1 to 1, or anything else:$/);
	const there = await said(run, () => run.type('1'));
	t.regex(there, /^Chat with Romeo Montague/);
	t.regex(there, /Messages around it:\n[\s\S]*wherefore art thou/);
	t.deepEqual(run.backend.asked('sendMessage'), []);
	await run.type('1');
	t.like(run.backend.asked('sendMessage')[0], {body: '1'}, 'only the line behind a list is a choice');
});

test('a line that ends with a backslash goes on with the next one', async t => {
	const run = spoken();
	await run.type('/query romeo');
	await run.type('one\\');
	await run.type('two\\\\');
	t.like(run.backend.asked('sendMessage')[0], {body: 'one\ntwo\\'});
});

test('links are read out one by one', async t => {
	const run = spoken();
	run.backend.history.set(withRomeo, [message(evening, 'see https://example.org/a?b=1, or xmpp:a@b.example')]);
	await run.type('/query romeo');
	const links = await said(run, () => run.type('/links'));
	t.regex(links, /^1\. https:\/\/example\.org\/a\?b=1, from Romeo Montague\n2\. xmpp:a@b\.example, from/);
});

test('stanzas can be watched in lines too', async t => {
	const run = spoken();
	await run.type('/xml');
	const words = await said(run, () =>
		run.backend.emit({
			type: 'xml.passed',
			account: me,
			direction: 'out',
			name: 'iq',
			text: '<iq>\n\t<a/>\n</iq>',
			at: 0,
		}),
	);
	t.is(words, `sent: iq (${me})\n<iq>\n<a/>\n</iq>`);
	await run.type('/xml filter message');
	await run.type('/xml off');
	t.deepEqual(run.backend.asked('watchXml'), [{on: true}, {on: false}]);
});

test('the program of the person calls in lines too, when nobody has typed for a while', async t => {
	const started: Array<readonly string[]> = [];
	const launch: Launch = command => started.push(command);
	const run = lineMode(
		{...people, preferences: {...defaultPreferences, 'notify.command': ['speak', '{title}']}},
		true,
		{
			spoken: true,
			calls: true,
			launch,
		},
	);
	await run.type('/query romeo');
	comes(run, 'hello');
	run.clock.advance(1000);
	t.deepEqual(started, []);
	run.clock.advance(2 * minutes);
	comes(run, 'hello?');
	run.clock.advance(1000);
	t.deepEqual(started, [['speak', 'Romeo Montague']]);
	t.regex(await said(run, () => run.type('/notify test')), /Program: speak \{title\}, started now/);
});

test('the server is told when nobody has typed for five minutes, and when somebody does again', async t => {
	const run = await listening(people);
	const states = () => run.backend.asked('setAttention').map(input => (input as {active: boolean}).active);
	run.clock.advance(4 * minutes);
	await run.type('/query romeo');
	run.clock.advance(4 * minutes);
	t.deepEqual(states(), []);
	run.clock.advance(minutes);
	t.deepEqual(states(), [false]);
	await run.type('hello');
	t.deepEqual(states(), [false, true]);
	run.interruption.abort();
});

test('what is printed while nobody types is read only when somebody does', async t => {
	const run = await listening(people);
	await run.type('/query romeo');
	comes(run, 'hello');
	await run.settle();
	t.is(run.backend.asked('markRead').length, 1);
	run.clock.advance(2 * minutes);
	comes(run, 'are you there?');
	await run.settle();
	t.is(run.backend.asked('markRead').length, 1);
	await run.type('yes');
	t.is(run.backend.asked('markRead').length, 2);
	run.interruption.abort();
});

/** Milliseconds in which an answer must come that asks other programs first. */
const patience = 30_000;

/** Commands whose answer is what the server makes of them: they arrive as Events of their own. */
const answeredByEvents = new Set(['connect', 'msg', 'quit']);

for (const {name, summary, examples} of registry.commands) {
	test(`in lines something is said to /${name}: ${summary}`, async t => {
		for (const {input} of examples) {
			const run = spoken();
			await run.type('/query romeo');
			const before = run.backend.calls.length;
			const length = run.text().length;
			await run.type(input);
			await run.heard(length, answeredByEvents.has(name) ? 0 : patience);
			const words = run.text().slice(length);
			const news = words.replace(/^(?:To [^\n]*|Command):$/mu, '').trim();
			const isCall = run.backend.calls.length > before && answeredByEvents.has(name);
			t.true(news !== '' || isCall || name === 'quit', `${input}: ${words}`);
			t.notRegex(words, /[\0-\u0008\u000B-\u001F\u007F-\u009F]/u, input);
			run.interruption.abort();
		}
	});
}

test('the line mode loads no Ink and no React', t => {
	const source = fileURLToPath(new URL('../../../source/', import.meta.url));
	const seen = new Set<string>();
	const open = [`${source}tui/plain.ts`];
	for (let file = open.pop(); file !== undefined; file = open.pop()) {
		if (!seen.has(file)) {
			seen.add(file);
			const text = readFileSync(file, 'utf8');
			for (const [, target = ''] of text.matchAll(/^(?:import|export) (?!type )[^;]*? from '([^']+)'/gmu)) {
				t.notRegex(target, /^(?:ink|react)(?:$|\/)/, file);
				if (target.startsWith('.')) {
					open.push(fileURLToPath(new URL(target.replace(/\.js$/u, '.ts'), `file://${file}`)));
				}
			}
		}
	}

	t.true(seen.size > 50);
	t.true(readdirSync(`${source}tui/plain`).length > 5);
});
