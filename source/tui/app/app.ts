import type {CompletionSource} from '../../commands/context.js';
import type {HelpLine} from '../../commands/help-line.js';
import type {Actions} from '../../model/actions.js';
import type {Event} from '../../model/events.js';
import type {Preferences} from '../../model/settings.js';
import type {Clock} from '../../shared/clock.js';
import {reduce} from '../../store/reduce.js';
import {bufferOf} from '../../store/selectors.js';
import {initialState, type State, type StoreEvent} from '../../store/state.js';
import {createStore} from '../../store/store.js';
import type {Dialog} from '../assistant/dialog.js';
import type {EditText} from '../composer/external-editor.js';
import type {OpenSpeller} from '../composer/speller.js';
import {createDeviceWatch} from '../devices/device-watch.js';
import type {InputEvent} from '../input/key.js';
import {type Calendar, systemCalendar} from '../panes/calendar.js';
import {createRoomKindWatch} from '../panes/room-kind-watch.js';
import type {CopyText} from '../terminal/clipboard.js';
import type {LinkOpener} from '../terminal/link-opener.js';
import {attentionOf} from './attention.js';
import {closeEmptyRequests, leaveClosed, saveView, showBeside, showFirst} from './buffers.js';
import type {CallSignals} from './caller.js';
import type {Core} from './core.js';
import {createCountdown} from './countdown.js';
import {refreshDevices} from './device-browser.js';
import {openDialog} from './dialogs.js';
import {gateFor} from './gate.js';
import {joinsFor} from './joins.js';
import {devicesKeyName} from './key-names.js';
import {createKeyReader, keymapFor} from './key-reader.js';
import {keyAction} from './keys.js';
import {noOpener} from './links.js';
import {listedThemes, noThemes} from './looks.js';
import {type News, newsFor} from './news.js';
import {present} from './perform.js';
import {type PreferenceWatch, watchPreferences} from './preferences.js';
import {createPresenter, type PresenterOptions} from './presenter.js';
import {reactionsOf} from './reacting.js';
import {type Reading, readingOf} from './reading.js';
import {savingOf} from './saving.js';
import {sidePanesFor} from './side-panes.js';
import {spellingOf} from './spelling.js';
import {typingOf} from './typing-watch.js';
import {draftsOf, editorOf, initialView, placesOf, type ViewState, withSplitShown} from './view-state.js';
import {holdingOf} from './window.js';
import {xmlViewOf} from './xml-view.js';

export type AppOptions = PresenterOptions &
	CallSignals & {
		readonly actions: Actions;
		readonly clock: Clock;
		/** What the person prefers, for the first frame already. Absent: the defaults. */
		readonly preferences?: Preferences;
		redraw(): void;
		suspend(): void;
		setTitle(title: string): void;
		/** Starts a spell checker. Absent: nothing is checked. */
		readonly openSpeller?: OpenSpeller;
		/** Has a text edited by another program. Absent: there is none. */
		readonly editExternally?: EditText;
		/** The person's time zone. Absent: that of the system. */
		readonly calendar?: Calendar;
		/** Copies a text to the clipboard. Absent: there is none. */
		readonly copy?: CopyText;
		/** What the terminal can do, as lines to read. Absent: there is none. */
		readonly examineTerminal?: () => Promise<readonly HelpLine[]>;
		/** What lies in a directory, for the completion. Absent: nothing. */
		readonly files?: CompletionSource['files'];
		/** Opens links. Absent: it says that it cannot. */
		readonly links?: LinkOpener;
		/** The themes that can be chosen. Absent: those that come with the program. */
		readonly themes?: Core['themes'];
		/** Reads those of the person's own again. Absent: there are none. */
		rereadThemes?(): void;
		/** The person wants to leave; what they arranged is saved. */
		onQuit(): void;
	};

/** The TUI without a terminal: keys and Events in, paint and Actions out. */
export type App = {
	/** The first frame; before the snapshot it shows an empty console. */
	start(): void;
	/** What the account manager knows, and the buffer that was shown last. */
	load(snapshot: Awaited<ReturnType<Actions['snapshot']>>): void;
	/** Asks something before there is anything to load; input goes to the dialog. */
	ask(dialog: Dialog): void;
	/** Something went wrong at the start, and nothing else is on the screen. */
	fail(text: string, hint: string | undefined): void;
	hear(event: Event): void;
	input(event: InputEvent): void;
	resized(): void;
	/** Saves drafts and the active buffer: for an end that was not asked for with `/quit`. */
	save(): Promise<void>;
	/** Tells when one of these settings is another, before that is painted. */
	readonly preferred: PreferenceWatch['on'];
	/** Stops all timers. */
	close(): void;
	state(): State;
	view(): ViewState;
};

/** Milliseconds between two paints that keys did not ask for. */
const flushInterval = 33;

