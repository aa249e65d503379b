/** Files in messages: XEP-0447, 0448, 0454, 0066, 0385 and 0449 (`protocol.md` §2.12, rows 79, 83, 87 and 89). */
import test from 'ava';
import {wordsOf} from '../../source/client/stages/read.js';
import type {Attachment} from '../../source/model/attachment.js';
import {readQuery} from '../../source/model/search.js';
import {systemCalendar} from '../../source/tui/panes/calendar.js';
import {parseElement} from '../../source/xmpp/parser.js';
import {den, inDen, inside, said} from './room-scene.js';
import {juliet, romeo, type Scene, scene, withRomeo} from './scene.js';

const address = 'https://upload.example.net/4a77/summit.jpg';
const key = {key: 'SuRJ2agVm/pQbJQlPq/B23Xt1YOOJCcEGJA5HrcYOGQ=', iv: 'T8RDMBaiqn6Ci4Nw'};
const hex = (text: string) => Buffer.from(text, 'base64').toString('hex');
const fragment = `${hex(key.iv)}${hex(key.key)}`;
const secret = `aesgcm://upload.example.net/4a77/summit.jpg#${fragment}`;
const sha256 = '2XarmwTlNxDAMkvymloX3S5+VbylNrJt/l5QyPa+YoU=';

const body = (text: string) => `<body>${text}</body>`;
const oob = (url: string) => `<x xmlns='jabber:x:oob'><url>${url}</url></x>`;
const fallback = "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:sfs:0'><body/></fallback>";
const urlData = (url: string) => `<url-data xmlns='http://jabber.org/protocol/url-data' target='${url}'/>`;
const metadata = (inner: string) => `<file xmlns='urn:xmpp:file:metadata:0'>${inner}</file>`;
const summit = `<name>summit.jpg</name><media-type>image/jpeg</media-type><size>3032449</size><width>4096</width><height>2160</height><hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>${sha256}</hash>`;
const shared = (file: string, sources: string, attributes = '') =>
	`<file-sharing xmlns='urn:xmpp:sfs:0' ${attributes}>${metadata(file)}<sources>${sources}</sources></file-sharing>`;
const encrypted = (cipher = 'aes-256-gcm-nopadding', {key: secretKey, iv} = key) =>
	`<encrypted xmlns='urn:xmpp:esfs:0' cipher='urn:xmpp:ciphers:${cipher}:0'><key>${secretKey}</key><iv>${iv}</iv><sources xmlns='urn:xmpp:sfs:0'>${urlData(address)}</sources></encrypted>`;

const known: Attachment = {
	url: address,
	name: 'summit.jpg',
	mediaType: 'image/jpeg',
	size: 3_032_449,
	sha256,
	width: 4096,
	height: 2160,
};

/** What a message with this in it says and brings. */
function read(content: string, isEncrypted = false) {
	const stanza = parseElement(`<message xmlns='jabber:client'>${content}</message>`);
	if (stanza === undefined) {
		throw new Error('not well-formed');
	}

	const {body: text, attachments = []} = wordsOf(stanza, {}, isEncrypted);
	return {text, attachments};
}

test('a shared file is what its sender says of it, and the link that stands for it is not shown', t => {
	const words = '[image 3.0 MB 4096x2160 summit.jpg]';
	const file = shared(summit, urlData(address));
	for (const content of [
		file,
		body(address) + file + fallback + oob(address),
		body(address) + file,
		body(`  ${address}\n`) + file + oob(address),
		body('A file: you need another app') + file + fallback,
	]) {
		t.deepEqual(read(content), {text: words, attachments: [known]}, content);
	}
});

test('a caption stays, whatever stands for the file', t => {
	const file = shared(summit, urlData(address), "disposition='inline'");
	const partly = `<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:sfs:0'><body start='0' end='${address.length + 1}'/></fallback>`;
	t.deepEqual(read(body('The summit') + file + oob(address)), {
		text: 'The summit',
		attachments: [{...known, isInline: true}],
	});
	t.is(read(body(`${address}\nThe summit`) + file + partly).text, 'The summit');
	t.is(read(body(`See ${address}`) + file).text, `See ${address}`);
});

