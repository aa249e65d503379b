import test from 'ava';
import type {Message} from '../../../source/model/message.js';
import type {BareJid} from '../../../source/shared/jid.js';
import {juliet, romeo, withRomeo} from '../scene.js';
import {connect, type EncryptedScene, empties, messages, offline, online, quiet, say} from './encrypted-scene.js';
import {bundleName, listName} from './pep.js';

const shown = (it: EncryptedScene, buffer = withRomeo): readonly Message[] =>
	it.storage.messages.page(buffer, {limit: 1000});
const words = (it: EncryptedScene) => shown(it).map(({body}) => body);
const receipts = (it: EncryptedScene) => messages(it).filter(text => text.includes('<received'));
const stanzaId = (id: string) => `<stanza-id xmlns='urn:xmpp:sid:0' id='${id}' by='${juliet}'/>`;
const request = "<request xmlns='urn:xmpp:receipts'/>";

test('a message of each version is read, and says which device it is from and what is thought of that', async t => {
	const it = await online(t);
	const fresh = await it.device(romeo, 32, 'omemo2');
	await it.pep.push(romeo, listName('legacy'));
	await it.pep.push(romeo, listName('omemo2'));
	await it.server.bring(it.his.write('O, speak again'));
	await it.server.bring(fresh.write('bright angel', {version: 'omemo2'}));
	t.deepEqual(words(it), ['O, speak again', 'bright angel']);
	t.like(shown(it)[0], {encryption: 'omemo', device: 31, deviceTrust: 'blind'});
	t.like(shown(it)[1], {encryption: 'omemo', device: 32, deviceTrust: 'blind'});
});

test('a message in clear is marked where the conversation is encrypted, and nowhere else', async t => {
	const it = await online(t);
	const clear = (id: string) =>
		`<message xmlns='jabber:client' from='${romeo}/orchard' to='${juliet}' type='chat' id='${id}'><body>${id}</body></message>`;
	await it.server.bring(clear('before'));
	await say(it, 'Wherefore art thou?');
	await it.server.bring(clear('after'));
	t.is(shown(it).find(({body}) => body === 'before')?.unprotected, undefined);
	t.is(shown(it).find(({body}) => body === 'after')?.unprotected, true);
});

test('the fallback text beside what is encrypted is never shown', async t => {
	const it = await online(t);
	await it.server.bring(it.his.write('O, speak again'));
	t.false(words(it).some(body => body.includes('OMEMO')));
});

test('what is read twice is shown once, and the second time nothing is said', async t => {
	const it = await online(t);
	const stanza = it.his.write('O, speak again', {id: 'm1'});
	await it.server.bring(stanza, stanza);
	t.deepEqual(words(it), ['O, speak again']);
});

test('a copy that came without the archive’s id and the same message out of the archive are one, with the id', async t => {
	for (const id of ['same', undefined]) {
		const it = await online(t);
		const first = it.his.write('O, speak again', {id: 'm1'});
		await it.server.bring(first);
		await it.actions.disconnect({account: juliet});
		const archiveId = it.server.archive.add({at: it.clock.now(), peer: romeo, message: first});
		const second = it.his.write('bright angel', {id: 'm2'});
		it.server.archive.add({at: it.clock.now() + 1000, peer: romeo, message: second});
		await connect(it);
		t.deepEqual(words(it), ['O, speak again', 'bright angel'], String(id));
		t.is(shown(it)[0]?.archiveId, archiveId);
	}
});

test('what came out of the archive first and is then delivered without an id is one, and is answered', async t => {
	const it = await online(t);
	await it.actions.disconnect({account: juliet});
	const stanza = it.his.write('O, speak again', {id: 'm1', inside: request});
	const archiveId = it.server.archive.add({at: it.clock.now(), peer: romeo, message: stanza});
	await connect(it);
	await it.server.bring(stanza);
	t.deepEqual(words(it), ['O, speak again']);
	t.is(shown(it)[0]?.archiveId, archiveId);
	t.is(receipts(it).length, 1);
});

