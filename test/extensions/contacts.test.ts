import test from 'ava';
import {presence} from '../../source/extensions/presence.js';
import {roster} from '../../source/extensions/roster.js';
import {subscription} from '../../source/extensions/subscription.js';
import type {BareJid} from '../../source/shared/jid.js';
import {here, juliet, romeo, settled} from '../client/scene.js';
import {type Attached, attached} from './attached.js';

const nurse = 'nurse@example.org' as BareJid;
const tybalt = 'tybalt@example.net' as BareJid;

const push = (items: string, from = '', ver = '2') =>
	`<iq type='set' id='p1' ${from} to='${here}'><query xmlns='jabber:iq:roster' ver='${ver}'>${items}</query></iq>`;

/** Brings a roster push and answers what we said to it. */
async function pushed(it: Attached, stanza: string): Promise<string> {
	const before = it.server.asked.length;
	await it.server.bring(stanza);
	await settled();
	return it.server.asked.slice(before).join('');
}

const stored = ({storage}: Attached) => storage.rosters.load(juliet);
const nurseItem = `<item jid='${nurse}' name='Nurse' subscription='from'><group>House</group><group>House</group></item>`;

// --- the roster

test('the roster is stored with its version and told', async t => {
	const it = await attached(t);
	t.deepEqual(stored(it), {
		version: '1',
		contacts: [
			{account: juliet, jid: romeo, name: 'Romeo', subscription: 'both', asking: false, approved: false, groups: []},
		],
	});
	t.deepEqual(it.saw.all('roster.loaded')[0]?.contacts, stored(it).contacts);
});

test('the stored version is asked for; without news the stored roster stays', async t => {
	const known = {
		account: juliet,
		jid: nurse,
		subscription: 'to',
		asking: false,
		approved: true,
		groups: ['House'],
	} as const;
	const it = await attached(t, (server, storage) => {
		storage.rosters.replace(juliet, 'v7', [known]);
		server.answerWith('query', '');
	});
	t.true(it.server.asked.some(text => text.includes('<query xmlns="jabber:iq:roster" ver="v7"/>')));
	t.deepEqual(stored(it), {version: 'v7', contacts: [known]});
	t.deepEqual(it.saw.all('roster.loaded')[0]?.contacts, [known]);
});

test('a server without versions is asked without one', async t => {
	const it = await attached(t, server => {
		server.features = {...server.features, rosterVersioning: false};
	});
	t.true(it.server.asked.some(text => text.includes('<query xmlns="jabber:iq:roster"/>')));
});

test('a push of the own account changes one contact, is stored, told and answered', async t => {
	const it = await attached(t);
	for (const from of ['', `from='${juliet}'`]) {
		t.regex(await pushed(it, push(nurseItem, from)), /<iq type="result" id="p1"/);
	}

	const contact = {
		account: juliet,
		jid: nurse,
		name: 'Nurse',
		subscription: 'from',
		asking: false,
		approved: false,
		groups: ['House'],
	};
	t.deepEqual(it.saw.all('contact.changed').at(-1)?.contact, contact);
	t.is(stored(it).version, '2');
	t.is(stored(it).contacts.length, 2);
});

test('a push may remove a contact', async t => {
	const it = await attached(t);
	await pushed(it, push(`<item jid='${romeo}' subscription='remove'/>`));
	t.is(it.saw.all('contact.removed')[0]?.jid, romeo);
	t.deepEqual(stored(it), {version: '2', contacts: []});
	t.false(it.live.use(roster).isSubscribed(romeo));
});

for (const from of [romeo, `${romeo}/orchard`, 'example.org', here, 'juliet@example.org/phone', tybalt]) {
	test(`a push from ${from} is refused and changes nothing`, async t => {
		const it = await attached(t);
		t.regex(
			await pushed(it, push(`<item jid='${tybalt}' subscription='both'/>`, `from='${from}'`)),
			/type="error" id="p1".*<service-unavailable/,
		);
		t.is(stored(it).version, '1');
		t.deepEqual(it.saw.all('contact.changed'), []);
	});
}

