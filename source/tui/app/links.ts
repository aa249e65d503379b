import {printable} from '../../shared/text.js';
import type {KeyMeaning} from '../input/keymap.js';
import type {LinksPopup} from '../popups/popup.js';
import type {StyledLine} from '../screen/line.js';
import {lookOf} from '../screen/style.js';
import type {LinkOpener} from '../terminal/link-opener.js';
import {type Core, closePopup, openPopup} from './core.js';
import {withHint} from './view-state.js';

/** Where nothing can be opened. */
export const noOpener: LinkOpener = {
	open: async () => ({type: 'failed', reason: 'Links cannot be opened here.'}),
	openFile: async () => ({type: 'failed', reason: 'Files cannot be opened here.'}),
	copy: async () => ({type: 'failed', reason: 'Nothing can be copied here.'}),
};

/** The links that can be seen, the newest first, each once, with what stands beside it in its line. */
export function linksIn(lines: readonly StyledLine[]): LinksPopup['links'] {
	const found = new Map<string, string>();
	for (const line of lines.toReversed()) {
		const targets = new Set([...line.styles].map(id => lookOf(id).link).filter(link => link !== ''));
		for (const target of targets) {
			if (!found.has(target)) {
				found.set(target, textBeside(line));
			}
		}
	}

	return [...found].map(([target, note]) => ({target, note}));
}

function textBeside({cells, styles}: StyledLine): string {
	const text = cells.filter((_, column) => lookOf(styles[column] ?? 0).link === '').join('');
	const [before = '', ...rest] = text.replaceAll(/\s+/gu, ' ').split(/ [│»](?: |$)/u);
	const [author, words] = [before.trim(), rest.join(' │ ').trim()];
	return author === '' || words === '' ? author || words : `${author}: ${words}`;
}

/** `/links`: what can be opened. One alone is asked for as well: nothing is opened unseen. */
export function openLinks(core: Core): void {
	const links = linksIn(core.painted().viewport?.lines ?? []);
	if (links.length === 0) {
		core.change(
			withHint(core.view(), {level: 'info', text: 'No link is in view.', more: 'Scroll to the message first.'}),
		);
	} else {
		openPopup(core, {type: 'links', links, selected: 0});
	}
}

/** Gives a key to the list of links. `false`: it means what it always does. */
export function linksKey(core: Core, popup: LinksPopup, meaning: KeyMeaning): boolean {
	const choose = (by: number) => {
		const count = popup.links.length;
		openPopup(core, {...popup, selected: (popup.selected + by + count) % count});
		return true;
	};
	if (meaning.type === 'text') {
		if (meaning.text === 'c' || meaning.text === 'y') {
			void follow(core, popup, 'copy');
		}

		return true;
	}

	switch (meaning.type === 'action' ? meaning.action : undefined) {
		case 'up':
		case 'completeBackward':
			return choose(-1);
		case 'down':
		case 'complete':
			return choose(1);
		case 'send':
			void follow(core, popup, 'open');
			return true;
		case 'redraw':
		case 'suspend':
			return false;
		default:
			closePopup(core);
			return true;
	}
}

async function follow(core: Core, {links, selected}: LinksPopup, way: keyof LinkOpener): Promise<void> {
	closePopup(core);
	const target = links[selected]?.target;
	if (target !== undefined) {
		await followLink(core, target, way);
	}
}

/** Opens or copies a link, and says what became of it. */
export async function followLink(core: Core, target: string, way: keyof LinkOpener): Promise<void> {
	const outcome = await core.links[way](target);
	const shown = printable(target, 'line');
	const text =
		outcome.type === 'opened'
			? `Opened with ${outcome.program}:`
			: outcome.type === 'copied'
				? 'Copied:'
				: `Not opened: ${outcome.reason}`;
	core.change(withHint(core.view(), {level: outcome.type === 'failed' ? 'error' : 'info', text, more: shown}));
}
