import test from 'ava';
import {defaultPreferences, type SettingName} from '../../source/model/settings.js';
import {createTypist} from './typist.js';

test('what the snapshot says is preferred holds in the State', async t => {
	const preferences = {...defaultPreferences, theme: 'light'};
	const {app} = await createTypist({preferences});
	t.is(app.state().preferences.theme, 'light');
});

test('a change of a setting is heard once by whoever it concerns, with what was before', async t => {
	const {app, backend} = await createTypist({});
	const heard: string[] = [];
	const listen = (name: SettingName) =>
		app.preferred([name], (now, before) => heard.push(`${name}: ${before[name]} → ${now[name]}`));
	listen('mouse');
	const leave = listen('theme');
	listen('highlight.words');

	await backend.actions.changeSetting({name: 'mouse', value: true});
	await backend.actions.changeSetting({name: 'theme', value: 'light'});
	leave();
	await backend.actions.changeSetting({name: 'theme'});
	backend.emit({type: 'preferences.changed', preferences: {...defaultPreferences, mouse: true, 'highlight.words': []}});
	t.deepEqual(heard, ['mouse: false → true', 'theme: dark → light']);
});
