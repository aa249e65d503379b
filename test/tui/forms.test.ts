import test from 'ava';
import type {Form, FormAnswers} from '../../source/model/form.js';
import {displayWidth} from '../../source/shared/text.js';
import type {AppOptions} from '../../source/tui/app/app.js';
import {createFormDialog} from '../../source/tui/forms/form-dialog.js';
import {
	answersOf,
	at,
	beginForm,
	checked,
	choose,
	editorFor,
	type FormState,
	toggle,
	typedInto,
} from '../../source/tui/forms/form-state.js';
import type {FormTask} from '../../source/tui/forms/form-task.js';
import {withText} from '../../source/tui/input/editor.js';
import {briefWording} from '../../source/tui/plain/brief-wording.js';
import {answerFrom, questionText} from '../../source/tui/plain/plain-dialog.js';
import {popupLayout} from '../../source/tui/popups/layout.js';
import {type FakeBackend, refusal} from './fake-backend.js';
import {lineMode} from './line-mode.js';
import {configuration, field, formOf} from './support/forms.js';
import {capulets, inCapulets, occupant, room, roomBuffer} from './support/rooms.js';
import {golden, me} from './support.js';
import {createTypist, press, type Typist} from './typist.js';

const sizes = [
	[40, 12],
	[80, 24],
	[200, 50],
] as const;

const begun = (form: Form = configuration): FormState =>
	beginForm({title: 'Configuration of capulets@rooms.example.org', form, verb: 'Save'});

function picture(state: FormState, columns: number, rows: number) {
	const layout = popupLayout({type: 'form', state}, columns, rows - 2);
	const lines = layout.rows.map(row => row.map(span => span.text).join(''));
	return {layout, lines, text: [...lines, `-- cursor ${JSON.stringify(layout.cursor)}`].join('\n')};
}

/** Indexes of fields in the form above. */
const description = 3;
const persistent = 4;
const whois = 6;
const owners = 10;

const states: Readonly<Record<string, FormState>> = {
	begun: begun(),
	text: at(typedInto(begun(), description, withText(editorFor(begun(), description), 'One\nTwo\nThree')), 1),
	choices: {...at(begun(), 3), option: 2},
	many: {...at(begun(), 4), option: 1},
	wrong: checked(typedInto(begun(), owners, withText(editorFor(begun(), owners), 'capulet@exa mple'))).state,
	leaving: {...toggle(begun(), persistent), phase: 'leaving'},
	end: at(begun(), 8),
};

test('a form fits a screen of any size, with the cursor where something is typed', t => {
	for (const [name, state] of Object.entries(states)) {
		for (const [columns, rows] of sizes) {
			const {layout, lines, text} = picture(state, columns, rows);
			const {rectangle, cursor} = layout;
			t.true(
				lines.every(each => displayWidth(each) <= rectangle.width - 4),
				`${name} ${columns}`,
			);
			t.true(rectangle.x + rectangle.width <= columns && rectangle.y + rectangle.height <= rows - 2);
			t.true(lines.length <= rectangle.height - 2);
			t.true(cursor === undefined || (cursor.y > rectangle.y && cursor.y < rectangle.y + rectangle.height - 1));
			t.is(text, golden(`form-${name}-${columns}x${rows}`, text));
		}
	}
});

test('only what was changed is sent', t => {
	t.deepEqual(answersOf(begun()), {});
	const changed = toggle(
		choose(typedInto(begun(), description, withText(editorFor(begun(), description), 'One\n\nTwo')), whois, ['anyone']),
		persistent,
	);
	t.deepEqual(answersOf(changed), {
		'muc#roomconfig_roomdesc': ['One', '', 'Two'],
		'muc#roomconfig_persistentroom': ['0'],
		'muc#roomconfig_whois': ['anyone'],
	});
	t.deepEqual(answersOf(toggle(toggle(begun(), persistent), persistent)), {});
});

test('a text that is as it was is not sent, however the form came by it', t => {
	const form = formOf([
		field('text', 'text-multi', {values: ['one\ntwo']}),
		field('line', 'text-single', {values: ['a', 'b']}),
	]);
	let state = begun(form);
	for (const index of [0, 1]) {
		const editor = editorFor(state, index);
		state = typedInto(typedInto(state, index, withText(editor, 'else')), index, withText(editor, editor.text));
	}

	t.deepEqual(answersOf(state), {});
});

