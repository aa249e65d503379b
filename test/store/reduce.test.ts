import test from 'ava';
import type {Account} from '../../source/model/account.js';
import {type Buffer, type BufferId, bufferId, consoleBuffer, requestsBuffer} from '../../source/model/buffer.js';
import type {Contact, ResourcePresence} from '../../source/model/contact.js';
import type {Message, OutgoingState} from '../../source/model/message.js';
import type {BareJid, FullJid} from '../../source/shared/jid.js';
import {archiveOf} from '../../source/store/archives.js';
import {reduce} from '../../source/store/reduce.js';
import {bufferOf, contactOf, foremost, numberOf, presenceOf} from '../../source/store/selectors.js';
import {initialState, type State, type StoreEvent} from '../../source/store/state.js';
import {heldLimit, windowLimit} from '../../source/store/window.js';

const me = 'me@example.org' as BareJid;
const work = 'me@work.example' as BareJid;
const alice = 'alice@example.org' as BareJid;
const bob = 'bob@example.org' as BareJid;
const den = 'den@rooms.example.org' as BareJid;
const withAlice = bufferId(me, 'chat', alice);

const account = (jid: BareJid): Account => ({
	jid,
	status: 'online',
	enabled: true,
	secrets: 'keychain',
	availability: 'available',
	statusText: '',
});
const contact = (jid: BareJid, name?: string): Contact => ({
	account: me,
	jid,
	subscription: 'both',
	asking: false,
	approved: false,
	groups: [],
	...(name === undefined ? {} : {name}),
});
const buffer = (owner: BareJid, jid: BareJid): Buffer => ({
	id: bufferId(owner, 'chat', jid),
	kind: 'chat',
	account: owner,
	jid,
	unread: 0,
	highlights: 0,
	readUpTo: 0,
	draft: '',
	lastActivity: 0,
});
const message = (key: number, more: Partial<Message> = {}): Message => ({
	key,
	account: me,
	buffer: withAlice,
	kind: 'chat',
	direction: 'incoming',
	author: alice,
	body: `message ${key}`,
	receivedAt: key,
	via: 'live',
	...more,
});
const resource = (name: string, more: Partial<ResourcePresence> = {}): ResourcePresence => ({
	resource: name,
	availability: 'available',
	statusText: '',
	priority: 0,
	since: 0,
	...more,
});

const after = (...events: StoreEvent[]): State => events.reduce(reduce, initialState);
const opened = (...events: StoreEvent[]): State =>
	after({type: 'account.changed', account: account(me)}, {type: 'buffer.opened', buffer: buffer(me, alice)}, ...events);
const recorded = (key: number, more: Partial<Message> = {}): StoreEvent => ({
	type: 'message.recorded',
	message: message(key, more),
});
const keys = (state: State) => bufferOf(state, withAlice)?.entries.map(entry => entry.key);

test('the console is there before anything else', t => {
	t.deepEqual(initialState.order, [consoleBuffer]);
	t.is(numberOf(initialState, consoleBuffer), 1);
});

test('a snapshot becomes the state', t => {
	const state = after({
		type: 'snapshot.loaded',
		snapshot: {
			accounts: [account(me)],
			contacts: [contact(alice, 'Alice'), contact(bob)],
			presence: [{account: me, jid: bob, resources: [resource('phone')]}],
			requests: [{account: me, jid: alice}],
			buffers: [{...buffer(me, alice), unread: 3}],
		},
	});
	t.is(contactOf(state, me, alice)?.name, 'Alice');
	t.is(presenceOf(state, me, 'bob@example.org/phone' as FullJid)[0]?.resource, 'phone');
	t.is(bufferOf(state, withAlice)?.info.unread, 3);
	t.deepEqual(state.order, [consoleBuffer, withAlice, requestsBuffer]);
	t.is(state.requests.length, 1);
});

test('a snapshot keeps the messages of a buffer that is still open', t => {
	const state = reduce(opened(recorded(1)), {
		type: 'snapshot.loaded',
		snapshot: {accounts: [], contacts: [], presence: [], requests: [], buffers: [buffer(me, alice)]},
	});
	t.deepEqual(keys(state), [1]);
});

