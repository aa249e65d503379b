/** Servers that lack or refuse something: named once, survived. */
import test from 'ava';
import {after, connect, deliver, idle, keep, leave, lines, stored} from './archive-scene.js';
import {juliet, offlineScene, romeo, type Scene, settled} from './scene.js';

const refusal = "<error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
const warnings = (it: Scene) => it.saw.all('notice').flatMap(({level, text}) => (level === 'warning' ? [text] : []));
const send = (it: Scene, body: string) => it.actions.sendMessage({account: juliet, to: romeo, body});

test('a server that has everything is not talked about', async t => {
	const it = await offlineScene(t);
	await connect(it);
	t.deepEqual(warnings(it), []);
});

const lacks: Readonly<Record<string, {readonly lose: (it: Scene) => void; readonly says: RegExp}>> = {
	carbons: {
		lose: it => it.server.answerWith('enable', refusal),
		says: /does not copy messages to all devices: what you write and get on others appears here at the next login only/,
	},
	'an archive': {
		lose: it => {
			it.server.accountFeatures = [];
		},
		says: /keeps no archive: what you write and get on other devices while this one is offline does not appear here/,
	},
	'an archive that is switched on': {
		lose: it => {
			it.server.archive.policy = 'never';
		},
		says: /The archive of juliet@example\.org is switched off/,
	},
	acknowledgements: {
		lose: it => {
			it.server.features = {...it.server.features, streamManagement: false};
		},
		says: /does not count what it gets: xmppc asks about each message instead/,
	},
};

for (const [what, {lose, says}] of Object.entries(lacks)) {
	test(`a server without ${what} is named once, over logins and restarts, and everything else works`, async t => {
		const it = await offlineScene(t);
		lose(it);
		await connect(it);
		t.is(warnings(it).length, 1);
		t.regex(warnings(it)[0] ?? '', says);
		t.truthy(it.saw.all('notice').find(({level}) => level === 'warning')?.hint);
		await deliver(it, {n: 'hello'});
		t.is((await send(it, 'hi')).state, 'written');
		it.server.acknowledge();
		await leave(it);
		await connect(it);
		t.is(warnings(it).length, 1);
		t.deepEqual(stored(it), ['hello', 'hi']);

		const next = await offlineScene(t, it);
		lose(next);
		await connect(next);
		t.deepEqual(warnings(next), []);
	});
}

test('several things that are missing are told of one by one', async t => {
	const it = await offlineScene(t);
	for (const {lose} of Object.values(lacks)) {
		lose(it);
	}

	await connect(it);
	// Without an archive there is none to be switched on, and nothing comes from it at the next login.
	t.is(warnings(it).length, 3);
	t.regex(warnings(it)[0] ?? '', /what you write and get on others does not appear here/);
});

test('what the server had in between is news when it is missing again', async t => {
	const it = await offlineScene(t);
	it.server.accountFeatures = [];
	await connect(it);
	await leave(it);
	it.server.accountFeatures = ['urn:xmpp:mam:2', 'urn:xmpp:sid:0'];
	await connect(it);
	await leave(it);
	it.server.accountFeatures = [];
	await connect(it);
	t.is(warnings(it).filter(text => text.includes('no archive')).length, 2);
});

test('a server that does not say what it has is not said to lack it', async t => {
	const it = await offlineScene(t);
	it.server.answerWith('query', refusal);
	it.server.answerWith('prefs', refusal);
	await connect(it);
	t.false(warnings(it).some(text => text.includes('archive')));
});

test('an archive that refuses to be read is named, and nothing uncertain is written again on its word', async t => {
	const it = await after(t, lines(1));
	await connect(it);
	const {key} = await send(it, 'first');
	it.server.drop();
	keep(it, {n: 'missed'});
	it.server.archive.refusal = refusal;
	await connect(it);
	t.true(warnings(it).some(text => /The archive of juliet@example\.org could not be read/.test(text)));
	t.is(it.storage.messages.get(key)?.state, 'uncertain');
	t.deepEqual(
		it.server.written.filter(text => text.includes('<body>')),
		[],
	);
	t.is((await send(it, 'second')).state, 'written');
	it.server.acknowledge();
	await settled();

	// It thinks better of it.
	it.server.archive.refusal = undefined;
	it.clock.advance(30_000);
	await idle(it);
	t.true(stored(it).includes('missed'));
	t.is(it.storage.messages.get(key)?.state, 'written');
});

test('an archive that is switched off can be switched on, and the exceptions stay', async t => {
	const it = await offlineScene(t);
	it.server.archive.policy = 'never';
	it.server.archive.never = [romeo];
	await connect(it);
	t.deepEqual(await it.actions.archivePolicy({account: juliet}), {policy: 'never'});
	t.deepEqual(await it.actions.archivePolicy({account: juliet, choose: 'always'}), {policy: 'always'});
	t.true(
		it.server.asked.some(text =>
			text.includes(
				`<prefs xmlns="urn:xmpp:mam:2" default="always"><always/><never><jid>${romeo}</jid></never></prefs>`,
			),
		),
	);
	await leave(it);
	await connect(it);
	t.is(warnings(it).length, 1);
});

test('a server that lets nobody choose says so', async t => {
	const it = await offlineScene(t);
	it.server.answerWith('prefs', refusal);
	await connect(it);
	t.deepEqual(await it.actions.archivePolicy({account: juliet}), {});
	await t.throwsAsync(it.actions.archivePolicy({account: juliet, choose: 'always'}), {code: 'stanza-not-allowed'});
});
