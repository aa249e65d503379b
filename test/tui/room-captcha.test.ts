/** What a room asks before it lets the person in (XEP-0158), on the screen and in lines. */
import test from 'ava';
import {pictureWords} from '../../source/tui/app/room-challenge.js';
import {type FakeBackend, refusal} from './fake-backend.js';
import {lineMode} from './line-mode.js';
import {field, formOf} from './support/forms.js';
import {capulets, room} from './support/rooms.js';
import {account, buffer, contact, golden, me, romeo, withRomeo} from './support.js';
import {createTypist, press} from './typist.js';

const page = 'http://rooms.example.org/captcha/7';
const asks = (what = 'asks something before it lets you in.') =>
	refusal('room-captcha', `${capulets} ${what}`, `/join ${capulets} answers it.`);
const failed = () => refusal('captcha-failed', `${capulets} does not let you in.`, `/join ${capulets} asks again.`);

/** The room asks for the text in a picture. */
function asking(backend: FakeBackend): void {
	backend.rooms.challenge = {
		form: formOf([field('ocr', 'text-single', {label: 'Enter the text you see', required: true})]),
		text: 'Your messages have been blocked.',
		url: page,
		pictures: [{format: 'PNG', size: 5142, width: 160, height: 60}],
	};
	backend.refuse('joinRoom', asks());
}

const people = {accounts: [account()], contacts: [contact(romeo)], buffers: [buffer(romeo)], active: withRomeo};

async function asked() {
	const typist = await createTypist({}, undefined, asking);
	await typist.type(`/join ${capulets}\r`);
	return typist;
}

test('a room that asks something is answered in a form, with what can be known of its picture and the page', async t => {
	const typist = await asked();
	const popup = typist.popup() ?? '';
	t.regex(popup, /Your messages have been blocked\./);
	t.regex(popup, new RegExp(`In a browser: ${page}`));
	t.regex(popup, /Picture in the stanza \(PNG, 160x60, 5\.1 kB\)/);
	t.is(popup, golden('room-captcha-80x24', popup));
	t.regex(typist.row(0), /it asks something: \/join/);

	await typist.type('seven\r\r');
	t.deepEqual(typist.backend.asked('answerRoomChallenge'), [{account: me, room: capulets, answers: {ocr: ['seven']}}]);
	t.is(typist.popup(), undefined);
	t.notRegex(typist.row(0), /asks something/);
});

test('an answer that is missing is not sent', async t => {
	const typist = await asked();
	await typist.type(press.control('s'));
	t.regex(typist.popup() ?? '', /needs an answer/);
	t.deepEqual(typist.backend.asked('answerRoomChallenge'), []);
});

test('the picture is written to a file when the person wants it, and they are told where', async t => {
	const typist = await asked();
	t.deepEqual(typist.backend.asked('saveChallengePicture'), []);
	await typist.type(`${press.up}${press.enter}`);
	t.deepEqual(typist.backend.asked('saveChallengePicture'), [{account: me, room: capulets, picture: 0}]);
	t.regex(typist.popup() ?? '', /The picture is in \/tmp\/xmppc-abc\/captcha\.png/);
	t.regex(typist.screen(), /The picture is in \/tmp/);

	typist.backend.refuse('saveChallengePicture', refusal('disk-full', 'No space is left.'));
	await typist.type(press.enter);
	t.regex(typist.popup() ?? '', /No space is left\./);
	await typist.type(`${press.down}seven${press.control('s')}`);
	t.is(typist.backend.asked('answerRoomChallenge').length, 1);
});

test('Escape does not enter the room, and says so in its buffer', async t => {
	const typist = await asked();
	await typist.type(press.escape);
	t.is(typist.popup(), undefined);
	t.deepEqual(typist.backend.asked('declineRoomChallenge'), [{account: me, room: capulets}]);
	t.regex(typist.row(0), /capulets/);
	t.regex(typist.screen(), /was not entered\.[\s\S]*\/join capulets@rooms\.example\.org asks again\./);
	t.is(typist.screen().match(/was not entered/g)?.length, 1);
});

test('a wrong answer after which the room asks anew brings the new question', async t => {
	const typist = await asked();
	typist.backend.refuse('answerRoomChallenge', asks('did not take the answer, and asks again.'));
	typist.backend.rooms.challenge = {form: formOf([field('qa', 'text-single', {label: 'Which rose?'})]), pictures: []};
	await typist.type('six\r\r');
	t.regex(typist.popup() ?? '', /Which rose\?[\s\S]*did not take the answer/);
	await typist.type('any other\r\r');
	t.deepEqual(typist.backend.asked('answerRoomChallenge').at(-1), {
		account: me,
		room: capulets,
		answers: {qa: ['any other']},
	});
});

test('a wrong answer after which the room refuses ends the form with why', async t => {
	const typist = await asked();
	typist.backend.refuse('answerRoomChallenge', failed());
	const answer = typist.backend.delay('answerRoomChallenge');
	await typist.type('six\r\r');
	typist.backend.emit({type: 'room.changed', room: room(capulets, {status: 'refused', reason: 'It refuses.'})});
	await typist.settle();
	answer();
	await typist.settle();
	t.is(typist.popup(), undefined);
	t.regex(typist.screen(), /does not let you in\./);
});

