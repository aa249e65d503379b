import test from 'ava';
import {createAutoAway} from '../../source/client/auto-away.js';
import type {AccountSettings} from '../../source/model/account.js';
import {createManualClock} from '../support/manual-clock.js';
import {profileWith} from './profile.js';
import {juliet, offlineScene, scene} from './scene.js';

const minute = 60_000;

function watched(minutes: number) {
	const clock = createManualClock(1_000_000);
	const told: Array<number | undefined> = [];
	const wish = {minutes};
	const autoAway = createAutoAway({clock, minutes: () => wish.minutes, changed: since => told.push(since)});
	return {clock, told, wish, ...autoAway};
}

test('a person is away once no key was touched for as long as they wish, and back with the first one', t => {
	const {clock, told, arrive} = watched(5);
	const {idle} = arrive();
	clock.advance(minute);
	const since = clock.now() - minute;
	idle(since);
	clock.advance(4 * minute - 1);
	t.deepEqual(told, []);
	clock.advance(1);
	t.deepEqual(told, [since]);
	idle();
	t.deepEqual(told, [since, undefined]);
	clock.advance(60 * minute);
	t.is(told.length, 2);
});

test('a key in time keeps them there', t => {
	const {clock, told, arrive} = watched(5);
	const {idle} = arrive();
	idle(clock.now());
	clock.advance(4 * minute);
	idle();
	clock.advance(4 * minute);
	t.deepEqual(told, []);
});

test('they are away only when all of their front ends are idle, since the last key', t => {
	const {clock, told, arrive} = watched(5);
	const [one, other] = [arrive(), arrive()];
	one.idle(clock.now());
	clock.advance(10 * minute);
	t.deepEqual(told, []);
	const since = clock.now();
	other.idle(since);
	clock.advance(5 * minute);
	t.deepEqual(told, [since]);
	const third = arrive();
	t.deepEqual(told, [since, undefined]);
	third.leave();
	clock.advance(5 * minute);
	t.is(told.at(-1), since + 5 * minute);
});

test('the minutes count from when the last front end went', t => {
	const {clock, told, arrive} = watched(5);
	const {leave, idle} = arrive();
	leave();
	idle();
	leave();
	const since = clock.now();
	clock.advance(5 * minute - 1);
	t.deepEqual(told, []);
	clock.advance(1);
	t.deepEqual(told, [since]);
});

test('another wish holds at once: never, or sooner', t => {
	const {clock, told, wish, arrive, reconsider} = watched(0);
	arrive().idle(clock.now());
	const since = clock.now();
	clock.advance(60 * minute);
	t.deepEqual(told, []);
	wish.minutes = 10;
	reconsider();
	t.deepEqual(told, [since]);
	wish.minutes = 0;
	reconsider();
	t.deepEqual(told, [since, undefined]);
});

const presences = ({server}: Awaited<ReturnType<typeof scene>>) =>
	server.written.filter(text => text.startsWith('<presence')).map(text => text.replace(/<c .*?\/>/, ''));
const isoOf = (milliseconds: number) => new Date(milliseconds).toISOString().replace('.000Z', 'Z');

test('contacts see that the person is away, with the text and since when, and that they are back', async t => {
	const it = await scene(t);
	await it.actions.changeSetting({name: 'away.after', value: 10});
	await it.actions.changeSetting({name: 'away.text', value: 'at lunch'});
	const since = Math.floor(it.clock.now() / 1000) * 1000;
	await it.actions.setIdle({since});
	it.clock.advance(11 * minute);
	t.is(
		presences(it).at(-1),
		`<presence><show>away</show><status>at lunch</status><idle xmlns="urn:xmpp:idle:1" since="${isoOf(since)}"/></presence>`,
	);
	t.like(it.saw.all('account.changed').at(-1)?.account, {availability: 'away', statusText: 'at lunch'});
	await it.actions.setIdle({});
	t.is(presences(it).at(-1), '<presence></presence>');
	t.is(it.saw.all('account.changed').at(-1)?.account.availability, 'available');
});

for (const availability of ['dnd', 'away', 'xa'] as const) {
	test(`what the person chose is left alone: ${availability}`, async t => {
		const it = await scene(t);
		await it.actions.changeSetting({name: 'away.after', value: 1});
		await it.actions.setPresence({availability, statusText: 'busy'});
		const before = presences(it).length;
		await it.actions.setIdle({since: it.clock.now()});
		it.clock.advance(2 * minute);
		await it.actions.setIdle({});
		t.is(presences(it).length, before);
	});
}

test('a presence that is chosen meanwhile holds, until the person was back', async t => {
	const it = await scene(t);
	await it.actions.changeSetting({name: 'away.after', value: 1});
	await it.actions.setIdle({since: it.clock.now()});
	it.clock.advance(minute);
	await it.actions.setPresence({availability: 'available', statusText: 'here'});
	t.is(presences(it).at(-1), '<presence><status>here</status></presence>');
	it.clock.advance(10 * minute);
	t.is(presences(it).at(-1), '<presence><status>here</status></presence>');
	await it.actions.setIdle({});
	await it.actions.setIdle({since: it.clock.now()});
	it.clock.advance(minute);
	t.regex(presences(it).at(-1) ?? '', /^<presence><show>away<\/show><status>here<\/status><idle /);
});

test('an account that connects while the person is away says so from the beginning', async t => {
	const account: Partial<AccountSettings> & Pick<AccountSettings, 'jid'> = {jid: juliet, enabled: false};
	const it = await offlineScene(t, await profileWith(t, [account]));
	await it.actions.changeSetting({name: 'away.after', value: 1});
	await it.actions.setIdle({since: it.clock.now()});
	it.clock.advance(minute);
	await it.actions.connect({account: juliet});
	t.regex(presences(it)[0] ?? '', /^<presence><show>away<\/show>.*<idle /);
});

test('another front end that is used keeps the person here', async t => {
	const it = await scene(t);
	await it.actions.changeSetting({name: 'away.after', value: 1});
	const other = it.arrive();
	await it.actions.setIdle({since: it.clock.now()});
	const before = presences(it).length;
	it.clock.advance(10 * minute);
	t.is(presences(it).length, before);
	other.leave();
	it.clock.advance(minute);
	t.regex(presences(it).at(-1) ?? '', /<idle /);
});
