import test from 'ava';
import {XmppcError} from '../../../source/shared/errors.js';
import type {BareJid} from '../../../source/shared/jid.js';
import {memorySecrets, profileWith} from '../profile.js';
import {juliet, romeo, withRomeo} from '../scene.js';
import {connect, type EncryptedScene, held, offline, online, quiet, say, spoken, stateOf} from './encrypted-scene.js';
import type {Party} from './party.js';
import {bundleName, listName, refusal} from './pep.js';

const legacyList = listName('legacy');
const newList = listName('omemo2');
const minute = 61_000;

const items = (node: string, inside: string) =>
	`<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='${node}'>${inside}</items></pubsub>`;

/** What servers may say instead of a list. */
const badLists: ReadonlyArray<readonly [what: string, answer: (node: string) => string | undefined]> = [
	['refuses it', () => refusal('forbidden', 'auth')],
	['wants an account', () => refusal('not-authorized', 'auth')],
	['has a defect', () => refusal('internal-server-error')],
	['is too busy', () => refusal('resource-constraint', 'wait')],
	['cannot be reached', () => refusal('remote-server-timeout', 'wait')],
	['answers an error that it does not name', () => "<error type='cancel'/>"],
	['does not answer', () => undefined],
	['answers nothing', () => '<pubsub xmlns="http://jabber.org/protocol/pubsub"/>'],
	['answers with another element', () => "<query xmlns='jabber:iq:roster'/>"],
	['answers with another node', () => items('urn:example:other', '')],
	['answers with a list in another namespace', node => items(node, "<item id='current'><list xmlns='urn:x'/></item>")],
	['answers with an empty item', node => items(node, "<item id='current'/>")],
];

/** Waits for answers that do not come. */
async function patiently(it: EncryptedScene): Promise<void> {
	it.clock.advance(59_000);
	await quiet(it);
}

test('a message to a contact who has devices is encrypted for them, and its text is nowhere in what is written', async t => {
	const it = await online(t);
	const key = await say(it, 'Wherefore art thou?');
	const [stanza = ''] = spoken(it);
	t.false(stanza.includes('Wherefore'));
	t.is(it.his.text(stanza), 'Wherefore art thou?');
	t.is(it.storage.messages.get(key)?.encryption, 'omemo');
	t.is(it.storage.messages.get(key)?.body, 'Wherefore art thou?');
	t.is((await stateOf(it))?.encryption, 'omemo');
});

test('what a text is about that is to be opened first is nowhere in what is written either', async t => {
	const it = await online(t);
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'They die', spoiler: 'The end'});
	await quiet(it);
	const [stanza = ''] = spoken(it);
	t.notRegex(stanza, /The end|spoiler/);
	t.is(it.his.text(stanza), 'Spoiler: The end\n\nThey die');
});

for (const [what, answer] of badLists) {
	for (const [whose, owner] of [
		['the contact', romeo],
		['the account', juliet],
	] as const) {
		for (const node of [legacyList, newList]) {
			test(`nothing goes out in clear where a server, asked for the ${node} of ${whose}, ${what}`, async t => {
				const it = await offline(t);
				const his = await it.device(romeo, 31);
				it.pep.answer(owner, node, answer(node));
				await connect(it);
				if (owner === juliet) {
					await patiently(it);
				}

				const key = await say(it, 'Deny thy father');
				await patiently(it);
				const isRepaired = owner === juliet && spoken(it).length > 0;
				if (!isRepaired) {
					t.deepEqual(spoken(it), []);
					t.is(it.storage.messages.get(key)?.state, 'queued');
					t.is((await stateOf(it))?.encryption, 'unavailable');
					t.not((await stateOf(it))?.encryptionProblem?.hint, undefined);
				}

				it.pep.answer(owner, node, '');
				it.clock.advance(minute);
				await quiet(it);
				const [stanza = ''] = spoken(it);
				t.false(stanza.includes('Deny'));
				t.is(his.text(stanza), 'Deny thy father');
				t.is((await stateOf(it))?.encryption, 'omemo');
			});
		}
	}
}

