import type {Device} from '../../model/device.js';
import {keyUri} from '../../model/key-uri.js';
import type {BareJid} from '../../shared/jid.js';
import {type QrCode, qrCode, qrLines} from '../../shared/qr.js';
import {ownKeys} from '../devices/device-pages.js';
import type {DevicesPopup} from './devices.js';
import {frameColumns, frameRows, middle, type PopupLayout, type PopupRow, wrapText} from './spans.js';

/** One's own keys for the camera of another program. */
export type KeyCodePopup = {
	readonly type: 'keyCode';
	readonly account: BareJid;
	readonly devices: readonly Device[];
	/** Where Escape leads back to. */
	readonly back?: DevicesPopup;
};

/** Light squares around the code: the standard wants 4, and cameras do with less. */
const quietZones = [4, 2] as const;
/** Columns of the words beside it. */
const leastWords = 24;
const mostWords = 40;

type Choice = {readonly code: QrCode; readonly quiet: number; readonly count: number};

/**
 * The code without a frame, which would take the rows that it needs; with all devices if that fits, else with this one. On a
 * screen that is too small for it, what it says.
 */
export function keyCodeLayout({account, devices}: KeyCodePopup, columns: number, floor: number): PopupLayout {
	const keys = ownKeys(devices);
	// The row of the input may be covered, and the one below the popups not.
	const height = floor + 1;
	const choices = [keys, keys.slice(0, 1)].flatMap(some => {
		const code = some.length === 0 ? undefined : qrCode(keyUri({jid: account, keys: some}));
		return code === undefined ? [] : quietZones.map((quiet): Choice => ({code, quiet, count: some.length}));
	});
	const found = choices.find(({code, quiet}) => {
		const size = code.dark.length + 2 * quiet;
		return Math.ceil(size / 2) <= height && size <= columns;
	});
	return found === undefined
		? textLayout(account, keys, choices.at(-1), columns, floor)
		: codeLayout(found, keys.length, columns, height);
}

function codeLayout({code, quiet, count}: Choice, all: number, columns: number, height: number): PopupLayout {
	const lines = qrLines(code, quiet);
	const size = code.dark.length + 2 * quiet;
	const room = Math.min(mostWords, columns - size - 2);
	const words =
		room < leastWords
			? []
			: [
					...wrapText('Let another program’s camera look at this: it verifies you.', room),
					'',
					...wrapText(
						count < all
							? `Only this device is in it: a code for all ${all} needs a larger window.`
							: count === 1
								? 'This device is in it.'
								: `All your ${count} devices are in it.`,
						room,
					),
					'',
					...wrapText('Whoever shows it has to be you: only then is it worth something.', room),
					'',
					...wrapText('Esc goes back', room),
				];
	const width = words.length === 0 ? size : size + 2 + room;
	return {
		rectangle: middle(width, lines.length, columns, height),
		bare: true,
		rows: lines.map((line, index): PopupRow => {
			const word = words[index - 1];
			return [
				{text: line, role: 'text', look: {foreground: '#000000', background: '#ffffff'}},
				...(word === undefined || index === 0 ? [] : [{text: `  ${word}`, role: 'text' as const}]),
			];
		}),
	};
}

function textLayout(
	account: BareJid,
	keys: ReturnType<typeof ownKeys>,
	smallest: Choice | undefined,
	columns: number,
	floor: number,
): PopupLayout {
	const width = Math.max(10, Math.min(90, columns - frameColumns));
	const size = smallest === undefined ? undefined : smallest.code.dark.length + 2 * smallest.quiet;
	const texts: ReadonlyArray<readonly [string, 'prompt' | 'text' | 'faint']> =
		size === undefined
			? [['This device has no key yet.', 'text']]
			: [
					[`The code needs ${size} columns and ${Math.ceil(size / 2) + 1} rows. As text:`, 'prompt'],
					[keyUri({jid: account, keys: keys.slice(0, 1)}), 'text'],
					['Esc goes back', 'faint'],
				];
	const rows = texts
		.flatMap(([text, role]) => wrapText(text, width).map((line): PopupRow => [{text: line, role}]))
		.slice(0, Math.max(1, floor - frameRows));
	return {rectangle: middle(width + frameColumns, rows.length + frameRows, columns, floor), rows};
}
