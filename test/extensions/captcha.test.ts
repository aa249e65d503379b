import test, {type ExecutionContext} from 'ava';
import {captcha, picturesOf, questionsOf} from '../../source/extensions/captcha.js';
import {multiUserChat} from '../../source/extensions/multi-user-chat.js';
import type {BareJid} from '../../source/shared/jid.js';
import {parseElement} from '../../source/xmpp/parser.js';
import {settled} from '../client/scene.js';
import {bits, challenge, cidFor, entryId, hiddenField, ocrField, pixel} from '../support/captcha.js';
import {attached} from './attached.js';

const den = 'den@rooms.example.org' as BareJid;
const self = `<presence from='${den}/juliet'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/><status code='110'/></x></presence>`;
const refusal = `<error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
const notAuthorized = `<presence from='${den}/juliet' type='error'><error type='auth'><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>`;

/** Juliet on her way into the den, which has not said anything yet. */
async function entering(t: ExecutionContext) {
	const it = await attached(t);
	const rooms = it.live.use(multiUserChat);
	const entered = rooms.join(den, {nick: 'juliet'});
	entered.catch(() => {});
	await settled();
	const sid = entryId(it.server.written);
	const asked = () => rooms.challenges.get(den)?.challenge;
	return {...it, rooms, entered, sid, asked, ask: (more = {}) => challenge({room: den, sid, ...more})};
}

test('what a room asks while we enter it is taken, and the request to enter waits for longer', async t => {
	const it = await entering(t);
	const heard: string[] = [];
	it.rooms.challenges.onAsked(room => heard.push(room));
	await it.server.bring(it.ask());
	t.deepEqual(heard, [den]);
	const question = it.asked();
	t.like(question, {challenger: den, id: 'c1', url: 'http://127.0.0.1:5280/captcha/c1'});
	t.regex(question?.text ?? '', /have been blocked/);
	t.is(it.rooms.get(den)?.room.challenged, true);
	t.deepEqual(question && questionsOf(question).fields.map(({name}) => name), ['ocr']);
	t.deepEqual(question && picturesOf(question), [cidFor(pixel)]);
	t.is(it.saw.all('message.recorded').length, 0);

	await it.clock.advance(120_000);
	t.is(it.rooms.get(den)?.room.status, 'joining');
});

test('the answer goes to whom asked, with what was hidden as it came, and we are in when the room says so', async t => {
	const it = await entering(t);
	await it.server.bring(it.ask({hidden: `${hiddenField('answers', '1')}${hiddenField('token', 'a b')}`}));
	const done = it.rooms.challenges.answer(den, {ocr: ['seven'], from: ['elsewhere@example.net'], token: ['mine']});
	await settled();
	const [sent = ''] = it.server.asked.filter(text => text.includes('urn:xmpp:captcha'));
	t.regex(sent, new RegExp(`^<iq type="set" id="[^"]+" to="${den}"`));
	t.deepEqual(
		[...sent.matchAll(/var="([^"]+)"[^>]*><value>([^<]*)/g)].map(([, name, value]) => [name, value]),
		[
			['FORM_TYPE', 'urn:xmpp:captcha'],
			['from', den],
			['challenge', 'c1'],
			['sid', it.sid],
			['answers', '1'],
			['token', 'a b'],
			['ocr', 'seven'],
		],
	);
	t.is(it.rooms.get(den)?.room.challenged, undefined);
	t.is(it.rooms.get(den)?.room.status, 'joining');
	await it.server.bring(self);
	t.deepEqual(await done, {created: false});
	t.deepEqual(await it.entered, {created: false});
	t.is(it.asked(), undefined);
});

test('a service may ask in the place of its room, and the room may be named with the nick', async t => {
	const it = await entering(t);
	await it.server.bring(it.ask({from: 'rooms.example.org', about: `${den}/juliet`}));
	t.is(it.asked()?.challenger, 'rooms.example.org' as BareJid);
});

test('a room that names no request is taken at its word: nobody else can speak for it', async t => {
	const it = await entering(t);
	await it.server.bring(challenge({room: den}));
	t.not(it.asked(), undefined);
});

