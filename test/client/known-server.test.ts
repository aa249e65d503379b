import test, {type ExecutionContext} from 'ava';
import {createServerKnowledge} from '../../source/client/known-server.js';
import {silentLog} from '../../source/shared/log.js';
import {temporaryStorage} from '../storage/temporary-profile.js';
import {createManualClock} from '../support/manual-clock.js';
import {connect, keep, leave, lines} from './archive-scene.js';
import {lost} from './fake-server.js';
import {profileWith} from './profile.js';
import {juliet, offlineScene, romeo, type Scene} from './scene.js';

const hour = 3_600_000;
const endpoint = {host: 'xmpp.example.org', port: 5223, directTls: true};
const offer = {
	mechanisms: ['SCRAM-SHA-1', 'SCRAM-SHA-256'],
	tokenMechanisms: ['HT-SHA-256-EXPR'],
	bind: ['urn:xmpp:carbons:2'],
	streamManagement: true,
	version: {scheme: 'opaque', value: 'x'},
};

async function knowledge(t: ExecutionContext) {
	const storage = await temporaryStorage(t);
	const clock = createManualClock();
	let writes = 0;
	const servers = {
		...storage.servers,
		rememberLoginFacts(...facts: Parameters<typeof storage.servers.rememberLoginFacts>) {
			writes++;
			storage.servers.rememberLoginFacts(...facts);
		},
	};
	const open = () => createServerKnowledge(juliet, {storage: {servers}, clock, log: silentLog});
	return {storage, clock, open, writes: () => writes};
}

test('what a login found out is there for the next one, each part for its time', async t => {
	const {clock, open} = await knowledge(t);
	open().save({endpoint, offer});
	open().noteArchive(true);
	t.deepEqual(open().read(), {endpoint, offer});
	clock.advance(24 * hour);
	t.deepEqual(open().read(), {offer}, 'DNS has a say every day');
	t.true(open().archiveKeepsEverything());
	clock.advance(24 * hour);
	t.false(open().archiveKeepsEverything());
	clock.advance(28 * 24 * hour);
	t.deepEqual(open().read(), {});
});

test('a part is forgotten alone, and an account without what others know', async t => {
	const {storage, open} = await knowledge(t);
	const it = open();
	it.save({endpoint, offer});
	it.forget('offer');
	t.deepEqual(it.read(), {endpoint});
	it.forget('endpoint');
	t.deepEqual(it.read(), {});
	it.save({offer});
	storage.servers.forget(juliet);
	t.deepEqual(it.read(), {});
});

test('an offer that led to nothing is not relied on again before the next day', async t => {
	const {clock, open} = await knowledge(t);
	const it = open();
	it.save({offer});
	it.forget('offer');
	it.save({offer});
	t.deepEqual(it.read(), {});
	clock.advance(24 * hour);
	it.save({offer});
	t.deepEqual(it.read(), {offer});
});

test('the disk is not written for what it has already', async t => {
	const {clock, open, writes} = await knowledge(t);
	const it = open();
	for (let login = 0; login < 5; login++) {
		it.save({offer});
		it.noteArchive(true);
		clock.advance(hour);
	}

	it.save({offer: {...offer, mechanisms: [...offer.mechanisms].reverse()}});
	t.is(writes(), 2);
	it.save({offer: {...offer, bind: []}});
	t.is(writes(), 3);
	clock.advance(10 * 24 * hour);
	it.save({offer: {...offer, bind: []}});
	t.is(writes(), 4, 'it would be too old soon');
});

test('what is stored and makes no sense, or comes from a clock that was wrong, is nothing', async t => {
	const {storage, clock, open} = await knowledge(t);
	const until = clock.now() + hour;
	const odd: readonly object[] = [
		[],
		{endpoint: 5, offer: null},
		{endpoint: {value: {host: 5, port: 1, directTls: true}, until}},
		{offer: {value: {...offer, mechanisms: 'all'}, until}, keepsEverything: {value: 'yes', until}},
		{endpoint: {value: endpoint, until: clock.now() + 48 * hour}},
		{endpoint: {value: endpoint}},
	];
	for (const facts of odd) {
		storage.servers.rememberLoginFacts(juliet, facts);
		t.deepEqual(open().read(), {});
		t.false(open().archiveKeepsEverything());
	}
});

// --- what it is for

const everything = "<prefs xmlns='urn:xmpp:mam:2' default='always'><always/><never/></prefs>";
const refusal = "<error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";

async function withBind2(t: ExecutionContext, preferences: string): Promise<Scene> {
	const it = await offlineScene(t);
	it.server.features = {...it.server.features, bind2: true};
	it.server.answerWith('prefs', preferences);
	keep(it, ...lines(3));
	await connect(it);
	return it;
}