test('several files are all there, in their order, and no more than a few of a thousand', t => {
	const some = read(
		body('Both') + shared('<name>a.pdf</name>', urlData(address)) + shared('<name>b.pdf</name>', urlData(address)),
	);
	t.deepEqual(
		some.attachments.map(({name}) => name),
		['a.pdf', 'b.pdf'],
	);
	const many = read(shared('<name>a.pdf</name>', urlData(address)).repeat(1000));
	t.is(many.attachments.length, 20);
	t.is(many.text?.split('\n').length, 20);
	const farSource = read(shared('', urlData('http://example.net/a').repeat(1000) + urlData(address)));
	t.is(farSource.attachments[0]?.url, undefined);
});

test('only an https address without anybody’s name in it is one', t => {
	for (const bad of [
		'http://example.net/a.jpg',
		'ftp://example.net/a.jpg',
		'file:///etc/passwd',
		'javascript:alert(1)',
		'data:image/png;base64,AAAA',
		'cid:sha1+ffd7@bob.xmpp.org',
		'https://romeo:rose@example.net/a.jpg',
		'https://romeo@example.net/a.jpg',
		'https://',
		'https://[::1/a.jpg',
		`https://example.net/${'a'.repeat(5000)}`,
	]) {
		t.deepEqual(read(shared('<name>a.jpg</name>', urlData(bad))).attachments, [{name: 'a.jpg'}], bad);
		t.is(read(shared('<name>a.jpg</name>', urlData(bad))).text, '[image a.jpg, not available]', bad);
		t.deepEqual(read(body(bad) + oob(bad)).attachments, [], bad);
	}

	const [found] = read(shared('', urlData('http://example.net/a') + urlData(`${address}#k`))).attachments;
	t.is(found?.url, address);
});

test('what is said of a file is believed only where it can be so', t => {
	const odd =
		'<size>-1</size><width>-5</width><height>10</height><length>1e9</length><media-type>image</media-type><name> </name>';
	t.deepEqual(read(shared(odd, urlData(address))).attachments, [{url: address, name: 'summit.jpg'}]);
	const wrong = `<hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>AAAA</hash><hash xmlns='urn:xmpp:hashes:2' algo='md5'>${sha256}</hash>`;
	t.deepEqual(read(shared(wrong, urlData(address))).attachments, [{url: address, name: 'summit.jpg'}]);
});

test('a name is no path, is short and shows what hides in it', t => {
	const names = [
		['../../.ssh/authorized_keys', 'authorized_keys'],
		['C:\\Windows\\system.ini', 'system.ini'],
		['/', 'summit.jpg'],
		['..', 'summit.jpg'],
		['a\nb', 'a b'],
	] as const;
	for (const [name, kept] of names) {
		t.is(read(shared(`<name>${name}</name>`, urlData(address))).attachments[0]?.name, kept);
	}

	const [long] = read(shared(`<name>${'x'.repeat(100_000)}</name>`, urlData(address))).attachments;
	t.is(long?.name?.length, 255);
	t.is(read(shared('<name>a\u202egpj.exe</name>', urlData(address))).text, '[file a\\u{202e}gpj.exe]');
	const from = (path: string) => read(shared('', urlData(`https://example.net/${path}`))).attachments[0]?.name;
	t.is(from('tr%C3%A8s%20cool.jpg'), 'très cool.jpg');
	t.is(from('x/..%2f..%2fetc%2fpasswd'), 'passwd');
	t.is(from('100%.txt'), '100%.txt');
	t.is(from(''), undefined);
});

test('a text that is the link beside it is a file where it ends as files do, else it is a link', t => {
	t.deepEqual(read(body(address) + oob(address)), {
		text: '[image summit.jpg]',
		attachments: [{url: address, name: 'summit.jpg'}],
	});
	for (const content of [
		body(address),
		body(`See ${address}`) + oob(address),
		body(address) + oob('https://example.net/other.jpg'),
		body('https://example.net/') + oob('https://example.net/'),
		body('https://example.net/article') + oob('https://example.net/article'),
	]) {
		t.deepEqual(read(content).attachments, [], content);
		t.true(read(content).text?.startsWith(/<body>([^<]*)/.exec(content)?.[1] ?? '-'), content);
	}
});

test('an address with its key is a file where it was encrypted, and a text where it was not', t => {
	t.deepEqual(read(body(secret), true), {
		text: '[image summit.jpg]',
		attachments: [{url: address, key, name: 'summit.jpg'}],
	});
	t.deepEqual(read(body(secret)), {text: secret, attachments: []});
	t.deepEqual(read(body(secret) + oob(secret)), {text: secret, attachments: []});
});

