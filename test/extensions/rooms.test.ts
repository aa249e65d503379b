import test from 'ava';
import {multiUserChat} from '../../source/extensions/multi-user-chat.js';
import type {BareJid, Jid} from '../../source/shared/jid.js';
import {settled} from '../client/scene.js';
import {type Attached, attached} from './attached.js';

const den = 'den@rooms.example.org' as BareJid;
const features = (...names: readonly string[]) =>
	`<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text' name='The den'/>${names.map(name => `<feature var='${name}'/>`).join('')}</query>`;

/** A presence of somebody in the den. */
const presence = (
	nick: string,
	{
		item = "affiliation='none' role='participant'",
		codes = [] as readonly number[],
		type = '',
		inside = '',
		more = '',
	} = {},
) =>
	`<presence from='${den}/${nick}' ${type === '' ? '' : `type='${type}'`}>${more}<x xmlns='http://jabber.org/protocol/muc#user'><item ${item}>${inside}</item>${codes.map(code => `<status code='${code}'/>`).join('')}</x></presence>`;

const self = (nick = 'juliet', codes: readonly number[] = []) => presence(nick, {codes: [110, ...codes]});

const refusal = (condition: string, type = 'cancel') =>
	`<presence from='${den}/juliet' type='error'><x xmlns='http://jabber.org/protocol/muc'/><error type='${type}'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>`;

const roomsOf = (it: Attached) => it.live.use(multiUserChat);

/** Juliet on her way into the den. */
async function entering(t: Parameters<typeof attached>[0], room = features('muc_membersonly', 'muc_nonanonymous')) {
	const it = await attached(t, server => {
		server.answerWith('query', payload => (payload.includes('disco#info') ? room : ''));
	});
	const rooms = roomsOf(it);
	const entered = rooms.join(den, {nick: 'juliet'});
	entered.catch(() => {});
	await settled();
	return {...it, rooms, entered};
}

async function inside(t: Parameters<typeof attached>[0], room?: string) {
	const it = await entering(t, room);
	await it.server.bring(
		presence('romeo', {item: "affiliation='owner' role='moderator' jid='romeo@example.net/phone'"}),
		self(),
	);
	await it.entered;
	return it;
}

test('a room is asked what it is, then entered with the element that says so, without history', async t => {
	const it = await entering(t);
	t.true(it.server.asked.some(text => text.includes('disco#info') && text.includes(`to="${den}"`)));
	const [request] = it.server.written.filter(text => text.includes(`to="${den}/juliet"`));
	t.regex(request ?? '', /<x xmlns="http:\/\/jabber.org\/protocol\/muc"><history maxstanzas="0"\/><\/x>/);
	t.is(it.rooms.get(den)?.room.status, 'joining');
});

test('everybody is told of at once, when our own presence has come', async t => {
	const it = await inside(t);
	t.is(it.saw.all('occupants.loaded').length, 1);
	t.deepEqual(
		it.saw
			.all('occupants.loaded')[0]
			?.occupants.map(({nick, affiliation, role, jid}) => ({nick, affiliation, role, jid})),
		[
			{nick: 'romeo', affiliation: 'owner', role: 'moderator', jid: 'romeo@example.net/phone' as Jid},
			{nick: 'juliet', affiliation: 'none', role: 'participant', jid: undefined},
		],
	);
	const room = it.saw.all('room.changed').at(-1)?.room;
	t.like(room, {status: 'joined', nick: 'juliet', name: 'The den', features: {membersOnly: true, nonAnonymous: true}});
});

test('the nick that the room gave counts, not the one that was asked for', async t => {
	const it = await entering(t);
	await it.server.bring(self('juliet2', [210]));
	await it.entered;
	t.is(it.rooms.get(den)?.room.nick, 'juliet2');
});

test('a room that is new says so', async t => {
	const it = await entering(t);
	await it.server.bring(self('juliet', [201]));
	t.deepEqual(await it.entered, {created: true});
});

for (const [condition, code, hint] of [
	['not-authorized', 'room-password', /PASSWORD/],
	['forbidden', 'room-banned', /administrator/],
	['registration-required', 'room-members-only', /invite/],
	['conflict', 'nick-taken', /juliet_/],
	['not-acceptable', 'nick-reserved', /reserved/],
	['service-unavailable', 'room-full', /later/],
	['item-not-found', 'room-locked', /set it up/],
	['not-allowed', 'room-creation', /another service/],
] as const) {
	test(`a room that refuses with ${condition} gives a reason and a next step`, async t => {
		const it = await entering(t);
		await it.server.bring(refusal(condition));
		const error = await t.throwsAsync(it.entered);
		t.like(error, {code});
		t.regex((error as {hint?: string} | undefined)?.hint ?? '', hint);
		t.is(it.saw.all('room.changed').at(-1)?.room.status, 'refused');
		t.is(it.rooms.get(den), undefined);
	});
}

