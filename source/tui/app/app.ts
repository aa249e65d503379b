import type {Actions} from '../../model/actions.js';
import type {BufferId} from '../../model/buffer.js';
import type {Event} from '../../model/events.js';
import type {Clock} from '../../shared/clock.js';
import {reduce} from '../../store/reduce.js';
import {bufferOf} from '../../store/selectors.js';
import {initialState, type State, type StoreEvent} from '../../store/state.js';
import {createStore} from '../../store/store.js';
import {insertPaste, insertText, withText} from '../input/editor.js';
import type {InputEvent, KeyEvent} from '../input/key.js';
import {createKeymap, type KeyMeaning, meaningOf} from '../input/keymap.js';
import {popupLayout} from '../popups/layout.js';
import type {PopupLayout} from '../popups/spans.js';
import {leaveClosed, saveView, showFirst, switchBuffer} from './buffers.js';
import type {Core} from './core.js';
import {keyAction} from './keys.js';
import {type News, newsFor} from './news.js';
import type {Painted, Painter} from './paint.js';
import {performView} from './perform.js';
import {popupKey, popupPaste} from './popup-keys.js';
import {type Reading, readingOf} from './reading.js';
import {editorOf, initialView, type ViewState, withEditor, withHint} from './view-state.js';

export type AppOptions = {
	readonly actions: Actions;
	readonly clock: Clock;
	readonly painter: Painter;
	/** Size of the screen in columns. */
	columns(): number;
	/** Shows a popup, or none. */
	showPopup(layout: PopupLayout | undefined): void;
	setCursor(x: number, y: number): void;
	redraw(): void;
	suspend(): void;
	setTitle(title: string): void;
	bell(): void;
	/** The person wants to leave; what they arranged is saved. */
	onQuit(): void;
};

/** The TUI without a terminal: keys and Events in, paint and Actions out. */
export type App = {
	/** The first frame; before the snapshot it shows an empty console. */
	start(): void;
	/** What the account manager knows, and the buffer that was shown last. */
	load(snapshot: Awaited<ReturnType<Actions['snapshot']>>): void;
	/** Something went wrong at the start, and nothing else is on the screen. */
	fail(text: string, hint: string | undefined): void;
	hear(event: Event): void;
	input(event: InputEvent): void;
	resized(): void;
	/** Saves drafts and the active buffer: for an end that was not asked for with `/quit`. */
	save(): Promise<void>;
	state(): State;
	view(): ViewState;
};

/** Milliseconds between two paints that keys did not ask for. */
const flushInterval = 33;

