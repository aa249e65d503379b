import process from 'node:process';
import type {Clock, Dispose} from '../../shared/clock.js';
import {createEmitter, type Subscribe} from '../../shared/emitter.js';
import {messageOf} from '../../shared/errors.js';
import {type Log, silentLog} from '../../shared/log.js';
import type {ReplyEvent} from '../input/key.js';
import type {ScreenOutput} from '../screen/screen.js';
import {createAbilities} from './abilities.js';
import {type CopyResult, createClipboard} from './clipboard.js';
import {bellSequence, cancelSequence, enterSequence, leaveSequenceFor, saveTitle, titleSequence} from './modes.js';
import {type NotificationKind, notificationSequence} from './notification.js';
import {createTerminalOutput} from './output.js';
import {createProbe, type TerminalReport} from './probe.js';
import {createRun} from './run.js';
import {type Environment, surroundingsOf} from './surroundings.js';

/** Why the program should end. */
export type TerminalEnd =
	| {readonly type: 'signal'; readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'}
	/** The terminal is gone: its window was closed, the connection to it was lost. */
	| {readonly type: 'hangup'}
	/** An exception or rejection that nobody caught. */
	| {readonly type: 'fatal'; readonly error: unknown};

export type TerminalOptions = {
	readonly clock: Clock;
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	readonly log?: Log;
	/** The process environment. */
	readonly env: Environment;
	/** Whether answers of the terminal may be on their way: the decoder then waits longer for their end. */
	readonly onWaiting?: (waiting: boolean) => void;
	/** What was typed, as read. */
	readonly onInput: (chunk: Uint8Array) => void;
	/** The program is back from suspension: the terminal is ours again and shows nothing of what it did. */
	readonly onResume: () => void;
	/**
	 * The program has to end. The terminal is already restored, so that a message can be printed. May be told more than
	 * once (a second signal). Nothing here ends the process: that is up to `cli/main.ts`.
	 */
	readonly onEnd: (end: TerminalEnd) => void;
};

export type Terminal = {
	/** For `createScreen`. Writes only between `enter` and `leave`. */
	readonly output: ScreenOutput;
	/** Takes the terminal: raw input, alternate screen, bracketed paste, focus reports; asks it what it is. */
	enter(): void;
	/**
	 * Gives the terminal back, synchronously, and stops listening to it. Harmless when repeated; happens by itself on
	 * signals, uncaught exceptions and the exit of the process.
	 */
	leave(): void;
	/** Gives the terminal back and stops the process until the shell continues it (Ctrl+Z). */
	suspend(): void;
	/**
	 * Gives the terminal to another program that the person uses meanwhile; Ctrl+C and Ctrl+Z belong to that one. What it
	 * resolves with takes the terminal back and has everything painted again.
	 */
	lend(): Promise<Dispose>;
	/** Sets the window title. */
	setTitle(title: string): void;
	bell(): void;
	/** Shows a notification, by a terminal that knows that kind. */
	notify(kind: NotificationKind, title: string, text: string): void;
	/** Copies a text: through a local tmux, else by asking the terminal (OSC 52). */
	copy(text: string): Promise<CopyResult>;
	/** Has clicks and the wheel reported; the terminal then selects text only with Shift. */
	setMouse(on: boolean): void;
	/** To be given every answer of the terminal that is read. */
	answer(reply: ReplyEvent): void;
	/** What is known about the terminal by now. */
	report(): TerminalReport;
	/** Told when the terminal has said what it is, or has not in time; once more when an answer was late. */
	readonly reported: Subscribe<TerminalReport>;
	/** Resolves when no answer is on its way any more: until then leaving would hand it to the shell. */
	settled(): Promise<void>;
};

const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Milliseconds after which a suspension that did not happen (no shell to come back to) is undone. */
const suspensionGrace = 250;

/** Owns the terminal's modes: see {@link Terminal}. One per process. */
export function createTerminal(options: TerminalOptions): Terminal {
	const {clock, stdin, stdout, env, onInput, onResume, onEnd} = options;
	const log = options.log ?? silentLog;
	const output = createTerminalOutput(stdout, log);
	const surroundings = surroundingsOf(env);
	const abilities = createAbilities(surroundings);
	const leaveSequence = leaveSequenceFor(surroundings.strings);
	let entered = false;
	let suspended = false;
	let lent = false;
	let listening = false;
	let armed = false;
	let hungUp = false;
	let grace: Dispose | undefined;
	/** What sets our window title, for when the terminal is ours again. */
	let title = '';

	const writeOwn = (text: string) => {
		if (entered && text !== '') {
			output.write(text);
		}
	};
	const reported = createEmitter<TerminalReport>();
	const probe = createProbe({
		clock,
		env,
		write: writeOwn,
		onReport(report) {
			writeOwn(abilities.learn(report));
			reported.emit(report);
		},
		onWaiting: options.onWaiting,
	});
	const copy = createClipboard({surroundings, run: createRun(clock), isOpen: () => entered, write: writeOwn});

	const setRaw = (raw: boolean) => {
		try {
			stdin.setRawMode(raw);
		} catch (error) {
			// The terminal is gone; the end of its input says so too.
			log.note('terminal', `raw mode cannot be changed: ${messageOf(error)}`);
		}
	};

	const take = () => {
		// libuv remembers the mode and does nothing when it is asked for it again; after `fg` it is not what it was.
		setRaw(false);
		setRaw(true);
		// Stopped and continued without a word (SIGSTOP) the terminal may still be ours: nothing is put on its stacks twice.
		output.write(`${entered ? abilities.off() : saveTitle}${enterSequence}${abilities.on()}`);
		entered = true;
		suspended = false;
		writeOwn(title);
		probe.ask();
	};

	const giveBack = () => {
		if (!entered) {
			return;
		}

		entered = false;
		const unread = output.congested();
		const off = abilities.off();
		const restored = output.writeSync(`${unread ? cancelSequence : ''}${off}${leaveSequence}`);
		if (unread) {
			// What still waits in the stream comes after what was just written: restore behind it as well.
			output.write(`${cancelSequence}${restored ? '' : off}${leaveSequence}`);
		}

		setRaw(false);
	};

	const end = (reason: TerminalEnd) => {
		leave();
		onEnd(reason);
	};

	const onHangup = () => {
		if (!hungUp) {
			hungUp = true;
			end({type: 'hangup'});
		}
	};

	const onFatal = (error: unknown) => end({type: 'fatal', error});
	const onStreamError = (error: Error) => {
		// EIO and EPIPE are how a closed terminal looks from inside.
		log.note('terminal', `the terminal failed: ${messageOf(error)}`);
		onHangup();
	};

	const onContinue = () => {
		grace?.();
		grace = undefined;
		if (entered || suspended) {
			process.off('SIGTSTP', suspend);
			process.on('SIGTSTP', suspend);
			take();
			stdin.resume();
			onResume();
		}
	};

	/** Signals and stream errors stay ours until the process ends: neither may break off an orderly end. */
	const arm = () => {
		if (armed) {
			return;
		}

		armed = true;
		for (const signal of endSignals) {
			process.on(signal, () => {
				// Ctrl+C in a program that has the terminal reaches everybody at it.
				if (!lent || signal !== 'SIGINT') {
					end({type: 'signal', signal});
				}
			});
		}

		stdin.on('error', onStreamError);
		stdout.on('error', onStreamError);
	};

	const listen = () => {
		arm();
		if (listening) {
			return;
		}

		listening = true;
		process.on('SIGTSTP', suspend);
		process.on('SIGCONT', onContinue);
		process.on('SIGWINCH', output.windowChanged);
		stdout.on('resize', output.windowChanged);
		process.on('uncaughtException', onFatal);
		process.on('unhandledRejection', onFatal);
		process.on('exit', leave);
		stdin.on('data', onInput);
		stdin.on('end', onHangup);
		stdin.resume();
	};

	const deafen = () => {
		if (!listening) {
			return;
		}

		listening = false;
		process.off('SIGTSTP', suspend);
		process.off('SIGCONT', onContinue);
		process.off('SIGWINCH', output.windowChanged);
		stdout.off('resize', output.windowChanged);
		process.off('uncaughtException', onFatal);
		process.off('unhandledRejection', onFatal);
		process.off('exit', leave);
		stdin.off('data', onInput);
		stdin.off('end', onHangup);
		stdin.pause();
	};

	function leave() {
		probe.close();
		grace?.();
		grace = undefined;
		suspended = false;
		lent = false;
		giveBack();
		deafen();
	}

	function suspend() {
		if (!entered) {
			return;
		}

		giveBack();
		suspended = true;
		stdin.pause();
		process.off('SIGTSTP', suspend);
		// The whole process group, as the terminal itself does for Ctrl+Z: a wrapper such as npm has to stop too.
		process.kill(0, 'SIGTSTP');
		grace = clock.after(suspensionGrace, onContinue);
	}

	const takeBack = () => {
		if (lent) {
			lent = false;
			process.on('SIGTSTP', suspend);
			take();
			stdin.resume();
			onResume();
		}
	};

	return {
		output: {
			...output,
			// A frame that comes late must not land on the shell's screen.
			write: writeOwn,
		},
		enter() {
			listen();
			take();
		},
		leave,
		suspend,
		async lend() {
			await probe.settled();
			if (entered) {
				giveBack();
				lent = true;
				stdin.pause();
				// Without a listener Ctrl+Z stops us along with the program, and the shell is there.
				process.off('SIGTSTP', suspend);
			}

			return takeBack;
		},
		setTitle(text) {
			title = surroundings.strings ? titleSequence(text) : '';
			writeOwn(title);
		},
		bell: () => writeOwn(bellSequence),
		notify(kind, title, text) {
			writeOwn(surroundings.strings ? notificationSequence(kind, title, text, surroundings) : '');
		},
		copy,
		setMouse: on => writeOwn(abilities.mouse(on)),
		answer: probe.answer,
		report: () => probe.report,
		reported: reported.subscribe,
		settled: probe.settled,
	};
}
