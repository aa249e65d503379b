import {isStyled, parseStyling, type StyledSpan, type StyledTextLine, styledRuns} from '../../shared/styling.js';
import {displayWidth} from '../../shared/text.js';
import {joinLines, line, linkedRuns, type Run, type StyledLine, wrap} from '../screen/line.js';
import {findLinks} from '../screen/link.js';
import {attributes, internLook, lookOf, type StyleId} from '../screen/style.js';
import type {Palette} from './palette.js';

export type BodyOptions = {
	/** Columns, the gutter included. */
	readonly width: number;
	/** The gutters of the first line and of the others: of the same width. */
	readonly first: StyledLine;
	readonly rest: StyledLine;
	readonly palette: Palette;
	/** How the text looks where nothing styles it. */
	readonly style: StyleId;
	/** Stands before the text, on its first line. */
	readonly lead?: readonly Run[];
	/** Stands behind the text, on its last line. */
	readonly trail?: readonly Run[];
	/** Nothing in it stands for a style (XEP-0393 §6). */
	readonly unstyled?: boolean;
};

/**
 * The lines of a body, made harmless before: Message Styling (XEP-0393) with its signs dimmed and kept, quotations behind
 * a bar, code on a ground of its own, addresses as links. An address too long for a line goes on lines of its own that
 * begin at the edge of the pane, so that nothing stands between its parts.
 */
export function bodyLines(text: string, options: BodyOptions): readonly StyledLine[] {
	const {palette, style, lead = [], trail = [], unstyled = false} = options;
	if (unstyled || !isStyled(text)) {
		return placed(
			withTrail(
				text.split('\n').map((each, index) => ({
					runs: [...(index === 0 ? lead : []), ...linkedRuns(each, style, combined(palette.role.link, style))],
				})),
				trail,
			),
			options,
		);
	}

	return placed(
		withTrail(
			parseStyling(text).map((each, index) => {
				const styled = styledLine(text, each, palette, style);
				return index === 0 ? {...styled, runs: [...lead, ...styled.runs]} : styled;
			}),
			trail,
		),
		options,
	);
}

/** Behind a quotation or code it stands on a line of its own: it is no part of that. */
function withTrail(lines: readonly BodyLine[], trail: readonly Run[]): readonly BodyLine[] {
	const last = lines.at(-1);
	if (last === undefined || trail.length === 0) {
		return lines;
	}

	const [first, ...others] = trail;
	return (last.quotes ?? 0) > 0 || last.fill !== undefined
		? [...lines, {runs: [{...first, text: first?.text.trimStart() ?? ''}, ...others]}]
		: lines.with(-1, {...last, runs: [...last.runs, ...trail]});
}

type BodyLine = {
	readonly runs: readonly Run[];
	readonly quotes?: number;
	/** The ground it stands on, up to the right edge. */
	readonly fill?: StyleId;
};

const quoteBar = '┃ ';
/** Deeper quotations are shown with as many bars, and with fewer where less than this would be left for the text. */
const mostBars = 6;
const leastText = 12;

function styledLine(text: string, each: StyledTextLine, palette: Palette, style: StyleId): BodyLine {
	const {role} = palette;
	const {quotes} = each;
	const content = text.slice(each.content, each.to);
	switch (each.block) {
		case 'code':
			return {runs: [{text: content, style: role.code}], quotes, fill: role.code};
		case 'fence':
			return {runs: [{text: content, style: grounded(role.markup, role.code)}], quotes, fill: role.code};
		default:
			return {runs: spanRuns(text, each, palette, quotes > 0 ? combined(role.quote, style) : style), quotes};
	}
}

/** How each kind of span looks, besides code, which has a look of its own. */
export const spanFlags = {
	strong: attributes.bold,
	emphasis: attributes.italic,
	strike: attributes.strikethrough,
	code: 0,
} as const;

