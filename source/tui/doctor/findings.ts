import type {Preferences} from '../../model/settings.js';
import type {ColorDepth} from '../screen/color.js';
import type {Size} from '../screen/size.js';
import type {TerminalReport} from '../terminal/probe.js';
import type {Run} from '../terminal/run.js';
import {type Environment, surroundingsOf} from '../terminal/surroundings.js';

/** The preferences that decide what a terminal has to be able to do. */
export type Wishes = Pick<Preferences, 'color.depth' | 'mouse' | 'notify.bell' | 'notify.terminal'>;

/** Everything that the advice is made from. */
export type Findings = {
	readonly env: Environment;
	/** Absent where there is no screen. */
	readonly size?: Size;
	readonly colorDepth: ColorDepth;
	/** Absent where nobody asked the terminal. */
	readonly report?: TerminalReport;
	readonly wishes: Wishes;
	/** What a tmux on this machine says; absent without one, or when it does not answer. */
	readonly tmux?: TmuxFindings;
};

export type TmuxFindings = {
	readonly version: string;
	/** Options by name; one that this tmux does not know is missing. */
	readonly options: Readonly<Partial<Record<TmuxOption, string>>>;
	/** What tmux knows the terminal outside to be capable of, e.g. `RGB`. */
	readonly features: readonly string[];
};

/** The options that make a difference to the program. */
export const tmuxOptions = [
	'focus-events',
	'set-clipboard',
	'allow-passthrough',
	'escape-time',
	'extended-keys',
	'monitor-bell',
] as const;

export type TmuxOption = (typeof tmuxOptions)[number];

/** Asks a tmux on this machine how it is set up. */
export async function askTmux(env: Environment, run: Run): Promise<TmuxFindings | undefined> {
	if (!surroundingsOf(env).localTmux) {
		return undefined;
	}

	const ask = async (...words: readonly string[]) => {
		const {status, output} = await run(['tmux', ...words]);
		return status === 0 ? output.trim() : undefined;
	};
	const [described, ...values] = await Promise.all([
		ask('display-message', '-p', '#{version} #{client_termfeatures}'),
		...tmuxOptions.map(name => ask('show-options', '-gqv', name)),
	]);
	if (described === undefined) {
		return undefined;
	}

	const [version = '', features = ''] = described.split(' ');
	const known = tmuxOptions.flatMap((name, at) => {
		const value = values[at] ?? '';
		return value === '' ? [] : [[name, value] as const];
	});
	return {
		version,
		options: Object.fromEntries(known),
		features: features.split(',').filter(feature => feature !== ''),
	};
}