test('a room that says nothing is given up after a minute', async t => {
	const it = await entering(t);
	await it.clock.advance(60_000);
	t.like(await t.throwsAsync(it.entered), {code: 'room-silent'});
});

test('somebody comes, becomes a member, goes away and leaves', async t => {
	const it = await inside(t);
	await it.server.bring(
		presence('nurse'),
		presence('nurse', {item: "affiliation='member' role='participant'"}),
		presence('nurse', {item: "affiliation='member' role='participant'", more: '<show>away</show>'}),
		presence('nurse', {type: 'unavailable', more: '<status>good night</status>'}),
	);
	t.deepEqual(
		it.saw
			.all('occupant.changed')
			.map(({activity, occupant}) => [activity?.what, activity?.text, occupant.availability]),
		[
			['joined', undefined, 'available'],
			['changed', 'is a member now', 'available'],
			[undefined, undefined, 'away'],
		],
	);
	t.like(it.saw.all('occupant.left')[0], {nick: 'nurse', activity: {what: 'left', text: 'good night'}});
});

test('who gives somebody a role or a rank, and why, is told with it', async t => {
	const it = await inside(t);
	await it.server.bring(
		presence('nurse'),
		presence('nurse', {
			item: "affiliation='none' role='visitor'",
			inside: `<actor nick='romeo'/><reason>hush</reason>`,
		}),
		presence('nurse', {item: "affiliation='member' role='visitor'", inside: '<reason>long service</reason>'}),
	);
	t.deepEqual(
		it.saw.all('occupant.changed').map(({activity}) => [activity?.about, activity?.text]),
		[
			[undefined, undefined],
			['role', 'is a visitor now, who cannot speak (by romeo: hush)'],
			['affiliation', 'is a member now (long service)'],
		],
	);
});

test('a change of nick keeps the person', async t => {
	const it = await inside(t);
	await it.server.bring(
		presence('romeo', {
			type: 'unavailable',
			item: "affiliation='owner' role='moderator' nick='montague'",
			codes: [303],
		}),
		presence('montague', {item: "affiliation='owner' role='moderator'"}),
	);
	const [renamed, ...others] = it.saw.all('occupant.changed');
	t.like(renamed, {
		formerNick: 'romeo',
		occupant: {nick: 'montague', affiliation: 'owner'},
		activity: {what: 'renamed', newNick: 'montague'},
	});
	t.true(others.every(({activity}) => activity === undefined));
	t.deepEqual([...(it.rooms.get(den)?.occupants.keys() ?? [])].toSorted(), ['juliet', 'montague']);
});

test('our own change of nick waits for the room, and says why it refuses', async t => {
	const it = await inside(t);
	const renamed = it.rooms.changeNick(den, 'romeo');
	await it.server.bring(refusal('conflict'));
	t.like(await t.throwsAsync(renamed), {code: 'nick-taken'});
	const again = it.rooms.changeNick(den, 'capulet');
	await it.server.bring(
		presence('juliet', {
			type: 'unavailable',
			item: "affiliation='none' role='participant' nick='capulet'",
			codes: [303, 110],
		}),
		self('capulet'),
	);
	await again;
	t.is(it.rooms.get(den)?.room.nick, 'capulet');
});

for (const [what, codes, mayReturn, words] of [
	['kicked', [307], false, /You were kicked from den@rooms.example.org \(by romeo: be quiet\)/],
	['banned', [301], false, /You were banned/],
	['out when it becomes for members only', [322], false, /members only/],
	['out when the service stops', [332], true, /shut down/],
	['out after an error of the service', [307, 333], true, /lost the connection/],
] as const) {
	test(`we are told when we are ${what}`, async t => {
		const it = await inside(t);
		const out: unknown[] = [];
		it.rooms.onThrownOut((room, may) => out.push([room, may]));
		await it.server.bring(
			presence('juliet', {
				type: 'unavailable',
				codes: [110, ...codes],
				inside: `<actor nick='romeo'/><reason>be quiet</reason>`,
			}),
		);
		t.deepEqual(out, [[den, mayReturn]]);
		t.is(it.rooms.get(den), undefined);
		t.regex(it.saw.all('room.changed').at(-1)?.room.reason ?? '', words);
		t.is(it.saw.all('room.changed').at(-1)?.room.returning === true, mayReturn);
		t.deepEqual(it.saw.all('occupants.loaded').at(-1)?.occupants, []);
	});
}

test('a room that is destroyed says where it goes on', async t => {
	const it = await inside(t);
	await it.server.bring(
		`<presence from='${den}/juliet' type='unavailable'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/><destroy jid='cave@rooms.example.org'><reason>rebuilding</reason></destroy><status code='110'/></x></presence>`,
	);
	t.regex(
		it.saw.all('room.changed').at(-1)?.room.reason ?? '',
		/closed: rebuilding: it goes on in cave@rooms.example.org/,
	);
});

