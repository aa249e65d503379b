/** XEP-0363. */
import test from 'ava';
import {httpUpload} from '../../source/extensions/http-upload.js';
import type {FakeServer} from '../client/fake-server.js';
import {attached} from './attached.js';

const own = 'example.org';
const upload = 'upload.example.org';
const silent = 'silent.example.org';
const feature = 'urn:xmpp:http:upload:0';
const limit = (bytes: string, of = feature) =>
	`<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>${of}</value></field><field var='max-file-size'><value>${bytes}</value></field></x>`;
const withItems = (server: FakeServer, ...jids: readonly string[]) =>
	server.answerWith('query', (payload, to) =>
		payload.includes('disco#items')
			? `<query xmlns='http://jabber.org/protocol/disco#items'>${jids.map(jid => `<item jid='${jid}'/>`).join('')}</query>`
			: to === silent
				? undefined
				: `<query xmlns='http://jabber.org/protocol/disco#info'>${to === upload ? `<feature var='${feature}'/>` : ''}${server.forms.get(to) ?? ''}</query>`,
	);
const slot = (put: string, get = put, headers = '') =>
	`<slot xmlns='${feature}'><put url='${put}'>${headers}</put><get url='${get}'/></slot>`;
const address = 'https://upload.example.org/4a77/summit.jpg';
const error = (type: string, condition: string, text: string, more: string) =>
	`<error type='${type}'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>${text}</text>${more}</error>`;
const file = {name: 'très cool.jpg', size: 23_456, type: 'image/jpeg'};

async function ready(t: Parameters<typeof attached>[0], prepare: (server: FakeServer) => void = () => {}) {
	const it = await attached(t, server => {
		withItems(server, 'rooms.example.org', 'not an address@@', upload, upload);
		prepare(server);
	});
	return {...it, ...it.live.use(httpUpload)};
}

test('the service is found among those of the server, with its limit, and asked for once', async t => {
	const it = await ready(t, server => server.forms.set(upload, limit('5242880')));
	t.deepEqual(await it.service(), {jid: upload, maxSize: 5_242_880} as never);
	const asked = it.server.asked.length;
	await it.service();
	t.is(it.server.asked.length, asked);
});

test('a limit that is none, or somebody else’s, is not known', async t => {
	for (const form of [limit('infinity'), limit('-1'), limit('0'), limit('1e9'), limit('5', 'urn:other'), '']) {
		const it = await ready(t, server => server.forms.set(upload, form));
		t.deepEqual(await it.service(), {jid: upload} as never, form);
	}
});

test('the server itself may be the service', async t => {
	const it = await attached(t, server => {
		server.answerWith('query', payload =>
			payload.includes('disco#items')
				? `<query xmlns='http://jabber.org/protocol/disco#items'/>`
				: `<query xmlns='http://jabber.org/protocol/disco#info'><feature var='${feature}'/></query>`,
		);
	});
	t.deepEqual(await it.live.use(httpUpload).service(), {jid: own} as never);
});

test('a service that does not answer holds up no other', async t => {
	const it = await ready(t, server => withItems(server, silent, upload));
	t.like(await it.service(), {jid: upload} as never);
});

test('without a service there is none, and no slot', async t => {
	const it = await ready(t, server => withItems(server, 'rooms.example.org'));
	t.is(await it.service(), undefined);
	t.like(await t.throwsAsync(it.requestSlot(file)), {
		code: 'no-upload-service',
		kind: 'unavailable',
		message: 'example.org has no place for files.',
	});
});

test('where the server could not be asked, it is asked again', async t => {
	const it = await attached(t, server => server.refusals.set(own, 'internal-server-error'));
	const {service} = it.live.use(httpUpload);
	t.is(await service(), undefined);
	it.server.refusals.clear();
	withItems(it.server, upload);
	t.like(await service(), {jid: upload} as never);
});