test('what is not exactly such an address is a text, even where it was encrypted', t => {
	const of = (host: string, key: string) => `aesgcm://${host}/summit.jpg#${key}`;
	for (const text of [
		`Look: ${secret}`,
		`${secret} `,
		`${secret}\nLook`,
		of('upload.example.net', fragment.slice(2)),
		of('upload.example.net', `${fragment}00`),
		of('upload.example.net', fragment.replace(/^../, 'zz')),
		of('upload.example.net', ''),
		of('romeo:rose@upload.example.net', fragment),
		`aesgcm://upload.example.net#${fragment}`,
		`https://upload.example.net/summit.jpg#${fragment}`,
	]) {
		t.deepEqual(read(body(text), true), {text, attachments: []}, text);
	}

	t.is(read(body(of('upload.example.net:8443', fragment.toUpperCase())), true).attachments.length, 1);
	t.is(read(body(of('upload.example.net', fragment.slice(0, 8) + fragment)), true).attachments[0]?.key?.key, key.key);
});

test('a key counts only where it was encrypted with the message', t => {
	const file = shared(summit, encrypted());
	t.deepEqual(read(file, true).attachments, [{...known, key}]);
	t.deepEqual(read(body(secret) + file + fallback, true), {
		text: '[image 3.0 MB 4096x2160 summit.jpg]',
		attachments: [{...known, key}],
	});
	t.deepEqual(read(body(secret) + file, true).text, '[image 3.0 MB 4096x2160 summit.jpg]');

	const {url: _, ...unusable} = known;
	t.deepEqual(read(file), {text: '[image 3.0 MB 4096x2160 summit.jpg, not available]', attachments: [unusable]});
	t.is(read(body('A text') + file + fallback).text, 'A text');
});

test('another cipher, and a key or vector of another length, is none', t => {
	const short = Buffer.alloc(16).toString('base64');
	for (const source of [
		encrypted('aes-128-gcm-nopadding'),
		encrypted('aes-256-cbc-pkcs7'),
		encrypted(undefined, {...key, key: short}),
		encrypted(undefined, {...key, iv: Buffer.alloc(8).toString('base64')}),
		encrypted(undefined, {...key, key: 'no base64!'}),
	]) {
		const [found] = read(shared(summit, source), true).attachments;
		t.is(found?.url, undefined, source);
		t.is(found?.key, undefined, source);
	}

	t.is(read(shared(summit, encrypted('aes-256-cbc-pkcs7') + encrypted()), true).attachments[0]?.url, address);
});

test('a sticker says what it shows, in its own words or in those of the message', t => {
	const sticker = "<sticker xmlns='urn:xmpp:stickers:0' pack='x'/>";
	const file = (desc: string) => shared(`<media-type>image/png</media-type>${desc}`, urlData(address));
	t.is(read(sticker + body('😘') + file('')).text, '[sticker: 😘]');
	t.is(read(sticker + body(':kiss:') + file('<desc>😘</desc>')).text, '[sticker: 😘]');
	t.like(read(sticker + body('😘') + file('')).attachments[0], {isSticker: true, description: '😘', url: address});
	t.is(read(sticker + file('')).text, '[sticker summit.jpg]');
});

test('what is shared in the old way is read, and its text stays', t => {
	const media = `<reference xmlns='urn:xmpp:reference:0' type='data' begin='0' end='4'><media-sharing xmlns='urn:xmpp:sims:1'><file xmlns='urn:xmpp:jingle:apps:file-transfer:5'>${summit}</file><sources><reference xmlns='urn:xmpp:reference:0' type='data' uri='xmpp:romeo@example.net?jingle'/><reference xmlns='urn:xmpp:reference:0' type='data' uri='${address}'/></sources></media-sharing></reference>`;
	t.deepEqual(read(body('Look!') + media), {text: 'Look!', attachments: [known]});
	t.is(read(body(address) + media).text, '[image 3.0 MB 4096x2160 summit.jpg]');
	t.is(read(media + shared(summit, urlData(address))).attachments.length, 1);
});

const from = (content: string, id: string, more = '') =>
	`<message from='${romeo}/orchard' to='${juliet}/r1' type='chat' id='${id}' ${more}>${content}</message>`;
const shown = ({storage}: Scene) => storage.messages.page(withRomeo, {limit: 100});
const file = shared(summit, urlData(address));

test('a message keeps its files, and its copies out of archive and carbon are the same message', async t => {
	const it = await scene(t);
	const stanza = from(body(address) + file + fallback + oob(address), 'm1');
	await it.server.bring(stanza);
	const at = it.clock.now();
	await it.actions.disconnect({account: juliet});
	it.server.archive.add({at, peer: romeo, message: stanza});
	await it.actions.connect({account: juliet});
	t.is(shown(it).length, 1);
	t.like(shown(it)[0], {body: '[image 3.0 MB 4096x2160 summit.jpg]', attachments: [known]});
	t.deepEqual(it.saw.all('message.recorded').at(-1)?.message.attachments, [known]);
});

