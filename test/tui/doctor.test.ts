import {execFile} from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import test from 'ava';
import {systemClock} from '../../source/shared/clock.js';
import {copyWords, newestText} from '../../source/tui/app/copying.js';
import {diagnose} from '../../source/tui/doctor/diagnosis.js';
import {doctorLines} from '../../source/tui/doctor/doctor-page.js';
import {askTmux, type Findings, type TmuxFindings, tmuxOptions} from '../../source/tui/doctor/findings.js';
import type {TerminalReport} from '../../source/tui/terminal/probe.js';
import {createRun} from '../../source/tui/terminal/run.js';
import {childEnvironment, startTerminal} from '../support/terminal.js';
import {forbiddenIn} from './support/recorder.js';
import {buffer, evening, message, recorded, romeo, stateAfter, withRomeo} from './support.js';

const wishes: Findings['wishes'] = {
	'color.depth': 'auto',
	mouse: false,
	'notify.bell': true,
	'notify.terminal': 'off',
};
const answered: TerminalReport = {background: 'dark', kittyKeyboard: false, answered: true};
const insideTmux = {TERM: 'tmux-256color', TMUX: '/tmp/tmux-0/default,1,0', LANG: 'C.UTF-8'};
const asDelivered: TmuxFindings = {
	version: '3.3a',
	options: {
		'focus-events': 'off',
		'set-clipboard': 'external',
		'allow-passthrough': 'off',
		'escape-time': '500',
		'extended-keys': 'off',
		'monitor-bell': 'on',
	},
	features: [],
};

function adviceFor(more: Partial<Findings>): readonly string[] {
	return diagnose({env: insideTmux, colorDepth: '256', report: answered, wishes, ...more}).advice.map(({line}) => line);
}

const factsFor = (more: Partial<Findings>) =>
	Object.fromEntries(
		diagnose({
			env: {TERM: 'xterm-256color', LANG: 'C.UTF-8'},
			colorDepth: '256',
			report: answered,
			wishes,
			...more,
		}).facts.map(({name, text}) => [name, text]),
	);

test('for a tmux as it is delivered the lines are given that it lacks, and no others', t => {
	t.deepEqual(adviceFor({tmux: asDelivered}), [
		'set -s escape-time 10',
		'set -g focus-events on',
		'set -s extended-keys on',
	]);
});

test('what is set already is not advised', t => {
	const options = {
		'focus-events': 'on',
		'set-clipboard': 'on',
		'allow-passthrough': 'all',
		'escape-time': '20',
		'extended-keys': 'always',
		'monitor-bell': 'on',
	};
	t.deepEqual(adviceFor({tmux: {...asDelivered, options}, wishes: {...wishes, 'notify.terminal': 'osc9'}}), []);
});

test('an option that this tmux does not know is not advised', t => {
	t.deepEqual(adviceFor({tmux: {...asDelivered, options: {}}}), []);
});

test('passthrough and bells of tmux matter only to who wants notifications and bells', t => {
	const tmux = {...asDelivered, options: {'allow-passthrough': 'off', 'monitor-bell': 'off'}};
	t.deepEqual(adviceFor({tmux}), ['set -g monitor-bell on']);
	t.deepEqual(adviceFor({tmux, wishes: {...wishes, 'notify.bell': false, 'notify.terminal': 'osc9'}}), [
		'set -g allow-passthrough on',
	]);
});

test('a clipboard that is off in tmux is told of', t => {
	t.deepEqual(adviceFor({tmux: {...asDelivered, options: {'set-clipboard': 'off'}}}), [
		'set -s set-clipboard external',
	]);
});

test('all colours of the terminal outside can be used, and TERM=screen is too little', t => {
	const tmux = {...asDelivered, options: {}, features: ['256', 'RGB']};
	t.deepEqual(adviceFor({tmux}), ['/set color.depth truecolor']);
	t.deepEqual(adviceFor({tmux, env: {...insideTmux, COLORTERM: 'truecolor'}}), []);
	t.deepEqual(adviceFor({tmux, env: {...insideTmux, TERM: 'screen'}}), ['set -g default-terminal "tmux-256color"']);
});

test('a tmux at the other end of the connection gets the lines to compare', t => {
	const env = {TERM: 'tmux-256color', SSH_CONNECTION: '1 2 3 4', LANG: 'C.UTF-8'};
	t.deepEqual(adviceFor({env}), ['set -s escape-time 10', 'set -g focus-events on', 'set -s set-clipboard on']);
});

test('a locale without UTF-8 is told of with the line that changes it', t => {
	t.deepEqual(adviceFor({env: {TERM: 'xterm', LANG: 'de_DE.ISO-8859-1'}}), ['export LANG=C.UTF-8']);
	t.deepEqual(adviceFor({env: {TERM: 'xterm', LC_ALL: 'C'}}), ['export LC_ALL=C.UTF-8']);
	t.deepEqual(adviceFor({env: {TERM: 'linux', LANG: 'C.UTF-8'}}), []);
});

test('a terminal that can show notifications is told of until they are on', t => {
	const env = {TERM: 'xterm-kitty', LANG: 'C.UTF-8'};
	const report = {...answered, name: 'kitty(0.40.0)'};
	t.deepEqual(adviceFor({env, report}), ['/set notify.terminal osc99']);
	t.deepEqual(adviceFor({env, report, wishes: {...wishes, 'notify.terminal': 'osc99'}}), []);
});

