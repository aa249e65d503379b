import type {Device} from '../../model/device.js';
import {
	type DeviceState,
	deviceName,
	deviceState,
	deviceText,
	stateMeaning,
	stateText,
} from '../../model/device-words.js';
import type {BareJid} from '../../shared/jid.js';
import {displayWidth, printable, truncateToWidth} from '../../shared/text.js';
import type {Role} from '../../themes/theme.js';
import type {Trouble} from '../assistant/dialog.js';
import type {DeviceScope} from '../devices/device-sections.js';
import type {Editor} from '../input/editor.js';
import {keyRows, keySpans} from './key-rows.js';
import {
	cutSpans,
	frameColumns,
	frameRows,
	inputRow,
	middle,
	type PopupLayout,
	type PopupRow,
	padded,
	type Span,
	wrapText,
} from './spans.js';

/** A device made ready to be shown. */
export type DeviceRow = {
	readonly device: Device;
	/** When something came from it last, in words. */
	readonly seen: string;
};

/** The devices of a conversation, to decide about them. */
export type DevicesPopup = {
	readonly type: 'devices';
	readonly scope: DeviceScope;
	/** Whose devices they are besides one's own. */
	readonly owners: readonly BareJid[];
	readonly sections: ReadonlyArray<{
		readonly heading: string;
		readonly brief: string;
		readonly rows: readonly DeviceRow[];
	}>;
	/** Everything about the selected one, instead of the list. */
	readonly wholly?: boolean;
	/** Counted through all sections. */
	readonly selected: number;
	/** What the server says is waited for. */
	readonly asking?: true;
	/** Why they are not known. May quote the network. */
	readonly trouble?: Trouble;
	/** What became of the last key. */
	readonly said?: {readonly level: 'info' | 'error'; readonly text: string};
	/** The person has chosen a device: what else is found out does not move the choice. */
	readonly touched?: true;
	/** A key that is being typed or pasted. */
	readonly pasting?: Editor;
};

const widest = 110;
/** Columns of eight groups, indented. */
const roomForKeys = 2 + 8 * 9 - 1;
/** From so many rows inside the frame on there is room for long explanations. */
const tall = 14;

export function selectedDevice({sections, selected}: Pick<DevicesPopup, 'sections' | 'selected'>): Device | undefined {
	return sections.flatMap(({rows}) => rows)[selected]?.device;
}

type ListRow = {readonly spans: PopupRow; readonly index?: number};
type Laid = {
	readonly width: number;
	readonly list: readonly ListRow[];
	readonly detail: readonly PopupRow[];
};

export function devicesLayout(popup: DevicesPopup, columns: number, floor: number): PopupLayout {
	const {width, list, detail} =
		popup.wholly === true ? wholeDevice(popup, columns, floor) : laidOut(popup, columns, floor);
	const rows: readonly PopupRow[] = [titleRow(popup, width), ...list.map(({spans}) => spans), ...detail];
	const rectangle = middle(width + frameColumns, rows.length + frameRows, columns, floor);
	const {pasting} = popup;
	const input = pasting === undefined ? undefined : inputRow(pasting, pastePrompt, width, false);
	return {
		rectangle,
		rows: input === undefined ? rows : [...rows.slice(0, -1), input.spans],
		...(input === undefined ? {} : {cursor: {x: rectangle.x + 2 + input.column, y: rectangle.y + rows.length}}),
	};
}

const pastePrompt = 'Key: ';

/** The device that a row stands for, counted from the first one inside the frame. */
export function deviceAt(popup: DevicesPopup, columns: number, floor: number, row: number): number | undefined {
	return popup.wholly === true ? undefined : laidOut(popup, columns, floor).list[row - 1]?.index;
}

function widthFor(columns: number): number {
	return Math.max(10, Math.min(widest, columns - frameColumns - (columns < 50 ? 0 : 2)));
}