test('whoever uses an id twice makes no message disappear, and each gets its own id of the archive', async t => {
	const it = await online(t);
	const [first, second] = [it.his.write('Ay', {id: 'm1'}), it.his.write('No', {id: 'm1'})];
	await it.server.bring(first, second);
	t.deepEqual(words(it), ['Ay', 'No']);
	await it.actions.disconnect({account: juliet});
	const ids = [first, second].map(message => it.server.archive.add({at: it.clock.now(), peer: romeo, message}));
	await connect(it);
	t.deepEqual(words(it), ['Ay', 'No']);
	t.deepEqual(
		shown(it).map(({archiveId}) => archiveId),
		ids,
	);
});

test('a message that cannot be read is one line, however it comes, and asks for nothing', async t => {
	const it = await online(t);
	const stanza = it.his
		.write('O, speak again', {id: 'm1', inside: request})
		.replace(/(<payload[^>]*>).{8}/, '$1AAAAAAAA');
	await it.server.bring(stanza);
	t.is(shown(it).length, 1);
	t.regex(words(it)[0] ?? '', /^\[.*damaged.*\]$/);
	t.false(words(it)[0]?.includes('AAAA'));
	await it.actions.disconnect({account: juliet});
	it.server.archive.add({at: it.clock.now(), peer: romeo, message: stanza});
	await connect(it);
	t.is(shown(it).length, 1);
	t.not(shown(it)[0]?.archiveId, undefined);
	t.deepEqual(receipts(it), []);
});

test('a message of a session that is not there is one line, live and out of the archive', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	t.is(it.his.text(messages(it).find(text => text.includes('payload')) ?? ''), 'Wherefore art thou?');
	for (const place of it.storage.omemo.sessions(juliet, romeo)) {
		it.storage.omemo.removeSession(place);
	}

	const stanza = it.his.write('O, speak again', {id: 'm1', inside: request});
	await it.server.bring(stanza);
	await it.actions.disconnect({account: juliet});
	it.server.archive.add({at: it.clock.now(), peer: romeo, message: stanza});
	await connect(it);
	t.is(shown(it).filter(({direction}) => direction === 'incoming').length, 1);
	t.not(shown(it).find(({direction}) => direction === 'incoming')?.archiveId, undefined);
	t.deepEqual(receipts(it), []);
});

test('a message that could not be read, for one reason live and for another out of the archive, is one line', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	t.is(it.his.text(messages(it).find(text => text.includes('payload')) ?? ''), 'Wherefore art thou?');
	for (const place of it.storage.omemo.sessions(juliet, romeo)) {
		it.storage.omemo.removeSession(place);
	}

	const stanza = it.his.write('O, speak again', {id: 'm1'});
	await it.server.bring(stanza);
	// The session that is begun in place of the lost one cannot read it either.
	it.clock.advance(1000);
	await quiet(it);
	await it.actions.disconnect({account: juliet});
	it.server.archive.add({at: it.clock.now(), peer: romeo, message: stanza});
	await connect(it);
	t.is(shown(it).filter(({direction}) => direction === 'incoming').length, 1);
});

test('an empty message opens no conversation, counts as nothing and is answered by no receipt', async t => {
	const it = await online(t);
	await it.server.bring(it.his.writeEmpty());
	t.deepEqual(shown(it), []);
	t.is(it.storage.buffers.get(withRomeo), undefined);
	t.deepEqual(receipts(it), []);
});

const leftOut =
	'[This message was not encrypted for this device. Its sender’s app learns of this device when you write to them.]';

