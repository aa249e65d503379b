import test from 'ava';
import {protectionOf} from '../../../source/client/files/protection.js';
import type {SealRule} from '../../../source/model/device.js';
import type {Problem} from '../../../source/shared/errors.js';
import {romeo} from '../scene.js';

const chat = {kind: 'chat', jid: romeo} as const;
const problem: Problem = {code: 'devices-undecided', kind: 'notPermitted', message: 'Decide first.'};

/** An account whose policy says these things, one after the other, each time somebody’s lists were asked for. */
function deciding(rules: ReadonlyArray<SealRule | undefined>, trouble?: Problem) {
	const asked: string[] = [];
	let turn = 0;
	const parts = {
		policy: {
			ruleFor: () => rules[Math.min(turn, rules.length - 1)],
			stateOf: () => (trouble === undefined ? {encryption: 'omemo'} : {encryption: 'unavailable', problem: trouble}),
		},
		recipients: {of: async () => ({kind: 'people', people: [romeo]})},
		lists: {
			async learn(owner: string) {
				asked.push(owner);
				turn++;
			},
		},
	} as unknown as Parameters<typeof protectionOf>[2];
	return {parts, asked};
}

test('a file goes out as a text to the same people would', async t => {
	t.is(await protectionOf(chat, undefined, deciding(['require']).parts), 'require');
	t.is(await protectionOf(chat, undefined, deciding([undefined]).parts), 'off');
	t.is(await protectionOf(chat, 'off', deciding(['require']).parts), 'off');
	t.is(await protectionOf(chat, 'require', deciding([undefined]).parts), 'require');
});

test('where it depends on devices that are not known, they are asked for before a byte leaves', async t => {
	const found = deciding(['auto', 'require']);
	t.is(await protectionOf(chat, undefined, found.parts), 'require');
	t.deepEqual(found.asked, [romeo]);
	t.is(await protectionOf(chat, undefined, deciding(['auto', 'auto']).parts), 'off');
});

test('what must be encrypted and cannot be is not uploaded', async t => {
	await t.throwsAsync(protectionOf(chat, undefined, deciding(['require'], problem).parts), {
		code: 'devices-undecided',
	});
});