test('a push with no item, two, or a malformed one is refused', async t => {
	const it = await attached(t);
	for (const items of [
		'',
		nurseItem + nurseItem,
		"<item jid='a b@c'/>",
		`<item jid='${nurse}' subscription='maybe'/>`,
	]) {
		t.regex(await pushed(it, push(items)), /type="error".*<bad-request/);
	}

	t.is(stored(it).contacts.length, 1);
});

test('a push that comes right behind the roster is not undone by it', async t => {
	let late: (() => void) | undefined;
	const starting = attached(t, server => {
		late = server.hold();
		setImmediate(() => {
			void server.bring(push(nurseItem));
			late?.();
		});
	});
	const it = await starting;
	await settled();
	t.deepEqual(
		stored(it)
			.contacts.map(({jid}) => jid)
			.toSorted(),
		[nurse, romeo],
	);
});

test('adding, renaming and removing are asked of the server, which tells what became of it', async t => {
	const it = await attached(t);
	const contacts = it.live.use(roster);
	await contacts.set({jid: nurse, name: 'Nurse\0 ', groups: ['House', ' ']});
	t.regex(it.server.asked.at(-1) ?? '', /<item jid="nurse@example\.org" name="Nurse"><group>House<\/group><\/item>/);
	await contacts.remove(nurse);
	t.regex(it.server.asked.at(-1) ?? '', /<item jid="nurse@example\.org" subscription="remove"\/>/);
	t.is(contacts.get(nurse), undefined);
	await t.throwsAsync(contacts.set({jid: juliet, groups: []}), {message: /your own/});
});

// --- presence

const from = (jid: string, content = '', type = '') =>
	`<presence from='${jid}' to='${here}' ${type}>${content}</presence>`;
const known = (it: Attached) => it.live.use(presence).known();

test('every resource of a contact is known by what it said last', async t => {
	const it = await attached(t);
	await it.server.bring(
		from(`${romeo}/orchard`),
		from(`${romeo}/phone`, '<show>away</show><status>Asleep</status><priority>-5</priority>'),
		from(`${romeo}/orchard`, '<show>dnd</show>'),
	);
	const resources = it.saw.all('presence.changed').at(-1)?.resources;
	t.deepEqual(
		resources?.map(({resource, availability, statusText, priority}) => [resource, availability, statusText, priority]),
		[
			['orchard', 'dnd', '', 0],
			['phone', 'away', 'Asleep', -5],
		],
	);
	await it.server.bring(from(`${romeo}/phone`, '', "type='unavailable'"));
	t.deepEqual(
		known(it)[0]?.resources.map(({resource}) => resource),
		['orchard'],
	);
	await it.server.bring(from(romeo, '', "type='unavailable'"));
	t.deepEqual(known(it), []);
	t.deepEqual(it.saw.all('presence.changed').at(-1)?.resources, []);
});

test('since when nobody has touched a resource is known where it says so, and is never in the future', async t => {
	const it = await attached(t);
	const at = (milliseconds: number) => new Date(milliseconds).toISOString();
	const idle = (since: string) => `<show>away</show><idle xmlns='urn:xmpp:idle:1' since='${since}'/>`;
	const now = it.clock.now();
	await it.server.bring(
		from(`${romeo}/orchard`, idle(at(now - 600_000))),
		from(`${romeo}/phone`, idle(at(now + 600_000))),
		from(`${romeo}/watch`, idle('yesterday')),
	);
	const resources = it.saw.all('presence.changed').at(-1)?.resources;
	t.deepEqual(
		resources?.map(({availability, idleSince}) => [availability, idleSince]),
		[
			['away', now - 600_000],
			['away', now],
			['away', undefined],
		],
	);
	await it.server.bring(from(`${romeo}/orchard`));
	t.is(it.saw.all('presence.changed').at(-1)?.resources[0]?.idleSince, undefined);
});

