/** XEP-0191 and XEP-0377. */
import test from 'ava';
import {blocking} from '../../source/extensions/blocking.js';
import {blockOf} from '../../source/model/blocking.js';
import type {BareJid, Jid} from '../../source/shared/jid.js';
import type {FakeServer} from '../client/fake-server.js';
import {here, juliet, romeo, settled} from '../client/scene.js';
import {type Attached, attached} from './attached.js';

const tybalt = 'tybalt@example.net' as BareJid;
const paris = 'paris@example.net' as BareJid;
const server = 'example.net' as BareJid;
const own = 'example.org' as BareJid;

const items = (jids: readonly string[]) => jids.map(jid => `<item jid='${jid}'/>`).join('');
const ableTo = (fake: FakeServer, jids: readonly string[] = [], ...more: readonly string[]) => {
	fake.accountFeatures = [...fake.accountFeatures, 'urn:xmpp:blocking', ...more];
	fake.answerWith('blocklist', `<blocklist xmlns='urn:xmpp:blocking'>${items(jids)}</blocklist>`);
};
const push = (name: 'block' | 'unblock', inside: string, from = '') =>
	`<iq type='set' id='p1' ${from} to='${here}'><${name} xmlns='urn:xmpp:blocking'>${inside}</${name}></iq>`;
const told = ({saw}: Attached) => saw.all('blocklist.changed').map(({blocked}) => blocked);
const asked = ({server: fake}: Attached, name: string) => fake.asked.filter(text => text.includes(`<${name} `));

async function ready(
	t: Parameters<typeof attached>[0],
	jids: readonly string[] = [],
	...more: readonly string[]
): Promise<Attached> {
	const it = await attached(t, fake => ableTo(fake, jids, ...more));
	await settled();
	return it;
}

test('where the server can block, whom it does is asked for and told', async t => {
	const it = await ready(t, [tybalt, 'evil.example', 'Tybalt@Example.Net']);
	t.deepEqual(told(it), [[tybalt, 'evil.example']]);
	t.deepEqual(it.live.use(blocking).known(), [tybalt, 'evil.example' as BareJid]);
	t.is(asked(it, 'blocklist').length, 1);
	t.regex(asked(it, 'blocklist')[0] ?? '', /^<iq type="get" id="[^"]+"><blocklist xmlns="urn:xmpp:blocking"\/>/);
});

test('a server that cannot is not asked; who wants to block hears so', async t => {
	const it = await attached(t);
	await settled();
	const {block, list, unblock, known, blockOf: covers} = it.live.use(blocking);
	t.like(await t.throwsAsync(block(tybalt)), {code: 'no-blocking', kind: 'unavailable'});
	t.like(await t.throwsAsync(list()), {code: 'no-blocking'});
	t.like(await t.throwsAsync(unblock()), {code: 'no-blocking'});
	t.is(known(), undefined);
	t.is(covers(tybalt), undefined);
	t.deepEqual([...asked(it, 'blocklist'), ...asked(it, 'block'), ...told(it)], []);
});

test('blocking and unblocking ask the server, and what it answers counts', async t => {
	const it = await ready(t);
	const {block, unblock} = it.live.use(blocking);
	await block(tybalt);
	t.regex(
		asked(it, 'block')[0] ?? '',
		/<block xmlns="urn:xmpp:blocking"><item[^>]* jid="tybalt@example\.net"\/><\/block>/,
	);
	t.deepEqual(told(it), [[], [tybalt]]);
	it.server.answerWith('blocklist', `<blocklist xmlns='urn:xmpp:blocking'>${items([tybalt, paris])}</blocklist>`);
	t.deepEqual(await unblock(tybalt), [tybalt]);
	t.deepEqual(told(it).at(-1), [paris]);
	it.server.answerWith(
		'block',
		"<error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
	);
	t.like(await t.throwsAsync(block(tybalt)), {code: 'stanza-not-allowed'});
	t.deepEqual(told(it).at(-1), [paris]);
});

test('everybody is unblocked at once, and nobody without need', async t => {
	const it = await ready(t, [tybalt, paris]);
	t.deepEqual(await it.live.use(blocking).unblock(), [tybalt, paris]);
	t.regex(asked(it, 'unblock')[0] ?? '', /<unblock xmlns="urn:xmpp:blocking"\/>/);
	t.deepEqual(told(it).at(-1), []);
	it.server.answerWith('blocklist', "<blocklist xmlns='urn:xmpp:blocking'/>");
	t.deepEqual(await it.live.use(blocking).unblock(), []);
	t.is(asked(it, 'unblock').length, 1);
});

test('whoever is not blocked is not unblocked; what keeps them away is named', async t => {
	const it = await ready(t, [server]);
	const {unblock} = it.live.use(blocking);
	t.like(await t.throwsAsync(unblock(tybalt)), {code: 'not-blocked', hint: '/unblock example.net ends that.'});
	t.like(await t.throwsAsync(unblock(romeo.replace('.net', '.com') as BareJid)), {code: 'not-blocked'});
	t.deepEqual(asked(it, 'unblock'), []);
});

for (const address of [juliet, here as Jid, own]) {
	test(`${address} is one’s own and not to be blocked`, async t => {
		const it = await ready(t);
		t.like(await t.throwsAsync(it.live.use(blocking).block(address)), {code: 'own-address', kind: 'usage'});
		t.deepEqual(asked(it, 'block'), []);
	});
}