test('leaving says good-bye, waits for the room, and throws nobody out', async t => {
	const it = await inside(t);
	const out: unknown[] = [];
	it.rooms.onThrownOut(room => out.push(room));
	const left = it.rooms.leave(den, 'bye');
	t.regex(it.server.written.at(-1) ?? '', /type="unavailable".*<status>bye<\/status>/);
	await it.server.bring(presence('juliet', {type: 'unavailable', codes: [110]}));
	await left;
	t.like(it.saw.all('room.changed').at(-1)?.room, {status: 'parted', reason: undefined});
	t.deepEqual(out, []);
});

test('a room that does not confirm is left all the same', async t => {
	const it = await inside(t);
	const left = it.rooms.leave(den);
	await it.clock.advance(5000);
	await left;
	t.is(it.rooms.get(den), undefined);
});

test('a subject comes in a message without a body, and an empty one clears it', async t => {
	const it = await inside(t);
	const message = (inside: string, from = `${den}/romeo`) =>
		`<message type='groupchat' from='${from}'>${inside}</message>`;
	await it.server.bring(message('<subject>Fire burn</subject>'));
	t.is(it.rooms.get(den)?.room.subject, 'Fire burn');
	await it.server.bring(message('<subject>not this</subject><body>words</body>'));
	t.is(it.rooms.get(den)?.room.subject, 'Fire burn');
	await it.server.bring(message('<subject/>'));
	t.is(it.rooms.get(den)?.room.subject, '');
});

test('a change of configuration is believed from the room only, and asked for', async t => {
	const it = await inside(t);
	it.server.answerWith('query', () => features('muc_open', 'muc_semianonymous'));
	const told = (from: string) =>
		`<message type='groupchat' from='${from}'><x xmlns='http://jabber.org/protocol/muc#user'><status code='173'/></x></message>`;
	const asked = it.server.asked.length;
	await it.server.bring(told(`${den}/romeo`));
	await settled();
	t.is(it.server.asked.length, asked);
	await it.server.bring(told(den));
	await settled();
	t.like(it.rooms.get(den)?.room.features, {membersOnly: false, nonAnonymous: false});
});

test('occupant-ids count only in rooms that give them, and never when there are two', async t => {
	const id = (value: string) => `<occupant-id xmlns='urn:xmpp:occupant-id:0' id='${value}'/>`;
	const plain = await inside(t);
	await plain.server.bring(presence('nurse', {more: id('forged')}));
	t.is(plain.rooms.get(den)?.occupants.get('nurse')?.occupantId, undefined);
	const giving = await inside(t, features('urn:xmpp:occupant-id:0'));
	await giving.server.bring(presence('nurse', {more: id('n1')}), presence('mercutio', {more: id('a') + id('b')}));
	t.is(giving.rooms.get(den)?.occupants.get('nurse')?.occupantId, 'n1');
	t.is(giving.rooms.get(den)?.occupants.get('mercutio')?.occupantId, undefined);
});

test('presence of a room that we are not in means nothing', async t => {
	const it = await attached(t);
	const before = it.saw.types().length;
	await it.server.bring(presence('romeo'), self());
	t.is(it.saw.types().length, before);
});

test('how available we are is told to every room', async t => {
	const it = await inside(t);
	it.rooms.announce({availability: 'dnd', statusText: 'in a meeting'});
	t.regex(
		it.server.written.at(-1) ?? '',
		/to="den@rooms.example.org\/juliet".*<show>dnd<\/show><status>in a meeting<\/status>/,
	);
});

test('a name that cannot be one is refused before anything is sent', async t => {
	const it = await attached(t);
	const before = it.server.written.length;
	t.like(await t.throwsAsync(roomsOf(it).join(den, {nick: '\u0000'})), {code: 'nick-invalid'});
	t.is(it.server.written.length, before);
});

test('a room says how long one has to wait between two messages, and nonsense is no wait', async t => {
	const waiting = (value: string) =>
		features('muc_open').replace(
			'</query>',
			`<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roominfo</value></field><field var='muc#roominfo_slow_mode_duration'><value>${value}</value></field></x></query>`,
		);
	const it = await entering(t, waiting('20'));
	t.is(it.rooms.get(den)?.room.features.slowMode, 20);
	for (const [value, seconds] of [
		['00020', 20],
		['999999', 86_400],
		['9'.repeat(90), 86_400],
	] as const) {
		const other = await entering(t, waiting(value));
		t.is(other.rooms.get(den)?.room.features.slowMode, seconds, value);
	}

	for (const value of ['0', '000', '-1', '1.5', '1e9', '0x20', 'soon', '', ' 20', '9'.repeat(200)]) {
		const other = await entering(t, waiting(value));
		t.is(other.rooms.get(den)?.room.features.slowMode, undefined, value);
	}
});
