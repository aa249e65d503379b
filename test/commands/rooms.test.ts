import test from 'ava';
import {complete} from '../../source/commands/complete.js';
import type {CommandContext} from '../../source/commands/context.js';
import {registry} from '../../source/commands/definitions/index.js';
import {parse} from '../../source/commands/parse.js';
import {usage} from '../../source/commands/usage.js';
import {bufferId} from '../../source/model/buffer.js';
import {defaultPreferences} from '../../source/model/settings.js';
import type {BareJid, FullJid} from '../../source/shared/jid.js';
import {
	balcony,
	fresh,
	garden,
	inConsole,
	inGarden,
	me,
	orchard,
	romeo,
	source,
	stranger,
	tomb,
	withRomeo,
	work,
} from './support.js';

const asked = (text: string, context: CommandContext = inGarden) => {
	const found = parse(text, context, registry);
	return found.type === 'intents'
		? found.intents.map(intent =>
				intent.type === 'client' ? [intent.action, intent.input] : [intent.view.type, intent.view],
			)
		: found;
};
const problem = (text: string, context: CommandContext = inGarden) => {
	const found = parse(text, context, registry);
	return found.type === 'problem' ? found.problem : undefined;
};
const inserts = (line: string, context: CommandContext = inGarden) =>
	complete(line, line.length, context, registry)?.candidates.map(({insert}) => insert);

const here = {account: me, room: garden};
const elsewhere = {account: me, room: 'hall@rooms.example.org' as BareJid};
const knowing = (more: Partial<CommandContext['source']>, context = inGarden): CommandContext => ({
	...context,
	source: {...source, ...more},
});
const privately: CommandContext = {
	...inGarden,
	kind: 'private',
	jid: `${garden}/Tybalt` as FullJid,
	buffer: bufferId(me, 'private', `${garden}/Tybalt` as FullJid),
};

test('the service of a room that let nobody in is not proposed for others', t => {
	const mistyped = 'attic@roms.example.net' as BareJid;
	const context = knowing({
		rooms: () => [{account: me, jid: mistyped, status: 'refused', nick: 'juliet'}],
		bookmarks: () => [],
		invitations: () => [],
	});
	t.notRegex(problem('/join cellar', context)?.hint ?? '', /roms/);
	t.deepEqual(
		inserts('/rooms ro', context)?.filter(each => each.includes('roms')),
		[],
	);
	const found = complete('/join att', '/join att'.length, context, registry)?.candidates;
	t.like(
		found?.find(({insert}) => insert === mistyped),
		{note: 'did not let you in'},
	);
});

test('where there is no room, nobody is looked for in it', t => {
	for (const context of [inConsole, withRomeo]) {
		for (const line of [
			'/kick tybalt',
			'/ban tybalt',
			'/unban tybalt',
			'/op tybalt',
			'/role tybalt visitor',
			'/ignore tybalt',
		]) {
			t.like(problem(line, context), {code: 'not-in-room'}, line);
		}
	}
});

test('a room is entered by its address, with a nick and a password', t => {
	t.deepEqual(asked(`/join ${elsewhere.room}`, inConsole), [['joinRoom', elsewhere]]);
	t.deepEqual(asked(`/join ${elsewhere.room} "Lady Juliet" secret`), [
		['joinRoom', {...elsewhere, nick: 'Lady Juliet', password: 'secret'}],
	]);
	t.deepEqual(asked(`/join ${elsewhere.room}/Julia`), [['joinRoom', {...elsewhere, nick: 'Julia'}]]);
});

test('a room is entered by the address that stands on web pages', t => {
	t.deepEqual(asked('/join xmpp:hall@rooms.example.org?join;password=open%20sesame'), [
		['joinRoom', {...elsewhere, password: 'open sesame'}],
	]);
	t.deepEqual(asked('/join xmpp://juliet@example.org/hall@rooms.example.org?join'), [['joinRoom', elsewhere]]);
	t.like(problem('/join xmpp:rooms.example.org?join'), {code: 'invalid-jid'});
	t.like(problem('/join xmpp:hall%@rooms.example.org?join'), {code: 'invalid-jid'});
});