test('a message to a server that is not there fails, and is not sent', async t => {
	const it = await online(t);
	const nobody = 'nobody@nowhere.example' as BareJid;
	it.pep.answer(nobody, /./, refusal('remote-server-not-found'));
	const key = await say(it, 'Anon', nobody);
	t.deepEqual(spoken(it), []);
	t.is(it.storage.messages.get(key)?.state, 'failed');
});

const badBundles: ReadonlyArray<readonly [what: string, answer: string | undefined]> = [
	['is not there', refusal('item-not-found')],
	['is refused', refusal('forbidden', 'auth')],
	['does not come', undefined],
	['cannot be read', items(bundleName('legacy', 31), "<item id='1'><bundle xmlns='urn:x'/></item>")],
	['is no item', items(bundleName('legacy', 31), '')],
];
for (const [what, answer] of badBundles) {
	test(`nothing goes out in clear where the bundle of the only device ${what}, and it goes encrypted once that is over`, async t => {
		const it = await online(t);
		it.pep.answer(romeo, bundleName('legacy', 31), answer);
		const key = await say(it, 'Deny thy father');
		await patiently(it);
		t.deepEqual(spoken(it), []);
		t.is(it.storage.messages.get(key)?.state, 'queued');
		t.is((await stateOf(it))?.encryptionProblem?.code, 'no-usable-device');
		it.pep.answer(romeo, bundleName('legacy', 31), '');
		it.clock.advance(minute);
		await quiet(it);
		t.is(it.his.text(spoken(it)[0] ?? ''), 'Deny thy father');
	});
}

/** Puts something else into the bundle of his device. */
function spoil(it: EncryptedScene, his: Party, change: (bundle: string) => string): void {
	const node = bundleName('legacy', his.id);
	const [item] = it.pep.items(romeo, node);
	it.pep.put(romeo, node, change(item?.payload ?? ''));
}

test('a bundle whose signed prekey the identity key has not signed is not used, and that is said', async t => {
	const it = await online(t);
	spoil(it, it.his, bundle =>
		bundle.replace(
			/(<signedPreKeySignature[^>]*>).*?(<)/,
			(_, open, close) => `${open}${Buffer.alloc(64, 7).toString('base64')}${close}`,
		),
	);
	await say(it, 'Deny thy father');
	t.deepEqual(spoken(it), []);
	t.regex((await stateOf(it))?.encryptionProblem?.message ?? '', /not signed/);
});

test('a bundle with another identity key than the device is known to have is refused, and that is said', async t => {
	const it = await online(t);
	await say(it, 'Deny thy father');
	t.is(spoken(it).length, 1);
	const other = await it.device('tybalt@example.net' as BareJid, 31);
	const [item] = it.pep.items(other.jid, bundleName('legacy', 31));
	it.pep.put(romeo, bundleName('legacy', 31), item?.payload ?? '');
	for (const place of it.storage.omemo.sessions(juliet, romeo)) {
		it.storage.omemo.removeSession(place);
	}

	const lost = await say(it, 'and refuse thy name');
	t.is(it.storage.messages.get(lost)?.state, 'failed');
	const waiting = await say(it, 'Or, if thou wilt not');
	t.is(it.storage.messages.get(waiting)?.state, 'queued');
	t.is(spoken(it).length, 1);
	t.regex((await stateOf(it))?.encryptionProblem?.message ?? '', /another identity key/);
	t.is(it.storage.omemo.device(juliet, romeo, 31)?.fingerprint, it.his.fingerprint);
});

test('a bundle without prekeys is not used', async t => {
	const it = await online(t);
	spoil(it, it.his, bundle => bundle.replace(/<prekeys>.*<\/prekeys>/, '<prekeys/>'));
	await say(it, 'Deny thy father');
	t.deepEqual(spoken(it), []);
	t.is((await stateOf(it))?.encryptionProblem?.code, 'no-usable-device');
});

