import {readFileSync, writeFileSync} from 'node:fs';
import test from 'ava';
import type {AccountSettings} from '../../source/model/account.js';
import {consoleBuffer} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import type {SettingsStore} from '../../source/storage/ports.js';
import {profileWith} from './profile.js';
import {juliet, offlineScene, settled} from './scene.js';

const nurse = 'nurse@example.org' as BareJid;
const account = (jid: string, enabled = true) => ({jid, enabled, secrets: 'key-file'});

/** A client whose settings file somebody else writes. */
async function edited(t: Parameters<typeof profileWith>[0], accounts: readonly Partial<AccountSettings>[] = []) {
	const profile = await profileWith(t, [{jid: juliet, enabled: false, ...accounts[0]}], {});
	let changed = () => {};
	let watching = true;
	const settings: SettingsStore = {
		...profile.settings,
		watch(onChange) {
			changed = onChange;
			return () => {
				watching = false;
			};
		},
	};
	const scene = await offlineScene(t, {...profile, settings});
	await scene.start();
	return {
		scene,
		path: settings.path,
		isWatching: () => watching,
		write(text: string | object) {
			writeFileSync(settings.path, typeof text === 'string' ? text : JSON.stringify(text));
			changed();
		},
		notices: () => scene.saw.all('notice').filter(({buffer}) => buffer === consoleBuffer),
	};
}

test('an edited file holds at once, and the console says what is different', async t => {
	const it = await edited(t);
	it.write({accounts: [account(juliet, false)], theme: 'light', mouse: true});
	t.is(it.scene.saw.all('preferences.changed').at(-1)?.preferences.theme, 'light');
	t.is((await it.scene.actions.snapshot({})).preferences?.theme, 'light');
	t.like(it.notices(), [{level: 'info', text: 'The settings were read again: theme, mouse.'}]);
});

test('a broken file keeps what was set and is told once, until it is another', async t => {
	const it = await edited(t);
	it.write('{"theme": "light"');
	it.write('{"theme": "light"');
	t.is(it.notices().length, 1);
	t.like(it.notices()[0], {level: 'error', hint: 'What was set before stays until that is corrected.'});
	t.regex(it.notices()[0]?.text ?? '', /settings\.json is not valid JSON at line 1, column 18\.$/);
	it.write('{"them": "light"}');
	t.regex(it.notices()[1]?.text ?? '', /did you mean theme\?$/);
	t.deepEqual(it.scene.saw.all('preferences.changed'), []);
	await t.throwsAsync(it.scene.actions.reloadSettings({}), {message: /did you mean theme/});
});

test('an account that was written into the file is there, and connects when it is enabled', async t => {
	const it = await edited(t);
	it.write({accounts: [account(juliet, false), account(nurse)]});
	t.deepEqual(
		(await it.scene.actions.listAccounts({})).map(({jid}) => jid),
		[juliet, nurse],
	);
	t.like(it.notices(), [{text: `${nurse} was added in the settings file.`}]);
	t.true(it.scene.saw.all('account.changed').some(({account: {jid, status}}) => jid === nurse && status !== 'offline'));
	t.false(
		it.scene.saw.all('account.changed').some(({account: {jid, status}}) => jid === juliet && status !== 'offline'),
	);
});

test('an account that was written into the file a moment before the program writes it is not overlooked', async t => {
	const it = await edited(t);
	writeFileSync(it.path, JSON.stringify({accounts: [account(juliet, false), account(nurse)]}));
	await it.scene.actions.changeSetting({name: 'mouse', value: true});
	t.is((await it.scene.actions.listAccounts({})).length, 2);
	t.like(it.notices(), [{text: `${nurse} was added in the settings file.`}]);
	t.like(JSON.parse(readFileSync(it.path, 'utf8')), {accounts: [{jid: juliet}, {jid: nurse}], mouse: true});
});

test('an account that is enabled in the file connects, one that is disabled goes offline', async t => {
	const it = await edited(t);
	it.write({accounts: [account(juliet)]});
	t.like(it.notices(), [{text: `${juliet} was enabled in the settings file.`}]);
	t.true((await it.scene.actions.listAccounts({}))[0]?.enabled);
	t.true(it.scene.saw.all('account.changed').some(({account: {status}}) => status === 'connecting'));
	it.write({accounts: [account(juliet, false)]});
	await settled();
	t.is((await it.scene.actions.listAccounts({}))[0]?.status, 'offline');
});

test('an account that is no longer in the file stays with its password until the next start', async t => {
	const it = await edited(t);
	it.write({});
	t.regex(it.notices()[0]?.text ?? '', /goes offline; it is gone at the next start/);
	t.is((await it.scene.actions.listAccounts({})).length, 1);
});

test('what the program itself writes is no news', async t => {
	const it = await edited(t);
	await it.scene.actions.changeSetting({name: 'mouse', value: true});
	it.write({accounts: [account(juliet, false)], mouse: true});
	t.deepEqual(it.notices(), []);
	t.is(it.scene.saw.all('preferences.changed').length, 1);
});

test('nothing is watched any more once the client has stopped', async t => {
	const it = await edited(t);
	t.true(it.isWatching());
	await it.scene.stop();
	t.false(it.isWatching());
});

test('a client that runs notices by itself that the file was edited', async t => {
	const profile = await profileWith(t, []);
	const {start, stop, saw} = await offlineScene(t, profile);
	await start();
	writeFileSync(profile.settings.path, '{"highlight.words": ["release"]}');
	const {preferences} = await saw.until('preferences.changed');
	t.deepEqual(preferences['highlight.words'], ['release']);
	await stop();
});
