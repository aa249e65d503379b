import test from 'ava';
import {bufferId, consoleBuffer} from '../../source/model/buffer.js';
import type {RoomInvitation} from '../../source/model/room.js';
import type {BareJid, FullJid} from '../../source/shared/jid.js';
import {refusal} from './fake-backend.js';
import {lineMode} from './line-mode.js';
import {capulets, inCapulets, occupant, room, roomBuffer, said} from './support/rooms.js';
import {account, buffer, evening, me, message, nurse, romeo, withRomeo} from './support.js';
import {createTypist, press} from './typist.js';

const garden = 'garden@rooms.example.org' as BareJid;
const inGarden = bufferId(me, 'room', garden);
const invitation: RoomInvitation = {account: me, room: garden, from: romeo, reason: 'come down', direct: false};

const wide = {columns: 160, rows: 24};
const atHome = () => createTypist({accounts: [account()], buffers: [buffer(romeo)], active: withRomeo}, wide);
const inRoom = () => {
	const people = ['juliet', 'tybalt', 'Lady Capulet'].map(nick => occupant(nick));
	const snapshot = {
		accounts: [account()],
		buffers: [roomBuffer(capulets)],
		active: inCapulets,
		rooms: [{room: room(capulets, {subject: 'The ball'}), occupants: people}],
	};
	return createTypist(snapshot, wide);
};

test('a room is on the screen as soon as it is asked for entry', async t => {
	const typist = await atHome();
	const letIn = typist.backend.delay('joinRoom');
	await typist.type(`/join ${garden}\r`);
	t.is(typist.app.view().active, inGarden);
	t.regex(typist.row(0), /joining…/);
	letIn();
	await typist.settle();
	t.notRegex(typist.row(0), /joining/);
	t.is(typist.app.view().active, inGarden);
});

test('what is typed behind a command that enters a room waits for the room, and goes there', async t => {
	const typist = await atHome();
	const letIn = typist.backend.delay('joinRoom');
	await typist.type(`/join ${garden}\rwhatever\x15good eveninx\x7fg\r`);
	t.deepEqual(typist.backend.asked('sendMessage'), []);
	// It stands there, corrected, so that a crowd that takes a while to come in holds up no key.
	t.is(typist.input(), 'good evening');
	letIn();
	await typist.settle();
	t.like(typist.backend.asked('sendMessage')[0], {to: garden, kind: 'groupchat', body: 'good evening'});
	t.is(typist.input(), '');
});

test('a room that refuses says why in its buffer, and nothing typed for it is sent', async t => {
	const typist = await atHome();
	typist.backend.refuse('joinRoom', refusal('nick-taken', 'Somebody else is called juliet.', 'Take another name.'));
	await typist.type(`/join ${garden}\rgood evening\r`);
	t.is(typist.app.view().active, inGarden);
	t.regex(typist.screen(), /Somebody else is called juliet\./);
	t.regex(typist.screen(), /Take another name\./);
	t.deepEqual(typist.backend.asked('sendMessage'), []);
	t.is(typist.input(), 'good evening');
});

test('a room that takes long is waited for in its buffer', async t => {
	const typist = await atHome();
	const letIn = typist.backend.delay('joinRoom');
	await typist.type(`/join ${garden}\r`);
	typist.clock.advance(1500);
	await typist.settle();
	t.is(typist.app.view().active, inGarden);
	t.is(typist.input(), '');
	await typist.type('hello');
	t.is(typist.input(), 'hello');
	await typist.type(press.control('u') + press.alt('1'));
	letIn();
	await typist.settle();
	t.is(typist.app.view().active, consoleBuffer);
});

test('whoever made a room learns so, and what comes next', async t => {
	const typist = await createTypist({accounts: [account()]}, wide, backend => {
		backend.rooms.created = true;
	});
	await typist.type(`/join ${garden}\r`);
	t.regex(typist.screen(), /garden@rooms\.example\.org is new: you made it/);
	t.regex(typist.screen(), /\/config/);
});

test('leaving a room keeps its buffer, and closing the buffer does not leave the room', async t => {
	const typist = await inRoom();
	await typist.type('/leave good night\r');
	t.deepEqual(typist.backend.asked('leaveRoom'), [{account: me, room: capulets, text: 'good night'}]);
	t.is(typist.app.view().active, inCapulets);
	t.regex(typist.screen(), /You have left capulets/);
	await typist.type('/close\r');
	t.is(typist.app.view().active, consoleBuffer);
	t.is(typist.backend.asked('leaveRoom').length, 1);
});

