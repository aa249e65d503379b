/** Files in encrypted messages (`protocol.md` §2.12), sent and received. */
import test from 'ava';
import {wordsOf} from '../../../source/client/stages/read.js';
import type {Attachment} from '../../../source/model/attachment.js';
import {isXmppcError} from '../../../source/shared/errors.js';
import {child, clientNamespace, createElement, textOf} from '../../../source/xmpp/element.js';
import {parseElement} from '../../../source/xmpp/parser.js';
import {den, inDen, inside, reflection} from '../room-scene.js';
import {juliet, romeo, scene, settled, withRomeo} from '../scene.js';
import {connect, type EncryptedScene, messages, offline, online, quiet, spoken} from './encrypted-scene.js';
import {listName} from './pep.js';

const url = 'https://upload.example.org/4a77/0190f1e2.jpg';
const key = {key: 'SuRJ2agVm/pQbJQlPq/B23Xt1YOOJCcEGJA5HrcYOGQ=', iv: 'T8RDMBaiqn6Ci4Nw'};
const hex = (text: string) => Buffer.from(text, 'base64').toString('hex');
const secret = `aesgcm://upload.example.org/4a77/0190f1e2.jpg#${hex(key.iv)}${hex(key.key)}`;
const plain: Attachment = {
	url,
	name: 'photo.jpg',
	mediaType: 'image/jpeg',
	size: 1_234_567,
	sha256: '2XarmwTlNxDAMkvymloX3S5+VbylNrJt/l5QyPa+YoU=',
	width: 1024,
	height: 768,
	description: 'The balcony',
};
const photo: Attachment = {...plain, key};
const words = '[image 1.2 MB 1024x768 photo.jpg: The balcony]';

const shown = (it: Pick<EncryptedScene, 'storage'>) => it.storage.messages.page(withRomeo, {limit: 100});
const send = async (it: EncryptedScene, attachment: Attachment) => {
	const wish = attachment.key === undefined ? {} : ({encryption: 'require'} as const);
	const {key: sent} = await it.actions.sendMessage({account: juliet, to: romeo, body: '', attachment, ...wish});
	await quiet(it);
	return sent;
};
const codeOf = (error: unknown) => (isXmppcError(error) ? error.code : undefined);

test('in clear a file goes out in all the ways that others read, and is recorded as it is', async t => {
	const it = await scene(t);
	const {key: sent} = await it.actions.sendMessage({account: juliet, to: romeo, body: '', attachment: plain});
	const stanza = it.server.written.findLast(text => text.startsWith('<message')) ?? '';
	t.true(stanza.includes(`<body>${url}</body>`));
	t.true(stanza.includes(`<x xmlns="jabber:x:oob"><url>${url}</url></x>`));
	t.true(stanza.includes('<fallback xmlns="urn:xmpp:fallback:0" for="urn:xmpp:sfs:0"><body/></fallback>'));
	t.true(stanza.includes('<file-sharing xmlns="urn:xmpp:sfs:0" disposition="attachment">'));
	t.like(it.storage.messages.get(sent), {body: words, attachments: [plain]});

	const {attachments, body} = wordsOf(parseElement(stanza) ?? createElement('message', {}));
	t.deepEqual([attachments, body], [[plain], words]);
});

test('to a device of the old version a file is the address alone, and nothing beside it', async t => {
	const it = await online(t);
	const sent = await send(it, photo);
	const [stanza = ''] = spoken(it);
	t.is(it.his.text(stanza), secret);
	t.notRegex(stanza, /sfs|fallback|oob|upload|photo|aesgcm:|balcony|image/);
	t.like(it.storage.messages.get(sent), {body: words, attachments: [photo], encryption: 'omemo'});
});

test('to a device of today’s version all of it is in the envelope, with the address for those who know no better', async t => {
	const it = await offline(t);
	const his = await it.device(romeo, 31, 'omemo2');
	await connect(it);
	await send(it, photo);
	const [stanza = ''] = spoken(it);
	t.notRegex(stanza, /sfs|oob|upload|photo|aesgcm:|balcony|image/);
	const reading = his.read(stanza);
	t.is(reading.kind, 'message');
	if (reading.kind === 'message') {
		const {attachments, body} = wordsOf(reading.message, {}, true);
		t.deepEqual([attachments, body], [[photo], words]);
		const written = child(reading.message, 'body', clientNamespace);
		t.is(written && textOf(written), secret);
	}
});