test('a name alone is refused, with what it may mean', t => {
	t.like(problem('/join garden', inConsole), {code: 'invalid-jid', from: 6, to: 12, hint: `Did you mean ${garden}?`});
	t.regex(problem('/join hall', inConsole)?.hint ?? '', /such as hall@rooms\.example\.org/);
	t.regex(problem('/join #hall', inConsole)?.hint ?? '', /such as hall@rooms\.example\.org/);
	t.regex(problem('/join hall', fresh)?.hint ?? '', /name@service.*\/rooms/);
});

test('who is in a room already goes to its buffer, or takes another name there', t => {
	const show = [['showBuffer', {type: 'showBuffer', buffer: inGarden.buffer}]];
	t.deepEqual(asked(`/join ${garden}`, inConsole), show);
	t.deepEqual(asked(`/join ${garden} juliet`, inConsole), show);
	t.deepEqual(asked(`/join ${garden} Julia`, inConsole), [['joinRoom', {...here, nick: 'Julia'}]]);
});

test('without a room that of the buffer is entered again', t => {
	const left = knowing({rooms: () => [{account: me, jid: garden, status: 'parted', nick: 'juliet'}]});
	t.deepEqual(asked('/join', left), [['joinRoom', here]]);
	t.like(problem('/join', withRomeo), {code: 'not-in-room'});
	t.deepEqual(asked('/rejoin'), [['joinRoom', {...here, again: true, nick: 'juliet'}]]);
});

test('the password of an invitation or a bookmark need not be typed', t => {
	const invited = knowing({
		invitations: () => [{account: me, room: balcony, direct: true, password: 'ladder'}],
		bookmarks: () => [{account: me, room: orchard, autojoin: false, password: 'apple'}],
	});
	t.deepEqual(asked(`/join ${balcony}`, invited), [['joinRoom', {account: me, room: balcony, password: 'ladder'}]]);
	t.deepEqual(asked(`/join ${orchard}`, invited), [['joinRoom', {account: me, room: orchard, password: 'apple'}]]);
});

test('the account that was invited goes there, and the one in use where both know the room', t => {
	const invitation = {room: balcony, direct: true};
	const one = knowing({invitations: () => [{...invitation, account: work}]}, inConsole);
	const both = knowing({invitations: () => [work, me].map(account => ({...invitation, account}))}, inConsole);
	t.deepEqual(asked(`/join ${balcony}`, one), [['joinRoom', {account: work, room: balcony}]]);
	t.deepEqual(asked(`/join ${balcony}`, both), [['joinRoom', {account: me, room: balcony}]]);
	t.like(problem(`/join ${balcony}`, fresh), {code: 'no-account'});
});

test('a room is left with a word, and another one by its name', t => {
	t.deepEqual(asked('/leave'), [['leaveRoom', here]]);
	t.deepEqual(asked('/leave good night'), [['leaveRoom', {...here, text: 'good night'}]]);
	t.deepEqual(asked(`/leave --room ${elsewhere.room} good night`, inConsole), [
		['leaveRoom', {...elsewhere, text: 'good night'}],
	]);
	t.like(problem('/leave', inConsole), {code: 'not-in-room'});
	t.like(problem('/leave', privately), {code: 'not-in-room'});
	t.regex(problem('/leave', privately)?.hint ?? '', /\/close/);
	t.deepEqual(asked('/close'), [['closeBuffer', {type: 'closeBuffer', buffer: inGarden.buffer}]]);
});

test('an option needs its word, and is text behind the text', t => {
	t.like(problem('/leave --room'), {code: 'missing-word', from: 13, to: 13});
	t.like(problem('/leave --room nowhere'), {code: 'invalid-jid', from: 14, to: 21});
	t.deepEqual(asked('/leave see you --room there'), [['leaveRoom', {...here, text: 'see you --room there'}]]);
	const row = registry.commands.find(({name}) => name === 'leave');
	t.is(row && usage(row), '/leave [--room …] [text]');
});

