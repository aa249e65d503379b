import type {ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import {profileWith} from '../client/profile.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer, type TestServer} from '../support/servers.js';
import {incoming, isPublished, online} from './encrypting.js';
import {clientOf, type Person, settingsAt} from './person.js';

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');
const friends = {
	juliet: [{jid: 'romeo@example.test', name: 'Romeo'}],
	romeo: [{jid: 'juliet@example.test', name: 'Juliet'}],
};
const onEveryServer = everyServer({accounts: {juliet: 'pencil', romeo: 'pencil'}, rosters: friends});

/** Both know each other's devices. */
async function acquainted(t: ExecutionContext, server: TestServer): Promise<readonly [Person, Person]> {
	const [hers, his] = [await online(t, server, juliet), await online(t, server, romeo)];
	await hers.saw.until('devices.changed', ({owner}) => owner === romeo);
	await his.saw.until('devices.changed', ({owner}) => owner === juliet);
	return [hers, his];
}

onEveryServer(
	'two people who have never written to each other do so encrypted, in both directions',
	async (t, serve) => {
		const server = await serve();
		const [hers, his] = await acquainted(t, server);

		const sent = await hers.actions.sendMessage({account: juliet, to: romeo, body: 'Wherefore art thou?'});
		const {message} = await his.saw.until('message.recorded', incoming('Wherefore art thou?'));
		t.like(message, {encryption: 'omemo', deviceTrust: 'blind'});
		await hers.saw.until('message.changed', ({change}) => change.key === sent.key && change.state === 'delivered');
		t.is(hers.storage.messages.get(sent.key)?.encryption, 'omemo');

		await his.actions.sendMessage({account: romeo, to: juliet, body: 'Here'});
		const answer = await hers.saw.until('message.recorded', incoming('Here'));
		t.is(answer.message.encryption, 'omemo');
		for (const body of ['Romeo', 'doff thy name']) {
			await hers.actions.sendMessage({account: juliet, to: romeo, body});
			const next = await his.saw.until('message.recorded', incoming(body));
			t.is(next.message.encryption, 'omemo');
		}

		const {buffers} = await hers.actions.snapshot({});
		t.is(buffers.find(({id}) => id === bufferId(juliet, 'chat', romeo))?.encryption, 'omemo');
	},
);

onEveryServer(
	'whoever writes to somebody for the first time sees that it is encrypted from then on',
	async (t, serve) => {
		const server = await serve({rosters: {}});
		const [hers, his] = [await online(t, server, juliet), await online(t, server, romeo)];
		await isPublished(his);
		const {id} = await hers.actions.openBuffer({account: juliet, jid: romeo});
		const sent = await hers.actions.sendMessage({account: juliet, to: romeo, body: 'Wherefore art thou?'});
		await hers.saw.until('message.changed', ({change}) => change.key === sent.key && change.state === 'acked');
		t.is(
			hers.saw
				.all('encryption.changed')
				.filter(({buffer}) => buffer === id)
				.at(-1)?.encryption,
			'omemo',
		);
	},
);

onEveryServer('everybody shows their own fingerprint as the other one shows it', async (t, serve) => {
	const server = await serve();
	const [hers, his] = await acquainted(t, server);
	await hers.actions.sendMessage({account: juliet, to: romeo, body: 'Ay me'});
	await his.saw.until('message.recorded', incoming('Ay me'));
	const [mine] = await hers.actions.listDevices({account: juliet});
	const [theirs] = await his.actions.listDevices({account: romeo, owner: juliet});
	t.like(mine, {isThis: true, active: true, trust: 'verified'});
	t.truthy(mine?.fingerprint);
	t.is(mine?.fingerprint, theirs?.fingerprint);
});

onEveryServer('the first message of a new device leaves after its keys are on the server', async (t, serve) => {
	const server = await serve();
	const his = await online(t, server, romeo);
	await isPublished(his);
	const hers = clientOf(t, server, juliet, await profileWith(t, [settingsAt(server, juliet)], {'omemo.default': 'on'}));
	await hers.actions.watchXml({on: true});
	await hers.actions.connect({account: juliet});
	const {key} = await hers.actions.sendMessage({account: juliet, to: romeo, body: 'Wherefore art thou?'});
	await hers.saw.until('message.changed', ({change}) => change.key === key && change.state === 'delivered');
	t.is(hers.storage.messages.get(key)?.encryption, 'omemo');

	const written = hers.saw.all('xml.passed').filter(({direction}) => direction === 'out');
	const message = written.findIndex(({name, text}) => name === 'message' && text.includes('<encrypted'));
	const lists = written.filter(({text}) =>
		/<publish [^>]*node="(eu.siacs.conversations.axolotl.devicelist|urn:xmpp:omemo:2:devices)"/.test(text),
	);
	t.is(lists.length, 2);
	t.true(lists.every(list => written.indexOf(list) < message));
});
