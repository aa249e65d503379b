/** Whether two records are the same. The store gives the same bytes again as long as nothing has changed. */
export function isSameRecord(one: Uint8Array, other: Uint8Array): boolean {
	return one === other || Buffer.compare(one, other) === 0;
}
