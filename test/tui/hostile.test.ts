import test from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid, FullJid} from '../../source/shared/jid.js';
import type {StoreEvent} from '../../source/store/state.js';
import {openedHelp} from '../../source/tui/app/help-popup.js';
import {accountLines, bufferLines, contactLines} from '../../source/tui/app/lists.js';
import {initialView, withActive, withHint} from '../../source/tui/app/view-state.js';
import {emptyEditor} from '../../source/tui/input/editor.js';
import {briefWording} from '../../source/tui/plain/brief-wording.js';
import {questionText} from '../../source/tui/plain/plain-dialog.js';
import {messageText, noticeText} from '../../source/tui/plain/plain-lines.js';
import {popupLayout} from '../../source/tui/popups/layout.js';
import {account, buffer, contact, evening, me, message, paint, stateAfter, utc} from './support.js';

/** Everything a terminal might act on, or an eye be deceived by: escape sequences, C0, C1, DEL, bidi, line separators. */
const hostile =
	'\u001b[2J\u001b]0;owned\u0007\u001bP1$r\u001b\\\u009b31m\u009d0;x\u009c\u0000\u0008\u007f\r\n\t\u202e\u2066\u200b\u2028\ufeff\ud800';
const forbidden = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]/;

/** No address that passed `shared/jid.ts` looks like this; the panes must not depend on it. */
const evil = `a${hostile}@evil.example` as BareJid;
const evilBuffer = bufferId(me, 'chat', evil);
const problem = {code: 'x', kind: 'protocol', message: `error ${hostile}`, hint: `hint ${hostile}`} as const;

const events: readonly StoreEvent[] = [
	{type: 'account.changed', account: account({status: 'failed', problem, statusText: hostile})},
	{
		type: 'contact.changed',
		contact: contact(evil, {name: `name ${hostile}`, groups: [`group ${hostile}`]}),
	},
	{
		type: 'presence.changed',
		account: me,
		jid: evil,
		resources: [{resource: hostile, availability: 'away', statusText: `status ${hostile}`, priority: 0, since: 0}],
	},
	{type: 'subscription.requested', request: {account: me, jid: evil, text: `let me ${hostile}`}},
	{type: 'buffer.opened', buffer: buffer(evil, {id: evilBuffer})},
	...(['chat', 'headline', 'normal'] as const).map(
		(kind): StoreEvent => ({
			type: 'message.recorded',
			message: message(evening, `body ${hostile}`, {
				kind,
				buffer: evilBuffer,
				author: `${evil}/${hostile}` as FullJid,
				subject: `subject ${hostile}`,
			}),
		}),
	),
	{
		type: 'message.recorded',
		message: message(evening, `/me ${hostile}`, {
			buffer: evilBuffer,
			direction: 'outgoing',
			state: 'failed',
			failure: `failure ${hostile}`,
		}),
	},
	{
		type: 'notice',
		level: 'error',
		text: `notice ${hostile}`,
		hint: `hint ${hostile}`,
		buffer: evilBuffer,
		at: evening,
	},
];
const state = stateAfter(...events);

function harmless(t: {notRegex(text: string, pattern: RegExp, message?: string): void}, text: string, what: string) {
	t.notRegex(text, forbidden, what);
}

test('control characters in no field that the network fills reach the screen', t => {
	const view = withHint(withActive({...initialView, list: true}, evilBuffer, 0), {
		level: 'error',
		text: hostile,
		more: hostile,
	});
	for (const [columns, rows] of [
		[40, 12],
		[80, 24],
		[200, 50],
	] as const) {
		harmless(t, paint(state, view, columns, rows).text, `${columns}x${rows}`);
		harmless(t, paint(state, {...initialView, list: true}, columns, rows).text, `console ${columns}x${rows}`);
	}
});

test('nor a popup', t => {
	const popups = [
		{
			type: 'completion',
			candidates: [
				{insert: evil, label: evil, note: `name ${hostile}`},
				{insert: 'x', label: hostile, note: hostile},
			],
			selected: 0,
			from: 0,
			to: 0,
			typed: {text: '', cursor: 0},
		},
		openedHelp({
			title: 'Lists',
			lines: [...accountLines(state), ...contactLines(state, undefined), ...bufferLines(state)],
			search: 'lines',
		}),
		{type: 'links', links: [{target: hostile, note: evil}], selected: 0},
		{
			type: 'dialog',
			question: {
				type: 'text',
				title: 'Title',
				label: `Password of ${evil}`,
				explanation: [hostile],
				initial: '',
				secret: false,
				problem,
			},
			editor: {...emptyEditor, text: hostile, cursor: 3},
			selected: 0,
		},
	] as const;
	for (const popup of popups) {
		for (const {text} of popupLayout(popup, 80, 22).rows.flat()) {
			harmless(t, text, `${popup.type}: ${JSON.stringify(text)}`);
			t.false(text.includes('\n'));
		}
	}
});

test('nor the line mode', t => {
	const [entry] = state.buffers[evilBuffer]?.entries ?? [];
	const lines = [
		...(entry?.type === 'message' ? messageText(state, entry.message, utc) : []),
		...noticeText({level: 'error', text: hostile, hint: hostile}),
		...questionText(
			{
				type: 'text',
				title: 'Title',
				label: hostile,
				explanation: [hostile],
				initial: hostile,
				secret: false,
				problem,
			},
			briefWording,
		).lines,
		...[...accountLines(state), ...contactLines(state, undefined), ...bufferLines(state)].map(line => line.text),
	];
	for (const text of lines) {
		harmless(t, text, JSON.stringify(text));
		t.false(text.includes('\n'));
	}
});

test('a body of a megabyte is cut on the screen, and painted in time', t => {
	const long = stateAfter(
		{type: 'account.changed', account: account()},
		{type: 'buffer.opened', buffer: buffer(evil, {id: evilBuffer})},
		{type: 'message.recorded', message: message(evening, 'x'.repeat(1_000_000), {buffer: evilBuffer})},
	);
	const view = withActive(initialView, evilBuffer, undefined);
	t.regex(paint(long, view, 80, 24).text, /more lines: \/unfold shows them/);
	const keys = long.buffers[evilBuffer]?.entries.map(({key}) => key);
	const {text} = paint(long, {...view, unfolded: new Set(keys)}, 80, 24);
	t.regex(text, /980000 more characters are not shown/);
});
