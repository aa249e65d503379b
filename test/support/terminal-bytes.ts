/** What a program has written to a terminal, taken apart: which of it a terminal would obey. */

/** CSI, OSC, and every other escape sequence, as ECMA-48 delimits them. */
const sequence = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u001B\\|\u0007)?|[\s\S]?)/g;

/** All that xmppc ever sends. Its title never holds a text from the network. */
const ours: readonly RegExp[] = [
	// Colours and styles; moving the cursor, erasing and scrolling.
	/^\u001B\[[\d;:]*m$/,
	/^\u001B\[\d*(?:;\d*)?[A-HJKLMPSTXdr@]$/,
	// Wrapping, cursor, focus reports, alternate screen, bracketed paste, synchronised output.
	/^\u001B\[\?(?:7|25|1004|1049|2004|2026)[hl]$/,
	// What the terminal is asked at the start: keyboard, ground, name, and its answer as the end; the keyboard's modes.
	/^\u001B\[(?:\?u|>q|c|>\d+u|<u|>4(?:;\d)?m)$/,
	/^\u001B\]11;\?\u001B\\$/,
	// The window title on the terminal's stack, and back.
	/^\u001B\[2[23];2t$/,
	/^\u001B\]2;xmppc(?: \(\d+\))?\u001B\\$/,
	// A link around an address in a message, in the ASCII that OSC 8 allows, and its end.
	/^\u001B\]8;(?:;|[\w=:-]*;https?:\/\/[!-~]+)\u001B\\$/,
];

/** Controls, bidi overrides, invisible characters, line separators, lone surrogates, and letters under heaps of marks. */
const harmful = /(?![\u0007\b\n\r])\p{Cc}|[\p{Cf}\p{Cs}\p{DI}\p{Zl}\p{Zp}]|\p{M}{9,}/gu;

/** Every sequence that is not one of ours and every harmful character in the output of the TUI, escaped. Empty is good. */
export function strayBytes(output: string): readonly string[] {
	const sequences = output.match(sequence) ?? [];
	return [
		...sequences.filter(found => !ours.some(pattern => pattern.test(found))),
		...(output.replaceAll(sequence, '').match(harmful) ?? []),
	].map(found => JSON.stringify(found));
}

/** The same for text that goes to a terminal without a screen, where ESC itself is harmful. */
export function strayInLines(output: string): readonly string[] {
	return (output.match(harmful) ?? []).map(found => JSON.stringify(found));
}
