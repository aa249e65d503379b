/** What rooms say and do that is seldom, late or half right, and what people in them make of that. */
import test from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {Jid} from '../../source/shared/jid.js';
import {
	archived,
	before,
	den,
	inside,
	presence,
	pubsubItems,
	said,
	say,
	self,
	shown,
	status,
	userX,
	words,
} from './room-scene.js';
import {juliet, offlineScene, type Scene, settled} from './scene.js';

const at = (moment: number, by: string = den) =>
	`<delay xmlns='urn:xmpp:delay' from='${by}' stamp='${new Date(moment).toISOString()}'/>`;
const subject = (text: string, more = '') =>
	`<message type='groupchat' from='${den}/romeo'><subject>${text}</subject>${more}</message>`;
const told = (it: Scene) => it.saw.all('message.recorded');
const hour = 60 * 60_000;

/** Leaves the den and asks to enter it again. */
async function again(it: Scene): Promise<void> {
	const left = it.actions.leaveRoom({account: juliet, room: den});
	await settled();
	await it.server.bring(presence('juliet', {type: 'unavailable', codes: [110]}));
	await left;
	it.actions.joinRoom({account: juliet, room: den}).catch(() => {});
	await settled();
}

test('who says that the room held up their words is not believed once the room has told what was said', async t => {
	for (const features of [archived, []]) {
		const it = await inside(t, {features});
		await it.server.bring(subject('The ball'), said('first'), said('forged', {more: at(it.clock.now() - hour)}));
		const [, forged] = shown(it);
		t.deepEqual(words(it), ['first', 'forged']);
		t.is(forged?.receivedAt, it.clock.now());
		t.is(forged?.via, 'live');
	}
});

test('what another own device says under another name is ours, where the room shows who is who', async t => {
	const it = await inside(t, {features: ['muc_nonanonymous']});
	await it.server.bring(
		presence('juliet on the phone', {item: `affiliation='none' role='participant' jid='${juliet}/phone'`}),
		said('from the phone', {nick: 'juliet on the phone'}),
		presence('nurse', {item: "affiliation='none' role='participant' jid='nurse@example.org/x'"}),
		said('from the nurse', {nick: 'nurse'}),
	);
	t.deepEqual(
		shown(it).map(({body, direction}) => [body, direction]),
		[
			['from the phone', 'outgoing'],
			['from the nurse', 'incoming'],
		],
	);
});

test('a room that had to be made once more when it was entered by itself tells what it is', async t => {
	const it = await offlineScene(t);
	it.server.room(den, ['muc_open', 'muc_semianonymous', ...archived]);
	it.server.refusals.set(den, 'item-not-found');
	it.server.answerWith('pubsub', payload => (payload.includes('<items') ? pubsubItems(den) : ''));
	await it.actions.connect({account: juliet});
	await settled();
	it.server.refusals.delete(den);
	await it.server.bring(self([201]));
	await settled();
	await settled();
	t.like(it.saw.all('room.changed').at(-1)?.room, {
		status: 'joined',
		features: {archived: true, nonAnonymous: false},
	});
});

for (const [code, isOpen] of [
	[172, true],
	[173, false],
] as const) {
	test(`${code} counts also where the room does not tell what it is`, async t => {
		const it = await inside(t, {features: []});
		await it.server.bring(`<message type='groupchat' from='${den}' id='c'>${userX(status(code))}</message>`);
		await settled();
		t.is(it.saw.all('room.changed').at(-1)?.room.features.nonAnonymous, isOpen);
	});
}

test('what a room said at the entrance it need not say again', async t => {
	const it = await before(t, {features: []});
	await it.server.bring(self([100]));
	await it.server.bring(`<message type='groupchat' from='${den}' id='c'>${userX(status(104))}</message>`);
	await settled();
	t.true(it.saw.all('room.changed').at(-1)?.room.features.nonAnonymous);
});

test('a room that answers presence with an error is asked at once whether we are in it', async t => {
	const it = await inside(t);
	const asked = () => it.server.asked.filter(text => text.includes('<ping ') && text.includes(den)).length;
	const earlier = asked();
	await it.server.bring(
		`<presence from='${den}/juliet' type='error'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>`,
	);
	await settled();
	t.is(asked(), earlier + 1);
	t.is(it.saw.all('room.changed').at(-1)?.room.status, 'joined');
});

test('who writes without ids is not heard twice when a room repeats it', async t => {
	const it = await inside(t, {features: []});
	const anonymous = (more = '') => `<message type='groupchat' from='${den}/romeo'><body>no id</body>${more}</message>`;
	await it.server.bring(subject(''), anonymous());
	const then = it.clock.now();
	await again(it);
	await it.server.bring(presence('romeo'), self(), anonymous(at(then)), said('new', {more: at(then)}), subject(''));
	t.deepEqual(words(it), ['no id', 'new']);
});