/** Everything about the selected device, for screens on which the list has no room for it. */
function wholeDevice(popup: DevicesPopup, columns: number, floor: number): Laid {
	const width = widthFor(columns);
	const row = popup.sections.flatMap(({rows}) => rows)[popup.selected];
	const paragraph = (text: string, role: Role): readonly PopupRow[] =>
		wrapText(text, width).map(line => [{text: line, role}]);
	const rows: readonly PopupRow[] =
		row === undefined
			? []
			: [
					...paragraph(deviceText(row.device), 'heading'),
					...paragraph([stateText(row.device), row.seen].filter(Boolean).join(', '), stateRole(row.device)),
					...(row.device.fingerprint === undefined ? [] : keyRows(row.device.fingerprint, width)),
					...paragraph(stateMeaning(row.device), 'text'),
				];
	const room = Math.max(1, floor - frameRows - 2);
	const {said} = popup;
	const last = said === undefined ? 'Enter goes back' : said.text;
	return {
		width,
		list: rows.slice(0, room).map(spans => ({spans})),
		detail: [cutSpans([{text: last, role: said?.level === 'error' ? 'error' : 'faint'}], width)],
	};
}

function laidOut(popup: DevicesPopup, columns: number, floor: number): Laid {
	const width = widthFor(columns);
	const inside = Math.max(4, floor - frameRows - (floor > 30 ? 4 : 0));
	const detail = detailRows(popup, width, inside);
	const height = Math.max(1, inside - 1 - detail.length);
	const all = listRows(popup, width);
	// The heading above the first one of a section is shown with it.
	const first = all.findIndex(({index}) => index === popup.selected);
	const last = all.findLastIndex(({index}) => index === popup.selected);
	const wanted = Math.floor((first + last + 1 - height) / 2);
	const top = first < 0 || first <= 1 ? 0 : Math.max(0, Math.min(wanted, all.length - height, first));
	const shown = all.slice(top, top + height);
	const blank: readonly ListRow[] = Array.from({length: height - shown.length}, () => ({spans: []}));
	return {width, list: [...shown, ...blank], detail};
}

function titleRow({scope, sections, selected, asking}: DevicesPopup, width: number): PopupRow {
	const about = scope.room ?? scope.owner;
	const count = sections.reduce((sum, {rows}) => sum + rows.length, 0);
	const where = asking === true ? 'Asking…' : count === 0 ? '' : `${selected + 1} of ${count}`;
	const name = `Devices${about === undefined ? '' : `: ${printable(about, 'identifier')}`}`;
	const left = truncateToWidth(name, Math.max(8, width - displayWidth(where) - 2));
	return cutSpans(
		[
			{text: padded(left, width - displayWidth(where)), role: 'prompt'},
			{text: where, role: 'faint'},
		],
		width,
	);
}

function listRows({sections, selected, trouble, asking}: DevicesPopup, width: number): readonly ListRow[] {
	if (trouble !== undefined) {
		const {message, hint} = trouble;
		return [
			...wrapText(printable(message, 'line'), width).map(text => ({spans: [{text, role: 'error' as const}]})),
			...(hint === undefined
				? []
				: wrapText(printable(hint, 'line'), width).map(text => ({spans: [{text, role: 'warning' as const}]}))),
		];
	}

	if (asking === true && sections.every(({rows}) => rows.length === 0)) {
		return [{spans: [{text: 'Asking for them…', role: 'faint'}]}];
	}

	const all = sections.flatMap(({rows}) => rows);
	const column = Math.min(
		Math.max(0, ...all.map(({device}) => displayWidth(deviceName(device)))),
		Math.floor((width - 2) * 0.4),
	);
	let index = 0;
	return sections.flatMap(({heading, brief, rows}): readonly ListRow[] => [
		{spans: cutSpans([{text: displayWidth(heading) <= width ? heading : brief, role: 'heading'}], width)},
		...rows.flatMap(row => {
			const at = index++;
			return deviceRows(row, at === selected, column, width).map(spans => ({spans, index: at}));
		}),
	]);
}

