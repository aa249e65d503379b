import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter(undefined, {granularity: 'grapheme'});

export function displayWidth(text: string): number {
	return stringWidth(text);
}

export function* graphemes(text: string): Iterable<string> {
	for (const {segment} of segmenter.segment(text)) {
		yield segment;
	}
}