function spanRuns(text: string, each: StyledTextLine, {role}: Palette, style: StyleId): readonly Run[] {
	const marks = new Set(each.spans.flatMap(({from, to}: StyledSpan) => [from, to - 1]));
	const links = findLinks(text.slice(each.content, each.to));
	const linked = combined(role.link, style);
	const runs: Run[] = [];
	for (const {from, to, styles} of styledRuns(each)) {
		const base = styles.includes('code') ? role.code : style;
		const flags = styles.reduce((all, name) => all | spanFlags[name], 0);
		const shown = flags === 0 ? base : flagged(base, flags);
		let at = from;
		const push = (end: number, link?: string) => {
			for (let next = at; next < end; next = at) {
				const mark = marks.has(next);
				while (at < end && marks.has(at) === mark) {
					at++;
				}

				const part = text.slice(next, at);
				const plain = link === undefined ? shown : flagged(linked, flags);
				runs.push({text: part, style: mark ? role.markup : plain, ...(link === undefined ? {} : {link})});
			}
		};
		for (const link of links) {
			const start = Math.max(at, each.content + link.from);
			const end = Math.min(to, each.content + link.to);
			if (start < end && !styles.includes('code')) {
				push(start);
				push(end, link.target);
			}
		}

		push(to);
	}

	return runs;
}

/** The style with more attributes. */
export function flagged(style: StyleId, flags: number): StyleId {
	const look = lookOf(style);
	return internLook({...look, flags: look.flags | flags});
}

/** The style on the ground of another one. */
function grounded(style: StyleId, ground: StyleId): StyleId {
	return internLook({...lookOf(style), background: lookOf(ground).background});
}

/** The colour of one style with the attributes of both. */
function combined(color: StyleId, style: StyleId): StyleId {
	return flagged(color, lookOf(style).flags);
}

function placed(lines: readonly BodyLine[], options: BodyOptions): readonly StyledLine[] {
	const shown: StyledLine[] = [];
	const room = Math.floor((options.width - options.rest.cells.length - leastText) / quoteBar.length);
	const deepest = Math.max(1, Math.min(mostBars, room));
	for (const {runs, quotes = 0, fill} of lines) {
		const bars =
			quotes === 0
				? undefined
				: line([{text: quoteBar.repeat(Math.min(quotes, deepest)), style: options.palette.role.quote}]);
		const behind = (edge: StyledLine) => (bars === undefined ? edge : joinLines([edge, bars]));
		const first = shown.length === 0 ? options.first : options.rest;
		shown.push(
			...wrapped(runs, {
				...options,
				first: behind(first),
				rest: behind(options.rest),
				...(fill === undefined ? {} : {fill}),
			}),
		);
	}

	return shown;
}

type Wrapping = Pick<BodyOptions, 'width' | 'first' | 'rest'> & {readonly fill?: StyleId};

/** Wraps one line of text, its longest addresses apart. */
function wrapped(runs: readonly Run[], {width, first, rest, fill}: Wrapping): readonly StyledLine[] {
	const room = width - rest.cells.length;
	const long = runs.findIndex(({link, text}) => link !== undefined && text.length > room && displayWidth(text) > room);
	const address = runs[long];
	if (address === undefined) {
		return wrap(runs, {width, first, rest, ...(fill === undefined ? {} : {fill})});
	}

	const before = runs.slice(0, long);
	const after = runs.slice(long + 1);
	const isEmpty = (part: readonly Run[]) => part.every(({text}) => text.trim() === '');
	return [
		...wrap(isEmpty(before) ? [] : before, {width, first, rest}),
		...wrap([address], {width}),
		...(isEmpty(after) ? [] : wrapped(withoutSpace(after), {width, first: rest, rest})),
	];
}

/** The space behind what stands on the line above begins no line. */
function withoutSpace([first, ...others]: readonly Run[]): readonly Run[] {
	return first === undefined ? [] : [{...first, text: first.text.replace(/^ /u, '')}, ...others];
}
