/** Reads a QR code as a scanner does, from its squares alone: to hold what is drawn against the standard and not against the encoder. */

type Squares = ReadonlyArray<readonly boolean[]>;

/** Number of blocks and codewords of correction in each, by version: level L, then M (ISO/IEC 18004, table 9). */
const table: ReadonlyArray<readonly [number, number, number, number]> = [
	[1, 7, 1, 10],
	[1, 10, 1, 16],
	[1, 15, 1, 26],
	[1, 20, 2, 18],
	[1, 26, 2, 24],
	[2, 18, 4, 16],
	[2, 20, 4, 18],
	[2, 24, 4, 22],
	[2, 30, 5, 22],
	[4, 18, 5, 26],
	[4, 20, 5, 30],
	[4, 24, 8, 22],
	[4, 26, 9, 22],
	[4, 30, 9, 24],
	[6, 22, 10, 24],
];
const centres: readonly string[] = [
	'',
	'6 18',
	'6 22',
	'6 26',
	'6 30',
	'6 34',
	'6 22 38',
	'6 24 42',
	'6 26 46',
	'6 28 50',
	'6 30 54',
	'6 32 58',
	'6 34 62',
	'6 26 46 66',
	'6 26 48 70',
];

export function readQr(dark: Squares): string {
	const size = dark.length;
	const version = (size - 17) / 4;
	const at = (x: number, y: number) => dark[y]?.[x] === true;
	const format = Number.parseInt(
		[0, 1, 2, 3, 4, 5, 7, 8].map(x => Number(at(x, 8))).join('') +
			[7, 5, 4, 3, 2, 1, 0].map(y => Number(at(8, y))).join(''),
		2,
	);
	const data = (format ^ 0x5412) >>> 10;
	const level = data >>> 3;
	if (level > 1) {
		throw new Error('the level is neither L nor M');
	}

	const codewords = readCodewords(dark, version, data & 7);
	const [lBlocks = 1, lCorrection = 0, mBlocks = 1, mCorrection = 0] = table[version - 1] ?? [];
	const [blocks, correction] = level === 1 ? [lBlocks, lCorrection] : [mBlocks, mCorrection];
	return textOf(dataOf(codewords, blocks, correction), version);
}

function isPattern(x: number, y: number, version: number): boolean {
	const size = 17 + 4 * version;
	const finder = (x < 9 && y < 9) || (x >= size - 8 && y < 9) || (x < 9 && y >= size - 8);
	const block = version >= 7 && ((x < 6 && y >= size - 11) || (y < 6 && x >= size - 11));
	const list = (centres[version - 1] ?? '').split(' ').filter(Boolean).map(Number);
	const last = list.at(-1);
	const alignment = list.some(a =>
		list.some(
			b =>
				!(a === 6 && b === 6) &&
				!(a === 6 && b === last) &&
				!(a === last && b === 6) &&
				Math.abs(a - x) <= 2 &&
				Math.abs(b - y) <= 2,
		),
	);
	return finder || block || alignment || x === 6 || y === 6;
}

function isMasked(i: number, j: number, mask: number): boolean {
	const conditions = [
		(i + j) % 2,
		i % 2,
		j % 3,
		(i + j) % 3,
		(Math.floor(i / 2) + Math.floor(j / 3)) % 2,
		((i * j) % 2) + ((i * j) % 3),
		(((i * j) % 2) + ((i * j) % 3)) % 2,
		(((i * j) % 3) + ((i + j) % 2)) % 2,
	];
	return conditions[mask] === 0;
}

function readCodewords(dark: Squares, version: number, mask: number): readonly number[] {
	const size = dark.length;
	const bits: number[] = [];
	const pairs = Array.from({length: (size - 1) / 2}, (_, index) => index);
	for (const pair of pairs) {
		const beside = size - 1 - 2 * pair;
		const right = beside <= 6 ? beside - 1 : beside;
		const rows = Array.from({length: size}, (_, index) => (pair % 2 === 0 ? size - 1 - index : index));
		for (const y of rows) {
			for (const x of [right, right - 1]) {
				if (!isPattern(x, y, version)) {
					bits.push(Number((dark[y]?.[x] === true) !== isMasked(y, x, mask)));
				}
			}
		}
	}

	return Array.from({length: Math.floor(bits.length / 8)}, (_, index) =>
		Number.parseInt(bits.slice(8 * index, 8 * index + 8).join(''), 2),
	);
}

const exponents: number[] = [];
for (let value = 1, power = 0; power < 255; power++) {
	exponents.push(value);
	value = value < 128 ? value * 2 : (value * 2) ^ 0x11d;
}

const product = (one: number, power: number) =>
	one === 0 ? 0 : (exponents[(exponents.indexOf(one) + power) % 255] ?? 0);

function dataOf(codewords: readonly number[], blocks: number, correction: number): readonly number[] {
	const dataCount = codewords.length - blocks * correction;
	const short = Math.floor(dataCount / blocks);
	const longOnes = dataCount % blocks;
	const result = Array.from({length: blocks}, (): number[] => []);
	let next = 0;
	for (let column = 0; column <= short; column++) {
		for (const [index, block] of result.entries()) {
			if (column < short || index >= blocks - longOnes) {
				block.push(codewords[next++] ?? 0);
			}
		}
	}

	const whole = result.map((block, index) => [
		...block,
		...Array.from({length: correction}, (_, row) => codewords[next + row * blocks + index] ?? 0),
	]);
	for (const block of whole) {
		for (let root = 0; root < correction; root++) {
			if (block.reduce((sum, codeword) => product(sum, root) ^ codeword, 0) !== 0) {
				throw new Error('a block is damaged');
			}
		}
	}

	return result.flat();
}

function textOf(data: readonly number[], version: number): string {
	const bits = data.map(codeword => codeword.toString(2).padStart(8, '0')).join('');
	if (!bits.startsWith('0100')) {
		throw new Error('it is not in byte mode');
	}

	const lengthEnd = version < 10 ? 12 : 20;
	const length = Number.parseInt(bits.slice(4, lengthEnd), 2);
	const bytes = Array.from({length}, (_, index) =>
		Number.parseInt(bits.slice(lengthEnd + 8 * index, lengthEnd + 8 * index + 8), 2),
	);
	return new TextDecoder().decode(Uint8Array.from(bytes));
}
