import {readFileSync, statSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {openDebugLog} from '../../source/cli/debug-log.js';
import {isXmppcError} from '../../source/shared/errors.js';
import {createManualClock} from '../support/manual-clock.js';

test('the debug file is closed to others and has a line for each entry, harmless on a terminal', async t => {
	const folder = await mkdtemp(path.join(tmpdir(), 'xmppc-debug-'));
	t.teardown(() => rm(folder, {recursive: true}));
	const file = path.join(folder, 'debug.txt');
	const {log, close} = openDebugLog(file, createManualClock(0));
	log.xml('>', '<presence/>');
	log.note('resolver', 'two\nlines \u001B[2J');
	close();
	log.note('resolver', 'after the end');
	const lines = readFileSync(file, 'utf8').split('\n');
	t.is(lines[0], '1970-01-01T00:00:00.000Z > <presence/>');
	t.is(lines.length, 3);
	t.false(lines[1]?.includes('\u001B'));
	t.is(statSync(file).mode & 0o777, 0o600);
});

test('a debug file that cannot be written is a failure with a next step', t => {
	const error = t.throws(() => openDebugLog('/nowhere/debug.txt', createManualClock(0)));
	t.true(isXmppcError(error) && error.kind === 'storage' && error.hint !== undefined);
});
