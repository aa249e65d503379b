import type {Message} from '../../model/message.js';
import {type Run, type StyledLine, wrap} from '../screen/line.js';
import type {Palette} from './palette.js';
import {protectionSigns} from './protection.js';

export type FileLinesOptions = {
	/** Columns, the gutter included. */
	readonly width: number;
	/** The gutters of the first line and of the others. */
	readonly first: StyledLine;
	readonly rest: StyledLine;
	readonly palette: Palette;
	/** Stands before the first file, and behind the last one. */
	readonly lead: readonly Run[];
	readonly trail: readonly Run[];
};

/** The files of a message in words, with the sign of what is encrypted behind each that lies there so. */
export function fileLines(
	{attachments = []}: Message,
	words: readonly string[],
	{width, first, rest, palette: {role}, lead, trail}: FileLinesOptions,
): readonly StyledLine[] {
	const {sign, role: signRole} = protectionSigns.encrypted;
	return words.flatMap((text, index) =>
		wrap(
			[
				...(index === 0 ? lead : []),
				{text, style: role.notice},
				...(attachments[index]?.key === undefined ? [] : [{text: ` ${sign}`, style: role[signRole]}]),
				...(index === words.length - 1 ? trail : []),
			],
			{width, first: index === 0 ? first : rest, rest},
		),
	);
}
