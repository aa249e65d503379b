import test, {type ExecutionContext} from 'ava';
import {bufferId} from '../../../source/model/buffer.js';
import type {BareJid, FullJid} from '../../../source/shared/jid.js';
import {archived, den, inDen, presence, reflection, said, self, stanzaId, status, userX} from '../room-scene.js';
import {juliet, romeo} from '../scene.js';
import {
	connect,
	type EncryptedOptions,
	type EncryptedScene,
	messages,
	notices,
	offline,
	pass,
	quiet,
	spoken,
	stateOf,
} from './encrypted-scene.js';
import type {Party} from './party.js';
import {listName, refusal} from './pep.js';

const nurse = 'nurse@example.net' as BareJid;
const tybalt = 'tybalt@example.net' as BareJid;
const hidden = ['muc_membersonly', 'muc_nonanonymous'];
const open = ['muc_open', 'muc_nonanonymous'];
const semiAnonymous = ['muc_membersonly', 'muc_semianonymous'];

const member = (jid: string, affiliation = 'member') => ({
	item: `affiliation='${affiliation}' role='participant' jid='${jid}/home'`,
});

type Den = EncryptedScene & {readonly his: Party; readonly hers: Party};

/** Juliet in the den with Romeo; the nurse is a member who is not there. */
async function inside(
	t: ExecutionContext,
	features = hidden,
	{prepare = () => {}, ...options}: EncryptedOptions & {readonly prepare?: (it: EncryptedScene) => void} = {},
): Promise<Den> {
	const it = await offline(t, options);
	const his = await it.device(romeo, 31);
	const hers = await it.device(nurse, 41);
	it.server.room(den, ['http://jabber.org/protocol/muc', ...archived, ...features]);
	it.server.members.set(den, {owner: [juliet], member: [romeo, nurse], outcast: [tybalt]});
	prepare(it);
	it.pep.put(juliet, 'urn:xmpp:bookmarks:1', "<conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'/>", den);
	await connect(it);
	await it.server.bring(presence('romeo', member(romeo)), self());
	await quiet(it);
	return {...it, his, hers};
}

async function say(it: EncryptedScene, body: string): Promise<number> {
	const {key} = await it.actions.sendMessage({account: juliet, to: den, body, kind: 'groupchat'});
	await quiet(it);
	return key;
}

/** The room says what was written last. */
const reflect = async (it: EncryptedScene, id = 'r1') =>
	it.server.bring(reflection(spoken(it).at(-1) ?? '', stanzaId(id)));

test('what is said in a private room is encrypted for all its members, there or not', async t => {
	const it = await inside(t);
	const key = await say(it, 'A plague on both your houses');
	const [stanza = ''] = spoken(it);
	t.false(stanza.includes('plague'));
	t.regex(stanza, /type="groupchat"/);
	t.is(it.his.text(stanza, {room: den}), 'A plague on both your houses');
	t.is(it.hers.text(stanza, {room: den}), 'A plague on both your houses');
	t.is(it.storage.messages.get(key)?.encryption, 'omemo');
	t.is((await stateOf(it, inDen))?.encryption, 'omemo');
});

test('nobody who is banned, or has no affiliation with the room, gets anything', async t => {
	const it = await inside(t);
	const ghosts = [await it.device(tybalt, 51), await it.device('paris@example.net' as BareJid, 61)];
	await it.server.bring(
		presence('paris', member('paris@example.net', 'none')),
		presence('tybalt', member(tybalt, 'outcast')),
	);
	await say(it, 'A plague on both your houses');
	t.is(spoken(it).length, 1);
	for (const ghost of ghosts) {
		t.false(ghost.isAddressed(spoken(it)[0] ?? ''));
	}
});

test('somebody on a list of members whom the room calls an outcast gets nothing', async t => {
	const it = await inside(t);
	const ghost = await it.device(tybalt, 51);
	it.server.members.set(
		den,
		`<query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='member' jid='${romeo}'/><item affiliation='outcast' jid='${tybalt}'/></query>`,
	);
	await say(it, 'A plague on both your houses');
	t.true(it.his.isAddressed(spoken(it)[0] ?? ''));
	t.false(ghost.isAddressed(spoken(it)[0] ?? ''));
});

