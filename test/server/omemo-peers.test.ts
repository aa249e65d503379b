/** OMEMO with python-omemo on slixmpp, programs of others that speak both versions: two people. */
import type {ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import {type OmemoVersion, omemoVersions} from '../../source/model/device.js';
import {type OmemoPeer, startOmemoPeer} from '../support/peers/omemo-peer.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer, type TestServer} from '../support/servers.js';
import {incoming, isPublished, online} from './encrypting.js';
import type {Person} from './person.js';

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');
const onEveryServer = everyServer({
	accounts: {juliet: 'pencil', romeo: 'pencil'},
	rosters: {juliet: [{jid: romeo}], romeo: [{jid: juliet}]},
});

async function romeoOn(
	t: ExecutionContext,
	server: TestServer,
	...versions: readonly OmemoVersion[]
): Promise<OmemoPeer> {
	const peer = await startOmemoPeer(server, 'romeo', 'pencil', versions);
	t.teardown(peer.stop);
	return peer;
}

async function writes(hers: Person, body: string): Promise<number> {
	return (await hers.actions.sendMessage({account: juliet, to: romeo, body})).key;
}

async function reads(hers: Person, body: string) {
	return (await hers.saw.until('message.recorded', incoming(body))).message;
}

/** Both have read something of the other, so that there is a session both ways. */
async function acquainted(t: ExecutionContext, server: TestServer, version: OmemoVersion) {
	const peer = await romeoOn(t, server, version);
	const hers = await online(t, server, juliet);
	await writes(hers, 'Wherefore art thou?');
	await peer.reads('Wherefore art thou?');
	await peer.say(juliet, 'Here');
	await reads(hers, 'Here');
	return {peer, hers};
}

/** What she has read of him, in the order in which it stands there. */
function heardBy(hers: Person): readonly string[] {
	return hers.storage.messages
		.page(bufferId(juliet, 'chat', romeo), {limit: 500})
		.filter(({direction}) => direction === 'incoming')
		.map(({body}) => body);
}

for (const version of omemoVersions) {
	onEveryServer(`${version}: the first message goes either way, and so do the answers`, async (t, serve) => {
		const server = await serve();
		const peer = await romeoOn(t, server, version);
		const hers = await online(t, server, juliet);
		const first = await writes(hers, 'Wherefore art thou? Ça va, 日本');
		t.like(await peer.reads('Wherefore art thou? Ça va, 日本'), {version, from: juliet, via: 'live', marks: [version]});
		t.is(hers.storage.messages.get(first)?.encryption, 'omemo');

		await peer.say(juliet, 'Shall I hear more? Ça va, 日本');
		const message = await reads(hers, 'Shall I hear more? Ça va, 日本');
		t.like(message, {encryption: 'omemo', device: peer.device, deviceTrust: 'blind'});
		for (const round of [1, 2, 3]) {
			await writes(hers, `Deny thy father ${round}`);
			await peer.reads(`Deny thy father ${round}`);
			await peer.say(juliet, `I take thee at thy word ${round}`);
			await reads(hers, `I take thee at thy word ${round}`);
		}
	});

	onEveryServer(`${version}: who is written to first may be the one who writes first`, async (t, serve) => {
		const server = await serve();
		const hers = await online(t, server, juliet);
		await isPublished(hers);
		const peer = await romeoOn(t, server, version);
		await peer.say(juliet, 'O, wilt thou leave me so unsatisfied?');
		t.like(await reads(hers, 'O, wilt thou leave me so unsatisfied?'), {encryption: 'omemo', device: peer.device});
		// The session is complete before she has written a word.
		await peer.sees(({what, from}) => what === 'empty' && from === juliet);
		await writes(hers, 'What satisfaction canst thou have?');
		t.like(await peer.reads('What satisfaction canst thou have?'), {version});
	});

	onEveryServer(`${version}: of 200 messages those that arrive are read, whichever are lost`, async (t, serve) => {
		const server = await serve();
		const {peer, hers} = await acquainted(t, server, version);
		const sent: string[] = ['Here'];
		const received: string[] = [];
		for (let round = 0; round < 20; round++) {
			for (let part = 0; part < 5; part++) {
				const body = `his ${round}.${part}`;
				const isLost = (round + part) % 3 === 0;
				await peer.say(juliet, body, isLost ? {keep: 'for ever'} : {});
				if (!isLost) {
					sent.push(body);
				}
			}

			await reads(hers, sent.at(-1) ?? '');
			// Each second time all that she writes is lost.
			const isDeaf = round % 2 === 1;
			await peer.ignore(isDeaf);
			const lost = peer.all().filter(({what}) => what === 'lost').length;
			for (let part = 0; part < 5; part++) {
				const body = `hers ${round}.${part}`;
				await writes(hers, body);
				if (!isDeaf) {
					received.push(body);
					await peer.reads(body);
				}
			}

			await peer.sees(() => !isDeaf || peer.all().filter(({what}) => what === 'lost').length >= lost + 5);
			await peer.ignore(false);
		}

		await writes(hers, 'Good night');
		await peer.reads('Good night');
		t.deepEqual(heardBy(hers), sent);
		const read = peer.all().filter(({what, body}) => what === 'read' && body?.startsWith('hers') === true);
		t.deepEqual(
			read.map(({body}) => body),
			received,
		);
		t.is(peer.all().filter(({what}) => what === 'unreadable').length, 0);
	});

	onEveryServer(
		`${version}: what was written to a device that was away is read when it comes back`,
		async (t, serve) => {
			const server = await serve();
			const peer = await romeoOn(t, server, version);
			await peer.offline();
			const hers = await online(t, server, juliet);
			const bodies = ['Three words', 'dear Romeo', 'and good night indeed'];
			for (const body of bodies) {
				const key = await writes(hers, body);
				await hers.saw.until('message.changed', ({change}) => change.key === key && change.state === 'acked');
				t.is(hers.storage.messages.get(key)?.encryption, 'omemo');
			}

			await peer.online();
			for (const body of bodies) {
				await peer.reads(body);
			}

			await peer.say(juliet, 'So thrive my soul');
			await reads(hers, 'So thrive my soul');
			await writes(hers, 'A thousand times good night');
			await peer.reads('A thousand times good night');
			t.is(peer.all().filter(({what}) => what === 'unreadable').length, 0);
		},
	);

	onEveryServer(`${version}: two who write their first message at the same time read both`, async (t, serve) => {
		const server = await serve();
		const hers = await online(t, server, juliet);
		await isPublished(hers);
		const peer = await romeoOn(t, server, version);
		await peer.pause(true);
		await peer.say(juliet, 'his, first', {keep: 'for later'});
		const key = await writes(hers, 'hers, first');
		await hers.saw.until('message.changed', ({change}) => change.key === key && change.state === 'acked');
		await peer.release();
		await reads(hers, 'his, first');
		await peer.pause(false);
		await peer.reads('hers, first');

		// His library keeps the session of her message only, and says so by what he writes next.
		await peer.say(juliet, 'his, second');
		await reads(hers, 'his, second');
		for (const round of [1, 2, 3]) {
			await writes(hers, `hers, ${round}`);
			await peer.reads(`hers, ${round}`);
			await peer.say(juliet, `his, ${round}`);
			await reads(hers, `his, ${round}`);
		}

		// An empty message in the session that he has not kept says nothing to anybody.
		t.false(peer.all().some(({what, marks = []}) => what === 'unreadable' && marks.length > 0));
	});

	onEveryServer(`${version}: whoever only listens gives a sign of life after 53 messages`, async (t, serve) => {
		const server = await serve();
		const {peer, hers} = await acquainted(t, server, version);
		const signs = () => peer.all().filter(({what}) => what === 'empty').length;
		const before = signs();
		for (let number = 1; number <= 60; number++) {
			await peer.say(juliet, `his ${number}`);
		}

		await reads(hers, 'his 60');
		await peer.sees(() => signs() > before);

		for (let number = 1; number <= 60; number++) {
			await writes(hers, `hers ${number}`);
		}

		await peer.reads('hers 60');
		await peer.say(juliet, 'his last');
		await reads(hers, 'his last');
		// His own signs of life are nothing that anybody wrote.
		t.is(heardBy(hers).length, 62);
	});

	onEveryServer(`${version}: an address with a key in it is a file, either way`, async (t, serve) => {
		const server = await serve();
		const {peer, hers} = await acquainted(t, server, version);
		const link = `aesgcm://upload.example.test/balcony.jpg#${'0123456789ab'.repeat(2)}${'c0ffee11'.repeat(8)}`;
		await peer.say(juliet, link);
		const {attachments = [], ...message} = await reads(hers, '[image balcony.jpg]');
		t.like(message, {encryption: 'omemo', kind: 'chat'});
		t.like(attachments[0], {url: 'https://upload.example.test/balcony.jpg', name: 'balcony.jpg'});

		const [attachment] = attachments;
		t.not(attachment, undefined);
		await hers.actions.sendMessage({account: juliet, to: romeo, body: '', ...(attachment && {attachment})});
		await peer.reads(link);
	});
}

onEveryServer('omemo2: the envelope says who wrote it to whom and when, and is padded', async (t, serve) => {
	const server = await serve();
	const {peer, hers} = await acquainted(t, server, 'omemo2');
	await writes(hers, 'Yes');
	const {envelope, fallback} = await peer.reads('Yes');
	t.like(envelope, {from: juliet, to: romeo});
	t.regex(envelope?.time ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
	t.true((envelope?.bytes ?? 0) >= 512);
	t.is(fallback, null);
	await writes(hers, 'No');
	t.not((await peer.reads('No')).envelope?.rpad, envelope?.rpad);
});

onEveryServer('omemo2: an envelope that was made for others is not shown', async (t, serve) => {
	const server = await serve();
	const {peer, hers} = await acquainted(t, server, 'omemo2');
	await peer.say(juliet, 'I am the Prince', {envelope: {from: 'escalus@example.test'}});
	await hers.saw.until('message.recorded', ({message}) => /written by somebody else/.test(message.body));
	await peer.say(juliet, 'For the Nurse', {envelope: {to: 'nurse@example.test'}});
	await hers.saw.until('message.recorded', ({message}) => /written to somebody else/.test(message.body));
	await peer.say(juliet, 'For whoever reads it', {envelope: {from: null, to: null}});
	await reads(hers, 'For whoever reads it');
	t.false(heardBy(hers).some(body => /Prince|Nurse/.test(body)));
});

onEveryServer('devices of either version get one stanza, each of them once', async (t, serve) => {
	const server = await serve();
	const old = await romeoOn(t, server, 'legacy');
	const modern = await romeoOn(t, server, 'omemo2');
	const versed = await romeoOn(t, server, 'legacy', 'omemo2');
	const hers = await online(t, server, juliet);
	await writes(hers, 'To all of you');
	const read = await Promise.all([old, modern, versed].map(peer => peer.reads('To all of you')));
	const addressed = {
		legacy: [old.device, versed.device].toSorted((one, other) => one - other),
		omemo2: [modern.device],
	};
	for (const each of read) {
		t.deepEqual(each.addressed, addressed);
		t.deepEqual(each.marks, ['legacy', 'omemo2']);
	}

	for (const peer of [old, modern, versed]) {
		const body = `From ${peer.device}`;
		await peer.say(juliet, body);
		t.like(await reads(hers, body), {encryption: 'omemo', device: peer.device});
	}

	await writes(hers, 'Again');
	for (const peer of [old, modern, versed]) {
		t.deepEqual((await peer.reads('Again')).addressed, addressed);
	}
});
