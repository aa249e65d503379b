import test, {type ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {after, connect, lines} from './archive-scene.js';
import {juliet, offlineScene, romeo, type Scene, settled} from './scene.js';

const den = 'den@rooms.example.org' as BareJid;
const inDen = {account: juliet, room: den};

const presence = (nick: string, item = '', codes = '') =>
	`<presence from='${den}/${nick}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' role='participant' ${item}/>${codes}</x></presence>`;
const self = (nick = 'juliet', codes = '') => presence(nick, '', `<status code='110'/>${codes}`);
const refusal = (condition: string, nick = 'juliet') =>
	`<presence from='${den}/${nick}' type='error'><error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>`;
const mediated = (from: string, more = '') =>
	`<message from='${from}'><x xmlns='http://jabber.org/protocol/muc#user'><invite from='${romeo}'><reason>come down</reason></invite></x>${more}</message>`;
const direct = (from: string, room: string = den) =>
	`<message from='${from}'><x xmlns='jabber:x:conference' jid='${room}' reason='come down'/></message>`;
const voiceRequest = (from: string, nick = 'Lord Romeo') =>
	`<message from='${from}'><x xmlns='jabber:x:data' type='form'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#request</value></field><field var='muc#roomnick'><value>${nick}</value></field><field var='muc#jid'><value>${romeo}/phone</value></field></x></message>`;
const configuration = `<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='form'><field var='muc#roomconfig_roomname' type='text-single'><value>Den</value></field><field var='muc#roomconfig_membersonly' type='boolean'><value>0</value></field></x></query>`;

const information = `<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/></query>`;

async function connected(t: ExecutionContext): Promise<Scene> {
	const it = await offlineScene(t);
	await it.actions.connect({account: juliet});
	await settled();
	return it;
}

async function inTheDen(t: ExecutionContext): Promise<Scene> {
	const it = await connected(t);
	const joined = it.actions.joinRoom(inDen);
	await settled();
	await it.server.bring(presence('romeo', `jid='${romeo}/phone'`), presence('masked'), self());
	await joined;
	return it;
}

const invitations = async ({actions}: Scene) => (await actions.snapshot({})).invitations ?? [];

test('an invitation through a room is one, though the room adds the older form and words for a person', async t => {
	const it = await connected(t);
	await it.server.bring(mediated(den, `<x xmlns='jabber:x:conference' jid='${den}'/><body>Romeo invites you</body>`));
	t.is(it.saw.all('room.invited').length, 1);
	t.deepEqual(await invitations(it), [{...inDen, from: romeo, reason: 'come down', direct: false}]);
	t.deepEqual(it.saw.all('message.recorded'), []);
	t.deepEqual(it.saw.all('buffer.opened'), []);
});

test('who will not come is told in the room, and in no chat with the room', async t => {
	const it = await inTheDen(t);
	const declined = `<x xmlns='http://jabber.org/protocol/muc#user'><decline from='${romeo}/phone'><reason>not tonight</reason></decline></x>`;
	await it.server.bring(`<message from='${den}'>${declined}<body>Romeo declined</body></message>`);
	t.like(it.saw.all('invitation.declined')[0], {buffer: bufferId(juliet, 'room', den), reason: 'not tonight'});
	t.deepEqual(it.saw.all('message.recorded'), []);
});

test('who was invited or refused while nobody was connected learns so at the next login', async t => {
	const it = await after(t, lines(1));
	const client = (message: string) => message.replace('<message', "<message xmlns='jabber:client'");
	const seen = it.saw.all('message.recorded').length;
	const declined = `<x xmlns='http://jabber.org/protocol/muc#user'><decline from='${romeo}'/></x><body>no</body>`;
	const hall = 'hall@rooms.example.org' as BareJid;
	it.server.archive.add({
		at: it.clock.now(),
		peer: den,
		message: client(mediated(den, '<body>Romeo invites you</body>')),
	});
	it.server.archive.add({
		at: it.clock.now(),
		peer: hall,
		message: client(`<message from='${hall}'>${declined}</message>`),
	});
	await connect(it);
	t.deepEqual(await invitations(it), [{...inDen, from: romeo, reason: 'come down', direct: false}]);
	t.like(it.saw.all('invitation.declined')[0], {buffer: bufferId(juliet, 'room', hall)});
	t.is(it.saw.all('message.recorded').length, seen);
});

test('who invites directly is named without the device', async t => {
	const it = await connected(t);
	await it.server.bring(direct(`${romeo}/phone`));
	t.like((await invitations(it))[0], {from: romeo, direct: true});
});

test('nobody in a room can pass for the room, nor for a friend', async t => {
	const it = await inTheDen(t);
	await it.server.bring(mediated(`${den}/romeo`), direct(`${den}/romeo`, 'trap@rooms.example.org'), direct(juliet));
	t.deepEqual(it.saw.all('room.invited'), []);
});

test('an invitation waits until the room is entered, or it is declined', async t => {
	const it = await connected(t);
	await it.server.bring(mediated(den), direct(romeo, 'other@rooms.example.org'));
	t.is((await invitations(it)).length, 2);
	await it.actions.declineInvitation({account: juliet, room: den, to: romeo, reason: 'not tonight'});
	t.regex(it.server.written.at(-1) ?? '', /to="den@rooms.example.org".*<decline to="romeo@[^"]*"><reason>not tonight</);
	t.deepEqual(
		(await invitations(it)).map(({room}) => room),
		['other@rooms.example.org'],
	);
	t.like(it.saw.all('invitation.resolved')[0], inDen);

	await it.server.bring(mediated(den));
	const joined = it.actions.joinRoom(inDen);
	await settled();
	await it.server.bring(self());
	await joined;
	t.is((await invitations(it)).length, 1);
});

test('a direct invitation is declined in silence', async t => {
	const it = await connected(t);
	await it.server.bring(direct(romeo));
	const before = it.server.written.length;
	await it.actions.declineInvitation(inDen);
	t.is(it.server.written.length, before);
	t.deepEqual(await invitations(it), []);
});

test('who asks to be let speak is told by the room, and by nobody else', async t => {
	const it = await inTheDen(t);
	await it.server.bring(voiceRequest(`${den}/masked`), voiceRequest('other@rooms.example.org'));
	t.deepEqual(it.saw.all('voice.requested'), []);
	await it.server.bring(voiceRequest(den));
	t.like(it.saw.all('voice.requested')[0], {
		buffer: bufferId(juliet, 'room', den),
		nick: 'Lord Romeo',
		jid: `${romeo}/phone`,
	});
});

for (const [kind, features, expected] of [
	[
		'for everybody',
		[],
		/to="romeo@example\.net".*<x xmlns="jabber:x:conference" jid="den@rooms\.example\.org" reason="do"\/>/,
	],
	['with a password', ['muc_passwordprotected'], /<x xmlns="jabber:x:conference"[^>]* password="pearl"/],
	['for members', ['muc_membersonly'], /to="den@rooms\.example\.org".*<invite to="romeo@example\.net"><reason>do</],
] as const) {
	test(`whoever is invited to a room ${kind} gets what it takes to enter`, async t => {
		const it = await connected(t);
		it.server.room(den, ['http://jabber.org/protocol/muc', ...features]);
		const joined = it.actions.joinRoom({...inDen, password: 'pearl'});
		await settled();
		await it.server.bring(self());
		await joined;
		await settled();
		await it.actions.inviteToRoom({...inDen, jid: romeo, reason: 'do'});
		t.regex(it.server.written.at(-1) ?? '', expected);
	});
}

test('an affiliation is given by nick to whoever the room shows behind it, and to nobody else', async t => {
	const it = await inTheDen(t);
	await it.actions.setAffiliation({...inDen, nick: 'romeo', affiliation: 'outcast', reason: 'fighting'});
	const [asked] = it.server.asked.filter(text => text.includes('affiliation="outcast"'));
	t.true(asked?.includes(`jid="${romeo}"`));
	const masked = it.actions.setAffiliation({...inDen, nick: 'masked', affiliation: 'outcast'});
	t.like(await t.throwsAsync(masked), {code: 'address-hidden'});
	const absent = it.actions.setAffiliation({...inDen, nick: 'nobody', affiliation: 'outcast'});
	t.like(await t.throwsAsync(absent), {code: 'no-such-occupant'});
});

test('a ban is ended only of who is banned: nobody loses another place by that', async t => {
	const it = await inTheDen(t);
	it.server.answerWith(
		'query',
		payload =>
			`<query xmlns='http://jabber.org/protocol/muc#admin'>${payload.includes('jid=') ? '' : `<item jid='tybalt@example.net' affiliation='outcast'/>`}</query>`,
	);
	const unban = {...inDen, affiliation: 'none', from: 'outcast'} as const;
	t.like(await t.throwsAsync(it.actions.setAffiliation({...unban, jid: romeo})), {code: 'not-listed'});
	const changes = () => it.server.asked.filter(text => text.includes('affiliation="none"'));
	t.is(changes().length, 0);
	await it.actions.setAffiliation({...unban, jid: 'tybalt@example.net' as BareJid});
	t.is(changes().length, 1);
});

test('several words for a field of one line are one answer', async t => {
	const it = await inTheDen(t);
	it.server.answerWith('query', payload => (payload.includes('muc#owner') ? configuration : information));
	await it.actions.configureRoom({...inDen, answers: {'muc#roomconfig_roomname': ['The', 'lion’s', 'den']}});
	const [sent] = it.server.asked.filter(text => text.includes('muc#owner') && text.includes('type="submit"'));
	t.regex(sent ?? '', /roomname"[^>]*><value>The lion’s den<\/value>/);
	const unknown = it.actions.configureRoom({...inDen, answers: {'muc#roomconfig_moat': ['1']}});
	t.like(await t.throwsAsync(unknown), {code: 'form-invalid'});
});

test('who is in a room already gets its buffer and, where another nick is given, that', async t => {
	const it = await inTheDen(t);
	await it.actions.closeBuffer({buffer: bufferId(juliet, 'room', den)});
	const entries = () => it.server.written.filter(text => text.includes('jabber.org/protocol/muc"')).length;
	const before = entries();
	t.deepEqual(await it.actions.joinRoom(inDen), {created: false});
	t.is(it.saw.all('buffer.opened').at(-1)?.buffer.id, bufferId(juliet, 'room', den));
	t.is(entries(), before);

	const renamed = it.actions.joinRoom({...inDen, nick: 'Julia'});
	await settled();
	t.true(it.server.written.some(text => text.startsWith('<presence') && text.includes(`to="${den}/Julia"`)));
	await it.server.bring(refusal('conflict', 'Julia'));
	t.like(await t.throwsAsync(renamed), {code: 'nick-taken', hint: 'Take another name: /nick Julia_'});
});

const renamed = (from: string, to: string) =>
	`<presence from='${den}/${from}' type='unavailable'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' role='moderator' nick='${to}'/><status code='303'/><status code='110'/></x></presence>`;

for (const [who, others, expected] of [
	['alone in a room', [], true],
	['among others', [presence('romeo')], false],
] as const) {
	test(`whoever is ${who} ${expected ? 'asks' : 'does not ask'} whether it is there still, after taking another name`, async t => {
		const it = await connected(t);
		const joined = it.actions.joinRoom(inDen);
		await settled();
		await it.server.bring(...others, self());
		await joined;
		const changed = it.actions.changeNick({...inDen, nick: 'Julia'});
		await settled();
		await it.server.bring(renamed('juliet', 'Julia'), self('Julia'));
		await changed;
		t.is(
			it.server.asked.some(text => text.includes('urn:xmpp:ping') && text.includes(`to="${den}/Julia"`)),
			expected,
		);
	});
}

test('who only looks in leaves as it is what one is in already', async t => {
	const it = await inTheDen(t);
	const before = it.server.written.length;
	t.deepEqual(await it.actions.joinRoom({...inDen, nick: 'juliet', remember: false}), {created: false, wasIn: true});
	t.deepEqual(await it.actions.joinRoom({...inDen, remember: false}), {created: false, wasIn: true});
	t.is(it.server.written.length, before);
});

test('who only looks in under another name than one has there is told so, and changes nothing', async t => {
	const it = await inTheDen(t);
	const before = it.server.written.length;
	const looking = it.actions.joinRoom({...inDen, nick: 'Julia', remember: false});
	await t.throwsAsync(looking, {message: /as “juliet” already, and not as “Julia”/});
	t.is(it.server.written.length, before);
});

test('who looks in where one is about to come back is told so', async t => {
	const it = await inTheDen(t);
	await it.server.bring(
		presence('juliet', '', `<status code='110'/><status code='332'/>`).replace(
			'<presence',
			"<presence type='unavailable'",
		),
	);
	const looking = it.actions.joinRoom({...inDen, remember: false});
	await settled();
	await it.server.bring(self());
	t.deepEqual(await looking, {created: false, wasIn: true});
});

test('a room that is gone after a change of name is entered once more', async t => {
	const it = await connected(t);
	const joined = it.actions.joinRoom(inDen);
	await settled();
	await it.server.bring(self());
	await joined;
	it.server.refusals.set(den, 'item-not-found');
	it.server.refusals.set(`${den}/Julia`, 'item-not-found');
	const changed = it.actions.changeNick({...inDen, nick: 'Julia'});
	await settled();
	await it.server.bring(renamed('juliet', 'Julia'), self('Julia'));
	await changed;
	t.like(it.saw.all('room.changed').at(-1)?.room, {status: 'parted', returning: true});
	const before = it.server.written.length;
	it.clock.advance(2000);
	await settled();
	const again = it.server.written.slice(before).find(text => text.includes('jabber.org/protocol/muc"'));
	t.true(again?.includes(`to="${den}/Julia"`));
	t.true(it.server.asked.some(text => text.includes('autojoin="true"') && text.includes('<nick>Julia</nick>')));
});

test('a room that keeps a name for the person says which', async t => {
	const it = await connected(t);
	it.server.answerWith('query', payload =>
		payload.includes('x-roomuser-item')
			? `<query xmlns='http://jabber.org/protocol/disco#info' node='x-roomuser-item'><identity category='conference' type='text' name='Lady Juliet'/></query>`
			: information,
	);
	const joined = it.actions.joinRoom(inDen);
	await settled();
	await it.server.bring(refusal('not-acceptable'));
	t.like(await t.throwsAsync(joined), {
		code: 'nick-reserved',
		message: `${den} does not let you in as juliet: a name is reserved for you there, or it allows no such name. Your name there is Lady Juliet.`,
		hint: `/join ${den} "Lady Juliet" enters it.`,
	});
});

test('a room that was destroyed is not entered by itself any more', async t => {
	const it = await inTheDen(t);
	await it.actions.setBookmark({...inDen, autojoin: true});
	it.server.answerWith('query', '');
	await it.actions.destroyRoom({...inDen, alternative: 'hall@rooms.example.org' as BareJid, reason: 'we moved'});
	t.true(it.server.asked.some(text => text.includes('<destroy jid="hall@rooms.example.org"><reason>we moved')));
	t.true(it.server.asked.some(text => text.includes('<retract') && text.includes(`id="${den}"`)));
});

test('a room that others destroyed is not made once more by our next login', async t => {
	const it = await inTheDen(t);
	const bookmark = `<items node='urn:xmpp:bookmarks:1'><item id='${den}'><conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'/></item></items>`;
	await it.server.bring(
		`<message from='${juliet}'><event xmlns='http://jabber.org/protocol/pubsub#event'>${bookmark}</event></message>`,
	);
	await it.server.bring(
		`<presence from='${den}/juliet' type='unavailable'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/><status code='110'/><destroy><reason>over</reason></destroy></x></presence>`,
	);
	await settled();
	t.true(it.server.asked.some(text => text.includes('autojoin="false"')));
});

test('a room is left and entered again on this device alone', async t => {
	const it = await inTheDen(t);
	const again = it.actions.joinRoom({...inDen, again: true});
	await settled();
	t.true(it.server.written.some(text => text.includes('type="unavailable"') && text.includes(den)));
	await it.server.bring(
		`<presence from='${den}/juliet' type='unavailable'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' role='none'/><status code='110'/></x></presence>`,
	);
	await settled();
	await it.server.bring(self());
	t.deepEqual(await again, {created: false});
	t.false(it.server.asked.some(text => text.includes('autojoin="false"')));
});

const returned = (text: string | undefined, condition: string, from: string = den) =>
	`<message type='error' from='${from}' id='${/ id="([^"]*)"/.exec(text ?? '')?.[1]}'><error type='auth'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`;

test('a subject or an invitation that the room refuses is told in the room, with who may', async t => {
	const it = await inTheDen(t);
	const notices = () =>
		it.saw.all('notice').flatMap(({buffer, text, hint}) => (buffer === undefined ? [] : [{buffer, text, hint}]));
	await it.actions.setSubject({...inDen, subject: 'Night'});
	const subject = it.server.written.find(text => text.includes('<subject>'));
	await it.server.bring(returned(subject, 'forbidden', 'other@rooms.example.org'), returned(subject, 'forbidden'));
	t.deepEqual(notices(), [
		{
			buffer: bufferId(juliet, 'room', den),
			text: `${den} does not let you change the subject: that is not allowed.`,
			hint: 'Moderators may; /names shows who they are.',
		},
	]);
	await it.server.bring(returned(subject, 'forbidden'));
	t.is(notices().length, 1);

	await it.actions.requestVoice(inDen);
	await it.server.bring(returned(it.server.written.at(-1), 'bad-request'));
	t.regex(notices()[1]?.text ?? '', /did not ask its moderators/);
});

test('what one may not do in a room is refused with who may', async t => {
	const it = await inTheDen(t);
	const forbidden = "<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
	it.server.answerWith('query', forbidden);
	const kick = it.actions.setRole({...inDen, nick: 'romeo', role: 'none'});
	t.regex((await t.throwsAsync<Error & {hint: string}>(kick)).hint, /Moderators may/);
	const destroy = it.actions.destroyRoom(inDen);
	t.like(await t.throwsAsync(destroy), {code: 'stanza-forbidden', hint: 'Owners may; /affiliations owner lists them.'});
});
