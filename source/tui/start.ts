import process from 'node:process';
import type {ActionInput, ActionName, Actions} from '../model/actions.js';
import type {Preferences} from '../model/settings.js';
import type {Clock, Dispose} from '../shared/clock.js';
import {isXmppcError, problemOf} from '../shared/errors.js';
import {type Log, silentLog} from '../shared/log.js';
import {type App, createApp} from './app/app.js';
import {createLooks, listedThemes, noThemes, type OwnThemes} from './app/looks.js';
import {createPainter} from './app/paint.js';
import type {Dialog} from './assistant/dialog.js';
import {createRebuildDialog} from './assistant/rebuild-history.js';
import type {Backend} from './backend.js';
import {createLatePopups} from './components/late-popups.js';
import {createExternalEditor} from './composer/external-editor.js';
import {createOpenSpeller} from './composer/speller.js';
import {createDecoder} from './input/decoder.js';
import {systemCalendar} from './panes/calendar.js';
import {preferredDepth} from './screen/color.js';
import {glyphsOf} from './screen/glyphs.js';
import {createScreen} from './screen/screen.js';
import {backgroundFromEnvironment} from './terminal/background.js';
import {createFileLister} from './terminal/files.js';
import {createLaunch} from './terminal/launch.js';
import {createLinkOpener, createStartProgram} from './terminal/link-opener.js';
import {surroundingsOf} from './terminal/surroundings.js';
import {createTerminal, type TerminalEnd} from './terminal/terminal.js';

export type TuiOptions = {
	/**
	 * Called after the first frame is on the screen: opens the profile and makes the account manager. When it is
	 * refused the terminal is given back and `startTui` rejects with the same error.
	 */
	open(): Promise<Backend>;
	/**
	 * Puts a damaged history aside and begins a new one; answers what was done, in sentences. The person is asked before.
	 * Absent: a damaged history is a refusal like others.
	 */
	rebuildHistory?(): Promise<readonly string[]>;
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly clock: Clock;
	/** As they were read at the start; what becomes of them arrives as `preferences.changed`. */
	readonly settings: Preferences;
	/** The themes of the person's own; absent: there are none. */
	readonly themes?: OwnThemes;
	readonly log?: Log;
};

/** Why the TUI ended. The terminal is as it was before. */
export type TuiExit = {readonly type: 'quit'} | TerminalEnd;

/** Milliseconds that saving drafts may take on the way out. */
const longestSave = 1000;
/** Milliseconds after which Ink is loaded although no popup was wanted yet, so that the first one comes at once. */
const inkDelay = 700;

/**
 * Runs the TUI until the person leaves or the terminal goes away. Paints its first frame before anything else is loaded;
 * React and Ink come after it. Never ends the process.
 */
