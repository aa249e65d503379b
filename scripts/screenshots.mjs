/**
 * Draws the pictures of the README from the real program: plays the demo in a pseudo-terminal and writes the cells of the
 * screen as SVG. `npm run screenshots`
 */
import {mkdirSync, writeFileSync} from 'node:fs';
import {setTimeout as wait} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {spawn} from '@lydell/node-pty';
import unicode11 from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';

const root = fileURLToPath(new URL('..', import.meta.url));
const cell = {width: 8.4, height: 18};
const background = '#16181d';
const foreground = '#d5d8de';
const ansi = [
	['#2b2f38', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d5d8de'],
	['#6b7280', '#ff7b86', '#b5e890', '#ffd787', '#7fc1ff', '#df9df2', '#7fd6e0', '#ffffff'],
].flat();

/** An entry of the 256-colour palette as #rrggbb. */
function paletteColor(index) {
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

function colorOf(isDefault, isRgb, value, fallback) {
	if (isDefault) {
		return fallback;
	}

	return isRgb ? `#${value.toString(16).padStart(6, '0')}` : paletteColor(value);
}

function lookOf(drawn) {
	let front = colorOf(drawn.isFgDefault(), drawn.isFgRGB(), drawn.getFgColor(), foreground);
	let back = colorOf(drawn.isBgDefault(), drawn.isBgRGB(), drawn.getBgColor(), background);
	if (drawn.isInverse()) {
		[front, back] = [back, front];
	}

	return {front, back, bold: drawn.isBold() !== 0, dim: drawn.isDim() !== 0, underline: drawn.isUnderline() !== 0};
}

function escaped(text) {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Neighbouring cells of one look, so that the file stays small. */
function runsOf(line, columns) {
	const runs = [];
	for (let x = 0; x < columns; x++) {
		const drawn = line.getCell(x);
		const text = drawn.getChars() || (drawn.getWidth() === 0 ? '' : ' ');
		const look = lookOf(drawn);
		const key = JSON.stringify(look);
		const last = runs.at(-1);
		if (last?.key === key) {
			last.text += text;
			last.columns++;
		} else {
			runs.push({x, columns: 1, text, key, look});
		}
	}

	return runs;
}

function svgOf(screen) {
	const margin = 10;
	const width = Math.ceil(screen.cols * cell.width + 2 * margin);
	const height = screen.rows * cell.height + 2 * margin;
	const cursor = screen.buffer.active;
	const parts = [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">`,
		`<rect width="100%" height="100%" rx="8" fill="${background}"/>`,
	];
	for (let y = 0; y < screen.rows; y++) {
		const line = screen.buffer.active.getLine(screen.buffer.active.viewportY + y);
		for (const {x, columns, text, look} of runsOf(line, screen.cols)) {
			const left = (margin + x * cell.width).toFixed(1);
			const top = margin + y * cell.height;
			const extent = (columns * cell.width).toFixed(1);
			if (look.back !== background) {
				parts.push(`<rect x="${left}" y="${top}" width="${extent}" height="${cell.height}" fill="${look.back}"/>`);
			}

			if (text.trim() !== '') {
				const weight = look.bold ? ' font-weight="bold"' : '';
				const opacity = look.dim ? ' opacity="0.65"' : '';
				const line = look.underline ? ' text-decoration="underline"' : '';
				parts.push(
					`<text x="${left}" y="${top + 13.5}" textLength="${extent}" lengthAdjust="spacingAndGlyphs" xml:space="preserve" fill="${look.front}"${weight}${opacity}${line}>${escaped(text)}</text>`,
				);
			}
		}
	}

	const left = (margin + cursor.cursorX * cell.width).toFixed(1);
	parts.push(
		`<rect x="${left}" y="${margin + cursor.cursorY * cell.height}" width="${cell.width}" height="${cell.height}" fill="${foreground}" opacity="0.7"/>`,
		'</svg>',
	);
	return `${parts.join('\n')}\n`;
}

const screen = new xterm.Terminal({cols: 110, rows: 30, allowProposedApi: true, scrollback: 0});
screen.loadAddon(new unicode11.Unicode11Addon());
screen.unicode.activeVersion = '11';
const {CI: _, NO_COLOR: __, ...environment} = process.env;
const demo = spawn(process.execPath, ['scripts/demo.mjs', '--yes'], {
	cwd: root,
	cols: screen.cols,
	rows: screen.rows,
	name: 'xterm-256color',
	env: {...environment, COLORTERM: 'truecolor', TERM: 'xterm-256color'},
});
demo.onData(data => screen.write(data));

/** Waits until the screen shows `text`. */
async function shows(text) {
	const content = () =>
		Array.from({length: screen.rows}, (_, y) => screen.buffer.active.getLine(y)?.translateToString(true) ?? '').join(
			'\n',
		);
	for (let tries = 0; !content().includes(text); tries++) {
		if (tries > 200) {
			throw new Error(`The demo never showed ${JSON.stringify(text)}:\n${content()}`);
		}

		await wait(100);
	}

	await wait(400);
}

mkdirSync(`${root}docs/screenshots`, {recursive: true});
const save = name => writeFileSync(`${root}docs/screenshots/${name}.svg`, svgOf(screen));

await shows('online');
demo.write('\u001B2');
await shows('But soft');
demo.write('Is it the nightingale, or the lark?\r');
await shows('nightingale');
await wait(2500);
demo.write('Stay but a little, I will come again');
await shows('come again');
save('chat');
demo.write('\u0015/ac\t');
await wait(800);
save('completion');
demo.write('\u0015/help\r');
await shows('Help');
save('help');
demo.write('\u001B');
await wait(300);
demo.write('/quit\r');
await new Promise(resolve => {
	demo.onExit(resolve);
});
