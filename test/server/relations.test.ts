/** What is said about messages, over real servers: two devices of one person and somebody else come to the same view. */
import {bufferId} from '../../source/model/buffer.js';
import type {Message} from '../../source/model/message.js';
import type {BareJid} from '../../source/shared/jid.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer} from '../support/servers.js';
import {incoming, online, outgoing} from './encrypting.js';
import type {Person} from './person.js';

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');
const onEveryServer = everyServer({
	accounts: {juliet: 'pencil', romeo: 'pencil'},
	rosters: {
		juliet: [{jid: 'romeo@example.test', name: 'Romeo'}],
		romeo: [{jid: 'juliet@example.test', name: 'Juliet'}],
	},
});
const inClear = {'omemo.default': 'off'} as const;

/** What everybody should see alike of a message. */
function seen({body, edited, retracted, reactions, reply}: Message) {
	return {
		body,
		edits: edited?.times ?? 0,
		retracted: retracted?.by,
		reactions: (reactions ?? []).map(({emoji, by}) => `${by} ${emoji.join('')}`).toSorted(),
		answers: reply?.key !== undefined,
	};
}

const view = ({storage}: Person, account: BareJid, kind: 'chat' | 'room', jid: BareJid) =>
	storage.messages.page(bufferId(account, kind, jid), {limit: 100}).map(seen);
const keyOf = ({storage}: Person, account: BareJid, kind: 'chat' | 'room', jid: BareJid, body: string) =>
	storage.messages.page(bufferId(account, kind, jid), {limit: 100}).find(message => message.body === body)?.key ?? 0;