test('a member who is taken off while absent gets nothing from the next message on, and a new one does', async t => {
	const it = await inside(t);
	const his = await it.device(tybalt, 51);
	await say(it, 'A plague on both your houses');
	await reflect(it);
	it.server.members.set(den, {owner: [juliet], member: [romeo, tybalt]});
	await it.server.bring(
		`<message xmlns='jabber:client' from='${den}'>${userX(`<item affiliation='none' jid='${nurse}'/>`)}</message>`,
	);
	await say(it, 'They have made worms’ meat of me');
	const [, second = ''] = spoken(it);
	t.false(it.hers.isAddressed(second));
	t.true(his.isAddressed(second));
	t.true(it.his.isAddressed(second));
});

test('somebody who is banned in front of everybody gets nothing from the next message on', async t => {
	const it = await inside(t);
	await say(it, 'A plague on both your houses');
	await reflect(it);
	it.server.members.set(den, {owner: [juliet], member: [nurse]});
	await it.server.bring(
		presence('romeo', {
			type: 'unavailable',
			item: `affiliation='outcast' role='none' jid='${romeo}/home'`,
			codes: [301],
		}),
	);
	await say(it, 'They have made worms’ meat of me');
	t.false(it.his.isAddressed(spoken(it)[1] ?? ''));
	t.true(it.hers.isAddressed(spoken(it)[1] ?? ''));
});

const badLists: ReadonlyArray<readonly [string, (it: EncryptedScene) => void]> = [
	['refuses them', it => it.server.members.set(den, refusal('forbidden', 'auth'))],
	['does not answer', it => it.server.members.set(den, 'silent')],
	['answers something else', it => it.server.members.set(den, "<query xmlns='jabber:iq:roster'/>")],
	['answers nothing', it => it.server.members.set(den, '')],
];
for (const [what, prepare] of badLists) {
	test(`nothing is said in clear in a private room that, asked for its members, ${what}`, async t => {
		const it = await inside(t, hidden, {prepare});
		const key = await say(it, 'A plague on both your houses');
		await pass(it, 59_000);
		t.deepEqual(spoken(it), []);
		t.is(it.storage.messages.get(key)?.state, 'queued');
		t.is((await stateOf(it, inDen))?.encryptionProblem?.code, 'members-unknown');
		it.server.members.set(den, {member: [romeo]});
		await pass(it, 61_000);
		t.is(it.his.text(spoken(it)[0] ?? '', {room: den}), 'A plague on both your houses');
	});
}

test('a room is asked for its members once in a minute, however often something is said that it holds back', async t => {
	const it = await inside(t, hidden, {prepare: ({server}) => server.members.set(den, refusal('forbidden', 'auth'))});
	await say(it, 'A plague');
	await say(it, 'on both');
	await say(it, 'your houses');
	t.is(
		it.server.asked.filter(text => text.includes('muc#admin')).length,
		6,
		'when it was entered, and for the first message',
	);
});

test('a member without a device lets a room that was never encrypted stay in clear, and holds back one that was', async t => {
	const it = await inside(t, hidden, {prepare: ({pep}) => pep.remove(nurse, listName('legacy'))});
	await say(it, 'Good morrow');
	t.true(spoken(it)[0]?.includes('Good morrow'));
	await reflect(it);

	const other = await inside(t);
	await say(other, 'A plague on both your houses');
	await reflect(other);
	other.pep.putList(nurse, 'legacy');
	await other.actions.disconnect({account: juliet});
	await connect(other);
	await other.server.bring(presence('romeo', member(romeo)), self());
	await quiet(other);
	await say(other, 'They have made worms’ meat of me');
	t.deepEqual(spoken(other), []);
	t.is((await stateOf(other, inDen))?.encryptionProblem?.code, 'no-omemo-device');
});