test('a message goes out in clear to whoever has no lists, once both were asked for', async t => {
	const it = await offline(t);
	await connect(it);
	const key = await say(it, 'Good morrow');
	t.regex(spoken(it)[0] ?? '', /<body>Good morrow<\/body>/);
	t.is(it.storage.messages.get(key)?.encryption, undefined);
	t.true(it.pep.asked.includes(`${romeo} ${legacyList}`));
	t.true(it.pep.asked.includes(`${romeo} ${newList}`));
	t.is((await stateOf(it))?.encryption, 'none');
});

test('a message goes out in clear to whoever is on a server without such lists', async t => {
	const it = await offline(t);
	it.pep.answer(romeo, /./, refusal('service-unavailable'));
	await connect(it);
	await say(it, 'Good morrow');
	t.is(spoken(it).length, 1);
});

test('no device is made for the sake of whoever has none', async t => {
	const it = await offline(t, {preferences: {'omemo.default': 'off'}});
	await connect(it);
	await it.actions.openBuffer({account: juliet, jid: romeo});
	await it.actions.chooseEncryption({buffer: withRomeo});
	await say(it, 'Good morrow');
	t.is(spoken(it).length, 1);
	t.is(it.storage.omemo.ownDeviceId(juliet), undefined);
});

test('one list that is empty says nothing of the other one', async t => {
	const it = await offline(t);
	it.pep.putList(romeo, 'legacy');
	it.pep.answer(romeo, newList, refusal('internal-server-error'));
	await connect(it);
	await say(it, 'Good morrow');
	t.deepEqual(spoken(it), []);
});

test('whoever had devices and has none any more gets nothing in clear, though nothing was ever encrypted', async t => {
	const it = await online(t);
	await it.actions.openBuffer({account: juliet, jid: romeo});
	await it.pep.push(romeo, legacyList);
	it.pep.putList(romeo, 'legacy');
	await it.pep.push(romeo, legacyList);
	const key = await say(it, 'Good morrow');
	t.deepEqual(spoken(it), []);
	t.is(it.storage.messages.get(key)?.state, 'queued');
	t.is((await stateOf(it))?.encryptionProblem?.code, 'no-omemo-device');
});

test('a server that told of devices, and says that it knows of no such thing, is not believed', async t => {
	const it = await online(t);
	await it.actions.openBuffer({account: juliet, jid: romeo});
	await it.pep.push(romeo, legacyList);
	await it.actions.disconnect({account: juliet});
	it.pep.answer(romeo, /devices|devicelist/, refusal('service-unavailable'));
	await connect(it);
	await say(it, 'Good morrow');
	t.deepEqual(spoken(it), []);
	t.is((await stateOf(it))?.encryptionProblem?.code, 'devices-unknown');
	t.true(it.storage.omemo.device(juliet, romeo, 31)?.versions.includes('legacy'));
});

test('a conversation that was encrypted stays here when the list is emptied, and goes on encrypted when it is back', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	it.pep.putList(romeo, 'legacy');
	await it.pep.push(romeo, legacyList);
	await quiet(it);
	t.is((await stateOf(it))?.encryption, 'unavailable');
	const key = await say(it, 'Deny thy father');
	t.is(spoken(it).length, 1);
	t.is(it.storage.messages.get(key)?.state, 'queued');
	it.his.publish('legacy');
	await it.pep.push(romeo, legacyList);
	await quiet(it);
	t.deepEqual(
		spoken(it).map(stanza => it.his.text(stanza)),
		['Wherefore art thou?', 'Deny thy father'],
	);
	t.is((await stateOf(it))?.encryption, 'omemo');
});

