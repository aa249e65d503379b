/** OMEMO with python-omemo on slixmpp: people with several devices. */
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import {type Device, type OmemoVersion, omemoVersions, parseFingerprint} from '../../source/model/device.js';
import type {BareJid} from '../../source/shared/jid.js';
import {type OmemoPeer, startOmemoPeer} from '../support/peers/omemo-peer.js';
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

async function deviceOf(
	t: ExecutionContext,
	server: TestServer,
	localpart: string,
	...versions: readonly OmemoVersion[]
): Promise<OmemoPeer> {
	const peer = await startOmemoPeer(server, localpart, 'pencil', versions);
	t.teardown(peer.stop);
	return peer;
}

async function writes(hers: Person, body: string, to: BareJid = romeo): Promise<number> {
	return (await hers.actions.sendMessage({account: juliet, to, body})).key;
}

async function reads(hers: Person, body: string) {
	return (await hers.saw.until('message.recorded', incoming(body))).message;
}

const lists =
	(...ids: readonly number[]) =>
	(devices: readonly Device[]) =>
		ids.every(id => devices.some(device => device.id === id && device.active));

for (const version of omemoVersions) {
	onEveryServer(
		`${version}: a new device of a contact is written to without a word until one is verified, and then not before it is decided about`,
		async (t, serve) => {
			const server = await serve();
			const first = await deviceOf(t, server, 'romeo', version);
			const hers = await online(t, server, juliet);
			await writes(hers, 'To one device');
			await first.reads('To one device');

			const second = await deviceOf(t, server, 'romeo', version);
			await knows(hers, romeo, lists(first.device, second.device));
			await writes(hers, 'To two devices');
			await Promise.all([first, second].map(peer => peer.reads('To two devices')));
			await second.say(juliet, 'From the second');
			t.like(await reads(hers, 'From the second'), {device: second.device, deviceTrust: 'blind'});

			const fingerprint = parseFingerprint(first.fingerprint);
			t.truthy(fingerprint);
			if (fingerprint !== undefined) {
				await hers.actions.setTrust({account: juliet, owner: romeo, fingerprint, trust: 'verified'});
			}

			const third = await deviceOf(t, server, 'romeo', version);
			await knows(hers, romeo, lists(first.device, second.device, third.device));
			const waiting = await writes(hers, 'To those you trust');
			const {problem} = await hers.saw.until(
				'encryption.changed',
				({encryption, problem}) => encryption === 'unavailable' && problem !== undefined,
			);
			t.like(problem, {code: 'device-undecided'});
			t.is(hers.storage.messages.get(waiting)?.state, 'queued');
			const devices = await hers.actions.listDevices({account: juliet, owner: romeo});
			t.deepEqual(
				[first, second, third].map(({device}) => devices.find(({id}) => id === device)?.trust),
				['verified', 'blind', 'undecided'],
			);

			const undecided = devices.find(({id}) => id === third.device)?.fingerprint;
			t.is(`${undecided}`, third.fingerprint);
			if (undecided !== undefined) {
				await hers.actions.setTrust({account: juliet, owner: romeo, fingerprint: undecided, trust: 'trusted'});
			}

			const read = await Promise.all([first, second, third].map(peer => peer.reads('To those you trust')));
			t.is(read[0]?.addressed?.[version]?.length, 3);
		},
	);

	onEveryServer(`${version}: a device that is distrusted, or taken off the list, gets nothing`, async (t, serve) => {
		const server = await serve();
		const first = await deviceOf(t, server, 'romeo', version);
		const second = await deviceOf(t, server, 'romeo', version);
		const third = await deviceOf(t, server, 'romeo', version);
		const hers = await online(t, server, juliet);
		await writes(hers, 'To all three');
		await Promise.all([first, second, third].map(peer => peer.reads('To all three')));

		const fingerprint = parseFingerprint(second.fingerprint);
		t.truthy(fingerprint);
		if (fingerprint !== undefined) {
			await hers.actions.setTrust({account: juliet, owner: romeo, fingerprint, trust: 'distrusted'});
		}

		await third.retire();
		await knows(hers, romeo, devices => devices.some(({id, active}) => id === third.device && !active));
		await writes(hers, 'To the one that is left');
		t.deepEqual((await first.reads('To the one that is left')).addressed, {[version]: [first.device]});
		for (const peer of [second, third]) {
			t.like(await peer.sees(({what}) => what === 'unreadable'), {reason: 'MessageNotForUs'});
		}
	});

	onEveryServer(
		`${version}: own devices read what the other one writes and gets, and notes to oneself`,
		async (t, serve) => {
			const server = await serve();
			const peer = await deviceOf(t, server, 'romeo', version);
			const other = await deviceOf(t, server, 'juliet', version);
			const hers = await online(t, server, juliet);
			await isPublished(hers);
			const third = await online(t, server, juliet);
			await isPublished(third);
			await hers.saw.until('notice', ({text}) => text.includes('new device'));

			await writes(hers, 'From one of hers');
			await Promise.all([peer.reads('From one of hers'), other.reads('From one of hers')]);
			t.like((await third.saw.until('message.recorded', outgoing('From one of hers'))).message, {encryption: 'omemo'});

			await other.refresh(juliet);
			await other.say(romeo, 'From another of hers');
			for (const device of [hers, third]) {
				const {message} = await device.saw.until('message.recorded', outgoing('From another of hers'));
				t.like(message, {
					encryption: 'omemo',
					device: other.device,
					via: 'carbon',
					buffer: bufferId(juliet, 'chat', romeo),
				});
			}

			await peer.refresh(juliet);
			await peer.say(juliet, 'To all of hers');
			await Promise.all([reads(hers, 'To all of hers'), reads(third, 'To all of hers'), other.reads('To all of hers')]);

			const note = await writes(hers, 'A note to herself', juliet);
			t.like(await other.reads('A note to herself'), {from: juliet, version});
			await third.saw.until('message.recorded', ({message}) => message.body === 'A note to herself');
			t.is(hers.storage.messages.get(note)?.encryption, 'omemo');
			t.false(peer.all().some(({body}) => body === 'A note to herself'));
		},
	);

	onEveryServer(`${version}: what came while it was offline is read once and in order`, async (t, serve) => {
		const server = await serve();
		const peer = await deviceOf(t, server, 'romeo', version);
		const hers = await online(t, server, juliet);
		await isPublished(hers);
		const other = await online(t, server, juliet);
		await isPublished(other);
		await writes(hers, 'Good night');
		await peer.reads('Good night');
		await hers.actions.disconnect({account: juliet});

		const bodies: string[] = [];
		for (let number = 1; number <= 12; number++) {
			const body = `Missed ${number}`;
			bodies.push(body);
			if (number % 3 === 0) {
				await writes(other, body);
				await peer.reads(body);
			} else {
				await peer.say(juliet, body);
				await reads(other, body);
			}
		}

		const page = () =>
			hers.storage.messages
				.page(bufferId(juliet, 'chat', romeo), {limit: 100})
				.map(({body, encryption}) => (encryption === 'omemo' ? body : `in clear: ${body}`));
		await hers.actions.connect({account: juliet});
		await hers.saw.until('message.recorded', ({message}) => message.body === 'Missed 12');
		t.deepEqual(page(), ['Good night', ...bodies]);

		await hers.actions.disconnect({account: juliet});
		await hers.actions.connect({account: juliet});
		await peer.say(juliet, 'Anon!');
		await reads(hers, 'Anon!');
		t.deepEqual(page(), ['Good night', ...bodies, 'Anon!']);
		await writes(hers, 'By and by, I come');
		await peer.reads('By and by, I come');
		t.is(peer.all().filter(({what}) => what === 'unreadable').length, 0);
	});

	onEveryServer(
		`${version}: restored keys are the same identity on another device, and know whom to trust`,
		async (t, serve) => {
			const server = await serve();
			const peer = await deviceOf(t, server, 'romeo', version);
			const hers = await online(t, server, juliet);
			await writes(hers, 'Before');
			const {device: former} = await peer.reads('Before');
			const fingerprint = parseFingerprint(peer.fingerprint);
			t.truthy(fingerprint);
			if (fingerprint !== undefined) {
				await hers.actions.setTrust({account: juliet, owner: romeo, fingerprint, trust: 'verified'});
			}

			const directory = await mkdtemp(path.join(tmpdir(), 'xmppc-backup-'));
			t.teardown(() => rm(directory, {recursive: true}));
			const file = {account: juliet, path: path.join(directory, 'keys'), passphrase: 'a rose by any other name'};
			const [before] = await hers.actions.listDevices({account: juliet});
			await hers.actions.exportKeys(file);
			await hers.stop();

			const restored = await online(t, server, juliet);
			const device = await restored.actions.importKeys(file);
			t.is(device.fingerprint, before?.fingerprint);
			t.not(device.id, former);
			await restored.actions.sendMessage({account: juliet, to: romeo, body: 'After'});
			t.is((await peer.reads('After')).device, device.id);
			await peer.refresh(juliet);
			await peer.say(juliet, 'Thy voice');
			t.like(await reads(restored, 'Thy voice'), {encryption: 'omemo', deviceTrust: 'verified'});
		},
	);
}
