import test from 'ava';
import type {CommandContext} from '../../source/commands/context.js';
import {registry} from '../../source/commands/definitions/index.js';
import {parse} from '../../source/commands/parse.js';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid, FullJid} from '../../source/shared/jid.js';
import {
	abram,
	fresh,
	friar,
	garden,
	inConsole,
	inGarden,
	me,
	nurse,
	peter,
	romeo,
	source,
	stranger,
	withRomeo,
	work,
} from './support.js';

const intents = (line: string, context: CommandContext = withRomeo) => {
	const parsed = parse(line, context, registry);
	return parsed.type === 'intents' ? parsed.intents : parsed;
};
const problem = (line: string, context: CommandContext = withRomeo) => {
	const parsed = parse(line, context, registry);
	return parsed.type === 'problem' ? parsed.problem : undefined;
};
const action = (name: string, input: object) => [{type: 'client', action: name, input}];
const view = (intent: object) => [{type: 'view', view: intent}];
const inPrivate: CommandContext = {
	...inGarden,
	buffer: bufferId(me, 'private', `${garden}/Tybalt` as FullJid),
	kind: 'private',
	jid: `${garden}/Tybalt` as FullJid,
};
const withStranger: CommandContext = {...withRomeo, buffer: bufferId(me, 'chat', stranger), jid: stranger};

test('what a stranger wrote is accepted and shown, as seen from the account they wrote to', t => {
	t.deepEqual(intents(`/accept ${abram}`), [
		...action('acceptRequest', {account: me, jid: abram}),
		...view({type: 'showBuffer', buffer: bufferId(me, 'chat', abram)}),
	]);
	t.deepEqual(intents(`/accept ${peter} --add`), [
		...action('acceptRequest', {account: work, jid: peter, add: true}),
		...view({type: 'showBuffer', buffer: bufferId(work, 'chat', peter)}),
	]);
	t.deepEqual(intents(`/accept "${friar}"`), [
		...action('acceptRequest', {account: me, jid: friar}),
		...view({type: 'showBuffer', buffer: bufferId(me, 'private', friar)}),
	]);
});

test('who wrote nothing that waits is let see presence, or added', t => {
	t.deepEqual(
		intents('/accept paris@example.org'),
		action('acceptSubscription', {account: me, jid: 'paris@example.org'}),
	);
	t.deepEqual(intents('/accept'), action('acceptSubscription', {account: me, jid: romeo}));
	t.deepEqual(
		intents('/accept paris@example.org --add'),
		action('addContact', {account: me, jid: 'paris@example.org'}),
	);
});

test('a request is declined; of others presence is refused', t => {
	t.deepEqual(intents(`/deny ${peter}`), action('declineRequest', {account: work, jid: peter}));
	t.deepEqual(intents('/deny paris@example.org'), action('denySubscription', {account: me, jid: 'paris@example.org'}));
});

test('people, their clients and servers are blocked', t => {
	t.deepEqual(intents('/block tybalt@example.net'), action('block', {account: me, jid: 'tybalt@example.net'}));
	t.deepEqual(
		intents('/block Tybalt@Example.net/street'),
		action('block', {account: me, jid: 'tybalt@example.net/street'}),
	);
	t.deepEqual(intents('/block @spam.example'), action('block', {account: me, jid: 'spam.example'}));
	t.deepEqual(intents('/block spam.example'), action('block', {account: me, jid: 'spam.example'}));
	t.deepEqual(intents('/block nurse'), action('block', {account: me, jid: nurse}));
	t.deepEqual(intents('/block "romeo montague"'), action('block', {account: me, jid: romeo}));
	t.deepEqual(intents('/block'), action('block', {account: me, jid: romeo}));
	t.deepEqual(intents(`/block ${peter}`), action('block', {account: work, jid: peter}));
	t.deepEqual(intents('/block iago@example.net', inGarden), action('block', {account: me, jid: 'iago@example.net'}));
});

test('in rooms nobody is blocked by accident: neither the room nor who has a nick there', t => {
	t.is(problem('/block Tybalt', inGarden)?.code, 'not-an-address');
	t.regex(problem('/block Tybalt', inGarden)?.hint ?? '', /^\/ignore Tybalt hides/);
	t.is(problem('/block', inGarden)?.code, 'missing-word');
	t.is(problem('/block', inPrivate)?.code, 'missing-word');
	t.is(problem('/report', inGarden)?.code, 'missing-word');
	t.is(problem('/report spam', inPrivate)?.code, 'missing-word');
	t.is(problem('/block', inConsole)?.code, 'missing-word');
	t.is(problem('/block nobody', inConsole)?.code, 'no-such-contact');
});