test('a room that stops being private says nothing more in clear, and goes on when it is private again', async t => {
	const it = await inside(t);
	await say(it, 'A plague on both your houses');
	await reflect(it);
	it.server.room(den, ['http://jabber.org/protocol/muc', ...archived, ...open]);
	const change = `<message xmlns='jabber:client' from='${den}' type='groupchat'>${userX(status(104))}</message>`;
	await it.server.bring(change);
	await quiet(it);
	t.is((await stateOf(it, inDen))?.encryption, 'unavailable');
	const key = await say(it, 'They have made worms’ meat of me');
	t.is(spoken(it).length, 1);
	t.is(it.storage.messages.get(key)?.state, 'queued');
	t.is((await stateOf(it, inDen))?.encryptionProblem?.code, 'readers-unknown');

	it.server.room(den, ['http://jabber.org/protocol/muc', ...archived, ...hidden]);
	await it.server.bring(change);
	await quiet(it);
	t.is(it.his.text(spoken(it)[1] ?? '', {room: den}), 'They have made worms’ meat of me');
});

for (const [what, features] of [
	['anybody may enter', open],
	['hides who its people are', semiAnonymous],
] as const) {
	test(`a room that ${what} is in clear, and nobody is asked for devices`, async t => {
		const it = await inside(t, [...features]);
		await say(it, 'Good morrow');
		t.true(spoken(it)[0]?.includes('Good morrow'));
		t.false(it.pep.asked.some(node => node.startsWith(nurse)));
		t.is((await stateOf(it, inDen))?.encryption, 'none');
	});
}

test('a room that does not say what it is gets nothing in clear', async t => {
	const it = await offline(t);
	it.server.refusals.set(den, 'service-unavailable');
	it.pep.put(juliet, 'urn:xmpp:bookmarks:1', "<conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'/>", den);
	await connect(it);
	await it.server.bring(presence('romeo', member(romeo)), self());
	await quiet(it);
	const key = await say(it, 'Good morrow');
	t.deepEqual(spoken(it), []);
	t.is(it.storage.messages.get(key)?.state, 'queued');
	t.is((await stateOf(it, inDen))?.encryptionProblem?.code, 'room-unknown');
});

test('a room that did not say what it is is asked again, and then written to and read', async t => {
	const it = await offline(t);
	const his = await it.device(romeo, 31);
	it.server.refusals.set(den, 'service-unavailable');
	it.pep.put(juliet, 'urn:xmpp:bookmarks:1', "<conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'/>", den);
	await connect(it);
	await it.server.bring(presence('romeo', member(romeo)), self());
	await quiet(it);
	const key = await say(it, 'Good morrow');
	await pass(it, 10_000);
	t.is(it.storage.messages.get(key)?.state, 'queued');

	it.server.refusals.delete(den);
	const archive = it.server.room(den, ['http://jabber.org/protocol/muc', ...archived, ...hidden]);
	archive.add({id: 'a0', at: it.clock.now() - 60_000, peer: den, message: said('Is the day so young?')});
	it.server.members.set(den, {owner: [juliet], member: [romeo]});
	await pass(it, 5_000);
	t.is(his.text(spoken(it)[0] ?? ''), 'Good morrow');
	t.true(it.storage.messages.page(inDen, {limit: 10}).some(({archiveId}) => archiveId === 'a0'));
});

const live = (stanza: string, nick: string, more = '') =>
	stanza
		.replace(/ from="[^"]*"/, ` from="${den}/${nick}"`)
		.replace(/ to="[^"]*"/, '')
		.replace('</message>', `${more}</message>`);

test('what an occupant says encrypted is read by who they really are', async t => {
	const it = await inside(t);
	await it.server.bring(live(it.his.write('Courage, man', {type: 'groupchat', to: den}), 'romeo', stanzaId('a1')));
	const [message] = it.storage.messages.page(inDen, {limit: 10});
	t.like(message, {body: 'Courage, man', encryption: 'omemo', device: 31, realJid: `${romeo}/home`, archiveId: 'a1'});
});

