/** How far a file is, on one line of standard error that is painted over; only on a terminal. */
import {sizeText} from '../shared/size-text.js';
import {printable, shortened} from '../shared/text.js';

export type TransferBar = {
	/** Bytes that are there, and of how many. `name` is user text. */
	show(name: string, done: number, total?: number, rate?: number): void;
	/** Takes it away, before anything else is written. */
	clear(): void;
};

/** Columns: fits where nobody knows how wide it is. */
const width = 78;
const barWidth = 24;
/** Code points, each of which may take two columns: what knows how wide they are takes too long to load. */
const longestName = 16;

/** Without anywhere to write it shows nothing. */
export function createTransferBar(write: ((text: string) => void) | undefined): TransferBar {
	if (write === undefined) {
		return {show() {}, clear() {}};
	}

	let isShown = false;
	return {
		show(name, done, total, rate) {
			const share = total === undefined || total === 0 ? undefined : Math.min(1, done / total);
			const bar =
				share === undefined
					? ''
					: `[${'#'.repeat(Math.round(share * barWidth)).padEnd(barWidth)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
			const speed = rate === undefined ? '' : `, ${sizeText(rate)}/s`;
			const text = `${bar} ${sizeText(done)}${speed} ${shortened(printable(name, 'line'), longestName)}`.trim();
			write(`\r${text.padEnd(width)}`);
			isShown = true;
		},
		clear() {
			if (isShown) {
				write(`\r${' '.repeat(width)}\r`);
				isShown = false;
			}
		},
	};
}
