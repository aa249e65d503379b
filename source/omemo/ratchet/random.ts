/** A source of randomness for keys: so many bytes that nobody can guess. In the program it is `randomBytes` of `node:crypto`. */
export type Random = (length: number) => Uint8Array;

/** A whole number from 0 to below `limit` (at most 2^32), every one as likely as the others. */
export function randomBelow(random: Random, limit: number): number {
	const range = 2 ** 32;
	const fair = range - (range % limit);
	for (;;) {
		const bytes = random(4);
		const drawn = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
		// What is left over at the end would make the first numbers likelier.
		if (drawn < fair) {
			return drawn % limit;
		}
	}
}
