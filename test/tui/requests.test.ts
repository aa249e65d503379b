/** Strangers who wait, whom the person blocks, and what a moderator takes back at once: on the screen and in lines. */
import test from 'ava';
import {bufferId, requestsBuffer} from '../../source/model/buffer.js';
import type {Message} from '../../source/model/message.js';
import type {MessageRequest} from '../../source/model/message-request.js';
import {defaultPreferences} from '../../source/model/settings.js';
import type {BareJid, FullJid, Jid} from '../../source/shared/jid.js';
import {displayWidth} from '../../source/shared/text.js';
import {dark} from '../../source/themes/dark.js';
import {monochrome} from '../../source/themes/monochrome.js';
import {initialView, withActive} from '../../source/tui/app/view-state.js';
import {spokenBy} from '../../source/tui/strangers/clean-up.js';
import {refusal} from './fake-backend.js';
import {lineMode} from './line-mode.js';
import {coloredPicture} from './support/colored-picture.js';
import {capulets, inCapulets, occupant, room, roomBuffer} from './support/rooms.js';
import {
	account,
	buffer,
	contact,
	evening,
	golden,
	me,
	message,
	minutes,
	nurse,
	paint,
	romeo,
	stateAfter,
	withRomeo,
} from './support.js';
import {createTypist, press, type Typist} from './typist.js';

const tybalt = 'tybalt@example.net' as BareJid;
const paris = 'paris@example.net' as BareJid;
const friar = 'cell@rooms.example.net/Friar Laurence' as FullJid;
const sizes: ReadonlyArray<readonly [number, number]> = [
	[40, 12],
	[80, 24],
	[200, 50],
];

const request = (jid: Jid, text: string, more: Partial<MessageRequest> = {}): MessageRequest => ({
	account: me,
	buffer: bufferId(me, jid.includes('/') ? 'private' : 'chat', jid),
	jid,
	text,
	count: 1,
	at: evening - 5 * minutes,
	...more,
});

const people = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Romeo'})],
	buffers: [buffer(romeo)],
	active: withRomeo,
};
const waiting = {
	...people,
	requests: [
		{account: me, jid: paris, text: 'Of honourable parts'},
		{account: me, jid: tybalt, text: 'A word with one of you'},
	],
	messageRequests: [
		request(tybalt, 'What, drawn, and talk of peace! I hate the word, as I hate hell, all Montagues, and thee', {
			count: 3,
		}),
		request(friar, 'Holy Saint Francis, what a change is here!'),
	],
};
const hostile = 'Evil \u001b]0;gone\u0007\u001b[2J\u009b31m \u202Etxt.exe\u2028\n/block romeo@example.net';
const state = stateAfter({type: 'snapshot.loaded', snapshot: {presence: [], ...waiting}});
const inRequests = withActive(initialView, requestsBuffer, undefined);

const toRequests = (typist: Typist) => typist.type('/requests\r');

for (const theme of [dark, monochrome]) {
	test(`strangers wait in a buffer of their own, in the colours of the theme ${theme.name}`, t => {
		for (const [columns, rows] of sizes) {
			const picture = coloredPicture(state, inRequests, theme, {}, [columns, rows]);
			t.is(picture, golden(`requests-${theme.name}-${columns}x${rows}`, picture));
		}
	});
}