test('buffers are numbered account by account, in the order they were opened', t => {
	const state = after(
		{type: 'account.changed', account: account(me)},
		{type: 'account.changed', account: account(work)},
		{type: 'buffer.opened', buffer: buffer(work, bob)},
		{type: 'buffer.opened', buffer: buffer(me, bob)},
		{type: 'buffer.opened', buffer: buffer(me, alice)},
	);
	t.deepEqual(state.order, [
		consoleBuffer,
		bufferId(me, 'chat', bob),
		bufferId(me, 'chat', alice),
		bufferId(work, 'chat', bob),
	]);
});

test('removing an account forgets its roster, presence, requests and buffers', t => {
	const state = opened(
		{type: 'contact.changed', contact: contact(alice)},
		{type: 'presence.changed', account: me, jid: alice, resources: [resource('a')]},
		{type: 'subscription.requested', request: {account: me, jid: bob}},
		{type: 'account.removed', account: me},
	);
	t.deepEqual(state, initialState);
});

test('a connection is lost only where there was one, until it is there again or nobody waits for it', t => {
	const after = (...statuses: ReadonlyArray<Account['status']>) =>
		statuses
			.map((status): StoreEvent => ({type: 'account.changed', account: {...account(me), status}}))
			.reduce(reduce, initialState).lost;
	t.deepEqual(after('connecting', 'interrupted', 'connecting'), []);
	t.deepEqual(after('online', 'interrupted', 'connecting', 'interrupted'), [me]);
	t.deepEqual(after('online', 'connecting'), [me]);
	for (const end of ['online', 'offline', 'failed', 'locked'] as const) {
		t.deepEqual(after('online', 'interrupted', end), [], end);
	}
});

test('a loaded roster replaces the one before', t => {
	const state = after(
		{type: 'contact.changed', contact: contact(bob)},
		{type: 'roster.loaded', account: me, contacts: [contact(alice)]},
	);
	t.is(contactOf(state, me, bob), undefined);
	t.truthy(contactOf(state, me, alice));
});

test('a contact is removed', t => {
	const state = after(
		{type: 'contact.changed', contact: contact(bob)},
		{type: 'contact.removed', account: me, jid: bob},
		{type: 'contact.removed', account: me, jid: alice},
	);
	t.is(contactOf(state, me, bob), undefined);
});

test('a JID that is also the name of a property of every object is nobody', t => {
	t.is(contactOf(opened({type: 'presence.cleared', account: me}), me, 'constructor' as BareJid), undefined);
	t.deepEqual(presenceOf(opened({type: 'presence.cleared', account: me}), me, 'toString' as BareJid), []);
});

test('presence of an offline contact leaves no row', t => {
	const state = after(
		{type: 'presence.changed', account: me, jid: bob, resources: [resource('a')]},
		{type: 'presence.changed', account: me, jid: bob, resources: []},
	);
	t.is(state.presence[me]?.size, 0);
});

test('when presence is cleared nobody of that account is known to be there', t => {
	const state = after(
		{type: 'presence.changed', account: me, jid: bob, resources: [resource('a')]},
		{type: 'presence.cleared', account: me},
	);
	t.deepEqual(presenceOf(state, me, bob), []);
});

test('a second subscription request of the same contact replaces the first, and an answer removes it', t => {
	const state = after(
		{type: 'subscription.requested', request: {account: me, jid: bob}},
		{type: 'subscription.requested', request: {account: me, jid: bob, text: 'please'}},
	);
	t.deepEqual(state.requests, [{account: me, jid: bob, text: 'please'}]);
	t.deepEqual(reduce(state, {type: 'subscription.resolved', account: me, jid: bob}).requests, []);
});

test('the foremost resource has the highest priority, then the most reachable presence, then the latest', t => {
	const far = resource('far', {priority: -1, availability: 'chat'});
	const away = resource('away', {availability: 'away', since: 9});
	const here = resource('here', {since: 1});
	const later = resource('later', {since: 2});
	t.is(foremost([far, away, here, later]), later);
	t.is(foremost([]), undefined);
});