test('a room whose buffer was closed is gone back to without being entered again', async t => {
	const typist = await inRoom();
	await typist.type('/close\r');
	await typist.type(`/join ${capulets}\r`);
	t.is(typist.app.view().active, inCapulets);
	t.deepEqual(typist.backend.asked('joinRoom'), []);
	t.regex(typist.row(0), /The ball/);
});

test('an invitation stands in the console, waits to be read, and calls', async t => {
	const typist = await atHome();
	typist.backend.emit({type: 'room.invited', invitation});
	typist.clock.advance(10_000);
	await typist.settle();
	t.is(typist.app.state().buffers[consoleBuffer]?.info.unread, 1);
	await typist.type(press.alt('1'));
	t.regex(typist.screen(), /romeo@example\.net invites you to garden@rooms\.example\.org/);
	t.regex(typist.screen(), /come down/);
	t.regex(typist.screen(), /\/join garden@rooms\.example\.org/);
	t.regex(typist.screen(), /\/decline garden@rooms\.example\.org/);
	t.true(typist.rung() > 0);
});

test('an invitation is completed, accepted and declined', async t => {
	const typist = await atHome();
	typist.backend.emit({type: 'room.invited', invitation});
	await typist.type(`/join g${press.tab}`);
	t.regex(typist.input(), /^\/join garden@rooms\.example\.org/);
	await typist.type(press.control('u'));
	await typist.type(`/decline ${garden} not tonight\r`);
	t.deepEqual(typist.backend.asked('declineInvitation'), [
		{account: me, room: garden, to: romeo, reason: 'not tonight'},
	]);
	t.regex(typist.screen(), /You refused to come to garden/);
});

test('who does not want to come is told in the room', async t => {
	const typist = await inRoom();
	typist.backend.emit({
		type: 'invitation.declined',
		buffer: inCapulets,
		from: `${nurse}/hall` as FullJid,
		reason: 'my bones ache',
	});
	await typist.settle();
	t.regex(typist.screen(), /nurse@example\.org does not want to come here: my bones ache/);
});

test('while a room takes its time, it is said who is asked', async t => {
	const typist = await inRoom();
	const answer = typist.backend.delay('setRole');
	await typist.type('/kick tybalt\r');
	typist.clock.advance(400);
	await typist.settle();
	t.regex(typist.screen(), /Asking capulets@rooms\.example\.org…/);
	answer();
	await typist.settle();
	t.notRegex(typist.screen(), /Asking/);
	const list = typist.backend.delay('listAffiliated');
	await typist.type('/affiliations owner\r');
	typist.clock.advance(400);
	await typist.settle();
	t.regex(typist.screen(), /Asking capulets@rooms\.example\.org…/);
	list();
	await typist.settle();
	t.notRegex(typist.screen(), /Asking/);
	t.regex(typist.popup() ?? '', /Owners/);
});

test('who may give voice learns who asks for it, and what to type', async t => {
	const typist = await inRoom();
	typist.backend.emit({type: 'voice.requested', account: me, buffer: inCapulets, nick: 'Lady Capulet'});
	await typist.settle();
	t.regex(typist.screen(), /Lady Capulet asks to be let speak here\./);
	t.regex(typist.screen(), /\/voice "Lady Capulet" lets them\./);
});

test('what one has become in a room stands in its buffer, and in the console where there is none', async t => {
	const typist = await inRoom();
	const told = (place: BareJid) =>
		({
			type: 'notice',
			level: 'info',
			text: `In ${place} you are a member now.`,
			account: me,
			buffer: bufferId(me, 'room', place),
			at: evening,
		}) as const;
	typist.backend.emit(told(capulets));
	typist.backend.emit(told(garden));
	await typist.settle();
	const saidIn = (id: typeof inCapulets | typeof consoleBuffer) =>
		(typist.app.state().buffers[id]?.entries ?? []).flatMap(entry =>
			entry.type === 'notice' ? [entry.notice.text] : [],
		);
	t.deepEqual(saidIn(inCapulets), [`In ${capulets} you are a member now.`]);
	t.deepEqual(saidIn(consoleBuffer), [`In ${garden} you are a member now.`]);
});

test('whoever is thrown out reads why in the room', async t => {
	const typist = await inRoom();
	const reason = 'You were kicked from capulets@rooms.example.org (brawling).';
	typist.backend.emit({type: 'room.changed', room: room(capulets, {status: 'parted', reason})});
	await typist.settle();
	t.regex(typist.screen(), /You were kicked from capulets@rooms\.example\.org \(brawling\)\./);
	t.regex(typist.screen(), /\/join capulets@rooms\.example\.org enters it again/);
});

