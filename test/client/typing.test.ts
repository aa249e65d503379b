import test, {type ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {TypingState} from '../../source/model/message-actions.js';
import type {BareJid} from '../../source/shared/jid.js';
import {den, inDen, inside, presence, said} from './room-scene.js';
import {here, juliet, romeo, type Scene, scene, settled, withRomeo} from './scene.js';

const namespace = 'http://jabber.org/protocol/chatstates';
const orchard = `${romeo}/orchard`;
const tybalt = 'tybalt@example.org' as BareJid;
const withTybalt = bufferId(juliet, 'chat', tybalt);

const state = (name: string) => `<${name} xmlns='${namespace}'/>`;
const from = (who: string, content: string, type = 'chat') =>
	`<message xmlns='jabber:client' from='${who}' to='${here}' type='${type}'>${content}</message>`;
const body = (text: string) => `<body>${text}</body>`;

/** Who is said to write in a buffer, news by news. */
const heard = ({saw}: Scene, buffer = withRomeo) =>
	saw
		.all('typing.changed')
		.filter(event => event.buffer === buffer)
		.map(({names}) => names);

/** The states of their own that were written: whom to, and which. */
const told = ({server}: Scene) =>
	server.written
		.filter(text => text.includes(namespace) && !text.includes('<body'))
		.map(
			text =>
				`${/ to="([^"]*)"/.exec(text)?.[1]} ${/<(\w+) xmlns="http:\/\/jabber.org\/protocol\/chatstates"/.exec(text)?.[1]}`,
		);

/** A chat with Romeo that is open; his client understands chat states unless told otherwise. */
async function chat(t: ExecutionContext, understands = true): Promise<Scene> {
	const it = await scene(t);
	it.server.room(orchard, understands ? [namespace] : []);
	await it.server.bring(`<presence from='${orchard}'/>`);
	await it.actions.openBuffer({account: juliet, jid: romeo});
	return it;
}

async function types(it: Scene, wanted: TypingState, buffer = withRomeo): Promise<void> {
	await it.actions.setTyping({buffer, state: wanted});
	await settled();
}

// --- what others do

test('who writes is told by the name the person gave them, once, until they pause', async t => {
	const it = await chat(t);
	await it.server.bring(from(orchard, state('composing')), from(orchard, state('composing')));
	await it.server.bring(from(orchard, state('paused')));
	t.deepEqual(heard(it), [['Romeo'], []]);
});

test('every other state ends it', async t => {
	for (const name of ['active', 'inactive', 'gone']) {
		const it = await chat(t);
		await it.server.bring(from(orchard, state('composing')));
		await it.server.bring(from(orchard, state(name)));
		t.deepEqual(heard(it), [['Romeo'], []], name);
	}
});

test('it ends with what they wrote', async t => {
	const it = await chat(t);
	await it.server.bring(from(orchard, state('composing')));
	await it.server.bring(from(orchard, body('Good morrow')));
	t.deepEqual(heard(it), [['Romeo'], []]);
});

test('a text with the word that it is being written is a text', async t => {
	const it = await chat(t);
	await it.server.bring(from(orchard, body('Good morrow') + state('composing')));
	t.deepEqual(heard(it), []);
});

test('it ends by itself where nothing more is heard for half a minute, and each word of it begins that anew', async t => {
	const it = await chat(t);
	await it.server.bring(from(orchard, state('composing')));
	it.clock.advance(29_000);
	await it.server.bring(from(orchard, state('composing')));
	it.clock.advance(29_000);
	t.deepEqual(heard(it), [['Romeo']]);
	it.clock.advance(1000);
	t.deepEqual(heard(it), [['Romeo'], []]);
});

test('it ends when they go offline, and when the connection is lost', async t => {
	const gone = await chat(t);
	await gone.server.bring(from(orchard, state('composing')));
	await gone.server.bring(`<presence from='${orchard}' type='unavailable'/>`);
	t.deepEqual(heard(gone), [['Romeo'], []]);

	const lost = await chat(t);
	await lost.server.bring(from(orchard, state('composing')));
	lost.server.interrupt();
	t.deepEqual(heard(lost), [['Romeo'], []]);
});

test('two states in one message are none', async t => {
	const it = await chat(t);
	await it.server.bring(from(orchard, state('composing') + state('paused')));
	t.deepEqual(heard(it), []);
});

test('what waited at a server is no news of anybody’s writing', async t => {
	const it = await chat(t);
	const delay = "<delay xmlns='urn:xmpp:delay' from='juliet@example.org' stamp='2025-12-31T23:00:00Z'/>";
	await it.server.bring(from(orchard, state('composing') + delay));
	t.deepEqual(heard(it), []);
});

test('what the person writes at another device is not told as if somebody else did', async t => {
	const it = await chat(t);
	await it.server.bring(
		`<message from='${juliet}' to='${here}'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='${juliet}/phone' to='${romeo}' type='chat'>${state('composing')}</message></forwarded></sent></message>`,
	);
	t.deepEqual(it.saw.all('typing.changed'), []);
});

test('nobody opens a buffer by writing in it', async t => {
	const it = await scene(t);
	await it.server.bring(from(`${tybalt}/home`, state('composing')), from(orchard, state('composing')));
	t.deepEqual(it.saw.all('typing.changed'), []);
	t.deepEqual((await it.actions.snapshot({})).buffers, []);
});

test('in a room it is told by nick, in the order in which they began; an ignored one is not', async t => {
	const it = await inside(t);
	await it.server.bring(presence('nurse'), presence('tybalt'));
	await it.actions.ignoreOccupant({account: juliet, room: den, nick: 'tybalt'});
	const types = (nick: string, name: string) => from(`${den}/${nick}`, state(name), 'groupchat');
	await it.server.bring(types('romeo', 'composing'), types('nurse', 'composing'), types('tybalt', 'composing'));
	await it.server.bring(types('nurse', 'gone'));
	await it.server.bring(said('Hark', {nick: 'romeo'}));
	await it.server.bring(presence('nurse', {type: 'unavailable'}));
	t.deepEqual(heard(it, inDen), [['romeo'], ['romeo', 'nurse'], ['nurse'], []]);
});

test('in a room that was left nobody writes', async t => {
	const it = await inside(t);
	await it.server.bring(from(`${den}/romeo`, state('composing'), 'groupchat'));
	await it.server.bring(presence('juliet', {type: 'unavailable', codes: [110]}));
	t.deepEqual(heard(it, inDen), [['romeo'], []]);
});

test('of a crowd that writes no more than fifty are kept', async t => {
	const it = await inside(t);
	const nicks = Array.from({length: 60}, (_, index) => `guest${index}`);
	await it.server.bring(...nicks.map(nick => from(`${den}/${nick}`, state('composing'), 'groupchat')));
	t.is(heard(it, inDen).at(-1)?.length, 50);
});

// --- what the person does

test('a contact whose client understands learns once that something is written, and that it was stopped', async t => {
	const it = await chat(t);
	await types(it, 'composing');
	await types(it, 'composing');
	await types(it, 'none');
	await types(it, 'none');
	t.deepEqual(told(it), [`${romeo} composing`, `${romeo} active`]);
	t.regex(
		it.server.written.find(text => text.includes('<composing')) ?? '',
		/type="chat".*<no-store xmlns="urn:xmpp:hints"\/>/,
	);
});

test('after ten seconds without news the person has paused; whoever goes on writes again', async t => {
	const it = await chat(t);
	await types(it, 'composing');
	it.clock.advance(9000);
	await types(it, 'composing');
	it.clock.advance(9000);
	await settled();
	t.deepEqual(told(it), [`${romeo} composing`]);
	it.clock.advance(1000);
	await settled();
	await types(it, 'composing');
	t.deepEqual(told(it), [`${romeo} composing`, `${romeo} paused`, `${romeo} composing`]);
});

test('what is sent says that nothing more is written, and no word is needed for it', async t => {
	const it = await chat(t);
	await types(it, 'composing');
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'Ay me'});
	await types(it, 'none');
	it.clock.advance(20_000);
	await settled();
	t.deepEqual(told(it), [`${romeo} composing`]);
	t.regex(
		it.server.written.at(-1) ?? '',
		/<body>Ay me<\/body>.*<active xmlns="http:\/\/jabber.org\/protocol\/chatstates"\/>/,
	);
});

