/** What rooms ask before they let somebody in (XEP-0158), through the verbs that front ends have. */
import {existsSync, readFileSync, statSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {sendOnce} from '../../source/client/one-shot.js';
import {XmppcError} from '../../source/shared/errors.js';
import {silentLog} from '../../source/shared/log.js';
import {bits, challenge, cidFor, entryId, ocrField, pixel} from '../support/captcha.js';
import {createManualClock} from '../support/manual-clock.js';
import {noResolver} from '../support/scripted-session.js';
import {createFakeServer} from './fake-server.js';
import {profileWith} from './profile.js';
import {before, den, entries, inDen, pubsubItems, self} from './room-scene.js';
import {juliet, offlineScene, type Scene, settled} from './scene.js';

const inRoom = {account: juliet, room: den};
const refused = `<error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
const notAuthorized = `<presence from='${den}/juliet' type='error'><error type='auth'><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>`;

/** Juliet has asked to be let in, and the room asks something. */
async function asked(t: ExecutionContext, more = {}): Promise<Scene> {
	const it = await offlineScene(t);
	await it.actions.connect({account: juliet});
	await settled();
	const joined = it.actions.joinRoom(inRoom);
	await settled();
	await settled();
	await it.server.bring(ask(it, more));
	await t.throwsAsync(joined, {code: 'room-captcha', message: /asks something before it lets you in/});
	return it;
}

const ask = ({server}: Scene, more = {}) => challenge({room: den, sid: entryId(server.written), ...more});

test('the question is told with its text, its page and what is known of its picture, without what is hidden', async t => {
	const it = await asked(t);
	const {form, text, url, pictures} = await it.actions.roomChallenge(inRoom);
	t.deepEqual(
		form.fields.map(({name, media}) => [name, media]),
		[['ocr', []]],
	);
	t.regex(text ?? '', /have been blocked/);
	t.is(url, 'http://127.0.0.1:5280/captcha/c1');
	t.deepEqual(pictures, [{format: 'PNG', size: pixel.length, width: 1, height: 1}]);
});

test('after the right answer the room is entered and remembered', async t => {
	const it = await asked(t);
	const done = it.actions.answerRoomChallenge({...inRoom, answers: {ocr: ['seven']}});
	await settled();
	await it.server.bring(self());
	t.like(await done, {created: false});
	await settled();
	t.is(it.saw.all('room.changed').at(-1)?.room.status, 'joined');
	t.is(it.saw.all('room.changed').at(-1)?.room.challenged, undefined);
	t.true(it.server.asked.some(text => text.includes('<publish') && text.includes(`id="${den}"`)));
	await t.throwsAsync(it.actions.roomChallenge(inRoom), {code: 'captcha-over'});
});

test('who asks to be let in once more is asked the same once more, and nothing is sent', async t => {
	const it = await asked(t);
	const written = it.server.written.length;
	await t.throwsAsync(it.actions.joinRoom(inRoom), {code: 'room-captcha'});
	t.is(it.server.written.length, written);
});

test('who wants in under another name begins anew', async t => {
	const it = await asked(t);
	const joined = it.actions.joinRoom({...inRoom, nick: 'capulet'});
	await settled();
	await settled();
	t.true(it.server.written.some(text => text.includes('not-acceptable')));
	t.deepEqual(entries(it), [`${den}/juliet`, `${den}/capulet`]);
	await it.server.bring(self().replace(`${den}/juliet`, `${den}/capulet`));
	t.like(await joined, {created: false});
	await settled();
	t.regex(it.server.asked.findLast(text => text.includes('<publish')) ?? '', /<nick>capulet<\/nick>/);
});

test('a wrong answer after which the room refuses leaves one outside, with the next step', async t => {
	const it = await asked(t);
	it.server.answerWith('captcha', refused);
	const wrong = it.actions.answerRoomChallenge({...inRoom, answers: {ocr: ['six']}});
	await settled();
	await it.server.bring(notAuthorized);
	const error = await t.throwsAsync<XmppcError>(wrong, {instanceOf: XmppcError, code: 'captcha-failed'});
	t.is(error?.hint, `/join ${den} asks again.`);
	t.false(it.server.asked.some(text => text.includes('<publish')));

	const again = it.actions.joinRoom(inRoom);
	await settled();
	await settled();
	t.is(entries(it).length, 2);
	await it.server.bring(self());
	await again;
});

test('who does not want to answer is not let in, and the room knows', async t => {
	const it = await asked(t);
	await it.actions.declineRoomChallenge(inRoom);
	await settled();
	t.like(it.saw.all('room.changed').at(-1)?.room, {status: 'refused'});
	t.regex(it.server.written.at(-2) ?? '', /<message to="den@rooms.example.org" id="c1" type="error">/);
	t.regex(it.server.written.at(-1) ?? '', /type="unavailable"/);
	await t.throwsAsync(it.actions.declineRoomChallenge(inRoom), {code: 'captcha-over'});
});

test('who leaves the room does not answer either', async t => {
	const it = await asked(t);
	await it.actions.leaveRoom(inRoom);
	t.true(it.server.written.some(text => text.includes('not-acceptable')));
});

test('a picture is written where only we can read it, when somebody wants it, and not for longer than it is asked', async t => {
	const it = await asked(t);
	const {path} = await it.actions.saveChallengePicture({...inRoom, picture: 0});
	t.regex(path, /\/xmppc-[^/]+\/captcha\.png$/);
	t.deepEqual(readFileSync(path), pixel);
	t.is(statSync(path).mode & 0o777, 0o600);
	await t.throwsAsync(it.actions.saveChallengePicture({...inRoom, picture: 1}), {code: 'no-such-picture'});

	await it.actions.declineRoomChallenge(inRoom);
	await settled();
	t.false(existsSync(path));
});

test('whatever is said of a picture, its file is called after what is in it', async t => {
	const script = Buffer.from('#!/bin/sh\necho this is no picture at all, and longer than a header\n');
	const cid = '../../.bashrc';
	const it = await asked(t, {fields: ocrField(`cid:${cid}`), more: bits(script, cid)});
	t.deepEqual((await it.actions.roomChallenge(inRoom)).pictures, [{size: script.length}]);
	const {path} = await it.actions.saveChallengePicture({...inRoom, picture: 0});
	t.regex(path, /\/xmppc-[^/]+\/captcha\.bin$/);
	await it.actions.declineRoomChallenge(inRoom);
});

test('a picture that did not come is fetched when somebody wants it', async t => {
	const it = await asked(t, {more: ''});
	t.deepEqual((await it.actions.roomChallenge(inRoom)).pictures, [{}]);
	await t.throwsAsync(it.actions.saveChallengePicture({...inRoom, picture: 0}), {code: 'no-such-data'});
	it.server.answerWith('data', bits(pixel, cidFor(pixel)));
	const {path} = await it.actions.saveChallengePicture({...inRoom, picture: 0});
	t.deepEqual(readFileSync(path), pixel);
	await it.actions.declineRoomChallenge(inRoom);
});

test('a room that is entered by itself says in its buffer and in the console that it asks something', async t => {
	const it = await before(t);
	await it.server.bring(ask(it));
	await settled();
	const notices = it.saw.all('notice').filter(({text}) => text.includes('asks something'));
	t.deepEqual(
		notices.map(({buffer}) => buffer),
		[undefined, inDen],
	);
	for (const {level, text, hint} of notices) {
		t.is(level, 'warning');
		t.regex(text, /http:\/\/127\.0\.0\.1:5280\/captcha\/c1/);
		t.is(hint, `/join ${den} answers it.`);
	}

	await t.throwsAsync(it.actions.joinRoom(inRoom), {code: 'room-captcha'});
	it.server.answerWith('captcha', refused);
	const wrong = it.actions.answerRoomChallenge({...inRoom, answers: {ocr: ['six']}});
	await settled();
	await it.server.bring(ask(it, {id: 'c2'}));
	await t.throwsAsync(wrong, {code: 'room-captcha'});
	// Who answers sees that by themselves.
	t.is(it.saw.all('notice').filter(({text}) => text.includes('asks something')).length, 2);

	it.server.answerWith('captcha', '');
	const done = it.actions.answerRoomChallenge({...inRoom, answers: {ocr: ['seven']}});
	await settled();
	await it.server.bring(self());
	t.like(await done, {created: false});
});

test('rooms that ask something keep no other bookmarked room waiting', async t => {
	const it = await offlineScene(t);
	const rooms = Array.from({length: 12}, (_, index) => `room${index}@rooms.example.org`);
	it.server.answerWith('pubsub', payload => (payload.includes('<items') ? pubsubItems(...rooms) : ''));
	await it.actions.connect({account: juliet});
	await settled();
	await settled();
	t.is(entries(it).length, 10);
	for (const room of rooms.slice(0, 2)) {
		const sid = / id="([^"]+)"/.exec(it.server.written.find(text => text.includes(`to="${room}/`)) ?? '')?.[1] ?? '';
		await it.server.bring(challenge({room, sid}));
	}

	await settled();
	await settled();
	t.is(entries(it).length, 12);
});

