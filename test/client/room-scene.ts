import type {ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import type {FakeArchive} from './fake-archive.js';
import type {Profile} from './profile.js';
import {juliet, offlineScene, type Scene, settled} from './scene.js';

export const den = 'den@rooms.example.org' as BareJid;
export const inDen = bufferId(juliet, 'room', den);

/** What a room adds to what it is where one has to wait so many seconds for the next message (XEP-0500). */
export const slowForm = (seconds: number | string) =>
	`<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roominfo</value></field><field var='muc#roominfo_slow_mode_duration' type='text-single'><value>${seconds}</value></field></x>`;

/** What a room offers that archives and says who is who. */
export const archived = ['urn:xmpp:mam:2', 'urn:xmpp:sid:0'] as const;
export const identifying = ['urn:xmpp:occupant-id:0'] as const;

export const occupantId = (id: string) => `<occupant-id xmlns='urn:xmpp:occupant-id:0' id='${id}'/>`;
export const stanzaId = (id: string, by: string = den) => `<stanza-id xmlns='urn:xmpp:sid:0' id='${id}' by='${by}'/>`;
export const userX = (inside: string) => `<x xmlns='http://jabber.org/protocol/muc#user'>${inside}</x>`;
export const status = (...codes: readonly number[]) => codes.map(code => `<status code='${code}'/>`).join('');

/** Somebody's presence in a room. */
export function presence(
	nick: string,
	{
		room = den,
		type = '',
		item = "affiliation='none' role='participant'",
		inside = '',
		codes = [] as readonly number[],
		more = '',
	} = {},
): string {
	const kind = type === '' ? '' : ` type='${type}'`;
	return `<presence from='${room}/${nick}'${kind}>${userX(`<item ${item}>${inside}</item>${status(...codes)}`)}${more}</presence>`;
}

/** Our own: we are in. */
export const self = (codes: readonly number[] = [], more = '') => presence('juliet', {codes: [110, ...codes], more});

export function said(
	body: string,
	{
		nick = 'romeo',
		room = den,
		id = body,
		more = '',
		to = '',
	}: Partial<Record<'nick' | 'room' | 'id' | 'more' | 'to', string>> = {},
): string {
	const target = to === '' ? '' : ` to='${to}'`;
	return `<message xmlns='jabber:client' type='groupchat' from='${room}/${nick}' id='${id}'${target}><body>${body}</body>${more}</message>`;
}

/** What the room says of something that was written here. */
export function reflection(written: string, more = '', nick = 'juliet'): string {
	return written
		.replace('<message', `<message xmlns='jabber:client' from='${den}/${nick}'`)
		.replace(/ to="[^"]*"/, '')
		.replace('</message>', `${more}</message>`);
}

export const pubsubItems = (...rooms: readonly string[]) =>
	`<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'>${rooms
		.map(room => `<item id='${room}'><conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'/></item>`)
		.join('')}</items></pubsub>`;

/** Requests to enter rooms that were written, as `room/nick`. */
export const entries = ({server}: Scene) =>
	server.written.flatMap(
		text => /<presence[^>]* to="([^"]*)".*xmlns="http:\/\/jabber.org\/protocol\/muc"/.exec(text)?.[1] ?? [],
	);

/** Messages that were written to rooms. */
export const spoken = ({server}: Scene) =>
	server.written.filter(text => text.startsWith('<message') && text.includes('<body>'));

export const say = (it: Scene, body: string) =>
	it.actions.sendMessage({account: juliet, to: den, body, kind: 'groupchat'});

/** What is on record of a room, oldest first. */
export const shown = (it: Scene, buffer = inDen) => it.storage.messages.page(buffer, {limit: 1000});
export const words = (it: Scene, buffer = inDen) => shown(it, buffer).map(({body}) => body);

/** Connected, with the den among the bookmarks: the request to enter it is written. */
export async function before(
	t: ExecutionContext,
	{
		features = archived as readonly string[],
		profile = undefined as Profile | undefined,
		slow = undefined as number | undefined,
		form = undefined as string | undefined,
	} = {},
): Promise<Scene & {readonly archive: FakeArchive}> {
	const it = await offlineScene(t, profile);
	if (slow !== undefined) {
		it.server.forms.set(den, slowForm(slow));
	}

	if (form !== undefined) {
		it.server.forms.set(den, form);
	}

	const archive = it.server.room(den, ['http://jabber.org/protocol/muc', ...features]);
	it.server.answerWith('pubsub', payload => (payload.includes('<items') ? pubsubItems(den) : ''));
	await it.actions.connect({account: juliet});
	await settled();
	await settled();
	return {...it, archive};
}

/** The same, inside, with romeo. */
export async function inside(
	t: ExecutionContext,
	options?: Parameters<typeof before>[1] & {readonly more?: string},
): Promise<Awaited<ReturnType<typeof before>>> {
	const it = await before(t, options);
	await it.server.bring(presence('romeo'), self([], options?.more));
	await settled();
	await settled();
	return it;
}
