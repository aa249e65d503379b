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
import {createProcessEvents, type EndSignal} from './process-events.js';
import {createRun} from './run.js';
import {type Environment, surroundingsOf} from './surroundings.js';

/** Why the program should end. */
export type TerminalEnd =
	| {readonly type: 'signal'; readonly signal: EndSignal}
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

/** Milliseconds after which a suspension that did not happen (no shell to come back to) is undone. */
const suspensionGrace = 250;
/** Milliseconds that a signal waits for answers of the terminal, if it was asked just before. */
const longestAnswer = 250;

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
	let hungUp = false;
	let ending = false;
	let grace: Dispose | undefined;
	/** What sets our window title, for when the terminal is ours again. */
	let title = '';
	let titleWaits = false;

	const writeOwn = (text: string) => {
		if (entered && text !== '') {
			output.write(text);
		}
	};
	/** For what nobody will want once a terminal that has stopped reading goes on. */
	const writeIfRead = (text: string) => writeOwn(output.congested() ? '' : text);
	output.drained(() => {
		if (titleWaits) {
			titleWaits = false;
			writeOwn(title);
		}
	});
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

	const onStreamError = (error: Error) => {
		// EIO and EPIPE are how a closed terminal looks from inside.
		log.note('terminal', `the terminal failed: ${messageOf(error)}`);
		onHangup();
	};

	const onContinue = () => {
		grace?.();
		grace = undefined;
		if (entered || suspended) {
			events.heedSuspension(true);
			take();
			stdin.resume();
			onResume();
		}
	};

	const events = createProcessEvents({
		stdin,
		stdout,
		onInput,
		onInputEnd: onHangup,
		onStreamError,
		onSignal(signal) {
			// Ctrl+C in a program that has the terminal reaches everybody at it.
			if (lent && signal === 'SIGINT') {
				return;
			}

			if (probe.isWaiting() && !ending) {
				// Its answers would be typed into the shell.
				ending = true;
				void Promise.race([
					probe.settled(),
					new Promise<void>(resolve => {
						clock.after(longestAnswer, resolve);
					}),
				]).then(() => end({type: 'signal', signal}));
				return;
			}

			end({type: 'signal', signal});
		},
		onSuspend: suspend,
		onContinue,
		onResize: output.windowChanged,
		onFatal: error => end({type: 'fatal', error}),
		onWarning: ({name, message}) => log.note('terminal', `${name}: ${message}`),
		onExit: leave,
	});

	function leave() {
		probe.close();
		grace?.();
		grace = undefined;
		suspended = false;
		lent = false;
		giveBack();
		events.deafen();
	}

	function suspend() {
		if (!entered) {
			return;
		}

		giveBack();
		suspended = true;
		stdin.pause();
		events.heedSuspension(false);
		// The whole process group, as the terminal itself does for Ctrl+Z: a wrapper such as npm has to stop too.
		process.kill(0, 'SIGTSTP');
		grace = clock.after(suspensionGrace, onContinue);
	}

	const takeBack = () => {
		if (lent) {
			lent = false;
			events.heedSuspension(true);
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
			events.listen();
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
				events.heedSuspension(false);
			}

			return takeBack;
		},
		setTitle(text) {
			title = surroundings.strings ? titleSequence(text) : '';
			titleWaits = output.congested();
			writeIfRead(title);
		},
		bell: () => writeIfRead(bellSequence),
		notify(kind, title, text) {
			writeIfRead(surroundings.strings ? notificationSequence(kind, title, text, surroundings) : '');
		},
		copy,
		setMouse: on => writeOwn(abilities.mouse(on)),
		answer: probe.answer,
		report: () => probe.report,
		reported: reported.subscribe,
		settled: probe.settled,
	};
}