for (const spoken of [true, false]) {
	test(`without a screen strangers are ${spoken ? 'sentences' : 'lines'}, and answered by commands`, async t => {
		const lines = lineMode(waiting, true, {spoken});
		await lines.settle();
		const from = lines.text().length;
		await lines.type('/requests');
		await lines.type('/buffer requests');
		lines.backend.emit({type: 'request.changed', request: request(nurse, hostile)});
		await lines.settle();
		await lines.type(`/deny "${friar}"`);
		await lines.type(`/block ${nurse}`);
		await lines.type(`/report ${tybalt} abuse He bites his thumb`);
		await lines.type('/blocked');
		await lines.type('/unblock --all');
		await lines.type(`/accept ${paris}`);
		await lines.type('/requests');
		t.deepEqual(lines.backend.asked('declineRequest'), [{account: me, jid: friar}]);
		t.deepEqual(lines.backend.asked('block'), [{account: me, jid: nurse}]);
		t.deepEqual(lines.backend.asked('report'), [
			{account: me, jid: tybalt, reason: 'abuse', text: 'He bites his thumb'},
		]);
		t.deepEqual(lines.backend.asked('acceptSubscription'), [{account: me, jid: paris}]);
		const said = lines.text().slice(from);
		t.is(said, golden(`requests-${spoken ? 'spoken' : 'lines'}`, said));
		t.notRegex(said, /\u001b\]0|\u001b\[2J|\u202E|\u009b/u);
		await lines.type('/quit');
		await lines.end();
	});
}

test('what strangers write and how they are called is harmless on the screen, and cut where it is long', t => {
	const long = `${'x'.repeat(900)}@example.net` as BareJid;
	const evil = stateAfter({
		type: 'snapshot.loaded',
		snapshot: {
			presence: [],
			...people,
			requests: [{account: me, jid: paris, text: hostile}],
			messageRequests: [
				request(`room@example.net/${hostile}` as Jid, hostile),
				request(long, 'word '.repeat(60)),
				request(tybalt, ''),
			],
		},
	});
	for (const [columns, rows] of sizes) {
		const {text} = paint(evil, inRequests, columns, rows);
		t.notRegex(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028]/u);
		t.true(text.split('\n').every(each => displayWidth(each) <= columns));
	}

	t.regex(paint(evil, inRequests, 80, 24).text, /\(a message without words\)/);
});

test('whoever is chosen stays in view, on every screen', t => {
	const many = stateAfter({
		type: 'snapshot.loaded',
		snapshot: {
			presence: [],
			...people,
			requests: [],
			messageRequests: Array.from({length: 100}, (_, index) =>
				request(`s${index}@example.net` as BareJid, `Buy ${'more '.repeat(index)}`),
			),
		},
	});
	for (const [columns, rows] of sizes) {
		for (let chosen = 0; chosen < 100; chosen += 9) {
			const jid = `s${chosen}@example.net`;
			const {text} = paint(many, {...inRequests, stranger: `${me} ${jid}`}, columns, rows);
			t.regex(text, new RegExp(`> ${jid.replace('.', '\\.')}(?:\\s|$)`, 'm'), `${columns}x${rows} ${chosen}`);
			t.is(text.split('\n').filter(each => / {0,}> s\d/.test(each)).length, 1);
		}
	}
});

test('a stranger is counted quietly: in the list, and nowhere else', async t => {
	const typist = await createTypist({...people});
	t.notRegex(typist.screen(), /requests/);
	typist.backend.emit({type: 'request.changed', request: request(tybalt, 'peace')});
	typist.backend.emit({type: 'subscription.requested', request: {account: me, jid: paris}});
	typist.backend.emit({type: 'request.changed', request: request(tybalt, 'peace', {count: 2})});
	await typist.settle();
	t.regex(typist.row(22), /\[requests: 2\]/);
	t.notRegex(typist.row(22), /new:/);
	t.is(typist.title(), 'xmppc');
	typist.clock.advance(60_000);
	await typist.settle();
	t.is(typist.rung(), 0);
	await typist.type(press.alt('a'));
	t.is(typist.app.view().active, withRomeo);
});

test('with requests.notify strangers call, the first time that they write', async t => {
	const preferences = {...defaultPreferences, 'requests.notify': true, 'notify.terminal': 'osc9' as const};
	const typist = await createTypist({...people, preferences});
	const notified = async (count: number) => {
		typist.backend.emit({type: 'request.changed', request: request(tybalt, hostile, {count})});
		typist.clock.advance(60_000);
		await typist.settle();
	};
	typist.app.input({type: 'focus', focused: false});
	await notified(1);
	await notified(2);
	t.deepEqual(typist.calls(), ['Message request: tybalt@example.net, who is no contact, writes to you.']);
	t.is(typist.rung(), 1);
	t.regex(typist.row(22), /\[new: 3:1\]|requests +1/);
	await typist.type(press.alt('a'));
	t.is(typist.app.view().active, requestsBuffer);
});

