/**
 * Draws the pictures of the README from the real program: plays a scene of recorded events in a pseudo-terminal and writes
 * the cells of the screen as SVG, those of the README's text also as PNG where `rsvg-convert` is installed.
 * `npm run screenshots [name …]`
 */
import {spawnSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import {setTimeout as wait} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {spawn} from '@lydell/node-pty';
import unicode11 from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import {grounds, svgOf} from './terminal-picture.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}docs/screenshots`;
const large = {columns: 118, rows: 30};
const release = ['\u001B5', 'draft'];

/** What is typed, each with what the screen shows then; the picture is taken at the end. */
const pictures = [
	{
		name: 'chat',
		png: true,
		steps: [
			['\u001B2', 'good night indeed'],
			['Good night, good night! A thousand times', 'thousand'],
		],
	},
	{name: 'room', png: true, steps: [release], columns: 132},
	{name: 'palette', steps: [release, ['\u000B', 'Go to'], ['re', 're']]},
	{
		name: 'search',
		steps: [
			['\u001B2', 'good night indeed'],
			['/search night\r', 'Search'],
		],
	},
	{
		name: 'split',
		steps: [
			['\u001B2', 'good night indeed'],
			['/split release\r', 'draft'],
		],
		columns: 140,
	},
	{name: 'completion', steps: [release, ['/set messages.\t', 'fold']]},
	{name: 'help', steps: [release, ['/help\r', 'Help']]},
	{name: 'light', png: true, steps: [release], settings: ['theme=light'], ground: 'light', columns: 132},
	{name: 'themes', steps: [release, ['/theme\r', 'Colours'], ['\u001B[B\u001B[B\u001B[B', 'high-contrast']]},
];

for (const picture of pictures.filter(({name}) => process.argv.length < 3 || process.argv.includes(name))) {
	await take(picture);
}

async function take({
	name,
	steps,
	settings = [],
	ground = 'dark',
	columns = large.columns,
	rows = large.rows,
	png = false,
}) {
	const screen = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 0});
	screen.loadAddon(new unicode11.Unicode11Addon());
	screen.unicode.activeVersion = '11';
	const {CI: _, NO_COLOR: __, TMUX: ___, ...environment} = process.env;
	const scene = spawn(process.execPath, ['scripts/scene.mjs', ...settings], {
		cwd: root,
		cols: columns,
		rows,
		name: 'xterm-256color',
		env: {
			...environment,
			COLORTERM: 'truecolor',
			TERM: 'xterm-256color',
			TZ: 'UTC',
			LANG: 'C.UTF-8',
			NODE_ENV: 'production',
		},
	});
	scene.onData(data => screen.write(data));
	screen.onData(data => scene.write(data));
	const over = new Promise(resolve => {
		scene.onExit(resolve);
	});
	try {
		await shows(screen, 'online', name);
		await wait(600);
		for (const [keys, text] of steps) {
			scene.write(keys);
			await shows(screen, text, name);
			await wait(400);
		}

		await wait(600);
		save(name, svgOf(screen, grounds[ground]), png);
	} finally {
		scene.kill();
		await over;
	}
}

/** Waits until the screen shows `text`. */
async function shows(screen, text, name) {
	const content = () =>
		Array.from({length: screen.rows}, (_, y) => screen.buffer.active.getLine(y)?.translateToString(true) ?? '').join(
			'\n',
		);
	for (let tries = 0; !content().includes(text); tries++) {
		if (tries > 100) {
			throw new Error(`${name} never showed ${JSON.stringify(text)}:\n${content()}`);
		}

		await wait(100);
	}
}

function save(name, svg, png) {
	mkdirSync(folder, {recursive: true});
	const file = `${folder}/${name}`;
	writeFileSync(`${file}.svg`, svg);
	const converted = png && spawnSync('rsvg-convert', ['--output', `${file}.png`, `${file}.svg`]).status === 0;
	process.stdout.write(`${name}: SVG${converted ? ' and PNG' : ''}\n`);
}
