/** The stanzas of encrypted messages: what crossed the wire, never what was in it. */
import test from 'ava';
import type {BareJid} from '../../../source/shared/jid.js';
import {juliet, withRomeo} from '../scene.js';
import {type EncryptedScene, online, quiet, spoken} from './encrypted-scene.js';

const xmlOf = async ({actions}: EncryptedScene, key: number) =>
	(await actions.messageDetails({account: juliet, key})).xml ?? '';

for (const version of ['legacy', 'omemo2'] as const) {
	test(`the details of what came encrypted (${version}) carry what was encrypted and not what it says`, async t => {
		const it = await online(t);
		const phone = await it.device(it.his.jid, 32, version);
		await it.server.bring(phone.write('Meet me at the friar’s cell', {version, id: 'm1'}));
		await quiet(it);
		const [message] = it.storage.messages.page(withRomeo, {limit: 1});
		t.is(message?.body, 'Meet me at the friar’s cell');
		const xml = await xmlOf(it, message?.key ?? 0);
		t.regex(xml, /<encrypted /u);
		t.regex(xml, /<payload/u);
		t.false(xml.includes('friar'));
	});
}

test('the details of what went out encrypted carry what the server got, and nothing before that', async t => {
	const it = await online(t);
	const release = it.server.hold();
	const {key} = await it.actions.sendMessage({account: juliet, to: it.his.jid, body: 'At what o’clock?'});
	t.is(it.storage.messages.get(key)?.state, 'queued');
	t.is(await xmlOf(it, key), '', 'the row has the text in clear until then');
	release();
	await quiet(it);
	const xml = await xmlOf(it, key);
	const [written = ''] = spoken(it);
	t.is(xml.replaceAll(/\n\t*/gu, ''), written);
	t.regex(xml, /<payload/u);
	t.false(xml.includes('clock'));
	t.is(it.his.text(written), 'At what o’clock?');
});

test('what cannot be read is there as it came', async t => {
	const it = await online(t);
	const nurse = await it.device('nurse@example.net' as BareJid, 41);
	await it.server.bring(it.his.write('Peace', {id: 'm1', without: true, others: [nurse]}));
	const [message] = it.storage.messages.page(withRomeo, {limit: 1});
	t.regex(message?.body ?? '', /not encrypted for this device/u);
	t.regex(await xmlOf(it, message?.key ?? 0), /<payload/u);
});
