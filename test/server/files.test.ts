/** Files at real servers: put there, sent, got back, in clear and encrypted. */
import {randomBytes} from 'node:crypto';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import type {Message} from '../../source/model/message.js';
import type {BareJid} from '../../source/shared/jid.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer} from '../support/servers.js';
import {online as encrypting, isPublished} from './encrypting.js';
import {online, type Person} from './person.js';

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');
const onEveryServer = everyServer({
	accounts: {juliet: 'pencil', romeo: 'pencil'},
	rosters: {juliet: [{jid: romeo, name: 'Romeo'}], romeo: [{jid: juliet, name: 'Juliet'}]},
	uploads: true,
});

function folder(t: ExecutionContext): string {
	const directory = mkdtempSync(path.join(tmpdir(), 'xmppc-files-'));
	t.teardown(() => rmSync(directory, {recursive: true, force: true}));
	return directory;
}

const brought = async ({saw}: Person): Promise<Message> => {
	const {message} = await saw.until('message.recorded', ({message: {attachments}}) => attachments !== undefined);
	return message;
};

const send = async (who: Person, to: BareJid, file: string) => {
	const {messages} = await who.actions.sendFiles({account: who.jid, to, files: [{path: file}]});
	return messages[0] ?? 0;
};

onEveryServer('a file is put at the server, sent, and got back as it was', async (t, serve) => {
	const server = await serve();
	const directory = folder(t);
	const file = path.join(directory, 'balcony by night.png');
	const bytes = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), randomBytes(300_000)]);
	writeFileSync(file, bytes);
	const his = await online(t, server, romeo);
	const hers = await online(t, server, juliet);

	const key = await send(his, juliet, file);
	const own = his.storage.messages.get(key);
	t.like(own?.attachments?.[0], {name: 'balcony by night.png', mediaType: 'image/png', size: bytes.length});
	const message = await brought(hers);
	t.like(message.attachments?.[0], {name: 'balcony by night.png', mediaType: 'image/png', size: bytes.length});
	t.regex(message.body, /balcony by night\.png/);

	const target = folder(t);
	const saved = await hers.actions.downloadFile({key: message.key, path: target});
	t.is(saved.path, path.join(target, 'balcony by night.png'));
	t.false(saved.isRisky);
	t.deepEqual(readFileSync(saved.path), bytes);
	const again = await hers.actions.downloadFile({key: message.key, path: target});
	t.not(again.path, saved.path);
	t.deepEqual(readdirSync(target).toSorted(), [path.basename(again.path), path.basename(saved.path)].toSorted());
	t.is(his.saw.all('transfer.changed').at(-1)?.transfer.state, 'done');
});

onEveryServer(
	'where it is encrypted the server gets neither the file nor its name, and nothing of the key',
	async (t, serve) => {
		const server = await serve();
		const directory = folder(t);
		const file = path.join(directory, 'letter.txt');
		const text = 'My bounty is as boundless as the sea, my love as deep.\n'.repeat(2000);
		writeFileSync(file, text);
		const his = await encrypting(t, server, romeo);
		const hers = await encrypting(t, server, juliet);
		await isPublished(his);
		await isPublished(hers);

		await send(his, juliet, file);
		const message = await brought(hers);
		t.is(message.encryption, 'omemo');
		const [attachment] = message.attachments ?? [];
		t.truthy(attachment?.key);
		t.false(message.body.includes(attachment?.key?.key ?? '') || message.body.includes('aesgcm'));
		t.false(attachment?.url?.includes('letter'));
		const {path: saved} = await hers.actions.downloadFile({key: message.key, path: directory});
		t.is(readFileSync(saved, 'utf8'), text);
		t.false(server.log().includes('boundless'));
	},
);

onEveryServer('a file that is too large, or is not there, is refused before anything is sent', async (t, serve) => {
	const server = await serve();
	const directory = folder(t);
	const his = await online(t, server, romeo);
	const large = path.join(directory, 'large.bin');
	writeFileSync(large, Buffer.alloc(100_000_001));
	await t.throwsAsync(send(his, juliet, large), {code: 'file-too-large'});
	await t.throwsAsync(send(his, juliet, path.join(directory, 'none')), {code: 'no-such-file'});
	await t.throwsAsync(send(his, juliet, directory), {code: 'not-a-file'});
	t.is(his.saw.all('message.recorded').length, 0);
	t.false(existsSync(path.join(directory, 'none')));
});

onEveryServer('of several files one that is refused does not keep the others back', async (t, serve) => {
	const server = await serve();
	const directory = folder(t);
	const his = await online(t, server, romeo);
	const [small, large, last] = ['one.txt', 'large.bin', 'two.txt'].map(name => path.join(directory, name));
	writeFileSync(small ?? '', 'one');
	writeFileSync(large ?? '', Buffer.alloc(100_000_001));
	writeFileSync(last ?? '', 'two');
	const files = [small, large, last].map((file = '') => ({path: file}));
	await t.throwsAsync(his.actions.sendFiles({account: romeo, to: juliet, files, caption: 'Both'}), {
		code: 'file-too-large',
	});
	t.deepEqual(
		his.saw.all('message.recorded').map(({message}) => message.attachments?.[0]?.name ?? message.body),
		['one.txt', 'two.txt', 'Both'],
	);
	t.deepEqual(
		[...new Map(his.saw.all('transfer.changed').map(({transfer}) => [transfer.name, transfer.state]))],
		[
			['one.txt', 'done'],
			['large.bin', 'failed'],
			['two.txt', 'done'],
		],
	);
});