test('Bind 2 is used once the archive is known to get everything, and was read', async t => {
	const it = await withBind2(t, everything);
	t.false(it.server.wanted?.sasl2?.bind, 'what waits at the server is thrown away by it');
	await leave(it);
	await connect(it);
	t.true(it.server.wanted?.sasl2?.bind);
});

test('Bind 2 is not used while nothing of the archive is on record, for what waits would be read as history', async t => {
	const it = await offlineScene(t);
	it.server.features = {...it.server.features, bind2: true};
	it.server.answerWith('prefs', everything);
	it.server.archive.stable = false;
	keep(it, ...lines(3));
	await connect(it);
	await leave(it);
	await connect(it);
	t.false(it.server.wanted?.sasl2?.bind);
});

for (const [what, preferences] of [
	['gets nothing', "<prefs xmlns='urn:xmpp:mam:2' default='never'><always/><never/></prefs>"],
	['gets what contacts write', "<prefs xmlns='urn:xmpp:mam:2' default='roster'/>"],
	[
		'does not get everything',
		`<prefs xmlns='urn:xmpp:mam:2' default='always'><never><jid>${romeo}</jid></never></prefs>`,
	],
	[
		'has exceptions of a kind unknown',
		"<prefs xmlns='urn:xmpp:mam:2' default='always'><never><jid>@@</jid></never></prefs>",
	],
	['may get anything', refusal],
	['answers nonsense', '<prefs xmlns="urn:xmpp:mam:2"/>'],
] as const) {
	test(`Bind 2 is not used with an archive that ${what}`, async t => {
		const it = await withBind2(t, preferences);
		await leave(it);
		await connect(it);
		t.false(it.server.wanted?.sasl2?.bind);
	});
}

test('an archive that stops to get everything is noticed in time for the next login', async t => {
	const it = await withBind2(t, everything);
	await leave(it);
	it.server.answerWith('prefs', "<prefs xmlns='urn:xmpp:mam:2' default='never'/>");
	await connect(it);
	await leave(it);
	await connect(it);
	t.false(it.server.wanted?.sasl2?.bind);
});

test('whoever chooses another policy here need not wait for the next login to be safe', async t => {
	const it = await withBind2(t, everything);
	await it.actions.archivePolicy({account: juliet, choose: 'roster'});
	await leave(it);
	await connect(it);
	t.false(it.server.wanted?.sasl2?.bind);
	await it.actions.archivePolicy({account: juliet, choose: 'always'});
	await leave(it);
	await connect(it);
	t.true(it.server.wanted?.sasl2?.bind);
});

test('carbons that came with the binding are not asked for again', async t => {
	const it = await offlineScene(t);
	it.server.features = {...it.server.features, carbonsEnabled: true};
	await connect(it);
	t.false(it.server.asked.some(text => text.includes('urn:xmpp:carbons:2')));
});

const secretsOf = ({secrets}: Pick<Scene, 'secrets'>) => secrets.forAccount({jid: juliet, secrets: 'key-file'});

/** Juliet, who has a login token. */
async function withToken(t: ExecutionContext): Promise<Scene> {
	const home = await profileWith(t, [{jid: juliet}]);
	const token = {mechanism: 'HT-SHA-256-NONE', secret: 'x'};
	await secretsOf(home).set(juliet, 'fast', JSON.stringify({userAgent: '5f1b8c1e-6a1d-4b0e-9d0a-0c5f2f8f4f11', token}));
	home.storage.servers.rememberLoginFacts(juliet, {});
	return offlineScene(t, home);
}

test('an account that is removed gives its token back, and takes what was known of its server along', async t => {
	const it = await withToken(t);
	await it.actions.removeAccount({account: juliet, history: false});
	t.true(it.server.wanted?.sasl2?.givesTokenBack);
	t.false(it.server.wanted?.sasl2?.bind);
	t.is(await secretsOf(it).get(juliet, 'fast'), undefined);
	t.is(it.storage.servers.loginFacts(juliet), undefined);
});

test('a server that cannot be reached does not keep an account from being removed', async t => {
	const it = await withToken(t);
	it.server.refuse(lost);
	await it.actions.removeAccount({account: juliet, history: false});
	t.is(it.server.logins, 0);
	t.is(await secretsOf(it).get(juliet, 'fast'), undefined);
});

test('an account without a token is removed without a word to its server', async t => {
	const it = await offlineScene(t);
	await it.actions.removeAccount({account: juliet, history: false});
	t.is(it.server.logins, 0);
});
