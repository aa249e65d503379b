import type {TextProps} from 'ink';
import type {Look, ThemeColor} from '../../themes/theme.js';

type InkLook = Pick<TextProps, 'color' | 'backgroundColor' | 'bold' | 'dimColor' | 'italic' | 'underline' | 'inverse'>;

/** A theme's look as the properties of Ink's `<Text>`. */
export function inkLook(look: Look): InkLook {
	return {
		...(look.foreground === undefined ? {} : {color: inkColor(look.foreground)}),
		...(look.background === undefined ? {} : {backgroundColor: inkColor(look.background)}),
		bold: look.bold ?? false,
		dimColor: look.dim ?? false,
		italic: look.italic ?? false,
		underline: look.underline ?? false,
		inverse: look.inverse ?? false,
	};
}

/** Ink says `redBright` where terminals' own documents say bright red. */
function inkColor(color: ThemeColor): string {
	if (typeof color === 'number') {
		return `ansi256(${color})`;
	}

	const bright = /^bright(?<name>[A-Z]\w+)$/u.exec(color)?.groups?.name;
	return bright === undefined ? color : `${bright.toLowerCase()}Bright`;
}