test('what other devices do is pushed by the own account', async t => {
	const it = await ready(t);
	await it.server.bring(push('block', items([tybalt, paris])));
	await settled();
	t.deepEqual(told(it).at(-1), [tybalt, paris]);
	t.regex(it.server.asked.at(-1) ?? '', /<iq type="result" id="p1"/);
	await it.server.bring(push('unblock', items([tybalt]), `from='${juliet}'`));
	await settled();
	t.deepEqual(told(it).at(-1), [paris]);
	await it.server.bring(push('unblock', ''));
	await settled();
	t.deepEqual(told(it).at(-1), []);
});

for (const from of [tybalt, `${tybalt}/street`, own, here, `${juliet}/phone`]) {
	test(`a push from ${from} changes nothing and is refused`, async t => {
		const it = await ready(t, [paris]);
		const before = told(it).length;
		for (const stanza of [
			push('unblock', '', `from='${from}'`),
			push('unblock', items([paris]), `from='${from}'`),
			push('block', items([romeo]), `from='${from}'`),
		]) {
			await it.server.bring(stanza);
			await settled();
			t.regex(it.server.asked.at(-1) ?? '', /type="error" id="p1".*<service-unavailable/);
		}

		t.is(told(it).length, before);
		t.deepEqual(it.live.use(blocking).known(), [paris]);
	});
}

test('a push that names nobody who can be is refused: above all it does not unblock everybody', async t => {
	const it = await ready(t, [paris]);
	for (const stanza of [
		push('unblock', "<item jid='two words@example.net'/>"),
		push('unblock', '<item/>'),
		push('block', ''),
		push('block', "<item jid=''/>"),
	]) {
		await it.server.bring(stanza);
		await settled();
		t.regex(it.server.asked.at(-1) ?? '', /type="error" id="p1".*<bad-request/);
	}

	t.deepEqual(it.live.use(blocking).known(), [paris]);
});

test('a push that comes right behind the list is not undone by it', async t => {
	const it = await attached(t, fake => {
		ableTo(fake, [tybalt]);
		fake.unanswered.add('blocklist');
	});
	await settled();
	const id = /<iq type="get" id="([^"]+)"><blocklist/.exec(it.server.asked.join('\n'))?.[1];
	await it.server.bring(
		`<iq type='result' id='${id}'><blocklist xmlns='urn:xmpp:blocking'>${items([tybalt])}</blocklist></iq>`,
		push('block', items([paris])),
	);
	await settled();
	t.deepEqual(it.live.use(blocking).known(), [tybalt, paris]);
});

test('an answer that is no list is none', async t => {
	const it = await attached(t, fake => {
		ableTo(fake);
		fake.answerWith('blocklist', "<block xmlns='urn:xmpp:blocking'><item jid='romeo@example.net'/></block>");
	});
	await settled();
	t.is(it.live.use(blocking).known(), undefined);
	t.like(await t.throwsAsync(it.live.use(blocking).list()), {code: 'malformed-answer'});
	t.deepEqual(told(it), []);
});

test('a report goes with the block, to a server that takes reports', async t => {
	const it = await ready(t, [], 'urn:xmpp:reporting:1');
	await it.live.use(blocking).block(tybalt, {
		reason: 'spam',
		messages: [{id: 'a1', by: juliet}],
		text: 'He sells <swords> & worse',
	});
	t.regex(
		asked(it, 'block')[0] ?? '',
		/<item[^>]*><report xmlns="urn:xmpp:reporting:1" reason="urn:xmpp:reporting:spam"><stanza-id xmlns="urn:xmpp:sid:0" id="a1" by="juliet@example\.org"\/><text[^>]*>He sells &lt;swords&gt; &amp; worse<\/text><\/report><\/item>/,
	);
});

test('without a server that takes reports nobody is blocked in the place of being reported', async t => {
	const it = await ready(t);
	const refused = it.live.use(blocking).block(tybalt, {reason: 'abuse', messages: []});
	t.like(await t.throwsAsync(refused), {code: 'no-reports', hint: `/block ${tybalt} keeps them away without one.`});
	t.deepEqual(asked(it, 'block'), []);
});

test('whoever asks for a subscription and is blocked waits no more, and gets no answer', async t => {
	const it = await ready(t);
	await it.server.bring(`<presence from='${tybalt}' to='${juliet}' type='subscribe'/>`);
	const before = it.server.written.length;
	await it.server.bring(push('block', items([server])));
	await settled();
	t.is(it.saw.all('subscription.resolved').at(-1)?.jid, tybalt);
	t.deepEqual(it.live.requests(), []);
	t.is(it.server.written.length, before);
});

test('an address keeps out itself, all clients of an account, or all of a server', t => {
	const client = `${tybalt}/street` as Jid;
	const blocked = (...jids: readonly string[]) => jids as readonly Jid[];
	t.is(blockOf(blocked(tybalt), client), tybalt);
	t.is(blockOf(blocked(server), client), server);
	t.is(blockOf(blocked(server, client), client), client);
	t.is(blockOf(blocked('example.net/street'), client), 'example.net/street' as Jid);
	t.is(blockOf(blocked(client), tybalt), undefined);
	t.is(blockOf(blocked('example.net/street'), tybalt), undefined);
	t.is(blockOf(blocked('net', 'xample.net', 'sub.example.net'), tybalt), undefined);
});