test('messages are kept in the order of their keys, whatever order they come in', t => {
	t.deepEqual(keys(opened(recorded(5), recorded(1), recorded(3))), [1, 3, 5]);
});

test('a message recorded twice is there once', t => {
	const state = opened(recorded(1), recorded(3), recorded(1, {body: 'again'}));
	t.deepEqual(keys(state), [1, 3]);
});

test('a message moves the time of last activity forward only', t => {
	const state = opened(recorded(5), recorded(3));
	t.is(bufferOf(state, withAlice)?.info.lastActivity, 5);
});

test('a message for a buffer that is not open changes nothing', t => {
	const state = after({type: 'account.changed', account: account(me)});
	t.is(reduce(state, recorded(1)), state);
});

test('a page of history is merged, and what was there keeps its identity', t => {
	const state = opened(recorded(3), recorded(5));
	const [three] = bufferOf(state, withAlice)?.entries ?? [];
	const merged = reduce(state, {
		type: 'history.loaded',
		buffer: withAlice,
		messages: [message(1), message(2), message(3), message(4)],
		complete: true,
	});
	t.deepEqual(keys(merged), [1, 2, 3, 4, 5]);
	t.is(bufferOf(merged, withAlice)?.entries[2], three);
	t.like(bufferOf(merged, withAlice), {loaded: true, complete: true});
});

test('a page that does not reach the top of the window says nothing about its top', t => {
	const state = opened(recorded(1), {
		type: 'history.loaded',
		buffer: withAlice,
		messages: [message(2)],
		complete: true,
	});
	t.false(bufferOf(state, withAlice)?.complete);
});

test('what the archive fills in above the window waits for its page, inside of it or at its beginning it is shown', t => {
	const filled = recorded(1, {via: 'archive'});
	const page = (complete: boolean): StoreEvent => ({
		type: 'history.loaded',
		buffer: withAlice,
		messages: [message(5), message(9)],
		complete,
	});
	t.deepEqual(keys(opened(page(false), filled, recorded(7, {via: 'archive'}))), [5, 7, 9]);
	t.deepEqual(keys(opened(page(true), filled)), [1, 5, 9]);
});

test('the first page replaces what the archive brought from further up before it', t => {
	const brought = opened(recorded(1, {via: 'archive'}), recorded(9));
	const page = {type: 'history.loaded', buffer: withAlice, messages: [message(7), message(8)]} as const;
	t.deepEqual(keys(reduce(brought, {...page, complete: false})), [7, 8, 9]);
	t.deepEqual(keys(reduce(brought, {...page, complete: true})), [1, 7, 8, 9]);
});

test('while the archive holds more than is stored, no conversation of the account is complete', t => {
	const state = opened({type: 'history.loaded', buffer: withAlice, messages: [message(2)], complete: true});
	const gap = {before: 5, permanent: false};
	const changed = (gaps: readonly (typeof gap)[]): StoreEvent => ({
		type: 'archive.changed',
		account: me,
		loading: true,
		gaps,
	});
	t.false(bufferOf(reduce(state, changed([gap])), withAlice)?.complete);
	t.true(bufferOf(reduce(state, changed([{...gap, permanent: true}])), withAlice)?.complete);
	t.true(bufferOf(reduce(state, changed([])), withAlice)?.complete);
});

test('what begins above all that is missing is still the beginning', t => {
	const state = opened({type: 'history.loaded', buffer: withAlice, messages: [message(2), message(9)], complete: true});
	const missing = (afterKey: number): StoreEvent => ({
		type: 'archive.changed',
		account: me,
		loading: true,
		gaps: [{after: 1, afterKey, before: 5, permanent: false}],
	});
	t.true(bufferOf(reduce(state, missing(2)), withAlice)?.complete);
	t.false(bufferOf(reduce(state, missing(1)), withAlice)?.complete);
});

test('what of an archive is missing is known until the account is gone', t => {
	const known = {account: me, loading: true, gaps: [{after: 3, afterKey: 3072, before: 5, permanent: false}]};
	const snapshot = {accounts: [account(me)], contacts: [], presence: [], requests: [], buffers: [], archives: [known]};
	const state = reduce(initialState, {type: 'snapshot.loaded', snapshot});
	t.deepEqual(state.archives, {[me]: known});
	const filled = reduce(state, {type: 'archive.changed', account: me, loading: false, gaps: []});
	t.deepEqual(filled.archives, {[me]: {account: me, loading: false, gaps: []}});
	t.deepEqual(reduce(filled, {type: 'account.removed', account: me}).archives, {});
});

