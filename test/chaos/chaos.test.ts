import test, {type ExecutionContext} from 'ava';
import type {Storage} from '../../source/storage/ports.js';
import {child, type Element} from '../../source/xmpp/element.js';
import {parseElement} from '../../source/xmpp/parser.js';
import type {SessionOptions} from '../../source/xmpp/session.js';
import type {Tally} from './check.js';
import type {Sabotage} from './machine.js';
import {ownNick, roomPresence, rooms} from './room-letters.js';
import {run} from './run.js';

/** `npm run chaos` plays as many as one likes. */
const seeds = Array.from({length: 25}, (_, index) => index + 1);

test('whatever breaks, nothing is lost, doubled, out of order or exposed', async t => {
	let [secret, inRooms] = [0, 0];
	for (const seed of seeds) {
		const {findings, encrypted, encryptedInRooms} = await run(seed);
		t.deepEqual(findings, [], `npm run chaos -- --seed ${seed} --verbose`);
		secret += encrypted;
		inRooms += encryptedInRooms;
	}

	t.true(secret > 200);
	t.true(inRooms > 20);
});

test('a seed replays exactly', async t => {
	const first = await run(7);
	const again = await run(7);
	t.true(first.messages > 0);
	t.deepEqual(again, first);
	t.not((await run(8)).digest, first.digest);
});

// --- the check can fail: each of these breaks one rule

/** Plays seeds until the broken rule is noticed. `where`: in words like these. `first`: a seed to begin with. */
async function notices(
	t: ExecutionContext,
	kind: keyof Tally,
	sabotage: Sabotage,
	{where = /./, first = 1}: {readonly where?: RegExp; readonly first?: number} = {},
): Promise<void> {
	for (const seed of seeds.map(each => each + first - 1)) {
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
	await notices(t, 'lost', sabotage, {where: inRoom, first: 11});
});

test('a client that writes to a room before it is in it is noticed', async t => {
	const sabotage: Sabotage = {
		session: (options): SessionOptions => ({
			...options,
			// What the room answers to the first question is taken for the own entrance.
			receive: stanzas => options.receive(stanzas.flatMap(stanza => [stanza, ...entranceAt(stanza)])),
		}),
	};
	await notices(t, 'lost', sabotage, {where: /before it is in it/, first: 9});
});

test('a client that does not ask whether it is still in a room is seen to lose messages', async t => {
	const sabotage: Sabotage = {
		session: (options): SessionOptions => ({
			...options,
			receive: stanzas => options.receive(stanzas.map(answeredWell)),
		}),
	};
	await notices(t, 'lost', sabotage, {where: inRoom, first: 73});
});

// --- where people encrypt

const withOmemo = (change: (omemo: Storage['omemo']) => Partial<Storage['omemo']>): Sabotage => ({
	storage: storage => ({...storage, omemo: {...storage.omemo, ...change(storage.omemo)}}),
});

test('a client that sends in clear what is to be encrypted is noticed', async t => {
	const sabotage: Sabotage = {
		storage: ({outbox, ...storage}) => ({
			...storage,
			outbox: {...outbox, waiting: account => outbox.waiting(account).map(({seal, ...row}) => row)},
		}),
	};
	await notices(t, 'exposed', sabotage, {where: /in clear, which was to be encrypted/});
});

test('a client that forgets that a conversation was encrypted is noticed', async t => {
	const forgets = withOmemo(() => ({wasEncrypted: () => false}));
	const sabotage: Sabotage = {
		storage: storage => {
			const {outbox, ...others} = forgets.storage?.(storage) ?? storage;
			// What was written before anything was known of the devices of the other one goes by what is known then.
			return {...others, outbox: {...outbox, put: ({seal, ...row}) => outbox.put(row)}};
		},
	};
	await notices(t, 'exposed', sabotage, {where: /at the end is not encrypted|in a conversation that was encrypted/});
});

test('a client that loses a step of a ratchet is seen to use a key twice', async t => {
	let steps = 0;
	await notices(
		t,
		'exposed',
		withOmemo(({saveSession}) => ({
			saveSession(place, record) {
				if (++steps % 5 > 0) {
					saveSession(place, record);
				}
			},
		})),
		{where: /uses a message key twice/},
	);
});

test('a client that forgets sessions is seen to read less than was meant for it', async t => {
	let asked = 0;
	await notices(
		t,
		'lost',
		withOmemo(({session}) => ({session: place => (++asked % 5 > 0 ? session(place) : undefined)})),
		{where: /cannot read/},
	);
});

// --- in rooms for members only

test('a client that sends to a private room in clear is noticed', async t => {
	const sabotage: Sabotage = {
		storage: ({outbox, ...storage}) => ({
			...storage,
			outbox: {
				...outbox,
				waiting: account =>
					outbox
						.waiting(account)
						.map(({seal, ...row}) => (isRoom(row.to) || seal === undefined ? row : {...row, seal})),
			},
		}),
	};
	await notices(t, 'exposed', sabotage, {where: /to (den|cave)@\S+ in clear, which was to be encrypted/, first: 9});
});

test('a client that encrypts only for those who are in a private room is noticed', async t => {
	const sabotage: Sabotage = {
		session: (options): SessionOptions => ({
			...options,
			receive: stanzas => options.receive(stanzas.map(withoutMembers)),
		}),
	};
	await notices(t, 'lost', sabotage, {where: /encrypts \d+ for no device of/, first: 16});
});

const isRoom = (jid: string) => rooms.some(room => jid.startsWith(room));
const isOfRoom = ({attrs}: Element) => rooms.some(room => String(attrs.from).startsWith(room));

function entranceAt(stanza: Element): readonly Element[] {
	const {from, to} = stanza.attrs;
	const presence =
		stanza.name === 'iq' && isOfRoom(stanza)
			? parseElement(roomPresence(from ?? '', ownNick, to ?? '', {codes: [110]}))
			: undefined;
	return presence === undefined ? [] : [presence];
}

/** A list of members becomes an empty one. */
function withoutMembers(stanza: Element): Element {
	const {from, to, id} = stanza.attrs;
	const space = 'http://jabber.org/protocol/muc#admin';
	const empty = `<iq xmlns='jabber:client' type='result' from='${from}' to='${to}' id='${id}'><query xmlns='${space}'/></iq>`;
	const isList = stanza.name === 'iq' && stanza.attrs.type === 'result' && child(stanza, 'query', space) !== undefined;
	return (isList && parseElement(empty)) || stanza;
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