test('an error means that the contact cannot be reached', async t => {
	const it = await attached(t);
	await it.server.bring(from(`${romeo}/orchard`), from(romeo, "<error type='cancel'/>", "type='error'"));
	t.deepEqual(known(it), []);
});

test('presence of strangers, of this very resource and of unknown types is not kept', async t => {
	const it = await attached(t);
	await it.server.bring(from(`${tybalt}/x`), from(here), from(`${romeo}/x`, '', "type='invisible'"));
	t.deepEqual(known(it), []);
	await it.server.bring(from('juliet@example.org/phone'));
	t.is(known(it)[0]?.jid, juliet);
});

test('a contact who is removed goes offline', async t => {
	const it = await attached(t);
	await it.server.bring(from(`${romeo}/orchard`));
	await pushed(it, push(`<item jid='${romeo}' subscription='remove'/>`));
	await it.server.bring(from(`${romeo}/orchard`, '', "type='unavailable'"));
	t.deepEqual(known(it), []);
	await it.server.bring(from(`${romeo}/orchard`), from(`${tybalt}/x`, '', "type='unavailable'"));
	t.deepEqual(known(it), []);
	t.is(it.saw.all('presence.changed').length, 2);
});

test('a contact with a thousand resources has fifty', async t => {
	const it = await attached(t);
	await it.server.bring(...Array.from({length: 1000}, (_, index) => from(`${romeo}/r${index}`)));
	t.is(known(it)[0]?.resources.length, 50);
});

// --- subscriptions

const subscribe = (jid: string, content = '') => from(jid, content, "type='subscribe'");
const requests = (it: Attached) => it.saw.all('subscription.requested').map(({request}) => request);

test('a request is told once, with what came along', async t => {
	const it = await attached(t);
	const nick = "<nick xmlns='http://jabber.org/protocol/nick'>Prince of Cats</nick>";
	await it.server.bring(subscribe(`${tybalt}/x`, `<status>Peace?</status>${nick}`), subscribe(tybalt));
	t.deepEqual(requests(it), [{account: juliet, jid: tybalt, text: 'Prince of Cats'}]);
	t.deepEqual(it.live.use(subscription).requests(), requests(it));
});

test('of a long text only the beginning is kept', async t => {
	const it = await attached(t);
	const long = '\u{1F339}'.repeat(100_000);
	await it.server.bring(subscribe(tybalt, `<status>${long}</status>`), from(`${romeo}/a`, `<status>${long}</status>`));
	const kept = `${'\u{1F339}'.repeat(1023)}\u2026`;
	t.is(requests(it)[0]?.text, kept);
	t.is(known(it)[0]?.resources[0]?.statusText, kept);
});

test('nothing is answered by itself', async t => {
	const it = await attached(t);
	const before = [it.server.written.length, it.server.asked.length];
	await it.server.bring(subscribe(tybalt), from(tybalt, '', "type='unsubscribe'"), from(tybalt, '', "type='probe'"));
	t.deepEqual([it.server.written.length, it.server.asked.length], before);
});

test('requests in our own name, or of somebody who has a subscription, are ignored', async t => {
	const it = await attached(t);
	await it.server.bring(subscribe(juliet), subscribe(romeo));
	t.deepEqual(requests(it), []);
});

test('a flood of requests is cut off and told once', async t => {
	const it = await attached(t);
	const flood = (begin: number) =>
		it.server.bring(...Array.from({length: 500}, (_, index) => subscribe(`p${begin + index}@example.net`)));
	await flood(0);
	t.is(requests(it).length, 10);
	t.is(it.saw.all('notice').filter(({level}) => level === 'warning').length, 1);
	for (let minute = 1; minute <= 20; minute++) {
		it.clock.advance(60_000);
		await flood(minute * 1000);
	}

	t.is(requests(it).length, 100);
});