onEveryServer(
	'two devices of one person and their contact see the same of a chat, live and later',
	async (t, serve) => {
		const server = await serve();
		const desk = await online(t, server, juliet, inClear);
		const phone = await online(t, server, juliet, inClear);
		const his = await online(t, server, romeo, inClear);

		await desk.actions.sendMessage({account: juliet, to: romeo, body: 'through yonder airlock'});
		await his.saw.until('message.recorded', incoming('through yonder airlock'));
		await phone.saw.until('message.recorded', outgoing('through yonder airlock'));
		const hisKey = keyOf(his, romeo, 'chat', juliet, 'through yonder airlock');
		await his.actions.react({account: romeo, key: hisKey, emoji: ['👍', '🎉']});
		await his.actions.sendMessage({account: romeo, to: juliet, body: 'It is the east', reply: hisKey});
		await desk.saw.until('message.recorded', incoming('It is the east'));
		await phone.saw.until('message.recorded', incoming('It is the east'));

		const stanzaOf = async ({actions}: Person, account: BareJid, key: number) =>
			(await actions.messageDetails({account, key})).xml ?? '';
		const written = await stanzaOf(desk, juliet, keyOf(desk, juliet, 'chat', romeo, 'through yonder airlock'));
		const copied = await stanzaOf(phone, juliet, keyOf(phone, juliet, 'chat', romeo, 'through yonder airlock'));
		const arrived = await stanzaOf(his, romeo, hisKey);
		t.regex(written, /^<message to="romeo@example\.test".*\n\t<body>through yonder airlock<\/body>/u);
		t.regex(copied, /\n\t<sent xmlns="urn:xmpp:carbons:2">.*>through yonder airlock<\/body>/su);
		t.regex(arrived, /^<message .*\bfrom="juliet@example\.test\/.*\n\t<body>through yonder airlock<\/body>/su);

		// From the device that did not write it.
		await phone.actions.correctMessage({
			account: juliet,
			key: keyOf(phone, juliet, 'chat', romeo, 'through yonder airlock'),
			body: 'through yonder window',
		});
		const isCorrected = ({change}: {readonly change: {readonly body?: string}}) =>
			change.body === 'through yonder window';
		await his.saw.until('message.changed', isCorrected);
		await desk.saw.until('message.changed', isCorrected);

		await desk.actions.react({
			account: juliet,
			key: keyOf(desk, juliet, 'chat', romeo, 'It is the east'),
			emoji: ['❤️'],
		});
		await desk.actions.sendMessage({account: juliet, to: romeo, body: 'oops'});
		await his.saw.until('message.recorded', incoming('oops'));
		await phone.saw.until('message.recorded', outgoing('oops'));
		const oops = keyOf(desk, juliet, 'chat', romeo, 'oops');
		await desk.actions.retractMessage({account: juliet, key: oops});
		const isRetracted = ({change}: {readonly change: {readonly retracted?: unknown}}) => change.retracted !== undefined;
		await his.saw.until('message.changed', isRetracted);
		await phone.saw.until('message.changed', isRetracted);

		const expected = [
			{body: 'through yonder window', edits: 1, retracted: undefined, reactions: [`${romeo} 👍🎉`], answers: false},
			{body: 'It is the east', edits: 0, retracted: undefined, reactions: [`${juliet} ❤️`], answers: true},
			{body: 'oops', edits: 0, retracted: 'author', reactions: [], answers: false},
		];
		for (const [who, account, peer] of [
			[desk, juliet, romeo],
			[phone, juliet, romeo],
			[his, romeo, juliet],
		] as const) {
			t.deepEqual(view(who, account, 'chat', peer), expected);
		}

		const tablet = await online(t, server, juliet, inClear);
		await tablet.actions.openBuffer({account: juliet, jid: romeo});
		await tablet.actions.loadHistory({buffer: bufferId(juliet, 'chat', romeo), limit: 100});
		t.deepEqual(view(tablet, juliet, 'chat', romeo), expected);
	},
);

onEveryServer('everybody in a room sees the same of it, also who comes later', async (t, serve, {name}) => {
	const server = await serve();
	const den = `den@${server.roomDomain}` as BareJid;
	const hers = await online(t, server, juliet, inClear);
	const his = await online(t, server, romeo, inClear);
	await hers.actions.joinRoom({account: juliet, room: den, nick: 'Juliet'});
	await his.actions.joinRoom({account: romeo, room: den, nick: 'Romeo'});
	await his.actions.sendMessage({account: romeo, to: den, body: 'Ay me', kind: 'groupchat'});
	const {message} = await hers.saw.until('message.recorded', incoming('Ay me'));
	await his.saw.until('message.changed', ({change}) => change.state === 'delivered' && change.archiveId !== undefined);
	await hers.actions.react({account: juliet, key: message.key, emoji: ['👍']});
	await his.saw.until('message.changed', ({change}) => (change.reactions ?? []).length > 0);
	await his.actions.correctMessage({
		account: romeo,
		key: keyOf(his, romeo, 'room', den, 'Ay me'),
		body: 'She speaks',
	});
	await hers.saw.until('message.changed', ({change}) => change.body === 'She speaks');
	await hers.actions.sendMessage({account: juliet, to: den, body: 'O Romeo', kind: 'groupchat', reply: message.key});
	await his.saw.until('message.recorded', incoming('O Romeo'));

	await his.actions.sendMessage({account: romeo, to: den, body: 'Free magic potions', kind: 'groupchat'});
	const spam = await hers.saw.until('message.recorded', incoming('Free magic potions'));
	const moderating = hers.actions.moderateMessage({account: juliet, key: spam.message.key, reason: 'Spam'});
	const moderates = name === 'Prosody';
	if (moderates) {
		await moderating;
		await his.saw.until('message.changed', ({change}) => change.retracted?.by === 'moderator');
		await hers.saw.until('message.changed', ({change}) => change.retracted?.by === 'moderator');
		t.like(hers.storage.messages.get(spam.message.key)?.retracted, {moderator: 'Juliet', reason: 'Spam'});
	} else {
		t.like(await t.throwsAsync(moderating), {code: 'moderation-unsupported'});
	}

	const expected = [
		{body: 'She speaks', edits: 1, retracted: undefined, reactions: ['Juliet 👍'], answers: false},
		{body: 'O Romeo', edits: 0, retracted: undefined, reactions: [], answers: true},
		{
			body: 'Free magic potions',
			edits: 0,
			retracted: moderates ? 'moderator' : undefined,
			reactions: [],
			answers: false,
		},
	];
	t.deepEqual(view(hers, juliet, 'room', den), expected);
	t.deepEqual(view(his, romeo, 'room', den), expected);

	const later = await online(t, server, juliet, inClear);
	await later.actions.joinRoom({account: juliet, room: den, nick: 'Juliet later'});
	await later.saw.until('message.recorded', ({message: {buffer}}) => buffer === bufferId(juliet, 'room', den));
	await later.saw.until('archive.changed', ({room, loading}) => room === den && !loading);
	t.deepEqual(
		view(later, juliet, 'room', den).map(({body, edits, reactions}) => ({body, edits, reactions})),
		expected.map(({body, edits, reactions, retracted}) => ({
			body: retracted === undefined ? body : '',
			edits,
			reactions,
		})),
	);
});
