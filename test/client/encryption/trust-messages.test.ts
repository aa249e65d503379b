import test from 'ava';
import type {Trust} from '../../../source/model/device.js';
import {keyIdentifierOf} from '../../../source/omemo/keys.js';
import {sessionsIn} from '../../../source/omemo/sessions.js';
import {type TrustMessage, trustMessage} from '../../../source/omemo/wire/trust-message.js';
import type {BareJid} from '../../../source/shared/jid.js';
import {serialize} from '../../../source/xmpp/serialize.js';
import {juliet, romeo, withRomeo} from '../scene.js';
import {
	connect,
	type EncryptedOptions,
	type EncryptedScene,
	messages,
	notices,
	offline,
	quiet,
} from './encrypted-scene.js';
import type {Party} from './party.js';
import {listName} from './pep.js';

const identifier = ({fingerprint}: Party) => keyIdentifierOf(fingerprint) ?? new Uint8Array();
const isOn: EncryptedOptions = {preferences: {'omemo.trust-messages': true}};

/** Her laptop, his phone and his desk, known to her client. */
async function acquainted(t: Parameters<typeof offline>[0], options = isOn) {
	const it = await offline(t, options);
	const laptop = await it.device(juliet, 77, 'omemo2');
	const phone = await it.device(romeo, 31, 'legacy', 'omemo2');
	const desk = await it.device(romeo, 32, 'omemo2');
	await connect(it);
	for (const owner of [juliet, romeo]) {
		await it.pep.push(owner, listName('legacy'));
		await it.pep.push(owner, listName('omemo2'));
	}

	for (const [party, owner] of [
		[laptop, juliet],
		[phone, romeo],
		[desk, romeo],
	] as const) {
		await it.server.bring(party.write('I am here', {version: 'omemo2'}));
		// Until her bundle is published anew, the next one may take the prekey that was used.
		await quiet(it);
		t.is(trustIn(it, party, owner), 'blind');
	}

	return {...it, laptop, phone, desk};
}

function trustIn(it: EncryptedScene, {fingerprint}: Party, owner: BareJid): Trust | undefined {
	return it.storage.omemo.keyTrust(juliet, owner, fingerprint);
}

async function decide(it: EncryptedScene, {jid, fingerprint}: Party, trust: Trust): Promise<void> {
	await it.actions.setTrust({account: juliet, owner: jid, fingerprint, trust});
	await quiet(it);
}

/** A trust message to her client, as XML. */
function says(from: Party, owners: TrustMessage, to = juliet): string {
	const inside = serialize(trustMessage.encode(owners), '');
	return from.write('', {version: 'omemo2', inside, to});
}

const vouches = (from: Party, ...parties: readonly Party[]) =>
	says(
		from,
		parties.map(party => ({jid: party.jid, trusted: [identifier(party)], distrusted: []})),
	);

/** What her client sent that says something of keys to this device. */
function heard(it: EncryptedScene, party: Party): readonly TrustMessage[] {
	return messages(it)
		.filter(text => party.isAddressed(text))
		.flatMap(text => {
			const reading = party.read(text);
			return reading.kind === 'trust-message' && reading.said !== undefined ? [reading.said.owners] : [];
		});
}

test('what the person verifies is told to the own verified devices, and the own keys to that device, encrypted', async t => {
	const it = await acquainted(t);
	await decide(it, it.laptop, 'verified');
	await decide(it, it.phone, 'verified');
	t.deepEqual(heard(it, it.laptop), [[{jid: romeo, trusted: [identifier(it.phone)], distrusted: []}]]);
	t.deepEqual(heard(it, it.phone), [[{jid: juliet, trusted: [identifier(it.laptop)], distrusted: []}]]);
	t.false(
		messages(it).some(text => it.desk.isAddressed(text)),
		'a device that is not verified is told nothing',
	);
});

test('a key is called as its bundle has it, where that has another sign than ours', async t => {
	const it = await acquainted(t);
	const sessions = sessionsIn(it.storage.omemo);
	const place = {account: juliet, owner: romeo, device: it.phone.id, version: 'omemo2'} as const;
	const session = sessions.load(place);
	if (session === undefined) {
		throw new Error('there is no session');
	}

	const [state, ...others] = session.states;
	const theirs = Uint8Array.from(identifier(it.phone)).fill((identifier(it.phone)[31] ?? 0) | 128, 31);
	it.storage.transaction(() =>
		sessions.save(place, {...session, states: [{...state, identities: {...state.identities, theirs}}, ...others]}),
	);
	await decide(it, it.laptop, 'verified');
	await decide(it, it.phone, 'verified');
	t.deepEqual(heard(it, it.laptop), [[{jid: romeo, trusted: [theirs], distrusted: []}]]);
});

test('what the person distrusts is told, and nothing to the device that it is about', async t => {
	const it = await acquainted(t);
	await decide(it, it.laptop, 'verified');
	await decide(it, it.phone, 'distrusted');
	t.deepEqual(heard(it, it.laptop), [[{jid: romeo, trusted: [], distrusted: [identifier(it.phone)]}]]);
	t.deepEqual(heard(it, it.phone), []);
});

