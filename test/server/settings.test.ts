/** The built program: settings that are changed from the shell, by a front end and with an editor, while it runs. */
import {mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {startStaying} from '../support/peers/staying.js';
import {makeXmppc} from '../support/peers/xmppc.js';

test('a client that runs takes what a command, a front end and an editor write', async t => {
	const xmppc = makeXmppc();
	t.teardown(xmppc.remove);
	const {environment} = xmppc.home;
	const folder = path.join(
		environment.XDG_CONFIG_HOME ?? path.join(environment.HOME ?? '', '.config'),
		'xmppc',
		'default',
	);
	const file = path.join(folder, 'settings.json');
	mkdirSync(folder, {recursive: true, mode: 0o700});
	const accounts = [{jid: 'juliet@example.org', enabled: false, secrets: 'key-file'}];
	const edit = (settings: object) => {
		writeFileSync(`${file}.new`, JSON.stringify({accounts, ...settings}));
		renameSync(`${file}.new`, file);
	};
	const content = () => JSON.parse(readFileSync(file, 'utf8'));
	edit({'away.after': 5});

	const daemon = startStaying(xmppc, ['daemon']);
	t.teardown(() => daemon.end('SIGKILL'));
	await daemon.says(/serves the profile/);
	const follower = startStaying(xmppc, ['--plain']);
	t.teardown(() => follower.end('SIGKILL'));
	await follower.says(/Following/);

	t.like(await xmppc.run(['set', 'away.after', '7']), {status: 0, output: '', errors: ''});
	t.is((await xmppc.run(['set', 'away.after'])).output, '7\n');
	follower.type('/set highlight.words +release');
	await follower.says(/highlight\.words is now release\./);
	t.deepEqual(content(), {accounts, 'away.after': 7, 'highlight.words': ['release']});

	edit({'away.after': 70_000});
	await daemon.says(/error: In [^\n]*, line 1: away\.after must be a whole number from 0 to 1440\./);
	t.is((await xmppc.run(['set', 'away.after', '8'])).status, 78);
	t.is(content()['away.after'], 70_000, 'a file that is not valid is not written to');
	edit({'away.after': 9});
	await daemon.says(/The settings were read again: highlight\.words, away\.after\./);
	follower.type('/set highlight.words +lunch');
	await follower.says(/highlight\.words is now lunch\./);
	t.deepEqual(content(), {accounts, 'away.after': 9, 'highlight.words': ['lunch']});

	t.is(await daemon.end('SIGTERM'), 0);
	t.like(await xmppc.run(['set', 'highlight.words', 'default']), {status: 0, output: '', errors: ''});
	t.deepEqual(content(), {accounts, 'away.after': 9});
});