test('Up and Down choose a stranger, Enter asks, and accepting goes to the conversation', async t => {
	const typist = await createTypist(waiting);
	await toRequests(typist);
	t.is(typist.app.view().active, requestsBuffer);
	t.regex(typist.screen(), /> tybalt@example\.net/);
	await typist.type(press.down);
	t.regex(typist.screen(), /> cell@rooms\.example\.net\/Friar Laurence/);
	await typist.type(press.down + press.down + press.down + press.up + press.up + press.up);
	t.regex(typist.screen(), /> tybalt@example\.net/);
	await typist.type(press.enter);
	t.regex(typist.popup() ?? '', /tybalt@example\.net[\s\S]*“What, drawn[\s\S]*> Nothing yet[\s\S]*Accept as a contact/);
	await typist.type(press.down + press.enter);
	t.deepEqual(typist.backend.asked('acceptRequest'), [{account: me, jid: tybalt}]);
	t.is(typist.app.view().active, bufferId(me, 'chat', tybalt));
	t.regex(typist.screen(), /tybalt@example\.net may see your presence\./);
	t.is(typist.popup(), undefined);
});

test('who is asked about goes on waiting until the person decides', async t => {
	const typist = await createTypist(waiting);
	await toRequests(typist);
	for (const key of [press.escape, press.enter]) {
		await typist.type(press.enter);
		await typist.type(key);
		t.is(typist.popup(), undefined);
		t.regex(typist.screen(), /tybalt@example\.net goes on waiting\./);
	}

	t.deepEqual(
		typist.backend.calls.filter(({action}) => /Request|block|report/.test(action)),
		[],
	);
});

const decisions = [
	['Decline', 3, 'declineRequest', {}],
	['Block', 4, 'block', {}],
	['Block, report as spam', 5, 'report', {reason: 'spam'}],
	['Block, report as abuse', 6, 'report', {reason: 'abuse'}],
	['Accept as a contact', 2, 'acceptRequest', {add: true}],
] as const;

for (const [label, downs, action, more] of decisions) {
	test(`a stranger is answered with “${label}”`, async t => {
		const typist = await createTypist(waiting);
		await toRequests(typist);
		await typist.type(press.enter + press.down.repeat(downs));
		t.regex(typist.popup() ?? '', new RegExp(`> ${label} `));
		await typist.type(press.enter);
		t.deepEqual(typist.backend.asked(action), [{account: me, jid: tybalt, ...more}]);
		t.notRegex(typist.screen().split('\n').slice(2, 15).join('\n'), /> tybalt@example\.net +3/);
	});
}

test('somebody in a room is accepted or declined, and no more', async t => {
	const typist = await createTypist({...people, messageRequests: [request(friar, 'Holy')]});
	await toRequests(typist);
	await typist.type(press.enter);
	t.regex(typist.popup() ?? '', /Accept[\s\S]*Decline/);
	t.notRegex(typist.popup() ?? '', /Block|contact/);
});

test('what the server refuses is said, and asked once more', async t => {
	const typist = await createTypist(waiting);
	await toRequests(typist);
	typist.backend.refuse(
		'report',
		refusal('no-reports', 'The server of juliet@example.org takes no reports.', '/block it.'),
	);
	await typist.type(press.enter + press.down.repeat(5) + press.enter);
	t.regex(typist.popup() ?? '', /takes no reports\.[\s\S]*\/block it\.[\s\S]*> Nothing yet/);
});

test('when nobody waits any more the buffer goes with whoever leaves it', async t => {
	const typist = await createTypist({...people, messageRequests: [request(tybalt, 'peace')]});
	await toRequests(typist);
	await typist.type(`/deny ${tybalt}\r`);
	t.regex(typist.screen(), /Nobody waits for an answer\./);
	t.regex(typist.screen(), /tybalt@example\.net waits no more\./);
	await typist.type(press.alt('2'));
	t.notRegex(typist.screen(), /requests/);
	await toRequests(typist);
	t.is(typist.app.view().active, withRomeo);
	t.regex(typist.screen(), /Nobody waits for an answer\./);
});