test('what is missing of a room is known apart from what is missing of the account', t => {
	const inDen = bufferId(me, 'room', den);
	const room: Buffer = {
		...{id: inDen, kind: 'room', account: me, jid: den},
		...{unread: 0, highlights: 0, readUpTo: 0, draft: '', lastActivity: 0},
	};
	const page = (id: BufferId): StoreEvent => ({type: 'history.loaded', buffer: id, messages: [], complete: true});
	const state = [{type: 'buffer.opened', buffer: room} as const, page(inDen)].reduce(reduce, opened(page(withAlice)));
	const gaps = [{before: 5, permanent: false}];
	const ofRoom = reduce(state, {type: 'archive.changed', account: me, room: den, loading: true, gaps});
	t.false(bufferOf(ofRoom, inDen)?.complete);
	t.true(bufferOf(ofRoom, withAlice)?.complete);
	t.like(archiveOf(ofRoom, room), {room: den, loading: true});
	const ofAccount = reduce(state, {type: 'archive.changed', account: me, loading: true, gaps});
	t.true(bufferOf(ofAccount, inDen)?.complete);
	t.is(archiveOf(ofAccount, room), undefined);
	t.deepEqual(reduce(ofRoom, {type: 'account.removed', account: me}).archives, {});
});

test('a change patches its message and leaves the others as they are', t => {
	const state = opened(recorded(1), recorded(2, {direction: 'outgoing', state: 'written'}));
	const changed = reduce(state, {
		type: 'message.changed',
		change: {key: 2, account: me, buffer: withAlice, state: 'failed', failure: 'They refuse.'},
	});
	t.is(bufferOf(changed, withAlice)?.entries[0], bufferOf(state, withAlice)?.entries[0]);
	const [, entry] = bufferOf(changed, withAlice)?.entries ?? [];
	t.like(entry?.type === 'message' ? entry.message : undefined, {state: 'failed', failure: 'They refuse.'});
});

test('a receipt that came before the ack is not undone by it', t => {
	const state = opened(recorded(2, {direction: 'outgoing', state: 'delivered'}), {
		type: 'message.changed',
		change: {key: 2, account: me, buffer: withAlice, state: 'acked'},
	});
	const [entry] = bufferOf(state, withAlice)?.entries ?? [];
	t.is(entry?.type === 'message' ? entry.message.state : undefined, 'delivered');
});

test('a message that comes back after the server confirmed it has failed, one that was delivered has not', t => {
	const stateAfterBounce = (before: OutgoingState) => {
		const state = opened(recorded(2, {direction: 'outgoing', state: before}), {
			type: 'message.changed',
			change: {key: 2, account: me, buffer: withAlice, state: 'failed', failure: 'There is nobody.'},
		});
		const [entry] = bufferOf(state, withAlice)?.entries ?? [];
		return entry?.type === 'message' ? entry.message.state : undefined;
	};
	t.is(stateAfterBounce('acked'), 'failed');
	t.is(stateAfterBounce('delivered'), 'delivered');
});

test('a change of a message that is not in the window changes nothing', t => {
	const state = opened(recorded(1));
	t.is(reduce(state, {type: 'message.changed', change: {key: 9, account: me, buffer: withAlice}}), state);
});

test('a notice goes below all that is there, even when the clocks disagree', t => {
	const state = opened(recorded(5_000_000), {
		type: 'notice',
		level: 'info',
		text: 'hello',
		at: 1,
		buffer: withAlice,
	});
	t.deepEqual(
		bufferOf(state, withAlice)?.entries.map(entry => entry.type),
		['message', 'notice'],
	);
});

