import test, {type ExecutionContext} from 'ava';
import type {Storage} from '../../source/storage/ports.js';
import type {Element} from '../../source/xmpp/element.js';
import {parseElement} from '../../source/xmpp/parser.js';
import type {SessionOptions} from '../../source/xmpp/session.js';
import type {Tally} from './check.js';
import type {Sabotage} from './machine.js';
import {ownNick, roomPresence, rooms} from './room-letters.js';
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

/** Plays seeds until the broken rule is noticed. `where`: in words like these. */
async function notices(t: ExecutionContext, kind: keyof Tally, sabotage: Sabotage, where = /./): Promise<void> {
	for (const seed of seeds) {
		const {findings} = await run(seed, {sabotage});
		if (findings.some(finding => finding.kind === kind && where.test(finding.text))) {
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

// --- in rooms

const inRoom = /(den|cave)@/;

test('a client that takes it for said in a room what its own server has is seen to lose messages', async t => {
	const sabotage: Sabotage = {
		storage: ({messages, outbox, ...storage}) => ({
			...storage,
			outbox,
			messages: {
				...messages,
				change(news) {
					const isChanged = messages.change(news);
					if (news.state === 'acked') {
						outbox.remove(news.key);
					}

					return isChanged;
				},
			},
		}),
	};
	await notices(t, 'lost', sabotage, inRoom);
});

test('a client that writes to a room before it is in it is noticed', async t => {
	const sabotage: Sabotage = {
		session: (options): SessionOptions => ({
			...options,
			// What the room answers to the first question is taken for the own entrance.
			receive: stanzas => options.receive(stanzas.flatMap(stanza => [stanza, ...entranceAt(stanza)])),
		}),
	};
	await notices(t, 'lost', sabotage, /before it is in it/);
});

test('a client that does not ask whether it is still in a room is seen to lose messages', async t => {
	const sabotage: Sabotage = {
		session: (options): SessionOptions => ({
			...options,
			receive: stanzas => options.receive(stanzas.map(answeredWell)),
		}),
	};
	await notices(t, 'lost', sabotage, inRoom);
});

const isOfRoom = ({attrs}: Element) => rooms.some(room => String(attrs.from).startsWith(room));

function entranceAt(stanza: Element): readonly Element[] {
	const {from, to} = stanza.attrs;
	const presence =
		stanza.name === 'iq' && isOfRoom(stanza)
			? parseElement(roomPresence(from ?? '', ownNick, to ?? '', {codes: [110]}))
			: undefined;
	return presence === undefined ? [] : [presence];
}

/** Takes a room's refusal of a question for an answer. */
function answeredWell(stanza: Element): Element {
	const {from, to, id, type} = stanza.attrs;
	const isRefusal = stanza.name === 'iq' && type === 'error' && from?.includes('/') === true && isOfRoom(stanza);
	return (
		(isRefusal && parseElement(`<iq xmlns='jabber:client' type='result' from='${from}' to='${to}' id='${id}'/>`)) ||
		stanza
	);
}