test('what waits to be encrypted waits over a restart, whatever the servers say then', async t => {
	const profile = await profileWith(t, [{jid: juliet}], {'omemo.default': 'on'});
	const before = await offline(t, {profile});
	const {key} = await before.actions.sendMessage({account: juliet, to: romeo, body: 'Deny thy father'});
	await before.stop();

	const it = await offline(t, {profile});
	it.pep.answer(romeo, /./, refusal('internal-server-error'));
	await connect(it);
	t.deepEqual(spoken(it), []);
	t.is(it.storage.messages.get(key)?.state, 'queued');
	const his = await it.device(romeo, 31);
	it.pep.answer(romeo, /./, '');
	it.clock.advance(minute);
	await quiet(it);
	t.is(his.text(spoken(it)[0] ?? ''), 'Deny thy father');
});

test('nothing goes out while the place of secrets refuses the identity of a new device, and it does once that is over', async t => {
	const profile = await profileWith(t, [{jid: juliet}], {'omemo.default': 'on'});
	let isLocked = true;
	const secrets = memorySecrets({[juliet]: 'pencil'});
	const store = secrets.forIdentity({jid: juliet, secrets: 'key-file'});
	const locked = {
		...store,
		async set(...given: Parameters<typeof store.set>) {
			if (isLocked) {
				throw new XmppcError({code: 'keychain-locked', kind: 'unavailable', message: 'The keychain is locked.'});
			}

			await store.set(...given);
		},
	};
	const it = await offline(t, {profile: {...profile, secrets: {...secrets, forIdentity: () => locked}}});
	const his = await it.device(romeo, 31);
	await connect(it);
	await say(it, 'Deny thy father');
	t.deepEqual(spoken(it), []);
	t.is((await stateOf(it))?.encryptionProblem?.code, 'keychain-locked');
	isLocked = false;
	it.clock.advance(minute);
	await quiet(it);
	t.is(his.text(spoken(it)[0] ?? ''), 'Deny thy father');
});

test('a message whose session is damaged fails, is not sent, and the next one begins a session', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	const [place] = it.storage.omemo.sessions(juliet, romeo);
	if (place === undefined) {
		throw new Error('there is no session');
	}

	it.storage.omemo.saveSession(place, Uint8Array.from([1, 2, 3]));
	const key = await say(it, 'Deny thy father');
	t.is(it.storage.messages.get(key)?.state, 'failed');
	t.is(spoken(it).length, 1);
	it.his.forget();
	await say(it, 'and refuse thy name');
	t.is(it.his.text(spoken(it)[1] ?? ''), 'and refuse thy name');
});

test('what waits in one conversation keeps none back in another', async t => {
	const it = await online(t);
	const nurse = 'nurse@example.net' as BareJid;
	const hers = await it.device(nurse, 41);
	it.pep.answer(romeo, bundleName('legacy', 31), refusal('internal-server-error'));
	await say(it, 'Deny thy father');
	await say(it, 'Anon, good nurse', nurse);
	t.is(spoken(it).length, 1);
	t.is(hers.text(spoken(it)[0] ?? ''), 'Anon, good nurse');
});

test('messages of one conversation keep their order while the first one is being prepared', async t => {
	const it = await online(t);
	const release = it.server.hold();
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'Deny thy father'});
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'and refuse thy name'});
	await quiet(it);
	t.deepEqual(spoken(it), []);
	release();
	await quiet(it);
	t.deepEqual(
		spoken(it).map(stanza => it.his.text(stanza)),
		['Deny thy father', 'and refuse thy name'],
	);
});

test('why something waits is told once for each reason, and stands in the snapshot', async t => {
	const it = await online(t);
	it.pep.answer(romeo, bundleName('legacy', 31), refusal('item-not-found'));
	await say(it, 'Deny thy father');
	await say(it, 'and refuse thy name');
	await it.pep.push(romeo, legacyList);
	it.clock.advance(minute);
	await quiet(it);
	t.deepEqual(held(it), ['no-usable-device']);
	const {buffers} = await it.actions.snapshot({});
	t.like(
		buffers.find(({id}) => id === withRomeo),
		{encryption: 'unavailable', encryptionProblem: {code: 'no-usable-device'}},
	);
});