test('a client that does not say that it understands hears nothing, until it has shown it', async t => {
	const it = await chat(t, false);
	await types(it, 'composing');
	t.deepEqual(told(it), []);
	await types(it, 'none');
	await it.server.bring(from(orchard, body('Hark') + state('active')));
	await types(it, 'composing');
	t.deepEqual(told(it), [`${romeo} composing`]);
});

test('who answers without a state is told of none any more, not even beside a text', async t => {
	const it = await chat(t, false);
	await it.server.bring(from(orchard, body('Hark')));
	await types(it, 'composing');
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'Ay me'});
	t.false(it.server.written.some(text => text.includes(namespace)));
});

test('a stranger never learns of it, whatever they say they understand', async t => {
	const it = await scene(t);
	it.server.room(`${tybalt}/home`, [namespace]);
	await it.server.bring(from(`${tybalt}/home`, body('Hark') + state('active')));
	await it.actions.openBuffer({account: juliet, jid: tybalt});
	await types(it, 'composing', withTybalt);
	await it.actions.sendMessage({account: juliet, to: tybalt, body: 'Who art thou?'});
	t.false(it.server.written.some(text => text.includes(namespace)));
});

test('a contact who does not see our presence learns nothing of it, whatever is known of their client', async t => {
	const it = await chat(t);
	it.storage.capabilities.put('sha-1', 'v1', [namespace]);
	await it.server.bring(
		`<presence from='${orchard}'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='xmpp:other' ver='v1'/></presence>`,
	);
	await types(it, 'composing');
	t.deepEqual(told(it), [`${romeo} composing`]);
	await types(it, 'none');
	await it.server.bring(
		`<iq type='set' id='p'><query xmlns='jabber:iq:roster'><item jid='${romeo}' subscription='to'/></query></iq>`,
	);
	await types(it, 'composing');
	t.deepEqual(told(it), [`${romeo} composing`, `${romeo} active`]);
});