test('keys for other devices are silent; each text for them is a line, and the first of a device says what helps', async t => {
	const it = await online(t);
	const nurse = await it.device('nurse@example.net' as BareJid, 41);
	const forOthers = (id: string) => it.his.write('Peace', {id, without: true, others: [nurse]});
	await it.server.bring(forOthers('m1').replace(/<payload.*?<\/payload>/, ''));
	t.deepEqual(words(it), []);
	await it.server.bring(forOthers('m2'), forOthers('m3'));
	t.deepEqual(words(it), [leftOut, '[This message was not encrypted for this device.]']);
	t.is(shown(it)[0]?.device, 31);

	const second = await it.device(romeo, 32);
	await it.server.bring(second.write('Peace', {without: true, others: [nurse]}));
	t.is(words(it).at(-1), leftOut);

	await it.server.bring(it.his.write('O, speak again'), forOthers('m4'), forOthers('m5'));
	t.deepEqual(words(it).slice(3), ['O, speak again', leftOut, '[This message was not encrypted for this device.]']);
});

test('a message that was not for this device is one line over restarts too, and what helps is not said again', async t => {
	const it = await online(t);
	const nurse = await it.device('nurse@example.net' as BareJid, 41);
	const first = it.his.write('Peace', {id: 'm1', without: true, others: [nurse]});
	await it.server.bring(first);
	await it.stop();
	const again = await offline(t, {profile: it});
	again.server.archive.add({at: it.clock.now(), peer: romeo, message: first});
	const second = it.his.write('Peace', {id: 'm2', without: true, others: [nurse]});
	again.server.archive.add({at: it.clock.now() + 1000, peer: romeo, message: second});
	await connect(again);
	t.deepEqual(words(again), [leftOut, '[This message was not encrypted for this device.]']);
	t.not(shown(again)[0]?.archiveId, undefined);
});

test('without a device of one’s own each text that is encrypted is a line', async t => {
	const it = await online(t, {preferences: {'omemo.default': 'off'}});
	const nurse = await it.device('nurse@example.net' as BareJid, 41);
	const stanza = (id: string) => it.his.write('Peace', {id, without: true, others: [nurse]});
	await it.server.bring(stanza('m1'), stanza('m2'));
	t.is(words(it).length, 2);
});

test('what this device has sent itself comes back as nothing new', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	const sent = messages(it).find(text => text.includes('payload')) ?? '';
	const copy = sent.replace('<message', `<message xmlns='jabber:client' from='${juliet}/r1'`);
	await it.server.bring(
		`<message xmlns='jabber:client' from='${juliet}' to='${juliet}/r1'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${copy}</forwarded></sent></message>`,
	);
	t.deepEqual(words(it), ['Wherefore art thou?']);
});

test('what another device of the account sends is read, as an own message', async t => {
	const it = await online(t);
	const phone = await it.device(juliet, 77);
	await it.pep.push(juliet, listName('legacy'));
	const sent = phone.write('Good pilgrim', {to: juliet}).replace(/ to="[^"]*"/, ` to="${romeo}"`);
	await it.server.bring(
		`<message xmlns='jabber:client' from='${juliet}' to='${juliet}/r1'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${sent}</forwarded></sent></message>`,
	);
	t.like(shown(it)[0], {body: 'Good pilgrim', direction: 'outgoing', encryption: 'omemo', device: 77});
});

test('a receipt inside what is encrypted counts, and one that is asked for there is given', async t => {
	const it = await offline(t);
	const his = await it.device(romeo, 31, 'omemo2');
	await connect(it);
	const key = await say(it, 'Wherefore art thou?');
	const id = it.storage.messages.get(key)?.id ?? '';
	t.is(his.text(messages(it).find(text => text.includes('payload')) ?? ''), 'Wherefore art thou?');
	await it.server.bring(
		his.write('', {version: 'omemo2', inside: `<received xmlns='urn:xmpp:receipts' id='${id}'/>`}),
		his.write('O, speak again', {version: 'omemo2', id: 'm1', inside: request}),
	);
	t.is(it.storage.messages.get(key)?.state, 'delivered');
	t.is(receipts(it).length, 1);
	t.deepEqual(words(it), ['Wherefore art thou?', 'O, speak again']);
});

