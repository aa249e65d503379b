import test from 'ava';
import {systemClock} from '../../source/shared/clock.js';
import {createDecoder} from '../../source/tui/input/decoder.js';
import type {InputEvent} from '../../source/tui/input/key.js';
import {preferredDepth} from '../../source/tui/screen/color.js';
import {createAbilities} from '../../source/tui/terminal/abilities.js';
import {backgroundFromEnvironment} from '../../source/tui/terminal/background.js';
import {clipboardSequence, createClipboard} from '../../source/tui/terminal/clipboard.js';
import {
	bellSequence,
	cancelSequence,
	enterSequence,
	leaveSequenceFor,
	mouseSequences,
	titleSequence,
} from '../../source/tui/terminal/modes.js';
import {notificationSequence} from '../../source/tui/terminal/notification.js';
import {createProbe, probeSequence, type TerminalReport} from '../../source/tui/terminal/probe.js';
import {createRun, type RunResult} from '../../source/tui/terminal/run.js';
import {type Environment, surroundingsOf} from '../../source/tui/terminal/surroundings.js';
import {createManualClock} from '../support/manual-clock.js';
import {forbiddenIn} from './support/recorder.js';

const escapeByte = '\u{1B}';

test('the recorder lets nothing through but what is listed', t => {
	for (const bytes of [
		`${escapeByte}[2J`,
		`${escapeByte}[?47h`,
		`${escapeByte}[5n`,
		`${escapeByte}[200~`,
		`${escapeByte}[>4;1m`,
		`${escapeByte}[53m`,
		`${escapeByte}[38;2;1;2m`,
		`${escapeByte}]0;title\u{7}`,
		`${escapeByte}]2;a\u{202E}b\u{7}`,
		`${escapeByte}]8;id=a;file:///etc/passwd${escapeByte}\\`,
		`${escapeByte}]8;;https://example.org${escapeByte}\\`,
		`${escapeByte}]52;c;?${escapeByte}\\`,
		`${escapeByte}]52;c;!!${escapeByte}\\`,
		`${escapeByte}]9;4;1;50${escapeByte}\\`,
		`${escapeByte}]4;1;?${escapeByte}\\`,
		`${escapeByte}]10;?${escapeByte}\\`,
		`${escapeByte}P$qm${escapeByte}\\`,
		`${escapeByte}Ptmux;${escapeByte}${escapeByte}]2;x\u{7}${escapeByte}\\`,
		`${escapeByte}Ptmux;x${escapeByte}\\`,
		`${escapeByte}P${escapeByte}]2;x\u{7}${escapeByte}\\`,
		`${escapeByte}_Gf=100;AAAA${escapeByte}\\`,
		`${escapeByte}c`,
		`${escapeByte}7`,
		'\u{9B}31m',
		'\u{0}',
		'\t',
		'\u{F}',
		'\u{7F}',
		'a\u{202E}b',
		`text${escapeByte}`,
	]) {
		t.not(forbiddenIn(bytes).length, 0, JSON.stringify(bytes));
	}
});

test('everything that the terminal layer itself sends is listed', t => {
	const everything = [
		enterSequence,
		leaveSequenceFor(true),
		leaveSequenceFor(false),
		cancelSequence,
		bellSequence,
		titleSequence('(3) xmppc'),
		probeSequence,
		mouseSequences.on,
		mouseSequences.off,
	];
	t.deepEqual(forbiddenIn(everything.join('')), []);
});

const hostile = `a${escapeByte}]2;owned\u{7}b${escapeByte}\\c\u{9D}0;d\u{9C}\u{202E}e;f\r\ng\u{0}\u{2028}h\u{D800}`;

test('a notification carries no more than one harmless line, for every terminal and multiplexer', t => {
	for (const env of [{TERM: 'xterm'}, {TERM: 'tmux-256color'}, {TERM: 'screen', STY: '1.x'}]) {
		for (const kind of ['osc9', 'osc99', 'osc777'] as const) {
			for (const [title, text] of [
				[hostile, hostile],
				['', '4;1;50'],
				['4;1;50', ''],
				['x'.repeat(10_000), '漢'.repeat(10_000)],
			] as const) {
				const bytes = notificationSequence(kind, title, text, surroundingsOf(env));
				t.deepEqual(forbiddenIn(bytes), [], `${env.TERM} ${kind}`);
				t.true(Buffer.byteLength(bytes) < 3000);
			}
		}
	}
});