test('the setting turns it off, beside texts too', async t => {
	const it = await chat(t);
	await it.actions.changeSetting({name: 'typing.send', value: false});
	await types(it, 'composing');
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'Ay me'});
	t.false(it.server.written.some(text => text.includes(namespace)));
});

test('nothing of it is told, or told later, while there is no connection', async t => {
	const it = await chat(t);
	await types(it, 'composing');
	it.server.interrupt();
	await types(it, 'none');
	it.server.drop();
	await types(it, 'composing');
	it.clock.advance(60_000);
	await settled();
	await settled();
	t.is(it.server.logins, 2);
	t.deepEqual(told(it), []);
});

const room = async (t: ExecutionContext, features: readonly string[]) => inside(t, {features});

test('a small room for members hears it; what is said there says that it is over', async t => {
	const it = await room(t, ['muc_membersonly']);
	await types(it, 'composing', inDen);
	await it.actions.sendMessage({account: juliet, to: den, body: 'Ay me', kind: 'groupchat'});
	t.deepEqual(told(it), [`${den} composing`]);
	t.regex(it.server.written.find(text => text.includes('<composing')) ?? '', /type="groupchat".*<no-store/);
	t.regex(it.server.written.at(-1) ?? '', /<active /);
});

test('a room that is open, or crowded, or where one may not speak, hears nothing', async t => {
	const open = await room(t, []);
	await types(open, 'composing', inDen);
	t.deepEqual(told(open), []);

	const crowded = await room(t, ['muc_membersonly']);
	await crowded.server.bring(...Array.from({length: 29}, (_, index) => presence(`guest${index}`)));
	await types(crowded, 'composing', inDen);
	t.deepEqual(told(crowded), []);

	const silent = await room(t, ['muc_membersonly']);
	await silent.server.bring(presence('juliet', {codes: [110], item: "affiliation='none' role='visitor'"}));
	await types(silent, 'composing', inDen);
	t.deepEqual(told(silent), []);
});
