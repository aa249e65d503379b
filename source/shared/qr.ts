import {alignmentCentres, codewordCount, greatestVersion, type QrLevel, qrBlocks, qrSize} from './qr-tables.js';

/** A QR code as squares: `dark[y][x]`, without the quiet zone around it. */
export type QrCode = {
	readonly version: number;
	readonly level: QrLevel;
	readonly dark: ReadonlyArray<readonly boolean[]>;
};

/**
 * The smallest QR code (ISO/IEC 18004, byte mode, UTF-8) for a text, and the better corrected one where it is no larger;
 * `undefined` for a text that is too long (about 500 bytes).
 */
export function qrCode(text: string): QrCode | undefined {
	const bytes = new TextEncoder().encode(text);
	for (let version = 1; version <= greatestVersion; version++) {
		for (const level of ['M', 'L'] as const) {
			if (4 + lengthBits(version) + 8 * bytes.length <= 8 * dataCount(version, level)) {
				return draw(version, level, interleaved(dataCodewords(bytes, version, level), version, level));
			}
		}
	}

	return undefined;
}

function blocksOf(version: number, level: QrLevel): {readonly blocks: number; readonly correction: number} {
	const [blocks, correction] = qrBlocks[level][version - 1] ?? [1, 0];
	return {blocks, correction};
}

function dataCount(version: number, level: QrLevel): number {
	const {blocks, correction} = blocksOf(version, level);
	return codewordCount(version) - blocks * correction;
}

/** Bits of the length in byte mode (table 3). */
function lengthBits(version: number): number {
	return version < 10 ? 8 : 16;
}

/** Mode, length, bytes, an end, and padding (§7.4.10). */
function dataCodewords(bytes: Uint8Array, version: number, level: QrLevel): readonly number[] {
	const bits: number[] = [];
	const put = (value: number, length: number) => {
		for (let bit = length - 1; bit >= 0; bit--) {
			bits.push((value >>> bit) & 1);
		}
	};

	put(0b0100, 4);
	put(bytes.length, lengthBits(version));
	for (const byte of bytes) {
		put(byte, 8);
	}

	const count = dataCount(version, level);
	put(0, Math.min(4, 8 * count - bits.length));
	put(0, (8 - (bits.length % 8)) % 8);
	for (let pad = 0xec; bits.length < 8 * count; pad ^= 0xec ^ 0x11) {
		put(pad, 8);
	}

	return Array.from({length: count}, (_, index) =>
		bits.slice(8 * index, 8 * index + 8).reduce((codeword, bit) => codeword * 2 + bit, 0),
	);
}

/** The codewords of all blocks in turn, then those that correct them (§7.6). The last blocks may be one longer. */
function interleaved(data: readonly number[], version: number, level: QrLevel): readonly number[] {
	const {blocks, correction} = blocksOf(version, level);
	const short = Math.floor(data.length / blocks);
	const shortBlocks = blocks - (data.length % blocks);
	const parts = Array.from({length: blocks}, (_, index) => {
		const from = index * short + Math.max(0, index - shortBlocks);
		return data.slice(from, from + short + (index < shortBlocks ? 0 : 1));
	});
	const divisor = generator(correction);
	const corrections = parts.map(part => remainder(part, divisor));
	const inTurn = (columns: ReadonlyArray<readonly number[]>, length: number) =>
		Array.from({length}, (_, at) => columns.flatMap(column => column[at] ?? [])).flat();
	return [...inTurn(parts, short + 1), ...inTurn(corrections, correction)];
}

/** Multiplication in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1. */
function times(one: number, other: number): number {
	let product = 0;
	for (let bit = 7; bit >= 0; bit--) {
		product = (product << 1) ^ ((product >>> 7) * 0x11d);
		product ^= ((other >>> bit) & 1) * one;
	}

	return product;
}