test('the buffer can be closed; it comes back with the next stranger, and when it is asked for', async t => {
	const typist = await createTypist(waiting);
	await toRequests(typist);
	await typist.type('/close\r');
	t.notRegex(typist.screen(), /requests/);
	t.deepEqual(typist.backend.asked('closeBuffer'), []);
	typist.backend.emit({type: 'request.changed', request: request(tybalt, 'peace', {count: 4})});
	await typist.settle();
	t.notRegex(typist.screen(), /requests/);
	typist.backend.emit({type: 'request.changed', request: request(nurse, 'O')});
	await typist.settle();
	t.regex(typist.row(22), /\[requests: 4\]/);
	await typist.type(`${press.alt('3')}/close\r`);
	await toRequests(typist);
	t.is(typist.app.view().active, requestsBuffer);
});

test('on a wide screen who waits is counted in the list', async t => {
	const typist = await createTypist({...waiting, blocked: [{account: me, jids: [romeo]}]}, {columns: 200, rows: 50});
	t.regex(typist.screen(), /^3 requests +3/m);
	t.regex(typist.screen(), /^2 ✗ Romeo/m);
	t.notRegex(typist.row(48), /requests/);
});

test('words typed among the strangers go to nobody, and keys edit them as ever', async t => {
	const typist = await createTypist(waiting);
	await toRequests(typist);
	await typist.type(`hello${press.enter}`);
	t.regex(typist.screen(), /Nobody reads what is written here\./);
	t.is(typist.input(), 'hello');
	t.is(typist.popup(), undefined);
	t.deepEqual(typist.backend.asked('sendMessage'), []);
	await typist.type('\u0003/pin\r');
	t.regex(typist.screen(), /The list of requests stays as it is/);
});

test('accepting by command goes to the conversation; what it cannot do is said where it was asked', async t => {
	const typist = await createTypist(waiting);
	await typist.type(`/accept ${tybalt} --add\r`);
	t.deepEqual(typist.backend.asked('acceptRequest'), [{account: me, jid: tybalt, add: true}]);
	t.is(typist.app.view().active, bufferId(me, 'chat', tybalt));
	typist.backend.refuse('acceptRequest', refusal('not-connected', 'juliet@example.org is not connected.'));
	await typist.type(`${press.alt('2')}/accept "${friar}"\r`);
	t.is(typist.app.view().active, withRomeo);
	t.regex(typist.screen(), /is not connected\./);
});

// --- whom the person blocks

test('that somebody is blocked is seen in the title, the list and /whois, and how it is ended', async t => {
	const typist = await createTypist({...people, blocked: [{account: me, jids: [romeo]}]});
	t.regex(typist.row(0), /✗ Romeo {2}romeo@example\.net {2}blocked: \/unblock\b/);
	await typist.type(`/whois ${romeo}\r`);
	t.regex(typist.popup() ?? '', /Blocked: \/unblock romeo@example\.net ends that/);
	await typist.type(press.escape);
	await typist.type('/contacts\r');
	t.regex(typist.popup() ?? '', /✗ Romeo {2}romeo@example\.net {2}blocked/);
	await typist.type(press.escape);
	typist.backend.emit({type: 'blocklist.changed', account: me, blocked: ['example.net' as BareJid]});
	await typist.settle();
	t.regex(typist.row(0), /blocked: \/unblock\b/);
	await typist.type('/unblock\r');
	t.deepEqual(typist.backend.asked('unblock'), [{account: me, jid: 'example.net'}]);
});