/** The room of the buffer was destroyed, and said where it goes on. */
const destroyed = {
	type: 'room.changed',
	room: room(capulets, {
		status: 'parted',
		reason: `You are out of ${capulets} (the room was closed: it goes on in ${garden}).`,
		alternative: garden,
	}),
} as const;

test('whoever was in a room that was destroyed is told how to get to the one where it goes on', async t => {
	const typist = await inRoom();
	typist.backend.emit(destroyed);
	await typist.settle();
	t.regex(typist.screen(), /\/join garden@rooms\.example\.org enters the one where it goes on/);
	t.notRegex(typist.screen(), /\/join capulets/);
});

test('/join alone leads from there to that room, and says so', async t => {
	const typist = await inRoom();
	typist.backend.emit(destroyed);
	await typist.settle();
	await typist.type('/join\r');
	t.like(typist.backend.asked('joinRoom'), [{account: me, room: garden}]);
	t.is(typist.app.view().active, inGarden);
	t.regex(typist.screen(), /This is garden@rooms\.example\.org, where capulets@rooms\.example\.org goes on\./);
});

test('the room that was destroyed can be made again by its name', async t => {
	const typist = await inRoom();
	typist.backend.emit(destroyed);
	await typist.settle();
	await typist.type(`/join ${capulets}\r`);
	t.like(typist.backend.asked('joinRoom'), [{account: me, room: capulets}]);
	t.notRegex(typist.screen(), /where capulets/);
});

test('in lines too /join alone leads to where a room goes on, and says so before', async t => {
	const it = lineMode({
		accounts: [account()],
		buffers: [roomBuffer(capulets)],
		active: inCapulets,
		rooms: [{room: room(capulets), occupants: []}],
	});
	await it.settle();
	it.backend.emit(destroyed);
	await it.settle();
	await it.type('/buffer capulets');
	await it.type('/join');
	t.regex(
		it.text(),
		/capulets@rooms\.example\.org goes on in garden@rooms\.example\.org: entering that one…[\s\S]*This is garden@rooms/,
	);
	await it.end();
});

test('a room that is entered again by itself makes no words about it', async t => {
	const typist = await inRoom();
	const reason = 'The connection to capulets@rooms.example.org is lost.';
	typist.backend.emit({type: 'room.changed', room: room(capulets, {status: 'parted', reason, returning: true})});
	await typist.settle();
	t.notRegex(typist.screen(), /enters it again/);
	t.is(typist.app.state().buffers[inCapulets]?.entries.length, 0);
});

test('what a room is asked for is answered in the room', async t => {
	const typist = await inRoom();
	await typist.type('/invite nurse@example.org\r');
	t.regex(typist.screen(), /nurse@example\.org was asked into capulets/);
	await typist.type('/ban romeo@example.net\r');
	t.regex(typist.screen(), /romeo@example\.net is banned from capulets/);
	await typist.type('/topic\r');
	t.regex(typist.screen(), /The subject of capulets@rooms\.example\.org: The ball/);
	typist.backend.refuse('setRole', refusal('forbidden', 'Only moderators do that.', 'Ask one.'));
	await typist.type('/kick tybalt\r');
	t.regex(typist.screen(), /Only moderators do that\./);
});

test('what somebody says whom one does not want to hear is not shown, until one does again', async t => {
	const typist = await inRoom();
	const hear = (nick: string, body: string, more = {}) => {
		const event = said(capulets, nick, evening + 1000 * body.length, body, more);
		if (event.type === 'message.recorded') {
			typist.backend.emit(event);
		}

		return event.type === 'message.recorded' ? event.message.key : 0;
	};
	hear('Lady Capulet', 'Part, fools');
	const key = hear('tybalt', 'juliet: what, drawn, and talk of peace?', {ignored: true, highlight: true});
	hear('Lady Capulet', 'Put up your swords');
	typist.clock.advance(10_000);
	await typist.settle();
	t.regex(typist.screen(), /Part, fools[\s\S]*Put up your swords/);
	t.notRegex(typist.screen(), /talk of peace/);
	t.deepEqual(typist.calls(), []);
	await typist.type(`/unignore ty${press.tab}`);
	t.is(typist.input().trim(), '/unignore tybalt');
	const change = {key, account: me, buffer: inCapulets, ignored: false};
	typist.backend.emit({type: 'message.changed', change});
	await typist.settle();
	t.regex(typist.screen(), /talk of peace/);
});