test('out of the room’s archive the room says who it was; without that only a known key does, and never a stranger’s', async t => {
	const it = await inside(t);
	await say(it, 'A plague on both your houses');
	await reflect(it);
	await it.actions.disconnect({account: juliet});
	const archive = it.server.room(den, ['http://jabber.org/protocol/muc', ...archived, ...hidden]);
	const said = (party: Party, body: string, more = '') =>
		live(party.write(body, {type: 'groupchat', to: den}), 'somebody', more);
	// A device id of the nurse's that nobody has ever seen a key of, used by somebody else.
	it.pep.putList(nurse, 'legacy', 41, 99);
	const liar = await it.device(tybalt, 99);
	const at = it.clock.now();
	archive.add({
		at,
		message: said(it.his, 'I am named', userX(`<item affiliation='member' jid='${romeo}/home'/>`)),
		peer: den,
	});
	archive.add({at: at + 1, message: said(it.hers, 'I am not'), peer: den});
	archive.add({at: at + 2, message: said(liar, 'I am the nurse'), peer: den});
	await connect(it);
	await it.server.bring(presence('romeo', member(romeo)), self());
	await quiet(it);
	await say(it, 'Ask for me tomorrow');
	const shown = it.storage.messages.page(inDen, {limit: 10});
	t.like(
		shown.find(({body}) => body === 'I am not'),
		{device: 41, realJid: nurse},
	);
	t.like(
		shown.find(({body}) => body === 'I am named'),
		{device: 31, realJid: `${romeo}/home`},
	);
	t.is(
		shown.some(({body}) => body === 'I am the nurse'),
		false,
	);
	t.is(it.storage.omemo.device(juliet, nurse, 99)?.fingerprint, undefined);
});

test('a message of a room is one, live without the room’s id and out of its archive', async t => {
	const it = await inside(t);
	const stanza = live(it.his.write('Courage, man', {type: 'groupchat', to: den, id: 'm1'}), 'romeo');
	await it.server.bring(stanza);
	await it.actions.disconnect({account: juliet});
	const archive = it.server.room(den, ['http://jabber.org/protocol/muc', ...archived, ...hidden]);
	const archiveId = archive.add({
		at: it.clock.now(),
		peer: den,
		message: stanza.replace('</message>', `${userX(`<item affiliation='member' jid='${romeo}/home'/>`)}</message>`),
	});
	await connect(it);
	await it.server.bring(presence('romeo', member(romeo)), self());
	await quiet(it);
	const shown = it.storage.messages.page(inDen, {limit: 10});
	t.deepEqual(
		shown.map(({body}) => body),
		['Courage, man'],
	);
	t.is(shown[0]?.archiveId, archiveId);
});

test('a room that takes off what is encrypted is told of, once', async t => {
	const it = await inside(t);
	await say(it, 'A plague on both your houses');
	const bare = reflection(spoken(it)[0] ?? '').replace(/<encrypted.*<\/encrypted>/, '');
	await it.server.bring(bare);
	t.is(notices(it).filter(text => text.includes('takes off')).length, 1);
	await say(it, 'They have made worms’ meat of me');
	await it.server.bring(reflection(spoken(it)[1] ?? '').replace(/<encrypted.*<\/encrypted>/, ''));
	t.is(notices(it).filter(text => text.includes('takes off')).length, 1);
});

const withHim = `${den}/romeo` as FullJid;
const privately = bufferId(juliet, 'private', withHim);

test('a private message in a room goes encrypted to who that really is, and an answer is read', async t => {
	const it = await inside(t);
	await it.actions.sendMessage({account: juliet, to: withHim, body: 'Anon'});
	await quiet(it);
	const [stanza = ''] = spoken(it);
	t.regex(stanza, new RegExp(`to="${withHim}"`));
	t.is(it.his.text(stanza), 'Anon');
	t.false(it.hers.isAddressed(stanza));
	const answer = it.his.write('Ay', {from: withHim, more: userX('')});
	await it.server.bring(answer);
	t.deepEqual(
		it.storage.messages.page(privately, {limit: 10}).map(({body}) => body),
		['Anon', 'Ay'],
	);
});

test('a private message in clear is marked where that conversation is encrypted', async t => {
	const it = await inside(t);
	await it.actions.sendMessage({account: juliet, to: withHim, body: 'Anon'});
	await quiet(it);
	await it.server.bring(
		`<message xmlns='jabber:client' from='${withHim}' to='${juliet}/r1' type='chat' id='p1'><body>Ay</body>${userX('')}</message>`,
	);
	t.is(it.storage.messages.page(privately, {limit: 10}).at(-1)?.unprotected, true);
});

