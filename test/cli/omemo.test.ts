/** `xmppc omemo …` and `xmppc send --omemo …`: what is asked of the client, what is printed, and how it ends. */
import {mkdtempSync, openSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {OneShotMessage} from '../../source/client/one-shot.js';
import type {Account} from '../../source/model/account.js';
import type {Actions} from '../../source/model/actions.js';
import {type Device, type Fingerprint, parseFingerprint} from '../../source/model/device.js';
import type {EncryptionFinding} from '../../source/model/device-actions.js';
import {XmppcError} from '../../source/shared/errors.js';
import type {BareJid} from '../../source/shared/jid.js';
import {juliet, run} from './run-program.js';

const romeo = 'romeo@example.org' as BareJid;
const key = (digit: string): Fingerprint => parseFingerprint(digit.repeat(64)) as Fingerprint;
const groups = (digit: string) => Array.from({length: 8}, () => digit.repeat(8));

const account: Account = {
	jid: juliet,
	status: 'offline',
	enabled: true,
	secrets: 'key-file',
	availability: 'available',
	statusText: '',
};
const device = (id: number, part: Partial<Device> = {}): Device => ({
	account: juliet,
	owner: romeo,
	id,
	trust: 'blind',
	active: true,
	versions: ['legacy'],
	firstSeen: 0,
	...part,
});
const own = device(1, {owner: juliet, isThis: true, trust: 'verified', fingerprint: key('a')});
const phone = device(12, {fingerprint: key('b'), label: 'Phone', lastSeen: Date.UTC(2026, 1, 14, 9, 30)});
const laptop = device(1234567890, {fingerprint: key('c'), trust: 'undecided'});
const unseen = device(5, {trust: 'undecided'});

/** A client that knows some devices, and says what it was asked. */
function client(more: Partial<Actions> = {}, theirs: readonly Device[] = [phone, laptop, unseen]) {
	const asked: string[] = [];
	const actions: Partial<Actions> = {
		listAccounts: async () => [account],
		async connect() {
			asked.push('connect');
		},
		listDevices: async ({owner}) => (owner === romeo ? theirs : [own]),
		async setTrust({owner, fingerprint, trust}) {
			asked.push(`${owner} ${fingerprint.slice(0, 4)} ${trust}`);
		},
		...more,
	};
	return {actions, asked};
}

test('devices stand below each other, what waits for the person before the others', async t => {
	const {actions, asked} = client();
	const {status, out} = await run(['omemo', 'devices', romeo], {actions});
	t.is(status, 0);
	t.deepEqual(out.split('\n'), [
		'1234567890  NOT DECIDED      nothing came from it yet',
		`  ${groups('c').join(' ')}`,
		'        12  blindly trusted  Phone, seen 2026-02-14 09:30 UTC',
		`  ${groups('b').join(' ')}`,
		'         5  no keys          nothing came from it yet',
		'',
	]);
	t.deepEqual(asked, []);
	t.true(out.split('\n').every(line => line.length <= 80));
});

test('devices as JSON are a line each, and all of it', async t => {
	const {actions} = client();
	const {out} = await run(['omemo', 'devices', romeo, '--json'], {actions});
	const [first = '', second = ''] = out.split('\n');
	t.deepEqual(JSON.parse(first), laptop);
	t.deepEqual(JSON.parse(second), phone);
});

test('without a name they are one’s own, and who has none is told so beside the data', async t => {
	const {actions} = client({}, []);
	t.regex((await run(['omemo', 'devices'], {actions})).out, /^1 {2}this device\n {2}aaaaaaaa /);
	const none = await run(['omemo', 'devices', romeo], {actions});
	t.is(none.out, '');
	t.regex(none.error, /No device of romeo@example\.org is known here; --refresh/);
});

test('servers are asked only where that is wanted', async t => {
	const {actions, asked} = client();
	await run(['omemo', 'devices', romeo, '--refresh'], {actions});
	t.deepEqual(asked, ['connect']);
});

test('a name of a device writes nothing to the terminal but text', async t => {
	const {actions} = client({}, [device(3, {label: '\u001B[31mred\u202E'})]);
	const {out} = await run(['omemo', 'devices', romeo], {actions});
	t.false(out.includes('\u001B') || out.includes('\u202E'));
});

test('a fingerprint is printed as it is read out', async t => {
	const {actions} = client();
	t.is((await run(['omemo', 'fingerprint'], {actions})).out, `1  this device\n  ${groups('a').join(' ')}\n`);
	const {out} = await run(['omemo', 'fingerprint', romeo, '--json'], {actions});
	t.deepEqual(JSON.parse(out.split('\n')[0] ?? ''), {owner: romeo, id: 12, fingerprint: key('b'), trust: 'blind'});
});

test('a device is meant by its number, its fingerprint, or its fingerprint in groups', async t => {
	const {actions, asked} = client();
	for (const typed of [['1234567890'], [key('c')], groups('C')]) {
		t.is((await run(['omemo', 'trust', romeo, ...typed], {actions})).status, 0);
	}

	t.is((await run(['omemo', 'distrust', romeo, '12'], {actions})).status, 0);
	t.deepEqual(asked, [...Array.from({length: 3}, () => `${romeo} cccc trusted`), `${romeo} bbbb distrusted`]);
});

test('a number verifies nothing before the person says that the fingerprint was compared', async t => {
	const {actions, asked} = client();
	const first = await run(['omemo', 'verify', romeo, '12'], {actions});
	t.is(first.status, 64);
	t.regex(first.error, new RegExp(`has the fingerprint ${groups('b').join(' ')}; nothing was changed.*--yes`));
	t.deepEqual(asked, []);
	t.is((await run(['omemo', 'verify', romeo, '12', '--yes'], {actions})).status, 0);
	t.is((await run(['omemo', 'verify', romeo, ...groups('c')], {actions})).status, 0);
	t.deepEqual(asked, [`${romeo} bbbb verified`, `${romeo} cccc verified`]);
});

test('a device that is not known, has no key, or is this one, is refused and nothing changed', async t => {
	const {actions, asked} = client();
	const cases: ReadonlyArray<readonly [readonly string[], string, number]> = [
		[[romeo, '99'], 'no-such-device', 64],
		[[romeo, key('d')], 'no-such-device', 64],
		[[romeo, '5'], 'no-keys', 69],
		[[juliet, '1'], 'own-device', 64],
		[['romeo', '1'], 'invalid-jid', 65],
	];
	for (const [words, code, status] of cases) {
		const seen = await run(['omemo', 'trust', ...words, '--json'], {actions});
		t.is(seen.status, status);
		t.is(JSON.parse(seen.error).error.code, code);
	}

	t.deepEqual(asked, []);
});

const well: readonly EncryptionFinding[] = [
	{level: 'ok', text: 'This device (1) is on your list.'},
	{
		level: 'ok',
		text: 'Phone can read you.',
		device: {owner: romeo, id: 12},
		hint: '/omemo reset romeo@example.org helps.',
	},
];

test('the doctor ends with 0 where all is well, and says what helps as a shell does it', async t => {
	const {actions, asked} = client({diagnoseEncryption: async () => well});
	const {status, out} = await run(['omemo', 'doctor', romeo], {actions});
	t.is(status, 0);
	t.is(
		out,
		'ok       This device (1) is on your list.\nok       Phone can read you.\n         xmppc omemo reset romeo@example.org helps.\n',
	);
	t.deepEqual(asked, ['connect']);
	const {out: json} = await run(['omemo', 'doctor', romeo, '--json'], {actions});
	t.like(JSON.parse(json.split('\n')[1] ?? ''), {level: 'ok', hint: 'xmppc omemo reset romeo@example.org helps.'});
});

test('the doctor ends with 77 where something stands in the way', async t => {
	const cases: ReadonlyArray<readonly EncryptionFinding[]> = [
		[...well, {level: 'error', text: 'Nothing can be encrypted.', device: {owner: romeo, id: 5}}],
		[well[0] as EncryptionFinding, {level: 'warning', text: 'Romeo has no device.'}],
		[well[0] as EncryptionFinding, {level: 'warning', text: 'You distrust it.', device: {owner: romeo, id: 12}}],
		[{level: 'warning', text: 'There are no keys here.'}],
	];
	for (const findings of cases) {
		const {actions} = client({diagnoseEncryption: async () => findings});
		t.is((await run(['omemo', 'doctor', romeo], {actions})).status, 77);
	}

	const oneIsLeftOut: EncryptionFinding = {level: 'warning', text: 'It is stale.', device: {owner: romeo, id: 5}};
	const {actions} = client({diagnoseEncryption: async () => [...well, oneIsLeftOut]});
	t.is((await run(['omemo', 'doctor', romeo], {actions})).status, 0);
});

test('only a device of one’s own is taken off the list', async t => {
	const removed: number[] = [];
	const {actions} = client({
		async removeDevice({id}) {
			removed.push(id);
		},
		listDevices: async () => [own, device(2, {owner: juliet})],
	});
	t.is((await run(['omemo', 'remove', '3'], {actions})).status, 64);
	t.is((await run(['omemo', 'remove', 'Phone'], {actions})).status, 64);
	t.is((await run(['omemo', 'remove', '2'], {actions})).status, 0);
	t.deepEqual(removed, [2]);
});

test('a device is named, or its name taken away, and never by accident', async t => {
	const labels: string[] = [];
	const {actions} = client({
		async labelDevice({label}) {
			labels.push(label);
		},
	});
	t.is((await run(['omemo', 'label'], {actions})).status, 64);
	t.is((await run(['omemo', 'label', 'Laptop', '--clear'], {actions})).status, 64);
	t.is((await run(['omemo', 'label', 'Laptop'], {actions})).status, 0);
	t.is((await run(['omemo', 'label', '--clear'], {actions})).status, 0);
	t.deepEqual(labels, ['Laptop', '']);
});

test('new keys are made only where that is said, and the servers are told', async t => {
	const asked: string[] = [];
	const {actions} = client({
		async connect() {
			asked.push('connect');
		},
		async resetIdentity({keep}) {
			asked.push(keep === true ? 'device' : 'identity');
			return own;
		},
		async diagnoseEncryption() {
			asked.push('told');
			return [];
		},
	});
	for (const name of ['new-identity', 'new-device']) {
		const refused = await run(['omemo', name], {actions});
		t.is(refused.status, 64);
		t.regex(refused.error, /nothing was changed/);
	}

	t.deepEqual(asked, []);
	t.is((await run(['omemo', 'new-device', '--yes'], {actions})).status, 0);
	t.is((await run(['omemo', 'new-identity', '--yes', '--json'], {actions})).out, `{"account":"${juliet}","id":1}\n`);
	t.deepEqual(asked, ['connect', 'device', 'told', 'connect', 'identity', 'told']);
});

test('keys that cannot be read are made anew without a connection, and that is said', async t => {
	const locked = new XmppcError({code: 'identity-missing', kind: 'configuration', message: 'It is gone.'});
	let isRenewed = false;
	const {actions} = client({
		connect: () => (isRenewed ? Promise.resolve() : Promise.reject(locked)),
		async resetIdentity() {
			isRenewed = true;
			return own;
		},
		diagnoseEncryption: async () => [{level: 'error', text: 'The server does not take them.'}],
	});
	const {status, error} = await run(['omemo', 'new-identity', '--yes'], {actions});
	t.is(status, 0);
	t.regex(error, /device 1 of juliet@example\.org now\n.*do not know it yet.*does not take them/);
});

function passphraseFile(t: ExecutionContext, text: string): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'xmppc-omemo-'));
	t.teardown(() => rmSync(folder, {recursive: true}));
	const file = path.join(folder, 'passphrase');
	writeFileSync(file, text);
	return String(openSync(file, 'r'));
}