test('who is blocked is listed, completed and let through again', t => {
	t.deepEqual(intents('/blocked'), view({type: 'listBlocked', account: me}));
	t.deepEqual(intents('/unblock tybalt@example.net'), action('unblock', {account: me, jid: stranger}));
	t.deepEqual(intents('/unblock spam.example'), action('unblock', {account: me, jid: 'spam.example'}));
	t.deepEqual(intents('/unblock --all'), action('unblock', {account: me}));
	t.deepEqual(intents('/unblock', withStranger), action('unblock', {account: me, jid: stranger}));
	t.is(problem('/unblock --all tybalt@example.net')?.code, 'missing-word');
	t.is(problem('/unblock', inConsole)?.hint, '/blocked lists who is blocked.');
	t.is(problem('/blocked', fresh)?.code, 'no-account');
});

test('in the chat with somebody whose server is blocked it is the server that is let through', t => {
	const jid = 'iago@spam.example' as BareJid;
	const context: CommandContext = {...withRomeo, buffer: bufferId(me, 'chat', jid), jid};
	t.deepEqual(intents('/unblock', context), action('unblock', {account: me, jid: 'spam.example'}));
});

test('a report says whom, why and what else there is to say', t => {
	const report = (input: object) => action('report', {account: me, jid: stranger, reason: 'spam', ...input});
	t.deepEqual(intents(`/report ${stranger}`), report({}));
	t.deepEqual(intents(`/report ${stranger} abuse`), report({reason: 'abuse'}));
	t.deepEqual(
		intents(`/report ${stranger} Abuse He bites his thumb`),
		report({reason: 'abuse', text: 'He bites his thumb'}),
	);
	t.deepEqual(intents(`/report ${stranger} He bites`), report({text: 'He bites'}));
	t.deepEqual(intents('/report abuse', withStranger), report({reason: 'abuse'}));
	t.deepEqual(intents('/report spam every day', withStranger), report({text: 'every day'}));
	t.deepEqual(intents('/report abuse spam and worse', withStranger), report({reason: 'abuse', text: 'spam and worse'}));
	t.deepEqual(intents('/report', withStranger), report({}));
	t.deepEqual(intents(`/report ${peter}`), action('report', {account: work, jid: peter, reason: 'spam'}));
	t.is(problem('/report spam', inConsole)?.code, 'no-such-contact');
});

test('what somebody said in a room is taken back by nick, whether they are there or not', t => {
	const clean = (more: object) => view({type: 'cleanUp', account: me, room: garden, ban: false, ...more});
	t.deepEqual(intents('/clean Tybalt', inGarden), clean({nick: 'Tybalt'}));
	t.deepEqual(
		intents('/clean "Friar Laurence" put up thy sword', inGarden),
		clean({nick: 'Friar Laurence', reason: 'put up thy sword'}),
	);
	t.deepEqual(intents('/moderate-all Tybalt --ban spam', inGarden), clean({nick: 'Tybalt', ban: true, reason: 'spam'}));
	t.is(problem('/clean Tybalt')?.code, 'not-in-room');
	t.is(problem('/clean', inGarden)?.code, 'missing-word');
});

test('other clients’ words for it are known', t => {
	t.deepEqual(intents('/blocked add tybalt@example.net'), intents('/block tybalt@example.net'));
	t.deepEqual(intents('/blocked remove tybalt@example.net'), intents('/unblock tybalt@example.net'));
	t.deepEqual(intents('/blocked list'), intents('/blocked'));
	t.deepEqual(intents('/sub received'), view({type: 'requests'}));
});

test('nothing a stranger is called or says is taken for a command', t => {
	const jid = 'cell@rooms.example.net/--add' as FullJid;
	const context: CommandContext = {
		...inConsole,
		source: {
			...source,
			messageRequests: () => [
				{account: me, buffer: bufferId(me, 'private', jid), jid, text: '/block romeo@example.org', count: 1, at: 0},
			],
		},
	};
	t.deepEqual(intents(`/accept ${jid}`, context), [
		...action('acceptRequest', {account: me, jid}),
		...view({type: 'showBuffer', buffer: bufferId(me, 'private', jid)}),
	]);
});
