import test, {type ExecutionContext} from 'ava';
import type {XmppcError} from '../../source/shared/errors.js';
import type {BareJid} from '../../source/shared/jid.js';
import {profileWith} from './profile.js';
import {juliet, offlineScene, settled} from './scene.js';

const rooms = 'rooms.example.org' as BareJid;
const search = 'search.example.org' as BareJid;
const usual = 'api@search.jabber.network' as BareJid;
const searchNamespace = 'urn:xmpp:channel-search:0:search';
const nowhere = "<error type='cancel'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
const unavailable = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";

const conference = "<identity category='conference' type='text'/><feature var='http://jabber.org/protocol/muc'/>";
const directory = `<identity category='directory' type='chatroom'/><feature var='${searchNamespace}'/>`;
const item = (jid: string, name = '') => `<item jid='${jid}'${name === '' ? '' : ` name='${name}'`}/>`;

type World = {
	/** What services are, by address; those of the own server are items of it. */
	readonly information?: Readonly<Record<string, string>>;
	/** Items by address, or a refusal; or what makes them of a page that is asked for. */
	readonly items?: Readonly<Record<string, string | ((payload: string) => string)>>;
};

/** Juliet online in such a world, in which every address can be searched. */
async function world(t: ExecutionContext, {information = {}, items = {}}: World, preferred?: string) {
	const profile = await profileWith(t, [{jid: juliet}]);
	if (preferred !== undefined) {
		await profile.settings.update(current => ({...current, 'rooms.directory': preferred}));
	}

	const it = await offlineScene(t, profile);
	const asked: string[] = [];
	const own = Object.keys(information).filter(each => each.endsWith('.example.org'));
	it.server.answerWith('query', (payload, to) => {
		if (payload.includes('jabber:iq:roster')) {
			return "<query xmlns='jabber:iq:roster' ver='1'/>";
		}

		const namespace = /xmlns="([^"]*)"/.exec(payload)?.[1] ?? '';
		const isItems = namespace.endsWith('#items');
		const known = isItems
			? (items[to] ?? (to === 'example.org' ? own.map(each => item(each)).join('') : unavailable))
			: (information[to] ?? (to === '' || to === juliet ? '' : unavailable));
		if (to !== '' && to !== juliet) {
			asked.push(`${isItems ? 'items' : 'info'} ${to}`);
		}

		const answer = typeof known === 'string' ? known : known(payload);
		return answer.startsWith('<error') ? answer : `<query xmlns='${namespace}'>${answer}</query>`;
	});
	it.server.answerWith('search', (payload, to) => {
		if (!payload.includes('jabber:x:data')) {
			return `<search xmlns='${searchNamespace}'><x xmlns='jabber:x:data' type='form'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:channel-search:0:search-params</value></field><field var='q'/><field var='all' type='boolean'/></x></search>`;
		}

		asked.push(`search ${to}`);
		return `<result xmlns='${searchNamespace}'><item address='garden@rooms.example.net'><nusers>3</nusers></item></result>`;
	});
	await it.actions.connect({account: juliet});
	await settled();
	asked.length = 0;
	return {...it, asked};
}

const found = [{jid: 'garden@rooms.example.net' as BareJid, people: 3}];
const problemOf = async (t: ExecutionContext, asked: Promise<unknown>) => (await t.throwsAsync(asked)) as XmppcError;

test('the directory that is named is searched, and nobody else is told the words', async t => {
	const it = await world(t, {information: {[search]: directory}});
	t.deepEqual(await it.actions.findRooms({account: juliet, service: 'bot@example.net' as BareJid, words: 'tea'}), {
		service: 'bot@example.net' as BareJid,
		rooms: found,
	});
	t.deepEqual(it.asked, ['search bot@example.net']);
});

test('else the directory of the own server is searched', async t => {
	const it = await world(t, {information: {[rooms]: conference, [search]: directory, 'pubsub.example.org': ''}});
	t.like(await it.actions.findRooms({account: juliet, words: 'tea'}), {service: search});
	t.deepEqual(
		it.asked.filter(each => each.startsWith('search')),
		[`search ${search}`],
	);
});

test('else the one that is set is, which is a public one unless another was chosen', async t => {
	const it = await world(t, {information: {[rooms]: conference}});
	t.like(await it.actions.findRooms({account: juliet, words: 'tea'}), {service: usual});
	await it.actions.changeSetting({name: 'rooms.directory', value: 'search.example.net'});
	t.like(await it.actions.findRooms({account: juliet}), {service: 'search.example.net'});
});

test('where none is, nothing is told to anybody', async t => {
	const it = await world(t, {information: {[rooms]: conference}}, '');
	const {code, message, hint} = await problemOf(t, it.actions.findRooms({account: juliet, words: 'tea'}));
	t.is(code, 'no-directory');
	t.regex(message, /example\.org has no directory of rooms/);
	t.regex(hint ?? '', /\/unset rooms\.directory/);
	t.deepEqual(
		it.asked.filter(each => each.startsWith('search')),
		[],
	);
});

test('a server that does not tell its services keeps nobody from the directory that is set', async t => {
	const it = await world(t, {items: {'example.org': unavailable}});
	t.like(await it.actions.findRooms({account: juliet}), {service: usual});
});

