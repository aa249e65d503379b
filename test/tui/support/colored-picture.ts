import type {State} from '../../../source/store/state.js';
import type {Theme} from '../../../source/themes/theme.js';
import {createPainter} from '../../../source/tui/app/paint.js';
import type {ViewState} from '../../../source/tui/app/view-state.js';
import {createPalette, type Palette, type PaletteOptions} from '../../../source/tui/panes/palette.js';
import {popupLayout} from '../../../source/tui/popups/layout.js';
import type {PopupLayout} from '../../../source/tui/popups/spans.js';
import {isRgb, packPalette, toRgb} from '../../../source/tui/screen/color.js';
import {rowText} from '../../../source/tui/screen/grid.js';
import {createLayers} from '../../../source/tui/screen/layers.js';
import {fitLine, line, type StyledLine} from '../../../source/tui/screen/line.js';
import {attributes, lookOf, plain, type StyleId} from '../../../source/tui/screen/style.js';
import {utc} from '../support.js';

/** Paints panes and popup, without Ink, and reads text and styles back. */
export function coloredPicture(
	state: State,
	view: ViewState,
	theme: Theme,
	options: PaletteOptions = {},
	[columns, rows]: readonly [number, number] = [80, 24],
): string {
	const layers = createLayers(columns, rows);
	const palette = createPalette(theme, options);
	const canvas = {
		columns,
		rows,
		setRegion: layers.setRegion,
		removeRegion: layers.removeRegion,
		setCursor() {},
		hideCursor() {},
	};
	const {layout} = createPainter(canvas, () => palette, utc).paint(state, view);
	if (view.popup !== undefined && layout !== undefined) {
		const popup = popupLayout(view.popup, columns, layout.status.y);
		layers.setRegion('popup', {...popup.rectangle, lines: framed(popup, palette)});
	}

	layers.compose();
	const letters = createLetters();
	const picture: string[] = [];
	for (let y = 0; y < rows; y++) {
		picture.push(rowText(layers.wanted, y).trimEnd());
		const styles = [...layers.wanted.styles.slice(y * columns, (y + 1) * columns)];
		const row = styles.map(letters.of).join('').trimEnd();
		if (row !== '') {
			picture.push(`~${row}`.replace(/(.)\1{11,}$/u, (run, letter: string) => `${letter}×${run.length}`));
		}
	}

	return [...picture, ...letters.legend()].join('\n');
}

/** As Ink draws it. */
function framed({rectangle, rows}: PopupLayout, {role, name}: Palette): readonly StyledLine[] {
	const inner = rectangle.width - 2;
	const edge = (text: string) => ({text, style: role.frame});
	const row = (index: number) =>
		fitLine(
			line([
				{text: ' '},
				...(rows[index] ?? []).map(span => ({
					text: span.text,
					style: span.hue === undefined ? role[span.role] : name(span.hue),
				})),
			]),
			inner,
		);
	const between = Array.from({length: rectangle.height - 2}, (_, index) => {
		const body = row(index);
		return {
			cells: ['│', ...body.cells, '│'],
			styles: Uint16Array.from([role.frame, ...body.styles, role.frame]),
			fill: plain,
		};
	});
	return [line([edge(`╭${'─'.repeat(inner)}╮`)]), ...between, line([edge(`╰${'─'.repeat(inner)}╯`)])];
}

/** A letter for each style, in the order in which they are met; a blank for plain text. */
function createLetters() {
	const known = new Map<StyleId, string>([[plain, ' ']]);
	const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
	return {
		of(style: StyleId): string {
			const letter = known.get(style) ?? alphabet.charAt(known.size - 1);
			known.set(style, letter);
			return letter;
		},
		legend: () =>
			[...known].filter(([style]) => style !== plain).map(([style, letter]) => `${letter}  ${lookText(style)}`),
	};
}

function lookText(style: StyleId): string {
	const {foreground, background, flags, link} = lookOf(style);
	const color = (packed: number) => {
		if (!isRgb(packed)) {
			return packed === packPalette(packed - 1) ? String(packed - 1) : '';
		}

		return `#${toRgb(packed)
			.map(part => part.toString(16).padStart(2, '0'))
			.join('')}`;
	};
	return [
		...(foreground === 0 ? [] : [`text ${color(foreground)}`]),
		...(background === 0 ? [] : [`ground ${color(background)}`]),
		...Object.entries(attributes)
			.filter(([, bit]) => (flags & bit) !== 0)
			.map(([name]) => name),
		...(link === '' ? [] : [`to ${link}`]),
	].join(', ');
}
