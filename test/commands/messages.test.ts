import test from 'ava';
import {complete} from '../../source/commands/complete.js';
import type {CommandContext} from '../../source/commands/context.js';
import {registry} from '../../source/commands/definitions/index.js';
import {parse} from '../../source/commands/parse.js';
import {mostEmoji} from '../../source/model/relation.js';
import {fresh, garden, inGarden, me, nurse, romeo, source, withRomeo} from './support.js';

const asked = (line: string, context: CommandContext = withRomeo) => {
	const parsed = parse(line, context, registry);
	if (parsed.type !== 'intents') {
		return parsed.type === 'problem' ? parsed.problem.code : parsed.type;
	}

	return parsed.intents.map(intent => (intent.type === 'view' ? intent.view : {does: intent.action, ...intent.input}));
};
const problem = (line: string, context: CommandContext = withRomeo) => {
	const parsed = parse(line, context, registry);
	return parsed.type === 'problem' ? parsed.problem : undefined;
};
const offered = (line: string, context: CommandContext = withRomeo) =>
	complete(line, line.length, context, registry)?.candidates.map(({insert, label, note}) => [insert, label, note]) ??
	[];

test('an answer goes to the newest message of somebody else, or to the one that is named', t => {
	const to = {does: 'sendMessage', account: me, to: romeo};
	t.deepEqual(asked('/reply What light?'), [{...to, body: 'What light?', reply: 5}]);
	t.deepEqual(asked('/reply 2 yes'), [{...to, body: 'yes', reply: 4}]);
	t.deepEqual(asked('/reply "wherefore art" here'), [{...to, body: 'here', reply: 2}]);
	t.deepEqual(asked('/answer 1 3 doves'), [{...to, body: '3 doves', reply: 5}]);
	t.deepEqual(asked('/reply ok', inGarden), [
		{does: 'sendMessage', account: me, to: garden, kind: 'groupchat', body: 'ok', reply: 5},
	]);
});

test('words name the newest message that begins with them before one that only has them', t => {
	t.deepEqual(asked('/details "ok"'), [{type: 'messageDetails', key: 4}]);
	t.deepEqual(asked('/details window'), [{type: 'messageDetails', key: 5}]);
});

test('without a text what is written next is the answer, or the change', t => {
	t.deepEqual(asked('/reply'), [{type: 'answerMessage', key: 5}]);
	t.deepEqual(asked('/reply 3'), [{type: 'answerMessage', key: 3}]);
	t.deepEqual(asked('/edit'), [{type: 'editMessage', key: 4}]);
	t.deepEqual(asked('/edit 2'), [{type: 'editMessage', key: 2}]);
});

test('only one’s own messages are counted where only those can be meant', t => {
	t.deepEqual(asked('/edit 2 Ay me'), [{does: 'correctMessage', account: me, key: 2, body: 'Ay me'}]);
	t.deepEqual(asked('/correct Ay me'), [{does: 'correctMessage', account: me, key: 4, body: 'Ay me'}]);
	t.deepEqual(asked('/retract 2'), [{type: 'retractMessage', key: 2}]);
	t.deepEqual(asked('/retract wrong room'), [{type: 'retractMessage', key: 4, reason: 'wrong room'}]);
	t.deepEqual(asked('/moderate 2 spam', inGarden), [{type: 'moderateMessage', key: 3, reason: 'spam'}]);
	t.is(asked('/moderate 2'), 'not-in-room');
});

test('a reaction adds to what one thinks already, and can be taken back', t => {
	const react = {does: 'react', account: me};
	t.deepEqual(asked('/react 👍'), [{...react, key: 5, emoji: ['👍']}]);
	t.deepEqual(asked('/react 2 :tada: 👍 heart'), [{...react, key: 4, emoji: ['👍', '🎉', '❤️']}]);
	t.deepEqual(asked('/react 2'), [{type: 'chooseReaction', key: 4}]);
	t.deepEqual(asked('/unreact'), [{...react, key: 4, emoji: []}]);
	t.deepEqual(asked('/unreact 2 🎉'), [{...react, key: 4, emoji: ['👍']}]);
	t.is(asked('/unreact 1'), 'no-reaction');
	t.is(asked('/unreact', fresh), 'no-reaction');
});

