import {mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {diskError} from '../../source/media/disk-problems.js';
import {moveUnlessTaken} from '../../source/media/part-file.js';

const systemError = (code: string) => Object.assign(new Error(`${code}: /secret`), {code});

function directoryOf(t: ExecutionContext): string {
	const directory = mkdtempSync(path.join(tmpdir(), 'xmppc-part-'));
	t.teardown(() => rmSync(directory, {recursive: true, force: true}));
	writeFileSync(path.join(directory, 'from'), 'content');
	return directory;
}

for (const code of ['EPERM', 'ENOTSUP', 'ENOSYS', undefined]) {
	const link = code === undefined ? undefined : () => Promise.reject(systemError(code));
	const where = code === undefined ? 'with hard links' : `where links end with ${code}`;

	test(`a file gets its name ${where}`, async t => {
		const directory = directoryOf(t);
		const to = path.join(directory, 'to');
		t.true(await moveUnlessTaken(path.join(directory, 'from'), to, link));
		t.is(readFileSync(to, 'utf8'), 'content');
		t.deepEqual(readdirSync(directory), ['to']);
	});

	test(`nothing is overwritten ${where}`, async t => {
		const directory = directoryOf(t);
		const [from, to, dangling] = ['from', 'to', 'dangling'].map(name => path.join(directory, name)) as [
			string,
			string,
			string,
		];
		writeFileSync(to, 'mine');
		symlinkSync(path.join(directory, 'elsewhere'), dangling);
		t.false(await moveUnlessTaken(from, to, link));
		t.false(await moveUnlessTaken(from, dangling, link));
		t.is(readFileSync(to, 'utf8'), 'mine');
		t.deepEqual(readdirSync(directory).sort(), ['dangling', 'from', 'to']);
	});
}

test('another failure of the disk is told', async t => {
	const directory = directoryOf(t);
	const failing = moveUnlessTaken(path.join(directory, 'from'), path.join(directory, 'to'), () =>
		Promise.reject(systemError('EIO')),
	);
	await t.throwsAsync(failing, {code: 'EIO'});
});

test('what the disk says no with is told in words, without the message of the system', t => {
	for (const [code, wanted] of [
		['ENOSPC', 'disk-full'],
		['EDQUOT', 'disk-full'],
		['EFBIG', 'disk-full'],
		['EACCES', 'no-permission'],
		['EROFS', 'read-only-storage'],
		['ENOENT', 'no-such-file'],
		['EIO', 'file-error'],
	] as const) {
		const error = diskError(systemError(code), 'write the file into', '/home/juliet');
		t.is(error.code, wanted);
		t.true((error.hint ?? '').length > 0);
		t.notRegex(error.message, /secret/);
		t.regex(error.message, /\/home\/juliet/);
	}
});
