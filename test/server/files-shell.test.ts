/** Files from a shell: `xmppc upload`, `xmppc download` and `xmppc send --file`, alone and through a client that runs. */
import {createHash, randomBytes} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {startStaying} from '../support/peers/staying.js';
import {makeXmppcAccount, type Xmppc} from '../support/peers/xmppc.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer, type TestServer} from '../support/servers.js';
import {online as encrypting, isPublished} from './encrypting.js';
import {online} from './person.js';

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');
const accounts = {juliet: 'pencil', romeo: 'pencil'};
const onEveryServer = everyServer({
	accounts,
	rosters: {juliet: [{jid: romeo, name: 'Romeo'}], romeo: [{jid: juliet, name: 'Juliet'}]},
	uploads: true,
});

async function julietAt(t: ExecutionContext, server: TestServer): Promise<Xmppc> {
	const xmppc = await makeXmppcAccount(server, 'juliet', accounts.juliet, {directTls: true});
	t.teardown(xmppc.remove);
	return xmppc;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

onEveryServer('what is uploaded is downloaded from the address that is printed, encrypted or not', async (t, serve) => {
	const server = await serve();
	const xmppc = await julietAt(t, server);
	const bytes = randomBytes(500_000);
	const file = path.join(xmppc.home.directory, 'orchard.bin');
	writeFileSync(file, bytes);
	for (const [options, scheme] of [
		[[], 'https:'],
		[['--encrypt'], 'aesgcm:'],
	] as const) {
		const uploaded = await xmppc.run(['upload', ...options, file]);
		t.is(uploaded.errors, '');
		t.is(uploaded.status, 0);
		const [address = '', ...more] = uploaded.output.trimEnd().split('\n');
		t.deepEqual(more, []);
		t.true(address.startsWith(scheme), address);
		const into = path.join(xmppc.home.directory, `from-${options.length}`);
		const named = await xmppc.run(['download', '--output', into, address]);
		t.deepEqual(named, {...named, status: 0, errors: '', output: `${into}\n`});
		t.is(sha256(readFileSync(into)), sha256(bytes));
		const again = await xmppc.run(['download', '--output', into, address]);
		t.is(again.status, 77);
		t.regex(again.errors, /not overwritten/);
		t.is(sha256(readFileSync(into)), sha256(bytes));
	}
});

onEveryServer('what cannot be uploaded or downloaded is said, and nothing is left behind', async (t, serve) => {
	const server = await serve();
	const xmppc = await julietAt(t, server);
	const missing = await xmppc.run(['upload', path.join(xmppc.home.directory, 'none')]);
	t.is(missing.status, 66);
	t.regex(missing.errors, /There is no file .*none/);
	const strange = await xmppc.run(['download', 'ftp://example.test/a']);
	t.is(strange.status, 65);
	const file = path.join(xmppc.home.directory, 'orchard.bin');
	writeFileSync(file, randomBytes(1000));
	const {output: out} = await xmppc.run(['upload', '--encrypt', file]);
	const address = out.trim();
	// Another key: what lies there is not what the address says.
	const forged = `${address.slice(0, -4)}${address.endsWith('0000') ? '1111' : '0000'}`;
	const into = path.join(xmppc.home.directory, 'forged.bin');
	const refused = await xmppc.run(['download', '--output', into, forged]);
	t.not(refused.status, 0);
	t.false(existsSync(into));
	t.false(refused.errors.includes('#'), 'no key is printed');
	t.deepEqual(
		readdirSync(xmppc.home.directory).filter(name => name.includes('forged')),
		[],
	);
});

for (const way of ['alone', 'through a daemon'] as const) {
	onEveryServer(`a file and its caption are sent in clear, ${way}`, async (t, serve) => {
		const server = await serve();
		const his = await online(t, server, romeo);
		const xmppc = await julietAt(t, server);
		if (way === 'through a daemon') {
			const daemon = startStaying(xmppc, ['daemon']);
			t.teardown(() => daemon.end('SIGKILL'));
			await daemon.says(/is connected/);
		}

		const file = path.join(xmppc.home.directory, 'letter.txt');
		writeFileSync(file, 'Good night, good night!\n');
		const sent = await xmppc.run(['send', '--omemo', 'off', '--file', file, romeo, 'Parting is such sweet sorrow']);
		t.is(sent.errors, '');
		t.is(sent.status, 0);
		const {message} = await his.saw.until('message.recorded', ({message: {attachments}}) => attachments !== undefined);
		t.like(message.attachments?.[0], {name: 'letter.txt', mediaType: 'text/plain', size: 24});
		await his.saw.until('message.recorded', ({message: {body}}) => body === 'Parting is such sweet sorrow');
		const saved = await his.actions.downloadFile({key: message.key, path: path.join(xmppc.home.directory, 'his.txt')});
		t.is(readFileSync(saved.path, 'utf8'), 'Good night, good night!\n');
	});
}

onEveryServer('where encryption is wanted the file goes out encrypted, or not at all', async (t, serve) => {
	const server = await serve();
	const xmppc = await julietAt(t, server);
	const file = path.join(xmppc.home.directory, 'letter.txt');
	writeFileSync(file, 'Good night, good night!\n');
	const nobody = await xmppc.run(['send', '--omemo', 'require', '--timeout', '5', '--file', file, romeo]);
	t.not(nobody.status, 0);
	t.false(server.log().includes('letter.txt'));
	const his = await encrypting(t, server, romeo);
	await isPublished(his);
	const sent = await xmppc.run(['send', '--omemo', 'require', '--file', file, romeo]);
	t.is(sent.errors, '');
	t.is(sent.status, 0);
	const {message} = await his.saw.until('message.recorded', ({message: {attachments}}) => attachments !== undefined);
	t.is(message.encryption, 'omemo');
	t.truthy(message.attachments?.[0]?.key);
	const saved = await his.actions.downloadFile({key: message.key, path: path.join(xmppc.home.directory, 'his.txt')});
	t.is(readFileSync(saved.path, 'utf8'), 'Good night, good night!\n');
});