test('what is beside an envelope counts for nothing', async t => {
	const it = await offline(t);
	const his = await it.device(romeo, 31, 'omemo2');
	await connect(it);
	const key = await say(it, 'Wherefore art thou?');
	const id = it.storage.messages.get(key)?.id ?? '';
	await it.server.bring(
		his.write('O, speak again', {
			version: 'omemo2',
			more: `<received xmlns='urn:xmpp:receipts' id='${id}'/><body>I am the server</body>${request}`,
		}),
	);
	t.not(it.storage.messages.get(key)?.state, 'delivered');
	t.deepEqual(receipts(it), []);
	t.deepEqual(words(it), ['Wherefore art thou?', 'O, speak again']);
});

test('an envelope for somebody else is not shown as if it were for us', async t => {
	const it = await offline(t);
	const his = await it.device(romeo, 31, 'omemo2');
	await connect(it);
	const stanza = his.write('Come to bed', {version: 'omemo2', to: 'nurse@example.net'});
	await it.server.bring(stanza.replace('to="nurse@example.net"', `to="${juliet}"`));
	t.deepEqual(words(it), ['[This message was written to somebody else, and put here on its way.]']);
});

test('a message with another identity key than its device is known to have is refused, and nothing is sent for it', async t => {
	const it = await online(t);
	await it.server.bring(it.his.write('O, speak again'));
	const liar = await it.device(romeo, 31);
	await it.server.bring(liar.write('Trust me'));
	t.regex(words(it)[1] ?? '', /another key than before/);
	t.is(it.storage.omemo.device(juliet, romeo, 31)?.fingerprint, it.his.fingerprint);
	await it.server.bring(it.his.write('bright angel'));
	t.is(words(it)[2], 'bright angel');
});

