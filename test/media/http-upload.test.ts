/** Files on their way to a server (XEP-0363; `protocol.md` §4.4, row 81). */
import {createDecipheriv} from 'node:crypto';
import {appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {newFileKey} from '../../source/media/file-cipher.js';
import {putFile, uploadSize} from '../../source/media/http-upload.js';
import {mayTryAgain} from '../../source/media/transfer-problems.js';
import {type FileServerOptions, startFileServer} from '../support/file-server.js';
import {content, createPlace, failureOf, type Place, sha256} from './files.js';

async function withFile(
	t: ExecutionContext,
	bytes: Buffer,
	takes: FileServerOptions['takes'] = {},
): Promise<Place & {readonly file: string}> {
	const place = await createPlace(t, {takes});
	const file = path.join(place.directory, 'photo.jpg');
	writeFileSync(file, bytes);
	return {...place, file};
}

test('a file arrives as it is, with its exact length and type', async t => {
	const bytes = content(3_000_001);
	const {server, file, putting} = await withFile(t, bytes);
	const put = await putFile(putting('/slot/a', file, bytes.length, {mediaType: 'image/jpeg'}));
	t.deepEqual(put, {size: bytes.length, sha256: sha256(bytes)});
	t.true(server.stored.get('/slot/a')?.equals(bytes));
	const [seen] = server.requests;
	t.is(seen?.method, 'PUT');
	t.is(seen?.headers['content-length'], '3000001');
	t.is(seen?.headers['content-type'], 'image/jpeg');
	t.is(seen?.headers['transfer-encoding'], undefined);
});

test('an empty file arrives too', async t => {
	const {server, file, putting} = await withFile(t, Buffer.alloc(0));
	t.is((await putFile(putting('/a', file, 0))).sha256, sha256(Buffer.alloc(0)));
	t.is(server.stored.get('/a')?.length, 0);
	t.is(server.requests[0]?.headers['content-length'], '0');
});

test('with a key it leaves encrypted, the tag behind it, and both hashes are known', async t => {
	const bytes = content(1_500_000);
	const key = newFileKey();
	const {server, file, putting} = await withFile(t, bytes);
	const put = await putFile(putting('/a', file, bytes.length, {key}));
	const stored = server.stored.get('/a') ?? Buffer.alloc(0);
	t.deepEqual(put, {size: uploadSize(bytes.length, true), sha256: sha256(bytes), cipherSha256: sha256(stored)});
	t.is(stored.length, bytes.length + 16);
	const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key.key, 'base64'), Buffer.from(key.iv, 'base64'));
	const clear = Buffer.concat([decipher.update(stored.subarray(0, -16))]);
	decipher.setAuthTag(stored.subarray(-16)).final();
	t.true(clear.equals(bytes));
});

test('every key is new and as long as it has to be', t => {
	const one = newFileKey();
	t.is(Buffer.from(one.key, 'base64').length, 32);
	t.is(Buffer.from(one.iv, 'base64').length, 12);
	t.notDeepEqual(newFileKey(), one);
});

test('of the headers of a slot only the three of XEP-0363 are sent', async t => {
	const {server, file, putting} = await withFile(t, content(10));
	const headers = [
		{name: 'Authorization', value: 'Basic Base64String=='},
		{name: 'COOKIE', value: 'foo=bar; user=romeo'},
		{name: 'expires', value: 'Thu, 01 Jan 2026 00:00:00 GMT'},
		{name: 'X-Other', value: 'no'},
		{name: 'Host', value: 'evil.example'},
		{name: 'Content-Length', value: '5'},
		{name: 'Transfer-Encoding', value: 'chunked'},
	];
	await putFile(putting('/a', file, 10, {headers}));
	const seen = server.requests[0]?.headers ?? {};
	t.is(seen.authorization, 'Basic Base64String==');
	t.is(seen.cookie, 'foo=bar; user=romeo');
	t.is(seen.expires, 'Thu, 01 Jan 2026 00:00:00 GMT');
	t.is(seen['x-other'], undefined);
	t.is(seen.host, `localhost:${server.port}`);
	t.is(seen['content-length'], '10');
});

for (const value of ['a\r\nX-Evil: 1', 'a\nb', 'a\rb', 'a\0b', 'ключ', 'a'.repeat(9000)]) {
	test(`a slot with a header that cannot be one is refused: ${JSON.stringify(value.slice(0, 20))}`, async t => {
		const {server, file, putting} = await withFile(t, content(10));
		const error = await failureOf(t, putFile(putting('/a', file, 10, {headers: [{name: 'Cookie', value}]})));
		t.is(error.code, 'bad-slot');
		t.false(error.message.includes(value));
		t.is(server.requests.length, 0);
	});
}