export async function startTui(options: TuiOptions): Promise<TuiExit> {
	const {clock, env, stdin, stdout} = options;
	const colorDepth = preferredDepth(options.settings['color.depth'], env);
	const surroundings = surroundingsOf(env);

	let end: (exit: TuiExit) => void = () => {};
	const exit = new Promise<TuiExit>(resolve => {
		end = resolve;
	});
	const decoder = createDecoder({
		clock,
		emit: event => (event.type === 'reply' ? terminal.answer(event) : app.input(event)),
	});
	const terminal = createTerminal({
		clock,
		stdin,
		stdout,
		env,
		log: options.log ?? silentLog,
		onInput: chunk => decoder.push(chunk),
		onWaiting: decoder.expectAnswers,
		onResume: () => screen.repaint(),
		onEnd: reason => end(reason),
	});
	const screen = createScreen({
		output: terminal.output,
		clock,
		colorDepth,
		glyphs: glyphsOf(env),
		links: surroundings.strings,
		scrolling: surroundings.scrolling,
	});
	const own = options.themes ?? noThemes;
	const looks = createLooks({
		own,
		depth: colorDepth,
		background: backgroundFromEnvironment(env),
		onTheme: theme => popups.setTheme(theme),
		onProblem({message, hint}) {
			// Found out while painting, and what is said is painted.
			clock.after(0, () =>
				app.hear({
					type: 'notice',
					level: 'error',
					text: message,
					at: clock.now(),
					...(hint === undefined ? {} : {hint}),
				}),
			);
		},
	});
	const popups = createLatePopups(screen, looks.theme);
	const backend = new Promise<Backend>((resolve, reject) => {
		// After the first frame has left.
		clock.after(0, () => openMended(options, dialog => app.ask(dialog)).then(resolve, reject));
	});
	const app = createApp({
		actions: lateActions(backend),
		clock,
		preferences: options.settings,
		themes: () => listedThemes(own),
		rereadThemes() {
			looks.reread();
			app.resized();
		},
		painter: createPainter(screen, looks.paletteFor, systemCalendar),
		columns: () => screen.columns,
		showPopup: popups.show,
		setCursor: screen.setCursor,
		redraw: screen.repaint,
		suspend: terminal.suspend,
		setTitle: terminal.setTitle,
		bell: terminal.bell,
		notify: terminal.notify,
		launch: createLaunch(),
		openSpeller: createOpenSpeller(env),
		editExternally: createExternalEditor({env, lend: terminal.lend}),
		copy: terminal.copy,
		async examineTerminal() {
			const {doctorPage} = await import('./doctor/examine.js');
			const {preferences: wishes} = app.state();
			return doctorPage({clock, env, wishes, size: terminal.output.size(), report: terminal.report()});
		},
		files: createFileLister(options.log ?? silentLog),
		links: createLinkOpener({env, platform: process.platform, start: createStartProgram(clock), copy: terminal.copy}),
		onQuit: () => end({type: 'quit'}),
	});

	terminal.setMouse(options.settings.mouse);
	terminal.enter();
	app.start();
	screen.flush();
	const disposals = [
		screen.resized(() => {
			app.resized();
			popups.resized();
		}),
		terminal.reported(({background}) => {
			if (looks.setBackground(background)) {
				app.resized();
			}
		}),
		app.preferred(['mouse'], ({mouse}) => terminal.setMouse(mouse)),
		app.preferred(['color.depth'], now => {
			const depth = preferredDepth(now['color.depth'], env);
			screen.setColorDepth(depth);
			looks.setDepth(depth);
		}),
		clock.after(inkDelay, popups.load),
		decoder.close,
		() => app.close(),
	];
	try {
		const reason = await Promise.race([exit, run(app, backend, disposals).then(() => exit)]);
		if (reason.type === 'signal' || reason.type === 'hangup') {
			await Promise.race([app.save(), new Promise<void>(resolve => clock.after(longestSave, resolve))]);
		}

		return reason;
	} finally {
		await terminal.settled();
		for (const dispose of disposals) {
			dispose();
		}

		popups.unmount();
		screen.close();
		terminal.leave();
	}
}

/** Opens the profile; where its history is damaged, the person is asked first. */
async function openMended({open, rebuildHistory}: TuiOptions, ask: (dialog: Dialog) => void): Promise<Backend> {
	try {
		return await open();
	} catch (error) {
		if (rebuildHistory === undefined || !isXmppcError(error) || error.code !== 'database-corrupt') {
			throw error;
		}

		const isRebuilt = await new Promise<boolean>(done => {
			ask(createRebuildDialog({problem: problemOf(error), rebuild: rebuildHistory, done}));
		});
		if (!isRebuilt) {
			throw error;
		}

		return open();
	}
}

/** Connects the app to the account manager once that is there. */
async function run(app: App, backend: Promise<Backend>, disposals: Dispose[]): Promise<void> {
	const {actions, events, snapshot} = await backend;
	disposals.push(events(app.hear));
	try {
		app.load(snapshot ?? (await actions.snapshot({})));
	} catch (error) {
		const {message, hint} = problemOf(error);
		app.fail(message, hint);
	}
}

/** The verbs before the account manager is there: what is asked for meanwhile is done as soon as it is. */
function lateActions(backend: Promise<Backend>): Actions {
	return new Proxy({} as Actions, {
		get: (_, name: ActionName) => async (input: ActionInput<ActionName>) => {
			const {actions} = await backend;
			const verb = actions[name] as (input: ActionInput<ActionName>) => Promise<unknown>;
			return verb(input);
		},
	});
}
