import test from 'ava';
import {complete} from '../../source/commands/complete.js';
import type {CommandContext} from '../../source/commands/context.js';
import {registry} from '../../source/commands/definitions/index.js';
import {parse} from '../../source/commands/parse.js';
import {bufferId} from '../../source/model/buffer.js';
import type {FullJid} from '../../source/shared/jid.js';
import {fresh, garden, inConsole, inGarden, me, nurse, romeo, source, withRomeo} from './support.js';

const key = (group: string) => group.repeat(8);
const phone = key('a1b2c3d4');
const inPrivate: CommandContext = {
	buffer: bufferId(me, 'private', `${garden}/Tybalt` as FullJid),
	kind: 'private',
	account: me,
	jid: `${garden}/Tybalt` as FullJid,
	source,
};

const asked = (text: string, context: CommandContext = withRomeo) => {
	const found = parse(text, context, registry);
	return found.type === 'intents'
		? found.intents.map(intent =>
				intent.type === 'client' ? [intent.action, intent.input] : [intent.view.type, intent.view],
			)
		: found;
};
const problem = (text: string, context: CommandContext = withRomeo) => {
	const found = parse(text, context, registry);
	return found.type === 'problem'
		? {...found.problem, marked: text.slice(found.problem.from, found.problem.to)}
		: found;
};
const offered = (text: string, context: CommandContext = withRomeo) =>
	complete(text, text.length, context, registry)?.candidates.map(({label, note}) => `${label}  ${note}`);

test('a conversation is encrypted, not encrypted, or as is usual', t => {
	const {buffer} = withRomeo;
	t.deepEqual(asked('/omemo'), [['sayEncryption', {type: 'sayEncryption', buffer}]]);
	t.deepEqual(asked('/omemo on'), [['chooseEncryption', {buffer, choice: 'on'}]]);
	t.deepEqual(asked('/omemo start'), [['chooseEncryption', {buffer, choice: 'on'}]]);
	t.deepEqual(asked('/omemo off'), [['chooseEncryption', {buffer, choice: 'off'}]]);
	t.deepEqual(asked('/omemo end'), [['chooseEncryption', {buffer, choice: 'off'}]]);
	t.deepEqual(asked('/omemo default'), [['chooseEncryption', {buffer}]]);
	t.like(problem('/omemo on', inConsole), {code: 'nobody-here'});
	t.like(problem('/omemo', fresh), {code: 'nobody-here'});
});

test('devices are those of whom the buffer is about, of a room, of somebody named, or one’s own', t => {
	t.deepEqual(asked('/devices'), [['devices', {type: 'devices', account: me, owner: romeo}]]);
	t.deepEqual(asked('/omemo devices nurse'), [['devices', {type: 'devices', account: me, owner: nurse}]]);
	t.deepEqual(asked('/devices', inGarden), [['devices', {type: 'devices', account: me, room: garden}]]);
	t.deepEqual(asked('/devices', inConsole), [['devices', {type: 'devices', account: me}]]);
	t.like(problem('/devices', inPrivate), {code: 'private-talk'});
	t.like(problem('/devices', fresh), {code: 'no-account'});
	t.like(problem('/devices nobody'), {code: 'no-such-contact', marked: 'nobody'});
});

test('a device is known by its id, its label, its fingerprint, or how they begin', t => {
	const trusted = [['setTrust', {account: me, owner: romeo, fingerprint: phone, trust: 'trusted'}]];
	for (const way of [
		'1234567890',
		'device 1234567890',
		'Phone',
		'"phone"',
		'pho',
		'a1b2c3',
		phone,
		phone.toUpperCase().replaceAll(/(..)(?=.)/gu, '$1:'),
		phone.replaceAll(/(.{8})(?=.)/gu, '$1 '),
	]) {
		t.deepEqual(asked(`/omemo trust ${way}`), trusted, way);
	}

	t.like(asked('/omemo distrust Phone'), [['setTrust', {trust: 'distrusted'}]]);
	t.like(asked('/omemo untrust Phone'), [['setTrust', {trust: 'undecided'}]]);
	t.like(asked('/omemo trust 77 juliet@example.org'), [['setTrust', {owner: me, fingerprint: key('77777777')}]]);
});

test('what may mean several devices, or none, is refused where it stands, with what helps', t => {
	t.like(problem('/omemo trust 77'), {code: 'ambiguous-device', marked: '77'});
	t.regex(
		String(Reflect.get(problem('/omemo trust 77'), 'hint')),
		/a1b2ffff….*Laptop \(device 77\) of juliet@example\.org 77777777…/,
	);
	t.like(problem('/omemo trust a1b2'), {code: 'ambiguous-device', marked: 'a1b2'});
	t.like(problem('/omemo trust 99'), {code: 'no-such-device', marked: '99'});
	t.like(problem(`/omemo verify ${phone.replace('d4', 'd5')}`), {code: 'no-such-device'});
	t.like(problem('/omemo trust a1'), {code: 'no-such-device'});
	t.like(problem('/omemo trust 78'), {code: 'no-keys'});
	t.like(problem('/omemo trust 5'), {code: 'own-device'});
	t.like(problem('/omemo trust'), {code: 'missing-word'});
});