test('nothing is sent but over https, nor with a name and password in the address', async t => {
	const {server, file, putting} = await withFile(t, content(10));
	for (const url of [
		`http://localhost:${server.plainPort}/a`,
		`file://${file}`,
		`ftp://localhost/a`,
		`https://romeo:pencil@localhost:${server.port}/a`,
		'nonsense',
	]) {
		const error = await failureOf(t, putFile({...putting('/a', file, 10), url}));
		t.is(error.code, 'bad-file-address');
		t.false(`${error.message}${error.hint}`.includes('pencil'));
	}

	t.is(server.requests.length, 0);
});

test('a certificate that nobody vouches for, of another name or of yesterday gets nothing', async t => {
	const {file, putting, certificates} = await withFile(t, content(10));
	for (const certificate of [certificates.selfSigned, certificates.wrongName, certificates.expired]) {
		const other = await startFileServer({certificate});
		t.teardown(() => other.close());
		const error = await failureOf(t, putFile({...putting('/a', file, 10), url: other.url('/a')}));
		t.is(error.code, 'tls-failed');
		t.is(other.requests.length, 0);
	}
});

const answers: ReadonlyArray<readonly [number, string, boolean]> = [
	[413, 'file-too-large', false],
	[401, 'upload-expired', true],
	[403, 'upload-expired', true],
	[404, 'upload-expired', true],
	[410, 'upload-expired', true],
	[507, 'upload-quota', true],
	[500, 'file-server-busy', true],
	[503, 'file-server-busy', true],
	[429, 'file-server-busy', true],
	[400, 'file-refused', false],
	[204, 'file-refused', false],
];

for (const [status, code, again] of answers) {
	test(`the answer ${status} is ${code}`, async t => {
		const {file, putting} = await withFile(t, content(10), {'/a': {status}});
		const error = await failureOf(t, putFile(putting('/a', file, 10)));
		t.is(error.code, code);
		t.is(mayTryAgain(error), again && status !== 507);
		t.true((error.hint ?? '').length > 0);
	});
}

test('200 is as good as 201', async t => {
	const {file, putting} = await withFile(t, content(10), {'/a': {status: 200}});
	t.is((await putFile(putting('/a', file, 10))).size, 10);
});

for (const status of [301, 302, 307, 308]) {
	test(`PUT follows no redirect: ${status}`, async t => {
		const {server, file, putting} = await withFile(t, content(10), {'/a': {status, location: '/b'}});
		t.is((await failureOf(t, putFile(putting('/a', file, 10)))).code, 'file-refused');
		t.deepEqual(
			server.requests.map(({path: seen}) => seen),
			['/a'],
		);
	});
}

test('an answer of a hundred megabytes is not read', async t => {
	const {server, file, putting} = await withFile(t, content(10), {
		'/a': {answerBytes: 100_000_000},
		'/b': {answerBytes: 10},
	});
	t.is((await putFile(putting('/b', file, 10))).size, 10);
	t.is(server.answerBytes, 10);
	t.is((await putFile(putting('/a', file, 10))).size, 10);
	t.true(server.answerBytes < 50_000_000, 'only what fits into the buffers on the way left');
});

test('a server that says no before it has everything is heard', async t => {
	const bytes = content(20_000_000);
	const {server, file, putting} = await withFile(t, bytes, {'/a': {status: 413, statusAfter: 100_000}});
	t.is((await failureOf(t, putFile(putting('/a', file, bytes.length)))).code, 'file-too-large');
	t.false(server.stored.has('/a'));
});

test('one that says yes before it has everything is not believed', async t => {
	const bytes = content(20_000_000);
	const {file, putting} = await withFile(t, bytes, {'/a': {status: 201, statusAfter: 100_000}});
	t.is((await failureOf(t, putFile(putting('/a', file, bytes.length)))).code, 'bad-file-answer');
});

test('a connection that breaks is worth another attempt', async t => {
	const bytes = content(20_000_000);
	const {file, putting} = await withFile(t, bytes, {'/a': {resetAfter: 100_000}});
	const error = await failureOf(t, putFile(putting('/a', file, bytes.length)));
	t.is(error.code, 'transfer-interrupted');
	t.true(mayTryAgain(error));
	t.regex(error.message, /localhost/);
});

test('where nothing listens the error says so', async t => {
	const {server, file, putting} = await withFile(t, content(10));
	const order = putting('/a', file, 10);
	await server.close();
	const error = await failureOf(t, putFile(order));
	t.is(error.code, 'connection-refused');
	t.true(mayTryAgain(error));
});

test('bytes are told as they leave, up to the last one', async t => {
	const bytes = content(2_000_000);
	const {file, putting} = await withFile(t, bytes);
	const told: number[] = [];
	await putFile(
		putting('/a', file, bytes.length, {
			key: newFileKey(),
			onProgress(done, total) {
				t.is(total, bytes.length + 16);
				told.push(done);
			},
		}),
	);
	t.deepEqual(
		told,
		[...told].sort((a, b) => a - b),
	);
	t.is(told.at(-1), bytes.length + 16);
	t.true(told.length > 10);
});