test('a slot is asked for by name, size and type, and given with the headers that may be', async t => {
	const headers =
		"<header name='Authorization'>Basic Base64String==</header><header name='Host'>evil.example</header><header name='cookie'>a=b\r\nX: y</header><header name='Cookie'>second</header>";
	const it = await ready(t, server =>
		server.answerWith('request', slot(address, 'https://files.example.org/a', headers)),
	);
	t.deepEqual(await it.requestSlot(file), {
		put: address,
		get: 'https://files.example.org/a',
		headers: [
			{name: 'Authorization', value: 'Basic Base64String=='},
			{name: 'Cookie', value: 'a=bX: y'},
		],
	});
	t.regex(
		it.server.asked.at(-1) ?? '',
		/to="upload\.example\.org"[^>]*><request xmlns="urn:xmpp:http:upload:0" filename="très cool\.jpg" size="23456" content-type="image\/jpeg"\/>/,
	);
});

test('an address that is not plain https is refused, wherever the file is to be put or to be had', async t => {
	for (const bad of [
		'http://upload.example.org/a',
		'file:///etc/passwd',
		'ftp://upload.example.org/a',
		'https://romeo:rose@upload.example.org/a',
		'https://upload.example.org/a#b',
	]) {
		for (const answer of [slot(bad, address), slot(address, bad)]) {
			const it = await ready(t, server => server.answerWith('request', answer));
			t.like(await t.throwsAsync(it.requestSlot(file)), {code: 'upload-insecure', kind: 'protocol'}, bad);
		}
	}
});

test('an answer that is no slot is said to be none', async t => {
	for (const answer of ['', `<slot xmlns='${feature}'/>`, `<slot xmlns='urn:other'/>`, slot('upload')]) {
		const it = await ready(t, server => server.answerWith('request', answer));
		t.like(await t.throwsAsync(it.requestSlot(file)), {code: 'malformed-answer'});
	}
});

test('what is larger than the service takes is not even asked about', async t => {
	const it = await ready(t, server => server.forms.set(upload, limit('20000')));
	t.like(await t.throwsAsync(it.requestSlot(file)), {
		code: 'file-too-large',
		kind: 'badData',
		message: 'The file is too large: it has 23 kB, and upload.example.org takes 20 kB at most.',
	});
	t.false(it.server.asked.some(text => text.includes('<request')));
});

test('a service that refuses says why, and what helps', async t => {
	const refused = async (answer: string) => {
		const it = await ready(t, server => server.answerWith('request', answer));
		return t.throwsAsync(it.requestSlot(file));
	};
	// As XEP-0363 §6 has them, then as Prosody and ejabberd say so without a limit.
	t.like(
		await refused(
			error(
				'modify',
				'not-acceptable',
				'File too large',
				`<file-too-large xmlns='${feature}'><max-file-size>20000</max-file-size></file-too-large>`,
			),
		),
		{
			code: 'file-too-large',
			message: 'The file is too large: it has 23 kB, and upload.example.org takes 20 kB at most.',
		},
	);
	t.like(await refused(error('modify', 'not-acceptable', 'File too large', `<file-too-large xmlns='${feature}'/>`)), {
		code: 'file-too-large',
		message: 'The file is too large: it has 23 kB, and that is more than upload.example.org takes.',
	});
	t.like(
		await refused(
			error('wait', 'resource-constraint', 'Quota reached', `<retry xmlns='${feature}' stamp='2017-12-03T23:42:05Z'/>`),
		),
		{
			code: 'upload-quota',
			kind: 'temporary',
			message: 'upload.example.org takes no more files from you for now: “Quota reached”',
			hint: 'Try again after 2017-12-03T23:42:05Z.',
		},
	);
	t.like(await refused(error('wait', 'resource-constraint', 'Quota reached', '')), {hint: 'Try again later.'});
	t.like(await refused(error('auth', 'forbidden', 'Only premium members', '')), {
		code: 'upload-forbidden',
		kind: 'notPermitted',
		message: 'upload.example.org does not let you put files there: “Only premium members”',
	});
	t.like(await refused(error('cancel', 'internal-server-error', 'Oh', '')), {
		code: 'stanza-internal-server-error',
		hint: 'Try again, or put the file elsewhere and send the link.',
	});
});