test('accepting and denying answer the request and settle it', async t => {
	const it = await attached(t);
	await it.server.bring(subscribe(tybalt), subscribe(nurse));
	const subscriptions = it.live.use(subscription);
	subscriptions.accept(tybalt);
	t.is(it.server.written.at(-1), `<presence to="${tybalt}" type="subscribed"/>`);
	subscriptions.deny(nurse);
	t.is(it.server.written.at(-1), `<presence to="${nurse}" type="unsubscribed"/>`);
	t.deepEqual(
		it.saw.all('subscription.resolved').map(({jid}) => jid),
		[tybalt, nurse],
	);
	t.deepEqual(subscriptions.requests(), []);
});

test('a request is settled when another resource accepts it, or when it is withdrawn', async t => {
	const it = await attached(t);
	await it.server.bring(subscribe(nurse), subscribe(tybalt));
	await pushed(it, push(nurseItem));
	await it.server.bring(from(tybalt, '', "type='unsubscribe'"));
	t.deepEqual(
		it.saw.all('subscription.resolved').map(({jid}) => jid),
		[nurse, tybalt],
	);
});

test('an answer in advance is given only where the server keeps it', async t => {
	const able = await attached(t);
	able.live.use(subscription).accept(tybalt);
	t.is(able.server.written.at(-1), `<presence to="${tybalt}" type="subscribed"/>`);
	const unable = await attached(t, server => {
		server.features = {...server.features, preApproval: false};
	});
	t.throws(() => unable.live.use(subscription).accept(tybalt), {message: /has not asked/});
	t.is(unable.server.written.length, 1);
});

test('what was given can be taken back; where nothing was given that is said', async t => {
	const it = await attached(t);
	const subscriptions = it.live.use(subscription);
	subscriptions.deny(romeo);
	t.is(it.server.written.at(-1), `<presence to="${romeo}" type="unsubscribed"/>`);
	t.throws(() => subscriptions.deny(tybalt), {message: /neither asked/});
});

test('of a long roster every contact is there, and a push behind it is not undone by it', async t => {
	const items = Array.from({length: 1000}, (_, index) => `<item jid='c${index}@example.net' subscription='both'/>`);
	const it = await attached(t, server => {
		server.roster = items.join('');
	});
	const [loaded] = it.saw.all('roster.loaded');
	t.is(loaded?.contacts.length, 1000);
	t.is(it.storage.rosters.load(juliet).contacts.length, 1000);
	await pushed(it, push("<item jid='c999@example.net' subscription='none'/>"));
	t.is(it.live.use(roster).get('c999@example.net' as BareJid)?.subscription, 'none');
});

test('an answer that the roster shows before it comes is told all the same', async t => {
	const it = await attached(t);
	const item = (attributes: string) => pushed(it, push(`<item jid='${tybalt}' ${attributes}/>`));
	await item("subscription='none' ask='subscribe'");
	await item("subscription='to'");
	await it.server.bring(from(tybalt, '', "type='subscribed'"));
	await item("subscription='none'");
	await it.server.bring(from(tybalt, '', "type='unsubscribed'"));
	await it.server.bring(from(tybalt, '', "type='unsubscribed'"));
	await item("subscription='none' ask='subscribe'");
	await item("subscription='none'");
	await it.server.bring(from(tybalt, '', "type='subscribed'"));
	t.deepEqual(
		it.saw.all('notice').map(({text}) => text),
		[`${tybalt} lets you see their presence.`, `${tybalt} does not let you see their presence.`],
	);
});

test('an answer to a question that was never asked is ignored', async t => {
	const it = await attached(t);
	await it.server.bring(
		from(tybalt, '', "type='subscribed'"),
		from(romeo, '', "type='subscribed'"),
		from(tybalt, '', "type='unsubscribed'"),
	);
	t.deepEqual(it.saw.all('notice'), []);
	t.deepEqual(it.saw.all('contact.changed'), []);
	await pushed(it, push(`<item jid='${tybalt}' subscription='none' ask='subscribe'/>`));
	await it.server.bring(from(tybalt, '', "type='subscribed'"));
	t.regex(it.saw.all('notice')[0]?.text ?? '', /^tybalt@example\.net lets you see/);
});
