import process from 'node:process';

const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type EndSignal = (typeof endSignals)[number];

export type ProcessEventsOptions = {
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	onInput(chunk: Uint8Array): void;
	onInputEnd(): void;
	/** Reading or writing failed. */
	onStreamError(error: Error): void;
	onSignal(signal: EndSignal): void;
	/** Ctrl+Z, where the terminal itself acts on it. */
	onSuspend(): void;
	onContinue(): void;
	/** The window has another size, or had one for a moment. */
	onResize(): void;
	/** An exception or rejection that nobody caught. */
	onFatal(error: unknown): void;
	/** Node warns of something; it would print that in the middle of the screen. */
	onWarning(warning: Error): void;
	onExit(): void;
};

/** What the process and its terminal tell, turned on and off together. */
export type ProcessEvents = {
	listen(): void;
	/** Signals that end the program and errors of the streams stay heard: neither may break off an orderly end. */
	deafen(): void;
	/** Whether a stop is ours to prepare for, or stops us as it does everybody. */
	heedSuspension(heeded: boolean): void;
};

export function createProcessEvents(options: ProcessEventsOptions): ProcessEvents {
	const {stdin, stdout, onInput, onInputEnd, onStreamError, onSignal, onSuspend} = options;
	const {onContinue, onResize, onFatal, onWarning, onExit} = options;
	let listening = false;
	let armed = false;
	/** Those who print warnings where nobody else wants them. */
	let printers: ReadonlyArray<(warning: Error) => void> = [];

	const arm = () => {
		if (armed) {
			return;
		}

		armed = true;
		for (const signal of endSignals) {
			process.on(signal, () => onSignal(signal));
		}

		stdin.on('error', onStreamError);
		stdout.on('error', onStreamError);
	};

	return {
		listen() {
			arm();
			if (listening) {
				return;
			}

			listening = true;
			process.on('SIGTSTP', onSuspend);
			process.on('SIGCONT', onContinue);
			process.on('SIGWINCH', onResize);
			stdout.on('resize', onResize);
			process.on('uncaughtException', onFatal);
			process.on('unhandledRejection', onFatal);
			printers = process.listeners('warning');
			process.removeAllListeners('warning');
			process.on('warning', onWarning);
			process.on('exit', onExit);
			stdin.on('data', onInput);
			stdin.on('end', onInputEnd);
			stdin.resume();
		},
		deafen() {
			if (!listening) {
				return;
			}

			listening = false;
			process.off('SIGTSTP', onSuspend);
			process.off('SIGCONT', onContinue);
			process.off('SIGWINCH', onResize);
			stdout.off('resize', onResize);
			process.off('uncaughtException', onFatal);
			process.off('unhandledRejection', onFatal);
			process.off('warning', onWarning);
			for (const print of printers) {
				process.on('warning', print);
			}

			process.off('exit', onExit);
			stdin.off('data', onInput);
			stdin.off('end', onInputEnd);
			stdin.pause();
		},
		heedSuspension(heeded) {
			process.off('SIGTSTP', onSuspend);
			if (heeded) {
				process.on('SIGTSTP', onSuspend);
			}
		},
	};
}