const elsewhere = 'elsewhere@rooms.example.org';
const strangers: Readonly<Record<string, (sid: string) => string>> = {
	'another room': sid => challenge({room: elsewhere, sid}),
	'another room about ours': sid => challenge({room: den, from: elsewhere, sid}),
	'our room about another one': sid => challenge({room: den, about: elsewhere, sid}),
	'somebody in the room': sid => challenge({room: den, from: `${den}/tybalt`, sid}),
	'a person': sid => challenge({room: den, from: 'tybalt@example.net/phone', sid}),
	'another service': sid => challenge({room: den, from: 'rooms.example.net', sid}),
	'the domain above it': sid => challenge({room: den, from: 'example.org', sid}),
	'the room about another request': () => challenge({room: den, sid: 'another'}),
	'the room about an empty request': () => challenge({room: den, sid: ''}),
	'the room with two requests': sid => challenge({room: den, sid, hidden: hiddenField('sid', 'another')}),
	'the room with two rooms in it': sid => challenge({room: den, sid, hidden: hiddenField('from', elsewhere)}),
	'an error': sid => challenge({room: den, sid, type: 'error'}),
	'a message for everybody': sid => challenge({room: den, sid, type: 'groupchat'}),
	'a form of another kind': sid => challenge({room: den, sid}).replace('urn:xmpp:captcha<', 'urn:other<'),
	'a form that is an answer': sid => challenge({room: den, sid}).replace("type='form'", "type='submit'"),
	'a room that is seen in the form': sid =>
		challenge({room: den, sid}).replace("var='from' type='hidden'", "var='from' type='text-single'"),
	'no challenge': sid => challenge({room: den, sid}).replace("var='challenge'", "var='other'"),
};
for (const [who, make] of Object.entries(strangers)) {
	test(`${who}: nothing is asked`, async t => {
		const it = await entering(t);
		await it.server.bring(make(it.sid));
		t.is(it.asked(), undefined);
		t.is(it.rooms.get(den)?.room.challenged, undefined);
		t.false(it.server.written.some(text => text.includes('not-acceptable')));
	});
}

test('nothing is asked where nobody enters, after we are in, and after we have given up', async t => {
	const it = await entering(t);
	await it.server.bring(self);
	await it.entered;
	await it.server.bring(it.ask());
	t.is(it.asked(), undefined);

	const left = it.rooms.leave(den);
	await it.server.bring(self.replace('<presence', "<presence type='unavailable'"));
	await left;
	await it.server.bring(it.ask());
	t.is(it.asked(), undefined);
	await t.throwsAsync(it.rooms.challenges.answer(den, {ocr: ['seven']}), {code: 'captcha-over'});
	// To who does not enter anything it is a message like any other.
	t.true(it.saw.all('message.recorded').length > 0);
});

test('while one question waits for its answer, another one does not take its place', async t => {
	const it = await entering(t);
	await it.server.bring(it.ask());
	await it.server.bring(it.ask(), it.ask({id: 'c2'}));
	t.is(it.asked()?.id, 'c1');
	t.is(it.saw.all('message.recorded').length, 0);
});

test('a picture that is too large is not there, and one that is not what its name says is not either', async t => {
	const it = await entering(t);
	// What is still larger ends the connection.
	t.is(parseElement(it.ask({more: bits(Buffer.alloc(5_000_000, 7))})), undefined);
	const large = Buffer.alloc(700_000, 7);
	const larger = Buffer.alloc(262_145, 7);
	const other = bits(Buffer.from('something else'), cidFor(pixel));
	await it.server.bring(it.ask({more: `${bits(large, 'one')}${bits(larger, 'two')}${other}`}));
	t.is(it.asked()?.bits.size, 0);

	it.server.answerWith('data', bits(large, cidFor(pixel)));
	const question = it.asked();
	t.truthy(question);
	await t.throwsAsync(async () => question && it.live.use(captcha).bits(question, cidFor(pixel)), {
		code: 'no-such-data',
	});
});

test('a picture that did not come with the question is asked for, from whom asked', async t => {
	const it = await entering(t);
	await it.server.bring(it.ask({more: ''}));
	it.server.answerWith('data', bits(pixel));
	const question = it.asked();
	t.truthy(question);
	const found = question && (await it.live.use(captcha).bits(question, cidFor(pixel)));
	t.deepEqual(found && Buffer.from(found.bytes), pixel);
	t.regex(it.server.asked.at(-1) ?? '', new RegExp(`type="get" id="[^"]+" to="${den}"><data`));
});

test('a wrong answer, and the room asks anew: only the new question can be answered', async t => {
	const it = await entering(t);
	await it.server.bring(it.ask());
	it.server.answerWith('captcha', refusal);
	const wrong = it.rooms.challenges.answer(den, {ocr: ['six']});
	await settled();
	await t.throwsAsync(it.rooms.challenges.answer(den, {ocr: ['six']}), {code: 'captcha-over'});
	await it.server.bring(it.ask({id: 'c2'}));
	await t.throwsAsync(wrong, {code: 'room-captcha', message: /did not take the answer/});
	t.is(it.asked()?.id, 'c2');

	it.server.answerWith('captcha', '');
	const right = it.rooms.challenges.answer(den, {ocr: ['seven']});
	await settled();
	await it.server.bring(self);
	await right;
	t.is(it.rooms.get(den)?.room.status, 'joined');
});

test('a new question that comes before the old answer is refused counts as well', async t => {
	const it = await entering(t);
	await it.server.bring(it.ask());
	it.server.answerWith('captcha', refusal);
	const answer = it.server.hold();
	const wrong = it.rooms.challenges.answer(den, {ocr: ['six']});
	await settled();
	await it.server.bring(it.ask({id: 'c2'}));
	answer();
	await t.throwsAsync(wrong, {code: 'room-captcha'});
	t.is(it.asked()?.id, 'c2');
});

