/** What ISO/IEC 18004 says of the sizes of QR codes that are made here: versions 1 to 15, levels L and M. */

export type QrLevel = 'L' | 'M';

/** How many blocks there are, and how many codewords for correction each has, by version from 1 on (table 9). */
type Blocks = ReadonlyArray<readonly [blocks: number, correction: number]>;

export const qrBlocks: Readonly<Record<QrLevel, Blocks>> = {
	L: [
		[1, 7],
		[1, 10],
		[1, 15],
		[1, 20],
		[1, 26],
		[2, 18],
		[2, 20],
		[2, 24],
		[2, 30],
		[4, 18],
		[4, 20],
		[4, 24],
		[4, 26],
		[4, 30],
		[6, 22],
	],
	M: [
		[1, 10],
		[1, 16],
		[1, 26],
		[2, 18],
		[2, 24],
		[4, 16],
		[4, 18],
		[4, 22],
		[5, 22],
		[5, 26],
		[5, 30],
		[8, 22],
		[9, 22],
		[9, 24],
		[10, 24],
	],
};

export const greatestVersion = qrBlocks.L.length;

/** Modules on a side. */
export function qrSize(version: number): number {
	return 17 + 4 * version;
}

/** Where the centres of the alignment patterns lie, in both directions (annex E). */
export function alignmentCentres(version: number): readonly number[] {
	if (version === 1) {
		return [];
	}

	const count = Math.floor(version / 7) + 2;
	const last = qrSize(version) - 7;
	// Evenly from the last one back, in even steps; what is left over lies before the second one.
	const step = Math.ceil((last - 6) / (count - 1) / 2) * 2;
	return [6, ...Array.from({length: count - 1}, (_, index) => last - step * (count - 2 - index))];
}

/** Codewords in all, what the patterns leave free: eight modules each. */
export function codewordCount(version: number): number {
	const size = qrSize(version);
	const centres = alignmentCentres(version).length;
	const alignment = centres === 0 ? 0 : (centres ** 2 - 3) * 25 - (centres - 2) * 2 * 5;
	const finders = 3 * 64;
	const timing = 2 * (size - 16);
	const format = 31;
	const versionBits = version < 7 ? 0 : 36;
	return Math.floor((size ** 2 - finders - timing - format - versionBits - alignment) / 8);
}
