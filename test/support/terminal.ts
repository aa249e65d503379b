/**
 * A program in a pseudo-terminal, and the screen it has painted: the bytes go through a real terminal's parser, so that
 * a test reads what a person would see. Queries of the program are answered as xterm answers them.
 */
import {spawn} from '@lydell/node-pty';
import unicode11 from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';

export type TerminalOptions = {
	readonly columns?: number;
	readonly rows?: number;
	/** All of the program's environment; see {@link childEnvironment}. */
	readonly environment: Readonly<Record<string, string>>;
	readonly directory?: string;
};

export type TerminalExit = {
	readonly code: number;
	/** Number of the signal that ended it, 0 for none. */
	readonly signal: number;
};

/** A row of the screen counts from 0, a column too. */
export type Terminal = {
	readonly pid: number;
	/** Monotonic milliseconds just before the process was started. */
	readonly startedAt: number;
	/** Bytes the program has written until now. */
	readonly bytes: number;
	/** Everything the program has written, as text with its escape sequences. */
	readonly output: string;
	/** Writes to the program as a keyboard does; keys other than text by their name in {@link keys}. */
	type(text: string): void;
	resize(columns: number, rows: number): void;
	size(): {readonly columns: number; readonly rows: number};
	/** The visible screen, a row a line, without trailing blanks. */
	text(): string;
	line(row: number): string;
	cursor(): {readonly row: number; readonly column: number};
	/** Whether the program shows the alternate screen. */
	isAlternate(): boolean;
	/** The text of all cells of the row that are painted inverse. */
	inverse(row: number): string;
	/** Resolves when the screen holds it. Fails with the screen as it is after `timeout` milliseconds, or at the exit. */
	shows(expected: string | RegExp | ((screen: string) => boolean), timeout?: number): Promise<void>;
	/** Resolves when the program has written nothing for `quiet` milliseconds. */
	settles(quiet?: number): Promise<void>;
	/** Calls back when a piece of output is on the screen; `at`: monotonic milliseconds at which it arrived. */
	onPaint(listener: (at: number, bytes: number) => void): () => void;
	readonly ended: Promise<TerminalExit>;
	kill(signal?: string): void;
	/** Kills the program if it still runs, and resolves when it is gone. */
	stop(): Promise<void>;
};

/** What a keyboard in xterm's default mode sends. */
export const keys = {
	enter: '\r',
	tab: '\t',
	escape: '\x1b',
	backspace: '\x7f',
	up: '\x1b[A',
	down: '\x1b[B',
	right: '\x1b[C',
	left: '\x1b[D',
	pageUp: '\x1b[5~',
	pageDown: '\x1b[6~',
	controlA: '\x01',
	controlC: '\x03',
	controlL: '\x0c',
	controlU: '\x15',
	controlZ: '\x1a',
} as const;