test('in a private talk one goes by the nick that one has in the room', async t => {
	const tybalt = `${capulets}/tybalt` as FullJid;
	const apart = bufferId(me, 'private', tybalt);
	const snapshot = {
		accounts: [account()],
		buffers: [buffer(capulets, {id: apart, jid: tybalt, kind: 'private' as const})],
		active: apart,
		rooms: [{room: room(capulets, {nick: 'Lady'}), occupants: [occupant('Lady'), occupant('tybalt')]}],
	};
	const mine = {buffer: apart, author: me, direction: 'outgoing', state: 'acked', via: 'local'} as const;
	const typist = await createTypist(snapshot, wide);
	typist.backend.emit({type: 'message.recorded', message: message(evening, 'psst', mine)});
	await typist.settle();
	t.regex(typist.screen(), /Lady │ psst/);
	for (const spoken of [false, true]) {
		const it = lineMode(snapshot, false, {spoken});
		await it.settle();
		await it.type('/buffer 2');
		t.regex(it.text(), /[Pp]rivate chat with tybalt in capulets, .*online/);
		it.backend.emit({
			type: 'occupant.left',
			buffer: inCapulets,
			nick: 'tybalt',
			activity: {what: 'left', nick: 'tybalt', at: evening},
		});
		await it.settle();
		await it.type('/buffer 1');
		await it.type('/buffer 2');
		t.regex(it.text(), /[Pp]rivate chat with tybalt in capulets, .*not in the room/);
		it.backend.emit({type: 'message.recorded', message: message(evening, 'psst', mine)});
		await it.settle();
		t.regex(it.text(), spoken ? /You to tybalt in capulets.*psst/ : /\[tybalt in capulets\] Lady: psst/);
		await it.end();
	}
});

test('who is not heard in a room is not heard in private there either', async t => {
	const tybalt = `${capulets}/tybalt` as FullJid;
	const apart = bufferId(me, 'private', tybalt);
	const typist = await createTypist(
		{
			accounts: [account()],
			buffers: [buffer(capulets, {id: apart, jid: tybalt, kind: 'private'})],
			active: apart,
			rooms: [{room: room(capulets), occupants: [occupant('juliet'), occupant('tybalt')]}],
		},
		wide,
	);
	const whisper = (body: string, at: number, ignored?: true) =>
		typist.backend.emit({
			type: 'message.recorded',
			message: message(at, body, {buffer: apart, author: tybalt, ...(ignored === undefined ? {} : {ignored})}),
		});
	whisper('Have at thee', evening);
	whisper('coward', evening + 1000, true);
	await typist.settle();
	t.regex(typist.screen(), /Have at thee/);
	t.notRegex(typist.screen(), /coward/);
});

test('who is there is listed with what they may do', async t => {
	const typist = await inRoom();
	await typist.type('/names\r');
	t.regex(typist.popup() ?? '', /Participants \(3\)[\s\S]*juliet \(you\)[\s\S]*Lady Capulet[\s\S]*tybalt/);
});

test('somebody in the room is written to in private, and their buffer is told', async t => {
	const typist = await inRoom();
	await typist.type('/msg "Lady Capulet" madam\r');
	const to = `${capulets}/Lady Capulet` as FullJid;
	t.like(typist.backend.asked('sendMessage')[0], {to, body: 'madam'});
	t.regex(typist.screen(), /Sent to Lady Capulet in capulets/);
	await typist.type('/query tybalt\r');
	t.is(typist.app.view().active, bufferId(me, 'private', `${capulets}/tybalt` as FullJid));
});

test('in lines a room is entered before the next line is read, and that is said', async t => {
	const it = lineMode({accounts: [account()]});
	await it.settle();
	await it.type(`/join ${garden}`);
	await it.type('good evening');
	await it.type('/topic');
	t.regex(it.text(), /You are in garden@rooms\.example\.org as juliet/);
	t.regex(it.text(), /garden@rooms\.example\.org has no subject/);
	t.like(it.backend.asked('sendMessage')[0], {to: garden, kind: 'groupchat'});
	it.interruption.abort();
	await it.exit;
});

