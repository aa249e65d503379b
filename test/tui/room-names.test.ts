import test from 'ava';
import {confusingNicks} from '../../source/store/confusing-nicks.js';
import {reduce} from '../../source/store/reduce.js';
import type {State} from '../../source/store/state.js';
import {initialView, withActive} from '../../source/tui/app/view-state.js';
import {lineMode} from './line-mode.js';
import {ball, came, capulets, crowd, household, inCapulets, occupant, room, roomBuffer, said} from './support/rooms.js';
import {evening, me, minutes, paint, stateAfter} from './support.js';
import {createTypist, press} from './typist.js';

const there = (state: State, nick: string) => confusingNicks(state, inCapulets).has(nick);
const left = (nick: string) => ({type: 'occupant.left', buffer: inCapulets, nick}) as const;

test('a nick is confusing while another one that looks like it is in the room', t => {
	let state = stateAfter(...household);
	t.false(there(state, 'tybalt'));
	const before = confusingNicks(state, inCapulets);
	state = reduce(state, came('guest', evening));
	t.is(confusingNicks(state, inCapulets), before);
	state = reduce(state, came('tуbalt', evening));
	t.not(confusingNicks(state, inCapulets), before);
	t.true(there(state, 'tybalt'));
	t.true(there(state, 'tуbalt'));
	t.false(there(state, 'nurse'));
	state = reduce(state, left('tуbalt'));
	t.false(there(state, 'tybalt'));
	// What was said by whoever has left still looks like it came from the other.
	t.true(there(state, 'tуbalt'));
});

test('so is one that looks like one’s own', t => {
	t.true(there(stateAfter(...household, came('juIiet', evening)), 'juIiet'));
});

test('another presence leaves it as it is, in a room of thousands', t => {
	let state = stateAfter(...household, crowd(5000));
	const before = confusingNicks(state, inCapulets);
	for (let index = 1; index <= 100; index++) {
		const nick = `guest ${String(index).padStart(4, '0')}`;
		state = reduce(state, {
			type: 'occupant.changed',
			buffer: inCapulets,
			occupant: occupant(nick, {availability: 'away'}),
		});
		t.is(confusingNicks(state, inCapulets), before);
	}
});

test('a confusing nick has a sign beside its messages and among the participants', t => {
	const state = stateAfter(
		...household,
		...ball,
		came('tуbalt', evening + 6 * minutes),
		said(capulets, 'tуbalt', evening + 7 * minutes, 'I am he.'),
		{type: 'buffer.changed', buffer: inCapulets, arrangement: {}},
	);
	const {text} = paint(state, withActive(initialView, inCapulets, 0), 140, 30);
	t.regex(text, /≈tуbalt │ I am he/u);
	t.regex(text, /≈tybalt │ This, by his voice/u);
	t.regex(text, /│⊖ \+≈tybalt/u);
	t.notRegex(text, /≈nurse/u);
});

test('a nick of many lines, of turned direction or of endless length takes one short line', t => {
	const evil = `a\nb\u202Ec\u001b[2J${'x'.repeat(5000)}`;
	const state = stateAfter(
		...household,
		...ball,
		came(evil, evening + 6 * minutes),
		said(capulets, evil, evening + 7 * minutes, 'Hear me.'),
	);
	for (const [columns, rows] of [
		[40, 12],
		[140, 30],
	] as const) {
		const {text} = paint(state, withActive(initialView, inCapulets, 0), columns, rows);
		t.notRegex(text, /[\u001b\u202e]/u);
		t.is(text.split('\n').filter(each => each.includes('Hear me.')).length, 1);
	}
});

test('the completion says that a name looks like another', async t => {
	const {type, popup} = await createTypist({
		buffers: [roomBuffer(capulets)],
		rooms: [{room: room(capulets), occupants: ['juliet', 'tybalt', 'tуbalt'].map(nick => occupant(nick))}],
		active: inCapulets,
	});
	await type(`t${press.tab}`);
	t.regex(popup() ?? '', /tybalt +≈ looks like another name here/u);
});

const twins = {
	buffers: [roomBuffer(capulets)],
	rooms: [{room: room(capulets), occupants: ['juliet', 'tybalt', 'tуbalt'].map(nick => occupant(nick))}],
};

test('in lines a message of a room is by whoever said it, with the sign where they look like another', async t => {
	const {backend, type, settle, text, end} = lineMode(twins, true);
	await settle();
	await type('/buffer capulets@rooms.example.org');
	backend.emit(said(capulets, 'tуbalt', evening, 'I am he.'));
	backend.emit(said(capulets, 'nurse', evening, 'Anon!'));
	backend.emit(
		said(capulets, 'juliet', evening, 'Who?', {direction: 'outgoing', author: me, state: 'acked', via: 'carbon'}),
	);
	await settle();
	t.regex(text(), /\[capulets\] ≈tуbalt: I am he\./u);
	t.regex(text(), /\[capulets\] nurse: Anon!/);
	t.regex(text(), /\[capulets\] juliet: Who\?/);
	await end();
});

test('read aloud, that somebody looks like another is said in words', async t => {
	const {backend, type, settle, text, end} = lineMode(twins, true, {spoken: true});
	await settle();
	await type('/buffer capulets@rooms.example.org');
	backend.emit(said(capulets, 'tуbalt', evening, 'I am he.'));
	await settle();
	t.regex(text(), /from tуbalt, a name that looks like another one there, 21:58: I am he\./u);
	await type('/whois tуbalt');
	t.regex(text(), /^Looks like tybalt: another person$/mu);
	await type('/participants');
	t.regex(text(), /tуbalt, participant, looks like another name here/u);
	t.notRegex(text(), /≈/u);
	await end();
});