/** (x - 1)(x - 2)(x - 4)…: its coefficients from the highest power down, without the leading 1. */
function generator(degree: number): readonly number[] {
	const result = [...Array.from({length: degree - 1}, () => 0), 1];
	let root = 1;
	for (let factor = 0; factor < degree; factor++) {
		for (const [index, coefficient] of result.entries()) {
			result[index] = times(coefficient, root) ^ (result[index + 1] ?? 0);
		}

		root = times(root, 2);
	}

	return result;
}

/** The codewords that correct a block (§7.5.2). */
function remainder(data: readonly number[], divisor: readonly number[]): readonly number[] {
	let rest: readonly number[] = divisor.map(() => 0);
	for (const codeword of data) {
		const [first = 0, ...others] = rest;
		const factor = codeword ^ first;
		rest = [...others, 0].map((each, index) => each ^ times(divisor[index] ?? 0, factor));
	}

	return rest;
}

type Modules = {
	readonly dark: boolean[][];
	/** Belongs to a pattern and is not masked. */
	readonly fixed: boolean[][];
};

const masks: ReadonlyArray<(x: number, y: number) => boolean> = [
	(x, y) => (x + y) % 2 === 0,
	(_, y) => y % 2 === 0,
	x => x % 3 === 0,
	(x, y) => (x + y) % 3 === 0,
	(x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
	(x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
	(x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
	(x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

function draw(version: number, level: QrLevel, codewords: readonly number[]): QrCode {
	const candidates = masks.map((_, mask) => {
		const modules = patterns(version);
		drawFormat(modules, level, mask);
		drawCodewords(modules, codewords, mask);
		return modules.dark;
	});
	const penalties = candidates.map(penalty);
	const best = candidates[penalties.indexOf(Math.min(...penalties))] ?? [];
	return {version, level, dark: best};
}

/** What is the same in all codes of a version (§6.3). */
function patterns(version: number): Modules {
	const size = qrSize(version);
	const square = () => Array.from({length: size}, () => Array.from({length: size}, () => false));
	const modules: Modules = {dark: square(), fixed: square()};
	for (let index = 0; index < size; index++) {
		set(modules, 6, index, index % 2 === 0);
		set(modules, index, 6, index % 2 === 0);
	}

	for (const [x, y] of [
		[3, 3],
		[size - 4, 3],
		[3, size - 4],
	] as const) {
		around(x, y, 4, (atX, atY, distance) => set(modules, atX, atY, distance !== 2 && distance !== 4));
	}

	const centres = alignmentCentres(version);
	const last = centres.at(-1);
	for (const x of centres) {
		for (const y of centres) {
			const isFinder = (x === 6 && y === 6) || (x === 6 && y === last) || (x === last && y === 6);
			if (!isFinder) {
				around(x, y, 2, (atX, atY, distance) => set(modules, atX, atY, distance !== 1));
			}
		}
	}

	if (version >= 7) {
		const bits = versionBits(version);
		for (let bit = 0; bit < 18; bit++) {
			const [along, across] = [Math.floor(bit / 3), size - 11 + (bit % 3)];
			set(modules, along, across, ((bits >>> bit) & 1) === 1);
			set(modules, across, along, ((bits >>> bit) & 1) === 1);
		}
	}

	return modules;
}

function set({dark, fixed}: Modules, x: number, y: number, isDark: boolean): void {
	const row = dark[y];
	const marks = fixed[y];
	if (row !== undefined && marks !== undefined && x >= 0 && x < row.length) {
		row[x] = isDark;
		marks[x] = true;
	}
}

/** Each square so near a centre, with its distance. */
function around(x: number, y: number, reach: number, visit: (x: number, y: number, distance: number) => void): void {
	for (let down = -reach; down <= reach; down++) {
		for (let right = -reach; right <= reach; right++) {
			visit(x + right, y + down, Math.max(Math.abs(down), Math.abs(right)));
		}
	}
}

/** Version and its 12 bits of correction (annex D). */
export function versionBits(version: number): number {
	let rest = version;
	for (let bit = 0; bit < 12; bit++) {
		rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
	}

	return (version << 12) | rest;
}

/** Level and mask, their 10 bits of correction, masked so that they are never all light (annex C). */
export function formatBits(level: QrLevel, mask: number): number {
	const data = ((level === 'L' ? 1 : 0) << 3) | mask;
	let rest = data;
	for (let bit = 0; bit < 10; bit++) {
		rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
	}

	return ((data << 10) | rest) ^ 0x5412;
}

function drawFormat(modules: Modules, level: QrLevel, mask: number): void {
	const size = modules.dark.length;
	const bits = formatBits(level, mask);
	for (let bit = 0; bit < 15; bit++) {
		const isDark = ((bits >>> bit) & 1) === 1;
		// Around the finder at the top left, over the timing patterns.
		const along = bit < 6 ? bit : bit < 8 ? bit + 1 : bit === 8 ? 7 : 14 - bit;
		set(modules, bit < 8 ? 8 : along, bit < 8 ? along : 8, isDark);
		// And once more, beside the other two.
		if (bit < 8) {
			set(modules, size - 1 - bit, 8, isDark);
		} else {
			set(modules, 8, size - 15 + bit, isDark);
		}
	}

	set(modules, 8, size - 8, true);
}

/** Two columns at a time from the right, up and down in turn (§7.7.3). The mask turns what is no pattern. */
function drawCodewords({dark, fixed}: Modules, codewords: readonly number[], mask: number): void {
	const size = dark.length;
	const turns = masks[mask] ?? (() => false);
	let bit = 0;
	for (let right = size - 1; right >= 1; right -= right === 8 ? 3 : 2) {
		// The column of the timing pattern is left out.
		const upward = ((right + (right < 7 ? 2 : 1)) & 2) === 0;
		for (let step = 0; step < size; step++) {
			const y = upward ? size - 1 - step : step;
			for (const x of [right, right - 1]) {
				const row = dark[y];
				if (row === undefined || fixed[y]?.[x] === true) {
					continue;
				}

				const value = ((codewords[bit >>> 3] ?? 0) >>> (7 - (bit & 7))) & 1;
				row[x] = (value === 1) !== turns(x, y);
				bit++;
			}
		}
	}
}

/** How badly it can be read (§7.8.3): long runs, blocks, what looks like a finder, too much of one shade. */
function penalty(dark: ReadonlyArray<readonly boolean[]>): number {
	const size = dark.length;
	const columns = dark.map((_, x) => dark.map(row => row[x] === true));
	const lines = [...dark, ...columns].map(line => line.map(each => (each ? '1' : '0')).join(''));
	let points = 0;
	for (const line of lines) {
		for (const [run] of line.matchAll(/0{5,}|1{5,}/gu)) {
			points += run.length - 2;
		}

		for (const finder of ['00001011101', '10111010000']) {
			for (let at = line.indexOf(finder); at >= 0; at = line.indexOf(finder, at + 1)) {
				points += 40;
			}
		}
	}

	let count = 0;
	for (let y = 0; y < size; y++) {
		for (let x = 0; x < size; x++) {
			const here = dark[y]?.[x];
			count += here === true ? 1 : 0;
			const isBlock = [dark[y]?.[x + 1], dark[y + 1]?.[x], dark[y + 1]?.[x + 1]].every(each => each === here);
			points += isBlock ? 3 : 0;
		}
	}

	return points + 10 * Math.floor(Math.abs((20 * count) / size ** 2 - 10));
}

/**
 * The code with so many light squares around it as lines of text, two rows of squares each. The glyphs are drawn where it is
 * dark, or with `inverse` where it is light: for a dark ground.
 */
export function qrLines({dark}: QrCode, quiet: number, inverse = false): readonly string[] {
	const size = dark.length + 2 * quiet;
	const isDrawn = (x: number, y: number) => y < size && (dark[y - quiet]?.[x - quiet] === true) !== inverse;
	return Array.from({length: Math.ceil(size / 2)}, (_, row) =>
		Array.from({length: size}, (_, x) => {
			const [upper, lower] = [isDrawn(x, 2 * row), isDrawn(x, 2 * row + 1)];
			return upper ? (lower ? '█' : '▀') : lower ? '▄' : ' ';
		}).join(''),
	);
}
