import test from 'ava';
import type {CommandContext} from '../../source/commands/context.js';
import {registry} from '../../source/commands/definitions/index.js';
import type {Parsed} from '../../source/commands/intent.js';
import {parse} from '../../source/commands/parse.js';
import {bufferId, consoleBuffer} from '../../source/model/buffer.js';
import {
	abram,
	fresh,
	friar,
	inConsole,
	inGarden,
	me,
	nurse,
	peter,
	phone,
	romeo,
	source,
	withRomeo,
	work,
} from './support.js';

const parsed = (text: string, context: CommandContext = withRomeo): Parsed => parse(text, context, registry);
const intents = (text: string, context?: CommandContext) => {
	const result = parsed(text, context);
	return result.type === 'intents' ? result.intents : result;
};
const problem = (text: string, context?: CommandContext) => {
	const result = parsed(text, context);
	return result.type === 'problem' ? result.problem : undefined;
};
const wrongPart = (text: string, context?: CommandContext) => {
	const found = problem(text, context);
	return found === undefined ? undefined : text.slice(found.from, found.to);
};
const action = (name: string, input: unknown) => [{type: 'client', action: name, input}];
const view = (intent: unknown) => [{type: 'view', view: intent}];
const said = (body: string) => action('sendMessage', {account: me, to: romeo, body});

test('text is a message to whom the buffer is about', t => {
	t.deepEqual(intents('hello'), said('hello'));
});

test('text is sent as typed: line breaks, leading and trailing spaces, /me', t => {
	for (const body of [' hello ', 'one\ntwo', '/me waves', ' /quit', '/me']) {
		t.deepEqual(intents(body), said(body));
	}
});

test('the line break at the end of a paste is not sent', t => {
	t.deepEqual(intents('one\ntwo\n\n', withRomeo), action('sendMessage', {account: me, to: romeo, body: 'one\ntwo'}));
	t.deepEqual(intents('/msg romeo one\n'), action('sendMessage', {account: me, to: romeo, body: 'one'}));
});

test('a double slash sends one slash', t => {
	t.deepEqual(intents('//etc/passwd'), said('/etc/passwd'));
});

test('a blank line asks for nothing', t => {
	t.deepEqual(parsed(' \n '), {type: 'nothing'});
});

test('text where nobody reads is refused with the next step', t => {
	t.like(problem('hello', inConsole), {code: 'nobody-here'});
	t.regex(problem('hello', inConsole)?.hint ?? '', /\/query/);
	t.regex(problem('hello', fresh)?.hint ?? '', /\/account add/);
});

test('/msg sends to a JID and keeps the text as typed', t => {
	t.deepEqual(
		intents('/msg stranger@example.net  two  spaces and "quotes"\nand a line'),
		action('sendMessage', {
			account: me,
			to: 'stranger@example.net',
			body: 'two  spaces and "quotes"\nand a line',
		}),
	);
});

test('a contact may be given by roster name, quoted if it has spaces, in any case', t => {
	t.deepEqual(intents('/msg "romeo montague" hi', inConsole), said('hi'));
	t.deepEqual(intents('/msg nurse hi'), action('sendMessage', {account: me, to: nurse, body: 'hi'}));
});

test('the part before the @ is enough for a contact', t => {
	t.deepEqual(intents('/msg romeo hi'), said('hi'));
});

test('nobody can be mistaken for another by being called like their JID', t => {
	t.deepEqual(intents('/msg romeo@example.org hi'), said('hi'));
});

test('JIDs are normalised', t => {
	t.deepEqual(intents('/msg ROMEO@Example.org hi'), said('hi'));
});

test('/msg without a text opens the chat', t => {
	t.deepEqual(intents('/msg nurse'), view({type: 'showBuffer', buffer: bufferId(me, 'chat', nurse)}));
});

test('/query with a text shows the chat, then sends', t => {
	t.deepEqual(intents('/query romeo@example.org hi'), [
		...view({type: 'showBuffer', buffer: bufferId(me, 'chat', romeo)}),
		...said('hi'),
	]);
});

test('a problem names the wrong word', t => {
	t.is(wrongPart('/msg rom@eo@x hi'), 'rom@eo@x');
	t.is(wrongPart('/msg nobody hi'), 'nobody');
	t.is(wrongPart('/status asleep now'), 'asleep');
	t.is(wrongPart('/clear everything now'), 'everything now');
	t.is(wrongPart('/connect nowhere'), 'nowhere');
	t.is(wrongPart('/mgs romeo'), 'mgs');
	t.is(wrongPart('/account lits'), 'lits');
});

