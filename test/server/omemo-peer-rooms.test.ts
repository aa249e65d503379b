/** OMEMO with python-omemo on slixmpp and with profanity, in rooms for members only that hide nobody. */
import type {ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import {omemoVersions} from '../../source/model/device.js';
import type {BareJid} from '../../source/shared/jid.js';
import {startOmemoPeer} from '../support/peers/omemo-peer.js';
import {startEncryptingProfanity} from '../support/peers/profanity-omemo.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer, type TestServer} from '../support/servers.js';
import {incoming, isPublished, online} from './encrypting.js';
import type {Person} from './person.js';

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');
const nurse = addressOf('nurse@example.test');
const onEveryServer = everyServer({accounts: {juliet: 'pencil', romeo: 'pencil', nurse: 'pencil'}});

/** A room of hers, with members. */
async function roomOf(hers: Person, server: TestServer, members: readonly BareJid[]): Promise<BareJid> {
	const room = addressOf(`den@${server.roomDomain}`);
	const place = {account: juliet, room};
	await hers.actions.joinRoom({...place, nick: 'Juliet', reserved: true});
	const answers = {'muc#roomconfig_membersonly': ['1'], 'muc#roomconfig_whois': ['anyone']};
	await hers.actions.configureRoom({...place, answers});
	await hers.saw.until(
		'room.changed',
		({room: {features}}) => features.membersOnly === true && features.nonAnonymous === true,
	);
	for (const jid of members) {
		await hers.actions.setAffiliation({...place, jid, affiliation: 'member'});
	}

	return room;
}

/** Says something in the room and resolves with its key when the room has said it. */
async function says(hers: Person, room: BareJid, body: string): Promise<number> {
	const {key} = await hers.actions.sendMessage({account: juliet, to: room, body, kind: 'groupchat'});
	await hers.saw.until('message.changed', ({change}) => change.key === key && change.state === 'delivered');
	return key;
}

async function hers(t: ExecutionContext, server: TestServer): Promise<Person> {
	const person = await online(t, server, juliet);
	await isPublished(person);
	return person;
}

for (const version of omemoVersions) {
	onEveryServer(
		`${version}: a private room is encrypted for its members, those who are not there read it in its archive`,
		async (t, serve) => {
			const server = await serve();
			const present = await startOmemoPeer(server, 'romeo', 'pencil', [version]);
			t.teardown(present.stop);
			const absent = await startOmemoPeer(server, 'nurse', 'pencil', [version]);
			t.teardown(absent.stop);
			await absent.offline();
			const juliets = await hers(t, server);
			const room = await roomOf(juliets, server, [romeo, nurse]);
			await present.join(room, 'Romeo');
			await present.sees(({what, nick}) => what === 'there' && nick === 'Juliet');

			const first = await says(juliets, room, 'Is all well?');
			t.is(juliets.storage.messages.get(first)?.encryption, 'omemo');
			const read = await present.reads('Is all well?');
			t.deepEqual(
				read.addressed?.[version],
				[present.device, absent.device].toSorted((one, other) => one - other),
			);
			await says(juliets, room, 'Quickly');
			await present.reads('Quickly');
			await present.say(room, 'All is well', {for: [juliet, nurse], type: 'groupchat'});
			const {message} = await juliets.saw.until('message.recorded', incoming('All is well'));
			t.like(message, {encryption: 'omemo', device: present.device, kind: 'groupchat'});

			await absent.online();
			await absent.join(room, 'Nurse');
			await absent.sees(({what, nick}) => what === 'there' && nick === 'Juliet');
			await absent.readArchive(room);
			for (const [body, from] of [
				['Is all well?', juliet],
				['Quickly', juliet],
				['All is well', romeo],
			]) {
				t.like(await absent.reads(`${body}`), {from, version});
			}

			await absent.say(room, 'Madam!', {for: [juliet, romeo], type: 'groupchat'});
			t.like((await juliets.saw.until('message.recorded', incoming('Madam!'))).message, {device: absent.device});
			await present.reads('Madam!');
		},
	);

	onEveryServer(
		`${version}: whoever stops being a member gets nothing of what is said next, and whoever becomes one gets it`,
		async (t, serve) => {
			const server = await serve();
			const [his, nurses] = [
				await startOmemoPeer(server, 'romeo', 'pencil', [version]),
				await startOmemoPeer(server, 'nurse', 'pencil', [version]),
			];
			t.teardown(his.stop);
			t.teardown(nurses.stop);
			const juliets = await hers(t, server);
			const room = await roomOf(juliets, server, [romeo]);
			const place = {account: juliet, room};
			await his.join(room, 'Romeo');
			await his.sees(({what, nick}) => what === 'there' && nick === 'Juliet');
			await says(juliets, room, 'For him');
			t.deepEqual((await his.reads('For him')).addressed, {[version]: [his.device]});

			await juliets.actions.setAffiliation({...place, jid: nurse, affiliation: 'member'});
			await juliets.actions.setAffiliation({...place, jid: romeo, affiliation: 'none'});
			await nurses.join(room, 'Nurse');
			await nurses.sees(({what, nick}) => what === 'there' && nick === 'Juliet');
			await says(juliets, room, 'For her');
			t.deepEqual((await nurses.reads('For her')).addressed, {[version]: [nurses.device]});
			t.false(his.all().some(({body}) => body === 'For her'));
		},
	);
}

onEveryServer('a room that is private no more gets nothing until the person says so', async (t, serve) => {
	const server = await serve();
	const his = await startOmemoPeer(server, 'romeo', 'pencil', ['legacy']);
	t.teardown(his.stop);
	const juliets = await hers(t, server);
	const room = await roomOf(juliets, server, [romeo]);
	const place = {account: juliet, room};
	await his.join(room, 'Romeo');
	await his.sees(({what, nick}) => what === 'there' && nick === 'Juliet');
	await says(juliets, room, 'Between us');
	await his.reads('Between us');

	await juliets.actions.configureRoom({...place, answers: {'muc#roomconfig_membersonly': ['0']}});
	await juliets.saw.until('room.changed', ({room: {features}}) => features.membersOnly === false);
	const {key} = await juliets.actions.sendMessage({
		account: juliet,
		to: room,
		body: 'For everybody?',
		kind: 'groupchat',
	});
	const {problem} = await juliets.saw.until(
		'encryption.changed',
		({buffer, encryption}) => buffer === bufferId(juliet, 'room', room) && encryption === 'unavailable',
	);
	t.like(problem, {code: 'readers-unknown'});
	await his.write(room, 'What man art thou?', 'groupchat');
	const {message} = await juliets.saw.until('message.recorded', incoming('What man art thou?'));
	t.true(message.unprotected);
	t.is(juliets.storage.messages.get(key)?.state, 'queued');
	t.false(his.all().some(({body}) => body === 'For everybody?'));

	await juliets.actions.configureRoom({...place, answers: {'muc#roomconfig_membersonly': ['1']}});
	t.like(await his.reads('For everybody?'), {version: 'legacy'});
});

onEveryServer('profanity in a private room reads what is said here, and is read', async (t, serve) => {
	// It shows its devices only to those it lets see its presence.
	const acquaintances = [juliet, romeo, nurse].map(jid => ({jid}));
	const server = await serve({rosters: {juliet: acquaintances, romeo: acquaintances, nurse: acquaintances}});
	const profanity = await startEncryptingProfanity(server, 'romeo', 'pencil');
	t.teardown(profanity.stop);
	const absent = await startOmemoPeer(server, 'nurse', 'pencil', ['legacy']);
	t.teardown(absent.stop);
	const juliets = await hers(t, server);
	const room = await roomOf(juliets, server, [romeo, nurse]);
	profanity.enter(`/join ${room} nick Romeo`);
	await profanity.terminal.shows('You have joined the room as Romeo');
	await juliets.saw.until('occupant.changed', ({occupant}) => occupant.nick === 'Romeo');
	await profanity.encryptsRoom();

	await says(juliets, room, 'Is all well? Ça va, 日本');
	await profanity.terminal.shows('Is all well? Ça va, 日本');
	profanity.enter('All is well, 日本');
	const {message} = await juliets.saw.until('message.recorded', incoming('All is well, 日本'));
	t.like(message, {encryption: 'omemo', device: profanity.device, kind: 'groupchat'});
	await says(juliets, room, 'I come, anon');
	await profanity.terminal.shows('I come, anon');

	await absent.join(room, 'Nurse');
	await absent.sees(({what, nick}) => what === 'there' && nick === 'Juliet');
	await absent.readArchive(room);
	t.like(await absent.reads('Is all well? Ça va, 日本'), {from: juliet});
	t.like(await absent.reads('All is well, 日本'), {from: romeo});
});
