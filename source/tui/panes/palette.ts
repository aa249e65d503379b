import {createHash} from 'node:crypto';
import type {BareJid} from '../../shared/jid.js';
import type {Role, Theme} from '../../themes/theme.js';
import {type StyleId, style} from '../screen/style.js';

/** A theme made ready for painting. One object a theme: lines are cached by it. */
export type Palette = {
	readonly theme: Theme;
	readonly role: Readonly<Record<Role, StyleId>>;
	/** The style of somebody's name: the same JID always has the same one (XEP-0392 §5.1). */
	name(jid: BareJid): StyleId;
};

const rememberedNames = 2000;

export function createPalette(theme: Theme): Palette {
	const roles = Object.entries(theme.roles) as Array<[Role, Theme['roles'][Role]]>;
	const names = theme.names.map(foreground => style({foreground}));
	const known = new Map<BareJid, StyleId>();
	const role = Object.fromEntries(roles.map(([name, look]) => [name, style(look)])) as Record<Role, StyleId>;
	return {
		theme,
		role,
		name(jid) {
			let found = known.get(jid);
			if (found === undefined) {
				found = names[Math.floor(hue(jid) * names.length)] ?? role.text;
				if (known.size >= rememberedNames) {
					known.clear();
				}

				known.set(jid, found);
			}

			return found;
		},
	};
}

/** The angle of XEP-0392 §5.1 as a fraction of the circle, 0 ≤ hue < 1. */
function hue(text: string): number {
	return createHash('sha1').update(text, 'utf8').digest().readUInt16LE(0) / 65_536;
}
