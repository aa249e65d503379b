/** Files from servers that do well, badly and worse (`protocol.md` §4.4, rows 80, 82, 83 and 87). */
import {createCipheriv} from 'node:crypto';
import {
	chmodSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	unlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {newFileKey} from '../../source/media/file-cipher.js';
import {discardPart, type FetchOrder, fetchFile} from '../../source/media/http-download.js';
import type {ResolvedAddress} from '../../source/media/pinned-address.js';
import {mayTryAgain} from '../../source/media/transfer-problems.js';
import type {FileKey} from '../../source/model/attachment.js';
import {startFileServer} from '../support/file-server.js';
import {content, createPlace, failureOf, type Place, sha256} from './files.js';

const bytes = content(2_000_000);
const yesterday = 'Wed, 31 Dec 2025 10:00:00 GMT';

function encrypted(clear: Buffer, {key, iv}: FileKey): Buffer {
	const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64'), Buffer.from(iv, 'base64'));
	return Buffer.concat([cipher.update(clear), cipher.final(), cipher.getAuthTag()]);
}

/** Fails a transfer after so many bytes have come, by resetting every connection. */
async function cutAfter(t: ExecutionContext, place: Place, order: FetchOrder, size: number) {
	let isCut = false;
	return failureOf(
		t,
		fetchFile({
			...order,
			onProgress(done) {
				if (done >= size && !isCut) {
					isCut = true;
					place.server.cut();
				}
			},
		}),
	);
}

const partOf = ({names, directory}: Place) => {
	const parts = names().filter(name => name.endsWith('.part'));
	return parts.length === 1 ? path.join(directory, parts[0] ?? '') : undefined;
};

test('a file comes as it is, under its name, for its owner alone', async t => {
	const {server, directory, fetching, names} = await createPlace(t, {files: {'/a/photo.jpg': {content: bytes}}});
	const fetched = await fetchFile(fetching('/a/photo.jpg', {sha256: sha256(bytes), size: bytes.length}));
	t.is(fetched.path, path.join(directory, 'photo.jpg'));
	t.is(fetched.size, bytes.length);
	t.is(fetched.sha256, sha256(bytes));
	t.true(readFileSync(fetched.path).equals(bytes));
	t.is(statSync(fetched.path).mode & 0o777, 0o600);
	t.deepEqual(names(), ['photo.jpg']);
	t.is(server.requests.length, 1);
});

test('an empty file comes too', async t => {
	const {fetching} = await createPlace(t, {files: {'/a': {content: Buffer.alloc(0)}}});
	t.is((await fetchFile(fetching('/a'))).size, 0);
});

test('a file of unknown length comes in chunks', async t => {
	const {fetching} = await createPlace(t, {files: {'/a': {content: bytes, announced: false}}});
	t.is((await fetchFile(fetching('/a'))).sha256, sha256(bytes));
});

test('the request says nothing about us', async t => {
	const {server, fetching} = await createPlace(t, {
		files: {'/a': {content: bytes, headers: {'Set-Cookie': 'id=1'}}, '/b': {status: 302, location: '/a'}},
	});
	await fetchFile(fetching('/b'));
	for (const {method, headers} of server.requests) {
		t.is(method, 'GET');
		t.deepEqual(Object.keys(headers).sort(), ['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
		t.is(headers['user-agent'], 'Mozilla/5.0');
		t.is(headers['accept-encoding'], 'identity');
	}
});

test('a fragment stays here', async t => {
	const {server, fetching} = await createPlace(t, {files: {'/a': {content: bytes}}});
	await fetchFile({...fetching('/a'), url: server.url('/a#secret')});
	t.is(server.requests[0]?.path, '/a');
});

test('bytes are told as they come', async t => {
	const {fetching} = await createPlace(t, {files: {'/a': {content: bytes}}});
	const told: number[] = [];
	await fetchFile(
		fetching('/a', {
			onProgress(done, total) {
				told.push(done);
				t.is(total, bytes.length);
			},
		}),
	);
	t.is(told[0], 0);
	t.is(told.at(-1), bytes.length);
});

for (const ivBytes of [12, 16]) {
	test(`an encrypted file is decrypted, with an IV of ${ivBytes} bytes`, async t => {
		const key = {...newFileKey(), iv: Buffer.alloc(ivBytes, 7).toString('base64')};
		const {fetching, names} = await createPlace(t, {files: {'/a.jpg': {content: encrypted(bytes, key)}}});
		const fetched = await fetchFile(fetching('/a.jpg', {key}));
		t.true(readFileSync(fetched.path).equals(bytes));
		t.deepEqual([fetched.size, fetched.sha256], [bytes.length, sha256(bytes)]);
		t.is(statSync(fetched.path).mode & 0o777, 0o600);
		t.deepEqual(names(), ['a.jpg']);
	});
}

test('what stands behind the announced size of an encrypted file is cut off (XEP-0448 §3.2)', async t => {
	const key = newFileKey();
	const clear = bytes.subarray(0, 600_001);
	const {fetching} = await createPlace(t, {
		files: {'/a.jpg': {content: encrypted(Buffer.concat([clear, Buffer.alloc(700_000, 1)]), key)}},
	});
	const fetched = await fetchFile(fetching('/a.jpg', {key, size: clear.length, sha256: sha256(clear)}));
	t.true(readFileSync(fetched.path).equals(clear));
});

test('without a tag an encrypted file is taken where its hash is known (XEP-0448 §4)', async t => {
	const key = newFileKey();
	const {fetching} = await createPlace(t, {files: {'/a.jpg': {content: encrypted(bytes, key).subarray(0, -16)}}});
	const known = {key, size: bytes.length};
	t.is((await fetchFile(fetching('/a.jpg', {...known, sha256: sha256(bytes)}))).sha256, sha256(bytes));
	t.is(
		(await failureOf(t, fetchFile(fetching('/a.jpg', {...known, sha256: sha256(Buffer.alloc(1))})))).code,
		'file-damaged',
	);
	t.is((await failureOf(t, fetchFile(fetching('/a.jpg', known)))).code, 'file-damaged');
});

const damages: ReadonlyArray<readonly [string, (file: Buffer) => Buffer]> = [
	['a flipped bit', file => Buffer.from(file.map((byte, index) => (index === 1000 ? byte ^ 1 : byte)))],
	['another tag', file => Buffer.concat([file.subarray(0, -16), Buffer.alloc(16)])],
	['its last byte missing', file => file.subarray(0, -1)],
	['its tag missing', file => file.subarray(0, -16)],
	['a byte more', file => Buffer.concat([file, Buffer.alloc(1)])],
	['only fifteen bytes', file => file.subarray(0, 15)],
	['nothing', () => Buffer.alloc(0)],
];

for (const [says, damage] of damages) {
	test(`an encrypted file with ${says} never gets a name`, async t => {
		const key = newFileKey();
		const {fetching, names} = await createPlace(t, {files: {'/a.jpg': {content: damage(encrypted(bytes, key))}}});
		const error = await failureOf(t, fetchFile(fetching('/a.jpg', {key})));
		t.is(error.code, 'file-damaged');
		t.false(mayTryAgain(error));
		t.deepEqual(names(), []);
	});
}

test('with another key, or one that is none, nothing remains', async t => {
	const key = newFileKey();
	const {fetching, names} = await createPlace(t, {files: {'/a.jpg': {content: encrypted(bytes, key)}}});
	for (const wrong of [newFileKey(), {...key, iv: 'AAAA'}, {...key, key: ''}]) {
		t.is((await failureOf(t, fetchFile(fetching('/a.jpg', {key: wrong})))).code, 'file-damaged');
	}

	t.deepEqual(names(), []);
});

test('a file that is not the announced one never gets a name', async t => {
	const {fetching, names} = await createPlace(t, {
		files: {'/a': {content: bytes}, '/chunks': {content: bytes, announced: false}},
	});
	const wrong: ReadonlyArray<Partial<FetchOrder>> = [
		{sha256: sha256(Buffer.alloc(1))},
		{size: bytes.length + 1},
		{size: bytes.length - 1},
		{size: 0},
	];
	for (const more of wrong) {
		for (const where of ['/a', '/chunks']) {
			const error = await failureOf(t, fetchFile(fetching(where, more)));
			t.is(error.code, 'file-damaged');
			t.regex(error.message, /Nothing of it was kept/);
		}
	}

	t.deepEqual(names(), []);
});

test('a file that is longer than announced is given up there, and not read to its end', async t => {
	const {fetching} = await createPlace(t, {files: {'/a': {content: bytes, announced: false}}});
	const told: number[] = [];
	const order = fetching('/a', {size: 1_000_000, onProgress: done => void told.push(done)});
	t.is((await failureOf(t, fetchFile(order))).code, 'file-damaged');
	t.true(told.length > 1 && told.every(done => done <= 1_000_000));
});

test('a file larger than allowed is refused before it comes, or while it does', async t => {
	const {fetching, names} = await createPlace(t, {
		files: {'/a': {content: bytes}, '/chunks': {content: bytes, announced: false}},
	});
	for (const where of ['/a', '/chunks']) {
		const told: number[] = [];
		const order = fetching(where, {most: 1_000_000, onProgress: done => void told.push(done)});
		t.is((await failureOf(t, fetchFile(order))).code, 'file-too-large');
		t.true(told.every(done => done <= 1_000_000));
		t.is(told.length > 0, where === '/chunks');
	}

	t.is((await fetchFile(fetching('/a', {most: bytes.length}))).size, bytes.length);
	t.deepEqual(names(), ['a']);
});

test('without room for it nothing is fetched', async t => {
	const {fetching, names} = await createPlace(t, {files: {'/a': {content: bytes, announced: 2 ** 52}}});
	const error = await failureOf(t, fetchFile(fetching('/a', {most: 2 ** 53})));
	t.is(error.code, 'disk-full');
	t.deepEqual(names(), []);
});

test('a compressed answer is refused, and not inflated', async t => {
	const {fetching, names} = await createPlace(t, {
		files: {
			'/bomb': {content: Buffer.alloc(50_000_000), gzip: true},
			'/br': {content: bytes, headers: {'Content-Encoding': 'br'}},
			'/identity': {content: bytes, headers: {'Content-Encoding': 'identity'}},
			'/odd': response => {
				response.socket?.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n');
			},
		},
	});
	for (const where of ['/bomb', '/br', '/odd']) {
		t.is((await failureOf(t, fetchFile(fetching(where)))).code, 'file-compressed');
	}

	t.is((await fetchFile(fetching('/identity'))).size, bytes.length);
	t.deepEqual(names(), ['identity']);
});

const statuses: ReadonlyArray<readonly [number, string, boolean]> = [
	[404, 'file-gone', false],
	[410, 'file-gone', false],
	[403, 'file-forbidden', false],
	[401, 'file-forbidden', false],
	[413, 'file-refused', false],
	[416, 'file-refused', false],
	[204, 'file-refused', false],
	[206, 'bad-file-answer', false],
	[304, 'file-refused', false],
	[429, 'file-server-busy', true],
	[500, 'file-server-busy', true],
	[503, 'file-server-busy', true],
];

for (const [status, code, again] of statuses) {
	test(`the answer ${status} is ${code}`, async t => {
		const {fetching, names} = await createPlace(t, {files: {'/secret': {status}}});
		const error = await failureOf(t, fetchFile(fetching('/secret')));
		t.is(error.code, code);
		t.is(mayTryAgain(error), again);
		t.regex(error.message, /localhost/);
		t.false(`${error.stack}${error.hint}`.includes('/secret'));
		t.deepEqual(names(), []);
	});
}

test('three redirects are followed, also to another name, and not a fourth', async t => {
	const place = await createPlace(t);
	const {server, fetching} = place;
	for (const [from, to] of [
		['/4', '/3'],
		['/3', '2'],
		['/2', server.url('/1', '127.0.0.1')],
		['/1', '/file.txt'],
	] as const) {
		server.serve(from, {status: 307, location: to});
	}

	server.serve('/file.txt', {content: bytes});
	t.is((await fetchFile(fetching('/3'))).size, bytes.length);
	t.is((await failureOf(t, fetchFile(fetching('/4')))).code, 'redirect-refused');
	t.is(server.requests.length, 8);
});

test('a redirect in a circle ends', async t => {
	const {server, fetching} = await createPlace(t, {files: {'/a': {status: 301, location: '/a'}}});
	t.is((await failureOf(t, fetchFile(fetching('/a')))).code, 'redirect-refused');
	t.is(server.requests.length, 4);
});

test('no redirect leads away from https, to a user, or nowhere', async t => {
	const {server, fetching, names} = await createPlace(t, {files: {'/file': {content: bytes}}});
	for (const location of [
		`http://localhost:${server.plainPort}/file`,
		'file:///etc/passwd',
		'data:text/plain,hello',
		`https://romeo:pencil@localhost:${server.port}/file`,
		'https://',
		undefined,
	]) {
		server.serve('/a', {status: 302, ...(location === undefined ? {} : {location})});
		t.is((await failureOf(t, fetchFile(fetching('/a')))).code, 'redirect-refused', location);
	}

	t.true(server.requests.every(({path: seen}) => seen === '/a'));
	t.deepEqual(names(), []);
});

test('only https without a user is fetched', async t => {
	const {server, fetching} = await createPlace(t, {files: {'/a': {content: bytes}}});
	for (const url of [
		`http://localhost:${server.plainPort}/a`,
		'file:///etc/passwd',
		server.url('/a', 'romeo@localhost'),
		'',
	]) {
		t.is((await failureOf(t, fetchFile({...fetching('/a'), url}))).code, 'bad-file-address');
	}

	t.is(server.requests.length, 0);
});

test('a certificate that nobody vouches for, of another name or of yesterday gives nothing', async t => {
	const {fetching, certificates, names} = await createPlace(t);
	for (const certificate of [certificates.selfSigned, certificates.wrongName, certificates.expired]) {
		const other = await startFileServer({certificate, files: {'/a': {content: bytes}}});
		t.teardown(() => other.close());
		t.is((await failureOf(t, fetchFile({...fetching('/a'), url: other.url('/a')}))).code, 'tls-failed');
		t.is(other.requests.length, 0);
	}

	t.deepEqual(names(), []);
});

test('what is fetched by itself goes to no private address, whoever names it', async t => {
	const {server, fetching, names} = await createPlace(t, {files: {'/a': {content: bytes}}});
	const resolve = async (): Promise<readonly ResolvedAddress[]> => [{address: '127.0.0.1', family: 4}];
	for (const host of [
		'localhost',
		'127.0.0.1',
		'cloud.example.org',
		'[::1]',
		'[::ffff:127.0.0.1]',
		'0x7f.1',
		'2130706433',
	]) {
		const order = fetching('/a', {addresses: 'public-only', resolve});
		const error = await failureOf(t, fetchFile({...order, url: server.url('/a', host)}));
		t.is(error.code, 'unsafe-address', host);
		t.false(mayTryAgain(error));
	}

	t.is(server.requests.length, 0);
	t.deepEqual(names(), []);
});

test('each redirect is checked and looked up again', async t => {
	const {server, fetching} = await createPlace(t);
	server.serve('/a', {status: 302, location: server.url('/b', 'other.example.test')});
	server.serve('/b', {content: bytes});
	const asked: string[] = [];
	const resolve = async (host: string): Promise<readonly ResolvedAddress[]> => {
		asked.push(host);
		if (host === 'other.example.test') {
			throw Object.assign(new Error('lookup'), {code: 'ENOTFOUND'});
		}

		return [{address: '127.0.0.1', family: 4}];
	};
	const error = await failureOf(t, fetchFile(fetching('/a', {resolve})));
	t.is(error.code, 'no-such-host');
	t.regex(error.message, /other\.example\.test/);
	t.deepEqual(asked, ['localhost', 'other.example.test']);
});

test('a name is looked up once, and what was answered is connected to', async t => {
	const {server, fetching} = await createPlace(t, {files: {'/a': {content: bytes}}});
	let asked = 0;
	const resolve = async (): Promise<readonly ResolvedAddress[]> => {
		asked++;
		return [{address: asked === 1 ? '127.0.0.1' : '127.0.0.99', family: 4}];
	};
	const order = fetching('/a', {resolve});
	t.is((await fetchFile({...order, url: server.url('/a', 'rebinding.example.test')})).size, bytes.length);
	t.is(asked, 1);
	t.is(server.requests[0]?.headers.host, `rebinding.example.test:${server.port}`);
});

test('a server that says nothing more is given up after the time that is set', async t => {
	const {fetching, clock} = await createPlace(t, {
		files: {'/a': {content: bytes, stallAfter: 100_000}, '/never': () => undefined},
	});
	const error = await failureOf(
		t,
		fetchFile(
			fetching('/a', {
				patience: {idle: 30_000, total: 1e9},
				onProgress(done) {
					if (done === 100_000) {
						setImmediate(() => clock.advance(30_000));
					}
				},
			}),
		),
	);
	t.is(error.code, 'transfer-too-slow');
	t.true(mayTryAgain(error));
	t.is(clock.pending, 0);
});

test('one that never answers is given up too', async t => {
	const {server, fetching, clock, names} = await createPlace(t, {files: {'/a': () => undefined}});
	const failing = failureOf(t, fetchFile(fetching('/a')));
	await server.requested(1);
	clock.advance(30_000);
	t.is((await failing).code, 'transfer-too-slow');
	t.deepEqual(names(), []);
});

test('one that sends a byte now and then is given up by its pace', async t => {
	const place = await createPlace(t, {files: {'/a': {content: bytes, dripBytes: 10}}});
	const {server, clock} = place;
	let seconds = 0;
	const error = await failureOf(
		t,
		fetchFile(
			place.fetching('/a', {
				patience: {idle: 30_000, total: 1e9, pace: {bytes: 1000, within: 60_000}},
				onProgress() {
					seconds += 10;
					clock.advance(10_000);
					server.drip();
				},
			}),
		),
	);
	t.is(error.code, 'transfer-too-slow');
	t.is(seconds, 60);
});

test('and by the time that everything may take', async t => {
	const place = await createPlace(t, {files: {'/a': {content: bytes, dripBytes: 1000}}});
	const error = await failureOf(
		t,
		fetchFile(
			place.fetching('/a', {
				patience: {idle: 30_000, total: 100_000},
				onProgress() {
					place.clock.advance(10_000);
					place.server.drip();
				},
			}),
		),
	);
	t.is(error.code, 'transfer-too-slow');
});

test('a resolver that never answers does not hold whoever cancels', async t => {
	const {fetching, names} = await createPlace(t);
	const cancel = new AbortController();
	const failing = failureOf(
		t,
		fetchFile(fetching('/a', {resolve: () => new Promise(() => undefined), signal: cancel.signal})),
	);
	setImmediate(() => cancel.abort());
	t.is((await failing).code, 'cancelled');
	t.deepEqual(names(), []);
});

test('a connection that breaks leaves a part, and the next attempt goes on from there', async t => {
	const place = await createPlace(t, {
		files: {'/a.jpg': {content: bytes, lastModified: yesterday, stallAfter: 1_200_000, stalls: 1}},
	});
	const order = place.fetching('/a.jpg');
	const error = await cutAfter(t, place, order, 1_200_000);
	t.is(error.code, 'transfer-interrupted');
	t.true(mayTryAgain(error));
	const part = partOf(place) ?? '';
	t.deepEqual(place.names(), [path.basename(part)]);
	t.is(statSync(part).size, 1_200_000);
	t.is(statSync(part).mode & 0o777, 0o600);

	const told: number[] = [];
	const fetched = await fetchFile({...order, onProgress: done => void told.push(done)});
	t.is(fetched.sha256, sha256(bytes));
	t.true(readFileSync(fetched.path).equals(bytes));
	t.deepEqual(place.names(), ['a.jpg']);
	t.is(told[0], 1_200_000);
	const second = place.server.requests[1];
	t.is(second?.headers.range, 'bytes=1200000-');
	t.is(second?.headers['if-range'], yesterday);
});

test('an encrypted file goes on too, and its tag is over all of it', async t => {
	const key = newFileKey();
	const place = await createPlace(t, {
		files: {'/a.jpg': {content: encrypted(bytes, key), stallAfter: 700_000, stalls: 1}},
	});
	const order = place.fetching('/a.jpg', {key});
	t.is((await cutAfter(t, place, order, 700_000)).code, 'transfer-interrupted');
	t.is((await fetchFile(order)).sha256, sha256(bytes));
	t.is(place.server.requests[1]?.headers.range, 'bytes=700000-');
	t.deepEqual(place.names(), ['a.jpg']);
});

test('where the server cannot go on, all of it comes again', async t => {
	const place = await createPlace(t, {
		files: {'/a': {content: bytes, ranges: false, lastModified: yesterday, stallAfter: 700_000, stalls: 1}},
	});
	const order = place.fetching('/a', {sha256: sha256(bytes)});
	await cutAfter(t, place, order, 700_000);
	const told: number[] = [];
	t.is((await fetchFile({...order, onProgress: done => void told.push(done)})).size, bytes.length);
	t.is(told[0], 0);
});

test('a file that is another one by now comes from the beginning', async t => {
	const place = await createPlace(t, {
		files: {'/a': {content: bytes, lastModified: yesterday, stallAfter: 700_000, stalls: 1}},
	});
	const order = place.fetching('/a');
	await cutAfter(t, place, order, 700_000);
	const other = Buffer.from(bytes).reverse();
	place.server.serve('/a', {content: other, lastModified: 'Thu, 01 Jan 2026 10:00:00 GMT'});
	t.is((await fetchFile(order)).sha256, sha256(other));
});

test('a server that goes on with another file is not believed', async t => {
	const other = Buffer.from(bytes).reverse();
	const place = await createPlace(t, {
		files: {'/a': {content: bytes, lastModified: yesterday, stallAfter: 700_000, stalls: 1}},
	});
	const order = place.fetching('/a');
	await cutAfter(t, place, order, 700_000);
	place.server.serve('/a', response => {
		const from = place.server.requests.at(-1)?.headers.range === undefined ? 0 : 700_000;
		response.writeHead(from === 0 ? 200 : 206, {
			'Last-Modified': 'Thu, 01 Jan 2026 10:00:00 GMT',
			...(from === 0 ? {} : {'Content-Range': `bytes ${from}-${other.length - 1}/${other.length}`}),
		});
		response.end(other.subarray(from));
	});
	t.is((await fetchFile(order)).sha256, sha256(other));
	t.is(place.server.requests.length, 3);
});

test('what was put together of two files is found out by the hash, and fetched anew', async t => {
	const other = Buffer.from(bytes).reverse();
	const place = await createPlace(t, {files: {'/a': {content: bytes, stallAfter: 700_000, stalls: 1}}});
	const order = place.fetching('/a', {sha256: sha256(other)});
	await cutAfter(t, place, order, 700_000);
	place.server.serve('/a', {content: other});
	t.is((await fetchFile(order)).sha256, sha256(other));
	t.deepEqual(
		place.server.requests.map(({headers}) => headers.range),
		[undefined, 'bytes=700000-', undefined],
	);
	t.deepEqual(place.names(), ['a']);
});

for (const range of [
	'bytes 5-1999999/2000000',
	'bytes 700000-1999998/2000000',
	'bytes 700000-1999999/*',
	'lines 1-2/3',
	'',
]) {
	test(`a part that is not the one that was asked for is not taken: ${JSON.stringify(range)}`, async t => {
		const place = await createPlace(t, {
			files: {'/a': {content: bytes, lastModified: yesterday, stallAfter: 700_000, stalls: 1}},
		});
		const order = place.fetching('/a');
		await cutAfter(t, place, order, 700_000);
		place.server.serve('/a', response => {
			const isWhole = place.server.requests.at(-1)?.headers.range === undefined;
			response.writeHead(isWhole ? 200 : 206, {
				'Last-Modified': yesterday,
				...(isWhole ? {} : {'Content-Range': range}),
			});
			response.end(isWhole ? bytes : Buffer.alloc(1_300_000));
		});
		t.is((await fetchFile(order)).sha256, sha256(bytes));
	});
}

test('nothing is kept of a file of which nothing would tell that it changed', async t => {
	const place = await createPlace(t, {files: {'/a': {content: bytes, stallAfter: 700_000}}});
	await cutAfter(t, place, place.fetching('/a'), 700_000);
	t.deepEqual(place.names(), []);
});

test('an answer cut off by its server is not complete', async t => {
	const {fetching, names} = await createPlace(t, {files: {'/a': {content: bytes, announced: bytes.length + 1000}}});
	t.is((await failureOf(t, fetchFile(fetching('/a')))).code, 'transfer-interrupted');
	t.deepEqual(names(), []);
});

test('of an answer that is longer than it says the rest is not taken', async t => {
	const {fetching} = await createPlace(t, {files: {'/a': {content: bytes, announced: 1_000_000}}});
	const fetched = await fetchFile(fetching('/a'));
	t.is(fetched.size, 1_000_000);
	t.is((await failureOf(t, fetchFile(fetching('/a', {size: bytes.length})))).code, 'file-damaged');
});

test('where only the end of the connection ends it, a hash has to say that it was all', async t => {
	const {fetching, names} = await createPlace(t, {files: {'/a': {content: bytes, untilClose: true}}});
	t.is((await failureOf(t, fetchFile(fetching('/a')))).code, 'bad-file-answer');
	t.deepEqual(names(), []);
	t.is((await fetchFile(fetching('/a', {sha256: sha256(bytes)}))).size, bytes.length);
});

test('what is no HTTP is said to be none', async t => {
	const {fetching} = await createPlace(t, {
		files: {
			'/a': response => void response.socket?.end('220 smtp.example.org ESMTP\r\n'),
			'/b': response => void response.socket?.end(`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`),
			'/c': response => void response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n'),
			'/d': response =>
				void response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345'),
		},
	});
	for (const where of ['/a', '/b', '/c', '/d']) {
		t.is((await failureOf(t, fetchFile(fetching(where)))).code, 'bad-file-answer', where);
	}
});

test('who cancels keeps what is there, and may throw it away', async t => {
	const place = await createPlace(t, {files: {'/a': {content: bytes, lastModified: yesterday}}});
	const cancel = new AbortController();
	const order = place.fetching('/a', {
		signal: cancel.signal,
		onProgress(done) {
			if (done > 600_000) {
				cancel.abort();
			}
		},
	});
	t.is((await failureOf(t, fetchFile(order))).code, 'cancelled');
	t.truthy(partOf(place));
	await discardPart(order);
	t.deepEqual(place.names(), []);
	await discardPart(order);
});

test('a file that was complete and only not verified is not fetched again', async t => {
	const place = await createPlace(t, {files: {'/a': {content: bytes, lastModified: yesterday}}});
	const cancel = new AbortController();
	const order = place.fetching('/a', {sha256: sha256(bytes), size: bytes.length});
	const onProgress = (done: number) => (done === bytes.length ? cancel.abort() : undefined);
	t.is((await failureOf(t, fetchFile({...order, signal: cancel.signal, onProgress}))).code, 'cancelled');
	t.is((await fetchFile(order)).size, bytes.length);
	t.is(place.server.requests.length, 1);
});

test('a part that others can read, that is a link or has another name beside is left alone', async t => {
	const place = await createPlace(t, {
		files: {'/a': {content: bytes, lastModified: yesterday, stallAfter: 700_000, stalls: 1}},
	});
	const order = place.fetching('/a');
	await cutAfter(t, place, order, 700_000);
	const part = partOf(place) ?? '';
	chmodSync(part, 0o644);
	t.is((await fetchFile(order)).size, bytes.length);
	t.is(place.server.requests[1]?.headers.range, undefined);
	t.true(existsSync(part));
});

test('a link in the place of a part is not followed', async t => {
	const place = await createPlace(t, {
		files: {'/a': {content: bytes, lastModified: yesterday, stallAfter: 700_000, stalls: 1}},
	});
	const order = place.fetching('/a');
	await cutAfter(t, place, order, 700_000);
	const part = partOf(place) ?? '';
	const target = path.join(place.directory, 'diary');
	writeFileSync(target, 'dear diary', {mode: 0o600});
	utimesSync(target, 1, 1);
	unlinkSync(part);
	symlinkSync(target, part);
	t.is((await fetchFile(order)).size, bytes.length);
	t.is(readFileSync(target, 'utf8'), 'dear diary');
	t.true(lstatSync(part).isSymbolicLink());
});

test('nothing is overwritten: the next number is taken, links included', async t => {
	const {directory, fetching, names} = await createPlace(t, {files: {'/photo.jpg': {content: bytes}}});
	writeFileSync(path.join(directory, 'photo.jpg'), 'mine');
	symlinkSync('/nowhere/at/all', path.join(directory, 'photo-1.jpg'));
	mkdirSync(path.join(directory, 'photo-2.jpg'));
	const fetched = await fetchFile(fetching('/photo.jpg'));
	t.is(path.basename(fetched.path), 'photo-3.jpg');
	t.is(readFileSync(path.join(directory, 'photo.jpg'), 'utf8'), 'mine');
	t.is(names().length, 4);
});

test('two of the same name at the same time both get one', async t => {
	const {fetching, names} = await createPlace(t, {files: {'/photo.jpg': {content: bytes}}});
	const fetched = await Promise.all([1, 2, 3].map(() => fetchFile(fetching('/photo.jpg'))));
	t.is(new Set(fetched.map(({path: where}) => where)).size, 3);
	t.deepEqual(names(), ['photo-1.jpg', 'photo-2.jpg', 'photo.jpg']);
	t.true(fetched.every(({path: where}) => readFileSync(where).equals(bytes)));
});

test("the sender's name is made safe, and what the server calls it is not heard", async t => {
	const {directory, fetching, names} = await createPlace(t, {
		files: {
			'/a.bin': {
				content: bytes,
				mediaType: 'image/png',
				headers: {'Content-Disposition': 'attachment; filename="../../.bashrc"'},
			},
		},
	});
	const fetched = await fetchFile(fetching('/a.bin', {name: '../../.ssh/authorized_keys'}));
	t.is(fetched.path, path.join(directory, 'authorized_keys.png'));
	t.is(fetched.mediaType, 'image/png');
	await fetchFile(fetching('/a.bin'));
	t.deepEqual(names(), ['a.bin', 'authorized_keys.png']);
});

test('a directory that is not there, is none or cannot be written to is told in so many words', async t => {
	const {directory, fetching, server} = await createPlace(t, {files: {'/a': {content: bytes}}});
	const missing = path.join(directory, 'missing');
	const file = path.join(directory, 'file');
	writeFileSync(file, '');
	const absent = await failureOf(t, fetchFile(fetching('/a', {directory: missing})));
	t.is(absent.code, 'no-such-file');
	t.true(absent.message.includes(missing));
	t.is((await failureOf(t, fetchFile(fetching('/a', {directory: file})))).code, 'not-a-directory');
	const unwritable = await failureOf(t, fetchFile(fetching('/a', {directory: '/proc/self'})));
	t.true(['no-permission', 'no-such-file'].includes(unwritable.code), unwritable.code);
	t.is(server.requests.length, 0);
});

test('no error says where a file lies or what opens it', async t => {
	const key = newFileKey();
	const {fetching} = await createPlace(t, {files: {'/secret/a.jpg': {content: encrypted(bytes, key).subarray(0, -1)}}});
	const error = await failureOf(t, fetchFile(fetching('/secret/a.jpg', {key, name: 'b.jpg'})));
	const everything = `${error.stack}${error.hint}${JSON.stringify(error)}${String(error.cause)}`;
	t.false(everything.includes('secret'));
	t.false(everything.includes(key.key) || everything.includes(Buffer.from(key.key, 'base64').toString('hex')));
});

test('a name that moves the cursor does not reach the error', async t => {
	const {fetching} = await createPlace(t, {files: {'/a': {content: bytes}}});
	const error = await failureOf(t, fetchFile(fetching('/a', {name: '\u001B[2Jphoto\u202E.jpg', size: 1})));
	t.notRegex(error.message, /[\u0000-\u001F\u202E]/);
	t.deepEqual(readdirSync(fetching('/a').directory), []);
});