test('services that never say what they are keep nobody from it for more than five seconds', async t => {
	const it = await world(t, {});
	it.server.answerWith('query', () => {
		// They are listed, and that is the last answer.
		it.server.unanswered.add('query');
		return `<query xmlns='http://jabber.org/protocol/disco#items'>${item(rooms)}${item(search)}</query>`;
	});
	let isFound = false;
	const finding = it.actions.findRooms({account: juliet}).finally(() => {
		isFound = true;
	});
	await settled();
	it.clock.advance(4999);
	await settled();
	t.false(isFound);
	it.clock.advance(1);
	t.like(await finding, {service: usual});
});

test('of thousands of services only some are asked what they are', async t => {
	const many = Array.from({length: 3000}, (_, index) => item(`s${index}.example.org`)).join('');
	const it = await world(t, {items: {'example.org': many}});
	await it.actions.findRooms({account: juliet});
	t.is(it.asked.filter(each => each.startsWith('info')).length, 50);
});

test('a pause that a directory wants is kept over a new login', async t => {
	const it = await world(t, {});
	it.server.answerWith(
		'search',
		"<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><rate-limit xmlns='urn:xmpp:channel-search:0:error' retry-after='60'/></error>",
	);
	t.like(await problemOf(t, it.actions.findRooms({account: juliet, service: search})), {code: 'directory-paused'});
	await it.actions.disconnect({account: juliet});
	await it.actions.connect({account: juliet});
	await settled();
	t.like(await problemOf(t, it.actions.findRooms({account: juliet, service: search})), {
		code: 'directory-paused',
		hint: 'Try again in 60 seconds.',
	});
	t.false(it.server.asked.some(text => text.includes(searchNamespace)));
});

test('nobody is asked without a connection', async t => {
	const it = await offlineScene(t);
	t.like(await problemOf(t, it.actions.findRooms({account: juliet})), {code: 'not-connected'});
});

test('a service that has rooms is asked for them alone', async t => {
	const it = await world(t, {items: {[rooms]: item('den@rooms.example.org', 'The den') + item('two@@rooms')}});
	t.deepEqual(await it.actions.listRooms({account: juliet, service: rooms}), {
		service: rooms,
		rooms: [{jid: 'den@rooms.example.org' as BareJid, name: 'The den'}],
	});
	t.deepEqual(it.asked, [`items ${rooms}`]);
});

test('without a service the rooms of the own server are listed', async t => {
	const it = await world(t, {
		information: {[search]: directory, [rooms]: conference},
		items: {[rooms]: item('den@rooms.example.org')},
	});
	t.like(await it.actions.listRooms({account: juliet}), {service: rooms});
	const without = await world(t, {information: {[search]: directory}});
	const {code, hint} = await problemOf(t, without.actions.listRooms({account: juliet}));
	t.is(code, 'no-room-service');
	t.regex(hint ?? '', /\/rooms search/);
});

test('a directory lists all it knows, whether it has items of its own or refuses that', async t => {
	for (const items of ['', unavailable]) {
		const it = await world(t, {information: {[search]: directory}, items: {[search]: items}});
		t.deepEqual(await it.actions.listRooms({account: juliet, service: search}), {service: search, rooms: found});
	}

	const it = await world(t, {});
	t.like(await it.actions.listRooms({account: juliet, service: usual}), {rooms: found});
	t.deepEqual(it.asked, [`search ${usual}`]);
});

test('a service without rooms that is no directory has none, and why another does not answer is told', async t => {
	const it = await world(t, {information: {[rooms]: conference}, items: {[rooms]: '', 'rooms.example.net': nowhere}});
	t.deepEqual(await it.actions.listRooms({account: juliet, service: rooms}), {service: rooms, rooms: []});
	const far = it.actions.listRooms({account: juliet, service: 'rooms.example.net' as BareJid});
	t.like(await problemOf(t, far), {code: 'stanza-remote-server-not-found'});
});

/** A service that gives its rooms page by page. */
function paged(count: number, asked: string[]): (payload: string) => string {
	return payload => {
		asked.push(payload);
		const size = Number(/<max>(\d+)/.exec(payload)?.[1] ?? count);
		const from = Number(/<after>(\d+)/.exec(payload)?.[1] ?? -1) + 1;
		const page = Array.from({length: Math.max(0, Math.min(size, count - from))}, (_, index) => from + index);
		const set = page.length === 0 ? '' : `<first>${from}</first><last>${page.at(-1)}</last>`;
		return `${page.map(each => item(`room${each}@rooms.example.org`)).join('')}<set xmlns='http://jabber.org/protocol/rsm'>${set}<count>${count}</count></set>`;
	};
}

test('many rooms are listed page by page, up to a bound that is told', async t => {
	const asked: string[] = [];
	const it = await world(t, {items: {[rooms]: paged(450, asked)}});
	const listing = await it.actions.listRooms({account: juliet, service: rooms});
	t.is(listing.rooms.length, 450);
	t.is(listing.isCut, undefined);
	t.is(new Set(listing.rooms.map(({jid}) => jid)).size, 450);
	t.is(asked.length, 10);

	const more = await world(t, {items: {[rooms]: paged(5000, [])}});
	const cut = await more.actions.listRooms({account: juliet, service: rooms});
	t.is(cut.rooms.length, 2000);
	t.true(cut.isCut);
});

test('all rooms at once, which a service without pages gives, are bounded too', async t => {
	const it = await world(t, {
		items: {[rooms]: Array.from({length: 10_000}, (_, index) => item(`room${index}@rooms.example.org`)).join('')},
	});
	const {rooms: all, isCut} = await it.actions.listRooms({account: juliet, service: rooms});
	t.is(all.length, 2000);
	t.true(isCut);
});
