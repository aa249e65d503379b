import {timingSafeEqual} from 'node:crypto';

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
	const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}

	return whole;
}

/** Whether two byte strings are the same, in a time that tells nothing but their lengths. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
	return one.length === other.length && timingSafeEqual(one, other);
}

/** Overwrites key bytes that nothing needs any more. What the runtime copied meanwhile it cannot reach. */
export function wipe(...secrets: ReadonlyArray<Uint8Array | undefined>): void {
	for (const secret of secrets) {
		secret?.fill(0);
	}
}