test('a question of yes or no that needs an answer is answered with no', t => {
	t.deepEqual(answersOf(begun(formOf([field('sure', 'boolean', {required: true})]))), {sure: ['0']});
	t.deepEqual(answersOf(begun(formOf([field('sure', 'boolean')]))), {});
});

test('addresses are a line each, without the blanks around them', t => {
	const typed = typedInto(begun(), owners, withText(editorFor(begun(), owners), ' a@example.org \n\nb@example.org'));
	t.deepEqual(answersOf(typed), {'muc#roomconfig_roomowners': ['a@example.org', 'b@example.org']});
});

test('what is wrong is told at its field, which is selected', t => {
	const empty = typedInto(begun(), owners, withText(editorFor(begun(), owners), ''));
	const {ok, state} = checked(empty);
	t.false(ok);
	t.deepEqual(state.problems, [{field: 'muc#roomconfig_roomowners', message: 'needs an answer'}]);
	t.is(state.selected, 7);
	const mended = typedInto(state, owners, withText(editorFor(state, owners), 'capulet@example.org'));
	t.deepEqual(mended.problems, []);
	t.true(checked(mended).ok);
});

test('what a form says is made harmless', t => {
	const evil = 'x\u001b[2J\u202Ey';
	const form = formOf(
		[
			field(evil, 'text-single', {label: evil, description: evil, values: [evil]}),
			field('many', 'list-multi', {label: evil, values: [evil], options: [{value: evil, label: evil}]}),
			field('lines', 'text-multi', {values: [evil], media: [{type: evil, uri: evil}]}),
			{kind: 'fixed', required: false, values: [evil], options: [], media: []},
		],
		{title: evil, instructions: [evil]},
	);
	for (const state of [begun(form), {...at(begun(form), 1), option: 0}, at(begun(form), 2)]) {
		const {text} = picture({...state, title: evil, trouble: {message: evil}}, 80, 40);
		t.notRegex(text, /[\u001b\u202e]/u);
	}
});

test('of a form of five hundred fields what is around the selected one is in view', t => {
	const form = formOf(
		Array.from({length: 500}, (_, index) => field(`field${index}`, 'text-single', {label: `Field ${index}`})),
	);
	const {text} = picture(at(begun(form), 250), 80, 24);
	t.regex(text, /> Field 250/);
	t.notRegex(text, /Field 200/);
});

/** Somebody at the line mode who fills in a form, and what was sent. */
function speaker(form: Form, more: Partial<FormTask> = {}) {
	const sent: FormAnswers[] = [];
	const dialog = createFormDialog({
		title: 'Configuration of capulets@rooms.example.org',
		form,
		verb: 'Save',
		async submit(answers) {
			sent.push(answers);
			return ['Saved.'];
		},
		...more,
	});
	const asked = () => {
		const {lines, prompt} = questionText(dialog.question(), briefWording);
		return [...lines, prompt].join('\n');
	};
	return {
		sent,
		dialog,
		asked,
		async say(...typed: readonly string[]): Promise<string> {
			for (const line of typed) {
				const answer = answerFrom(dialog.question(), line);
				if (answer !== undefined) {
					dialog.answer(answer);
				}

				await new Promise(setImmediate);
			}

			return asked();
		},
	};
}