test('what another device of the account sends, and what is said in a room, brings its files too', async t => {
	const it = await scene(t);
	await it.server.bring(
		`<message from='${juliet}' to='${juliet}/r1'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='${juliet}/phone' to='${romeo}' type='chat' id='c1'>${file}</message></forwarded></sent></message>`,
	);
	t.like(shown(it)[0], {direction: 'outgoing', attachments: [known]});
	const room = await inside(t);
	await room.server.bring(said('x', {id: 'g1'}).replace(/<body>.*<\/body>/, file));
	const [message] = room.storage.messages.page(inDen, {limit: 10});
	t.like(message, {attachments: [known], author: `${den}/romeo`});
});

test('a correction changes the caption and leaves the file, or brings another one', async t => {
	const it = await scene(t);
	const replace = "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>";
	await it.server.bring(from(body('The sumit') + file, 'm1'));
	await it.server.bring(from(body('The summit') + replace, 'm2'));
	t.like(shown(it)[0], {body: 'The summit', attachments: [known], edited: {times: 1}});
	const other = shared('<name>other.pdf</name>', urlData('https://example.net/other.pdf'));
	await it.server.bring(from(other + replace, 'm3'));
	const [message] = shown(it);
	const attachments = [{url: 'https://example.net/other.pdf', name: 'other.pdf'}];
	t.like(message, {body: '[file other.pdf]', attachments});
	t.deepEqual(it.saw.all('message.changed').at(-1)?.change.attachments, attachments);
	t.is(shown(it).length, 1);
});

test('what is taken back takes its files along where the text is forgotten', async t => {
	const it = await scene(t);
	await it.actions.changeSetting({name: 'retractions.forget', value: true});
	await it.server.bring(from(body('The summit') + file, 'm1'));
	await it.server.bring(
		from("<reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>🌹</reaction></reactions>", 'm2'),
	);
	t.deepEqual(shown(it)[0]?.attachments, [known]);
	await it.server.bring(from("<retract xmlns='urn:xmpp:message-retract:1' id='m1'/>", 'm3'));
	const [message] = shown(it);
	t.is(message?.attachments, undefined);
	t.deepEqual(it.saw.all('message.changed').at(-1)?.change.attachments, []);
});

test('so do the files that a correction brought', async t => {
	const it = await scene(t);
	await it.actions.changeSetting({name: 'retractions.forget', value: true});
	await it.server.bring(from(file, 'm1'));
	const other = shared('<name>other.pdf</name>', urlData('https://example.net/other.pdf'));
	await it.server.bring(from(`${other}<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>`, 'm2'));
	t.is(shown(it)[0]?.attachments?.[0]?.name, 'other.pdf');
	await it.server.bring(from("<retract xmlns='urn:xmpp:message-retract:1' id='m1'/>", 'm3'));
	const [message] = shown(it);
	t.is(message?.attachments, undefined);
	t.is(
		it.storage.relations.about(message?.key ?? 0).find(({attachments}) => attachments !== undefined),
		undefined,
	);
});

test('a file is found by its name, whatever its caption says, and never by where it lies', async t => {
	const it = await scene(t);
	await it.server.bring(from(body('Look') + file, 'm1'));
	const find = async (text: string) => {
		const read = readQuery(text, {now: it.clock.now(), calendar: systemCalendar});
		const query = read.ok ? read.query : {terms: [], filters: []};
		return (await it.actions.searchMessages({query, limit: 10})).hits.length;
	};
	t.is(await find('summit'), 1);
	t.is(await find('look'), 1);
	t.is(await find('has:image'), 1);
	t.is(await find('4a77'), 0);
});

test('what a file is called calls nobody', async t => {
	const it = await inside(t);
	const called = shared('<name>juliet.jpg</name>', urlData(address));
	await it.server.bring(said('x', {id: 'g1'}).replace(/<body>.*<\/body>/, called));
	t.is(it.storage.messages.page(inDen, {limit: 10})[0]?.highlight, undefined);
	await it.server.bring(said('juliet, look', {id: 'g2'}).replace('</message>', `${called}</message>`));
	t.is(it.storage.messages.page(inDen, {limit: 10})[1]?.highlight, true);
});