test('keys go into a file under a passphrase from a descriptor or the terminal, typed twice', async t => {
	const written: unknown[] = [];
	const {actions} = client({
		async exportKeys(input) {
			written.push(input);
		},
	});
	const typed = await run(['omemo', 'export', 'keys'], {actions, terminal: true, typed: 'a rose'});
	t.is(typed.status, 0);
	t.regex(typed.error, /must not use them at the same time/);
	const descriptor = passphraseFile(t, 'by any other name\n');
	t.is((await run(['omemo', 'export', '/k', '--passphrase-fd', descriptor], {actions})).status, 0);
	t.deepEqual(written, [
		{account: juliet, path: path.resolve('keys'), passphrase: 'a rose'},
		{account: juliet, path: '/k', passphrase: 'by any other name'},
	]);
	const nobody = await run(['omemo', 'export', 'keys', '--json'], {actions});
	t.is(nobody.status, 64);
	t.is(JSON.parse(nobody.error).error.code, 'passphrase-needed');
});

test('keys come from a file before anything is made at a login', async t => {
	const asked: string[] = [];
	const {actions} = client({
		listDevices: async () => [],
		async connect() {
			asked.push('connect');
		},
		async importKeys({path: file}) {
			asked.push(`import ${file}`);
			return own;
		},
		diagnoseEncryption: async () => [],
	});
	t.is((await run(['omemo', 'import', '/k'], {actions, terminal: true, typed: 'a rose'})).status, 0);
	t.deepEqual(asked, ['import /k', 'connect']);
});

