/** Which signs the terminal is given: those of Unicode, or ASCII in their place. */
export type Glyphs = 'unicode' | 'ascii';

/** ASCII for each sign that the program itself draws; all are one column wide. What people wrote is left as it is. */
const asciiSigns: ReadonlyMap<string, string> = new Map(
	Object.entries({
		'…': '.',
		'→': '>',
		'✓': 'v',
		'✗': 'x',
		'●': '*',
		'◐': '~',
		'◔': 'z',
		'⊖': '-',
		'⊘': 'x',
		'✎': '*',
		'↑': '^',
		'↓': 'v',
		'○': 'o',
		'│': '|',
		'─': '-',
		'╌': '-',
		'╭': '+',
		'╮': '+',
		'╰': '+',
		'╯': '+',
		'·': '.',
		'»': '>',
		'◆': '#',
		'◇': '%',
		'┃': '|',
		'•': '*',
		'–': '-',
		'—': '-',
		'“': '"',
		'”': '"',
		'’': "'",
	}),
);

/** The sign as the terminal is given it. */
export function asciiSign(grapheme: string): string {
	return asciiSigns.get(grapheme) ?? grapheme;
}

/**
 * What the environment says about the terminal's characters: ASCII on the Linux console, whose font lacks most signs, and
 * where the locale names another character set than UTF-8. No locale at all says nothing.
 */
export function glyphsOf(env: Readonly<Record<string, string | undefined>>): Glyphs {
	const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find(value => value !== undefined && value !== '') ?? '';
	const isOther = /\.(?!utf-?8)/iu.test(locale) || /^(?:C|POSIX)$/u.test(locale);
	return env.TERM === 'linux' || isOther ? 'ascii' : 'unicode';
}
