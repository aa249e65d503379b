import {type Color, type PackedColor, packColor} from './color.js';
import {safeLink} from './link.js';

/** How text looks. Everything left out is the terminal's own. */
export type StyleSpec = {
	readonly foreground?: Color | undefined;
	readonly background?: Color | undefined;
	readonly bold?: boolean | undefined;
	readonly dim?: boolean | undefined;
	readonly italic?: boolean | undefined;
	readonly underline?: boolean | undefined;
	readonly inverse?: boolean | undefined;
	readonly strikethrough?: boolean | undefined;
	/** Target of an OSC 8 hyperlink. Dropped unless it is printable ASCII with a scheme that does no harm. */
	readonly link?: string | undefined;
};

/** Number of an interned style, fits 16 bits. 0 is plain text. */
export type StyleId = number;

export const plain: StyleId = 0;

/** Attribute bits of {@link Look}. */
export const attributes = {bold: 1, dim: 2, italic: 4, underline: 8, inverse: 16, strikethrough: 32} as const;

/** A style in the packed form that cells refer to. */
export type Look = {
	readonly foreground: PackedColor;
	readonly background: PackedColor;
	readonly flags: number;
	readonly link: string;
};

// The table only ever grows, so it is bounded: links come from the network, looks come from themes (and nick colours).
const maximumStyles = 0xffff;
const maximumLinkedStyles = 20_000;

const looks: Look[] = [];
const ids = new Map<string, StyleId>();
const blanks: StyleId[] = [];
let linkedStyles = 0;

/** Interns a packed look. When the table is full the link, or at last the whole look, is given up. */
export function internLook(look: Look): StyleId {
	const key = `${look.foreground},${look.background},${look.flags},${look.link}`;
	const known = ids.get(key);
	if (known !== undefined) {
		return known;
	}

	if (look.link !== '' && linkedStyles >= maximumLinkedStyles) {
		return internLook({...look, link: ''});
	}

	if (looks.length >= maximumStyles) {
		return plain;
	}

	const id = looks.length;
	looks.push(look);
	ids.set(key, id);
	if (look.link !== '') {
		linkedStyles++;
	}

	blanks[id] = id;
	// On a blank only background, inverse video and lines can be seen.
	const seen = look.flags & (attributes.inverse | attributes.underline | attributes.strikethrough);
	// Terminals underline links in their own ways.
	const drawn = seen !== 0 || look.link !== '';
	const foreground = drawn ? look.foreground : 0;
	const flags = drawn ? seen | (look.flags & (attributes.bold | attributes.dim)) : 0;
	if (foreground !== look.foreground || flags !== look.flags) {
		blanks[id] = internLook({...look, foreground, flags});
	}

	return id;
}

internLook({foreground: 0, background: 0, flags: 0, link: ''});

/** Interns a style. The same appearance always gives the same number. */
export function style(spec: StyleSpec): StyleId {
	let flags = 0;
	for (const name of ['bold', 'dim', 'italic', 'underline', 'inverse', 'strikethrough'] as const) {
		if (spec[name]) {
			flags |= attributes[name];
		}
	}

	return internLook({
		foreground: packColor(spec.foreground),
		background: packColor(spec.background),
		flags,
		link: safeLink(spec.link),
	});
}

/** The look behind a number. */
export function lookOf(id: StyleId): Look {
	return looks[id] ?? {foreground: 0, background: 0, flags: 0, link: ''};
}

/** The style a blank cell gets: what cannot be seen on a blank is removed, so that equal-looking cells are equal. */
export function blankStyle(id: StyleId): StyleId {
	return blanks[id] ?? plain;
}

/** The style with a link added or, for an unusable link, as it was. */
export function withLink(id: StyleId, link: string): StyleId {
	return internLook({...lookOf(id), link: safeLink(link)});
}

/** The style turned to inverse video (or back, if it was): selections and highlights. */
export function inverted(id: StyleId): StyleId {
	const look = lookOf(id);
	return internLook({...look, flags: look.flags ^ attributes.inverse});
}