test('a device whose bundle is not there does not stop what the others get, and is soon asked again', async t => {
	const it = await online(t);
	const other = await it.device(romeo, 32);
	it.pep.remove(romeo, bundleName('legacy', 32));
	await say(it, 'Deny thy father');
	t.is(it.his.text(spoken(it)[0] ?? ''), 'Deny thy father');
	await say(it, 'and refuse thy name');
	const count = () => it.pep.asked.filter(node => node === `${romeo} ${bundleName('legacy', 32)}`).length;
	t.is(count(), 1);
	other.publish('legacy');
	it.clock.advance(5001);
	await say(it, 'Or, if thou wilt not');
	t.is(count(), 2);
	t.is(other.text(spoken(it)[2] ?? ''), 'Or, if thou wilt not');
});

test('what waits for a device that is on the list before its keys are there goes out a few seconds later', async t => {
	const it = await online(t);
	it.pep.remove(romeo, bundleName('legacy', 31));
	await say(it, 'Deny thy father');
	t.deepEqual(spoken(it), []);
	it.his.publish('legacy');
	it.clock.advance(5001);
	await quiet(it);
	t.is(it.his.text(spoken(it)[0] ?? ''), 'Deny thy father');
});

test('the account’s own other devices get what is sent, and its own device does not', async t => {
	const it = await offline(t);
	const his = await it.device(romeo, 31);
	const phone = await it.device(juliet, 77);
	await connect(it);
	await say(it, 'Wherefore art thou?');
	const [stanza = ''] = spoken(it);
	t.is(his.text(stanza), 'Wherefore art thou?');
	t.true(phone.isAddressed(stanza));
	t.false(stanza.includes(`rid="${it.storage.omemo.ownDeviceId(juliet)}"`));
});

test('a device is addressed once: in the legacy form, unless it has only the new one', async t => {
	const it = await offline(t);
	const both = await it.device(romeo, 31, 'legacy', 'omemo2');
	const fresh = await it.device(romeo, 32, 'omemo2');
	await connect(it);
	await say(it, 'Wherefore art thou?');
	const [stanza = ''] = spoken(it);
	t.is(stanza.match(/<encrypted /g)?.length, 2);
	t.is(stanza.match(/rid="31"/g)?.length, 1);
	t.is(both.text(stanza), 'Wherefore art thou?');
	t.is(fresh.text(stanza), 'Wherefore art thou?');
});

test('with omemo.prefer omemo2 a device that has both is addressed in the new form', async t => {
	const it = await offline(t, {preferences: {'omemo.prefer': 'omemo2'}});
	const both = await it.device(romeo, 31, 'legacy', 'omemo2');
	await connect(it);
	await say(it, 'Wherefore art thou?');
	const [stanza = ''] = spoken(it);
	t.false(stanza.includes('eu.siacs'));
	t.false(stanza.includes('<body>'));
	t.is(both.text(stanza), 'Wherefore art thou?');
});

test('a note to oneself is encrypted for the own other devices, and goes in clear where there never was one', async t => {
	const it = await offline(t);
	await connect(it);
	await say(it, 'Remember the nurse', juliet);
	t.is(spoken(it).length, 1);
	t.true(spoken(it)[0]?.includes('Remember'));
	const phone = await it.device(juliet, 77);
	await it.pep.push(juliet, legacyList);
	await say(it, 'and the friar', juliet);
	t.is(spoken(it).length, 2);
	t.false(spoken(it)[1]?.includes('friar'));
	t.true(phone.isAddressed(spoken(it)[1] ?? ''));
});

