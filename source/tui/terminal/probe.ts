import type {Clock, Dispose} from '../../shared/clock.js';
import {printable} from '../../shared/text.js';
import type {ReplyEvent} from '../input/key.js';
import {type Background, backgroundFromEnvironment, hexOf, parseColor, type Rgb, shadeOf} from './background.js';
import {type Environment, surroundingsOf} from './surroundings.js';

/** What the terminal said about itself. */
export type TerminalReport = {
	readonly background: Background;
	/** As the terminal said, `#rrggbb`; also where it is not believed. */
	readonly backgroundColor?: string;
	/** Name and version (XTVERSION), one printable line. */
	readonly name?: string;
	/** It understands kitty's keyboard protocol. */
	readonly kittyKeyboard: boolean;
	/** What it can do in its own words (DA1), e.g. `?62;22;52`. */
	readonly attributes?: string;
	/** Whether it answered in time. */
	readonly answered: boolean;
};

/**
 * Questions, the one that every terminal answers last: once its answer is there, no other will come.
 * kitty's keyboard flags, the background (OSC 11), XTVERSION, DA1.
 */
export const probeSequence = '\u{1B}[?u\u{1B}]11;?\u{1B}\\\u{1B}[>q\u{1B}[c';

/** Milliseconds after which no more answers are waited for. */
const longestProbe = 1000;
const longestName = 80;

export type Probe = {
	/** Sends the questions, once; nothing is sent where they could end up as text. */
	ask(): void;
	/** Takes one answer, also one that comes too late. */
	answer(reply: ReplyEvent): void;
	readonly report: TerminalReport;
	/** Answers may be on their way. */
	isWaiting(): boolean;
	/** Resolves when all answers are there or nobody waits for them any more; at once when nothing was asked. */
	settled(): Promise<void>;
	readonly close: Dispose;
};

export type ProbeOptions = {
	readonly clock: Clock;
	readonly env: Environment;
	write(text: string): void;
	/** Everything is known, or the time is up; also called for answers that come later. */
	onReport(report: TerminalReport): void;
	/** Whether answers may be on their way. */
	readonly onWaiting?: ((waiting: boolean) => void) | undefined;
};

/** Asks the terminal what it is; see {@link probeSequence}. */
export function createProbe({clock, env, write, onReport, onWaiting}: ProbeOptions): Probe {
	const known = surroundingsOf(env);
	let color: Rgb | undefined;
	let name: string | undefined;
	let attributes: string | undefined;
	let kittyKeyboard = false;
	let state: 'fresh' | 'asked' | 'over' = 'fresh';
	let timer: Dispose | undefined;
	let settle: Array<() => void> = [];

	/** tmux answers white when it does not know better (its client is detached, or slow): that says nothing. */
	const background = (): Background => {
		const inTmux = known.multiplexer === 'tmux' || /^tmux/iu.test(name ?? '');
		const believed = color !== undefined && !(inTmux && hexOf(color) === '#ffffff');
		return color !== undefined && believed ? shadeOf(color) : backgroundFromEnvironment(env);
	};

	const report = (): TerminalReport => ({
		background: background(),
		kittyKeyboard,
		answered: attributes !== undefined,
		...(color === undefined ? {} : {backgroundColor: hexOf(color)}),
		...(name === undefined ? {} : {name}),
		...(attributes === undefined ? {} : {attributes}),
	});

	const stop = () => {
		timer?.();
		timer = undefined;
		state = 'over';
		const told = settle;
		settle = [];
		for (const each of told) {
			each();
		}
	};

	const finish = () => {
		stop();
		onWaiting?.(false);
		onReport(report());
	};

	/** Takes what is new; false for what nobody asked for. */
	const take = ({reply, body}: ReplyEvent): boolean => {
		switch (reply) {
			case 'kitty':
				kittyKeyboard = true;
				return true;
			case 'osc':
				color = body.startsWith('11;') ? (parseColor(body.slice(3)) ?? color) : color;
				return body.startsWith('11;');
			case 'dcs':
				name = body.startsWith('>|') ? printable(body.slice(2), 'line').slice(0, longestName) : name;
				return body.startsWith('>|');
			case 'da1':
				attributes = /^\?[\d;]{1,60}/u.exec(body)?.[0] ?? '?';
				return true;
			default:
				return false;
		}
	};

	return {
		ask() {
			if (state !== 'fresh') {
				return;
			}

			if (!known.strings) {
				state = 'over';
				return;
			}

			state = 'asked';
			onWaiting?.(true);
			write(probeSequence);
			timer = clock.after(longestProbe, finish);
		},
		answer(reply) {
			const isNew = state !== 'fresh' && take(reply);
			if (isNew && state === 'over') {
				onReport(report());
			} else if (isNew && reply.reply === 'da1') {
				finish();
			}
		},
		get report() {
			return report();
		},
		isWaiting: () => state === 'asked',
		settled: () =>
			state === 'asked'
				? new Promise<void>(resolve => {
						settle.push(resolve);
					})
				: Promise.resolve(),
		close() {
			if (state === 'asked') {
				stop();
			}
		},
	};
}