test('who is blocked is listed, people before servers', async t => {
	const jids = ['spam.example' as BareJid, tybalt, 'abram@example.net' as BareJid];
	const typist = await createTypist({...people, blocked: [{account: me, jids}]});
	await typist.type('/blocked\r');
	t.regex(
		typist.popup() ?? '',
		/Blocked \(2\)\s+abram@example\.net\s+tybalt@example\.net\s+Blocked servers \(1\)\s+spam\.example/,
	);
	typist.backend.refuse(
		'listBlocked',
		refusal('no-blocking', 'The server of juliet@example.org cannot block anybody.'),
	);
	await typist.type(press.escape);
	await typist.type('/blocked\r');
	t.regex(typist.screen(), /cannot block anybody\./);
});

test('a message to somebody who is blocked is refused with the next step, and not lost', async t => {
	const typist = await createTypist({...people, blocked: [{account: me, jids: [romeo]}]});
	typist.backend.refuse(
		'sendMessage',
		refusal('recipient-blocked', `You have blocked ${romeo}.`, `/unblock ${romeo} ends that.`),
	);
	await typist.type(`O Romeo${press.enter}`);
	t.regex(typist.screen(), /You have blocked romeo@example\.net\.[\s│]+\/unblock romeo@example\.net ends that\./);
	t.is(typist.input(), 'O Romeo');
});

// --- cleaning up

const byId = (nick: string, body: string, at: number, more: Partial<Message> = {}): Message =>
	message(at, body, {buffer: inCapulets, kind: 'groupchat', author: `${capulets}/${nick}` as FullJid, ...more});
const said: readonly Message[] = [
	byId('Tybalt', 'once an honest man', evening, {occupantId: 'honest'}),
	byId('Spammer', 'Buy', evening + 1, {occupantId: 'evil', realJid: 'iago@example.net/x' as FullJid}),
	byId('nurse', 'Hush', evening + 2, {occupantId: 'nurse'}),
	byId('Tybalt', 'Buy more', evening + 3, {occupantId: 'evil', realJid: 'iago@example.net/x' as FullJid}),
	byId('Tybalt', 'Taken back', evening + 4, {occupantId: 'evil', retracted: {by: 'moderator', at: evening}}),
	byId('juliet', 'Stop', evening + 5, {direction: 'outgoing', occupantId: 'me'}),
];
const inRoom = (role: 'moderator' | 'participant' = 'moderator', others: ReturnType<typeof occupant>[] = []) => ({
	accounts: [account()],
	buffers: [roomBuffer(capulets)],
	rooms: [{room: room(capulets), occupants: [occupant('juliet', {role}), occupant('nurse'), ...others]}],
	active: inCapulets,
});
const cleaner = (...input: Parameters<typeof inRoom>) =>
	createTypist(inRoom(...input), {columns: 80, rows: 24}, backend => backend.history.set(inCapulets, [...said]));
const bodies = (...input: Parameters<typeof spokenBy>) => spokenBy(...input).map(({body}) => body);

test('what somebody said is told by what the room gives them for good, not by the nick', t => {
	const events = said.map(each => ({type: 'message.recorded' as const, message: each}));
	const home = stateAfter({type: 'buffer.opened', buffer: roomBuffer(capulets)}, ...events);
	t.deepEqual(bodies(home, inCapulets, 'Tybalt'), ['Buy', 'Buy more']);
	t.deepEqual(bodies(home, inCapulets, 'Spammer'), ['Buy', 'Buy more']);
	t.deepEqual(bodies(home, inCapulets, 'juliet'), []);
	t.deepEqual(bodies(home, inCapulets, 'nobody'), []);
	const back = stateAfter(
		{type: 'buffer.opened', buffer: roomBuffer(capulets)},
		{type: 'room.changed', room: room(capulets)},
		{type: 'occupant.changed', buffer: inCapulets, occupant: occupant('Tybalt', {occupantId: 'honest'})},
		...events,
	);
	t.deepEqual(bodies(back, inCapulets, 'Tybalt'), ['once an honest man']);
	const anonymous = stateAfter(
		{type: 'buffer.opened', buffer: roomBuffer(capulets)},
		...said.map(({occupantId: _, realJid: __, ...rest}) => ({type: 'message.recorded' as const, message: rest})),
	);
	t.deepEqual(bodies(anonymous, inCapulets, 'Tybalt'), ['once an honest man', 'Buy more']);
});

