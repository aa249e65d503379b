import {printable} from '../../shared/text.js';
import {glyphsOf} from '../screen/glyphs.js';
import {surroundingsOf} from '../terminal/surroundings.js';
import {type Advice, adviceFor} from './advice.js';
import type {Findings} from './findings.js';

/** What was found out, in words. */
export type Fact = {readonly name: string; readonly text: string};

export type Diagnosis = {readonly facts: readonly Fact[]; readonly advice: readonly Advice[]};

/** Says what the terminal is and what would make more of it. Advice is given only for what is not set already. */
export function diagnose(findings: Findings): Diagnosis {
	return {facts: facts(findings), advice: adviceFor(findings)};
}

function facts(findings: Findings): Fact[] {
	const {env, size, report} = findings;
	const known: ReadonlyArray<readonly [string, string | undefined]> = [
		['Terminal', terminalText(findings)],
		['Size', size === undefined ? undefined : `${size.columns} columns, ${size.rows} rows`],
		['Colours', colorText(findings)],
		['Background', backgroundText(findings)],
		['Characters', glyphsOf(env) === 'unicode' ? 'UTF-8' : 'ASCII signs: the locale or the console has no others'],
		['Keyboard', keyboardText(findings)],
		['Mouse', findings.wishes.mouse ? 'on: Shift selects text' : 'off: /set mouse on for wheel and clicks'],
		['Focus', focusText(findings)],
		['Clipboard', clipboardText(findings)],
		['Notifications', notificationText(findings)],
		[
			'Answers',
			report?.answered === false && surroundingsOf(env).strings ? 'none: it does not say what it is' : undefined,
		],
	];
	return known.flatMap(([name, text]) => (text === undefined ? [] : [{name, text: printable(text, 'line')}]));
}

function terminalText({env, report, tmux}: Findings): string {
	const {multiplexer, localTmux} = surroundingsOf(env);
	const inside =
		multiplexer === 'tmux'
			? `inside tmux${tmux === undefined ? '' : ` ${tmux.version}`}${localTmux ? '' : ' on the machine you came from'}`
			: multiplexer === 'screen'
				? 'inside GNU screen'
				: undefined;
	return [`TERM=${env.TERM ?? ''}`, report?.name, inside, env.SSH_CONNECTION === undefined ? undefined : 'over SSH']
		.filter(part => part !== undefined)
		.join(', ');
}

function colorText({env, colorDepth, wishes}: Findings): string {
	const names = {none: 'none', '16': '16', '256': '256', truecolor: '16 million'} as const;
	const reason =
		wishes['color.depth'] !== 'auto'
			? '/set color.depth'
			: env.NO_COLOR
				? 'NO_COLOR'
				: env.FORCE_COLOR && /^[0-3]$/u.test(env.FORCE_COLOR)
					? 'FORCE_COLOR'
					: colorDepth === 'truecolor'
						? 'COLORTERM'
						: 'TERM';
	return `${names[colorDepth]} (${reason})`;
}

function backgroundText({report}: Findings): string | undefined {
	if (report === undefined) {
		return undefined;
	}

	const {background, backgroundColor} = report;
	const said = backgroundColor === undefined ? '' : ` (${backgroundColor})`;
	return background === 'unknown' ? `not known${said}` : `${background}${said}`;
}

function keyboardText({env, report, tmux}: Findings): string {
	if (report?.kittyKeyboard === true) {
		return "kitty's protocol: Shift+Enter begins a new line";
	}

	const extended =
		surroundingsOf(env).multiplexer === 'tmux'
			? tmux !== undefined && (tmux.options['extended-keys'] ?? 'off') !== 'off'
			: /^(?:xterm|mintty|wezterm|iterm2)/iu.test(report?.name ?? '');
	return extended
		? 'modifyOtherKeys: Shift+Enter begins a new line'
		: 'plain: Shift+Enter is Enter; Alt+Enter and Ctrl+J begin a new line';
}

function focusText({env, tmux}: Findings): string {
	switch (surroundingsOf(env).multiplexer) {
		case 'tmux':
			return tmux === undefined
				? 'as tmux is set'
				: tmux.options['focus-events'] === 'on'
					? 'reported'
					: 'not reported';
		case 'screen':
			return 'GNU screen does not report it';
		default:
			return 'reported if the terminal knows how';
	}
}

function clipboardText({env, report, tmux}: Findings): string {
	const {localTmux, multiplexer, strings} = surroundingsOf(env);
	if (localTmux) {
		return tmux?.options['set-clipboard'] === 'off' ? 'a buffer of tmux, not the system’s' : 'through tmux';
	}

	if (!strings) {
		return 'none';
	}

	const takes = multiplexer === undefined && /;52(?:;|$)/u.test(report?.attributes ?? '');
	return takes ? 'the terminal takes it (OSC 52)' : 'by OSC 52, if the terminal takes that';
}

function notificationText({wishes}: Findings): string {
	const kind = wishes['notify.terminal'];
	const bell = wishes['notify.bell'] ? 'bell' : 'no bell';
	return kind === 'off' ? bell : `${bell}, ${kind.replace('osc', 'OSC ')}`;
}