test('a notification says who and what', t => {
	const none = surroundingsOf({TERM: 'xterm'});
	t.is(
		notificationSequence('osc9', 'Romeo', 'thus\nwith a kiss', none),
		`${escapeByte}]9;Romeo: thus with a kiss${escapeByte}\\`,
	);
	t.is(notificationSequence('osc777', 'a;b', 'c;d', none), `${escapeByte}]777;notify;a,b;c,d${escapeByte}\\`);
	const kitty = notificationSequence('osc99', 'Romeo', 'hi', none);
	t.true(kitty.includes(Buffer.from('Romeo').toString('base64')));
	t.true(kitty.includes(Buffer.from('hi').toString('base64')));
});

test('in tmux and GNU screen a notification is wrapped for the window outside', t => {
	t.is(
		notificationSequence('osc9', '', 'hi', surroundingsOf({TERM: 'screen-256color', TMUX: '/tmp/tmux,1,0'})),
		`${escapeByte}Ptmux;${escapeByte}${escapeByte}]9;hi${escapeByte}${escapeByte}\\${escapeByte}\\`,
	);
	t.is(
		notificationSequence('osc9', '', 'hi', surroundingsOf({TERM: 'screen'})),
		`${escapeByte}P${escapeByte}]9;hi\u{7}${escapeByte}\\`,
	);
});

const clipboardIn = (env: Environment, result: RunResult, isOpen = true) => {
	const written: string[] = [];
	const runs: Array<readonly [readonly string[], string | undefined]> = [];
	const copy = createClipboard({
		surroundings: surroundingsOf(env),
		async run(command, input) {
			runs.push([command, input]);
			return result;
		},
		isOpen: () => isOpen,
		write: text => written.push(text),
	});
	return {copy, written, runs};
};

test('inside a local tmux a text is copied through its client, by argument vector and standard input', async t => {
	const {copy, written, runs} = clipboardIn({TERM: 'tmux', TMUX: '/tmp/tmux,1,0'}, {status: 0, output: ''});
	t.deepEqual(await copy('-x $(true)\n'), {way: 'tmux'});
	t.deepEqual(runs, [[['tmux', 'load-buffer', '-w', '-'], '-x $(true)\n']]);
	t.deepEqual(written, []);
});

test('elsewhere, and where tmux fails, the terminal is asked to take the text', async t => {
	for (const env of [{TERM: 'xterm'}, {TERM: 'tmux'}, {TERM: 'tmux', TMUX: '/tmp/tmux,1,0'}]) {
		const {copy, written} = clipboardIn(env, {output: ''});
		t.deepEqual(await copy('hé'), {way: 'terminal'});
		t.deepEqual(written, [`${escapeByte}]52;c;${Buffer.from('hé').toString('base64')}${escapeByte}\\`]);
	}
});

test('what cannot be copied is said to be so', async t => {
	const xterm = clipboardIn({TERM: 'xterm'}, {output: ''});
	t.deepEqual(await xterm.copy(''), {way: 'none', reason: 'empty'});
	t.deepEqual(await xterm.copy('x'.repeat(60_000)), {way: 'none', reason: 'too-long'});
	t.deepEqual(await clipboardIn({TERM: 'linux'}, {output: ''}).copy('x'), {way: 'none', reason: 'no-terminal'});
	t.deepEqual(await clipboardIn({TERM: 'xterm'}, {output: ''}, false).copy('x'), {way: 'none', reason: 'no-terminal'});
	t.deepEqual(xterm.written, []);
});

test('for GNU screen a copied text is cut into pieces that it does not drop', t => {
	const bytes = clipboardSequence('x'.repeat(3000), surroundingsOf({TERM: 'screen'})) ?? '';
	const pieces = [...bytes.matchAll(/\u{1B}P(.*?)\u{1B}\\/gsu)].map(([, piece = '']) => piece);
	t.true(pieces.length > 5 && pieces.every(piece => piece.length <= 500));
	t.is(pieces.join(''), `${escapeByte}]52;c;${Buffer.from('x'.repeat(3000)).toString('base64')}\u{7}`);
});