test('a server that reads nothing any more is given up after the time that is set', async t => {
	const bytes = content(50_000_000);
	const {file, putting, clock} = await withFile(t, bytes, {'/a': {stallAfter: 100_000}});
	const putPromise = putFile(
		putting('/a', file, bytes.length, {
			onProgress: () => undefined,
			patience: {idle: 60_000, total: 1e9, answer: 300_000},
		}),
	);
	const failing = failureOf(t, putPromise);
	// Whatever fits into the buffers leaves in between; then nothing does.
	const ticking = setInterval(() => clock.advance(30_000), 50);
	t.teardown(() => clearInterval(ticking));
	const error = await failing;
	t.is(error.code, 'transfer-too-slow');
	t.true(mayTryAgain(error));
	t.is(clock.pending, 0);
});

test('a server that has everything may take its time to answer, up to an end', async t => {
	const {server, file, putting, clock} = await withFile(t, content(10), {'/a': {silent: true}});
	const failing = failureOf(
		t,
		putFile(putting('/a', file, 10, {patience: {idle: 60_000, total: 1e9, answer: 300_000}})),
	);
	while (!server.stored.has('/a')) {
		await new Promise(resolve => setImmediate(resolve));
	}

	let isOver = false;
	void failing.then(() => {
		isOver = true;
	});
	clock.advance(299_000);
	await new Promise(resolve => setImmediate(resolve));
	t.false(isOver);
	clock.advance(1001);
	t.is((await failing).code, 'transfer-too-slow');
});

test('whoever cancels stops it at once, and the server has no file', async t => {
	const bytes = content(20_000_000);
	const {server, file, putting} = await withFile(t, bytes);
	const cancel = new AbortController();
	const error = await failureOf(
		t,
		putFile(putting('/a', file, bytes.length, {signal: cancel.signal, onProgress: () => cancel.abort()})),
	);
	t.is(error.code, 'cancelled');
	t.false(mayTryAgain(error));
	t.false(server.stored.has('/a'));
	t.is((await failureOf(t, putFile(putting('/b', file, bytes.length, {signal: cancel.signal})))).code, 'cancelled');
});

for (const [how, change] of [
	['grows', (file: string) => appendFileSync(file, 'x')],
	['shrinks', (file: string) => truncateSync(file, 4_000_000)],
	['is emptied', (file: string) => truncateSync(file, 0)],
] as const) {
	test(`a file that ${how} meanwhile never arrives`, async t => {
		const bytes = content(10_000_000);
		const {server, file, putting} = await withFile(t, bytes);
		let isChanged = false;
		const error = await failureOf(
			t,
			putFile(
				putting('/a', file, bytes.length, {
					onProgress() {
						if (!isChanged) {
							isChanged = true;
							change(file);
						}
					},
				}),
			),
		);
		t.is(error.code, 'file-changed');
		t.false(server.stored.has('/a'));
	});
}

test('a file that has another size than the slot is not sent', async t => {
	const {server, file, putting} = await withFile(t, content(10));
	t.is((await failureOf(t, putFile(putting('/a', file, 11)))).code, 'file-changed');
	t.is(server.requests.length, 0);
});

test('what is no file is refused, and what is not there, each in its own words', async t => {
	const {directory, putting, server} = await withFile(t, content(10));
	const folder = path.join(directory, 'folder');
	mkdirSync(folder);
	t.is((await failureOf(t, putFile(putting('/a', folder, 10)))).code, 'not-a-file');
	t.is((await failureOf(t, putFile(putting('/a', path.join(directory, 'nothing'), 10)))).code, 'no-such-file');
	t.is((await failureOf(t, putFile(putting('/a', '/dev/null', 0)))).code, 'not-a-file');
	t.is(server.requests.length, 0);
});

test('no error says the key, a header or the path of the slot', async t => {
	const bytes = content(1000);
	const key = newFileKey();
	const {file, putting} = await withFile(t, bytes, {'/secret-slot': {status: 403}});
	const headers = [{name: 'Authorization', value: 'secret-token'}];
	const error = await failureOf(t, putFile(putting('/secret-slot', file, 1000, {key, headers})));
	const everything = `${error.stack}${error.message}${error.hint}${JSON.stringify(error)}${String(error.cause)}`;
	t.notRegex(everything, /secret/);
	t.false(everything.includes(key.key));
});

test('the file itself stays as it was', async t => {
	const bytes = content(100_000);
	const {file, putting} = await withFile(t, bytes);
	await putFile(putting('/a', file, bytes.length, {key: newFileKey()}));
	t.true(readFileSync(file).equals(bytes));
});
