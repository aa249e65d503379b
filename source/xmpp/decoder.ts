/** Turns the bytes of one stream into text, however TCP cut them. */
export type Decoder = {
	/** The text complete so far; `undefined` once the bytes were no UTF-8, and from then on. */
	decode(bytes: Uint8Array): string | undefined;
};

/**
 * A decoder for one stream: a character split over two reads is put together, invalid or overlong UTF-8 ends it, and a
 * byte order mark is passed on as the character it is (RFC 6120 §11.6).
 */
export function createDecoder(): Decoder {
	const decoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});
	let broken = false;
	return {
		decode(bytes) {
			if (broken) {
				return undefined;
			}

			try {
				return decoder.decode(bytes, {stream: true});
			} catch {
				// The only thing it throws for is input that is no UTF-8, which is what the answer says.
				broken = true;
				return undefined;
			}
		},
	};
}