/** Starts `command` on a screen of its own, 80x24 unless told otherwise. */
export function startTerminal(command: readonly [string, ...string[]], options: TerminalOptions): Terminal {
	const [program, ...programArguments] = command;
	const size = {cols: options.columns ?? 80, rows: options.rows ?? 24};
	const screen = new xterm.Terminal({...size, allowProposedApi: true, scrollback: 0});
	screen.loadAddon(new unicode11.Unicode11Addon());
	screen.unicode.activeVersion = '11';
	const startedAt = performance.now();
	const pty = spawn(program, programArguments, {
		...size,
		name: options.environment.TERM ?? 'xterm-256color',
		env: {...options.environment},
		cwd: options.directory ?? '/',
	});

	let bytes = 0;
	let output = '';
	let exit: TerminalExit | undefined;
	const painted = new Set<(at: number, bytes: number) => void>();
	const {promise: ended, resolve: end} = withResolvers<TerminalExit>();
	pty.onData(data => {
		const at = performance.now();
		const length = Buffer.byteLength(data);
		bytes += length;
		output += data;
		screen.write(data, () => {
			for (const listener of [...painted]) {
				listener(at, length);
			}
		});
	});
	pty.onExit(({exitCode, signal}) => {
		// What was written last may still be on its way through the parser.
		screen.write('', () => {
			exit = {code: exitCode, signal: signal ?? 0};
			end(exit);
		});
	});
	screen.onData(answer => {
		if (exit === undefined) {
			pty.write(answer);
		}
	});

	const onPaint = (listener: (at: number, bytes: number) => void) => {
		painted.add(listener);
		return () => {
			painted.delete(listener);
		};
	};
	const line = (row: number) => screen.buffer.active.getLine(row)?.translateToString(true) ?? '';
	const text = () => Array.from({length: screen.rows}, (_, row) => line(row)).join('\n');

	return {
		pid: pty.pid,
		startedAt,
		get bytes() {
			return bytes;
		},
		get output() {
			return output;
		},
		type: typed => pty.write(typed),
		resize(columns, rows) {
			screen.resize(columns, rows);
			pty.resize(columns, rows);
		},
		size: () => ({columns: screen.cols, rows: screen.rows}),
		text,
		line,
		cursor: () => ({row: screen.buffer.active.cursorY, column: screen.buffer.active.cursorX}),
		isAlternate: () => screen.buffer.active.type === 'alternate',
		inverse(row) {
			const cells = screen.buffer.active.getLine(row);
			return Array.from({length: screen.cols}, (_, column) => cells?.getCell(column))
				.map(cell => (cell?.isInverse() ? cell.getChars() || ' ' : ''))
				.join('');
		},
		async shows(expected, timeout = 30_000) {
			const holds = () => matches(expected, text());
			if (holds()) {
				return;
			}

			const {promise, resolve, reject} = withResolvers<void>();
			const fail = (why: string) => reject(new Error(`${why}: ${expected}\n${framed(text())}`));
			const patience = setTimeout(() => fail(`not on the screen after ${timeout} ms`), timeout);
			const forget = onPaint(() => holds() && resolve());
			void ended.then(({code}) => (holds() ? resolve() : fail(`the program ended with ${code} before it showed`)));
			await promise.finally(() => {
				clearTimeout(patience);
				forget();
			});
		},
		async settles(quiet = 200) {
			const {promise, resolve} = withResolvers<void>();
			let silence = setTimeout(resolve, quiet);
			const forget = onPaint(() => {
				clearTimeout(silence);
				silence = setTimeout(resolve, quiet);
			});
			await promise.finally(forget);
		},
		onPaint,
		ended,
		kill: signal => exit === undefined && pty.kill(signal),
		async stop() {
			if (exit === undefined) {
				pty.kill('SIGKILL');
			}

			await ended;
			screen.dispose();
		},
	};
}

/** Variables that change what a program writes or how fast it starts, without being about the test. */
const unwanted =
	/^(CI|TMUX.*|NODE_.*|COLORTERM|LINES|COLUMNS|NO_COLOR|FORCE_COLOR|XDG_.*|DBUS_.*|SSL_CERT_.*|LC_.*|LANG)$/;

/** Our own environment without what would colour a measurement, as a colour terminal in UTF-8; and `more`. */
export function childEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
	const environment: Record<string, string> = {};
	for (const [name, value] of Object.entries(process.env)) {
		if (value !== undefined && !unwanted.test(name)) {
			environment[name] = value;
		}
	}

	return {...environment, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...more};
}

function matches(expected: string | RegExp | ((screen: string) => boolean), screen: string): boolean {
	if (typeof expected === 'string') {
		return screen.includes(expected);
	}

	return expected instanceof RegExp ? expected.test(screen) : expected(screen);
}

function framed(screen: string): string {
	return screen
		.split('\n')
		.map(row => `│${row}`)
		.join('\n');
}

function withResolvers<T>() {
	const made: {resolve?: (value: T) => void; reject?: (reason: unknown) => void} = {};
	const promise = new Promise<T>((resolve, reject) => {
		made.resolve = resolve;
		made.reject = reject;
	});
	return {
		promise,
		resolve: (value: T) => made.resolve?.(value),
		reject: (reason: unknown) => made.reject?.(reason),
	};
}