test('in the line mode a form is asked question by question, and Enter keeps what stands there', async t => {
	const {asked, say, sent} = speaker(configuration);
	t.regex(asked(), /9 questions\.\n.*What now\?\n.*1\. Go through all questions/s);
	t.regex(await say('1'), /Name \* \(Enter for House of Capulet\): $/);
	t.regex(await say('Villa Capulet'), /Masks are welcome\..*line 1 \(Enter keeps them, - empties it\): $/s);
	t.regex(await say('First', 'Second'), /Line 3 \(Enter ends\): $/);
	t.regex(await say(''), /Keep the room.*1\. Yes\n.*2\. No\nNumber, 1 to 2 \(Enter for 1\): $/s);
	t.regex(await say('2'), /“Anybody” nobody.*1\. Moderators only.*Number, 1 to 4 \(Enter for 1\): $/s);
	t.regex(await say(''), /1\. Moderators only \(chosen\).*numbers, - for none \(Enter for 1 3\): $/s);
	t.regex(await say('2 9'), /There are the choices 1 to 3/);
	t.regex(await say('2, 3'), /Password: $/);
	t.regex(await say('', 'not an address@'), /Administrator: needs an address/);
	t.regex(await say('-', '', '-'), /Changed: Name \*: Villa Capulet.*1\. Save: 4 changed/s);
	t.is(await say('1'), '-- Saved.\n');
	t.deepEqual(sent, [
		{
			'muc#roomconfig_roomname': ['Villa Capulet'],
			'muc#roomconfig_roomdesc': ['First', 'Second'],
			'muc#roomconfig_persistentroom': ['0'],
			'muc#roomconfig_presencebroadcast': ['participants', 'anyone'],
		},
	]);
});

test('who gives a form up in the line mode is asked nothing more, and what they type next is for what comes then', async t => {
	const plainly = speaker(configuration);
	plainly.dialog.answer('leave');
	t.deepEqual(plainly.dialog.question(), {type: 'end', lines: ['Nothing was changed.']});

	const reserved = speaker(configuration, {
		async cancel() {
			await new Promise(setImmediate);
			return ['The room was given up.'];
		},
	});
	reserved.dialog.answer('leave');
	t.is(reserved.dialog.question().type, 'busy');
	await new Promise(setImmediate);
	await new Promise(setImmediate);
	t.deepEqual(reserved.dialog.question(), {type: 'end', lines: ['The room was given up.']});
});

test('in the line mode one answer can be changed by its number', async t => {
	const {say, sent} = speaker(configuration);
	t.regex(await say('2'), /4\. Who sees real addresses: Moderators only.*6\. Password: kept secret/s);
	t.regex(await say('99'), /There are the questions 1 to 9/);
	t.regex(await say('4', '3'), /Who sees real addresses: Anybody.*1\. Save: 1 changed/s);
	await say('1');
	t.deepEqual(sent, [{'muc#roomconfig_whois': ['anyone']}]);
});

test('in the line mode a refusal is told and the answers stay', async t => {
	let refusals = 1;
	const {say, sent} = speaker(configuration, {
		async submit(answers) {
			if (refusals-- > 0) {
				throw new Error('The room is closed.');
			}

			sent.push(answers);
			return [];
		},
	});
	t.regex(await say('2', '4', '3', '1'), /The room is closed\..*1\. Save: 1 changed/s);
	await say('1');
	t.is(sent.length, 1);
});

test('giving a form up says what that meant', async t => {
	const {say} = speaker(configuration, {cancel: async () => ['The room was given up.']});
	t.is(await say('4'), '-- The room was given up.\n');
});

const home = {
	buffers: [roomBuffer(capulets)],
	rooms: [{room: room(capulets), occupants: [occupant('juliet')]}],
	active: inCapulets,
};

/** Somebody at the screen, in a room. */
async function inRoom(prepare: (backend: FakeBackend) => void = () => {}, more: Partial<AppOptions> = {}) {
	return createTypist(
		home,
		undefined,
		backend => {
			backend.rooms.configuration = configuration;
			prepare(backend);
		},
		'',
		more,
	);
}

test('a room is configured on the screen, key by key', async t => {
	const {type, popup, backend, screen} = await inRoom();
	await type('/config\r');
	t.regex(popup() ?? '', /Configuration of capulets@rooms.example.org/);
	await type(` & Sons${press.down}${press.down}`);
	t.regex(popup() ?? '', /> \[x\] Keep/);
	await type(` ${press.tab}\r`);
	t.regex(popup() ?? '', /> \(x\) Moderators only/);
	await type(`a${press.enter}${press.tab}${press.enter}${press.down} ${press.enter}`);
	t.regex(popup() ?? '', /4 changed, not sent yet/);
	await type(press.control('s'));
	t.is(popup(), undefined);
	t.deepEqual(backend.asked('configureRoom'), [
		{
			account: me,
			room: capulets,
			answers: {
				'muc#roomconfig_roomname': ['House of Capulet & Sons'],
				'muc#roomconfig_persistentroom': ['0'],
				'muc#roomconfig_whois': ['anyone'],
				'muc#roomconfig_presencebroadcast': ['moderators', 'participants', 'anyone'],
			},
		},
	]);
	t.regex(screen(), /capulets@rooms.example.org is configured\./);
});

