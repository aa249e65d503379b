import test from 'ava';
import type {MessageChange} from '../../source/model/message.js';
import {lineMode} from './line-mode.js';
import {ayMe, related, soft, spoiler} from './support/relations.js';
import {account, buffer, contact, evening, golden, me, nurse, romeo, withRomeo} from './support.js';

const people = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Romeo'}), contact(nurse, {name: 'Nurse'})],
	buffers: [buffer(romeo), buffer(nurse)],
};

const talking = async (spoken: boolean, messages = related) => {
	const mode = lineMode(people, true, spoken ? {spoken: true} : {});
	mode.backend.history.set(withRomeo, [...messages]);
	await mode.settle();
	await mode.type('/query romeo');
	const sent: number[] = [];
	mode.backend.events(event => {
		if (event.type === 'message.recorded') {
			sent.push(event.message.key);
		}
	});
	return Object.assign(mode, {sent});
};
/** What was printed since, without prompts. */
const answerTo = async (mode: Awaited<ReturnType<typeof talking>>, line: string) => {
	const {length} = mode.text();
	await mode.type(line);
	return mode.text().slice(length);
};

/** The server has all that was sent: nothing is waited for. */
const leave = async (mode: Awaited<ReturnType<typeof talking>>) => {
	for (const key of mode.sent) {
		mode.backend.emit({type: 'message.changed', change: {account: me, buffer: withRomeo, key, state: 'acked'}});
	}

	await mode.end();
};

for (const spoken of [false, true]) {
	const name = spoken ? 'spoken' : 'lines';
	test(`what was said about messages is printed with them: ${name}`, async t => {
		const mode = await talking(spoken);
		const text = mode
			.text()
			.split('\n')
			.filter(row => /2[12]:|Reactions|^ {6}/u.test(row))
			.join('\n');
		await mode.end();
		t.is(text, golden(`relations-${name}`, text));
		t.false(text.includes('murder'));
		t.false(text.includes('They both die'));
	});
}

const changed = (change: Partial<MessageChange>) =>
	({type: 'message.changed', change: {account: me, buffer: withRomeo, key: soft.key, ...change}}) as const;

test('what is said about a message that stands above is told when it is said', async t => {
	const mode = await talking(true);
	const heard = async (change: Partial<MessageChange>) => {
		const {length} = mode.text();
		mode.backend.emit(changed(change));
		await mode.settle();
		return mode.text().slice(length);
	};
	const nurses = {by: 'nurse', speaker: 'nurse', emoji: ['👍'], said: 9};
	t.regex(
		await heard({body: 'Soft', edited: {times: 3, at: evening}}),
		/Romeo changed a message, it says now: Soft\.$/mu,
	);
	t.regex(await heard({reactions: [nurses]}), /nurse reacted 👍 to “Soft”\.$/mu);
	t.regex(await heard({reactions: []}), /nurse took their reaction back: “Soft”\.$/mu);
	t.is(await heard({archiveId: 'a'}), '');
	t.regex(await heard({retracted: {by: 'author', at: evening}}), /Romeo retracted this message\.$/mu);
	await mode.end();
});

test('what was said about a message that was not printed is not told', async t => {
	const mode = lineMode(people, true);
	await mode.settle();
	const {length} = mode.text();
	mode.backend.emit(changed({body: 'Soft', edited: {times: 3, at: evening}}));
	await mode.settle();
	t.is(mode.text().length, length);
	await mode.end();
});

test('messages are answered, changed and reacted to by their numbers', async t => {
	const mode = await talking(false);
	await mode.type('/reply 1 Good night');
	await mode.type('/edit 2 Alas');
	await mode.type('/react 1 🎉');
	const last = related.at(-1)?.key;
	t.deepEqual(mode.backend.asked('sendMessage'), [{account: me, to: romeo, body: 'Good night', reply: last}]);
	t.deepEqual(mode.backend.asked('correctMessage'), [{account: me, key: ayMe.key, body: 'Alas'}]);
	t.deepEqual(mode.backend.asked('react'), [{account: me, key: last, emoji: ['🎉']}]);
	await leave(mode);
});

test('what a screen would open is told in lines, never in silence', async t => {
	const mode = await talking(false, [soft, ayMe, spoiler]);
	t.regex(await answerTo(mode, '/select'), /named by its number/u);
	t.regex(await answerTo(mode, '/reply 3'), /That is “But soft.*\n.*\/reply 3 and a text answers it/u);
	t.regex(await answerTo(mode, '/react 3'), /\/react 3 👍 reacts to it/u);
	t.regex(await answerTo(mode, '/edit'), /It says: Ay me!\n.*\/edit 1 and another text changes it/u);
	t.regex(await answerTo(mode, '/quote 3'), /> But soft/u);
	t.regex(await answerTo(mode, '/reveal'), /Romeo: They both die/u);
	t.regex(await answerTo(mode, '/details 2'), /State {7}displayed/u);
	t.regex(await answerTo(mode, `/forward 3 ${nurse}`), /Sent on to nurse@example\.org/u);
	t.regex(await answerTo(mode, '/retract'), /Retract “Ay me!”\?\n.*1\. Retract\n.*2\. Keep/u);
	await mode.type('1');
	t.deepEqual(mode.backend.asked('retractMessage'), [{account: me, key: ayMe.key}]);
	t.regex(await answerTo(mode, '/edit 9 x'), /There is no number 9 among the messages of yours here/u);
	await leave(mode);
});
