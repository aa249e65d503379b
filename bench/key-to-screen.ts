import type {Terminal} from '../test/support/terminal.js';

/** Presses the last letter of `typed`; milliseconds until the lines at the bottom show all of it. */
export async function keyToScreen(terminal: Terminal, typed: string): Promise<number> {
	const {rows} = terminal.size();
	const isShown = () => [rows - 1, rows - 2, rows - 3].some(row => terminal.line(row).includes(typed));
	const pressed = performance.now();
	return new Promise((resolve, reject) => {
		const patience = setTimeout(() => {
			forget();
			reject(new Error(`the key is not on the screen after 5 s\n${terminal.text()}`));
		}, 5000);
		const forget = terminal.onPaint(at => {
			if (isShown()) {
				clearTimeout(patience);
				forget();
				resolve(at - pressed);
			}
		});
		terminal.type(typed.at(-1) ?? '');
	});
}
