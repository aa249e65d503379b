import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import test from 'ava';
import {changeSetting, createLiveSettings} from '../../source/client/live-settings.js';
import {defaultPreferences, type Preferences} from '../../source/model/settings.js';
import {openSettings} from '../../source/storage/settings.js';
import {juliet, temporaryProfile} from '../storage/temporary-profile.js';

async function liveSettings(t: Parameters<typeof temporaryProfile>[0]) {
	const file = openSettings(temporaryProfile(t));
	await file.update(settings => settings);
	const told: Preferences[] = [];
	return {file, told, settings: createLiveSettings(file, preferences => told.push(preferences))};
}

test('a changed setting is written, holds at once and is told', async t => {
	const {file, settings, told} = await liveSettings(t);
	await changeSetting(settings, {name: 'mouse', value: true});
	t.true(file.read().mouse);
	t.true(settings.current().mouse);
	t.deepEqual(told, [{...settings.preferences()}]);
	t.true(told[0]?.mouse);
});

test('without a value a setting gets its default back', async t => {
	const {file, settings} = await liveSettings(t);
	await changeSetting(settings, {name: 'theme', value: 'light'});
	await changeSetting(settings, {name: 'theme'});
	t.is(file.read().theme, defaultPreferences.theme);
	t.is(settings.preferences().theme, defaultPreferences.theme);
});

test('a value that a setting cannot have is refused, and nothing changes', async t => {
	const {file, settings, told} = await liveSettings(t);
	const error = await t.throwsAsync(changeSetting(settings, {name: 'list.width', value: 3}));
	t.like(error, {code: 'invalid-setting'});
	t.is(file.read()['list.width'], 24);
	t.deepEqual(told, []);
});

test('a file that was edited is read again, and what differs is answered and told', async t => {
	const {file, settings, told} = await liveSettings(t);
	writeFileSync(file.path, '{"theme": "light", "away.after": 5}');
	t.deepEqual(settings.reload(), ['theme', 'away.after']);
	t.is(told.length, 1);
	t.deepEqual(settings.reload(), []);
	t.is(told.length, 1);
});

test('a broken file keeps what held, and is not written to', async t => {
	const {file, settings, told} = await liveSettings(t);
	writeFileSync(file.path, '{"theme": ');
	t.throws(() => settings.reload(), {message: /line 1, column 11/});
	await t.throwsAsync(changeSetting(settings, {name: 'mouse', value: true}), {message: /not valid JSON/});
	t.is(settings.preferences().theme, defaultPreferences.theme);
	t.is(readFileSync(file.path, 'utf8'), '{"theme": ');
	t.deepEqual(told, []);
});

test('a file that is gone takes nothing with it, and is written whole again', async t => {
	const {file, settings, told} = await liveSettings(t);
	await settings.update(current => ({...current, accounts: [{jid: juliet, enabled: true, secrets: 'key-file'}]}));
	await changeSetting(settings, {name: 'theme', value: 'light'});
	rmSync(file.path);
	t.deepEqual(settings.reload(), []);
	await changeSetting(settings, {name: 'mouse', value: true});
	t.like(file.read(), {theme: 'light', mouse: true, accounts: [{jid: juliet}]});
	t.is(told.length, 2);
});
