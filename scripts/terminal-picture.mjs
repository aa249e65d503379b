/** Draws the cells of a terminal emulator as SVG. */

const cell = {width: 8.43, height: 18};
const margin = 12;

/** What a terminal with a dark and one with a light ground make of the sixteen colours and of what is uncoloured. */
export const grounds = {
	dark: {
		background: '#16181d',
		foreground: '#d5d8de',
		ansi: [
			['#2b2f38', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d5d8de'],
			['#6b7280', '#ff7b86', '#b5e890', '#ffd787', '#7fc1ff', '#df9df2', '#7fd6e0', '#ffffff'],
		].flat(),
	},
	light: {
		background: '#fbfbf8',
		foreground: '#22252b',
		ansi: [
			['#22252b', '#b3261e', '#1d6b32', '#7a5600', '#1a56a8', '#7a2e8e', '#0b6672', '#e4e4df'],
			['#5d6470', '#d03a31', '#2a8545', '#936900', '#2a6fcc', '#9440aa', '#147c8a', '#ffffff'],
		].flat(),
	},
};

/** An entry of the 256-colour palette as #rrggbb. */
function paletteColor(index, ansi) {
	if (index < 16) {
		return ansi[index];
	}

	const levels =
		index < 232
			? [36, 6, 1].map(step => {
					const level = Math.floor((index - 16) / step) % 6;
					return level === 0 ? 0 : level * 40 + 55;
				})
			: [8 + (index - 232) * 10, 8 + (index - 232) * 10, 8 + (index - 232) * 10];
	return `#${levels.map(level => level.toString(16).padStart(2, '0')).join('')}`;
}

function colorOf(isDefault, isRgb, value, fallback, ansi) {
	if (isDefault) {
		return fallback;
	}

	return isRgb ? `#${value.toString(16).padStart(6, '0')}` : paletteColor(value, ansi);
}

function lookOf(drawn, {background, foreground, ansi}) {
	let front = colorOf(drawn.isFgDefault(), drawn.isFgRGB(), drawn.getFgColor(), foreground, ansi);
	let back = colorOf(drawn.isBgDefault(), drawn.isBgRGB(), drawn.getBgColor(), background, ansi);
	if (drawn.isInverse()) {
		[front, back] = [back, front];
	}

	return {
		front,
		back,
		bold: drawn.isBold() !== 0,
		dim: drawn.isDim() !== 0,
		italic: drawn.isItalic() !== 0,
		lines: [
			...(drawn.isUnderline() !== 0 ? ['underline'] : []),
			...(drawn.isStrikethrough() !== 0 ? ['line-through'] : []),
		].join(' '),
	};
}

function escaped(text) {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Neighbouring cells of one look, so that the file stays small; what is drawn as lines stands alone. */
function runsOf(line, columns, ground) {
	const runs = [];
	for (let x = 0; x < columns; x++) {
		const drawn = line.getCell(x);
		const width = drawn.getWidth();
		if (width === 0) {
			continue;
		}

		const text = drawn.getChars() || ' ';
		const look = lookOf(drawn, ground);
		const isLetter = /^[\u0020-\u007e]$/u.test(text);
		const key = JSON.stringify({...look, alone: isLetter ? -1 : x});
		const last = runs.at(-1);
		if (last?.key === key) {
			last.text += text;
			last.columns += width;
		} else {
			runs.push({x, columns: width, text, key, look});
		}
	}

	return runs;
}

/** Signs that have to meet those of the neighbouring cells: drawn as lines, whatever the font makes of them. */
const strokes = {
	'│': [[0.5, 0, 0.5, 1]],
	'─': [[0, 0.5, 1, 0.5]],
	'╌': [
		[0.1, 0.5, 0.4, 0.5],
		[0.6, 0.5, 0.9, 0.5],
	],
	'╭': [
		[0.5, 0.5, 1, 0.5],
		[0.5, 0.5, 0.5, 1],
	],
	'╮': [
		[0, 0.5, 0.5, 0.5],
		[0.5, 0.5, 0.5, 1],
	],
	'╰': [
		[0.5, 0, 0.5, 0.5],
		[0.5, 0.5, 1, 0.5],
	],
	'╯': [
		[0.5, 0, 0.5, 0.5],
		[0, 0.5, 0.5, 0.5],
	],
	'┃': [[0.5, 0, 0.5, 1]],
};

function textOf({text, columns, look}, left, top) {
	const drawn = strokes[text];
	const opacity = look.dim ? ' opacity="0.65"' : '';
	if (drawn !== undefined) {
		const path = drawn
			.map(([x1, y1, x2, y2]) => {
				const [fromX, toX] = [x1, x2].map(x => (left + x * cell.width).toFixed(1));
				const [fromY, toY] = [y1, y2].map(y => (top + y * cell.height).toFixed(1));
				return `M${fromX} ${fromY}L${toX} ${toY}`;
			})
			.join('');
		const width = text === '┃' ? 2.4 : 1.1;
		return `<path d="${path}" stroke="${look.front}" stroke-width="${width}"${opacity}/>`;
	}

	const extent = (columns * cell.width).toFixed(1);
	const weight = look.bold ? ' font-weight="bold"' : '';
	const slant = look.italic ? ' font-style="italic"' : '';
	const decoration = look.lines === '' ? '' : ` text-decoration="${look.lines}"`;
	return `<text x="${left.toFixed(1)}" y="${(top + 13.5).toFixed(1)}" textLength="${extent}" lengthAdjust="spacingAndGlyphs" xml:space="preserve" fill="${look.front}"${weight}${slant}${opacity}${decoration}>${escaped(text)}</text>`;
}

/** The screen with its cursor, and around it the window it is in. */
export function svgOf(screen, ground) {
	const width = Math.ceil(screen.cols * cell.width + 2 * margin);
	const height = screen.rows * cell.height + 2 * margin;
	const {active} = screen.buffer;
	const parts = [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">`,
		`<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="9" fill="${ground.background}" stroke="${ground.ansi[8]}" stroke-opacity="0.35"/>`,
	];
	for (let y = 0; y < screen.rows; y++) {
		const line = active.getLine(active.viewportY + y);
		const runs = runsOf(line, screen.cols, ground);
		const top = margin + y * cell.height;
		for (const {x, columns, look} of runs) {
			if (look.back !== ground.background) {
				const left = margin + x * cell.width;
				// A little wider, or a seam would show between neighbours.
				parts.push(
					`<rect x="${left.toFixed(1)}" y="${top}" width="${(columns * cell.width + 0.3).toFixed(1)}" height="${cell.height}" fill="${look.back}"/>`,
				);
			}
		}

		for (const run of runs.filter(({text}) => text.trim() !== '')) {
			parts.push(textOf(run, margin + run.x * cell.width, top));
		}
	}

	const left = (margin + active.cursorX * cell.width).toFixed(1);
	parts.push(
		`<rect x="${left}" y="${margin + active.cursorY * cell.height}" width="${cell.width}" height="${cell.height}" fill="${ground.foreground}" opacity="0.7"/>`,
		'</svg>',
	);
	return `${parts.join('\n')}\n`;
}