test('Enter and Up and Down move in a text of several lines, and Tab leaves it', async t => {
	const {type, popup, backend} = await inRoom();
	await type('/config\r');
	await type(`${press.tab}${press.enter}Gates close at ten.${press.up}${press.up}`);
	await type(`X${press.tab}`);
	t.regex(popup() ?? '', /> \[x\] Keep/);
	await type(press.control('s'));
	const [input] = backend.asked('configureRoom');
	t.deepEqual((input as {answers: FormAnswers}).answers, {
		'muc#roomconfig_roomdesc': ['The ball is tonightX.', 'Masks are welcome.', 'Gates close at ten.'],
	});
});

test('several lines are pasted into a text of several lines, and as one where one is asked', async t => {
	const {type, backend} = await inRoom();
	await type(`/config\r${press.paste('\nand friends\n')}${press.tab}`);
	await type(`${press.paste('\none\ntwo')}${press.control('s')}`);
	const [input] = backend.asked('configureRoom');
	t.deepEqual((input as {answers: FormAnswers}).answers, {
		'muc#roomconfig_roomname': ['House of Capulet and friends'],
		'muc#roomconfig_roomdesc': ['The ball is tonight.', 'Masks are welcome.', 'one', 'two'],
	});
});

test('Escape asks before changes are lost, and not where there are none', async t => {
	const {type, popup, backend, settle, clock} = await inRoom();
	const leave = async () => {
		await type(press.escape);
		clock.advance(1000);
		await settle();
	};
	await type('/config\r');
	await leave();
	t.is(popup(), undefined);
	await type('/config\rx');
	await leave();
	t.regex(popup() ?? '', /Give up one change that nobody has seen yet\?/);
	await type('n');
	t.regex(popup() ?? '', /House of Capuletx/);
	await leave();
	await type('y');
	t.is(popup(), undefined);
	t.deepEqual(backend.asked('configureRoom'), []);
});

test('a refusal is told in the form, and nothing that was typed is lost', async t => {
	const {type, popup, backend} = await inRoom();
	backend.refuse('configureRoom', refusal('forbidden', 'You do not own this room.'));
	await type(`/config\rx${press.control('s')}`);
	t.regex(popup() ?? '', /House of Capuletx/);
	t.regex(popup() ?? '', /You do not own this room\. Try something else\./);
	await type(press.control('s'));
	t.is(popup(), undefined);
});

test('what cannot be an answer is not sent', async t => {
	const {type, popup, backend} = await inRoom();
	await type(`/config\r${press.control('u')}${press.control('s')}`);
	t.regex(popup() ?? '', /! needs an answer/);
	t.deepEqual(backend.asked('configureRoom'), []);
});

test('a room that is made to be reserved opens with its form, and giving that up ends it', async t => {
	const {type, popup, backend} = await inRoom(fake => {
		fake.rooms.created = true;
	});
	await type('/join tower@rooms.example.org --reserved\r');
	t.regex(popup() ?? '', /New room tower@rooms.example.org/);
	await type(`${press.control('g')}y`);
	t.is(popup(), undefined);
	const tower = {account: me, room: 'tower@rooms.example.org'};
	t.deepEqual(backend.asked('destroyRoom'), [tower]);
	t.deepEqual(backend.asked('removeBookmark'), [tower]);
});

test('who is registered with a room already is told so, and who is not gets the form', async t => {
	const {type, popup, screen, backend} = await inRoom();
	await type('/register\r');
	t.regex(screen(), /You are registered with capulets@rooms.example.org already\./);
	backend.rooms.registration = formOf([field('muc#register_roomnick', 'text-single', {label: 'Nick', required: true})]);
	await type('/register\r');
	t.regex(popup() ?? '', /Registration with capulets.*> Nick \*/s);
	await type(`juliet${press.control('s')}`);
	t.deepEqual(backend.asked('registerInRoom'), [
		{account: me, room: capulets, answers: {'muc#register_roomnick': ['juliet']}},
	]);
});