test('a name may have spaces; who was not let in tries another', t => {
	t.deepEqual(asked('/nick Lady Juliet'), [['changeNick', {...here, nick: 'Lady Juliet'}]]);
	const refused = knowing({rooms: () => [{account: me, jid: garden, status: 'refused', nick: 'juliet'}]});
	t.deepEqual(asked('/nick juliet_', refused), [['joinRoom', {...here, nick: 'juliet_'}]]);
	t.like(problem('/nick'), {code: 'missing-word'});
});

test('the subject is said, changed or removed', t => {
	t.deepEqual(asked('/topic'), [['sayTopic', {type: 'sayTopic', buffer: inGarden.buffer}]]);
	t.deepEqual(asked('/topic The ball  is "tonight"'), [['setSubject', {...here, subject: 'The ball  is "tonight"'}]]);
	t.deepEqual(asked('/topic --clear'), [['setSubject', {...here, subject: ''}]]);
});

test('somebody is invited into this room, or into another', t => {
	t.deepEqual(asked(`/invite ${romeo} we need you`), [['inviteToRoom', {...here, jid: romeo, reason: 'we need you'}]]);
	t.deepEqual(asked('/invite "Romeo Montague"'), [['inviteToRoom', {...here, jid: romeo}]]);
	t.deepEqual(asked(`/invite --room ${elsewhere.room} ${romeo}`, inConsole), [
		['inviteToRoom', {...elsewhere, jid: romeo}],
	]);
	t.deepEqual(asked(`/invite --room ${elsewhere.room}`, withRomeo), [['inviteToRoom', {...elsewhere, jid: romeo}]]);
	t.like(problem(`/invite ${romeo}`, inConsole), {code: 'not-in-room'});
	t.like(problem('/invite'), {code: 'missing-word'});
});

test('an invitation through a room is declined to who sent it, a direct one is only forgotten', t => {
	t.deepEqual(asked(`/decline ${balcony} not tonight`), [
		['declineInvitation', {account: me, room: balcony, to: romeo, reason: 'not tonight'}],
	]);
	t.deepEqual(asked(`/decline ${tomb}`), [['declineInvitation', {account: me, room: tomb}]]);
	t.like(problem(`/decline ${garden}`), {code: 'no-invitation', from: 9, to: 9 + garden.length});
	t.deepEqual(inserts('/decline '), [balcony, tomb]);
});

test('roles are given by nick', t => {
	const roles: ReadonlyArray<readonly [typed: string, role: string]> = [
		['kick', 'none'],
		['voice', 'participant'],
		['devoice', 'visitor'],
		['op', 'moderator'],
		['deop', 'participant'],
	];
	for (const [typed, role] of roles) {
		t.deepEqual(asked(`/${typed} alice`), [['setRole', {...here, nick: 'alice', role}]]);
		t.deepEqual(asked(`/${typed} ALICE enough now`), [
			['setRole', {...here, nick: 'alice', role, reason: 'enough now'}],
		]);
	}

	t.deepEqual(asked('/role juliet visitor'), [['setRole', {...here, nick: 'juliet', role: 'visitor'}]]);
	t.like(problem('/kick Alcie'), {code: 'no-such-occupant', hint: 'Did you mean alice?'});
	t.like(problem('/kick alice', withRomeo), {code: 'not-in-room'});
});

test('a nick with spaces stands in quotes', t => {
	const lady = knowing({nicks: () => ['Lady Capulet', 'alice']});
	t.deepEqual(asked('/kick "Lady Capulet" hush', lady), [
		['setRole', {...here, nick: 'Lady Capulet', role: 'none', reason: 'hush'}],
	]);
	t.deepEqual(inserts('/kick L', lady), ['"Lady Capulet"']);
});