test('a room that was entered by itself and not answered is not asked again by itself', async t => {
	const it = await before(t);
	await it.server.bring(ask(it), notAuthorized);
	await settled();
	await it.clock.advance(3_600_000);
	t.is(entries(it).length, 1);
});

test('who only looks in, for one message, answers nothing: nothing stays behind', async t => {
	const it = await offlineScene(t);
	await it.actions.connect({account: juliet});
	await settled();
	const visit = it.actions.joinRoom({...inRoom, remember: false, reserved: true});
	await settled();
	await settled();
	await it.server.bring(ask(it));
	await t.throwsAsync(visit, {code: 'room-captcha'});
	t.true(it.server.written.some(text => text.includes('not-acceptable')));
	await t.throwsAsync(it.actions.roomChallenge(inRoom), {code: 'captcha-over'});
});

test('a one-liner says what the room wants, where, and what to do', async t => {
	const server = createFakeServer();
	const clock = createManualClock();
	const profile = await profileWith(t, [{jid: juliet}]);
	server.room(den, ['http://jabber.org/protocol/muc']);
	const sent = sendOnce(
		{account: juliet, to: [den], body: 'Hi', timeout: 5000, room: {}},
		{...profile, clock, log: silentLog, resolver: noResolver, openSession: server.openSession},
	);
	await settled();
	await settled();
	await server.bring(challenge({room: den, sid: entryId(server.written)}));
	const [outcome] = await sent;
	t.like(outcome, {ok: false, problem: {code: 'room-captcha', kind: 'notPermitted'}});
	const problem = outcome?.ok === false ? outcome.problem : undefined;
	t.regex(problem?.message ?? '', /^Nothing was sent: .*http:\/\/127\.0\.0\.1:5280\/captcha\/c1/);
	t.regex(problem?.hint ?? '', /^Start xmppc, answer with \/join den@rooms\.example\.org/);
	t.true(server.written.some(text => text.includes('not-acceptable')));
	t.false(server.written.some(text => text.includes('<body>')));
});
