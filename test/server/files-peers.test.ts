/** Files exchanged with profanity 0.13, in clear and encrypted, and with go-sendxmpp. */
import {randomBytes} from 'node:crypto';
import {chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';
import type {Message} from '../../source/model/message.js';
import {configureGoSendxmpp} from '../support/peers/go-sendxmpp.js';
import {type Profanity, startProfanity} from '../support/peers/profanity.js';
import {startEncryptingProfanity} from '../support/peers/profanity-omemo.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer} from '../support/servers.js';
import {online as encrypting, isPublished} from './encrypting.js';
import {online, type Person} from './person.js';

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');
const onEveryServer = everyServer({
	accounts: {juliet: 'pencil', romeo: 'pencil'},
	rosters: {juliet: [{jid: romeo}], romeo: [{jid: juliet}]},
	uploads: true,
});

/** A directory with a picture of sorts in it, that other people's programs can read too. */
function withPicture(t: ExecutionContext) {
	const directory = mkdtempSync(path.join(tmpdir(), 'xmppc-files-'));
	t.teardown(() => rmSync(directory, {recursive: true, force: true}));
	chmodSync(directory, 0o755);
	const file = path.join(directory, 'balcony.png');
	const bytes = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), randomBytes(40_000)]);
	writeFileSync(file, bytes);
	return {directory, file, bytes};
}

const brought = async ({saw}: Person): Promise<Message> => {
	const {message} = await saw.until('message.recorded', ({message: {attachments}}) => attachments !== undefined);
	return message;
};

async function saved(hers: Person, {key}: Message, directory: string): Promise<Buffer> {
	const {path: found} = await hers.actions.downloadFile({key, path: path.join(directory, 'hers.png')});
	return readFileSync(found);
}

/** Lets profanity get the file whose address is the newest it was sent. */
async function fetchedBy(profanity: Profanity, address: string, target: string): Promise<Buffer> {
	profanity.enter(`/url save ${address} ${target}`);
	for (const end = performance.now() + 30_000; performance.now() < end; await sleep(100)) {
		if (existsSync(target) && /[Dd]ownloaded|done|decrypted/u.test(profanity.terminal.text())) {
			return readFileSync(target);
		}
	}

	throw new Error(`profanity did not get ${address}:\n${profanity.terminal.text()}`);
}

onEveryServer('a file of go-sendxmpp is one here, and got as it was', async (t, serve) => {
	const server = await serve();
	const {directory, file, bytes} = withPicture(t);
	const hers = await online(t, server, juliet);
	const his = configureGoSendxmpp(server, 'romeo', 'pencil');
	t.teardown(his.remove);
	t.deepEqual(await his.sendFile(juliet, file), {status: 0, errors: ''});
	const message = await brought(hers);
	t.is(message.attachments?.[0]?.name, 'balcony.png');
	t.regex(message.body, /image.*balcony\.png/u);
	t.deepEqual(await saved(hers, message, directory), bytes);
});

onEveryServer('files go both ways with profanity, in clear', async (t, serve) => {
	const server = await serve();
	const {directory, file, bytes} = withPicture(t);
	const profanity = await startProfanity(server, 'romeo', 'pencil', {columns: 200, rows: 40});
	t.teardown(profanity.stop);
	const hers = await online(t, server, juliet);
	await profanity.opens(juliet);
	profanity.enter(`/sendfile ${file}`);
	const message = await brought(hers);
	t.is(message.attachments?.[0]?.key, undefined);
	t.deepEqual(await saved(hers, message, directory), bytes);

	const {messages} = await hers.actions.sendFiles({account: juliet, to: romeo, files: [{path: file}]});
	const {url = ''} = hers.storage.messages.get(messages[0] ?? 0)?.attachments?.[0] ?? {};
	await profanity.terminal.shows(screen => screen.replaceAll(/\s+/gu, '').includes(url));
	t.deepEqual(await fetchedBy(profanity, url, path.join(directory, 'his.png')), bytes);
});

onEveryServer('files go both ways with profanity, encrypted', async (t, serve) => {
	const server = await serve();
	const {directory, file, bytes} = withPicture(t);
	const profanity = await startEncryptingProfanity(server, 'romeo', 'pencil', {columns: 240, rows: 40});
	t.teardown(profanity.stop);
	const hers = await encrypting(t, server, juliet);
	await isPublished(hers);
	await profanity.encrypts(juliet);
	await profanity.says('Shall I hear more?');
	profanity.enter(`/sendfile ${file}`);
	const message = await brought(hers);
	t.is(message.encryption, 'omemo');
	t.truthy(message.attachments?.[0]?.key);
	t.deepEqual(await saved(hers, message, directory), bytes);

	await hers.actions.sendFiles({account: juliet, to: romeo, files: [{path: file}]});
	const address = /aesgcm:\/\/\S+#[0-9a-f]{88}/u;
	await profanity.terminal.shows(screen => address.test(screen.replaceAll(/\n\s*/gu, '')));
	const [found = ''] =
		profanity.terminal.text().replaceAll(/\n\s*/gu, '').match(new RegExp(address, 'gu'))?.slice(-1) ?? [];
	t.deepEqual(await fetchedBy(profanity, found, path.join(directory, 'his.png')), bytes);
});