test('a program is run without a shell, is given its input, and is not waited for for ever', async t => {
	const run = createRun(systemClock);
	t.deepEqual(await run(['cat', '-'], 'a $(b) c'), {status: 0, output: 'a $(b) c'});
	t.is((await run(['false'])).status, 1);
	t.deepEqual(await run(['/there/is/no/such/program'], 'x'.repeat(100_000)), {output: ''});
	const clock = createManualClock();
	const endless = createRun(clock)(['sleep', '1000']);
	let over = false;
	void endless.then(() => {
		over = true;
	});
	for (let turn = 0; turn < 1000 && !over; turn++) {
		clock.advance(100);
		await new Promise(resolve => setImmediate(resolve));
	}

	t.deepEqual(await endless, {output: ''});
});

function probed(env: Environment = {TERM: 'xterm'}) {
	const clock = createManualClock();
	const reports: TerminalReport[] = [];
	const waits: boolean[] = [];
	const typed: InputEvent[] = [];
	let written = '';
	const probe = createProbe({
		clock,
		env,
		write(text) {
			written += text;
		},
		onReport: report => reports.push(report),
		onWaiting(waiting) {
			waits.push(waiting);
			decoder.expectAnswers(waiting);
		},
	});
	const decoder = createDecoder({
		clock,
		emit: event => (event.type === 'reply' ? probe.answer(event) : typed.push(event)),
	});
	probe.ask();
	return {clock, probe, decoder, reports, waits, typed, written: () => written};
}

const xtermAnswers = `${escapeByte}]11;rgb:ffff/fefe/f0f0${escapeByte}\\${escapeByte}P>|XTerm(390)${escapeByte}\\${escapeByte}[?64;1;2;52c`;

test('the terminal is asked once, DA1 last, and its answers are known when that one is there', async t => {
	const {probe, decoder, reports, waits, typed, written} = probed();
	t.is(written(), probeSequence);
	t.true(probeSequence.endsWith(`${escapeByte}[c`));
	decoder.push(`${escapeByte}[?0u${xtermAnswers}`);
	await probe.settled();
	t.deepEqual(reports, [
		{
			background: 'light',
			backgroundColor: '#fffef0',
			name: 'XTerm(390)',
			kittyKeyboard: true,
			attributes: '?64;1;2;52',
			answered: true,
		},
	]);
	t.deepEqual(waits, [true, false]);
	t.deepEqual(typed, []);
	probe.ask();
	t.is(written(), probeSequence);
});

test('answers cut anywhere, and answers that come late, are never typed text', t => {
	for (let cut = 1; cut < xtermAnswers.length; cut++) {
		const {clock, decoder, typed, reports} = probed();
		decoder.push(xtermAnswers.slice(0, cut));
		clock.advance(200);
		decoder.push(xtermAnswers.slice(cut));
		t.deepEqual(typed, [], `cut at ${cut}`);
		t.is(reports.length, 1);
	}

	const {clock, decoder, typed, reports} = probed();
	clock.advance(1000);
	t.deepEqual(
		reports.map(({answered, background}) => [answered, background]),
		[[false, 'unknown']],
	);
	decoder.push(xtermAnswers);
	t.deepEqual(typed, []);
	t.is(reports.at(-1)?.background, 'light');
	t.true(reports.at(-1)?.answered);
});

test('a terminal that answers nothing is waited for for one second only', async t => {
	const {clock, probe} = probed();
	let settled = false;
	void probe.settled().then(() => {
		settled = true;
	});
	clock.advance(999);
	await Promise.resolve();
	t.false(settled);
	clock.advance(1);
	await Promise.resolve();
	t.true(settled);
});

test('nothing is asked where the question could end up on the screen', async t => {
	for (const TERM of ['linux', 'dumb', 'vt100', 'ansi']) {
		const {probe, written} = probed({TERM});
		t.is(written(), '');
		await probe.settled();
	}
});