test('turning encryption off gives up what waits for it, and what is written then goes out in clear', async t => {
	const it = await online(t);
	it.pep.answer(romeo, bundleName('legacy', 31), refusal('item-not-found'));
	const waiting = await say(it, 'Deny thy father');
	await it.actions.chooseEncryption({buffer: withRomeo, choice: 'off'});
	await quiet(it);
	t.like(it.storage.messages.get(waiting), {state: 'failed'});
	t.deepEqual(spoken(it), []);
	t.is((await stateOf(it))?.encryption, 'none');
	await say(it, 'Good morrow');
	t.regex(spoken(it)[0] ?? '', /<body>Good morrow/);
});

test('a session that is resumed keeps what it knows; a fresh one asks again', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	const before = it.pep.asked.length;
	it.server.interrupt();
	it.clock.advance(10_000);
	await it.saw.until('account.changed', ({account}) => account.status === 'online');
	await quiet(it);
	await say(it, 'Deny thy father');
	t.is(it.server.resumptions, 1);
	t.is(it.pep.asked.length, before);

	await it.actions.disconnect({account: juliet});
	await connect(it);
	await say(it, 'and refuse thy name');
	t.true(it.pep.asked.slice(before).includes(`${romeo} ${legacyList}`));
});

test('what could not be found out without a connection is tried again when the session goes on', async t => {
	const it = await online(t);
	it.pep.answer(romeo, /./, undefined);
	await say(it, 'Deny thy father');
	it.clock.advance(59_000);
	await quiet(it);
	t.deepEqual(spoken(it), []);
	it.pep.answer(romeo, /./, '');
	it.server.interrupt();
	it.clock.advance(1000);
	await quiet(it);
	t.is(it.server.resumptions, 1);
	t.is(it.his.text(spoken(it)[0] ?? ''), 'Deny thy father');
});

test('what was trusted when a plan was made counts no more when the person has decided otherwise', async t => {
	const it = await offline(t);
	const [his, ghost] = [await it.device(romeo, 31), await it.device(romeo, 66)];
	await connect(it);
	await say(it, 'Wherefore art thou?');
	t.true(ghost.isAddressed(spoken(it)[0] ?? ''));
	const found = it.storage.omemo.device(juliet, romeo, 66)?.fingerprint;
	if (found === undefined) {
		throw new Error('its key is not known');
	}

	await it.actions.setTrust({account: juliet, owner: romeo, fingerprint: found, trust: 'distrusted'});
	await say(it, 'Deny thy father');
	t.false(ghost.isAddressed(spoken(it)[1] ?? ''));
	t.true(his.isAddressed(spoken(it)[1] ?? ''));
});

for (const [what, choice, before] of [
	['is turned on', 'on', false],
	['is as usual again where it was encrypted before', undefined, true],
] as const) {
	test(`what waits in clear is encrypted when encryption ${what} before it goes out`, async t => {
		const it = await online(t);
		if (before) {
			await say(it, 'Good morrow');
		}

		await it.actions.openBuffer({account: juliet, jid: romeo});
		await it.actions.chooseEncryption({buffer: withRomeo, choice: 'off'});
		await it.actions.disconnect({account: juliet});
		await say(it, 'What’s in a name?');
		await it.actions.chooseEncryption({buffer: withRomeo, ...(choice === undefined ? {} : {choice})});
		await connect(it);
		const stanza = spoken(it).at(-1) ?? '';
		t.false(stanza.includes('name?'));
		t.is(it.his.text(stanza), 'What’s in a name?');
	});
}

test('what waits in clear is encrypted where that is usual again before it goes out', async t => {
	const it = await online(t);
	await say(it, 'My only love');
	await it.actions.disconnect({account: juliet});
	await it.actions.changeSetting({name: 'omemo.default', value: 'off'});
	await say(it, 'sprung from my only hate');
	await it.actions.changeSetting({name: 'omemo.default', value: 'on'});
	await connect(it);
	await quiet(it);
	const last = spoken(it).at(-1) ?? '';
	t.notRegex(last, /only hate/);
	t.is(it.his.text(last), 'sprung from my only hate');
});
