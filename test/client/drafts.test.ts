import test from 'ava';
import {bufferId, consoleBuffer} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {profileWith} from './profile.js';
import {juliet, offlineScene, romeo, withRomeo} from './scene.js';

const day = 24 * 60 * 60_000;
const nurse = 'nurse@example.org' as BareJid;
const withNurse = bufferId(juliet, 'chat', nurse);

/** What is begun in each conversation when the program is started so many days after it was written. */
async function draftsAfter(
	t: Parameters<typeof profileWith>[0],
	days: number,
	{setting = 30, active = consoleBuffer, touched = 0} = {},
): Promise<readonly string[]> {
	const home = await profileWith(t, [{jid: juliet}], {'drafts.days': setting});
	const before = await offlineScene(t, home);
	for (const jid of [romeo, nurse]) {
		await before.actions.openBuffer({account: juliet, jid});
	}

	await before.actions.saveView({active, drafts: {[withRomeo]: 'But soft', [withNurse]: ''}});
	before.clock.advance(touched * day);
	await before.actions.saveView({drafts: {[withRomeo]: 'But soft', [withNurse]: 'Go'}});
	await before.stop();
	const after = await offlineScene(t, home);
	after.clock.advance((touched + days) * day);
	const {buffers} = await after.actions.snapshot({});
	return buffers.filter(({kind}) => kind === 'chat').map(({draft}) => draft);
}

test('what was begun and not touched for long is forgotten at the next start', async t => {
	t.deepEqual(await draftsAfter(t, 29), ['But soft', 'Go']);
	t.deepEqual(await draftsAfter(t, 31), ['', '']);
	t.deepEqual(await draftsAfter(t, 25, {touched: 10}), ['', 'Go']);
});

test('it stays where the person looks, and everywhere where they wish it', async t => {
	t.deepEqual(await draftsAfter(t, 365, {active: withRomeo}), ['But soft', '']);
	t.deepEqual(await draftsAfter(t, 3650, {setting: 0}), ['But soft', 'Go']);
});

test('while the program runs nothing is forgotten', async t => {
	const it = await offlineScene(t);
	await it.actions.openBuffer({account: juliet, jid: romeo});
	await it.actions.saveView({active: consoleBuffer, drafts: {[withRomeo]: 'But soft'}});
	await it.actions.snapshot({});
	it.clock.advance(100 * day);
	t.is((await it.actions.snapshot({})).buffers.find(({id}) => id === withRomeo)?.draft, 'But soft');
});
