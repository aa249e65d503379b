import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {silentLog} from '../../source/shared/log.js';
import {createFileLister, expandHome} from '../../source/tui/terminal/files.js';
import {createLinkOpener, createStartProgram, linkProgram} from '../../source/tui/terminal/link-opener.js';
import {createManualClock} from '../support/manual-clock.js';
import {evening} from './support.js';

const desktop = {DISPLAY: ':0'};

test('files of a directory are listed, links to directories are directories', t => {
	const home = mkdtempSync(path.join(tmpdir(), 'xmppc-files-'));
	t.teardown(() => rmSync(home, {recursive: true}));
	mkdirSync(path.join(home, 'photos'));
	writeFileSync(path.join(home, 'notes.txt'), '');
	symlinkSync(path.join(home, 'photos'), path.join(home, 'linked'));
	symlinkSync(path.join(home, 'nowhere'), path.join(home, 'broken'));
	const listed = createFileLister(silentLog, home)('~/');
	t.deepEqual(
		listed.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
		[
			{name: 'broken', isDirectory: false},
			{name: 'linked', isDirectory: true},
			{name: 'notes.txt', isDirectory: false},
			{name: 'photos', isDirectory: true},
		],
	);
});

test('a directory that cannot be read lists nothing and is logged', t => {
	const notes: string[] = [];
	const log = {...silentLog, note: (_: string, text: string) => notes.push(text)};
	t.deepEqual(createFileLister(log, '/nonexistent')('~/x'), []);
	t.is(notes.length, 1);
});

test('only ~ alone and before a slash is the home directory', t => {
	t.is(expandHome('~/a b', '/home/juliet'), '/home/juliet/a b');
	t.is(expandHome('~', '/home/juliet'), '/home/juliet');
	t.is(expandHome('~romeo/a', '/home/juliet'), '~romeo/a');
	t.is(expandHome('a/~', '/home/juliet'), 'a/~');
});

test('each desktop has its program for links, and a terminal without a desktop has none', t => {
	t.is(linkProgram({}, 'darwin'), 'open');
	t.is(linkProgram(desktop, 'linux'), 'xdg-open');
	t.is(linkProgram({WAYLAND_DISPLAY: 'wayland-0'}, 'linux'), 'xdg-open');
	t.is(linkProgram({DISPLAY: ''}, 'linux'), undefined);
	t.is(linkProgram({TERMUX_VERSION: '1'}, 'android'), 'termux-open-url');
});

function opener(env: Readonly<Record<string, string>>, reason?: string) {
	const started: Array<readonly string[]> = [];
	const copied: string[] = [];
	const links = createLinkOpener({
		env,
		platform: 'linux',
		start: async command => {
			started.push(command);
			return reason;
		},
		copy: async text => {
			copied.push(text);
			return {way: 'terminal'};
		},
	});
	return {links, started, copied};
}

test('a link is one argument of the program', async t => {
	const {links, started} = opener(desktop);
	t.deepEqual(await links.open('https://example.org/?a=1;b'), {type: 'opened', program: 'xdg-open'});
	t.deepEqual(started, [['xdg-open', 'https://example.org/?a=1;b']]);
});

test('what is no safe address is never given to a program', async t => {
	const {links, started} = opener(desktop);
	for (const target of ['--help', 'file:///etc/passwd', 'javascript:alert(1)', 'https://example.org/\u001b]52;c;x']) {
		t.is((await links.open(target)).type, 'failed', target);
	}

	t.deepEqual(started, []);
});

test('without a desktop, or where its program fails, a link is copied', async t => {
	const bare = opener({});
	t.deepEqual(await bare.links.open('https://example.org/'), {type: 'copied'});
	t.deepEqual(bare.copied, ['https://example.org/']);
	const broken = opener(desktop, 'it ended with status 3');
	t.deepEqual(await broken.links.open('https://example.org/'), {type: 'copied'});
});

test('a program that is not there is told of', async t => {
	const start = createStartProgram(createManualClock(evening));
	t.regex((await start(['xmppc-no-such-program', 'https://example.org/'])) ?? '', /ENOENT/);
	t.is(await start(['true', 'https://example.org/']), undefined);
	t.regex((await start(['false', 'https://example.org/'])) ?? '', /status 1/);
});
