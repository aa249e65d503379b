/** Everything a terminal could act on, line feed and tab excepted: C0, DEL, C1, and half surrogate pairs. */
const unsafe = /[\u{0}-\u{8}\u{B}-\u{1F}\u{7F}-\u{9F}\u{D800}-\u{DFFF}]/gu;

/** Input text as the editor keeps it: line ends become `\n`, tabs stay, no other control character is left. */
export function cleanInput(text: string): string {
	return text.replace(/\r\n?/g, '\n').replace(unsafe, '');
}
