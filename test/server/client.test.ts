import type {ExecutionContext} from 'ava';
import {type Client, createClient} from '../../source/client/actions.js';
import {sendOnce} from '../../source/client/one-shot.js';
import type {AccountSettings} from '../../source/model/account.js';
import {bufferId} from '../../source/model/buffer.js';
import {systemClock} from '../../source/shared/clock.js';
import type {BareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {type Profile, profileWith} from '../client/profile.js';
import {type Recorder, record} from '../client/recorder.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer, type TestServer} from '../support/servers.js';

// Every test has a server of its own: one after the other, so that they do not race for ports.

const friends = {
	juliet: [{jid: 'romeo@example.test', name: 'Romeo'}],
	romeo: [{jid: 'juliet@example.test', name: 'Juliet'}],
};
const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');

const onEveryServer = everyServer({accounts: {juliet: 'pencil', romeo: 'pencil'}, rosters: friends});

type Person = Client & Profile & {readonly saw: Recorder; readonly jid: BareJid};

function settingsAt(server: TestServer, jid: BareJid): Omit<AccountSettings, 'enabled' | 'secrets'> {
	return {jid, host: '127.0.0.1', port: server.port, tlsCa: server.caFile};
}

/** A client over a profile, not started yet. */
function clientOf(t: ExecutionContext, server: TestServer, jid: BareJid, profile: Profile): Person {
	const client = createClient({...profile, clock: systemClock, log: silentLog, resolver: server.resolver});
	t.teardown(() => client.stop());
	return {...profile, ...client, jid, saw: record(client.events)};
}

/** Somebody who is online. */
async function online(t: ExecutionContext, server: TestServer, jid: BareJid): Promise<Person> {
	const person = clientOf(t, server, jid, await profileWith(t, [settingsAt(server, jid)]));
	await person.actions.connect({account: jid});
	return person;
}

onEveryServer('two people chat in both directions, with receipts', async (t, serve) => {
	const server = await serve();
	const [hers, his] = [await online(t, server, juliet), await online(t, server, romeo)];
	await hers.saw.until('presence.changed', ({jid}) => jid === romeo);

	const sent = await hers.actions.sendMessage({account: juliet, to: romeo, body: 'Wherefore art thou?'});
	const {message} = await his.saw.until('message.recorded');
	t.is(message.body, 'Wherefore art thou?');
	t.is(message.id, sent.id);
	t.is(message.originId, sent.id);
	t.is(message.direction, 'incoming');
	t.truthy(message.archiveId);
	await hers.saw.until('message.changed', ({change}) => change.key === sent.key && change.state === 'acked');
	await hers.saw.until('message.changed', ({change}) => change.key === sent.key && change.state === 'delivered');

	await his.actions.sendMessage({account: romeo, to: juliet, body: 'Here'});
	const answer = await hers.saw.until('message.recorded', ({message}) => message.direction === 'incoming');
	t.is(answer.message.body, 'Here');
	const unread = await hers.saw.until('buffer.unread', ({unread}) => unread === 1);
	t.is(unread.buffer, bufferId(juliet, 'chat', romeo));
});

onEveryServer('what one resource sends and receives the other one shows too', async (t, serve) => {
	const server = await serve();
	const [desk, pocket] = [await online(t, server, juliet), await online(t, server, juliet)];
	const his = await online(t, server, romeo);
	await pocket.saw.until('presence.changed', ({jid}) => jid === romeo);

	await desk.actions.sendMessage({account: juliet, to: romeo, body: 'From the desk'});
	const copy = await pocket.saw.until('message.recorded');
	t.like(copy.message, {body: 'From the desk', direction: 'outgoing', via: 'carbon', state: 'acked'});

	// To a full JID, so that only one resource is written to.
	const {message} = await his.saw.until('message.recorded');
	await his.actions.sendMessage({account: romeo, to: message.author, body: 'To the desk only'});
	const there = await desk.saw.until('message.recorded', ({message}) => message.direction === 'incoming');
	const also = await pocket.saw.until('message.recorded', ({message}) => message.direction === 'incoming');
	t.like(there.message, {body: 'To the desk only', via: 'live'});
	t.like(also.message, {body: 'To the desk only', via: 'carbon'});
	t.is(also.message.archiveId, there.message.archiveId);
});

onEveryServer('two strangers become contacts', async (t, serve, {preApproves}) => {
	const server = await serve({rosters: {}});
	const [hers, his] = [await online(t, server, juliet), await online(t, server, romeo)];

	await hers.actions.addContact({account: juliet, jid: romeo, name: 'Romeo', groups: ['Verona']});
	const {request} = await his.saw.until('subscription.requested');
	t.is(request.jid, juliet);
	await his.actions.acceptSubscription({account: romeo, jid: juliet});
	await his.saw.until('subscription.resolved');
	await hers.saw.until('presence.changed', ({jid, resources}) => jid === romeo && resources.length === 1);
	await hers.saw.until('notice', ({text}) => text.includes('lets you see'));

	await his.actions.addContact({account: romeo, jid: juliet});
	if (!preApproves) {
		await hers.saw.until('subscription.requested');
		await hers.actions.acceptSubscription({account: juliet, jid: romeo});
	}

	await his.saw.until('contact.changed', ({contact}) => contact.subscription === 'both');
	// Where she could approve in advance, nobody had to ask her.
	t.is(hers.saw.all('subscription.requested').length, preApproves ? 0 : 1);

	await hers.actions.renameContact({account: juliet, jid: romeo, name: 'Montague'});
	const renamed = await hers.saw.until('contact.changed', ({contact}) => contact.name === 'Montague');
	t.deepEqual(renamed.contact.groups, ['Verona']);
	await hers.actions.setContactGroups({account: juliet, jid: romeo, groups: []});
	await hers.saw.until('contact.changed', ({contact}) => contact.groups.length === 0);
	const {contacts} = await hers.actions.snapshot({});
	t.like(contacts[0], {jid: romeo, name: 'Montague', subscription: 'both'});

	await hers.actions.removeContact({account: juliet, jid: romeo});
	await hers.saw.until('contact.removed', ({jid}) => jid === romeo);
	await his.saw.until('contact.changed', ({contact}) => contact.subscription === 'none');
	t.deepEqual((await hers.actions.snapshot({})).contacts, []);
});

onEveryServer('a subscription that is refused is told to both', async (t, serve) => {
	const server = await serve({rosters: {}});
	const [hers, his] = [await online(t, server, juliet), await online(t, server, romeo)];
	await hers.actions.addContact({account: juliet, jid: romeo});
	await his.saw.until('subscription.requested');
	await his.actions.denySubscription({account: romeo, jid: juliet});
	await his.saw.until('subscription.resolved');
	const {level} = await hers.saw.until('notice', ({text}) => text.includes('does not let you see'));
	t.is(level, 'info');
});

onEveryServer('what was said is there after a restart, the roster too', async (t, serve) => {
	const server = await serve();
	const hers = await online(t, server, juliet);
	const his = await online(t, server, romeo);
	await hers.saw.until('presence.changed', ({jid}) => jid === romeo);
	await hers.actions.sendMessage({account: juliet, to: romeo, body: 'Good night'});
	await his.saw.until('message.recorded');
	await hers.saw.until('message.changed', ({change}) => change.state === 'delivered');
	await hers.stop();

	const again = clientOf(t, server, juliet, hers);
	const snapshot = await again.actions.snapshot({});
	t.like(snapshot.contacts[0], {jid: romeo, name: 'Romeo', subscription: 'both'});
	t.is(snapshot.accounts[0]?.status, 'offline');
	const [buffer] = snapshot.buffers;
	t.is(buffer?.jid, romeo);
	if (buffer !== undefined) {
		await again.actions.loadHistory({buffer: buffer.id, limit: 10});
	}

	const [page] = again.saw.all('history.loaded');
	t.true(page?.complete);
	t.deepEqual(
		page?.messages.map(({body, state}) => [body, state]),
		[['Good night', 'delivered']],
	);
	// The roster did not change, so the server sends none.
	await again.start();
	const loaded = await again.saw.until('roster.loaded');
	t.like(loaded.contacts[0], {jid: romeo, name: 'Romeo'});
});

onEveryServer('a message to nobody comes back and is marked', async (t, serve) => {
	const server = await serve();
	const hers = await online(t, server, juliet);
	const nobody = addressOf('nobody@example.test');
	const {key} = await hers.actions.sendMessage({account: juliet, to: nobody, body: 'Hello?'});
	const {change} = await hers.saw.until('message.changed', ({change}) => change.state === 'failed');
	t.is(change.key, key);
	t.regex(change.failure ?? '', /nobody@example\.test does not exist/);
	t.is(hers.saw.all('message.recorded').length, 1);
});

onEveryServer('what is written while offline goes out at the next login, in order and once', async (t, serve) => {
	const server = await serve();
	const his = await online(t, server, romeo);
	const hers = clientOf(t, server, juliet, await profileWith(t, [settingsAt(server, juliet)]));
	for (const body of ['one', 'two', 'three']) {
		const {state} = await hers.actions.sendMessage({account: juliet, to: romeo, body});
		t.is(state, 'queued');
	}

	await hers.actions.connect({account: juliet});
	await his.saw.until('message.recorded', ({message}) => message.body === 'three');
	t.deepEqual(
		his.saw.all('message.recorded').map(({message}) => message.body),
		['one', 'two', 'three'],
	);
	await hers.actions.disconnect({account: juliet});
	await hers.actions.connect({account: juliet});
	await hers.actions.ping({account: juliet});
	t.is(his.saw.all('message.recorded').length, 3);
});

onEveryServer('a lost connection is told and comes back by itself', async (t, serve) => {
	const server = await serve();
	const hers = await online(t, server, juliet);
	await server.halt('hard');
	const lost = await hers.saw.until('account.changed', ({account}) => account.status === 'interrupted');
	t.truthy(lost.account.problem);
	await server.start();
	const before = hers.saw.all('account.changed').length;
	await hers.saw.until(
		'account.changed',
		event => event.account.status === 'online' && hers.saw.all('account.changed').indexOf(event) >= before,
	);
	// The server has forgotten the session: what was known by it is known no more.
	t.is(hers.saw.all('presence.cleared').length, 1);
	t.true(hers.saw.all('notice').some(({level, hint}) => level === 'warning' && hint === 'Trying again by itself.'));
});

onEveryServer('a wrong password stops the account and says so', async (t, serve) => {
	const server = await serve({accounts: {juliet: 'something else'}});
	const hers = clientOf(t, server, juliet, await profileWith(t, [settingsAt(server, juliet)]));
	const error = await t.throwsAsync(hers.actions.connect({account: juliet}));
	t.like(error, {code: 'wrong-password', kind: 'notPermitted'});
	t.like(hers.saw.all('account.changed').at(-1)?.account, {status: 'failed'});
});

onEveryServer('an account is tested, added, used and removed', async (t, serve, {mechanism}) => {
	const server = await serve();
	const hers = clientOf(t, server, juliet, await profileWith(t, []));
	const candidate = {...settingsAt(server, juliet), secrets: 'key-file', password: 'pencil'} as const;
	t.like(await hers.actions.testAccount({candidate: {...candidate, password: 'wrong'}}), {
		ok: false,
		problem: {code: 'wrong-password'},
	});
	const tested = await hers.actions.testAccount({candidate});
	t.like(tested, {ok: true, security: {mechanism, certificate: server.fingerprint}});
	t.deepEqual(await hers.actions.listAccounts({}), []);

	t.like(await hers.actions.addAccount(candidate), {jid: juliet, status: 'offline', secrets: 'key-file'});
	await t.throwsAsync(hers.actions.addAccount(candidate), {message: /there already/});
	await hers.actions.connect({account: juliet});
	await hers.actions.sendMessage({account: juliet, to: romeo, body: 'Hello'});
	t.true(hers.settings.read().accounts[0]?.scramPinned);
	await hers.actions.removeAccount({account: juliet, history: true});
	t.deepEqual(await hers.actions.listAccounts({}), []);
	t.deepEqual((await hers.actions.snapshot({})).buffers, []);
	t.deepEqual(hers.storage.messages.page(bufferId(juliet, 'chat', romeo), {limit: 1}), []);
});

onEveryServer('version and ping are answered to contacts and to nobody else', async (t, serve) => {
	const server = await serve({
		accounts: {juliet: 'pencil', romeo: 'pencil', tybalt: 'pencil'},
	});
	const [hers, his] = [await online(t, server, juliet), await online(t, server, romeo)];
	const stranger = await online(t, server, addressOf('tybalt@example.test'));
	await hers.saw.until('presence.changed', ({jid}) => jid === romeo);
	await hers.actions.sendMessage({account: juliet, to: romeo, body: 'Who?'});
	const {message} = await his.saw.until('message.recorded');

	const {name, version, os} = await his.actions.softwareVersion({account: romeo, to: message.author});
	t.is(name, 'xmppc');
	t.regex(version, /^\d+\.\d+\.\d+/);
	t.is(os, undefined);
	t.true((await his.actions.ping({account: romeo, to: message.author})) >= 0);
	const refused = {code: 'stanza-service-unavailable'};
	const account = stranger.jid;
	t.like(await t.throwsAsync(stranger.actions.softwareVersion({account, to: message.author})), refused);
	t.like(await t.throwsAsync(stranger.actions.ping({account, to: message.author})), refused);
	t.true((await stranger.actions.ping({account})) >= 0);
});

onEveryServer('one message from the shell reaches several people and says what became of each', async (t, serve) => {
	const server = await serve();
	const his = await online(t, server, romeo);
	const shell = await profileWith(t, [settingsAt(server, juliet)]);
	const outcomes = await sendOnce(
		{account: juliet, to: [romeo, addressOf('nobody@example.test')], body: 'From the shell', timeout: 10_000},
		{...shell, clock: systemClock, log: silentLog, resolver: server.resolver},
	);
	t.like(outcomes[0], {to: romeo, ok: true});
	t.like(outcomes[1], {ok: false, problem: {kind: 'noSuchRecipient', code: 'stanza-service-unavailable'}});
	const {message} = await his.saw.until('message.recorded');
	t.is(message.body, 'From the shell');
	t.is(message.id, outcomes[0]?.id);
	const [recorded] = shell.storage.messages.page(bufferId(juliet, 'chat', romeo), {limit: 1});
	t.like(recorded, {body: 'From the shell', direction: 'outgoing', via: 'local'});
	// A receipt may have been quicker than the answer that ends it.
	t.regex(recorded?.state ?? '', /^(?:acked|delivered)$/);
	t.deepEqual(shell.storage.outbox.waiting(juliet), []);
	t.true(shell.settings.read().accounts[0]?.scramPinned);
});

onEveryServer('one client runs two accounts, which write to each other', async (t, serve) => {
	const server = await serve();
	const both = clientOf(
		t,
		server,
		juliet,
		await profileWith(t, [settingsAt(server, juliet), settingsAt(server, romeo)]),
	);
	await both.start();
	for (const jid of [juliet, romeo]) {
		await both.saw.until('account.changed', ({account}) => account.jid === jid && account.status === 'online');
	}

	await both.actions.sendMessage({account: juliet, to: romeo, body: 'Dear', kind: 'normal', subject: 'A letter'});
	const {message} = await both.saw.until('message.recorded', ({message}) => message.direction === 'incoming');
	t.like(message, {account: romeo, kind: 'normal', subject: 'A letter', body: 'Dear'});
	await both.actions.disconnect({account: juliet});
	const {accounts, buffers} = await both.actions.snapshot({});
	t.deepEqual(
		accounts.map(({jid, status}) => [jid, status]),
		[
			[juliet, 'offline'],
			[romeo, 'online'],
		],
	);
	t.deepEqual(
		buffers.map(({account, unread}) => [account, unread]),
		[
			[juliet, 0],
			[romeo, 1],
		],
	);
});

onEveryServer('messages that came while nobody was there come at the next login, with their time', async (t, serve) => {
	const server = await serve();
	const his = await online(t, server, romeo);
	await his.actions.sendMessage({account: romeo, to: juliet, body: 'Are you there?'});
	await his.saw.until('message.changed', ({change}) => change.state === 'acked');
	const beforeLogin = Date.now();
	const hers = await online(t, server, juliet);
	const {message} = await hers.saw.until('message.recorded');
	t.is(message.body, 'Are you there?');
	t.true(message.receivedAt <= beforeLogin);
	// The receipt for it comes late, but it comes.
	await his.saw.until('message.changed', ({change}) => change.state === 'delivered');
});