test('white is not believed in tmux, dark is, and COLORFGBG comes next', t => {
	const backgroundOf = (answers: string, env: Environment) => {
		const {decoder, reports} = probed(env);
		decoder.push(`${answers}${escapeByte}[?1c`);
		return reports[0]?.background;
	};

	const white = `${escapeByte}]11;rgb:ffff/ffff/ffff\u{7}`;
	const tmux = `${escapeByte}P>|tmux 3.3a${escapeByte}\\`;
	t.is(backgroundOf(white, {TERM: 'xterm'}), 'light');
	t.is(backgroundOf(white + tmux, {TERM: 'xterm'}), 'unknown');
	t.is(backgroundOf(white, {TERM: 'screen', TMUX: 'x'}), 'unknown');
	t.is(backgroundOf(white, {TERM: 'tmux', COLORFGBG: '0;15'}), 'light');
	t.is(backgroundOf(`${escapeByte}]11;rgb:1c/1c/1c\u{7}${tmux}`, {TERM: 'xterm'}), 'dark');
	t.is(backgroundOf('', {TERM: 'xterm', COLORFGBG: '15;0'}), 'dark');
	t.is(backgroundOf(`${escapeByte}]11;nonsense\u{7}`, {TERM: 'xterm'}), 'unknown');
});

test('COLORFGBG names the background last', t => {
	t.deepEqual(
		['15;0', '0;15', '0;7', '7;8', '0;default;15', '15;default', '0', '', '0;16', 'a;b'].map(COLORFGBG =>
			backgroundFromEnvironment({COLORFGBG}),
		),
		['dark', 'light', 'light', 'dark', 'light', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown'],
	);
	t.is(backgroundFromEnvironment({}), 'unknown');
});

const silent: TerminalReport = {background: 'unknown', kittyKeyboard: false, answered: false};

test("kitty's keyboard flags are pushed when the terminal knows them, and popped exactly once", t => {
	const abilities = createAbilities(surroundingsOf({TERM: 'xterm-kitty'}));
	t.is(abilities.on(), '');
	t.is(abilities.learn({...silent, kittyKeyboard: true, name: 'kitty(0.40)'}), `${escapeByte}[>5u`);
	t.is(abilities.learn({...silent, kittyKeyboard: true, name: 'kitty(0.40)'}), '');
	t.is(abilities.off(), `${escapeByte}[<u`);
	t.is(abilities.off(), '');
	t.is(abilities.on(), `${escapeByte}[>5u`);
});

test('xterm and tmux are asked for modifyOtherKeys, others for nothing', t => {
	const tmux = createAbilities(surroundingsOf({TERM: 'screen', TMUX: 'x'}));
	t.is(tmux.on(), `${escapeByte}[>4;2m`);
	t.is(tmux.off(), `${escapeByte}[>4m`);
	const xterm = createAbilities(surroundingsOf({TERM: 'xterm'}));
	t.is(xterm.on(), '');
	t.is(xterm.learn({...silent, name: 'XTerm(390)'}), `${escapeByte}[>4;2m`);
	const other = createAbilities(surroundingsOf({TERM: 'xterm'}));
	t.is(other.on() + other.learn({...silent, answered: true}) + other.off(), '');
});

test('the mouse is reported only while that is wanted and the terminal is ours', t => {
	const abilities = createAbilities(surroundingsOf({TERM: 'xterm'}));
	t.is(abilities.mouse(true), '');
	t.is(abilities.on(), mouseSequences.on);
	t.is(abilities.mouse(true), '');
	t.is(abilities.off(), mouseSequences.off);
	t.is(abilities.on(), mouseSequences.on);
	t.is(abilities.mouse(false), mouseSequences.off);
	t.is(abilities.off(), '');
});

test('the setting for colours is the person’s own word', t => {
	const env = {TERM: 'xterm-256color', NO_COLOR: '1'};
	t.is(preferredDepth('auto', env), 'none');
	t.is(preferredDepth('16', env), '16');
	t.is(preferredDepth('none', {COLORTERM: 'truecolor'}), 'none');
});

test('what TERM and the multiplexers tell', t => {
	t.like(surroundingsOf({TERM: 'linux'}), {strings: false, scrolling: false});
	t.like(surroundingsOf({TERM: 'xterm'}), {strings: true, scrolling: true, localTmux: false});
	t.is(surroundingsOf({TERM: 'xterm'}).multiplexer, undefined);
	t.like(surroundingsOf({TERM: 'screen', TMUX: 'x'}), {multiplexer: 'tmux', localTmux: true});
	t.like(surroundingsOf({TERM: 'tmux-256color'}), {multiplexer: 'tmux', localTmux: false});
	t.like(surroundingsOf({TERM: 'screen.xterm-256color', STY: '1.pts'}), {multiplexer: 'screen'});
});
