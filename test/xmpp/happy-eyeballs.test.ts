/** How the places of a server are raced (RFC 8305): with sockets that connect, fail and stay silent as a test wants. */
import net, {type LookupFunction} from 'node:net';
import test from 'ava';
import {XmppcError} from '../../source/shared/errors.js';
import {byTurns, createRace, dial, type Place, type Search} from '../../source/xmpp/happy-eyeballs.js';
import {createManualClock} from '../support/manual-clock.js';

/** A network in which nothing happens by itself. */
function scene(places: ReadonlyArray<Place | Search<Place>>, names: Readonly<Record<string, readonly string[]>> = {}) {
	const clock = createManualClock();
	const sockets: Array<{readonly target: string; readonly socket: net.Socket}> = [];
	const asked: string[] = [];
	const problems: string[] = [];
	const lookup: LookupFunction = (host, _options, answer) => {
		asked.push(host);
		const addresses = names[host];
		if (addresses) {
			answer(
				null,
				addresses.map(address => ({address, family: address.includes(':') ? 6 : 4})),
			);
		} else {
			answer(Object.assign(new Error('none'), {code: 'ENOTFOUND'}), '');
		}
	};
	const options = {
		domain: 'example.test',
		clock,
		lookup,
		connect(address: string, port: number) {
			// One that nobody told to connect.
			const socket = new net.Socket();
			sockets.push({target: net.isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`, socket});
			return socket;
		},
	};
	const race = createRace(places, {
		...options,
		onProblem: (problem, place) => problems.push(`${place?.host ?? '?'} ${problem.code}`),
	});
	return {
		clock,
		race,
		asked,
		problems,
		options,
		targets: () => sockets.map(({target}) => target),
		open: () => sockets.filter(({socket}) => !socket.destroyed).map(({target}) => target),
		socket(target: string): net.Socket {
			const found = sockets.findLast(one => one.target === target)?.socket;
			if (!found) {
				throw new Error(`nobody connects to ${target}, but to ${sockets.map(({target}) => target).join(' ')}`);
			}

			return found;
		},
	};
}

const settle = () => new Promise(resolve => setImmediate(resolve));
const refusal = () => Object.assign(new Error('refused'), {code: 'ECONNREFUSED'});
const first = {host: '192.0.2.1', port: 5223};
const second = {host: '192.0.2.2', port: 5222};
const third = {host: '2001:db8::3', port: 5222};

test('a place that answers within a quarter of a second is the only one tried', async t => {
	const it = scene([first, second]);
	const reached = it.race.next();
	it.clock.advance(249);
	it.socket('192.0.2.1:5223').emit('connect');
	t.is((await reached)?.place, first);
	it.clock.advance(60_000);
	t.deepEqual(it.targets(), ['192.0.2.1:5223']);
	t.is(it.clock.pending, 0);
});

test('a place that is silent is joined by the next one every quarter of a second, and keeps its chance', async t => {
	const it = scene([first, second, third]);
	const reached = it.race.next();
	it.clock.advance(250);
	t.deepEqual(it.targets(), ['192.0.2.1:5223', '192.0.2.2:5222']);
	it.clock.advance(250);
	t.deepEqual(it.open(), ['192.0.2.1:5223', '192.0.2.2:5222', '[2001:db8::3]:5222']);
	it.socket('192.0.2.1:5223').emit('connect');
	t.is((await reached)?.place, first);
	t.deepEqual(it.open(), ['192.0.2.1:5223']);
	t.is(it.clock.pending, 0);
});

test('a place that refuses is followed by the next one at once', async t => {
	const it = scene([first, second]);
	const reached = it.race.next();
	it.clock.advance(10);
	it.socket('192.0.2.1:5223').emit('error', refusal());
	t.deepEqual(it.open(), ['192.0.2.2:5222']);
	it.socket('192.0.2.2:5222').emit('connect');
	t.is((await reached)?.place, second);
	t.deepEqual(it.problems, ['192.0.2.1 connection-refused']);
});

test('who lost the race is tried again when the winner was of no use, in the old order', async t => {
	const it = scene([first, second, third]);
	const reached = it.race.next();
	it.clock.advance(250);
	it.socket('192.0.2.2:5222').emit('connect');
	await reached;
	t.true(it.socket('192.0.2.1:5223').destroyed);
	const again = it.race.next();
	t.deepEqual(it.targets().slice(2), ['192.0.2.1:5223']);
	it.clock.advance(250);
	t.deepEqual(it.targets().slice(3), ['[2001:db8::3]:5222']);
	it.socket('[2001:db8::3]:5222').emit('connect');
	t.is((await again)?.place, third);
});

test('a loser that is refused after the race is over disturbs nobody', async t => {
	const it = scene([first, second]);
	const reached = it.race.next();
	it.clock.advance(250);
	it.socket('192.0.2.2:5222').emit('connect');
	await reached;
	it.socket('192.0.2.1:5223').emit('error', refusal());
	t.deepEqual(it.problems, []);
});

test('a place that says nothing for fifteen seconds is out, and when all are there is none', async t => {
	const it = scene([first, second]);
	const reached = it.race.next();
	it.clock.advance(15_249);
	t.deepEqual(it.problems, ['192.0.2.1 connect-timeout']);
	it.clock.advance(1);
	t.is(await reached, undefined);
	t.deepEqual(it.problems, ['192.0.2.1 connect-timeout', '192.0.2.2 connect-timeout']);
	t.deepEqual(it.open(), []);
	t.is(it.clock.pending, 0);
	t.is(await it.race.next(), undefined);
});

test('the addresses of a name are tried family by turns, before the next name is looked up', async t => {
	const it = scene(
		[
			{host: 'a.test', port: 5222},
			{host: 'b.test', port: 5222},
		],
		{'a.test': ['2001:db8::1', '2001:db8::2', '192.0.2.1'], 'b.test': ['192.0.2.9']},
	);
	void it.race.next();
	await settle();
	it.clock.advance(250);
	it.clock.advance(250);
	t.deepEqual(it.asked, ['a.test']);
	it.clock.advance(250);
	await settle();
	t.deepEqual(it.targets(), ['[2001:db8::1]:5222', '192.0.2.1:5222', '[2001:db8::2]:5222', '192.0.2.9:5222']);
	it.race.stop();
});

test('the family that the system puts first goes first, and nobody makes us try hundreds of addresses', t => {
	const v4 = Array.from({length: 300}, (_, index) => ({address: `192.0.2.${index}`, family: 4}));
	const v6 = {address: '2001:db8::1', family: 6};
	t.deepEqual(
		byTurns([...v4, v6]).map(({address}) => address),
		[
			'192.0.2.0',
			'2001:db8::1',
			...['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5', '192.0.2.6', '192.0.2.7', '192.0.2.8'],
		],
	);
	t.deepEqual(byTurns([]), []);
});

test('a name that is slow to look up does not hold up the next place', async t => {
	const it = scene([{host: 'slow.test', port: 5222}, second]);
	const slow = createRace([{host: 'slow.test', port: 5222}, second], {
		...it.options,
		lookup: () => undefined,
		onProblem: () => t.fail(),
	});
	const reached = slow.next();
	it.clock.advance(249);
	t.deepEqual(it.targets(), []);
	it.clock.advance(1);
	it.socket('192.0.2.2:5222').emit('connect');
	t.is((await reached)?.place, second);
	t.is(it.clock.pending, 0);
});

test('a name without addresses is out of the race', async t => {
	const it = scene([{host: 'nowhere.test', port: 5222}], {'empty.test': []});
	t.is(await it.race.next(), undefined);
	t.deepEqual(it.problems, ['nowhere.test no-such-host']);
	const empty = scene([{host: 'empty.test', port: 5222}], {'empty.test': []});
	t.is(await empty.race.next(), undefined);
});

test('nothing is searched where the first place answers; else what is found comes in its turn', async t => {
	let searches = 0;
	const search = async () => {
		searches++;
		return [second, third];
	};
	const last = {host: '192.0.2.4', port: 5222};
	const it = scene([first, search, last]);
	const reached = it.race.next();
	it.socket('192.0.2.1:5223').emit('connect');
	await reached;
	t.is(searches, 0);

	void it.race.next();
	await settle();
	t.is(searches, 1);
	it.clock.advance(250);
	it.clock.advance(250);
	t.deepEqual(it.targets().slice(1), ['192.0.2.2:5222', '[2001:db8::3]:5222', '192.0.2.4:5222']);
	it.race.stop();
});

test('a search that fails says why, and the race goes on', async t => {
	const problem = {code: 'not-offered', kind: 'noSuchHost', message: 'There is no such service.'} as const;
	const it = scene([() => Promise.reject(new XmppcError(problem)), first]);
	const reached = it.race.next();
	await settle();
	it.socket('192.0.2.1:5223').emit('connect');
	t.is((await reached)?.place, first);
	t.deepEqual(it.problems, ['? not-offered']);
});

test('a race that is stopped leaves no socket and no timer', async t => {
	const it = scene([first, {host: 'slow.test', port: 1}, second]);
	const reached = it.race.next();
	it.clock.advance(250);
	it.race.stop();
	t.is(await reached, undefined);
	await settle();
	t.deepEqual(it.open(), []);
	t.is(it.clock.pending, 0);
	t.is(await it.race.next(), undefined);
	t.deepEqual(it.targets(), ['192.0.2.1:5223']);
});

test('a single place that does not answer is named, by the address that says most', async t => {
	const it = scene([], {'two.test': ['2001:db8::1', '192.0.2.1', '2001:db8::2']});
	await t.throwsAsync(dial({host: 'nowhere.test', port: 5222}, it.options), {code: 'no-such-host'});
	const dialled = dial({host: 'two.test', port: 5222}, it.options);
	await settle();
	const unreachable = () => Object.assign(new Error('no route'), {code: 'ENETUNREACH'});
	it.socket('[2001:db8::1]:5222').emit('error', unreachable());
	it.socket('192.0.2.1:5222').emit('error', refusal());
	it.socket('[2001:db8::2]:5222').emit('error', unreachable());
	await t.throwsAsync(dialled, {code: 'connection-refused'});
});

test('a connection that nobody wants any more is not made', async t => {
	const it = scene([]);
	const abort = new AbortController();
	const dialled = dial(first, {...it.options, signal: abort.signal});
	abort.abort();
	await t.throwsAsync(dialled);
	t.deepEqual(it.open(), []);
	t.is(it.clock.pending, 0);
	await t.throwsAsync(dial(first, {...it.options, signal: abort.signal}));
	t.is(it.targets().length, 1);
});
