import test from 'ava';
import type {BareJid} from '../../source/shared/jid.js';
import type {State, StoreEvent} from '../../source/store/state.js';
import {initialView, type ViewState, withActive, withOther} from '../../source/tui/app/view-state.js';
import {emptyEditor, withText} from '../../source/tui/input/editor.js';
import {ball, crowd, household, inBalcony, inCapulets, roomBuffer, secrets} from './support/rooms.js';
import {account, buffer, golden, paint, romeo, stateAfter, withRomeo} from './support.js';

const sizes = [
	[80, 24],
	[200, 50],
	[40, 12],
] as const;

const at = (buffer: typeof inCapulets, more: Partial<ViewState> = {}): ViewState => ({
	...withActive(initialView, buffer, undefined),
	...more,
});

function compare(t: {is(actual: string, expected: string): void}, name: string, state: State, view: ViewState): void {
	for (const [columns, rows] of sizes) {
		const {text, cursor} = paint(state, view, columns, rows);
		const picture = `${text}\n-- cursor ${cursor}`;
		t.is(picture, golden(`${name}-${columns}x${rows}`, picture));
	}
}

test('the list of buffers, with pinned and muted ones, a draft and somebody typing', t => {
	const state = stateAfter(...household, ...secrets);
	const draft = withText(emptyEditor, 'But to be frank, and give it thee again');
	const view = {...at(inBalcony, {list: true}), editors: {[withRomeo]: draft}};
	compare(t, 'list', state, view);
});

test('a public room, with those who are in it', t => {
	compare(t, 'room', stateAfter(...household, ...ball), at(inCapulets));
});

test('a room whose participants were asked for on a narrow screen', t => {
	compare(t, 'participants', stateAfter(...household, ...ball), at(inCapulets, {participants: true, list: false}));
});

test('a room for members, encrypted', t => {
	compare(t, 'room-encrypted', stateAfter(...household, ...secrets), at(inBalcony));
});

test('a room that cannot be spoken in', t => {
	const refused: StoreEvent = {
		type: 'room.changed',
		room: {
			account: account().jid,
			jid: 'capulets@rooms.example.org' as BareJid,
			buffer: inCapulets,
			status: 'refused',
			nick: 'juliet',
			features: {membersOnly: true},
			reason: 'only members may enter',
		},
	};
	const unsafe: StoreEvent = {type: 'encryption.changed', buffer: inCapulets, encryption: 'unavailable'};
	compare(t, 'room-refused', stateAfter(...household, refused, unsafe), at(inCapulets, {participants: true}));
});

test('two buffers at once', t => {
	compare(t, 'split', stateAfter(...household, ...ball, ...secrets), withOther(at(inCapulets), withRomeo));
});

test('two buffers at once, the keyboard in the second', t => {
	const view = withActive(withOther(at(inCapulets), withRomeo), withRomeo, undefined);
	compare(t, 'split-second', stateAfter(...household, ...ball, ...secrets), view);
});

test('many buffers with something new, on a narrow screen', t => {
	const many = Array.from(
		{length: 24},
		(_, index): StoreEvent => ({
			type: 'buffer.opened',
			buffer: roomBuffer(`room${index}@rooms.example.org` as BareJid, {
				unread: index + 1,
				highlights: index % 5 === 0 ? 1 : 0,
			}),
		}),
	);
	const state = stateAfter(...household, ...ball, ...many);
	compare(t, 'hotlist', state, at(inCapulets, {list: true}));
	compare(t, 'hotlist-alone', state, at(inCapulets));
});

test('a room of five thousand', t => {
	compare(t, 'crowd', stateAfter(...household, crowd(5000)), at(inCapulets, {participants: true, participantsTop: 30}));
});

test('several accounts, each with chats and rooms', t => {
	const work = 'juliet@work.example' as BareJid;
	const state = stateAfter(
		...household,
		{type: 'account.changed', account: account({jid: work, availability: 'dnd'})},
		{type: 'buffer.opened', buffer: buffer(romeo, {account: work, id: `${work} chat ${romeo}` as typeof inCapulets})},
	);
	compare(t, 'list-accounts', state, at(inCapulets, {list: true}));
});
