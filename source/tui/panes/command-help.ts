import {type Aliases, aliasIn} from '../../commands/aliases.js';
import {helpAt, namesAt} from '../../commands/complete.js';
import {registry} from '../../commands/definitions/index.js';
import {isCommand} from '../../commands/parse.js';
import {printable} from '../../shared/text.js';
import {joinLines, line, type Run, type StyledLine, truncateLine} from '../screen/line.js';
import {attributes, internLook, lookOf} from '../screen/style.js';
import type {Palette} from './palette.js';

/**
 * The line over the input while a command stands in it: how it is written, with the parameter at the cursor marked, and
 * what that takes; while its name is not complete, the names it may become. `undefined`: there is nothing to say.
 */
export function commandHelpLine(
	text: string,
	cursor: number,
	width: number,
	{role}: Palette,
	aliases: Aliases = {},
): StyledLine | undefined {
	if (!isCommand(text) || !isCommand(text.slice(0, cursor))) {
		return undefined;
	}

	const alias = aliasIn(text, aliases);
	if (alias !== undefined) {
		return fill(
			[
				{text: ` /${alias}`, style: role.heading},
				{text: `  stands for ${printable(aliases[alias] ?? '', 'line')}`, style: role.text},
			],
			width,
		);
	}

	const help = helpAt(text, cursor, registry);
	if (help === undefined) {
		const names = namesAt(text, cursor, registry);
		return names.length === 0 || cursor < 2
			? undefined
			: fill([{text: ` ${names.join('  ')}`, style: role.text}], width);
	}

	const marked = internLook({...lookOf(role.highlight), flags: lookOf(role.highlight).flags | attributes.underline});
	const usage = help.usage.map(
		(part): Run => ({
			text: part.text,
			style: part.parameter !== undefined && part.parameter === help.active ? marked : role.heading,
		}),
	);
	const about = help.wanted === undefined ? help.summary : `${help.active}: ${help.wanted}`;
	return fill([{text: ' '}, ...usage, {text: `  ${about}`, style: role.text}], width);
}

function fill(runs: readonly Run[], width: number): StyledLine {
	const cut = truncateLine(line(runs), width);
	return joinLines([cut, line([{text: ' '.repeat(Math.max(0, width - cut.cells.length))}])]);
}

/** How each UTF-16 unit of a command looks of which a part was refused. `undefined`: no part of it was. */
export function markedStyles(
	text: string,
	mark: {readonly from: number; readonly to: number} | undefined,
	{role}: Palette,
): Uint16Array | undefined {
	if (mark === undefined || mark.from >= mark.to) {
		return undefined;
	}

	const look = lookOf(role.error);
	const style = internLook({...look, flags: look.flags | attributes.underline});
	return new Uint16Array(text.length).fill(role.text).fill(style, mark.from, mark.to);
}
