/** What to do with a piece of stream text: parse `text`, then close the stream if it is `restricted`. */
export type Scanned = {readonly text: string; readonly restricted: boolean};

/**
 * Finds the beginning of a comment, a DOCTYPE or a processing instruction, which XMPP forbids (RFC 6120 §11.1), as soon
 * as it is there: the parser proper tells of one only at its end, and one without an end would silence the stream.
 * Text that may be half of such a beginning is held back until the rest of it arrives.
 */
export function createRestrictedXmlScan(): (chunk: string) => Scanned {
	let held = '';
	let insideCdata = false;
	let first = true;

	return chunk => {
		const text = held + chunk;
		held = '';
		let from = 0;
		let instruction = text.indexOf('<?');
		for (;;) {
			if (insideCdata) {
				const end = text.indexOf(']]>', from);
				if (end < 0) {
					return hold(text, /\]{1,2}$/);
				}

				insideCdata = false;
				from = end + 3;
			}

			// Not searched for anew after each section: a text of many sections would be read as often.
			if (instruction >= 0 && instruction < from) {
				instruction = text.indexOf('<?', from);
			}

			const at = firstOf(text.indexOf('<!', from), instruction);
			const isInstruction = text[at + 1] === '?';
			if (at < 0 || (!isInstruction && at + 2 >= text.length)) {
				return hold(text, /<!?$/);
			}

			if (!isInstruction && text[at + 2] === '[') {
				insideCdata = true;
				from = at + 3;
			} else if (isInstruction && first && at === 0) {
				// The XML declaration; the parser checks that it is one.
				from = 2;
			} else {
				return {text: text.slice(0, at), restricted: true};
			}
		}
	};

	function hold(text: string, partial: RegExp): Scanned {
		const cut = text.search(partial);
		if (cut >= 0) {
			held = text.slice(cut);
		}

		const whole = cut < 0 ? text : text.slice(0, cut);
		if (whole !== '') {
			first = false;
		}

		return {text: whole, restricted: false};
	}
}

/** The smaller of two places, of which -1 is none. */
function firstOf(one: number, other: number): number {
	return one < 0 || other < 0 ? Math.max(one, other) : Math.min(one, other);
}