test('affiliations are given by nick or by address', t => {
	t.deepEqual(asked('/ban Tybalt fighting'), [
		['setAffiliation', {...here, nick: 'Tybalt', affiliation: 'outcast', reason: 'fighting'}],
	]);
	t.deepEqual(asked('/ban tybalt@example.net'), [
		['setAffiliation', {...here, jid: 'tybalt@example.net', affiliation: 'outcast'}],
	]);
	t.deepEqual(asked('/ban @example.net'), [['setAffiliation', {...here, jid: 'example.net', affiliation: 'outcast'}]]);
	t.deepEqual(asked('/unban tybalt@example.net/phone'), [
		['setAffiliation', {...here, jid: 'tybalt@example.net', affiliation: 'none', from: 'outcast'}],
	]);
	t.deepEqual(asked('/affiliate alice admin well done'), [
		['setAffiliation', {...here, nick: 'alice', affiliation: 'admin', reason: 'well done'}],
	]);
	t.deepEqual(asked('/affiliate alice banned'), asked('/affiliate alice outcast'));
	t.like(problem('/unban alice'), {code: 'invalid-jid'});
	t.like(problem('/ban example.net'), {code: 'no-such-occupant'});
});

test('who takes the address of another as a nick has nothing done to that other', t => {
	const taken = knowing({nicks: () => ['nurse@example.org']});
	t.like(problem('/ban nurse@example.org', taken), {code: 'ambiguous-person', from: 5, to: 22});
	t.deepEqual(asked('/kick nurse@example.org', taken), [
		['setRole', {...here, nick: 'nurse@example.org', role: 'none'}],
	]);
	t.deepEqual(asked('/msg nurse@example.org hi', taken), [
		['sendMessage', {account: me, to: 'nurse@example.org', body: 'hi'}],
	]);
});

test('a room is configured field by field, or in its form', t => {
	t.deepEqual(asked('/config'), [['roomConfiguration', {type: 'roomConfiguration', ...here}]]);
	const configured = (field: string, values: readonly string[]) => [
		['configureRoom', {...here, answers: {[field]: values}}],
	];
	t.deepEqual(asked('/config membersonly on'), configured('muc#roomconfig_membersonly', ['1']));
	t.deepEqual(asked('/config muc#roomconfig_membersonly no'), configured('muc#roomconfig_membersonly', ['0']));
	t.deepEqual(asked('/config roomname "The garden"'), configured('muc#roomconfig_roomname', ['The garden']));
	t.deepEqual(asked('/config moderated on'), configured('muc#roomconfig_moderatedroom', ['1']));
	t.deepEqual(asked('/config roomdesc ""'), configured('muc#roomconfig_roomdesc', ['']));
	t.deepEqual(asked('/config their#own on'), configured('their#own', ['on']));
	t.like(problem('/config membersonly'), {code: 'missing-word'});
	t.deepEqual(inserts('/config members'), ['membersonly']);
	t.deepEqual(inserts('/config membersonly '), ['on', 'off']);
	t.deepEqual(inserts('/config whois '), ['moderators', 'anyone']);
});

test('a room is destroyed only by its full address', t => {
	t.deepEqual(asked(`/destroy ${garden}`), [['destroyRoom', here]]);
	t.deepEqual(asked(`/destroy --to ${orchard} ${garden} we moved`), [
		['destroyRoom', {...here, alternative: orchard, reason: 'we moved'}],
	]);
	t.deepEqual(asked(`/destroy ${garden} --to ${orchard}`), [['destroyRoom', {...here, alternative: orchard}]]);
	t.like(problem('/destroy'), {code: 'missing-word'});
	t.like(problem('/destroy garden'), {code: 'invalid-jid'});
	t.deepEqual(inserts('/destroy '), []);
	t.deepEqual(inserts(`/destroy --to `)?.includes(orchard), true);
});

