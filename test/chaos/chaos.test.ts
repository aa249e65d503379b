import test, {type ExecutionContext} from 'ava';
import type {Storage} from '../../source/storage/ports.js';
import type {SessionOptions} from '../../source/xmpp/session.js';
import type {Tally} from './check.js';
import type {Sabotage} from './machine.js';
import {run} from './run.js';

/** `npm run chaos` plays as many as one likes. */
const seeds = Array.from({length: 25}, (_, index) => index + 1);

test('whatever breaks, nothing is lost, doubled or out of order', async t => {
	for (const seed of seeds) {
		const {findings} = await run(seed);
		t.deepEqual(findings, [], `npm run chaos -- --seed ${seed} --verbose`);
	}
});

test('a seed replays exactly', async t => {
	const first = await run(7);
	const again = await run(7);
	t.true(first.messages > 0);
	t.deepEqual(again, first);
	t.not((await run(8)).digest, first.digest);
});

// --- the check can fail: each of these breaks one rule

/** Plays seeds until the broken rule is noticed. */
async function notices(t: ExecutionContext, kind: keyof Tally, sabotage: Sabotage): Promise<void> {
	for (const seed of seeds) {
		const verdict = await run(seed, {sabotage});
		if (verdict[kind] > 0) {
			t.pass();
			return;
		}
	}

	t.fail(`nothing was ${kind}`);
}

const withMessages = (change: (messages: Storage['messages']) => Partial<Storage['messages']>): Sabotage => ({
	storage: storage => ({...storage, messages: {...storage.messages, ...change(storage.messages)}}),
});

test('a client that acknowledges before it has committed is seen to lose messages', async t => {
	await notices(t, 'lost', {
		session: (options): SessionOptions => ({
			...options,
			async receive(stanzas) {
				options.clock.after(50, () => void options.receive(stanzas).catch(() => {}));
			},
		}),
	});
});

test('a client that says it read all of an archive where it has not is seen to lose messages', async t => {
	await notices(t, 'lost', {
		storage: storage => ({
			...storage,
			archives: {
				...storage.archives,
				save: (account, archive, {head}) =>
					storage.archives.save(account, archive, {...(head === undefined ? {} : {head}), gaps: []}),
			},
		}),
	});
});

test('a client that keeps no record of what it sends is seen to lose messages', async t => {
	await notices(t, 'lost', {storage: storage => ({...storage, outbox: {...storage.outbox, waiting: () => []}})});
});

test('a client that does not recognise what it has is seen to show it twice', async t => {
	await notices(
		t,
		'doubled',
		withMessages(({insert}) => ({
			insert: ({archiveId, ...message}, between) => insert(message, between),
			byArchiveId: () => undefined,
			incomingTwin: () => undefined,
		})),
	);
});

test('a client that sends again without looking is seen to send twice', async t => {
	await notices(
		t,
		'doubled',
		withMessages(({insert, change}) => ({
			insert: (message, between) =>
				insert(message.state === 'written' ? {...message, state: 'queued'} : message, between),
			change: news => (news.state === 'written' ? true : change(news)),
		})),
	);
});

test('a client that goes by the time alone is seen to show things out of order', async t => {
	await notices(
		t,
		'misordered',
		withMessages(({insert}) => ({insert: message => insert(message)})),
	);
});
