import {mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {openSettings} from '../../source/storage/settings.js';
import {temporaryProfile} from './temporary-profile.js';

/** Waits for as long as the system takes to tell; the tests have a time limit of their own. */
function watched(t: ExecutionContext, prepare: (path: string) => void = () => {}) {
	const directories = temporaryProfile(t);
	// What a burst of changes is gathered for is of no interest here.
	const clock = {
		now: () => 0,
		monotonic: () => 0,
		after(_: number, task: () => void) {
			const immediate = setImmediate(task);
			return () => clearImmediate(immediate);
		},
	};
	const settings = openSettings(directories, {clock});
	mkdirSync(directories.config, {recursive: true, mode: 0o700});
	prepare(settings.path);
	let waiting: (() => void) | undefined;
	let changes = 0;
	const dispose = settings.watch(
		() => {
			changes++;
			waiting?.();
		},
		reason => t.fail(reason),
	);
	t.teardown(dispose);
	return {
		settings,
		dispose,
		changes: () => changes,
		/** Resolves at a change that leaves the file so that this holds. */
		async until(holds: () => boolean) {
			while (!holds()) {
				await new Promise<void>(resolve => {
					waiting = resolve;
				});
			}
		},
	};
}

test('a file that is written in place is noticed', async t => {
	const {settings, until} = watched(t, path => writeFileSync(path, '{}'));
	writeFileSync(settings.path, '{"theme": "light"}');
	await until(() => settings.read().theme === 'light');
	t.pass();
});

test('a file that an editor puts in the place of the old one is noticed, as often as it does so', async t => {
	const {settings, until, changes} = watched(t, path => writeFileSync(path, '{}'));
	for (const theme of ['light', 'monochrome']) {
		const before = changes();
		writeFileSync(`${settings.path}.swp`, JSON.stringify({theme}));
		renameSync(`${settings.path}.swp`, settings.path);
		await until(() => changes() > before && settings.read().theme === theme);
	}

	t.pass();
});

test('a file that is the first one is noticed', async t => {
	const {settings, until, changes} = watched(t);
	writeFileSync(settings.path, '{"mouse": true}');
	await until(() => changes() > 0 && settings.read().mouse);
	t.pass();
});

test('a file elsewhere that a link leads to is noticed', async t => {
	let target = '';
	const {settings, until} = watched(t, path => {
		const folder = join(dirname(path), 'dotfiles');
		mkdirSync(folder);
		target = join(folder, 'xmppc.json');
		writeFileSync(target, '{}');
		symlinkSync(target, path);
	});
	writeFileSync(target, '{"theme": "light"}');
	await until(() => settings.read().theme === 'light');
	t.pass();
});

test('a directory that cannot be had is told, not thrown', t => {
	const directories = temporaryProfile(t);
	writeFileSync(dirname(dirname(directories.config)), '');
	const reasons: string[] = [];
	openSettings(directories).watch(
		() => {},
		reason => reasons.push(reason),
	)();
	t.is(reasons.length, 1);
});

test('a link that leads nowhere is told, not thrown', t => {
	const directories = temporaryProfile(t);
	const settings = openSettings(directories);
	mkdirSync(directories.config, {recursive: true, mode: 0o700});
	symlinkSync(join(directories.config, 'loop.json'), settings.path);
	symlinkSync(settings.path, join(directories.config, 'loop.json'));
	const reasons: string[] = [];
	settings.watch(
		() => {},
		reason => reasons.push(reason),
	)();
	t.is(reasons.length, 1);
	rmSync(settings.path);
});