test('in lines one is told who was thrown out and what one is called, of the room one is in, and not who comes and goes', async t => {
	const it = lineMode({
		accounts: [account()],
		buffers: [roomBuffer(capulets), roomBuffer(garden)],
		active: inCapulets,
		rooms: [{room: room(capulets), occupants: [occupant('tybalt'), occupant('nurse')]}],
	});
	await it.settle();
	await it.type('/buffer capulets');
	const before = it.text().length;
	const at = evening;
	const kicked = {what: 'kicked', nick: 'tybalt', text: 'put up thy sword', at} as const;
	it.backend.emit({type: 'occupant.left', buffer: inCapulets, nick: 'tybalt', activity: kicked});
	it.backend.emit({type: 'occupant.left', buffer: inGarden, nick: 'tybalt', activity: kicked});
	it.backend.emit({
		type: 'occupant.left',
		buffer: inCapulets,
		nick: 'nurse',
		activity: {what: 'left', nick: 'nurse', at},
	});
	it.backend.emit({
		type: 'occupant.changed',
		buffer: inCapulets,
		occupant: occupant('Lady Juliet'),
		formerNick: 'juliet',
		activity: {what: 'renamed', nick: 'juliet', newNick: 'Lady Juliet', own: true, at},
	});
	await it.settle();
	t.is(
		it.text().slice(before),
		'-- capulets: tybalt was thrown out (put up thy sword)\n-- capulets: juliet is now called Lady Juliet\n',
	);
	await it.end();
});

for (const spoken of [false, true]) {
	test(`in lines one is told what somebody did to the subject${spoken ? ', in whole words' : ''}`, async t => {
		const it = lineMode(
			{accounts: [account()], buffers: [roomBuffer(capulets)], rooms: [{room: room(capulets), occupants: []}]},
			false,
			{spoken},
		);
		await it.settle();
		it.backend.emit(said(capulets, 'tybalt', evening, '', {subject: 'The ball'}));
		it.backend.emit(said(capulets, 'tybalt', evening, '', {subject: ''}));
		await it.settle();
		t.regex(
			it.text(),
			spoken ? /from tybalt, [\d:]+: changed the subject: The ball\n/ : /tybalt changed the subject: The ball\n/,
		);
		t.regex(it.text(), spoken ? /from tybalt, [\d:]+: cleared the subject\n/ : /tybalt cleared the subject\n/);
		await it.end();
	});
}

test('in lines nothing is said to a room that refused', async t => {
	const it = lineMode({accounts: [account()]});
	await it.settle();
	it.backend.refuse('joinRoom', refusal('room-banned', 'You are banned there.'));
	await it.type(`/join ${garden}`);
	await it.type('good evening');
	t.regex(it.text(), /You are banned there/);
	t.deepEqual(it.backend.asked('sendMessage'), []);
	await it.end();
});

test('in lines invitations and refusals are told', async t => {
	const it = lineMode({accounts: [account()]});
	await it.settle();
	it.backend.emit({type: 'room.invited', invitation});
	await it.settle();
	t.regex(it.text(), /romeo@example\.net invites you to garden@rooms\.example\.org \(says the room\): come down/);
	t.regex(it.text(), /\/decline garden@rooms\.example\.org/);
	await it.end();
});

for (const spoken of [false, true]) {
	test(`every list about rooms has its lines${spoken ? ', in whole words too' : ''}`, async t => {
		const people = [occupant('juliet', {role: 'moderator'}), occupant('tybalt', {jid: romeo})];
		const it = lineMode(
			{
				accounts: [account()],
				buffers: [roomBuffer(capulets)],
				rooms: [{room: room(capulets, {subject: 'The ball'}), occupants: people}],
				bookmarks: [{account: me, room: garden, name: 'The garden', autojoin: true, notify: 'none'}],
				invitations: [invitation],
			},
			false,
			{spoken},
		);
		await it.settle();
		await it.type('/buffer 2');
		for (const [typed, heard] of [
			['/names', spoken ? /juliet, you, moderator/ : /Moderators \(1\)[\s\S]*juliet \(you\)/],
			['/whois tybalt', /Address: romeo@example\.net/],
			['/whois romeo@example.net', /In capulets@rooms\.example\.org/],
			['/topic', /The subject of capulets@rooms\.example\.org: The ball/],
			['/bookmark', /You are invited to[\s\S]*garden@rooms\.example\.org\W+The garden[^\n]*calls for nothing/],
			['/rooms', /rooms\.example\.org shows no rooms/],
			['/ignore', /You ignore nobody here/],
			['/affiliations owner', /Owners \(0\)/],
		] as const) {
			const before = it.text().length;
			await it.type(typed);
			t.regex(it.text().slice(before), heard, typed);
		}

		await it.end();
	});
}