test('lists of a room, of its service and of the account are asked for', t => {
	t.deepEqual(asked('/affiliations'), [['listAffiliations', {type: 'listAffiliations', ...here}]]);
	t.deepEqual(asked('/affiliations member'), [
		['listAffiliations', {type: 'listAffiliations', ...here, affiliation: 'member'}],
	]);
	t.deepEqual(asked('/names'), [['listOccupants', {type: 'listOccupants', buffer: inGarden.buffer}]]);
	t.deepEqual(asked('/names', privately), asked('/names'));
	t.deepEqual(asked('/rooms', inConsole), [['listRooms', {type: 'listRooms', account: me}]]);
	t.deepEqual(asked('/rooms rooms.example.net', inConsole), [
		['listRooms', {type: 'listRooms', account: me, service: 'rooms.example.net'}],
	]);
	t.like(problem(`/rooms ${garden}`), {code: 'invalid-jid'});
	t.deepEqual(inserts('/rooms '), ['search', 'rooms.example.org', 'api@search.jabber.network']);
	t.deepEqual(asked('/register'), [['roomRegistration', {type: 'roomRegistration', ...here}]]);
	t.deepEqual(asked('/request-voice'), [['requestVoice', here]]);
});

test('public rooms are searched by words, or all of a directory listed', t => {
	const finding = (more: object) => [['listRooms', {type: 'listRooms', account: me, ...more}]];
	t.deepEqual(asked('/rooms search house "of music"', inConsole), finding({find: 'house "of music"'}));
	for (const line of ['/rooms search', '/rooms find', '/room search', '/rooms se']) {
		t.deepEqual(asked(line), finding({find: ''}), line);
	}

	t.deepEqual(
		asked('/rooms search --service search.example.net tea'),
		finding({service: 'search.example.net', find: 'tea'}),
	);
	t.deepEqual(asked('/rooms search --service bot@example.net'), finding({service: 'bot@example.net', find: ''}));
	t.deepEqual(asked('/rooms search tea --service'), finding({find: 'tea --service'}));
	t.like(problem('/rooms search --service nowhere tea'), {code: 'invalid-jid'});
	t.like(problem('/rooms search --service'), {code: 'missing-word'});
	t.deepEqual(inserts('/rooms search --'), ['--service']);
	t.deepEqual(inserts('/rooms search --service '), ['api@search.jabber.network']);
	t.like(problem('/rooms search tea', fresh), {code: 'no-account'});
});

test('all rooms of the directory that is set are listed as those of a service are', t => {
	const directory = 'api@search.jabber.network';
	t.deepEqual(asked(`/rooms ${directory}`), [['listRooms', {type: 'listRooms', account: me, service: directory}]]);
	const without = knowing({preferences: () => ({...defaultPreferences, 'rooms.directory': ''})});
	t.like(problem(`/rooms ${directory}`, without), {code: 'invalid-jid'});
	t.deepEqual(inserts('/rooms search --service ', without), []);
});

test('somebody is looked up by nick, by address, or as whom the buffer is about', t => {
	const whois = (who: object) => [['whois', {type: 'whois', account: me, ...who}]];
	t.deepEqual(asked('/whois Tybalt'), whois({room: garden, nick: 'Tybalt'}));
	t.deepEqual(asked(`/whois ${romeo}`), whois({room: garden, jid: romeo}));
	t.deepEqual(asked('/whois', withRomeo), whois({jid: romeo}));
	t.deepEqual(asked('/whois romeo', withRomeo), whois({jid: romeo}));
	t.deepEqual(asked('/whois', privately), whois({room: garden, nick: 'Tybalt'}));
	t.like(problem('/whois', inConsole), {code: 'missing-word'});
	t.like(problem('/whois nobody'), {code: 'no-such-occupant'});
});

test('what a room is is asked of the room: this one or another, in it or not', t => {
	const roomInfo = (room: BareJid) => [['roomInfo', {type: 'roomInfo', account: me, room}]];
	t.deepEqual(asked('/roominfo'), roomInfo(garden));
	t.deepEqual(asked('/room info'), roomInfo(garden));
	t.deepEqual(asked('/roominfo', privately), roomInfo(garden));
	t.deepEqual(asked(`/roominfo ${elsewhere.room}`, inConsole), roomInfo(elsewhere.room));
	t.deepEqual(asked('/roominfo xmpp:hall@rooms.example.org?join'), roomInfo(elsewhere.room));
	t.like(problem('/roominfo', inConsole), {code: 'not-in-room', hint: '/roominfo ROOM tells about another one.'});
	t.like(problem('/roominfo hall'), {code: 'invalid-jid'});
	t.deepEqual(inserts('/roominfo '), [balcony, tomb, orchard, garden]);
});