test('a missing word is a problem at the end, with the usage as hint', t => {
	const found = problem('/msg');
	t.like(found, {code: 'missing-word', kind: 'usage', from: 4, to: 4, hint: 'Usage: /msg <who> [message]'});
});

test('an address that is none is bad data', t => {
	t.like(problem('/add @'), {code: 'invalid-jid', kind: 'badData'});
	t.like(problem('/add romeo@example.org/phone'), {code: 'invalid-jid'});
	t.like(problem('/add romeo'), {code: 'invalid-jid', message: '“romeo” is not a valid JID.'});
});

test('an unknown command suggests what may have been meant', t => {
	t.like(problem('/qury romeo'), {code: 'unknown-command', from: 1, to: 5});
	t.regex(problem('/qury romeo')?.hint ?? '', /\/query/);
	t.regex(problem('/usr/bin/env')?.hint ?? '', /\/\//);
	t.is(problem('/acount')?.hint, 'Did you mean /account?');
	t.is(problem('/account lst')?.hint, 'Did you mean /account list?');
});

test('an unambiguous beginning is enough, an ambiguous one is refused with the choice', t => {
	t.deepEqual(intents('/disc'), action('disconnect', {account: me}));
	t.like(problem('/ac'), {code: 'ambiguous-command'});
	t.regex(problem('/ac')?.message ?? '', /\/account.*\/accept|\/accept.*\/account/);
});

test('an alias is as good as the name, and two names of one command do not compete', t => {
	t.deepEqual(intents('/roster'), view({type: 'listContacts'}));
	t.deepEqual(intents('/roster add paris@example.org'), intents('/add paris@example.org'));
	t.deepEqual(intents('/win 2'), view({type: 'switchBuffer', to: 2}));
	t.deepEqual(intents('/exi'), view({type: 'quit'}));
});

test('names of commands are read in any case', t => {
	t.deepEqual(intents('/QUIT'), view({type: 'quit'}));
});

test('a slash alone is refused', t => {
	t.like(problem('/'), {code: 'no-command'});
	t.like(problem('/ quit'), {code: 'no-command'});
});

test('what concerns a contact works on whom the buffer is about', t => {
	t.deepEqual(intents('/accept'), action('acceptSubscription', {account: me, jid: romeo}));
	t.deepEqual(intents('/deny paris@example.org'), action('denySubscription', {account: me, jid: 'paris@example.org'}));
	t.like(problem('/accept', inConsole), {code: 'missing-word'});
});

test('whom a request may be from is said where the buffer is about nobody', t => {
	t.is(problem('/accept', inConsole)?.hint, `Waiting for an answer: ${abram}, ${peter}, ${friar}, paris@example.org`);
	t.is(problem('/accept', fresh)?.hint, 'Usage: /accept [--add] [who]');
});

test('the roster is edited', t => {
	t.deepEqual(
		intents('/add paris@example.org Count Paris'),
		action('addContact', {account: me, jid: 'paris@example.org', name: 'Count Paris'}),
	);
	t.deepEqual(intents('/remove nurse'), action('removeContact', {account: me, jid: nurse}));
	t.deepEqual(intents('/rename nurse Angelica'), action('renameContact', {account: me, jid: nurse, name: 'Angelica'}));
	t.deepEqual(intents('/rename nurse'), action('renameContact', {account: me, jid: nurse, name: ''}));
	t.deepEqual(
		intents('/group nurse House "Old friends"'),
		action('setContactGroups', {account: me, jid: nurse, groups: ['House', 'Old friends']}),
	);
});

test('leaving every group must be said', t => {
	t.like(problem('/group nurse'), {code: 'missing-word'});
	t.like(problem('/group nurse House --none'), {code: 'missing-word'});
	t.deepEqual(intents('/group nurse --none'), action('setContactGroups', {account: me, jid: nurse, groups: []}));
});

test('presence goes to every account', t => {
	t.deepEqual(intents('/away lunch'), action('setPresence', {availability: 'away', statusText: 'lunch'}));
	t.deepEqual(intents('/back'), action('setPresence', {availability: 'available', statusText: ''}));
	t.deepEqual(intents('/status dnd do not'), action('setPresence', {availability: 'dnd', statusText: 'do not'}));
	t.deepEqual(intents('/status online'), action('setPresence', {availability: 'available', statusText: ''}));
});

test('presence is known by the names of other clients', t => {
	t.deepEqual(intents('/status busy'), intents('/status dnd'));
	t.deepEqual(intents('/status Online'), intents('/status available'));
});

test('an account is chosen by its beginning, else the one in use', t => {
	t.deepEqual(intents('/connect juliet@work'), action('connect', {account: work}));
	t.deepEqual(intents('/connect'), action('connect', {account: me}));
	t.like(problem('/connect juliet'), {code: 'no-such-account'});
	t.like(problem('/connect', fresh), {code: 'no-account'});
});

test('accounts are listed, added, removed and tested', t => {
	t.deepEqual(intents('/account'), view({type: 'listAccounts'}));
	t.deepEqual(intents('/account add'), view({type: 'addAccount'}));
	t.deepEqual(intents('/account add a@example.org'), view({type: 'addAccount', jid: 'a@example.org'}));
	t.deepEqual(intents('/account test'), action('testAccount', {account: me}));
	t.deepEqual(intents(`/account remove ${work} --history`), action('removeAccount', {account: work, history: true}));
	t.deepEqual(intents(`/account remove --HISTORY ${work}`), action('removeAccount', {account: work, history: true}));
	t.like(problem('/account remove'), {code: 'missing-word'});
});

test('buffers are chosen and closed', t => {
	t.deepEqual(intents('/buffer'), view({type: 'listBuffers'}));
	t.deepEqual(intents('/buffer unread'), view({type: 'switchBuffer', to: 'unread'}));
	t.deepEqual(intents('/close'), view({type: 'closeBuffer', buffer: withRomeo.buffer}));
	t.deepEqual(intents('/close 1'), view({type: 'closeBuffer', buffer: consoleBuffer}));
	t.like(problem('/close 7'), {code: 'no-such-buffer'});
	t.deepEqual(intents('/close rom'), view({type: 'closeBuffer', buffer: withRomeo.buffer}));
	t.deepEqual(intents(`/close ${romeo}`), view({type: 'closeBuffer', buffer: withRomeo.buffer}));
});

test('a name of two buffers closes neither', t => {
	const twins = {
		...inConsole,
		source: {
			...source,
			buffers: () => [
				{number: 2, id: bufferId(me, 'chat', romeo), label: romeo, jid: romeo},
				{number: 3, id: bufferId(work, 'chat', romeo), label: romeo, jid: romeo},
			],
		},
	};
	t.like(problem('/close romeo', twins), {code: 'ambiguous-buffer', hint: 'Give its number: 2, 3.'});
	t.deepEqual(intents('/close 3', twins), view({type: 'closeBuffer', buffer: bufferId(work, 'chat', romeo)}));
});

test('/version asks the client in use, and nobody who is offline', t => {
	t.deepEqual(intents('/version'), action('softwareVersion', {account: me, to: phone}));
	t.deepEqual(intents('/version example.org'), action('softwareVersion', {account: me, to: 'example.org'}));
	t.like(problem('/version nurse@example.org'), {code: 'nobody-here'});
	t.deepEqual(intents('/version romeo'), action('softwareVersion', {account: me, to: phone}));
	t.deepEqual(intents('/version "Romeo Montague"'), action('softwareVersion', {account: me, to: phone}));
});

test('/ping without a JID asks the own server', t => {
	t.deepEqual(intents('/ping'), action('ping', {account: me}));
	t.like(problem('/ping', fresh), {code: 'no-account'});
});

test('scrolling and the rest of the screen are view intents', t => {
	t.deepEqual(intents('/scroll up'), view({type: 'scroll', by: 'page', direction: 'up'}));
	t.deepEqual(intents('/scroll top'), view({type: 'scroll', by: 'end', direction: 'up'}));
	t.deepEqual(intents('/scroll e'), view({type: 'scroll', by: 'end', direction: 'down'}));
	t.deepEqual(intents('/clear'), view({type: 'clear'}));
	t.deepEqual(intents('/help account add'), view({type: 'help', topic: 'account add'}));
});

test('a server is added as a contact only when that is said: half an address is one too', t => {
	t.like(problem('/add bad jid@'), {code: 'invalid-jid'});
	const half = problem('/add bad.example jid@');
	t.like(half, {code: 'invalid-jid', message: '“bad.example” is not the JID of a person.'});
	t.regex(half?.hint ?? '', /name@example\.org.*\/add --server bad\.example/);
	const added = action('addContact', {account: me, jid: 'irc.example.org'});
	t.deepEqual(intents('/add --server irc.example.org'), added);
	t.deepEqual(intents('/add irc.example.org --server'), added);
	t.like(problem('/account add example.org'), {code: 'invalid-jid'});
});

test('quotes around all of a name or a status are not part of it', t => {
	const away = (statusText: string) => action('setPresence', {availability: 'away', statusText});
	t.deepEqual(intents("/away 'out for lunch'"), away('out for lunch'));
	t.deepEqual(intents('/away "out for lunch" '), away('out for lunch'));
	t.deepEqual(intents('/away "one" or "two"'), away('"one" or "two"'));
	t.deepEqual(intents("/away I'm out"), away("I'm out"));
	t.deepEqual(intents('/away "'), away('"'));
	t.deepEqual(
		intents('/rename nurse "Nurse Angelica"'),
		action('renameContact', {account: me, jid: nurse, name: 'Nurse Angelica'}),
	);
	t.deepEqual(intents("/msg romeo 'tis late'"), said("'tis late'"));
});

test('parsing never throws, whatever is typed', t => {
	const pieces = ['/', '//', '"', ' ', '\n', 'msg', 'account', '--none', 'a@b', '\u0000', '𝒳', '…', '\uD800', '@', '/'];
	let seed = 7;
	for (let round = 0; round < 3000; round++) {
		let text = '/';
		for (let count = 0; count < 6; count++) {
			seed = (seed * 1103515245 + 12345) % 2147483648;
			text += pieces[seed % pieces.length];
		}

		t.notThrows(() => parsed(text));
		const found = problem(text);
		t.true(found === undefined || (found.from >= 0 && found.from <= found.to && found.to <= text.length));
	}
});

/** What people type who come from profanity, WeeChat or irssi. */
const elsewhere: ReadonlyArray<readonly [typed: string, here: string]> = [
	['/win 3', '/buffer 3'],
	['/wins', '/buffer'],
	['/who', '/contacts'],
	['/roster', '/contacts'],
	['/roster add romeo@example.org', '/add romeo@example.org'],
	['/roster nick romeo@example.org Romeo', '/rename romeo@example.org Romeo'],
	['/sub allow romeo@example.org', '/accept romeo@example.org'],
	['/sub request romeo@example.org', '/add romeo@example.org'],
	['/status set away', '/status away'],
	['/online', '/back'],
	['/prefs', '/set'],
	['/editor', '/edit-text'],
	['/spellcheck', '/spell'],
	['/occupants', '/participants'],
	['/xmlconsole', '/xml on'],
	['/url', '/links'],
	['/software example.org', '/version example.org'],
	['/tell romeo hi', '/msg romeo hi'],
	['/wc', '/close'],
	['/part', '/leave'],
	['/j garden@rooms.example.org', '/join garden@rooms.example.org'],
	['/subject', '/topic'],
	['/list', '/rooms'],
	['/users', '/names'],
	['/bookmarks', '/bookmark list'],
	['/affiliation alice admin', '/affiliate alice admin'],
	['/bookmark', '/bookmark list'],
	['/input suspend', '/do suspend'],
	['/exit', '/quit'],
];

test('commands are known by the names they have elsewhere', t => {
	for (const [typed, here] of elsewhere) {
		const context = parsed(here).type === 'intents' ? withRomeo : inGarden;
		t.is(parsed(here, context).type, 'intents', here);
		t.deepEqual(parsed(typed, context), parsed(here, context), typed);
	}
});

test('whatever is nearly right is suggested', t => {
	t.regex(problem('/msg romoe hi')?.hint ?? '', /Did you mean romeo/);
	t.regex(problem('/status awya')?.hint ?? '', /Did you mean away/);
	t.regex(problem('/close consloe')?.hint ?? '', /Did you mean console/);
	t.regex(problem('/xml oof')?.hint ?? '', /Did you mean \/xml off/);
	t.regex(problem('/xml zebra')?.hint ?? '', /followed by one of on, off, filter/);
	t.regex(problem('/bind F5 bufferUnraed')?.hint ?? '', /Did you mean bufferUnread/);
	t.regex(problem('/halp')?.hint ?? '', /Did you mean \/help/);
});

test('every refusal says what is wrong and what can be done', t => {
	for (const {name} of registry.commands) {
		for (const rest of ['', ' xqz', ' xqz yqz zqz']) {
			const found = problem(`/${name}${rest}`);
			t.not(found?.message, '');
			t.true(found === undefined || (found.hint ?? '') !== '', `/${name}${rest}`);
			t.true(found === undefined || (found.from <= found.to && found.to <= name.length + 1 + rest.length));
		}
	}
});
