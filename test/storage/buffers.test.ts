import test from 'ava';
import {bufferId, consoleBuffer} from '../../source/model/buffer.js';
import type {Contact} from '../../source/model/contact.js';
import type {BareJid} from '../../source/shared/jid.js';
import {keptCapabilities} from '../../source/storage/capabilities.js';
import {openStorage} from '../../source/storage/open.js';
import {
	incoming,
	juliet,
	now,
	outgoing,
	romeo,
	stoppedClock,
	temporaryProfile,
	temporaryStorage,
	withRomeo,
} from './temporary-profile.js';

const nurse = 'nurse@example.org' as BareJid;
const withNurse = bufferId(juliet, 'chat', nurse);
const chatWithRomeo = {id: withRomeo, kind: 'chat', account: juliet, jid: romeo} as const;
const chatWithNurse = {id: withNurse, kind: 'chat', account: juliet, jid: nurse} as const;

test('buffers are listed in the order they were opened; opening one again changes nothing', async t => {
	const {buffers} = await temporaryStorage(t);
	buffers.open(chatWithRomeo);
	buffers.open(chatWithNurse);
	buffers.open(chatWithRomeo);
	t.deepEqual(
		buffers.list().map(({id}) => id),
		[withRomeo, withNurse],
	);
});

test('a closed buffer is not listed and comes back at the end with its read mark and draft', async t => {
	const {buffers, messages} = await temporaryStorage(t);
	buffers.open(chatWithRomeo);
	buffers.open(chatWithNurse);
	const {key} = messages.insert(incoming());
	buffers.markRead(withRomeo, key);
	buffers.saveDraft(withRomeo, 'But soft', now);
	buffers.close(withRomeo);
	t.is(buffers.get(withRomeo), undefined);

	t.like(buffers.open(chatWithRomeo), {readUpTo: key, draft: 'But soft', unread: 0, lastActivity: now});
	t.deepEqual(
		buffers.list().map(({id}) => id),
		[withNurse, withRomeo],
	);
});

test('incoming messages after the read mark are unread; own ones and headlines are not', async t => {
	const {buffers, messages} = await temporaryStorage(t);
	t.like(buffers.open(chatWithRomeo), {unread: 0, highlights: 0, readUpTo: 0, draft: '', lastActivity: 0});
	messages.insert(incoming());
	const second = messages.insert(incoming({kind: 'normal', receivedAt: now + 1}));
	messages.insert(incoming({kind: 'headline', receivedAt: now + 2}));
	messages.insert(incoming({receivedAt: now + 3}));
	messages.insert(outgoing({receivedAt: now + 4}));

	t.like(buffers.get(withRomeo), {unread: 3, highlights: 3, lastActivity: now + 4});
	t.deepEqual(buffers.markRead(withRomeo, second.key), {unread: 1, highlights: 1, readUpTo: second.key});
	t.like(buffers.list()[0], {unread: 1, highlights: 1, readUpTo: second.key});
});

test('how a buffer is arranged is kept, even while it is closed', async t => {
	const {buffers} = await temporaryStorage(t);
	t.like(buffers.open(chatWithRomeo), {pinned: undefined, muted: undefined, notify: undefined});
	buffers.arrange(withRomeo, {pinned: true, notify: 'none'});
	buffers.close(withRomeo);
	t.like(buffers.open(chatWithRomeo), {pinned: true, muted: undefined, notify: 'none'});
	buffers.arrange(withRomeo, {muted: true});
	t.like(buffers.list()[0], {pinned: undefined, muted: true, notify: undefined});
});

test('how a closed buffer is arranged can be asked, and what of it other devices had', async t => {
	const {buffers} = await temporaryStorage(t);
	t.is(buffers.arrangementOf(withRomeo), undefined);
	buffers.open(chatWithRomeo);
	buffers.arrange(withRomeo, {pinned: true});
	t.is(buffers.shared(withRomeo), undefined);
	buffers.share(withRomeo, {notify: 'all'});
	buffers.close(withRomeo);
	t.deepEqual(buffers.arrangementOf(withRomeo), {pinned: true, isOpen: false});
	t.deepEqual(buffers.shared(withRomeo), {notify: 'all'});
});

