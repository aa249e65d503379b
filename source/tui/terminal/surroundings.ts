/** The process environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment tells about the terminal before anybody has asked it. */
export type Surroundings = {
	/** What stands between us and the window, if anything. */
	readonly multiplexer: 'tmux' | 'screen' | undefined;
	/** The tmux whose client we can run: it is on this machine, not at the other end of a connection. */
	readonly localTmux: boolean;
	/**
	 * Whether strings (OSC: titles, links, questions) are understood or at least skipped. The Linux console used to print
	 * them.
	 */
	readonly strings: boolean;
	/** Whether a part of the screen can be scrolled with `CSI S` and `CSI T`. */
	readonly scrolling: boolean;
};

const simple = /^(?:linux|dumb|ansi|cons25|vt\d|sun|unknown)/u;

/** Reads `TERM`, `TMUX` and `STY`. */
export function surroundingsOf(env: Environment): Surroundings {
	const term = env.TERM ?? '';
	const localTmux = env.TMUX !== undefined && env.TMUX !== '';
	const isSimple = simple.test(term);
	const isTmux = localTmux || term.startsWith('tmux');
	const isScreen = (env.STY !== undefined && env.STY !== '') || term.startsWith('screen');
	return {
		multiplexer: isTmux ? 'tmux' : isScreen ? 'screen' : undefined,
		localTmux,
		strings: !isSimple,
		scrolling: !isSimple,
	};
}
