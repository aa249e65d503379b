import test from 'ava';
import type {Snapshot} from '../../source/model/actions.js';
import {defaultPreferences, type SettingName} from '../../source/model/settings.js';
import {account, buffer, contact, evening, me, minutes, romeo, withRomeo} from './support.js';
import {createTypist, press} from './typist.js';

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
	t.deepEqual(heard, ['mouse: false → true', `theme: ${defaultPreferences.theme} → light`]);
});

const line = async (typist: Awaited<ReturnType<typeof createTypist>>, text: string) => {
	await typist.type(`${text}${press.enter}`);
	return `${typist.screen()}\n${typist.popup() ?? ''}`;
};

test('/set changes a setting at once and says what it is now', async t => {
	const typist = await createTypist({});
	t.true((await line(typist, '/set list.order activity')).includes('list.order is now activity.'));
	t.deepEqual(typist.backend.asked('changeSetting'), [{name: 'list.order', value: 'activity'}]);
	t.is(typist.app.state().preferences['list.order'], 'activity');
	t.true((await line(typist, '/unset list.order')).includes('list.order is fixed again, its default.'));
});

test('a wrong value leaves the line as it is and says what would do', async t => {
	const typist = await createTypist({});
	const shown = await line(typist, '/set list.width 3');
	t.true(shown.includes('> /set list.width 3'));
	t.true(shown.includes('list.width is a whole number from 12 to 60 (columns), not “3”.'));
});

test('/changes lists what is not at its default, and how to undo it', async t => {
	const typist = await createTypist({preferences: {...defaultPreferences, 'away.after': 5}});
	const shown = await line(typist, '/changes');
	t.regex(shown, /away\.after {2}5 {2}\(default: 0\)/);
	t.true(shown.includes('/unset away.after'));
	t.false(shown.includes('mouse'));
});

test('/set lists all settings; one of them is explained with what it can be', async t => {
	const typist = await createTypist({preferences: {...defaultPreferences, theme: 'light'}});
	t.regex(await line(typist, '/set'), /\* theme {2}light {2}\(default: /);
	await typist.type(press.escape);
	const one = await line(typist, '/set keys.mode');
	t.true(one.includes('now      emacs'));
	t.true(one.includes('vi: as in vi'));
});

test('/bind and /unbind say of the one key what it does now and what it did', async t => {
	const typist = await createTypist();
	t.true((await line(typist, '/bind F5 bufferNext')).includes('F5 is now: Next buffer.'));
	const taken = await line(typist, '/bind Alt+A bufferNext');
	t.true(taken.includes('Alt+A is now: Next buffer.'));
	t.true(taken.includes('It was: Next buffer with something unread.'));
	t.false(taken.includes('F5 →'));
	t.true((await line(typist, '/unbind F5')).includes('F5 means nothing now.'));
	t.true((await line(typist, '/unset keys')).includes('Alt+A is now: Next buffer with something unread.'));
});

test('an alias is made, used, and forgotten; one before a built-in command says so', async t => {
	const typist = await createTypist({accounts: [account()]});
	t.true((await line(typist, '/alias hi = /msg romeo@example.net Hello, $1!')).includes('/hi stands for'));
	await line(typist, '/hi you');
	t.like(typist.backend.asked('sendMessage')[0], {to: 'romeo@example.net', body: 'Hello, you!'});
	t.true((await line(typist, '/alias away = /status dnd $*')).includes('takes the place of the built-in /away'));
	await line(typist, '/away busy');
	t.like(typist.backend.asked('setPresence')[0], {availability: 'dnd', statusText: 'busy'});
	t.true((await line(typist, '/unalias away')).includes('/away is the built-in command again.'));
});

test('since when no key was touched is told after a minute, and the first key after that', async t => {
	const {backend, clock, type} = await createTypist({accounts: [account()]});
	await type('a');
	const touched = clock.now();
	clock.advance(60_000);
	const [idle, ...others] = backend.asked('setIdle') as ReadonlyArray<{readonly since: number}>;
	t.deepEqual(others, []);
	t.true(Math.abs((idle?.since ?? 0) - touched) < 1000);
	await type('b');
	await type('c');
	t.deepEqual(backend.asked('setIdle').slice(1), [{}]);
});

test('the line over the input says what an alias stands for, and /help as well', async t => {
	const typist = await createTypist({preferences: {...defaultPreferences, aliases: {hi: '/msg $1 Hello!'}}});
	await typist.type('/hi');
	t.true(typist.screen().includes('/hi  stands for /msg $1 Hello!'));
	t.true((await line(typist, '\u0015/help hi')).includes('/hi  /msg $1 Hello!'));
	await typist.type(press.escape);
	await line(typist, '/help');
	const page = typist.app.view().popup;
	t.like(page?.type === 'help' ? page.lines.slice(-2) : [], [{text: 'Your own'}, {text: '  /hi  /msg $1 Hello!'}]);
});

test('the bar over the messages and the list of contacts say since when a contact is idle', async t => {
	const snapshot: Partial<Snapshot> = {
		accounts: [account()],
		contacts: [contact(romeo)],
		buffers: [buffer(romeo)],
		presence: [
			{
				account: me,
				jid: romeo,
				resources: [
					{
						resource: 'orchard',
						availability: 'away',
						statusText: 'asleep',
						priority: 0,
						since: evening,
						idleSince: evening - 13 * minutes,
					},
				],
			},
		],
		active: withRomeo,
	};
	const typist = await createTypist(snapshot, {columns: 100, rows: 24});
	t.true(typist.row(0).includes('away – asleep (idle since 21:45)'));
	t.regex(await line(typist, '/contacts'), /away – asleep \(idle since [^)]*\d\d:45\)/);
});