test('which account is meant has to be said where there are several', async t => {
	const {actions} = client({listAccounts: async () => [account, {...account, jid: romeo}]});
	const seen = await run(['omemo', 'devices'], {actions});
	t.is(seen.status, 64);
	t.regex(seen.error, /--account: juliet@example\.org, romeo@example\.org/);
	t.is((await run(['omemo', 'devices', '--account', juliet], {actions})).status, 0);
});

test('what somebody says about encrypting a message goes along with it', async t => {
	const wishes: unknown[] = [];
	const sent = ({encryption}: OneShotMessage) => {
		wishes.push(encryption);
	};
	for (const words of [[], ['--omemo', 'auto'], ['--omemo', 'require'], ['--omemo', 'off']]) {
		t.is((await run(['send', ...words, romeo, 'hello'], {sent})).status, 0);
	}

	t.deepEqual(wishes, [undefined, undefined, 'require', 'off']);
	t.is((await run(['send', '--omemo', 'perhaps', romeo, 'hello'])).status, 64);
});

test('what was sent in clear although it is encrypted otherwise is said to people, and told as data', async t => {
	const send = async () => [{to: romeo, id: 'id-1', ok: true, state: 'acked', exposed: true}] as const;
	const seen = await run(['send', '--omemo', 'off', romeo, 'hello'], {send});
	t.deepEqual([seen.status, seen.out], [0, '']);
	t.regex(seen.error, /romeo@example\.org was sent in clear/);
	const json = await run(['send', '--omemo', 'off', '--json', romeo, 'hello'], {send});
	t.deepEqual(JSON.parse(json.out), {to: romeo, id: 'id-1', state: 'acked', exposed: true});
	t.is(json.error, '');
});
