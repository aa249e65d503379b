/** `xmppc history export`: what is asked of the client, what is printed, and how it ends. */
import path from 'node:path';
import test from 'ava';
import type {Account} from '../../source/model/account.js';
import type {ActionInput, Actions} from '../../source/model/actions.js';
import {XmppcError} from '../../source/shared/errors.js';
import {juliet, run} from './run-program.js';

const account: Account = {
	jid: juliet,
	status: 'offline',
	enabled: true,
	secrets: 'key-file',
	availability: 'available',
	statusText: '',
};

/** A client that has recorded one kind of conversation. */
function client(kind = 'chat') {
	const asked: Array<ActionInput<'exportHistory'>> = [];
	const actions: Partial<Actions> = {
		listAccounts: async () => [account],
		async exportHistory(input) {
			asked.push(input);
			if (!input.buffer.includes(` ${kind} `)) {
				throw new XmppcError({code: 'buffer-not-open', kind: 'usage', message: 'Nothing is recorded of it.'});
			}

			return {messages: 3};
		},
	};
	return {actions, asked};
}

const target = path.resolve('talk.html');

test('a conversation is written where it was asked for, in the form of its name', async t => {
	const {actions, asked} = client();
	t.like(await run(['history', 'export', 'romeo@example.org', 'talk.html'], {actions}), {
		status: 0,
		out: '',
		error: `3 messages are in ${target}\n`,
	});
	t.deepEqual(asked, [
		{buffer: `${juliet} chat romeo@example.org`, format: 'html', path: target},
	] as unknown as typeof asked);
});

test('a room is found by its address, and a private conversation there by its own', async t => {
	const room = client('room');
	const seen = await run(
		['history', 'export', '--json', '--format', 'json', 'den@rooms.example.org', 'talk.html'],
		room,
	);
	t.deepEqual(JSON.parse(seen.out), {file: target, format: 'json', messages: 3});
	t.is(room.asked.at(-1)?.buffer as string, `${juliet} room den@rooms.example.org`);
	const apart = client('private');
	await run(['history', 'export', 'den@rooms.example.org/Tybalt', 'talk.html'], apart);
	t.deepEqual(
		apart.asked.map(({buffer}) => `${buffer}`),
		[`${juliet} private den@rooms.example.org/Tybalt`],
	);
});

test('what is no address, no form or not recorded is refused', async t => {
	const {actions, asked} = client('none');
	t.like(await run(['history', 'export', '@', 'talk'], {actions}), {status: 65});
	t.like(await run(['history', 'export', '--format', 'pdf', 'romeo@example.org', 'talk'], {actions}), {status: 64});
	t.deepEqual(asked, []);
	t.like(await run(['history', 'export', 'romeo@example.org', 'talk'], {actions}), {status: 64});
});
