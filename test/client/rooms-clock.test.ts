/**
 * A room without an archive repeats what was said while nobody was there (XEP-0045 §7.2.14), by its own clock. Ours may be
 * wrong, and may be set right meanwhile.
 */
import test, {type ExecutionContext} from 'ava';
import {den, inside, presence, said, self, words} from './room-scene.js';
import {juliet, type Scene, settled} from './scene.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

type Said = {readonly body: string; readonly at: number; readonly hasId: boolean};
type Asked = {readonly most: number; readonly seconds: number};

const spokenAs = ({body, hasId}: Said, more = '') =>
	hasId ? said(body, {more}) : said(body, {more}).replace(/ id='[^']*'/, '');

/** What a room repeats that keeps its word: those of the last seconds by its own clock, the newest at most. */
function repeated(history: readonly Said[], {most, seconds}: Asked, now: number): readonly string[] {
	return history
		.filter(({at}) => at >= now - seconds * 1000)
		.slice(-most)
		.map(each =>
			spokenAs(each, `<delay xmlns='urn:xmpp:delay' from='${den}' stamp='${new Date(each.at).toISOString()}'/>`),
		);
}

function lastAsked({server}: Scene): Asked {
	const [entrance = ''] = server.written.filter(text => text.includes('<history')).slice(-1);
	const number = (name: string) =>
		Number(new RegExp(`<history[^>]* ${name}="(\\d+)"`).exec(entrance)?.[1] ?? 'Infinity');
	return {most: number('maxstanzas'), seconds: number('seconds')};
}

/** Juliet in the den, whose clock is right; hers is off by so much. */
async function withClockOff(t: ExecutionContext, offset: number) {
	const it = await inside(t, {features: []});
	const history: Said[] = [];
	let difference = offset;
	const now = () => it.clock.now() - difference;
	const subject = `<message type='groupchat' from='${den}/romeo'><subject/></message>`;
	await it.server.bring(subject);
	const note = (body: string, hasId: boolean) => {
		it.clock.advance(minute);
		const each = {body, at: now(), hasId};
		history.push(each);
		return each;
	};
	return {
		...it,
		/** Somebody says something that Juliet hears at once. */
		hear: (body: string, hasId = true) => it.server.bring(spokenAs(note(body, hasId))),
		miss: (body: string, hasId = true) => void note(body, hasId),
		leave: () => it.actions.disconnect({account: juliet}),
		/** Somebody puts Juliet's clock forward, or back. */
		setClock(by: number) {
			it.clock.sleep(by);
			difference += by;
		},
		async comeBack() {
			await it.actions.connect({account: juliet});
			await settled();
			await settled();
			await it.server.bring(presence('romeo'), self(), ...repeated(history, lastAsked(it), now()), subject);
			await settled();
		},
		/** What came while she was away and was told as new. */
		news: () =>
			it.saw
				.all('message.recorded')
				.filter(({past}) => past !== true)
				.map(({message}) => message.body),
	};
}

for (const [what, offset] of [
	['is right', 0],
	['is a day ahead', day],
	['is a day behind', -day],
	['is a week ahead', 7 * day],
	['is a week behind', -7 * day],
] as const) {
	test(`where our clock ${what}, a room tells all that was missed, once, in its order and as news`, async t => {
		const it = await withClockOff(t, offset);
		await it.hear('one');
		await it.hear('two');
		await it.leave();
		it.miss('three');
		it.clock.advance(5 * hour);
		it.miss('four');
		await it.comeBack();
		t.deepEqual(words(it), ['one', 'two', 'three', 'four']);
		t.deepEqual(it.news(), ['one', 'two', 'three', 'four']);
		await it.hear('five');
		await it.leave();
		it.miss('six');
		await it.comeBack();
		t.deepEqual(words(it), ['one', 'two', 'three', 'four', 'five', 'six']);
	});
}

for (const [what, by] of [
	['a day ahead', day],
	['a day behind', -day],
] as const) {
	test(`where our clock is set ${what} of what it was, nothing is lost and nothing told twice`, async t => {
		const it = await withClockOff(t, 0);
		await it.hear('one');
		await it.hear('two');
		await it.leave();
		it.miss('three');
		it.setClock(by);
		it.miss('four');
		await it.comeBack();
		t.deepEqual([...words(it)].sort(), ['four', 'one', 'three', 'two']);
		t.deepEqual(it.news(), ['one', 'two', 'three', 'four']);
	});

	test(`where our clock was ${what} and is set right, nothing is lost and nothing told twice`, async t => {
		const it = await withClockOff(t, by);
		await it.hear('one');
		await it.leave();
		it.miss('two');
		it.setClock(-by);
		it.miss('three');
		await it.comeBack();
		t.deepEqual([...words(it)].sort(), ['one', 'three', 'two']);
		t.deepEqual(it.news(), ['one', 'two', 'three']);
	});
}

test('what was said without an id is known again where our clock is a day behind', async t => {
	const it = await withClockOff(t, -day);
	await it.hear('yes', false);
	await it.leave();
	it.miss('no', false);
	await it.comeBack();
	t.deepEqual(words(it), ['yes', 'no']);
});

test('and where it is a day ahead, behind something that has one', async t => {
	const it = await withClockOff(t, day);
	await it.hear('with an id');
	await it.hear('yes', false);
	await it.leave();
	it.miss('no', false);
	await it.comeBack();
	t.deepEqual(words(it), ['with an id', 'yes', 'no']);
});

test('who says the same twice without an id is heard twice where the clocks agree', async t => {
	const it = await withClockOff(t, 0);
	await it.hear('yes', false);
	await it.leave();
	it.clock.advance(hour);
	it.miss('yes', false);
	await it.comeBack();
	t.deepEqual(words(it), ['yes', 'yes']);
});
