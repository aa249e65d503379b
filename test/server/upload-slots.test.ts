/** XEP-0363 at the servers that most people have: what they offer and how they refuse. */
import test from 'ava';
import {httpUpload} from '../../source/extensions/http-upload.js';
import {startEjabberd} from '../support/ejabberd.js';
import {startProsody} from '../support/prosody.js';
import {online} from './live-session.js';

const accounts = {juliet: 'pencil'};
const photo = {name: 'très cool.jpg', size: 23_456, type: 'image/jpeg'};

test.serial(
	'Prosody gives a slot with its header, and refuses what is too large or is put there too often',
	async t => {
		const server = await startProsody({
			accounts,
			enable: ['http_file_share'],
			settings: [
				'http_file_share_base_url = "https://files.example.test/share"',
				'http_file_share_size_limit = 30000',
				'http_file_share_daily_quota = 40000',
			].join('\n'),
		});
		t.teardown(() => server.stop());
		const {live} = await online(t, server, 'juliet', 'pencil');
		const {service, requestSlot} = live.use(httpUpload);
		t.deepEqual(await service(), {jid: server.domain, maxSize: 30_000} as never);
		const slot = await requestSlot(photo);
		t.regex(slot.put, /^https:\/\/files\.example\.test\/share\/[^/]+\/tr%C3%A8s%20cool\.jpg$/i);
		t.is(slot.get, slot.put);
		t.is(slot.headers.length, 1);
		t.like(slot.headers[0], {name: 'Authorization'});
		t.like(await t.throwsAsync(requestSlot({...photo, size: 30_001})), {code: 'file-too-large'});
		t.like(await t.throwsAsync(requestSlot(photo)), {code: 'upload-quota', hint: 'Try again later.'});
	},
);

test.serial('ejabberd gives a slot, and refuses what is too large', async t => {
	const server = await startEjabberd({
		accounts,
		modules: {
			mod_http_upload: {
				put_url: 'https://files.example.test/upload',
				// Somebody else keeps the files: nothing is written here.
				external_secret: 'rose',
				access: 'all',
				max_size: 30_000,
			},
		},
	});
	t.teardown(() => server.stop());
	const {live} = await online(t, server, 'juliet', 'pencil');
	const {service, requestSlot} = live.use(httpUpload);
	t.deepEqual(await service(), {jid: `upload.${server.domain}`, maxSize: 30_000} as never);
	const slot = await requestSlot(photo);
	t.regex(slot.put, /^https:\/\/files\.example\.test\/upload\/.+\.jpg(?:\?v=[0-9a-f]+)?$/);
	t.regex(slot.get, /^https:\/\/files\.example\.test\/upload\/.+\.jpg(?:\?v=[0-9a-f]+)?$/);
	t.deepEqual(slot.headers, []);
	t.like(await t.throwsAsync(requestSlot({...photo, size: 30_001})), {code: 'file-too-large'});
});
