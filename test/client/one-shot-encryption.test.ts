/** `xmppc send` encrypts by the policy and the devices of a client that stays, or says why it does not send. */
import test, {type ExecutionContext} from 'ava';
import {type OneShotMessage, sendOnce} from '../../source/client/one-shot.js';
// Loaded late by whoever needs it: here it is to be there already.
import '../../source/client/one-shot-encryption.js';
import {bufferId} from '../../source/model/buffer.js';
import type {Settings} from '../../source/model/settings.js';
import {XmppcError} from '../../source/shared/errors.js';
import type {BareJid, FullJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import type {SecretStores} from '../../source/storage/ports.js';
import {temporaryProfile, temporaryStorage} from '../storage/temporary-profile.js';
import {createManualClock} from '../support/manual-clock.js';
import {noResolver} from '../support/scripted-session.js';
import {keepDevices, legacyList} from './fake-devices.js';
import {createFakeServer} from './fake-server.js';
import {memorySecrets, type Profile, profileWith} from './profile.js';
import {den, presence, reflection, self} from './room-scene.js';
import {juliet, romeo, settled, withRomeo} from './scene.js';

const nurse = 'nurse@example.org' as BareJid;
const on: Partial<Settings> = {'omemo.default': 'on'};

async function shell(t: ExecutionContext, profile?: Profile) {
	const home = profile ?? (await profileWith(t, [{jid: juliet}], on));
	const server = createFakeServer();
	const devices = keepDevices(server);
	const clock = createManualClock();
	const send = (message: Partial<OneShotMessage> = {}) =>
		sendOnce(
			{account: juliet, to: [romeo], body: 'Wherefore art thou?', timeout: 5000, ...message},
			{...home, clock, log: silentLog, resolver: noResolver, openSession: server.openSession},
		);
	return {
		...home,
		server,
		devices,
		clock,
		send,
		/** Questions for lists of devices. */
		lists: () => server.asked.filter(text => text.includes('devicelist') || text.includes('omemo:2:devices')),
		page: () => home.storage.messages.page(withRomeo, {limit: 10}),
	};
}

/** A profile that has a device, as another process finds it: with nothing unlocked, and with these secrets. */
async function foundLocked(t: ExecutionContext, secrets: SecretStores) {
	const directories = temporaryProfile(t);
	const before = await profileWith(t, [{jid: juliet}], on, directories);
	const first = await shell(t, before);
	first.devices.add(romeo, 7);
	await first.send();
	return shell(t, {...before, secrets, storage: await temporaryStorage(t, directories)});
}

/** Lets a one-liner come to where it waits for the test. */
async function long(): Promise<void> {
	for (let turn = 0; turn < 200; turn++) {
		await settled();
	}
}

test('somebody with devices gets it encrypted, and nobody else can read it', async t => {
	const it = await shell(t);
	it.devices.add(romeo, 7);
	const outcomes = await it.send();
	t.like(outcomes[0], {ok: true, state: 'acked', encryption: 'omemo'});
	const [written = '', ...others] = it.server.written;
	t.deepEqual(others, []);
	t.regex(written, /<encrypted xmlns="eu\.siacs\.conversations\.axolotl">.*rid="7"/);
	t.false(written.includes('Wherefore'));
	t.like(it.page()[0], {body: 'Wherefore art thou?', encryption: 'omemo', state: 'acked'});
	t.is(it.clock.pending, 0);
});

test('a device that it had to make is on the servers before its first message leaves', async t => {
	const it = await shell(t);
	it.devices.add(romeo, 7);
	await it.send();
	const own = it.storage.omemo.ownDeviceId(juliet);
	t.truthy(own);
	t.is(it.devices.published.length, 4);
	t.true(it.devices.own(legacyList).includes(`id="${own}"`));
});

test('the next one asks for the lists at once, and for nothing else', async t => {
	const it = await shell(t);
	it.devices.add(romeo, 7);
	await it.send();
	const {length} = it.devices.published;
	const answer = it.server.hold();
	const sending = it.send({body: 'Deny thy father'});
	await long();
	t.is(it.server.asked.length, 4);
	t.is(it.lists().length, 4);
	answer();
	t.like((await sending)[0], {ok: true, encryption: 'omemo'});
	// The ping behind the message.
	t.is(it.server.asked.length, 5);
	t.is(it.devices.published.length, length);
});

test('a device that somebody took off the own list is put back before the next message', async t => {
	const it = await shell(t);
	it.devices.add(romeo, 7);
	await it.send();
	it.devices.lose(legacyList);
	await it.send({body: 'And refuse thy name'});
	t.true(it.devices.own(legacyList).includes(`id="${it.storage.omemo.ownDeviceId(juliet)}"`));
});

test('somebody without devices gets it in clear, and no device is made for that', async t => {
	const it = await shell(t);
	const [outcome] = await it.send();
	t.true(outcome?.ok === true && outcome.encryption === undefined && outcome.exposed === undefined);
	t.true(it.server.written[0]?.includes('<body>Wherefore art thou?</body>'));
	t.is(it.storage.omemo.ownDeviceId(juliet), undefined);
});

test('each of several people gets it as they can read it', async t => {
	const it = await shell(t);
	it.devices.add(romeo, 7);
	const outcomes = await it.send({to: [romeo, nurse]});
	t.deepEqual(
		outcomes.map(outcome => outcome.ok && outcome.encryption),
		['omemo', undefined],
	);
	t.deepEqual(
		it.server.written.map(text => [/ to="([^"]*)"/.exec(text)?.[1], text.includes('<encrypted')]).toSorted(),
		[
			[nurse, false],
			[romeo, true],
		],
	);
});

test('what has to be encrypted is not sent to somebody without devices, and does not wait either', async t => {
	const it = await shell(t);
	const [outcome] = await it.send({encryption: 'require'});
	t.like(outcome, {ok: false, problem: {code: 'no-omemo-device', kind: 'notPermitted'}});
	t.deepEqual(it.server.written, []);
	t.deepEqual(it.storage.outbox.waiting(juliet), []);
	t.like(it.page()[0], {state: 'failed'});
	t.regex(it.page()[0]?.failure ?? '', /no device that can read encrypted messages/);
	t.is(it.clock.pending, 0);
});

test('what was encrypted once is not sent in clear when the devices are gone', async t => {
	const it = await shell(t);
	it.storage.omemo.rememberEncrypted(withRomeo);
	t.like((await it.send())[0], {ok: false, problem: {code: 'no-omemo-device'}});
	t.deepEqual(it.server.written, []);
});

test('the person’s own word sends it in clear all the same, and hears that it is so', async t => {
	const it = await shell(t);
	it.server.takesEarly = true;
	it.devices.add(romeo, 7);
	it.storage.omemo.rememberEncrypted(withRomeo);
	t.like((await it.send({encryption: 'off'}))[0], {ok: true, state: 'acked', exposed: true});
	t.true(it.server.written[0]?.includes('<body>Wherefore art thou?</body>'));
	t.deepEqual(it.lists(), []);
	t.is(it.storage.omemo.choice(withRomeo), undefined);
	await it.send();
	t.true(it.server.written.some(text => text.includes('<encrypted')));
});

test('only what is written in clear rides along with the login', async t => {
	const it = await shell(t);
	it.server.takesEarly = true;
	it.devices.add(romeo, 7);
	it.storage.omemo.choose(withRomeo, 'on');
	await it.settings.update(settings => ({...settings, 'omemo.default': 'off'}));
	t.deepEqual(
		(await it.send({to: [romeo, nurse]})).map(({ok}) => ok),
		[true, true],
	);
	t.deepEqual(
		it.server.written.map(text => [/ to="([^"]*)"/.exec(text)?.[1], text.includes('<encrypted')]),
		[
			[nurse, false],
			[romeo, true],
		],
	);
});

test('a device that nobody has decided about stops it', async t => {
	const it = await shell(t);
	it.devices.add(romeo, 7);
	await it.send();
	const [known] = it.storage.omemo.devices(juliet, romeo);
	t.truthy(known?.fingerprint);
	if (known?.fingerprint !== undefined) {
		it.storage.omemo.setTrust(juliet, romeo, known.fingerprint, 'verified');
	}

	it.devices.add(romeo, 8);
	const [outcome] = await it.send({body: 'It is the east'});
	t.like(outcome, {ok: false, problem: {code: 'device-undecided', kind: 'notPermitted'}});
	t.deepEqual(it.server.written, []);
	t.deepEqual(it.storage.outbox.waiting(juliet), []);
});

test('what somebody wrote before and nobody decided about yet stays where it waits', async t => {
	const it = await shell(t);
	await it.send({wait: 'queued', encryption: 'require', body: 'Before'});
	t.like((await it.send({encryption: 'require'}))[0], {ok: false, problem: {code: 'no-omemo-device'}});
	t.is(it.storage.outbox.waiting(juliet).length, 1);
	t.deepEqual(
		it.page().map(({body, state}) => [body, state]),
		[
			['Before', 'queued'],
			['Wherefore art thou?', 'failed'],
		],
	);
});

test('an account whose keys cannot be read does not log in, not even for what is in clear', async t => {
	const it = await foundLocked(t, memorySecrets({[juliet]: 'pencil'}));
	for (const encryption of ['require', 'off'] as const) {
		t.like(await t.throwsAsync(it.send({encryption})), {code: 'identity-missing', kind: 'configuration'});
	}

	t.is(it.server.logins, 0);
	t.is(it.clock.pending, 0);
	t.deepEqual(it.storage.outbox.waiting(juliet), []);
});

test('a keychain that is locked is told as a matter of the machine’s set-up', async t => {
	const locked = () =>
		Promise.reject(new XmppcError({code: 'secrets-locked', kind: 'unavailable', message: 'Locked.'}));
	const secrets = memorySecrets({[juliet]: 'pencil'});
	const closed: SecretStores = {...secrets, forIdentity: account => ({...secrets.forAccount(account), get: locked})};
	const it = await foundLocked(t, closed);
	const error = await t.throwsAsync(it.send());
	t.like(error, {code: 'encryption-locked', kind: 'configuration'});
	t.regex(error?.message ?? '', /nothing was sent: Locked\./);
});

test('a server that says nothing about devices keeps nobody waiting longer than told, and nothing goes out later', async t => {
	const it = await shell(t);
	it.server.unanswered.add('pubsub');
	const sending = it.send({timeout: 5000});
	await long();
	it.clock.advance(5000);
	await settled();
	it.clock.advance(1000);
	t.like((await sending)[0], {ok: false, problem: {code: 'encryption-not-ready', kind: 'temporary'}});
	t.deepEqual(it.server.written, []);
	t.deepEqual(it.storage.outbox.waiting(juliet), []);
	t.is(it.clock.pending, 0);
});

test('a stream that dies before it could be encrypted has sent nothing, and that is certain', async t => {
	const it = await shell(t);
	it.server.unanswered.add('pubsub');
	const sending = it.send();
	await long();
	it.server.drop();
	await long();
	it.clock.advance(1000);
	const [outcome] = await sending;
	t.false(outcome?.ok);
	t.deepEqual(it.storage.outbox.waiting(juliet), []);
	t.is(it.page()[0]?.state, 'failed');
	t.notRegex(JSON.stringify(outcome), /may or may not/);
});

test('with nothing to wait for it is left to whoever logs in next, to be encrypted there', async t => {
	const it = await shell(t);
	t.like((await it.send({wait: 'queued', encryption: 'require'}))[0], {ok: true, state: 'queued'});
	t.is(it.storage.outbox.waiting(juliet)[0]?.seal, 'require');
	t.is(it.server.logins, 0);
});

const members = `<query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='member' jid='${romeo}'/></query>`;
const isPrivate = ['http://jabber.org/protocol/muc', 'muc_membersonly', 'muc_nonanonymous'];

async function room(t: ExecutionContext, features: readonly string[]) {
	const it = await shell(t);
	it.server.room(den, features);
	const information = `<query xmlns='http://jabber.org/protocol/disco#info'>${features.map(feature => `<feature var='${feature}'/>`).join('')}</query>`;
	it.server.answerWith('query', payload => (payload.includes('muc#admin') ? members : information));
	const say = async (message: Partial<OneShotMessage> = {}) => {
		const sent = it.send({to: [den], room: {}, ...message});
		await long();
		await it.server.bring(
			presence('romeo', {item: `affiliation='member' role='participant' jid='${romeo}/x'`}),
			self(),
		);
		await long();
		const [spoken] = it.server.written.filter(text => text.startsWith('<message'));
		if (spoken !== undefined) {
			await it.server.bring(reflection(spoken));
		}

		return {spoken, outcome: (await sent)[0]};
	};
	return {...it, say};
}

test('in a private room it is encrypted for the members', async t => {
	const it = await room(t, isPrivate);
	it.devices.add(romeo, 7);
	const {spoken, outcome} = await it.say();
	t.regex(spoken ?? '', /<encrypted .*rid="7"/);
	t.like(outcome, {ok: true, state: 'delivered', encryption: 'omemo'});
	t.is(it.clock.pending, 0);
});

test('in a room that anybody may enter it is in clear, unless it has to be encrypted', async t => {
	const it = await room(t, ['http://jabber.org/protocol/muc', 'muc_open']);
	const {spoken, outcome} = await it.say();
	t.true(spoken?.includes('<body>'));
	t.like(outcome, {ok: true, state: 'delivered'});
	const refused = await it.say({encryption: 'require'});
	t.is(refused.spoken, undefined);
	t.like(refused.outcome, {ok: false, problem: {code: 'readers-unknown', kind: 'notPermitted'}});
});

test('in a private room with a member who has no device nothing is said that has to be encrypted', async t => {
	const it = await room(t, isPrivate);
	const {spoken, outcome} = await it.say({encryption: 'require'});
	t.is(spoken, undefined);
	t.like(outcome, {ok: false, problem: {code: 'no-omemo-device'}});
	t.is(it.clock.pending, 0);
});

test('what was encrypted for somebody in a room is not sent in clear to the room because nobody is in it', async t => {
	const it = await shell(t);
	const inRoom = 'den@rooms.example.org/romeo' as FullJid;
	it.storage.omemo.rememberEncrypted(bufferId(juliet, 'private', inRoom));
	t.like((await it.send({to: [inRoom]}))[0], {ok: false, problem: {code: 'occupant-unknown'}});
	t.deepEqual(it.server.written, []);
	t.deepEqual(it.storage.outbox.waiting(juliet), []);
});
