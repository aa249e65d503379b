import type {RenderOptions} from 'ink';

/**
 * How Ink 6.8 is to be started on our screen. Its `incrementalRendering` is left off: it moves up one row too few
 * when a frame ends with a line feed, as every frame lower than the screen does. Bytes are no concern here, since only
 * cells that change reach the terminal. Loads nothing of Ink itself.
 *
 * Ink shows nothing but its last frame where it finds `CI` in the environment when it is loaded: set `CI=false` before
 * importing it.
 */
export function inkOptions(stdout: NodeJS.WriteStream, stdin: NodeJS.ReadStream): RenderOptions {
	return {
		stdout,
		stdin,
		patchConsole: false,
		exitOnCtrlC: false,
		incrementalRendering: false,
		maxFps: 60,
	};
}
