/** Every status code of XEP-0045 §15.6.2: what it makes of the room, and what the person is told of it. */
import test, {type ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {OccupantActivity} from '../../source/model/room.js';
import type {BareJid} from '../../source/shared/jid.js';
import {before, den, entries, inside, presence, self, status, userX} from './room-scene.js';
import {juliet, type Scene, settled} from './scene.js';

const room = (it: Scene) => it.saw.all('room.changed').at(-1)?.room;
const byRoom = (...codes: readonly number[]) =>
	`<message type='groupchat' from='${den}' id='c${codes.join()}'>${userX(status(...codes))}</message>`;

/** In the den, as it is after `features` have taken the place of what it was. */
async function changed(t: ExecutionContext, features: readonly string[], ...codes: readonly number[]): Promise<Scene> {
	const it = await inside(t, {features: ['muc_open', 'muc_nonanonymous']});
	it.server.room(den, ['http://jabber.org/protocol/muc', ...features]);
	await it.server.bring(byRoom(...codes));
	await settled();
	return it;
}

test('100: everybody in it sees everybody’s address', async t => {
	const it = await before(t, {features: []});
	await it.server.bring(self([100]));
	t.true(room(it)?.features.nonAnonymous);
});

test('110: we are in', async t => {
	const it = await before(t);
	t.is(room(it)?.status, 'joining');
	await it.server.bring(presence('romeo'));
	t.is(room(it)?.status, 'joining');
	await it.server.bring(self());
	t.is(room(it)?.status, 'joined');
});

test('101: what we are in a room has changed while we were not in it', async t => {
	const it = await inside(t);
	const cave = 'cave@rooms.example.org';
	const told = (from: string, affiliation: string) =>
		`<message from='${from}' id='${affiliation}'>${userX(`<item affiliation='${affiliation}'/>${status(101)}`)}</message>`;
	const notices = () => it.saw.all('notice').flatMap(({text}) => (text.startsWith('In ') ? [text] : []));
	await it.server.bring(told(cave, 'member'), told(`${cave}/romeo`, 'owner'), told(den, 'admin'));
	t.deepEqual(notices(), [`In ${cave} you are a member now.`]);
	await it.server.bring(...Array.from({length: 50}, (_, index) => told(`r${index}@rooms.example.org`, 'none')));
	t.true(notices().length <= 10);
});

/** As §9.3 and the implementation notes have it: the item is that of the list, the body is for those who read nothing else. */
const standing = (inner = '', attributes = "affiliation='member' role='none'") =>
	`<message from='coven@chat.shakespeare.lit' to='${juliet}' id='22B0F570'><body>You are a member of the coven now.</body>${userX(`<item ${attributes}>${inner}</item>${status(101)}`)}</message>`;
const coven = 'coven@chat.shakespeare.lit' as BareJid;
const standings = (it: Scene) => it.saw.all('notice').filter(({text}) => text.startsWith('In '));

test('101: the notice names the room, what we are there now, by whom and why, and how to get in', async t => {
	const it = await inside(t);
	await it.server.bring(standing(`<actor nick='crone1'/><reason>A worthy witch indeed!</reason>`));
	t.like(standings(it)[0], {
		level: 'info',
		text: 'In coven@chat.shakespeare.lit you are a member now (by crone1: A worthy witch indeed!).',
		hint: '/join coven@chat.shakespeare.lit enters it.',
		buffer: bufferId(juliet, 'room', coven),
	});
	// The text for those who read nothing else is no message of somebody.
	t.deepEqual(it.saw.all('message.recorded'), []);
	t.false(it.saw.all('buffer.opened').some(({buffer}) => buffer.jid === coven));
});

test('101: whoever is banned is not told to enter', async t => {
	const it = await inside(t);
	await it.server.bring(standing('', "affiliation='outcast' role='none'"));
	t.like(standings(it)[0], {text: `In ${coven} you are banned now.`, hint: undefined});
});

test('101: what somebody else has become is no news of ours', async t => {
	const it = await inside(t);
	await it.server.bring(standing('', "affiliation='member' role='none' jid='hecate@shakespeare.lit'"));
	t.deepEqual(standings(it), []);
	await it.server.bring(standing('', `affiliation='member' role='none' jid='${juliet}'`));
	t.is(standings(it).length, 1);
});

for (const [code, what] of [
	[102, 'it shows who is not available'],
	[103, 'it does not show who is not available'],
	[104, 'it is configured in another way'],
] as const) {
	test(`${code}: ${what}; it is asked what it has become`, async t => {
		const it = await changed(t, ['muc_membersonly', 'muc_moderated', 'muc_nonanonymous'], code);
		t.like(room(it)?.features, {membersOnly: true, moderated: true, nonAnonymous: true});
	});
}

test('170 and 171: what is said is logged from now on, or no longer', async t => {
	const it = await before(t, {features: []});
	await it.server.bring(self([170]));
	t.true(room(it)?.features.logged);
	await it.server.bring(byRoom(171));
	await settled();
	t.not(room(it)?.features.logged, true);
	await it.server.bring(byRoom(170));
	await settled();
	t.true(room(it)?.features.logged);
});

for (const [code, feature, isOpen] of [
	[172, 'muc_nonanonymous', true],
	[173, 'muc_semianonymous', false],
] as const) {
	test(`${code}: addresses are ${isOpen ? 'seen by everybody' : 'hidden'} from now on`, async t => {
		const it = await changed(t, ['muc_open', feature], code);
		t.is(room(it)?.features.nonAnonymous, isOpen);
	});
}

test('174, which no room gives any more, means nothing', async t => {
	const it = await inside(t);
	const {length} = it.saw.all('room.changed');
	await it.server.bring(byRoom(174));
	await settled();
	t.is(it.saw.all('room.changed').length, length);
});

test('201: the room is new; it is opened as its service makes rooms', async t => {
	const it = await before(t);
	const left = it.actions.leaveRoom({account: juliet, room: den});
	await settled();
	await it.server.bring(presence('juliet', {type: 'unavailable', codes: [110]}));
	await left;
	const joined = it.actions.joinRoom({account: juliet, room: den});
	await settled();
	await it.server.bring(self([201]));
	t.like(await joined, {created: true});
	t.true(it.server.asked.some(text => text.includes('muc#owner"><x xmlns="jabber:x:data" type="submit"')));
});

test('210: the room gave us another name', async t => {
	const it = await before(t);
	await it.server.bring(presence('Juliet Capulet', {codes: [110, 210]}));
	t.is(room(it)?.nick, 'Juliet Capulet');
});

/** How somebody leaves, what is told of them, what of ourselves, and whether we come back by ourselves. */
const ends: ReadonlyArray<{
	readonly codes: readonly number[];
	readonly what: OccupantActivity['what'];
	readonly text: RegExp;
	readonly reason: RegExp;
	readonly returns: boolean;
}> = [
	{codes: [301], what: 'banned', text: /by romeo: be quiet/, reason: /banned.*by romeo: be quiet/, returns: false},
	{codes: [307], what: 'kicked', text: /by romeo: be quiet/, reason: /kicked.*by romeo: be quiet/, returns: false},
	{codes: [321], what: 'kicked', text: /no longer a member/, reason: /no longer a member/, returns: false},
	{codes: [322], what: 'kicked', text: /members only/, reason: /members only/, returns: false},
	{codes: [332], what: 'left', text: /shut down/, reason: /shut down/, returns: true},
	{codes: [333, 307], what: 'left', text: /lost the connection/, reason: /lost the connection/, returns: true},
	{codes: [333], what: 'left', text: /lost the connection/, reason: /lost the connection/, returns: true},
];
const because = `<actor nick='romeo'/><reason>be quiet</reason>`;

for (const {codes, what, text, reason, returns} of ends) {
	test(`${codes.join(' with ')}: somebody is out (${what}), and the room says why`, async t => {
		const it = await inside(t);
		await it.server.bring(presence('nurse'), presence('nurse', {type: 'unavailable', codes, inside: because}));
		const left = it.saw.all('occupant.left').at(-1);
		t.is(left?.nick, 'nurse');
		t.is(left?.activity?.what, what);
		t.regex(left?.activity?.text ?? '', text);
		t.is(room(it)?.status, 'joined');
	});

	test(`${codes.join(' with ')}: we are out, are told why, and ${returns ? 'come back' : 'stay out'}`, async t => {
		const it = await inside(t);
		await it.server.bring(presence('juliet', {type: 'unavailable', codes: [110, ...codes], inside: because}));
		t.is(room(it)?.status, 'parted');
		t.regex(room(it)?.reason ?? '', reason);
		for (const delay of [1000, 5000, 30_000]) {
			await it.clock.advance(delay);
			await settled();
			await settled();
		}

		t.is(entries(it).length, returns ? 2 : 1);
	});
}

test('303: somebody, or we, go by another name from now on', async t => {
	const it = await inside(t);
	const renamed = (from: string, to: string, ...codes: readonly number[]) => [
		presence(from, {
			type: 'unavailable',
			codes: [303, ...codes],
			item: `affiliation='none' role='participant' nick='${to}'`,
		}),
		presence(to, {codes}),
	];
	await it.server.bring(...renamed('romeo', 'montague'));
	t.like(
		it.saw.all('occupant.changed').find(({activity}) => activity?.what === 'renamed'),
		{
			formerNick: 'romeo',
			occupant: {nick: 'montague'},
		},
	);
	await it.server.bring(...renamed('juliet', 'capulet', 110));
	t.deepEqual(
		it.saw.all('occupant.changed').map(({activity}) => activity?.own),
		[undefined, undefined, true, undefined],
	);
	t.is(room(it)?.nick, 'capulet');
	t.is(room(it)?.status, 'joined');
	t.is(it.saw.all('occupant.left').length, 0);
});

test('codes that nobody knows do no harm', async t => {
	const it = await inside(t);
	await it.server.bring(
		byRoom(199, 999),
		presence('romeo', {codes: [199, 999]}),
		`<message type='groupchat' from='${den}' id='x'>${userX("<status/><status code='x'/><status code='-1'/><status code='99999999999999999999'/>")}</message>`,
	);
	t.is(room(it)?.status, 'joined');
});