test('a room that repeats more than it was asked for repeats the past', async t => {
	const it = await inside(t, {features: []});
	await it.server.bring(subject(''), said('known'));
	const then = it.clock.now();
	await again(it);
	await it.server.bring(
		presence('romeo'),
		self(),
		said('long ago', {more: at(then - 5 * hour)}),
		said('since', {more: at(then)}),
		subject(''),
	);
	t.deepEqual(
		told(it).map(({message, past}) => [message.body, past === true]),
		[
			['known', false],
			['long ago', true],
			['since', false],
		],
	);
});

test('subjects that a room repeats with what was said are no news, nor is the one that it has', async t => {
	const it = await inside(t, {features: []});
	await it.server.bring(
		subject('The feast', at(it.clock.now() - hour)),
		said('then', {more: at(it.clock.now() - hour)}),
		subject('The feast'),
	);
	t.deepEqual(
		told(it)
			.filter(({past}) => past !== true)
			.map(({message}) => message.subject),
		[],
	);
	await it.server.bring(subject('The ball'));
	t.deepEqual(
		told(it)
			.filter(({past}) => past !== true)
			.map(({message}) => message.subject),
		['The ball'],
	);
});

for (const condition of ['gone', 'redirect']) {
	test(`a room that is not there any more (${condition}) says where it goes on`, async t => {
		const refused = async (address: string) => {
			const it = await before(t);
			const joined = it.actions
				.leaveRoom({account: juliet, room: den})
				.then(() => it.actions.joinRoom({account: juliet, room: den}));
			joined.catch(() => {});
			await settled();
			await it.server.bring(presence('juliet', {type: 'unavailable', codes: [110]}));
			await settled();
			await it.server.bring(
				`<presence from='${den}/juliet' type='error'><error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>${address}</${condition}></error></presence>`,
			);
			return await t.throwsAsync(joined);
		};

		t.like(await refused('xmpp:cave@rooms.example.org?join'), {
			code: 'room-gone',
			message: `${den} is ${condition === 'gone' ? 'closed for good' : 'somewhere else for now'}: it goes on in cave@rooms.example.org.`,
			hint: '/join cave@rooms.example.org enters it there.',
		});
		t.like(await refused('http://example.org/'), {
			code: 'room-gone',
			hint: 'If it moved, its people know where to.',
		});
	});
}

test('what was written while nobody was there does not make a room leave out what was said meanwhile', async t => {
	const it = await inside(t, {features: []});
	await it.server.bring(subject(''), said('known'));
	const then = it.clock.now();
	await it.actions.disconnect({account: juliet});
	await it.clock.advance(5 * hour);
	await say(it, 'hello again');
	await it.actions.connect({account: juliet});
	await settled();
	await settled();
	const [, seconds] =
		/<history seconds="(\d+)"/.exec(it.server.written.findLast(text => text.includes('<history')) ?? '') ?? [];
	t.true(it.clock.now() - Number(seconds) * 1000 <= then);
});

test('what was written to a room before the first visit does not make its history news', async t => {
	const it = await before(t, {features: []});
	await it.actions.disconnect({account: juliet});
	await say(it, 'am I in?');
	await it.actions.connect({account: juliet});
	await settled();
	await settled();
	await it.server.bring(self(), said('long ago', {more: at(it.clock.now() - hour)}));
	t.true(told(it).find(({message}) => message.body === 'long ago')?.past);
});

test('what somebody said through a room that we know is private, though we are not in it and nothing marks it', async t => {
	const it = await inside(t);
	await it.actions.disconnect({account: juliet});
	it.server.archive.add({
		at: it.clock.now(),
		peer: den,
		message: `<message xmlns='jabber:client' type='chat' from='${den}/romeo' to='${juliet}' id='p'><body>psst</body></message>`,
	});
	await it.actions.connect({account: juliet});
	await settled();
	await settled();
	t.deepEqual(words(it, bufferId(juliet, 'private', `${den}/romeo` as Jid)), ['psst']);
	t.deepEqual(words(it, bufferId(juliet, 'chat', den)), []);
});

test('who is thrown out while they wait for another name need not wait any longer', async t => {
	const it = await inside(t);
	const renamed = it.actions.changeNick({account: juliet, room: den, nick: 'Juliet'});
	let problem: unknown;
	renamed.catch((error: unknown) => {
		problem = error;
	});
	await it.server.bring(presence('juliet', {type: 'unavailable', codes: [110, 307]}));
	await settled();
	t.like(problem, {code: 'room-out'});
});

test('a room that says nothing of another name is asked again at the next error', async t => {
	const it = await inside(t);
	it.actions.changeNick({account: juliet, room: den, nick: 'Juliet'}).catch(() => {});
	await it.clock.advance(60_000);
	const asked = () => it.server.asked.filter(text => text.includes('<ping ') && text.includes(den)).length;
	const earlier = asked();
	await it.server.bring(
		`<presence from='${den}/juliet' type='error'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>`,
	);
	await settled();
	t.is(asked(), earlier + 1);
});