test('a wrong answer, and the room refuses: it is not a password that is missing', async t => {
	const it = await entering(t);
	await it.server.bring(it.ask());
	it.server.answerWith('captcha', refusal);
	const wrong = it.rooms.challenges.answer(den, {ocr: ['six']});
	await settled();
	await it.server.bring(notAuthorized);
	await t.throwsAsync(wrong, {code: 'captcha-failed'});
	await t.throwsAsync(it.entered, {code: 'captcha-failed'});
	t.is(it.saw.all('room.changed').at(-1)?.room.status, 'refused');
	t.is(it.saw.all('room.changed').at(-1)?.room.challenged, undefined);
});

test('after the right answer a room may still want a password', async t => {
	const it = await entering(t);
	await it.server.bring(it.ask());
	const right = it.rooms.challenges.answer(den, {ocr: ['seven']});
	await settled();
	await it.server.bring(notAuthorized);
	await t.throwsAsync(right, {code: 'room-password'});
});

test('a wrong answer, and the room says nothing more: it is over after a moment', async t => {
	const it = await entering(t);
	await it.server.bring(it.ask());
	it.server.answerWith('captcha', refusal);
	const wrong = it.rooms.challenges.answer(den, {ocr: ['six']});
	await settled();
	await it.clock.advance(5000);
	await t.throwsAsync(wrong, {code: 'captcha-failed'});
	t.is(it.rooms.get(den), undefined);
});

test('what nobody answers is over after five minutes', async t => {
	const it = await entering(t);
	await it.server.bring(it.ask());
	await it.clock.advance(300_000);
	await t.throwsAsync(it.entered, {code: 'captcha-failed'});
	t.is(it.asked(), undefined);
});

test('who does not answer says so, and does not come in', async t => {
	const it = await entering(t);
	await it.server.bring(it.ask());
	await it.rooms.leave(den);
	await t.throwsAsync(it.entered, {code: 'captcha-declined'});
	const [declined = '', left = ''] = it.server.written.slice(-2);
	t.regex(declined, /^<message to="den@rooms.example.org" id="c1" type="error"><error type="modify"><not-acceptable/);
	t.regex(left, /^<presence to="den@rooms.example.org\/juliet" type="unavailable"/);
	await it.server.bring(self);
	t.is(it.rooms.get(den), undefined);
});

test('of several questions one is enough, those that must be answered are, and as many as the form says', async t => {
	const choice = `<field var='qa' label='Type the color of a stop light'/><field var='ocr'/><field var='audio_recog'><value>hm</value></field><field var='SHA-256' label='93C7A'/>`;
	const it = await entering(t);
	await it.server.bring(it.ask({fields: choice, hidden: hiddenField('answers', '2'), more: ''}));
	const question = it.asked();
	t.deepEqual(question && questionsOf(question).fields.map(({name}) => name), ['qa', 'ocr', 'audio_recog']);
	await t.throwsAsync(it.rooms.challenges.answer(den, {qa: ['red'], ocr: [' ']}), {
		code: 'captcha-unanswered',
		message: /2 of the questions/,
	});
	t.false(it.server.asked.some(text => text.includes('urn:xmpp:captcha')));
	const done = it.rooms.challenges.answer(den, {qa: ['red'], ocr: ['seven'], 'SHA-256': ['x']});
	await settled();
	t.notRegex(it.server.asked.at(-1) ?? '', /SHA-256|audio_recog/);
	await it.server.bring(self);
	await done;
});

test('a question that only a machine could answer is not asked, and says so where it must be answered', async t => {
	const it = await entering(t);
	const fields = `<field var='qa'/><field var='SHA-256' label='93C7A'><required/></field>`;
	await it.server.bring(it.ask({fields, more: ''}));
	await t.throwsAsync(it.rooms.challenges.answer(den, {qa: ['red']}), {message: /for a machine/});
});

test('a field that is called like a part of every object breaks nothing', async t => {
	const it = await entering(t);
	await it.server.bring(it.ask({fields: `<field var='constructor'/><field var='__proto__'/>${ocrField('x')}`}));
	const done = it.rooms.challenges.answer(den, {ocr: ['seven']});
	await settled();
	t.regex(it.server.asked.at(-1) ?? '', /seven/);
	await it.server.bring(self);
	await done;
});

test('only an address of the web is shown as a page', async t => {
	for (const url of ['javascript:alert(1)', 'file:///etc/passwd', 'http://a b', `https://x/${'y'.repeat(3000)}`]) {
		const it = await entering(t);
		await it.server.bring(it.ask().replace('<url>http://127.0.0.1:5280/captcha/c1', `<url>${url}`));
		t.truthy(it.asked(), url);
		t.is(it.asked()?.url, undefined, url);
	}
});

test('the connection is lost while a question waits: nobody can answer it any more', async t => {
	const it = await entering(t);
	await it.server.bring(it.ask());
	it.live.dispose();
	await t.throwsAsync(it.entered, {code: 'disconnected'});
	await t.throwsAsync(it.rooms.challenges.answer(den, {ocr: ['x']}), {code: 'captcha-over'});
});
