/** OMEMO with profanity 0.13, a program of others that speaks the legacy version. */
import type {ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import {type EncryptingProfanity, startEncryptingProfanity} from '../support/peers/profanity-omemo.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer, type TestServer} from '../support/servers.js';
import {incoming, isPublished, knows, online, outgoing} from './encrypting.js';
import type {Person} from './person.js';

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');
const onEveryServer = everyServer({
	accounts: {juliet: 'pencil', romeo: 'pencil'},
	rosters: {juliet: [{jid: romeo}], romeo: [{jid: juliet}]},
});

async function profanityOf(t: ExecutionContext, server: TestServer, localpart: string): Promise<EncryptingProfanity> {
	const profanity = await startEncryptingProfanity(server, localpart, 'pencil');
	t.teardown(profanity.stop);
	return profanity;
}

async function writes(hers: Person, body: string): Promise<void> {
	await hers.actions.sendMessage({account: juliet, to: romeo, body});
}

async function reads(hers: Person, body: string) {
	return (await hers.saw.until('message.recorded', incoming(body))).message;
}

onEveryServer('profanity reads the first message from here, and its answers are read here', async (t, serve) => {
	const server = await serve();
	const profanity = await profanityOf(t, server, 'romeo');
	const hers = await online(t, server, juliet);
	await writes(hers, 'Wherefore art thou? Ça va, 日本');
	await profanity.encrypts(juliet);
	await profanity.terminal.shows('Wherefore art thou? Ça va, 日本');

	await profanity.says('Shall I hear more? Ça va, 日本');
	const message = await reads(hers, 'Shall I hear more? Ça va, 日本');
	t.like(message, {encryption: 'omemo', device: profanity.device, deviceTrust: 'blind'});
	for (const round of [1, 2, 3]) {
		await writes(hers, `Deny thy father ${round}`);
		await profanity.terminal.shows(`Deny thy father ${round}`);
		await profanity.says(`I take thee at thy word ${round}`);
		await reads(hers, `I take thee at thy word ${round}`);
	}
});

onEveryServer('the first message of profanity is read here, and what is answered there', async (t, serve) => {
	const server = await serve();
	const hers = await online(t, server, juliet);
	await isPublished(hers);
	const profanity = await profanityOf(t, server, 'romeo');
	await profanity.encrypts(juliet);
	await profanity.says('O, wilt thou leave me so unsatisfied?');
	t.like(await reads(hers, 'O, wilt thou leave me so unsatisfied?'), {
		encryption: 'omemo',
		device: profanity.device,
	});
	await writes(hers, 'What satisfaction canst thou have?');
	await profanity.terminal.shows('What satisfaction canst thou have?');
	profanity.enter(`aesgcm://upload.example.test/vow.jpg#${'c0ffee00'.repeat(11)}`);
	const {attachments} = await reads(hers, '[image vow.jpg]');
	t.like(attachments?.[0], {url: 'https://upload.example.test/vow.jpg', name: 'vow.jpg'});
});

onEveryServer('profanity and this program read each other after sixty messages one way', async (t, serve) => {
	const server = await serve();
	const profanity = await profanityOf(t, server, 'romeo');
	const hers = await online(t, server, juliet);
	await isPublished(hers);
	await profanity.encrypts(juliet);
	for (let number = 1; number <= 60; number++) {
		await profanity.says(`his ${number}.`);
		await reads(hers, `his ${number}.`);
	}

	for (let number = 1; number <= 60; number++) {
		await writes(hers, `hers ${number}`);
		await profanity.terminal.shows(`hers ${number}`);
	}

	await profanity.says('his last');
	t.like(await reads(hers, 'his last'), {encryption: 'omemo', device: profanity.device});
});

onEveryServer(
	'profanity as another device of the account reads what goes out here, and the reverse',
	async (t, serve) => {
		const server = await serve();
		const his = await online(t, server, romeo);
		await isPublished(his);
		const hers = await online(t, server, juliet);
		await isPublished(hers);
		const profanity = await profanityOf(t, server, 'juliet');
		await knows(hers, juliet, devices => devices.some(({id, active}) => id === profanity.device && active));
		await knows(his, juliet, devices => devices.some(({id, active}) => id === profanity.device && active));
		await profanity.encrypts(romeo);

		await writes(hers, 'From one of hers');
		t.like(await reads(his, 'From one of hers'), {encryption: 'omemo'});
		await profanity.terminal.shows('From one of hers');
		await his.actions.sendMessage({account: romeo, to: juliet, body: 'To both of hers'});
		await reads(hers, 'To both of hers');
		await profanity.terminal.shows('To both of hers');

		await profanity.says('From the other one');
		t.like(await reads(his, 'From the other one'), {encryption: 'omemo', device: profanity.device});
		const {message} = await hers.saw.until('message.recorded', outgoing('From the other one'));
		t.like(message, {encryption: 'omemo', device: profanity.device, buffer: bufferId(juliet, 'chat', romeo)});
	},
);