test('cleaning up asks first, takes all of it back, and says how much', async t => {
	const typist = await cleaner();
	await typist.type('/clean Tybalt --ban no spam\r');
	t.regex(typist.popup() ?? '', /Take back 2 messages of Tybalt[\s\S]*iago@example\.net is banned as well[\s\S]*> No/);
	t.deepEqual(typist.backend.asked('moderateMessage'), []);
	await typist.type(press.down + press.enter);
	t.deepEqual(typist.backend.asked('moderateMessage'), [
		{account: me, key: said[1]?.key, reason: 'no spam'},
		{account: me, key: said[3]?.key, reason: 'no spam'},
	]);
	t.deepEqual(typist.backend.asked('setAffiliation'), [
		{account: me, room: capulets, jid: 'iago@example.net', affiliation: 'outcast', reason: 'no spam'},
	]);
	t.regex(
		typist.screen(),
		/2 messages of Tybalt were taken back\.[\s\S]*Tybalt is banned from capulets@rooms\.example\.org\./,
	);
});

test('whoever says no, or gives up, changes nothing', async t => {
	const typist = await cleaner();
	for (const key of [press.enter, press.escape]) {
		await typist.type('/clean Tybalt\r');
		await typist.type(key);
		t.regex(typist.screen(), /Nothing was taken back\./);
	}

	t.deepEqual(typist.backend.asked('moderateMessage'), []);
});

test('a refusal is told with how much was done; after three in a row the rest is not tried', async t => {
	const typist = await cleaner();
	typist.backend.refuse('moderateMessage', refusal('stanza-forbidden', 'The room refused the request.'));
	await typist.type(`/clean Tybalt\r${press.down}${press.enter}`);
	t.regex(
		typist.screen(),
		/1 message of Tybalt was taken back\.[\s\S]*1 message was not: The room refused the request\./,
	);

	const many = await createTypist(inRoom(), {columns: 80, rows: 24}, backend => {
		backend.history.set(
			inCapulets,
			Array.from({length: 40}, (_, index) => byId('Spammer', `Buy ${index}`, evening + index, {occupantId: 'evil'})),
		);
		const {moderateMessage} = backend.actions;
		backend.actions.moderateMessage = async input => {
			await moderateMessage(input);
			throw refusal('stanza-service-unavailable', 'That room cannot.');
		};
	});
	await many.type(`/clean Spammer\r${press.down}${press.enter}`);
	t.is(many.backend.asked('moderateMessage').length, 3);
	t.regex(many.screen(), /0 messages of Spammer were taken back\.[\s\S]*40 messages were not: That room cannot\./);
});

test('what cannot be cleaned up is said, with the next step', async t => {
	const visitor = await cleaner('participant');
	await visitor.type('/clean Tybalt\r');
	t.regex(
		visitor.screen(),
		/Only moderators of capulets@rooms\.example\.org[\s\S]*\/ignore Tybalt hides it for\s+you\./,
	);
	const typist = await cleaner();
	await typist.type('/clean juliet\r');
	t.regex(typist.screen(), /That is you\./);
	await typist.type('/clean Benvolio\r');
	t.regex(typist.screen(), /Nothing is loaded that Benvolio said/);
	await typist.type('/clean nurse --ban\r');
	t.regex(typist.screen(), /nurse cannot be banned: the room does not show/);
	t.is(typist.popup(), undefined);
});

test('in lines cleaning up asks by number', async t => {
	const lines = lineMode(inRoom(), true);
	lines.backend.history.set(inCapulets, [...said]);
	await lines.settle();
	await lines.type('/buffer 2');
	await lines.type('/clean Tybalt');
	await lines.type('2');
	t.is(lines.backend.asked('moderateMessage').length, 2);
	t.regex(lines.text(), /2 messages of Tybalt were taken back\./);
	await lines.type('/quit');
	await lines.end();
});