test('a message may be changed although a notice shares its key', t => {
	const state = opened(
		recorded(5, {direction: 'outgoing', state: 'written'}),
		{type: 'notice', level: 'info', text: 'hello', at: 0, buffer: withAlice},
		{type: 'message.changed', change: {key: 5, account: me, buffer: withAlice, state: 'acked'}},
	);
	const [entry] = bufferOf(state, withAlice)?.entries ?? [];
	t.is(entry?.type === 'message' ? entry.message.state : undefined, 'acked');
});

test('a notice for a buffer that is not open goes to the console', t => {
	const state = after({type: 'notice', level: 'error', text: 'hello', at: 1, buffer: withAlice});
	t.is(bufferOf(state, consoleBuffer)?.entries.length, 1);
});

test('the window of a busy buffer is bounded', t => {
	let state = opened();
	for (let key = 1; key <= windowLimit + 500; key++) {
		state = reduce(state, recorded(key));
	}

	const entries = bufferOf(state, withAlice)?.entries ?? [];
	t.true(entries.length <= windowLimit + 100);
	t.is(entries.at(-1)?.key, windowLimit + 500);
	t.false(bufferOf(state, withAlice)?.complete);
});

test('while somebody reads further up the oldest stay and, beyond a second limit, the newest wait', t => {
	const held: StoreEvent = {type: 'window.held', buffer: withAlice, held: true};
	let state = opened(held);
	for (let key = 1; key <= heldLimit + 300; key++) {
		state = reduce(state, {type: 'message.recorded', message: message(key)});
	}

	const window = state.buffers[withAlice];
	t.is(window?.entries[0]?.key, 1);
	t.true((window?.entries.length ?? 0) <= heldLimit + 100);
	t.true(window?.detached);
	const last = window?.entries.at(-1)?.key ?? 0;
	const following = {key: last, last: true};
	const rest = Array.from({length: heldLimit + 300 - last}, (_, index) => message(last + 1 + index));
	state = reduce(state, {type: 'history.loaded', buffer: withAlice, messages: rest, complete: false, following});
	t.is(state.buffers[withAlice]?.entries.at(-1)?.key, heldLimit + 300);
	t.false(state.buffers[withAlice]?.detached);
	state = reduce(state, {...held, held: false});
	t.true((state.buffers[withAlice]?.entries.length ?? 0) <= windowLimit + 100);
});

test('a page of the oldest takes the place of the window, and what comes then does not follow it', t => {
	const oldest = {messages: [message(1), message(2)], complete: true, following: {key: 0, last: false}};
	const state = opened(
		{type: 'history.loaded', buffer: withAlice, messages: [message(8), message(9)], complete: false},
		{type: 'history.loaded', buffer: withAlice, ...oldest},
		{type: 'message.recorded', message: message(10)},
		{
			type: 'history.loaded',
			buffer: withAlice,
			messages: [message(7)],
			complete: false,
			following: {key: 6, last: true},
		},
	);
	t.deepEqual(keys(state), [1, 2]);
	t.like(state.buffers[withAlice], {complete: true, detached: true});
	t.deepEqual(keys(reduce(state, {type: 'window.reset', buffer: withAlice})), []);
});

test('trimming keeps the newest and remembers that there is more', t => {
	const state = opened(
		{type: 'history.loaded', buffer: withAlice, messages: [message(1), message(2), message(3)], complete: true},
		{type: 'window.trimmed', buffer: withAlice, keep: 2},
	);
	t.deepEqual(keys(state), [2, 3]);
	t.false(bufferOf(state, withAlice)?.complete);
});

test('clearing a window empties the view only: history can be loaded again', t => {
	const state = opened(recorded(1), {type: 'window.cleared', buffer: withAlice});
	t.deepEqual(keys(state), []);
	t.false(bufferOf(state, withAlice)?.complete);
});

test('unread counts come from outside', t => {
	const state = opened({type: 'buffer.unread', buffer: withAlice, unread: 2, highlights: 1, readUpTo: 7});
	t.like(bufferOf(state, withAlice)?.info, {unread: 2, highlights: 1, readUpTo: 7});
});

test('a closed buffer is gone, and the console cannot be closed', t => {
	const state = opened({type: 'buffer.closed', buffer: withAlice}, {type: 'buffer.closed', buffer: consoleBuffer});
	t.deepEqual(state.order, [consoleBuffer]);
});