test('the facts say what the terminal is', t => {
	t.like(
		factsFor({size: {columns: 80, rows: 24}, report: {...answered, backgroundColor: '#1c1c1c', name: 'XTerm(390)'}}),
		{
			Terminal: 'TERM=xterm-256color, XTerm(390)',
			Size: '80 columns, 24 rows',
			Colours: '256 (TERM)',
			Background: 'dark (#1c1c1c)',
			Characters: 'UTF-8',
			Keyboard: 'modifyOtherKeys: Shift+Enter begins a new line',
			Clipboard: 'by OSC 52, if the terminal takes that',
			Notifications: 'bell',
		},
	);
	t.like(factsFor({report: {...answered, kittyKeyboard: true, attributes: '?62;52'}}), {
		Keyboard: "kitty's protocol: Shift+Enter begins a new line",
		Clipboard: 'the terminal takes it (OSC 52)',
	});
	t.like(factsFor({env: {TERM: 'linux', NO_COLOR: '1'}, colorDepth: 'none'}), {
		Colours: 'none (NO_COLOR)',
		Clipboard: 'none',
	});
	t.like(factsFor({env: insideTmux, tmux: asDelivered}), {Focus: 'not reported', Clipboard: 'through tmux'});
	t.is(factsFor({report: {...answered, answered: false}}).Answers, 'none: it does not say what it is');
});

test('nothing of the environment reaches the page as control characters', t => {
	const env = {TERM: 'xterm\u{1B}]2;x\u{7}', LC_ALL: 'de\u{1B}[2J.ISO-8859-1'};
	const lines = doctorLines(diagnose({env, colorDepth: '16', report: {...answered, name: 'x'}, wishes}));
	t.notRegex(lines.map(({text}) => text).join(''), /[\u{0}-\u{1F}\u{7F}-\u{9F}]/u);
});

test('tmux is asked by argument vector, and only on this machine', async t => {
	const asked: string[][] = [];
	const run = async (command: readonly string[]) => {
		asked.push([...command]);
		const [, verb, , option] = command;
		return {
			status: 0,
			output: verb === 'display-message' ? '3.4 256,RGB\n' : option === 'escape-time' ? '500\n' : '\n',
		};
	};
	t.is(await askTmux({TERM: 'tmux-256color'}, run), undefined);
	t.deepEqual(asked, []);
	t.deepEqual(await askTmux(insideTmux, run), {
		version: '3.4',
		options: {'escape-time': '500'},
		features: ['256', 'RGB'],
	});
	t.deepEqual(
		asked.slice(1),
		tmuxOptions.map(name => ['tmux', 'show-options', '-gqv', name]),
	);
	t.is(await askTmux(insideTmux, async () => ({output: ''})), undefined);
});

test('without tmux on the machine the doctor still has a page', async t => {
	const tmux = await askTmux({...insideTmux, TMUX: '/nowhere/at/all,1,0'}, command =>
		createRun(systemClock)(['/there/is/no/such/tmux', ...command.slice(1)]),
	);
	t.is(tmux, undefined);
});

test('the newest message with a text is what is copied', t => {
	const state = stateAfter(
		{type: 'buffer.opened', buffer: buffer(romeo)},
		recorded(evening, 'first'),
		recorded(evening + 1, 'second'),
		{type: 'message.recorded', message: message(evening + 2, ' ')},
	);
	t.is(newestText(state, withRomeo), 'second');
	t.is(newestText(stateAfter(), withRomeo), undefined);
});

test('what became of a copy is said', t => {
	t.is(copyWords('h', {way: 'tmux'}).text, 'Copied 1 character through tmux.');
	t.is(copyWords('👍👍', {way: 'terminal'}).text, 'Handed 2 characters to the terminal’s clipboard.');
	t.is(copyWords('', {way: 'none', reason: 'empty'}).level, 'info');
	t.is(copyWords('x', {way: 'none', reason: 'too-long'}).level, 'error');
	t.is(copyWords('x', {way: 'none', reason: 'no-terminal'}).level, 'error');
});

test('xmppc doctor asks the terminal, prints no answer of it, and gives it back as it was', async t => {
	const home = await fs.mkdtemp(path.join(os.tmpdir(), 'xmppc-doctor-'));
	t.teardown(() => fs.rm(home, {recursive: true, force: true}));
	const main = fileURLToPath(new URL('../../source/cli/main.js', import.meta.url));
	const command = `"${process.execPath}" "${main}" doctor; echo "status $?"; stty -a; echo finished; read -r _`;
	const terminal = startTerminal(['sh', '-c', command], {
		environment: childEnvironment({HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_STATE_HOME: home}),
		columns: 100,
		rows: 50,
	});
	t.teardown(() => terminal.stop());
	await terminal.shows('finished');
	const text = terminal.text();
	t.regex(text, /Terminal +TERM=xterm-256color/);
	t.regex(text, /Size +100 columns, 50 rows/);
	t.regex(text, /Keyboard/);
	t.regex(text, /status 0/);
	t.regex(text, /[^-]icanon/);
	t.notRegex(text, /rgb:|\[\?|>\|/);
	t.deepEqual(forbiddenIn(terminal.output), []);
});

test('xmppc doctor --json prints one object, also into a pipe', async t => {
	const home = await fs.mkdtemp(path.join(os.tmpdir(), 'xmppc-doctor-'));
	t.teardown(() => fs.rm(home, {recursive: true, force: true}));
	const main = fileURLToPath(new URL('../../source/cli/main.js', import.meta.url));
	const {stdout} = await promisify(execFile)(process.execPath, [main, 'doctor', '--json'], {
		env: childEnvironment({
			TERM: 'xterm',
			HOME: home,
			XDG_CONFIG_HOME: home,
			XDG_DATA_HOME: home,
			XDG_STATE_HOME: home,
		}),
	});
	const {facts, advice} = JSON.parse(stdout);
	t.true(Array.isArray(facts) && facts.length > 5);
	t.deepEqual(advice, []);
	t.is(stdout.trim().split('\n').length, 1);
});