test('a private message in a room that hides who that is stays here where it was encrypted before', async t => {
	const it = await inside(t);
	await it.actions.sendMessage({account: juliet, to: withHim, body: 'Anon'});
	await quiet(it);
	await it.server.bring(presence('romeo', {item: "affiliation='none' role='participant'"}));
	await it.actions.sendMessage({account: juliet, to: withHim, body: 'good nurse'});
	await quiet(it);
	t.is(spoken(it).length, 1);
	t.is((await stateOf(it, privately))?.encryption, 'unavailable');
});

test('who takes the nick of somebody gets nothing that was meant for them', async t => {
	const it = await inside(t);
	const his = await it.device(tybalt, 51);
	await it.actions.sendMessage({account: juliet, to: withHim, body: 'Anon'});
	await quiet(it);
	await it.server.bring(presence('romeo', member(tybalt)));
	await it.actions.sendMessage({account: juliet, to: withHim, body: 'good nurse'});
	await quiet(it);
	const [, second = ''] = spoken(it);
	t.false(it.his.isAddressed(second));
	t.true(second === '' || his.isAddressed(second));
});

test('messages of members are answered, so that their sessions are complete, and those of strangers are not', async t => {
	const it = await inside(t);
	await say(it, 'A plague on both your houses');
	await reflect(it);
	it.hers.forget();
	const stranger = await it.device(tybalt, 51);
	await it.server.bring(it.hers.write('My lady'), stranger.write('Boy'));
	it.clock.advance(5000);
	await quiet(it);
	const answered = messages(it).filter(text => !text.includes('<payload') && text.includes('<encrypted'));
	t.is(answered.length, 1);
	t.true(it.hers.isAddressed(answered[0] ?? ''));
});

test('a private message to somebody who has left a private room says nothing in clear', async t => {
	const it = await inside(t);
	await it.server.bring(
		presence('romeo', {type: 'unavailable', item: `affiliation='member' role='none' jid='${romeo}/home'`}),
	);
	const {key} = await it.actions.sendMessage({account: juliet, to: withHim, body: 'Anon'});
	await quiet(it);
	t.deepEqual(spoken(it), []);
	t.is(it.storage.messages.get(key)?.state, 'queued');
	t.is((await stateOf(it, privately))?.encryptionProblem?.code, 'occupant-unknown');

	await it.server.bring(presence('romeo', member(romeo)));
	await pass(it, 60_000);
	t.is(it.his.text(spoken(it)[0] ?? ''), 'Anon');
});

test('a private message in a room that does not say what it is is not sent in clear', async t => {
	const it = await offline(t);
	it.server.refusals.set(den, 'service-unavailable');
	it.pep.put(juliet, 'urn:xmpp:bookmarks:1', "<conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'/>", den);
	await connect(it);
	await it.server.bring(presence('romeo', {item: "affiliation='member' role='participant'"}), self());
	await quiet(it);
	await it.actions.sendMessage({account: juliet, to: withHim, body: 'Anon'});
	await quiet(it);
	t.deepEqual(spoken(it), []);
	t.is((await stateOf(it, privately))?.encryptionProblem?.code, 'room-unknown');
});

test('what is written to somebody in a room that was left stays here where it was encrypted before', async t => {
	const it = await inside(t);
	await it.actions.sendMessage({account: juliet, to: withHim, body: 'Anon'});
	await quiet(it);
	const leaving = it.actions.leaveRoom({account: juliet, room: den});
	await it.server.bring(
		presence('juliet', {
			type: 'unavailable',
			item: `affiliation='owner' role='none' jid='${juliet}/r1'`,
			codes: [110],
		}),
	);
	await leaving;
	await it.actions.sendMessage({account: juliet, to: withHim, body: 'good nurse'});
	await quiet(it);
	t.is(spoken(it).length, 1);
	const [last] = it.storage.messages.page(privately, {limit: 1});
	t.like(last, {body: 'good nurse', state: 'queued'});
	t.is((await stateOf(it, privately))?.encryptionProblem?.code, 'occupant-unknown');
});
