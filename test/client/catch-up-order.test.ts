import test from 'ava';
import {anchor, connect, idle, keep, type Line, stanzaId, stanzaOf, stateOf, stored} from './archive-scene.js';
import {juliet, offlineScene, type Scene, settled} from './scene.js';

/** Numbers in [0, below), the same for the same seed (mulberry32). */
function chance(seed: number): (below: number) => number {
	let state = seed;
	return below => {
		state = (state + 0x6d_2b_79_f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
	};
}

/**
 * What a server does with a message for an account, in any order that it may: it archives it, delivers it to whoever is
 * there, copies what other devices send, keeps it for whoever comes, and loses the connection at any moment.
 */
async function play(it: Scene, seed: number): Promise<void> {
	const pick = chance(seed);
	const {server, clock} = it;
	const waiting: Array<{readonly line: Line; readonly id: string; readonly at: number}> = [];
	let count = 0;
	let mayDrop = true;
	server.archive.resolution = pick(2) === 0 ? 1000 : 1;

	/** What the server sends to a session goes in order, and ends with it. */
	let stream = Promise.resolve();
	const send = (...stanzas: readonly string[]) => {
		const login = server.logins;
		stream = stream.then(async () => {
			if (server.isPresent && server.logins === login) {
				await server.bring(...stanzas);
			}
		});
	};

	const flush = () => {
		for (const {line, id, at} of waiting.splice(0)) {
			const stamp = new Date(Math.floor(at / server.archive.resolution) * server.archive.resolution).toISOString();
			const delay = `<delay xmlns='urn:xmpp:delay' from='example.org' stamp='${stamp}'/>`;
			send(stanzaOf({...line, extra: delay + stanzaId(id)}));
		}
	};

	const arrive = () => {
		clock.advance(pick(25));
		const line: Line = {n: ++count, own: pick(4) === 0};
		const [id = ''] = keep(it, line);
		if (!server.isPresent) {
			if (!line.own && pick(3) > 0) {
				waiting.push({line, id, at: clock.now()});
			}

			return;
		}

		flush();
		const stanza = stanzaOf({...line, extra: stanzaId(id)});
		const carbon = `<message from='${juliet}' to='${juliet}'><sent xmlns='urn:xmpp:carbons:2'>
			<forwarded xmlns='urn:xmpp:forward:0'>${stanza}</forwarded></sent></message>`;
		const copy = line.own ? carbon : stanza;
		send(copy, ...(pick(5) === 0 ? [copy] : []));
	};

	server.archive.onPage = () => {
		if (mayDrop && pick(12) === 0) {
			server.drop();
		} else if (pick(4) === 0) {
			// After the page was made: it comes with it or behind it.
			queueMicrotask(arrive);
		}
	};

	for (let step = 0; step < 40; step++) {
		clock.advance(pick(3) === 0 ? 0 : pick(1500));
		const what = pick(10);
		if (what < 2) {
			await it.actions.connect({account: juliet}).catch(() => {});
			if (server.isPresent) {
				flush();
			}
		} else if (what === 2) {
			server.drop();
		} else if (what === 3 && !server.isPresent) {
			for (let burst = pick(280); burst > 0; burst--) {
				arrive();
			}
		} else {
			arrive();
		}

		await (pick(2) === 0 ? settled() : stream);
	}

	mayDrop = false;
	await it.actions.disconnect({account: juliet});
	await idle(it);
	await connect(it);
	flush();
	await stream;
	await idle(it);
}

const seedsEach = 10;
for (const first of [1, 11, 21]) {
	test(`whatever way messages come, each is there once and in the archive’s order (seeds from ${first})`, async t => {
		for (let seed = first; seed < first + seedsEach; seed++) {
			const it = await offlineScene(t);
			await play(it, seed);
			const expected = it.server.archive.items.map(({message}) => /<body>(.*)<\/body>/.exec(message)?.[1] ?? '');
			t.deepEqual(stored(it), expected, `seed ${seed}`);
			t.deepEqual(stateOf(it)?.gaps, [], `seed ${seed}`);
			t.is(anchor(it)?.id, it.server.archive.items.at(-1)?.id, `seed ${seed}`);
			const told = it.saw.all('message.recorded').map(({message}) => message.key);
			t.is(new Set(told).size, told.length, `seed ${seed}`);
		}
	});
}
