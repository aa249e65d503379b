/**
 * A small program on the real terminal layer, for tests that run it in a pseudo-terminal. The first argument says what
 * it does, the second names a file in which it notes what happens to it.
 */
import fs from 'node:fs';
import process from 'node:process';
import {systemClock} from '../../../source/shared/clock.js';
import {createDecoder} from '../../../source/tui/input/decoder.js';
import {line} from '../../../source/tui/screen/line.js';
import {createScreen} from '../../../source/tui/screen/screen.js';
import {createTerminal} from '../../../source/tui/terminal/terminal.js';

const [, , task = 'wait', notes = '/dev/null'] = process.argv;
const note = (text: string) => fs.appendFileSync(notes, `${text}\n`);
let typed = '';
let turn = 0;

const terminal = createTerminal({
	clock: systemClock,
	stdin: process.stdin,
	stdout: process.stdout,
	env: process.env,
	onInput: chunk => decoder.push(chunk),
	onResume() {
		note('resumed');
		screen.repaint();
	},
	onEnd(end) {
		note(`end ${end.type}`);
		terminal.leave();
		process.stdout.write(`ended by ${end.type}\n`);
		// As the command line does: some orderly work, then the end.
		systemClock.after(20, () => process.exit(end.type === 'fatal' ? 70 : 0));
	},
});

terminal.enter();
const screen = createScreen({output: terminal.output, clock: systemClock, colorDepth: '256'});

const decoder = createDecoder({
	clock: systemClock,
	emit(event) {
		if (event.type === 'reply') {
			terminal.answer(event);
		} else if (event.type === 'key' && event.ctrl && event.key === 'z') {
			note('suspend');
			terminal.suspend();
		} else if (event.type === 'key' && event.key === 'q') {
			note('quit');
			terminal.leave();
			process.stdout.write('bye\n');
		} else if (event.type === 'key' && event.key === 'e') {
			throw new Error('thrown on purpose');
		} else if (event.type === 'key' && event.key === 'r') {
			void Promise.reject(new Error('rejected on purpose'));
		} else if (event.type === 'key' && event.key === 'x') {
			process.exit(3);
		} else if (event.type === 'key' || event.type === 'paste') {
			typed += event.text ?? '?';
			paint();
		}
	},
});

function paint() {
	const {columns, rows} = screen;
	const filling = task === 'flood' ? `turn ${turn} `.repeat(columns) : '';
	const lines = Array.from({length: rows}, (_, y) => {
		if (y === 0) {
			return line(`ready ${process.pid}`);
		}

		return y === rows - 1 ? line(`> ${typed}`) : line(filling);
	});
	screen.setRegion('all', {x: 0, y: 0, width: columns, height: rows, lines});
	screen.setCursor(2 + typed.length, rows - 1);
}

screen.resized(paint);
terminal.setTitle('a title\u{1B}]0;evil\u{7}');
paint();

if (task === 'flood') {
	const flood = () => {
		turn++;
		note(`turn ${turn}`);
		terminal.setTitle(`turn ${turn}`);
		terminal.bell();
		paint();
		systemClock.after(5, flood);
	};

	flood();
}