test('what ignored people said neither waits to be read nor calls, until they are heard again', async t => {
	const {buffers, ignored, messages} = await temporaryStorage(t);
	const den = 'den@rooms.example.org' as BareJid;
	const inDen = bufferId(juliet, 'room', den);
	buffers.open({id: inDen, kind: 'room', account: juliet, jid: den});
	const said = (at: number, more: object) =>
		messages.insert(incoming({buffer: inDen, kind: 'groupchat', receivedAt: now + at, highlight: true, ...more}));
	const first = said(1, {occupantId: 'r1'});
	said(2, {occupantId: 'n1'});
	said(3, {realJid: 'nurse@example.org/x'});
	const known = {account: juliet, room: den, knownBy: 'occupantId', value: 'r1', nick: 'romeo'} as const;
	ignored.add(known);
	ignored.add({...known, nick: 'montague'});
	t.deepEqual(ignored.list(juliet), [{...known, nick: 'montague'}]);
	t.deepEqual(ignored.mark(known, true), [first.key]);
	t.deepEqual(ignored.mark(known, true), []);
	t.like(buffers.get(inDen), {unread: 2, highlights: 2});
	t.is(ignored.mark({...known, knownBy: 'jid', value: 'nurse@example.org'}, true).length, 1);
	t.like(buffers.get(inDen), {unread: 1, highlights: 1});
	t.deepEqual(ignored.mark(known, false), [first.key]);
	t.like(buffers.get(inDen), {unread: 2, highlights: 2});
	ignored.remove(known);
	t.deepEqual(ignored.list(juliet, den), []);
	ignored.add(known);
	messages.forget(juliet);
	t.deepEqual(ignored.list(juliet), []);
});

test('the buffer of the other half of a split view is known while it is open', async t => {
	const {buffers} = await temporaryStorage(t);
	t.is(buffers.beside(), undefined);
	buffers.open(chatWithRomeo);
	buffers.setBeside(withRomeo);
	t.is(buffers.beside(), withRomeo);
	buffers.close(withRomeo);
	t.is(buffers.beside(), undefined);
	buffers.setBeside(consoleBuffer);
	t.is(buffers.beside(), consoleBuffer);
	buffers.setBeside(undefined);
	t.is(buffers.beside(), undefined);
});

test('in a room a message that mentions nobody is unread but no highlight', async t => {
	const {buffers, messages} = await temporaryStorage(t);
	const lounge = 'lounge@muc.example.org' as BareJid;
	const id = bufferId(juliet, 'room', lounge);
	buffers.open({id, kind: 'room', account: juliet, jid: lounge});
	messages.insert(incoming({buffer: id, kind: 'groupchat'}));
	t.like(buffers.get(id), {unread: 1, highlights: 0});
});

test('in a room only what calls the person counts as a highlight, until it is read', async t => {
	const {buffers, messages} = await temporaryStorage(t);
	const lounge = 'lounge@muc.example.org' as BareJid;
	const id = bufferId(juliet, 'room', lounge);
	buffers.open({id, kind: 'room', account: juliet, jid: lounge});
	const first = messages.insert(incoming({buffer: id, kind: 'groupchat', highlight: true}));
	messages.insert(incoming({buffer: id, kind: 'groupchat'}));
	messages.insert(incoming({buffer: id, kind: 'groupchat', highlight: true}));
	t.true(messages.get(first.key)?.highlight);
	t.like(buffers.get(id), {unread: 3, highlights: 2});
	t.like(buffers.list()[0], {unread: 3, highlights: 2});
	t.like(buffers.markRead(id, first.key), {unread: 2, highlights: 1});
});

test('of a chat in which only mentions call, only those count as highlights', async t => {
	const {buffers, messages} = await temporaryStorage(t);
	buffers.open(chatWithRomeo);
	const first = messages.insert(incoming({highlight: true}));
	messages.insert(incoming());
	t.like(buffers.get(withRomeo), {unread: 2, highlights: 2});
	buffers.arrange(withRomeo, {notify: 'mentions'});
	t.like(buffers.get(withRomeo), {unread: 2, highlights: 1});
	t.like(buffers.list()[0], {unread: 2, highlights: 1});
	t.like(buffers.markRead(withRomeo, first.key), {unread: 1, highlights: 0});
	buffers.arrange(withRomeo, {notify: 'none'});
	t.like(buffers.get(withRomeo), {unread: 1, highlights: 0});
	buffers.arrange(withRomeo, {});
	t.like(buffers.get(withRomeo), {unread: 1, highlights: 1});
});