test('what was answered in a browser, and what nobody answered in time, closes the form', async t => {
	const answered = await asked();
	answered.backend.emit({type: 'room.changed', room: room(capulets)});
	await answered.settle();
	t.is(answered.popup(), undefined);
	t.deepEqual(answered.backend.asked('declineRoomChallenge'), []);

	const late = await asked();
	late.backend.emit({type: 'room.changed', room: room(capulets, {status: 'refused', reason: 'It took too long.'})});
	await late.settle();
	t.is(late.popup(), undefined);
	t.regex(late.screen(), /It took too long\.[\s\S]*asks again\./);
	t.deepEqual(late.backend.asked('declineRoomChallenge'), []);
});

test('nothing comes between what the person types: they are told what answers the room', async t => {
	const typist = await createTypist({}, undefined, asking);
	const answer = typist.backend.delay('joinRoom');
	await typist.type(`/join ${capulets}\r`);
	await typist.type('Good even');
	answer();
	await typist.settle();
	t.is(typist.popup(), undefined);
	t.is(typist.input(), 'Good even');
	t.regex(typist.screen(), /asks something before it lets[\s\S]*\/join capulets@rooms\.example\.org answers it\./);
});

test('a room that asks by itself opens nothing', async t => {
	const typist = await createTypist(people);
	typist.backend.emit({type: 'room.changed', room: room(capulets, {status: 'joining', challenged: true})});
	await typist.settle();
	t.is(typist.popup(), undefined);
});

test('hostile texts of a question reach the screen without what they would do there', async t => {
	const typist = await createTypist({}, undefined, backend => {
		asking(backend);
		backend.rooms.challenge = {
			form: formOf([field('ocr', 'text-single', {label: 'La\u001b[2Jbel\u202e'})], {title: 'Ti\u0007tle'}),
			text: 'Te\u001b]0;owned\u0007xt',
			url: 'http://\u202eexample.org/',
			pictures: [],
		};
	});
	await typist.type(`/join ${capulets}\r`);
	t.regex(typist.popup() ?? '', /bel/);
	t.notRegex(typist.popup() ?? '', /[\u0000-\u0009\u000b-\u001f\u202e]/u);
});

test('what is known of a picture is told, and nothing is made up', t => {
	t.is(pictureWords({size: 300}), 'Data in the stanza (300 bytes): save it to look at it.');
	t.is(pictureWords({format: 'JPEG', size: 12_345}), 'Picture in the stanza (JPEG, 12.3 kB): save it to look at it.');
	t.regex(pictureWords({}), /saving it fetches it/);
});

test('in lines the questions are asked one after the other, and the picture is saved on request', async t => {
	const run = lineMode(people, true);
	asking(run.backend);
	await run.settle();
	await run.type(`/join ${capulets}`);
	t.regex(run.text(), /Your messages have been blocked\.[\s\S]*In a browser: http[\s\S]*Picture in the stanza \(PNG/);
	t.regex(run.text(), /4\. Save the picture/);
	await run.type('4');
	t.regex(run.text(), /The picture is in \/tmp\/xmppc-abc\/captcha\.png/);
	await run.type('1');
	t.true(run.text().endsWith('Enter the text you see *: '));
	await run.type('seven');
	await run.type('1');
	t.deepEqual(run.backend.asked('answerRoomChallenge'), [{account: me, room: capulets, answers: {ocr: ['seven']}}]);
	t.regex(run.text(), /\[capulets\] $/);
	await run.end();
});

test('in lines a new question follows a wrong answer, and giving up does not enter the room', async t => {
	const run = lineMode(people, true);
	asking(run.backend);
	await run.settle();
	await run.type(`/join ${capulets}`);
	run.backend.refuse('answerRoomChallenge', asks('did not take the answer, and asks again.'));
	for (const line of ['1', 'six', '1']) {
		await run.type(line);
	}

	t.regex(run.text(), /did not take the answer, and asks again\.[\s\S]*One question\./);
	t.deepEqual(run.backend.asked('declineRoomChallenge'), []);
	await run.type('5');
	t.deepEqual(run.backend.asked('declineRoomChallenge'), [{account: me, room: capulets}]);
	t.regex(run.text(), /was not entered\./);
	await run.end();
});

test('out of a pipe nobody is asked: the room and its page are named', async t => {
	const run = lineMode(people);
	run.backend.refuse(
		'joinRoom',
		asks(`asks something before it lets you in. It can be answered in a browser as well: ${page}`),
	);
	await run.settle();
	await run.type(`/join ${capulets}`);
	t.regex(run.text(), new RegExp(`in a browser as well: ${page}`));
	t.deepEqual(run.backend.asked('roomChallenge'), []);
	await run.end();
});

test('in lines what is said in two places is told once', async t => {
	const run = lineMode(people, true);
	await run.settle();
	const notice = {type: 'notice', level: 'warning', text: 'It asks something.', at: run.clock.now()} as const;
	run.backend.emit(notice);
	run.backend.emit({...notice, buffer: room(capulets).buffer});
	t.is(run.text().match(/It asks something\./g)?.length, 1);
	run.backend.emit({...notice, at: notice.at + 5000});
	t.is(run.text().match(/It asks something\./g)?.length, 2);
	await run.end();
});
