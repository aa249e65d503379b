import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import type {Account} from '../../source/model/account.js';
import {type Buffer, bufferId} from '../../source/model/buffer.js';
import type {Contact} from '../../source/model/contact.js';
import type {Message} from '../../source/model/message.js';
import type {BareJid} from '../../source/shared/jid.js';
import {reduce} from '../../source/store/reduce.js';
import {initialState, type State, type StoreEvent} from '../../source/store/state.js';
import {dark} from '../../source/themes/dark.js';
import type {Theme} from '../../source/themes/theme.js';
import {createPainter, type Painted} from '../../source/tui/app/paint.js';
import type {ViewState} from '../../source/tui/app/view-state.js';
import type {Calendar} from '../../source/tui/panes/calendar.js';
import {createPalette} from '../../source/tui/panes/palette.js';
import {rowText} from '../../source/tui/screen/grid.js';
import {createLayers} from '../../source/tui/screen/layers.js';

export const me = 'juliet@example.org' as BareJid;
export const romeo = 'romeo@example.net' as BareJid;
export const nurse = 'nurse@example.org' as BareJid;
export const withRomeo = bufferId(me, 'chat', romeo);
export const withNurse = bufferId(me, 'chat', nurse);

/** 2026-11-21 21:58 UTC. */
export const evening = Date.UTC(2026, 10, 21, 21, 58);
export const minutes = 60_000;

export const utc: Calendar = milliseconds => {
	const date = new Date(milliseconds);
	return {
		year: date.getUTCFullYear(),
		month: date.getUTCMonth() + 1,
		day: date.getUTCDate(),
		weekday: date.getUTCDay(),
		hour: date.getUTCHours(),
		minute: date.getUTCMinutes(),
	};
};

export const account = (more: Partial<Account> = {}): Account => ({
	jid: me,
	status: 'online',
	enabled: true,
	secrets: 'keychain',
	availability: 'available',
	statusText: '',
	...more,
});

export const contact = (jid: BareJid, more: Partial<Contact> = {}): Contact => ({
	account: me,
	jid,
	subscription: 'both',
	asking: false,
	approved: false,
	groups: [],
	...more,
});

export const buffer = (jid: BareJid, more: Partial<Buffer> = {}): Buffer => ({
	id: bufferId(me, 'chat', jid),
	kind: 'chat',
	account: me,
	jid,
	unread: 0,
	highlights: 0,
	readUpTo: 0,
	draft: '',
	lastActivity: 0,
	...more,
});

let count = 0;

/** A message at so many milliseconds since the epoch. */
export const message = (at: number, body: string, more: Partial<Message> = {}): Message => ({
	key: at * 1024 + (count++ % 1024),
	account: me,
	buffer: withRomeo,
	kind: 'chat',
	direction: 'incoming',
	author: more.direction === 'outgoing' ? me : romeo,
	body,
	receivedAt: at,
	via: 'live',
	...more,
});

export const recorded = (at: number, body: string, more: Partial<Message> = {}): StoreEvent => ({
	type: 'message.recorded',
	message: message(at, body, more),
});

export function stateAfter(...events: readonly StoreEvent[]): State {
	return events.reduce(reduce, initialState);
}

export type Picture = {readonly text: string; readonly cursor: string; readonly painted: Painted};

/** Paints the real panes on a grid and reads it back. */
export function paint(state: State, view: ViewState, columns: number, rows: number, theme: Theme = dark): Picture {
	const layers = createLayers(columns, rows);
	let cursor = 'hidden';
	const palette = createPalette(theme);
	const canvas = {
		columns,
		rows,
		setRegion: layers.setRegion,
		removeRegion: layers.removeRegion,
		setCursor(x: number, y: number) {
			cursor = `${x},${y}`;
		},
		hideCursor() {
			cursor = 'hidden';
		},
	};
	const painted = createPainter(canvas, () => palette, utc).paint(state, view);
	layers.compose();
	const text = Array.from({length: rows}, (_, y) => rowText(layers.wanted, y).trimEnd()).join('\n');
	return {text, cursor, painted};
}

const goldenFolder = fileURLToPath(new URL('../../../test/tui/golden/', import.meta.url));

/** The stored picture of that name; with UPDATE_GOLDEN=1 it is written first. */
export function golden(name: string, text: string): string {
	const file = `${goldenFolder}${name}.txt`;
	if (process.env.UPDATE_GOLDEN === '1') {
		mkdirSync(goldenFolder, {recursive: true});
		writeFileSync(file, `${text}\n`);
	}

	return readFileSync(file, 'utf8').replace(/\n$/u, '');
}