test('the read mark moves forward only and never beyond the newest incoming message', async t => {
	const {buffers, messages} = await temporaryStorage(t);
	buffers.open(chatWithRomeo);
	t.is(buffers.markRead(withRomeo, Number.MAX_SAFE_INTEGER).readUpTo, 0);
	const first = messages.insert(incoming());
	const second = messages.insert(incoming());
	t.is(buffers.markRead(withRomeo, Number.MAX_SAFE_INTEGER).readUpTo, second.key);
	t.is(buffers.markRead(withRomeo, first.key).readUpTo, second.key);
	const own = messages.insert(outgoing({receivedAt: now + 9}));
	t.is(buffers.markRead(withRomeo, own.key).readUpTo, second.key);
	t.deepEqual(buffers.markRead(withNurse, 1), {unread: 0, highlights: 0, readUpTo: 0});
});

test('the active buffer is remembered over a restart while it is open', async t => {
	const directories = temporaryProfile(t);
	const first = await openStorage(directories, {clock: stoppedClock});
	t.is(first.buffers.active(), undefined);
	first.buffers.open(chatWithRomeo);
	first.buffers.setActive(withRomeo);
	first.close();

	const {buffers} = await temporaryStorage(t, directories);
	t.is(buffers.active(), withRomeo);
	buffers.close(withRomeo);
	t.is(buffers.active(), undefined);
	buffers.setActive(consoleBuffer);
	t.is(buffers.active(), consoleBuffer);
});

test('where a view stood is remembered over a restart, until it follows the newest message again', async t => {
	const directories = temporaryProfile(t);
	const first = await openStorage(directories, {clock: stoppedClock});
	first.buffers.open(chatWithRomeo);
	t.is(first.buffers.get(withRomeo)?.scroll, undefined);
	first.buffers.saveScroll(withRomeo, {key: Number.MAX_SAFE_INTEGER, rows: 3});
	first.close();

	const {buffers} = await temporaryStorage(t, directories);
	t.deepEqual(buffers.get(withRomeo)?.scroll, {key: Number.MAX_SAFE_INTEGER, rows: 3});
	buffers.saveScroll(withRomeo, undefined);
	t.is(buffers.list()[0]?.scroll, undefined);
});

const contact = (jid: BareJid, part: Partial<Contact> = {}): Contact => ({
	account: juliet,
	jid,
	subscription: 'both',
	asking: false,
	approved: false,
	groups: [],
	...part,
});

test('a roster comes back whole with its version', async t => {
	const {rosters} = await temporaryStorage(t);
	t.deepEqual(rosters.load(juliet), {version: undefined, contacts: []});
	const contacts = [
		contact(nurse, {name: 'Nurse 👵', groups: ['Home', 'a "quoted" group'], approved: true}),
		contact(romeo, {subscription: 'to', asking: true}),
	];
	rosters.replace(juliet, 'v1', contacts);
	t.deepEqual(rosters.load(juliet), {version: 'v1', contacts});

	rosters.replace(juliet, undefined, []);
	t.deepEqual(rosters.load(juliet), {version: undefined, contacts: []});
});

test('a push changes or removes one contact and moves the version if it brings one', async t => {
	const {rosters} = await temporaryStorage(t);
	rosters.replace(juliet, 'v1', [contact(nurse), contact(romeo, {name: 'Montague'})]);
	rosters.put(contact(romeo), 'v2');
	t.deepEqual(rosters.load(juliet), {version: 'v2', contacts: [contact(nurse), contact(romeo)]});
	rosters.put(contact(nurse, {subscription: 'from'}), undefined);
	rosters.remove(juliet, romeo, 'v3');
	t.deepEqual(rosters.load(juliet), {version: 'v3', contacts: [contact(nurse, {subscription: 'from'})]});
	t.deepEqual(rosters.load(romeo).contacts, []);
});

test('capabilities come back by hash and verification string, a bounded number of them', async t => {
	let time = now;
	const storage = await openStorage(temporaryProfile(t), {clock: {...stoppedClock, now: () => time++}});
	t.teardown(() => storage.close());
	storage.transaction(() => {
		for (let n = 0; n <= keptCapabilities; n += 1) {
			storage.capabilities.put('sha-1', `ver${n}`, ['urn:xmpp:ping', `${n}`]);
		}
	});

	t.is(storage.capabilities.get('sha-1', 'ver0'), undefined);
	t.deepEqual(storage.capabilities.get('sha-1', 'ver1'), ['urn:xmpp:ping', '1']);
	t.is(storage.capabilities.get('sha-256', 'ver1'), undefined);
});
