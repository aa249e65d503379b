import test from 'ava';
import {juliet, romeo} from '../scene.js';
import {connect, type EncryptedScene, offline, online, quiet, say, spoken} from './encrypted-scene.js';
import {bundleName, listName, refusal} from './pep.js';

const findings = async (it: EncryptedScene, who = romeo) => it.actions.diagnoseEncryption({account: juliet, with: who});
const texts = async (it: EncryptedScene, who = romeo) =>
	(await findings(it, who)).map(({level, text}) => `${level}: ${text}`);

test('where all is well each device says so', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	const own = it.storage.omemo.ownDeviceId(juliet);
	t.deepEqual(await texts(it), [
		`ok: This device (${own}) is on your list, and its keys are on the server.`,
		`ok: device 31 of ${romeo} can read you; nothing has come from it yet.`,
	]);
});

test('without keys of one’s own it says how to get them', async t => {
	const it = await online(t, {preferences: {'omemo.default': 'off'}});
	const [first] = await findings(it, juliet);
	t.is(first?.level, 'warning');
	t.regex(first?.hint ?? '', /\/omemo on/);
});

test('a server that does not take the keys is named, with what it said', async t => {
	const it = await offline(t);
	it.pep.answer(juliet, /bundles/, refusal('forbidden', 'auth'));
	await connect(it);
	const [first] = await findings(it, juliet);
	t.is(first?.level, 'error');
	t.regex(first?.text ?? '', /does not take the keys of this device/);
	it.pep.answer(juliet, /bundles/, '');
	t.is((await findings(it, juliet))[0]?.level, 'ok', 'asking again publishes again');
});

const faults: ReadonlyArray<readonly [string, (it: EncryptedScene) => void, RegExp]> = [
	['a bundle that is not there', it => it.pep.remove(romeo, bundleName('legacy', 31)), /not on the server/],
	[
		'a server that refuses the bundle',
		it => it.pep.answer(romeo, bundleName('legacy', 31), refusal('forbidden', 'auth')),
		/not allowed/,
	],
	[
		'a bundle that is not signed',
		it => {
			const [item] = it.pep.items(romeo, bundleName('legacy', 31));
			const forged = (item?.payload ?? '').replace(
				/(<signedPreKeySignature[^>]*>)[^<]*/,
				`$1${Buffer.alloc(64, 7).toString('base64')}`,
			);
			it.pep.put(romeo, bundleName('legacy', 31), forged);
		},
		/not signed by it/,
	],
];
for (const [what, prepare, words] of faults) {
	test(`${what} is named with the device it is about`, async t => {
		const it = await online(t);
		prepare(it);
		const found = (await findings(it)).find(({device}) => device?.id === 31);
		t.is(found?.level, 'error');
		t.regex(found?.text ?? '', words);
		t.not(found?.hint, undefined);
	});
}

test('another identity key than before is named', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	await it.device(romeo, 31);
	const found = (await findings(it)).find(({device}) => device?.id === 31);
	t.regex(found?.text ?? '', /another identity key/);
});

test('somebody without devices, a list that is hidden and devices that wait for a decision are named', async t => {
	const it = await offline(t);
	await connect(it);
	t.regex((await texts(it))[1] ?? '', /has no device that can read/);
	it.pep.answer(romeo, listName('legacy'), refusal('forbidden', 'auth'));
	t.regex((await texts(it))[1] ?? '', /shows their devices only to people/);

	const other = await online(t, {preferences: {'omemo.trust': 'manual'}});
	await say(other, 'Wherefore art thou?');
	t.regex((await texts(other))[1] ?? '', /not decided about/);
	await other.actions.setTrust({
		account: juliet,
		owner: romeo,
		fingerprint: other.his.fingerprint,
		trust: 'distrusted',
	});
	t.regex((await texts(other))[1] ?? '', /You distrust/);
});

test('a diagnosis lets what it found to be well go out', async t => {
	const it = await online(t);
	it.pep.answer(romeo, bundleName('legacy', 31), refusal('item-not-found'));
	await say(it, 'Deny thy father');
	t.deepEqual(spoken(it), []);
	it.pep.answer(romeo, bundleName('legacy', 31), '');
	t.regex((await texts(it))[1] ?? '', /^ok/);
	await quiet(it);
	t.is(it.his.text(spoken(it)[0] ?? ''), 'Deny thy father');
});
