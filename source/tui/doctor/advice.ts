import {printable} from '../../shared/text.js';
import {colorDepthOf} from '../screen/color.js';
import {glyphsOf} from '../screen/glyphs.js';
import {surroundingsOf} from '../terminal/surroundings.js';
import type {Findings, TmuxFindings} from './findings.js';

/** Something that would help, and the line that does it. */
export type Advice = {
	/** What is missing without it. */
	readonly text: string;
	/** Where the line belongs: the file of tmux, that of the shell, or the input of xmppc. */
	readonly place: 'tmux.conf' | 'shell' | 'xmppc';
	readonly line: string;
};

/** Milliseconds for which tmux may hold back an Escape without anybody minding. */
const shortEscape = 50;

/** What would help and is not set already. */
export function adviceFor(findings: Findings): readonly Advice[] {
	return [...tmuxAdvice(findings), ...otherAdvice(findings)];
}

function tmuxAdvice({env, tmux, wishes}: Findings): Advice[] {
	const {multiplexer, localTmux} = surroundingsOf(env);
	if (multiplexer !== 'tmux') {
		return [];
	}

	const advice = (text: string, line: string): Advice => ({text, place: 'tmux.conf', line});
	if (tmux === undefined) {
		return localTmux ? [] : unseenTmuxAdvice(advice, wishes);
	}

	const {options} = tmux;
	const given: Advice[] = [];
	if (Number(options['escape-time'] ?? 0) > shortEscape) {
		given.push(advice(`Escape arrives ${options['escape-time']} ms late`, 'set -s escape-time 10'));
	}

	if (options['focus-events'] === 'off') {
		given.push(advice('xmppc cannot know when you look elsewhere', 'set -g focus-events on'));
	}

	if (options['extended-keys'] === 'off') {
		given.push(advice('Shift+Enter cannot be told from Enter', 'set -s extended-keys on'));
	}

	if (options['set-clipboard'] === 'off') {
		given.push(advice('what you copy stays in tmux', 'set -s set-clipboard external'));
	}

	if (options['allow-passthrough'] === 'off' && wishes['notify.terminal'] !== 'off') {
		given.push(advice('notifications do not get through tmux', 'set -g allow-passthrough on'));
	}

	if (options['monitor-bell'] === 'off' && wishes['notify.bell']) {
		given.push(advice('tmux does not mark the window that rang', 'set -g monitor-bell on'));
	}

	return [...given, ...tmuxColorAdvice(env, tmux, wishes)];
}

/** tmux at the other end of the connection cannot be asked: what matters most, as lines to compare. */
function unseenTmuxAdvice(advice: (text: string, line: string) => Advice, wishes: Findings['wishes']): Advice[] {
	const given = [
		advice('tmux there cannot be asked; without this, Escape arrives late', 'set -s escape-time 10'),
		advice('without this, xmppc cannot know when you look elsewhere', 'set -g focus-events on'),
		advice('without this, copying reaches no clipboard', 'set -s set-clipboard on'),
	];
	return wishes['notify.terminal'] === 'off'
		? given
		: [...given, advice('without this, notifications do not get through', 'set -g allow-passthrough on')];
}

function tmuxColorAdvice(env: Findings['env'], {features}: TmuxFindings, wishes: Findings['wishes']): Advice[] {
	if (env.TERM === 'screen') {
		return [
			{
				text: 'TERM=screen stands for few colours',
				place: 'tmux.conf',
				line: 'set -g default-terminal "tmux-256color"',
			},
		];
	}

	const depth = colorDepthOf(env);
	return features.includes('RGB') && wishes['color.depth'] === 'auto' && (depth === '256' || depth === '16')
		? [{text: 'the terminal outside has all colours', place: 'xmppc', line: '/set color.depth truecolor'}]
		: [];
}

function otherAdvice({env, size, report, wishes}: Findings): Advice[] {
	const given: Advice[] = [];
	const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find(value => value !== undefined && value !== '') ?? '';
	if (env.TERM !== 'linux' && glyphsOf(env) === 'ascii') {
		given.push({
			text: `the locale ${printable(locale, 'identifier')} has no UTF-8`,
			place: 'shell',
			line: env.LC_ALL ? 'export LC_ALL=C.UTF-8' : 'export LANG=C.UTF-8',
		});
	}

	if (env.TERM === 'dumb' && size !== undefined) {
		given.push({
			text: 'TERM=dumb says that the terminal can do nothing',
			place: 'shell',
			line: 'export TERM=xterm-256color',
		});
	}

	if (wishes['notify.terminal'] === 'off' && surroundingsOf(env).strings) {
		const kind = /^kitty/iu.test(report?.name ?? '')
			? 'osc99'
			: /^(?:ghostty|iterm2|wezterm)/iu.test(report?.name ?? '')
				? 'osc9'
				: /^foot/iu.test(report?.name ?? '')
					? 'osc777'
					: undefined;
		if (kind !== undefined) {
			given.push({
				text: 'this terminal can show notifications',
				place: 'xmppc',
				line: `/set notify.terminal ${kind}`,
			});
		}
	}

	return given;
}
