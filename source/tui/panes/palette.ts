import type {Look, Role, Theme} from '../../themes/theme.js';
import type {ColorDepth} from '../screen/color.js';
import {type StyleId, style} from '../screen/style.js';
import {nameColors} from './name-colors.js';

/** A theme made ready for painting. One object a theme: lines are cached by it. */
export type Palette = {
	readonly theme: Theme;
	readonly role: Readonly<Record<Role, StyleId>>;
	/**
	 * The style of somebody's name: the same text always has the same one (XEP-0392). For a contact it is the bare JID,
	 * for somebody in a room the occupant-id or, without one, the nick.
	 */
	name(identifier: string): StyleId;
};

export type PaletteOptions = {
	/** What the terminal shows. */
	readonly depth?: ColorDepth;
	/** Whether each name has a colour of its own. */
	readonly names?: boolean;
};

const rememberedNames = 2000;

export function createPalette(theme: Theme, {depth = '256', names = true}: PaletteOptions = {}): Palette {
	const roles = Object.entries(theme.roles) as Array<[Role, Look]>;
	const role = Object.fromEntries(roles.map(([name, look]) => [name, style(lookAt(look, depth))])) as Record<
		Role,
		StyleId
	>;
	const colorOf = nameColors(theme, depth);
	const known = new Map<string, StyleId>();
	return {
		theme,
		role,
		name(identifier) {
			if (!names) {
				return role.text;
			}

			let found = known.get(identifier);
			if (found === undefined) {
				const foreground = colorOf(identifier);
				found = foreground === undefined ? role.text : style({foreground});
				if (known.size >= rememberedNames) {
					known.clear();
				}

				known.set(identifier, found);
			}

			return found;
		},
	};
}

/** The look that a terminal of so many colours gets. */
export function lookAt(look: Look, depth: ColorDepth): Omit<Look, 'sixteen'> {
	const {sixteen, ...full} = look;
	return depth === '16' && sixteen !== undefined ? sixteen : full;
}