export function createApp(options: AppOptions): App {
	const {actions, clock, preferences: first = initialState.preferences} = options;
	let view = initialView;
	let lastFlush = Number.NEGATIVE_INFINITY;
	let depth = 0;
	let quitting = false;
	const presenter = createPresenter(options);
	const keys = createKeyReader(() => keymapFor(store.get().preferences.keys), clock);

	const store = createStore<State, StoreEvent>(reduce, {...initialState, preferences: first}, flush => {
		// At once after a quiet time, else at a steady pace.
		const wait = Math.max(0, lastFlush + flushInterval - clock.monotonic());
		clock.after(wait, () => {
			lastFlush = clock.monotonic();
			flush();
		});
	});

	const preferences = watchPreferences(store.get);

	const core: Core = {
		store,
		actions,
		clock,
		calendar: options.calendar ?? systemCalendar,
		state: store.get,
		view: () => view,
		change(next) {
			view = next;
			if (depth === 0) {
				show();
			}
		},
		painted: presenter.painted,
		popup: presenter.popup,
		preferred: preferences.on,
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
		xml: xmlViewOf({actions, store}),
		testNotification: () => news.test(),
		act: action => keyAction(core, action),
		files: options.files ?? (() => []),
		links: options.links ?? noOpener,
		themes: options.themes ?? (() => listedThemes(noThemes)),
		rereadThemes: () => options.rereadThemes?.(),
		during: (move, limits) => gate.during(move, limits),
		redraw: options.redraw,
		suspend: options.suspend,
		spell: (word, learn) => void spelling.tell(word, learn),
		...(options.editExternally === undefined ? {} : {editExternally: options.editExternally}),
		...(options.copy === undefined ? {} : {copy: options.copy}),
		...(options.examineTerminal === undefined ? {} : {examineTerminal: options.examineTerminal}),
		quit() {
			if (!quitting) {
				quitting = true;
				void saveView(core).then(options.onQuit);
			}
		},
	};
	sidePanesFor(core);
	joinsFor(core);
	const reading: Reading = readingOf(core);
	const hold = holdingOf(core);
	const news: News = newsFor(core, {calendar: systemCalendar, ...options});
	const attention = attentionOf(core, looking => {
		reading.focus(looking);
		news.countUnread();
	});
	const saving = savingOf(core);
	const typing = typingOf(core);
	const roomKinds = createRoomKindWatch();
	const devices = createDeviceWatch({
		store,
		actions,
		tell: ({level, text, hint, buffer}) => core.say(level, text, hint, buffer),
		loaded: () => together(() => refreshDevices(core)),
		key: () => devicesKeyName(store.get().preferences.keys),
	});
	const spelling = spellingOf(core, options.openSpeller);
	const countdown = createCountdown(clock, () => show());
	const react = reactionsOf(core, keys, {
		touched() {
			attention.touched();
			news.touched();
		},
		attend: reading.attend,
		focus: attention.focus,
	});
	const gate = gateFor(core, keys, event => together(() => react(event)));

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

	function show(): void {
		view = countdown.timed(store.get(), view);
		const isNew = presenter.show(store.get(), view);
		view = withSplitShown(view, presenter.painted().other !== undefined);
		countdown.painted(store.get(), view);
		if (isNew) {
			reading.look();
			hold();
			saving.noticed(view);
			typing.noticed(view);
			void devices.attend(view.active);
			spelling.noticed(view);
		}
	}

	store.subscribe(() => {
		together(() => {
			closeEmptyRequests(core);
			leaveClosed(core);
		});
		news.countUnread();
	});

	return {
		start: show,
		load(snapshot) {
			// Whoever types already is not taken elsewhere.
			const isTyping = editorOf(view).text !== '' || gate.isHolding();
			store.dispatch({type: 'snapshot.loaded', snapshot});
			roomKinds.begin(snapshot.rooms ?? []);
			preferences.look();
			together(() => {
				view = {
					...view,
					editors: draftsOf(snapshot.buffers, view.editors),
					places: placesOf(snapshot.buffers, view.places),
				};
				const {active, beside, focus} = snapshot;
				if (active !== undefined && bufferOf(store.get(), active) !== undefined && !isTyping) {
					showFirst(core, active);
				}

				if (beside !== undefined) {
					showBeside(core, beside, focus);
				}

				if (snapshot.accounts.length === 0) {
					present(core, {type: 'addAccount'});
				} else if (snapshot.accounts.some(account => account.status === 'locked' && account.secrets === 'passphrase')) {
					present(core, {type: 'unlock'});
				}
			});
			gate.opened(view.popup === undefined);
		},
		ask(dialog) {
			together(() => openDialog(core, dialog));
			gate.opened(false);
		},
		fail(text, hint) {
			core.say('error', text, hint);
			gate.opened(false);
		},
		hear(event) {
			if (event.type === 'xml.passed') {
				core.xml.hear(event);
				return;
			}

			store.dispatch(event);
			preferences.look();
			news.hear(event);
			for (const {level, text, hint, buffer} of roomKinds.hear(event)) {
				core.say(level, text, hint, buffer);
			}

			reading.heard(event);
			devices.hear(event);
		},
		input: gate.input,
		resized() {
			presenter.forget();
			show();
		},
		save: () => saveView(core),
		close() {
			gate.close();
			countdown.close();
			attention.close();
			news.close();
			saving.close();
			typing.close();
			spelling.close();
		},
		preferred: preferences.on,
		state: store.get,
		view: () => view,
	};
}