test('/whois of a room tells what the room is', t => {
	const roomInfo = (room: BareJid) => [['roomInfo', {type: 'roomInfo', account: me, room}]];
	t.deepEqual(asked('/whois'), roomInfo(garden));
	t.deepEqual(asked('/info'), roomInfo(garden));
	t.deepEqual(asked(`/whois ${orchard}`), roomInfo(orchard));
	t.deepEqual(asked(`/whois ${balcony}`, inConsole), roomInfo(balcony));
});

test('a card is asked of an occupant, of a contact, of anybody, or of whom the buffer is about', t => {
	const vcard = (jid?: string) => [['vcard', {type: 'vcard', account: me, ...(jid === undefined ? {} : {jid})}]];
	t.deepEqual(asked('/vcard tybalt'), vcard(`${garden}/Tybalt`));
	t.deepEqual(asked(`/vcard ${garden}/Tybalt`, inConsole), vcard(`${garden}/Tybalt`));
	t.deepEqual(asked('/vcard romeo', withRomeo), vcard(romeo));
	t.deepEqual(asked('/vcard', withRomeo), vcard(romeo));
	t.deepEqual(asked('/vcard', privately), vcard(`${garden}/Tybalt`));
	t.deepEqual(asked('/vcard'), vcard(garden));
	t.deepEqual(asked('/vcard', inConsole), vcard());
	t.deepEqual(asked(`/vcard ${stranger}`, inConsole), vcard(stranger));
	t.deepEqual(asked(`/vcard ${romeo}/phone`, inConsole), vcard(romeo));
	t.deepEqual(asked(`/vcard ${orchard}`, inConsole), vcard(orchard));
	t.like(problem('/vcard nobody'), {code: 'no-such-occupant'});
	t.like(problem(`/vcard ${orchard}/Tybalt`), {code: 'not-in-room', hint: `/join ${orchard} enters it.`});
	t.like(problem('/vcard', fresh), {code: 'no-account'});
	t.deepEqual(inserts('/vcard Ty'), ['Tybalt']);
	t.true(inserts('/vcard ', inConsole)?.includes(me));
});

test('a nick that is the address of another is not taken for that other', t => {
	const mask = knowing({nicks: () => [romeo]});
	t.like(problem(`/vcard ${romeo}`, mask), {code: 'ambiguous-person'});
	t.deepEqual(asked(`/vcard ${garden}/${romeo}`, mask), [
		['vcard', {type: 'vcard', account: me, jid: `${garden}/${romeo}`}],
	]);
});

test('somebody is not heard, and heard again', t => {
	t.deepEqual(asked('/ignore tybalt'), [['ignoreOccupant', {...here, nick: 'Tybalt'}]]);
	t.deepEqual(asked('/ignore'), [['listIgnored', {type: 'listIgnored', ...here}]]);
	t.deepEqual(asked('/ignore', inConsole), [['listIgnored', {type: 'listIgnored', account: me}]]);
	t.deepEqual(asked('/unignore "Lady Capulet"'), [['unignoreOccupant', {...here, nick: 'Lady Capulet'}]]);
	t.deepEqual(inserts('/unignore '), ['Paris']);
	t.like(problem('/ignore nobody'), {code: 'no-such-occupant'});
});

