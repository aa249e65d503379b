/** What a room asks before it lets somebody in (XEP-0158), as ejabberd asks it unless a test says otherwise. */
import {createHash} from 'node:crypto';

/** The smallest picture there is: one pixel. */
export const pixel = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'base64',
);

export const cidFor = (bytes: Uint8Array) => `sha1+${createHash('sha1').update(bytes).digest('hex')}@bob.xmpp.org`;

export const bits = (bytes: Uint8Array, cid = cidFor(bytes)) =>
	`<data xmlns='urn:xmpp:bob' cid='${cid}' max-age='0' type='image/png'>${Buffer.from(bytes).toString('base64')}</data>`;

export const hiddenField = (name: string, value: string) =>
	`<field var='${name}' type='hidden'><value>${value}</value></field>`;

export const ocrField = (uri: string) =>
	`<field var='ocr' type='text-single' label='Enter the text you see'><media xmlns='urn:xmpp:media-element'><uri type='image/png'>${uri}</uri></media><required/></field>`;

export type ChallengeOptions = Partial<
	Record<'from' | 'id' | 'about' | 'sid' | 'fields' | 'hidden' | 'more' | 'body' | 'type', string>
> & {readonly room: string};

/** A question of a room; `sid` is the id of the request to enter it. */
export function challenge({
	room,
	from = room,
	id = 'c1',
	about = room,
	sid,
	fields = ocrField(`cid:${cidFor(pixel)}`),
	hidden = '',
	more = bits(pixel),
	body = `Your messages to ${room} have been blocked. Visit http://127.0.0.1:5280/captcha/c1`,
	type = '',
}: ChallengeOptions): string {
	const form = [
		hiddenField('FORM_TYPE', 'urn:xmpp:captcha'),
		hiddenField('from', about),
		hiddenField('challenge', id),
		...(sid === undefined ? [] : [hiddenField('sid', sid)]),
		hidden,
		fields,
	].join('');
	const kind = type === '' ? '' : ` type='${type}'`;
	return `<message xmlns='jabber:client' from='${from}' id='${id}'${kind}><body>${body}</body><no-store xmlns='urn:xmpp:hints'/><x xmlns='jabber:x:oob'><url>http://127.0.0.1:5280/captcha/c1</url></x><captcha xmlns='urn:xmpp:captcha'><x xmlns='jabber:x:data' type='form'>${form}</x></captcha>${more}</message>`;
}

/** The id of the last request to enter a room among stanzas that were written. */
export function entryId(written: readonly string[]): string {
	const entry = written.findLast(text => text.startsWith('<presence') && text.includes('jabber.org/protocol/muc"'));
	return / id="([^"]+)"/.exec(entry ?? '')?.[1] ?? '';
}
