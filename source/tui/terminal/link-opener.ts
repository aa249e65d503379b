import type {Clock} from '../../shared/clock.js';
import {messageOf} from '../../shared/errors.js';
import {safeLink} from '../screen/link.js';
import type {CopyText} from './clipboard.js';

/** What became of a link that was to be opened. */
export type LinkOutcome =
	| {readonly type: 'opened'; readonly program: string}
	/** There is no desktop, or its program cannot be started. */
	| {readonly type: 'copied'}
	| {readonly type: 'failed'; readonly reason: string};

/** Opens links and files: with the program of the desktop, or into the clipboard. */
export type LinkOpener = {
	open(target: string): Promise<LinkOutcome>;
	/** A file of this machine, by its absolute path. */
	openFile(path: string): Promise<LinkOutcome>;
	copy(target: string): Promise<LinkOutcome>;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Starts a program; `undefined`: it runs, or ended well at once; else why not. */
export type StartProgram = (command: readonly [string, ...string[]]) => Promise<string | undefined>;

export type LinkOpenerOptions = {
	readonly env: Environment;
	readonly platform: NodeJS.Platform;
	readonly start: StartProgram;
	readonly copy: CopyText;
};

/** The program that opens links on this desktop; `undefined`: there is no desktop. */
export function linkProgram(env: Environment, platform: NodeJS.Platform): string | undefined {
	if (platform === 'darwin') {
		return 'open';
	}

	if (env.TERMUX_VERSION !== undefined) {
		return 'termux-open-url';
	}

	return (env.WAYLAND_DISPLAY ?? '') === '' && (env.DISPLAY ?? '') === '' ? undefined : 'xdg-open';
}

/** Opens links with the program of the desktop by an argument vector; where there is none they are copied. */
export function createLinkOpener({env, platform, start, copy}: LinkOpenerOptions): LinkOpener {
	const copied = async (target: string): Promise<LinkOutcome> => {
		const {way} = await copy(target);
		return way === 'none' ? {type: 'failed', reason: 'There is no desktop here, and no clipboard.'} : {type: 'copied'};
	};

	const opened = async (target: string): Promise<LinkOutcome> => {
		const program = linkProgram(env, platform);
		if (program === undefined) {
			return copied(target);
		}

		const reason = await start([program, target]);
		if (reason === undefined) {
			return {type: 'opened', program};
		}

		const instead = await copied(target);
		return instead.type === 'copied' ? instead : {type: 'failed', reason: `${program}: ${reason}.`};
	};

	return {
		async open(target) {
			const link = safeLink(target);
			return link === '' ? {type: 'failed', reason: 'This is no address that is safe to open.'} : opened(link);
		},
		openFile: opened,
		copy: copied,
	};
}

/** Milliseconds in which a program that cannot do it says so. */
const patience = 1500;

/** Starts programs that go on without us, with nothing to read and nowhere to write. */
export function createStartProgram(clock: Clock): StartProgram {
	return async ([program, ...programArguments]) => {
		// Not needed for the first frame.
		const {spawn} = await import('node:child_process');
		return new Promise(resolve => {
			const child = spawn(program, programArguments, {detached: true, stdio: 'ignore'});
			const done = (reason: string | undefined) => {
				stop();
				// It may outlive us.
				child.unref();
				resolve(reason);
			};

			const stop = clock.after(patience, () => done(undefined));
			child.on('error', error => done(messageOf(error)));
			child.on('exit', status => done(status === 0 || status === null ? undefined : `it ended with status ${status}`));
		});
	};
}