test('bookmarks are kept by hand', t => {
	t.deepEqual(asked('/bookmark'), [['listBookmarks', {type: 'listBookmarks', account: me}]]);
	t.deepEqual(asked('/bookmark add'), [['setBookmark', here]]);
	t.deepEqual(asked(`/bookmark add ${elsewhere.room} "Lady Juliet"`), [
		['setBookmark', {...elsewhere, nick: 'Lady Juliet'}],
	]);
	t.deepEqual(asked('/bookmark remove'), [['removeBookmark', here]]);
	t.deepEqual(asked('/bookmark autojoin off'), [['setBookmark', {...here, autojoin: false}]]);
	t.deepEqual(asked(`/bookmark autojoin on ${orchard}`, inConsole), [
		['setBookmark', {account: me, room: orchard, autojoin: true}],
	]);
	t.deepEqual(asked(`/bookmark name ${orchard} "The apples"`), [
		['setBookmark', {account: me, room: orchard, name: 'The apples'}],
	]);
	t.deepEqual(inserts('/bookmark remove '), [orchard]);
});

test('in a room a nick is written to in private, elsewhere a contact is meant', t => {
	const to = `${garden}/Tybalt` as FullJid;
	t.deepEqual(asked('/msg Tybalt psst'), [['sendMessage', {account: me, to, body: 'psst'}]]);
	t.deepEqual(asked('/query tybalt'), [['showBuffer', {type: 'showBuffer', buffer: bufferId(me, 'private', to)}]]);
	t.deepEqual(asked(`/query ${romeo}`), [['showBuffer', {type: 'showBuffer', buffer: bufferId(me, 'chat', romeo)}]]);
	t.deepEqual(asked('/msg romeo hi'), [['sendMessage', {account: me, to: romeo, body: 'hi'}]]);
	t.like(problem('/msg Tybalt hi', withRomeo), {code: 'no-such-contact'});
	t.deepEqual(inserts('/msg al'), ['alice', 'Albert']);
});

test('what is written in a room is for all who are there', t => {
	t.deepEqual(asked('hello'), [['sendMessage', {account: me, to: garden, body: 'hello', kind: 'groupchat'}]]);
	t.deepEqual(asked('hello', privately), [['sendMessage', {account: me, to: `${garden}/Tybalt`, body: 'hello'}]]);
});

test('nothing is written to somebody through a room that was left', t => {
	const left = knowing({rooms: () => [{account: me, jid: garden, status: 'parted', nick: 'juliet'}]}, privately);
	t.like(problem('hello', left), {code: 'room-not-joined', hint: `/join ${garden} enters it.`});
});

test('a room that is made can be kept closed until it is configured', t => {
	t.deepEqual(asked(`/join --reserved ${elsewhere.room}`), [['joinRoom', {...elsewhere, reserved: true}]]);
});

test('rooms are completed: invitations first, then what is remembered, then what was entered', t => {
	t.deepEqual(inserts('/join '), [balcony, tomb, orchard, garden]);
	t.deepEqual(inserts('/join The'), [orchard, garden]);
	t.deepEqual(inserts('/leave --'), ['--room']);
	t.deepEqual(inserts('/leave --room gar'), [garden]);
	t.deepEqual(inserts('/affiliate alice ow'), ['owner']);
	t.deepEqual(inserts('/role alice mod'), ['moderator']);
	t.deepEqual(inserts(`/invite --room ${garden} Rom`)?.includes(romeo), true);
});

test('every word that a command about rooms takes is completed', t => {
	const unknowable = ['nick', 'password', 'name', 'values'];
	const families = [
		'join',
		'leave',
		'invite',
		'decline',
		'rooms',
		'roominfo',
		'vcard',
		'whois',
		'kick',
		'ban',
		'unban',
		'voice',
		'op',
		'role',
	];
	for (const command of registry.commands.filter(({name}) => families.includes(name))) {
		for (const [name, parameter] of Object.entries(command.parameters)) {
			const isFree = parameter.takes === 'rest' || parameter.takes === 'flag';
			const isOwn = ['join'].includes(command.name) && unknowable.includes(name);
			t.true(isFree || isOwn || parameter.candidates(inGarden, '').length > 0, `/${command.name} ${name}`);
		}
	}
});