test('in the line mode /config asks the form', async t => {
	const {backend, type, settle, text, end} = lineMode(home, true);
	backend.rooms.configuration = configuration;
	await settle();
	await type('/buffer capulets@rooms.example.org');
	await type('/config');
	t.regex(text(), /Configuration of capulets@rooms.example.org/);
	for (const line of ['2', '4', '3', '1']) {
		await type(line);
	}

	t.regex(text(), /capulets@rooms.example.org is configured\./);
	t.deepEqual(backend.asked('configureRoom'), [
		{account: me, room: capulets, answers: {'muc#roomconfig_whois': ['anyone']}},
	]);
	await end();
});

test('a question that ends with a colon is not followed by another', t => {
	const {dialog, asked} = speaker(formOf([field('who', 'text-single', {label: 'Who may come:', required: true})]));
	dialog.answer('all');
	t.regex(asked(), /Who may come \*: $/);
});

/** SGR mouse reports (1006) for the row of the popup with a text. */
function mouseOn({popupLayout: layout}: Typist, text: string) {
	const {rectangle, rows} = layout() ?? {rectangle: {x: 0, y: 0}, rows: []};
	const row = rows.findIndex(spans =>
		spans
			.map(span => span.text)
			.join('')
			.includes(text),
	);
	const place = `${rectangle.x + 4};${rectangle.y + 2 + row}`;
	return {click: `\u001b[<0;${place}M\u001b[<0;${place}m`, wheelDown: `\u001b[<65;${place}M`};
}

test('a click answers a question of yes or no, opens choices and takes one', async t => {
	const typist = await inRoom();
	const {type, popup, backend} = typist;
	await type('/config\r');
	await type(mouseOn(typist, 'Keep the room').click);
	t.regex(popup() ?? '', /> \[ \] Keep/);
	await type(mouseOn(typist, 'Who sees real').click);
	await type(mouseOn(typist, '( ) Anybody').click);
	t.regex(popup() ?? '', /Who sees real addresses +Anybody/);
	await type(mouseOn(typist, 'Whose presence').click);
	await type(mouseOn(typist, '[x] Anybody').click);
	t.regex(popup() ?? '', /\[ \] Anybody/);
	await type(`\r${mouseOn(typist, 'Name').click}`);
	await type(mouseOn(typist, 'Name').wheelDown);
	t.regex(popup() ?? '', /\[ Save \]/);
	await type(mouseOn(typist, '[ Save ]').click);
	t.is(popup(), undefined);
	t.is(backend.asked('configureRoom').length, 1);
});

test('the page keys move through a form and leave the answer where it is', async t => {
	const many = formOf(
		Array.from({length: 60}, (_, index) => field(`field${index}`, 'text-single', {label: `Field ${index}`})),
	);
	const {type, popup, cursor} = await inRoom(backend => {
		backend.rooms.configuration = many;
	});
	await type('/config\r');
	await type(`${press.pageDown}${press.pageDown}${press.pageDown}${press.pageDown}${press.pageDown}`);
	t.regex(popup() ?? '', /Field 59/);
	t.notRegex(popup() ?? '', /Field 0 /);
	await type('x');
	t.regex(popup() ?? '', /> Field 0 +x/);
	t.not(cursor(), 'hidden');
});

test('a value that the service came with but does not offer keeps nobody from the rest', t => {
	const form = formOf([
		field('size', 'list-single', {values: ['200'], options: [{value: '10'}]}),
		field('name', 'text-single'),
	]);
	const {ok, state} = checked(typedInto(begun(form), 1, withText(editorFor(begun(form), 1), 'Den')));
	t.true(ok);
	t.deepEqual(answersOf(state), {name: ['Den']});
	t.deepEqual(checked(choose(state, 0, ['20'])).state.problems, [{field: 'size', message: 'does not offer “20”'}]);
});