/** Columns of the longest word for a state. */
const stateColumn = 15;

function deviceRows({device, seen}: DeviceRow, isHere: boolean, column: number, width: number): readonly PopupRow[] {
	const {fingerprint, id, label} = device;
	const name = padded(truncateToWidth(deviceName(device), column), column);
	const known = label === undefined ? '' : `  ${id}`;
	const room = width - 2 - column - 2 - stateColumn - 2;
	const first = cutSpans(
		[
			{text: isHere ? '> ' : '  ', role: 'prompt'},
			{text: name, role: isHere ? 'selected' : 'text'},
			{text: `  ${padded(stateText(device), stateColumn)}`, role: stateRole(device)},
			{text: displayWidth(seen) <= room ? `  ${seen}` : '', role: 'faint'},
			{text: width >= roomForKeys ? known : '', role: 'faint'},
		],
		width,
	);
	return width < roomForKeys
		? [first]
		: [first, fingerprint === undefined ? [{text: '  no key yet', role: 'faint'}] : [indent, ...keySpans(fingerprint)]];
}

const indent: Span = {text: '  ', role: 'text'};

const roles: Readonly<Record<DeviceState, Role>> = {
	this: 'heading',
	verified: 'confirmed',
	trusted: 'text',
	blind: 'text',
	undecided: 'warning',
	distrusted: 'error',
	inactive: 'faint',
	noKeys: 'faint',
};

function stateRole(device: Device): Role {
	return roles[deviceState(device)];
}

/** What the state of the selected device means, and what keys do here. */
function detailRows(popup: DevicesPopup, width: number, inside: number): readonly PopupRow[] {
	const device = selectedDevice(popup);
	const {said} = popup;
	const isTall = inside >= tall;
	const rows = (text: string, role: Role, most: number): readonly PopupRow[] => {
		const lines = wrapText(text, width);
		const kept = lines.length > most ? [...lines.slice(0, most - 1), `${lines.slice(most - 1).join(' ')}`] : lines;
		return kept.map(line => cutSpans([{text: line, role}], width));
	};
	const key =
		device?.fingerprint === undefined || width >= roomForKeys || !isTall ? [] : keyRows(device.fingerprint, width);
	const meaning = device === undefined ? '' : stateMeaning(device);
	return [
		...(isTall ? [[{text: '─'.repeat(width), role: 'frame' as const}]] : []),
		...key,
		...(said === undefined
			? rows(meaning, 'text', isTall ? 5 : 2)
			: rows(said.text, said.level === 'error' ? 'error' : 'confirmed', isTall ? 5 : 2)),
		...keyLines(keyWords(popup, device), width, isTall ? 3 : 1),
	];
}

/** What each key does with the selected device; those that decide come first. */
function keyWords({sections, scope}: DevicesPopup, device: Device | undefined): readonly string[] {
	const isOther = device !== undefined && device.isThis !== true;
	const isOwnOther = isOther && device.owner === scope.account && device.active;
	return [
		...(isOther && device.fingerprint !== undefined ? ['t trust', 'v verify', 'd distrust'] : []),
		...(isOwnOther ? ['x remove'] : []),
		...(device?.isThis === true ? ['q code'] : []),
		...(device === undefined ? [] : ['Enter more']),
		'r refresh',
		'p paste a key',
		...(device?.isThis === true || sections.length === 0 ? [] : ['q my code']),
		'Esc closes',
	];
}

/** As many as fit in so many rows, none of them in two. */
function keyLines(words: readonly string[], width: number, most: number): readonly PopupRow[] {
	const lines: string[] = [];
	for (const word of words) {
		const longer = `${lines.at(-1) ?? ''}  ${word}`.trimStart();
		if (lines.length > 0 && displayWidth(longer) <= width) {
			lines[lines.length - 1] = longer;
		} else if (lines.length < most) {
			lines.push(word);
		}
	}

	return lines.map(text => cutSpans([{text, role: 'faint'}], width));
}