test('what cannot be what it says it is makes one line each, and no more than a line', async t => {
	const it = await online(t);
	const good = it.his.write('O, speak again', {id: 'g'});
	const bad: ReadonlyArray<readonly [string, string]> = [
		['two of a version', good.replace(/(<encrypted.*<\/encrypted>)/, '$1$1')],
		['no header', good.replace(/<header.*<\/header>/, '')],
		['a sender that is no number', good.replace(/sid="\d+"/, 'sid="../../etc"')],
		['a sender of zero', good.replace(/sid="\d+"/, 'sid="0"')],
		['a sender beyond all', good.replace(/sid="\d+"/, 'sid="4294967295"')],
		['a payload that is none', good.replace(/(<payload[^>]*>)[^<]*/, '$1!!')],
		['no vector', good.replace(/<iv.*<\/iv>/, '')],
	];
	for (const [index, [what, stanza]] of bad.entries()) {
		await it.server.bring(stanza.replace('id="g"', `id="b${index}"`));
		t.is(words(it).length, index + 1, what);
		t.regex(words(it)[index] ?? '', /^\[This message is encrypted with OMEMO\. It has a form/, what);
	}

	await it.server.bring(good);
	t.is(words(it).at(-1), 'O, speak again');
});

test('with flags and vectors as old and foreign clients write them a message is read', async t => {
	const it = await online(t);
	await it.server.bring(it.his.write('O, speak again').replace('prekey="true"', 'prekey="1"'));
	await it.server.bring(
		it.his
			.write('bright angel')
			.replace(/<encryption [^>]*\/>/, '')
			.replace('<header ', "<header xmlns:x='urn:x' x:y='z' "),
	);
	t.deepEqual(words(it), ['O, speak again', 'bright angel']);
});

test('keys for somebody else’s device of the same number do not stop the one that is for us', async t => {
	const it = await online(t);
	const nurse = await it.device('nurse@example.net' as BareJid, 41);
	const own = it.storage.omemo.ownDeviceId(juliet);
	const stanza = it.his.write('O, speak again', {others: [nurse]}).replace(/(<key [^>]*rid=")41(")/, `$1${own}$2`);
	const [header = ''] = /<header.*<\/header>/.exec(stanza) ?? [];
	const keys = header.match(/<key .*?<\/key>/g) ?? [];
	t.is(keys.length, 2);
	await it.server.bring(stanza.replace(keys.join(''), [...keys].reverse().join('')));
	t.deepEqual(words(it), ['O, speak again']);
});

test('white space around a text is part of it', async t => {
	const it = await online(t);
	await it.server.bring(it.his.write('  O,  \n speak  '));
	t.deepEqual(words(it), ['  O,  \n speak  ']);
});

test('a device that is not on its owner’s list is read, thought of as undecided, and looked for once', async t => {
	const it = await online(t);
	await it.pep.push(romeo, listName('legacy'));
	const stray = await it.device(romeo, 32);
	it.pep.putList(romeo, 'legacy', 31);
	const before = it.pep.asked.length;
	await it.server.bring(stray.write('Psst'), stray.write('hither'));
	it.clock.advance(5000);
	await quiet(it);
	it.clock.advance(5000);
	await quiet(it);
	t.like(shown(it)[0], {body: 'Psst', device: 32, deviceTrust: 'undecided'});
	const lists = it.pep.asked.slice(before).filter(node => node === `${romeo} ${listName('legacy')}`);
	t.is(lists.length, 1);
	t.false(it.pep.asked.slice(before).includes(`${romeo} ${bundleName('legacy', 32)}`));
});

test('prekeys that are used while the archive is read stay until its end, and one publication replaces them', async t => {
	const it = await online(t);
	const own = it.storage.omemo.ownDeviceId(juliet) ?? 0;
	await it.actions.disconnect({account: juliet});
	const others = await Promise.all([32, 33, 34].map(id => it.device(romeo, id)));
	const stanzas = others.map(each => each.write('O, speak again'));
	for (const message of stanzas) {
		it.server.archive.add({at: it.clock.now(), peer: romeo, message});
	}

	const before = it.pep.published.length;
	await connect(it);
	t.is(words(it).length, 3);
	const node = bundleName('legacy', own);
	t.is(it.pep.published.slice(before).filter(each => each.startsWith(`${node} `)).length, 1);
	const [item] = it.pep.items(juliet, node);
	const ids = [...(item?.payload ?? '').matchAll(/ preKeyId="(\d+)"/g)].map(([, id]) => Number(id));
	t.is(ids.length, 100);
	// Two may have chosen the same one.
	const fresh = ids.filter(id => id > 100).length;
	t.true(fresh >= 1 && fresh <= 3);
});

test('a live message that uses a prekey has it replaced at once', async t => {
	const it = await online(t);
	const own = it.storage.omemo.ownDeviceId(juliet) ?? 0;
	const before = it.pep.published.length;
	await it.server.bring(it.his.write('O, speak again'));
	await quiet(it);
	t.deepEqual(it.pep.published.slice(before), [`${bundleName('legacy', own)} current`]);
});

test('a stanza with a stanza-id of the archive is one with what the archive has', async t => {
	const it = await online(t);
	const stanza = it.his.write('O, speak again', {id: 'm1', more: stanzaId('a1')});
	await it.server.bring(stanza);
	t.is(shown(it)[0]?.archiveId, 'a1');
	t.deepEqual(empties(it), []);
});

test('a subject without a text in clear is marked where the conversation is encrypted', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	await it.server.bring(
		`<message xmlns='jabber:client' from='${romeo}/orchard' to='${juliet}' id='s1'><subject>Come to the friar’s cell</subject></message>`,
	);
	t.like(shown(it).at(-1), {subject: 'Come to the friar’s cell', unprotected: true});
});

test('a message off which what is encrypted was taken says so, and is no text of its sender', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	await it.server.bring(it.his.write('O, speak again', {id: 'b1'}).replace(/<encrypted.*<\/encrypted>/, ''));
	t.regex(shown(it).at(-1)?.body ?? '', /taken off on its way/);
});