test('what is no emoji is refused at its place, and so are too many', t => {
	const {code, from, to} = problem('/react 2 👍 nonsense') ?? {};
	t.deepEqual([code, from, to], ['not-an-emoji', 12, 20]);
	const all = Array.from({length: mostEmoji + 1}, (_, index) => String.fromCodePoint(0x1_f600 + index));
	t.is(asked(`/react 1 ${all.join(' ')}`), 'too-many-emoji');
});

test('what was taken back can be looked at, and nothing else', t => {
	t.is(asked('/reply 5 no'), 'message-retracted');
	t.is(asked('/quote 5'), 'message-retracted');
	t.deepEqual(asked('/details 5'), [{type: 'messageDetails', key: 1}]);
});

test('a number or words that no message has are refused, with what can be done', t => {
	const {message, hint, from, to} = problem('/reply 9 hello') ?? {};
	t.is(message, 'There is no number 9 among the messages here: only 5 are loaded.');
	t.is(hint, 'PageUp loads older ones; Tab offers the newest.');
	t.deepEqual([from, to], [7, 8]);
	t.regex(problem('/edit "soft" x')?.message ?? '', /None of the messages of yours .* has the words “soft”/u);
	t.regex(problem('/quote 0')?.message ?? '', /There is no number 0/u);
	t.is(problem('/reply hello', fresh)?.code, 'no-such-message');
	const none = {...withRomeo, source: {...source, messages: () => []}};
	t.is(problem('/retract', none)?.message, 'There are no messages of yours here.');
});

test('a message is sent on to somebody or to a room', t => {
	t.deepEqual(asked(`/forward ${nurse}`), [
		{type: 'forwardMessages', keys: [5], to: {account: me, kind: 'chat', jid: nurse}},
	]);
	t.deepEqual(asked(`/forward 2 ${garden}`), [
		{type: 'forwardMessages', keys: [4], to: {account: me, kind: 'room', jid: garden}},
	]);
	t.is(asked('/forward 2'), 'missing-word');
});

test('/copy takes a message by its number, any other text as it is', t => {
	t.deepEqual(asked('/copy'), [{type: 'copy'}]);
	t.deepEqual(asked('/copy 2'), [{type: 'copyMessages', keys: [4]}]);
	t.deepEqual(asked('/copy see you'), [{type: 'copy', text: 'see you'}]);
	t.is(asked('/copy 2 see you'), 'too-many-words');
});

test('a spoiler says in quotes what it is about', t => {
	const to = {does: 'sendMessage', account: me, to: romeo};
	t.deepEqual(asked('/spoiler They die'), [{...to, body: 'They die', spoiler: ''}]);
	t.deepEqual(asked('/spoiler "the last act" They "die"'), [{...to, body: 'They "die"', spoiler: 'the last act'}]);
	t.is(asked('/spoiler'), 'missing-word');
	t.deepEqual(asked('/reveal'), [{type: 'reveal'}]);
	t.deepEqual(asked('/reveal 2'), [{type: 'reveal', key: 4}]);
});

test('Tab offers the newest messages by number and first words, to be named by those where they are theirs alone', t => {
	t.deepEqual(offered('/reply '), [
		['"But soft, what light through"', '1 Romeo', 'But soft, what light through yonder window breaks?'],
		['"ok"', '2 you', 'ok'],
		['3', '3 Romeo', 'ok'],
		['"O Romeo, Romeo! wherefore art"', '4 you', 'O Romeo, Romeo! wherefore art thou Romeo?'],
	]);
	t.deepEqual(offered('/edit 2'), [
		['"O Romeo, Romeo! wherefore art"', '2 you', 'O Romeo, Romeo! wherefore art thou Romeo?'],
	]);
	t.deepEqual(
		offered('/quote But').map(([insert]) => insert),
		['"But soft, what light through"'],
	);
	t.true(offered('/details ').length > offered('/reply ').length);
	for (const [insert = ''] of offered('/details ')) {
		t.is(typeof asked(`/details ${insert}`), 'object', insert);
	}
});

test('behind a message Tab offers what follows, and in its place as well', t => {
	t.deepEqual(offered('/react 2 :smil'), [['😄', ':smile:', '😄']]);
	t.deepEqual(offered('/react smi').at(0), ['😄', ':smile:', '😄']);
	t.true(offered('/forward 2 ').some(([insert]) => insert === garden));
	t.true(offered('/forward nurse').some(([insert]) => insert === nurse));
	t.deepEqual(offered('/reply 2 ty', inGarden), [['Tybalt', 'Tybalt', '']]);
});