test('a file is read out of what each version encrypts', async t => {
	const it = await online(t);
	const fresh = await it.device(romeo, 32, 'omemo2');
	await it.pep.push(romeo, listName('legacy'));
	await it.pep.push(romeo, listName('omemo2'));
	await it.server.bring(it.his.write(secret));
	const inside = `<file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'><name>photo.jpg</name></file><sources><encrypted xmlns='urn:xmpp:esfs:0' cipher='urn:xmpp:ciphers:aes-256-gcm-nopadding:0'><key>${key.key}</key><iv>${key.iv}</iv><sources xmlns='urn:xmpp:sfs:0'><url-data xmlns='http://jabber.org/protocol/url-data' target='${url}'/></sources></encrypted></sources></file-sharing>`;
	await it.server.bring(fresh.write('', {version: 'omemo2', inside}));
	t.deepEqual(
		shown(it).map(({body, attachments}) => ({body, attachments})),
		[
			{body: '[image 0190f1e2.jpg]', attachments: [{url, key, name: '0190f1e2.jpg'}]},
			{body: '[image photo.jpg]', attachments: [{url, key, name: 'photo.jpg'}]},
		],
	);

	// The same beside what is encrypted: a server may have put it there.
	await it.server.bring(it.his.write('Ay me', {more: inside}));
	t.like(shown(it)[2], {body: 'Ay me'});
	t.is(shown(it)[2]?.attachments, undefined);
});

test('the key of a file is in no text, index, export or details', async t => {
	const it = await online(t);
	await it.server.bring(it.his.write(secret, {id: 'm1'}));
	const [message] = shown(it);
	const texts = [message?.body, JSON.stringify(it.saw.all('notice'))].join('\n');
	t.notRegex(texts, /4a77|SuRJ|4ae449d9/);
	t.is(
		it.storage.messages.incomingTwin({
			buffer: withRomeo,
			author: romeo,
			id: 'm1',
			body: secret,
			subject: undefined,
			since: 0,
		}),
		undefined,
	);
});

test('a file that is encrypted goes out only where the message is, one that is not only where it is not', async t => {
	const it = await scene(t);
	const error = await t.throwsAsync(it.actions.sendMessage({account: juliet, to: romeo, body: '', attachment: photo}));
	t.is(codeOf(error), 'file-encrypted');
	t.deepEqual(shown(it as EncryptedScene), []);

	const sealed = await online(t);
	await sealed.actions.openBuffer({account: juliet, jid: romeo});
	await sealed.actions.chooseEncryption({buffer: withRomeo, choice: 'on'});
	t.is(codeOf(await t.throwsAsync(send(sealed, plain))), 'file-not-encrypted');
	const off = sealed.actions.sendMessage({account: juliet, to: romeo, body: '', attachment: photo, encryption: 'off'});
	t.is(codeOf(await t.throwsAsync(off)), 'file-encrypted');
	t.deepEqual(
		messages(sealed).filter(text => text.includes('upload')),
		[],
	);
});

test('with people who have no device a file that is encrypted stays here rather than go out in clear', async t => {
	const it = await offline(t);
	await connect(it);
	const sent = await send(it, photo);
	t.is(it.storage.messages.get(sent)?.state, 'queued');
	const perhaps = it.actions.sendMessage({account: juliet, to: romeo, body: '', attachment: photo});
	t.is(codeOf(await t.throwsAsync(perhaps)), 'file-encrypted');
	t.deepEqual(spoken(it), []);
});

test('a file has no text of its own, and lies somewhere', async t => {
	const it = await scene(t);
	const to = {account: juliet, to: romeo};
	t.is(codeOf(await t.throwsAsync(it.actions.sendMessage({...to, body: 'Look', attachment: plain}))), 'caption-apart');
	t.is(codeOf(await t.throwsAsync(it.actions.sendMessage({...to, body: '', attachment: {name: 'a'}}))), 'file-nowhere');
});

test('a file that answers a message says which, and repeats nothing of it', async t => {
	const it = await scene(t);
	await it.server.bring(
		`<message from='${romeo}/orchard' to='${juliet}/r1' type='chat' id='q1'><body>Send it!</body></message>`,
	);
	const [question] = shown(it as EncryptedScene);
	await it.actions.sendMessage({account: juliet, to: romeo, body: '', attachment: plain, reply: question?.key ?? 0});
	const stanza = it.server.written.findLast(text => text.startsWith('<message')) ?? '';
	t.true(stanza.includes(`<body>${url}</body>`));
	t.regex(stanza, /<reply [^>]*id="q1"/);
	t.notRegex(stanza, /urn:xmpp:reply:0"><body/);
});

test('a file of one’s own cannot be given another text', async t => {
	const it = await scene(t);
	const {key: sent} = await it.actions.sendMessage({account: juliet, to: romeo, body: '', attachment: plain});
	const error = await t.throwsAsync(it.actions.correctMessage({account: juliet, key: sent, body: 'Look'}));
	t.is(codeOf(error), 'file-not-edited');
});

test('what is sent into a room is the message that the room says', async t => {
	const it = await inside(t);
	const {key: sent} = await it.actions.sendMessage({
		account: juliet,
		to: den,
		kind: 'groupchat',
		body: '',
		attachment: plain,
	});
	await settled();
	await it.server.bring(reflection(it.server.written.findLast(text => text.startsWith('<message')) ?? ''));
	const all = it.storage.messages.page(inDen, {limit: 10});
	t.is(all.length, 1);
	t.like(all[0], {key: sent, state: 'delivered', attachments: [plain]});
});
