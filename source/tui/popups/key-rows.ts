import {type Fingerprint, fingerprintGroups} from '../../model/device.js';
import type {PopupRow, Span} from './spans.js';

/** Groups of a fingerprint, from one on, each in the colour of what stands in it (XEP-0384 §Security, XEP-0392). */
export function keySpans(fingerprint: Fingerprint, from = 0, count = 8): PopupRow {
	return fingerprintGroups(fingerprint)
		.slice(from, from + count)
		.flatMap((group, index): readonly Span[] => [
			...(index === 0 ? [] : [{text: ' ', role: 'text' as const}]),
			{text: group, role: 'text', hue: group},
		]);
}

/** All of them, as many in a row as fit. */
export function keyRows(fingerprint: Fingerprint, width: number): readonly PopupRow[] {
	const each = [8, 4, 3, 2].find(count => count * 9 - 1 <= width) ?? 1;
	return Array.from({length: Math.ceil(8 / each)}, (_, row) => keySpans(fingerprint, row * each, each));
}
