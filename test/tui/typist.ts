import type {Snapshot} from '../../source/model/actions.js';
import {dark} from '../../source/themes/dark.js';
import {type App, type AppOptions, createApp} from '../../source/tui/app/app.js';
import {createPainter} from '../../source/tui/app/paint.js';
import {createDecoder} from '../../source/tui/input/decoder.js';
import {createPalette} from '../../source/tui/panes/palette.js';
import type {PopupLayout} from '../../source/tui/popups/spans.js';
import {rowText} from '../../source/tui/screen/grid.js';
import {createLayers} from '../../source/tui/screen/layers.js';
import {createManualClock, type ManualClock} from '../support/manual-clock.js';
import {createFakeBackend, type FakeBackend} from './fake-backend.js';
import {evening, utc} from './support.js';

/** A person at the app: types bytes as a terminal sends them, reads the screen. */
export type Typist = {
	readonly app: App;
	readonly backend: FakeBackend;
	readonly clock: ManualClock;
	/** Types, then lets everything settle. */
	type(text: string): Promise<void>;
	/** Lets promises and timers run. */
	settle(): Promise<void>;
	/** The panes, without a popup. */
	screen(): string;
	row(y: number): string;
	/** The text of the popup, `undefined` when none is open. */
	popup(): string | undefined;
	/** The popup as it lies on the screen. */
	popupLayout(): PopupLayout | undefined;
	cursor(): string;
	/** The input line. */
	input(): string;
	/** Regions that were set since the last call. */
	painted(): readonly string[];
	readonly rung: () => number;
	readonly title: () => string;
	/** Notifications of the terminal, `title: text`, and programs that were started. */
	readonly calls: () => ReadonlyArray<string | readonly string[]>;
	readonly left: () => boolean;
};

export const press = {
	enter: '\r',
	tab: '\t',
	shiftTab: '\u001b[Z',
	escape: '\u001b',
	up: '\u001b[A',
	down: '\u001b[B',
	pageUp: '\u001b[5~',
	pageDown: '\u001b[6~',
	altEnter: '\u001b\r',
	alt: (key: string) => `\u001b${key}`,
	control: (key: string) => String.fromCharCode(key.toUpperCase().charCodeAt(0) - 64),
	focus: '\u001b[I',
	blur: '\u001b[O',
	paste: (text: string) => `\u001b[200~${text}\u001b[201~`,
	f1: '\u001bOP',
	f7: '\u001b[18~',
} as const;

export async function createTypist(
	snapshot: Partial<Snapshot> = {},
	size: {readonly columns: number; readonly rows: number} = {columns: 80, rows: 24},
	prepare: (backend: FakeBackend) => void = () => {},
	/** Typed before the snapshot is there. */
	early = '',
	/** What else the app is given. */
	more: Partial<AppOptions> = {},
): Promise<Typist> {
	const clock = createManualClock(evening);
	const backend = createFakeBackend(clock, snapshot);
	prepare(backend);
	const layers = createLayers(size.columns, size.rows);
	let cursor = 'hidden';
	let popup: PopupLayout | undefined;
	let set: string[] = [];
	let rung = 0;
	const calls: Array<string | readonly string[]> = [];
	let title = '';
	let left = false;
	const canvas = {
		...size,
		setRegion(id: string, region: Parameters<typeof layers.setRegion>[1]) {
			set.push(id);
			layers.setRegion(id, region);
		},
		removeRegion: layers.removeRegion,
		setCursor(x: number, y: number) {
			cursor = `${x},${y}`;
		},
		hideCursor() {
			cursor = 'hidden';
		},
	};
	const palette = createPalette(dark);
	const app = createApp({
		actions: backend.actions,
		clock,
		painter: createPainter(canvas, () => palette, utc),
		columns: () => size.columns,
		showPopup(layout) {
			popup = layout;
		},
		setCursor: canvas.setCursor,
		redraw: () => set.push('redraw'),
		suspend: () => set.push('suspend'),
		setTitle(text) {
			title = text;
		},
		calendar: utc,
		bell() {
			rung++;
		},
		notify(_, title, text) {
			calls.push(`${title}: ${text}`);
		},
		launch(command, failed) {
			calls.push(command);
			if (command[0] === 'missing') {
				failed('it was not found.');
			}
		},
		onQuit() {
			left = true;
		},
		...more,
	});
	const decoder = createDecoder({clock, emit: app.input});
	const settle = async () => {
		for (let round = 0; round < 12; round++) {
			await Promise.resolve();
			clock.advance(25);
		}
	};

	backend.events(app.hear);
	app.start();
	decoder.push(early);
	app.load(await backend.actions.snapshot({}));
	await settle();
	backend.calls.length = 0;

	const row = (y: number) => {
		layers.compose();
		return rowText(layers.wanted, y).trimEnd();
	};
	return {
		app,
		backend,
		clock,
		async type(text) {
			decoder.push(text);
			await settle();
		},
		settle,
		screen: () => Array.from({length: size.rows}, (_, y) => row(y)).join('\n'),
		row,
		popup: () => popup?.rows.map(spans => spans.map(span => span.text).join('')).join('\n'),
		popupLayout: () => popup,
		cursor: () => cursor,
		input: () => app.view().editors[app.view().active]?.text ?? '',
		painted() {
			const ids = set;
			set = [];
			return ids;
		},
		rung: () => rung,
		title: () => title,
		calls: () => calls,
		left: () => left,
	};
}