test('a device is verified after a question, and keys from elsewhere are held against what is known', t => {
	t.deepEqual(asked('/omemo verify Phone'), [
		['verifyDevice', {type: 'verifyDevice', account: me, owner: romeo, fingerprint: phone}],
	]);
	t.deepEqual(asked(`/omemo verify xmpp:romeo@example.org?omemo-sid-1234567890=${phone}`), [
		[
			'verifyKeys',
			{type: 'verifyKeys', account: me, uri: {jid: romeo, keys: [{id: 1_234_567_890, fingerprint: phone}]}},
		],
	]);
	t.like(problem('/omemo verify xmpp:romeo@example.org?omemo-sid-1=abc'), {code: 'no-keys-in-address'});
	t.like(problem('/omemo verify xmpp:romeo@example.org'), {code: 'no-keys-in-address'});
});

test('devices are completed with the words of their state; this one needs no decision', t => {
	t.deepEqual(offered('/omemo trust '), [
		'1234567890  Phone · romeo@example.org · NOT DECIDED · a1b2c3d4 a1b2c3d4',
		'77  romeo@example.org · blindly trusted · a1b2ffff a1b2ffff',
		'78  Old \u001b[2J tablet · romeo@example.org · no keys',
		'77  Laptop · juliet@example.org · blindly trusted · 77777777 77777777',
		'6  juliet@example.org · inactive · 66666666 66666666',
	]);
	t.deepEqual(offered('/omemo verify a1b2c'), [`${phone}  NOT DECIDED · romeo@example.org`]);
	t.deepEqual(offered('/omemo remove '), ['77  Laptop · juliet@example.org · blindly trusted · 77777777 77777777']);
	t.true(offered('/devices n')?.some(each => each.startsWith('nurse@example.org')));
	t.true(offered('/omemo ')?.some(each => each.startsWith('verify')));
});

test('only other devices of one’s own are removed', t => {
	t.deepEqual(asked('/omemo remove Laptop'), [['removeDevice', {type: 'removeDevice', account: me, id: 77}]]);
	t.like(problem('/omemo remove Phone'), {code: 'no-such-device', marked: 'Phone'});
	t.like(problem('/omemo remove 5'), {code: 'no-such-device'});
	t.like(problem('/omemo remove 6'), {code: 'no-such-device'});
});

test('what can be asked about one person is about oneself where nobody is meant, and needs a name in a room', t => {
	t.deepEqual(asked('/omemo reset'), [['resetSessions', {type: 'resetSessions', account: me, owner: romeo}]]);
	t.deepEqual(asked('/omemo reset', inConsole), [['resetSessions', {type: 'resetSessions', account: me, owner: me}]]);
	t.like(problem('/omemo reset', inGarden), {code: 'missing-word'});
	t.deepEqual(asked('/omemo doctor', inGarden), [
		['diagnoseEncryption', {type: 'diagnoseEncryption', account: me, with: garden}],
	]);
	t.deepEqual(asked('/fingerprint'), [['fingerprints', {type: 'fingerprints', account: me, owner: me}]]);
	t.deepEqual(asked('/fingerprint romeo'), [['fingerprints', {type: 'fingerprints', account: me, owner: romeo}]]);
	t.deepEqual(asked('/omemo qrcode'), [['showKeyCode', {type: 'showKeyCode', account: me}]]);
});

test('this device is named, its keys are made anew, written and read; no passphrase stands in the line', t => {
	t.deepEqual(asked('/omemo label  My Laptop '), [['labelDevice', {account: me, label: 'My Laptop'}]]);
	t.deepEqual(asked('/omemo label --clear'), [['labelDevice', {account: me, label: ''}]]);
	t.like(problem('/omemo label'), {code: 'missing-word'});
	t.deepEqual(asked('/omemo new-device'), [['newDevice', {type: 'newDevice', account: me}]]);
	t.deepEqual(asked('/omemo gen'), [['newIdentity', {type: 'newIdentity', account: me}]]);
	t.deepEqual(asked('/omemo export "~/my keys"'), [
		['keyBackup', {type: 'keyBackup', account: me, way: 'export', path: '~/my keys'}],
	]);
	t.deepEqual(asked('/omemo import keys'), [
		['keyBackup', {type: 'keyBackup', account: me, way: 'import', path: 'keys'}],
	]);
	t.like(problem('/omemo import keys secret'), {code: 'too-many-words', marked: 'secret'});
});