test('a trust message goes out in no form that shows what it is, or that it cannot be read', async t => {
	const it = await acquainted(t);
	await decide(it, it.laptop, 'verified');
	await decide(it, it.phone, 'verified');
	const sent = messages(it).filter(text => text.includes('<payload'));
	t.is(sent.length, 2);
	for (const text of sent) {
		t.notRegex(text, /trust|urn:xmpp:tm|urn:xmpp:atm|<body|urn:xmpp:eme|axolotl/);
		t.regex(text, /type=['"]chat['"]/);
		t.regex(text, /<store /);
	}
});

test('a device that speaks the old version only is told nothing, and nothing goes out in clear', async t => {
	const it = await acquainted(t);
	it.pep.putList(juliet, 'omemo2', ...it.pep.list(juliet, 'omemo2').filter(({id}) => id !== 77));
	it.pep.putList(juliet, 'legacy', ...it.pep.list(juliet, 'legacy'), 77);
	await it.pep.push(juliet, listName('legacy'));
	await it.pep.push(juliet, listName('omemo2'));
	await decide(it, it.laptop, 'verified');
	await decide(it, it.phone, 'distrusted');
	t.false(messages(it).some(text => text.includes('<payload') || text.includes('<trust-message')));
});

test('what was decided without a connection is told in the next session', async t => {
	const it = await acquainted(t);
	await decide(it, it.laptop, 'verified');
	await it.actions.disconnect({account: juliet});
	await decide(it, it.phone, 'verified');
	t.deepEqual(heard(it, it.laptop), []);
	await connect(it);
	t.is(heard(it, it.laptop).length, 1);
});

test('while the setting is off nobody is told, nobody is believed, and nothing is kept', async t => {
	const it = await acquainted(t, {preferences: {'omemo.trust-messages': false}});
	await it.server.bring(vouches(it.laptop, it.phone));
	await decide(it, it.laptop, 'verified');
	await it.server.bring(vouches(it.laptop, it.desk));
	await decide(it, it.phone, 'distrusted');
	t.is(trustIn(it, it.desk, romeo), 'blind');
	t.false(messages(it).some(text => text.includes('<payload')));
	await it.settings.update(current => ({...current, 'omemo.trust-messages': true}));
	await it.actions.disconnect({account: juliet});
	await connect(it);
	t.is(trustIn(it, it.phone, romeo), 'distrusted');
	t.is(trustIn(it, it.desk, romeo), 'blind');
});

test('a verified own device is believed, the person is told, and nothing stands in the conversation', async t => {
	const it = await acquainted(t);
	await decide(it, it.laptop, 'verified');
	const before = it.storage.messages.page(withRomeo, {limit: 50}).length;
	const recorded = it.saw.all('message.recorded').length;
	await it.server.bring(vouches(it.laptop, it.phone));
	t.is(trustIn(it, it.phone, romeo), 'verified');
	t.true(notices(it).some(text => text.includes('Your device 77 vouches for device 31 of romeo@example.net')));
	t.is(it.storage.messages.page(withRomeo, {limit: 50}).length, before);
	t.is(it.saw.all('message.recorded').length, recorded);
});

test('what came before its device was verified counts when it is', async t => {
	const it = await acquainted(t);
	await it.server.bring(vouches(it.phone, it.desk));
	t.is(trustIn(it, it.desk, romeo), 'blind');
	await decide(it, it.phone, 'verified');
	t.is(trustIn(it, it.desk, romeo), 'verified');
	t.true(notices(it).some(text => text.includes('Device 31 of romeo@example.net vouches for device 32')));
});

test('what a contact says of keys that are not theirs counts for nothing', async t => {
	const it = await acquainted(t);
	await decide(it, it.phone, 'verified');
	await it.server.bring(vouches(it.phone, it.laptop));
	t.is(trustIn(it, it.laptop, juliet), 'blind');
});

test('what is said of keys in clear, or beside what is encrypted, counts for nothing', async t => {
	const it = await acquainted(t);
	await decide(it, it.phone, 'verified');
	const inside = serialize(trustMessage.encode([{jid: romeo, trusted: [identifier(it.desk)], distrusted: []}]), '');
	await it.server.bring(
		`<message xmlns='jabber:client' from='${romeo}/orchard' to='${juliet}' type='chat'>${inside}</message>`,
		it.phone.write('Soft', {version: 'omemo2', more: inside}),
		it.phone.write('What light', {version: 'legacy', inside}),
	);
	t.is(trustIn(it, it.desk, romeo), 'blind');
});

test('what a message says of keys is not shown, whatever else is in it', async t => {
	const it = await acquainted(t);
	await decide(it, it.phone, 'verified');
	const before = it.storage.messages.page(withRomeo, {limit: 50}).length;
	await it.server.bring(
		it.phone.write('It is the east', {
			version: 'omemo2',
			inside: `<trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='urn:xmpp:openpgp:0'/>`,
		}),
	);
	t.is(it.storage.messages.page(withRomeo, {limit: 50}).length, before);
});

test('what this device said comes back from the server and out of the archive, and is not shown', async t => {
	const it = await acquainted(t);
	await decide(it, it.laptop, 'verified');
	await decide(it, it.phone, 'verified');
	const sent = messages(it)
		.filter(text => text.includes('<payload'))
		.map(text => text.replace('<message ', `<message from='${juliet}/r1' `));
	t.is(sent.length, 2);
	const recorded = it.saw.all('message.recorded').length;
	await it.server.bring(...sent.filter(text => text.includes(`to="${juliet}"`) || text.includes(`to='${juliet}'`)));
	await it.actions.disconnect({account: juliet});
	for (const message of sent) {
		it.server.archive.add({at: it.clock.now(), peer: romeo, message});
	}

	await connect(it);
	t.is(it.saw.all('message.recorded').length, recorded);
});
