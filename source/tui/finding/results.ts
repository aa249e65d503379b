/** The list of what a search through everything found. */
import type {Message} from '../../model/message.js';
import {readQuery, type SearchFilter, type SearchQuery} from '../../model/search.js';
import {bareOf, resourcepartOf} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import type {State} from '../../store/state.js';
import {bufferAddress} from '../app/buffer-target.js';
import {type Core, closePopup, openPopup, sayProblem} from '../app/core.js';
import {edited} from '../app/popup-editing.js';
import {withHint} from '../app/view-state.js';
import {type Editor, emptyEditor, withText} from '../input/editor.js';
import type {KeyMeaning} from '../input/keymap.js';
import {dateText, timeText} from '../panes/calendar.js';
import {bufferName, nameOf, shortJid} from '../panes/words.js';
import type {ResultRow, ResultsPopup} from '../popups/results.js';
import {withFilterCompleted} from './filter-completion.js';
import {hereOf, jumpTo} from './jump.js';

/** Hits asked for at once. */
const page = 50;

/** Opens the list, with what was typed behind `/search`. */
export function openSearch(core: Core, text: string): void {
	const editor = withText(emptyEditor, text);
	openPopup(core, {type: 'results', editor, hits: [], selected: 0, complete: true, phrases: []});
	lookFor(core);
}

/** Searches for what is in the input now, unless a search runs: its end sees that the input is another. */
function lookFor(core: Core): void {
	const popup = open(core);
	if (popup === undefined || popup.searching !== undefined) {
		return;
	}

	const {text} = popup.editor;
	const {problem: _, indexing: __, ...rest} = popup;
	const read = readQuery(text, hereOf(core));
	if (!read.ok) {
		const {message, hint} = read.problem;
		const problem =
			read.problem.code === 'search-empty' ? {} : {problem: hint === undefined ? message : `${message} ${hint}`};
		openPopup(core, {...rest, ...problem, hits: [], selected: 0, complete: true, phrases: []});
		return;
	}

	openPopup(core, {...popup, searching: text});
	void ask(core, read.query, undefined).then(found => {
		const now = open(core);
		if (now === undefined) {
			return;
		}

		const {searching: ___, indexing: ____, problem: _____, none: ______, ...kept} = now;
		openPopup(
			core,
			found === undefined
				? kept
				: {
						...kept,
						...found,
						selected: 0,
						phrases: read.query.terms.filter(term => term.excluded !== true),
					},
		);
		settled(core, text);
	});
}

/** The hits are there: the text may be another one by now, or the person wants to go to the first. */
function settled(core: Core, text: string): void {
	const popup = open(core);
	if (popup !== undefined && popup.editor.text !== text) {
		lookFor(core);
	} else if (popup?.entered === true) {
		goThere(core, popup);
	}
}

/** Older hits, when the end of the list is near. */
function lookFurther(core: Core): void {
	const popup = open(core);
	const oldest = popup?.hits.at(-1)?.message.key;
	const read = popup === undefined ? undefined : readQuery(popup.editor.text, hereOf(core));
	if (popup === undefined || popup.complete || popup.searching !== undefined || oldest === undefined || !read?.ok) {
		return;
	}

	const {text} = popup.editor;
	openPopup(core, {...popup, searching: text});
	void ask(core, read.query, oldest).then(found => {
		const now = open(core);
		if (now === undefined) {
			return;
		}

		const {searching: _, ...kept} = now;
		const isSame = now.editor.text === text;
		openPopup(core, found === undefined || !isSame ? kept : {...kept, ...found, hits: [...kept.hits, ...found.hits]});
		if (!isSame) {
			lookFor(core);
		}
	});
}