export function createApp(options: AppOptions): App {
	const {actions, clock, painter} = options;
	let view = initialView;
	let shownView: ViewState | undefined;
	let shownState: State | undefined;
	let painted: Painted = {};
	let popup:
		| {
				readonly of: ViewState['popup'];
				readonly columns: number;
				readonly floor: number;
				readonly layout: PopupLayout | undefined;
		  }
		| undefined;
	let pending = '';
	let digits: string | undefined;
	let lastFlush = Number.NEGATIVE_INFINITY;
	let depth = 0;
	let quitting = false;
	const keymap = createKeymap();

	const store = createStore<State, StoreEvent>(reduce, initialState, flush => {
		// At once after a quiet time, else at a steady pace.
		const wait = Math.max(0, lastFlush + flushInterval - clock.monotonic());
		clock.after(wait, () => {
			lastFlush = clock.monotonic();
			flush();
		});
	});

	const core: Core = {
		store,
		actions,
		clock,
		state: store.get,
		view: () => view,
		change(next) {
			view = next;
			if (depth === 0) {
				show();
			}
		},
		painted: () => painted,
		say(level, text, hint, buffer = view.active) {
			store.dispatch({
				type: 'notice',
				level,
				text,
				at: clock.now(),
				buffer,
				...(hint === undefined ? {} : {hint}),
			});
		},
		redraw: options.redraw,
		suspend: options.suspend,
		quit() {
			if (!quitting) {
				quitting = true;
				void saveView(core).then(options.onQuit);
			}
		},
	};
	const reading: Reading = readingOf(core);
	const news: News = newsFor(core, options);

	/** Several changes of the view in one event are painted once. */
	const together = (work: () => void) => {
		depth++;
		try {
			work();
		} finally {
			depth--;
		}

		if (depth === 0) {
			show();
		}
	};

	/** Paints what differs from what was painted last: for most keys only the input. */
	function show(): void {
		const state = store.get();
		if (shownView === view && shownState === state) {
			return;
		}

		const inputOnly = shownState === state && shownView !== undefined && differInInputOnly(shownView, view);
		painted = inputOnly ? painter.paintInput(state, view) : painter.paint(state, view);
		shownView = view;
		shownState = state;
		showPopup();
		reading.look();
	}

	function showPopup(): void {
		const floor = painted.layout?.status.y ?? 0;
		const columns = options.columns();
		if (popup?.of !== view.popup || popup?.columns !== columns || popup.floor !== floor) {
			const layout = view.popup === undefined || floor === 0 ? undefined : popupLayout(view.popup, columns, floor);
			popup = {of: view.popup, columns, floor, layout};
			options.showPopup(layout);
		}

		if (popup?.layout?.cursor !== undefined) {
			options.setCursor(popup.layout.cursor.x, popup.layout.cursor.y);
		}
	}

	function key(event: KeyEvent): void {
		if (digits !== undefined) {
			digit(event);
			return;
		}

		const meaning = meaningOf(keymap, event, pending);
		pending = meaning.type === 'pending' ? meaning.chord : '';
		if (view.hint !== undefined) {
			view = withHint(view, undefined);
		}

		if (view.popup !== undefined && popupKey(core, view.popup, meaning)) {
			return;
		}

		act(meaning);
	}

	function act(meaning: KeyMeaning): void {
		if (meaning.type === 'text') {
			core.change(withEditor(view, insertText(editorOf(view), meaning.text)));
		} else if (meaning.type === 'action') {
			if (meaning.action === 'bufferByNumber') {
				digits = '';
			} else {
				keyAction(core, meaning.action);
			}
		}
	}

	/** The two digits after Alt+J. */
	function digit({text}: KeyEvent): void {
		const so = `${digits ?? ''}${text ?? ''}`;
		if (!/^\d{1,2}$/u.test(so)) {
			digits = undefined;
		} else if (so.length === 2) {
			digits = undefined;
			switchBuffer(core, Number(so));
		} else {
			digits = so;
		}
	}

	store.subscribe(() => {
		together(() => leaveClosed(core));
		news.countUnread();
	});

	return {
		start: show,
		load(snapshot) {
			store.dispatch({type: 'snapshot.loaded', snapshot});
			together(() => {
				view = {...view, editors: draftsOf(snapshot.buffers, view.editors)};
				const {active} = snapshot;
				if (active !== undefined && bufferOf(store.get(), active) !== undefined) {
					showFirst(core, active);
				}

				if (snapshot.accounts.length === 0) {
					void performView(core, {type: 'addAccount'});
				} else if (snapshot.accounts.some(account => account.status === 'locked' && account.secrets === 'passphrase')) {
					void performView(core, {type: 'unlock'});
				}
			});
		},
		fail(text, hint) {
			core.say('error', text, hint);
		},
		hear(event) {
			store.dispatch(event);
			news.hear(event);
			reading.heard(event);
		},
		input(event) {
			together(() => {
				switch (event.type) {
					case 'key':
						reading.attend();
						key(event);
						break;
					case 'paste':
						view = withHint(view, undefined);
						if (view.popup === undefined || !popupPaste(core, view.popup, event.text)) {
							core.change(withEditor(view, insertPaste(editorOf(view), event.text)));
						}

						break;
					case 'focus':
						reading.focus(event.focused);
						news.countUnread();
						break;
					default:
						break;
				}
			});
		},
		resized() {
			shownState = undefined;
			show();
		},
		save: () => saveView(core),
		state: store.get,
		view: () => view,
	};
}

function differInInputOnly(one: ViewState, other: ViewState): boolean {
	return (
		one.active === other.active &&
		one.places === other.places &&
		one.list === other.list &&
		one.loading === other.loading &&
		one.popup === other.popup
	);
}

/** Texts not sent yet, where nothing newer was typed. */
function draftsOf(
	buffers: ReadonlyArray<{readonly id: BufferId; readonly draft: string}>,
	editors: ViewState['editors'],
): ViewState['editors'] {
	const stored = buffers.filter(buffer => buffer.draft !== '' && editors[buffer.id] === undefined);
	return {...Object.fromEntries(stored.map(({id, draft}) => [id, withText(editorOf(initialView), draft)])), ...editors};
}
