/** Files in messages over real servers: as they were sent, for whoever has them from the server in whatever way. */

import type {Attachment} from '../../source/model/attachment.js';
import {bufferId} from '../../source/model/buffer.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer} from '../support/servers.js';
import {online as encrypting, isPublished} from './encrypting.js';
import {online} from './person.js';

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');
const onEveryServer = everyServer({
	accounts: {juliet: 'pencil', romeo: 'pencil'},
	rosters: {juliet: [{jid: romeo}], romeo: [{jid: juliet}]},
});
const photo: Attachment = {
	url: 'https://files.example.test/0190/photo.jpg',
	name: 'ça va – photo.jpg',
	mediaType: 'image/jpeg',
	size: 1_234_567,
	width: 1024,
	height: 768,
	sha256: '2XarmwTlNxDAMkvymloX3S5+VbylNrJt/l5QyPa+YoU=',
	description: 'The balcony <at> night',
	isInline: true,
};
const key = {key: 'SuRJ2agVm/pQbJQlPq/B23Xt1YOOJCcEGJA5HrcYOGQ=', iv: 'T8RDMBaiqn6Ci4Nw'};

onEveryServer('a file comes as it was sent: at once, on another device, and out of the archive', async (t, serve) => {
	const server = await serve();
	const hers = await online(t, server, juliet);
	const phone = await online(t, server, juliet);
	const his = await online(t, server, romeo);
	await hers.actions.sendMessage({account: juliet, to: romeo, body: '', attachment: photo});
	for (const person of [his, phone]) {
		const {message} = await person.saw.until('message.recorded', () => true);
		t.deepEqual(message.attachments, [photo]);
		t.is(message.body, '[image 1.2 MB 1024x768 ça va – photo.jpg: The balcony <at> night]');
	}

	const late = await online(t, server, romeo);
	await late.actions.openBuffer({account: romeo, jid: juliet});
	const {message} = await late.saw.until('message.recorded', () => true);
	t.deepEqual(message.attachments, [photo]);
	t.is(message.via, 'archive');
	t.is(his.storage.messages.page(bufferId(romeo, 'chat', juliet), {limit: 10}).length, 1);
});

onEveryServer(
	'a file that lies somewhere encrypted comes with its key where the message is encrypted',
	async (t, serve) => {
		const server = await serve();
		const hers = await encrypting(t, server, juliet);
		const his = await encrypting(t, server, romeo);
		await isPublished(hers);
		await isPublished(his);
		const attachment: Attachment = {...photo, key};
		await hers.actions.sendMessage({account: juliet, to: romeo, body: '', attachment, encryption: 'require'});
		const {message} = await his.saw.until('message.recorded', ({message}) => message.direction === 'incoming');
		t.is(message.encryption, 'omemo');
		// The version that both speak first has no place for more than the address.
		t.deepEqual(message.attachments, [{url: photo.url, key, name: 'photo.jpg'}]);
	},
);