async function ask(core: Core, query: SearchQuery, before: number | undefined) {
	try {
		const {hits, complete, indexing, unknown} = await core.actions.searchMessages({
			query,
			limit: page,
			...(before === undefined ? {} : {before}),
		});
		return {
			hits: hits.map(message => rowOf(core, message)),
			complete,
			...(indexing === undefined ? {} : {indexing}),
			...(unknown === undefined ? {} : {none: noneText(unknown)}),
		};
	} catch (error) {
		sayProblem(core, error, core.view().active);
		return undefined;
	}
}

/** Why there can be no hit. */
export function noneText({by, value}: SearchFilter): string {
	const shown = printable(value, 'line');
	return by === 'from'
		? `Nobody called “${shown}” has written`
		: by === 'in'
			? `No chat or room is called “${shown}”`
			: `You have no account “${shown}” with messages`;
}

function open(core: Core): ResultsPopup | undefined {
	const {popup} = core.view();
	return popup?.type === 'results' ? popup : undefined;
}

/** A hit with what stands above it: where, who, when. */
export function rowOf(core: Pick<Core, 'state' | 'calendar'>, message: Message): ResultRow {
	const state = core.state();
	const {account, buffer} = message;
	const info = state.buffers[buffer]?.info ?? {account, ...(bufferAddress(buffer) ?? {})};
	const at = core.calendar(message.sentAt ?? message.receivedAt);
	return {
		message,
		where: bufferName(state, info),
		who: authorOf(state, message),
		when: `${dateText(at)} ${timeText(at)}`,
	};
}

function authorOf(state: State, {direction, kind, author, account}: Message): string {
	const nick = kind === 'groupchat' ? resourcepartOf(author) : undefined;
	return direction === 'outgoing'
		? shortJid(account)
		: nick === undefined
			? nameOf(state, account, bareOf(author))
			: printable(nick, 'identifier');
}

/** A key while the list is open. */
export function resultsKey(core: Core, popup: ResultsPopup, meaning: KeyMeaning): boolean {
	const choose = (by: number) => {
		const selected = Math.max(0, Math.min(popup.hits.length - 1, popup.selected + by));
		openPopup(core, {...popup, selected});
		if (selected >= popup.hits.length - 5) {
			lookFurther(core);
		}

		return true;
	};
	switch (meaning.type === 'action' ? meaning.action : undefined) {
		case 'send':
			goThere(core, popup);
			return true;
		case 'up':
		case 'bufferPrevious':
		case 'completeBackward':
			return choose(-1);
		case 'down':
		case 'bufferNext':
		case 'searchBuffer':
			return choose(1);
		case 'complete': {
			const completed = withFilterCompleted(core, popup.editor);
			if (completed === undefined) {
				return choose(1);
			}

			typed(core, popup, completed);
			return true;
		}

		case 'scrollPageUp':
			return choose(-5);
		case 'scrollPageDown':
			return choose(5);
		case 'cancel':
			closePopup(core);
			return true;
		case 'redraw':
		case 'suspend':
			return false;
		default:
			typed(core, popup, edited(popup.editor, meaning));
			return true;
	}
}

/** What is typed into the list is searched for at once. */
export function typed(core: Core, popup: ResultsPopup, editor: Editor | undefined): void {
	if (editor !== undefined) {
		openPopup(core, {...popup, editor});
		if (editor.text !== popup.editor.text) {
			lookFor(core);
		}
	}
}

function goThere(core: Core, popup: ResultsPopup): void {
	if (popup.searching !== undefined) {
		openPopup(core, {...popup, entered: true});
		return;
	}

	const row = popup.hits[popup.selected];
	closePopup(core);
	if (row === undefined) {
		return;
	}

	const {message} = row;
	core.during(async wanted => {
		const there = await jumpTo(core, {buffer: message.buffer, key: message.key, phrases: popup.phrases}, wanted);
		if (there) {
			core.change(
				withHint(core.view(), {level: 'info', text: `Found in ${row.where}.`, more: '/return (Alt+,) goes back.'}),
			);
		}

		return there;
	});
}
