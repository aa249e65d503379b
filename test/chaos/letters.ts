/** Messages as this world writes them. Each has a text of its own, by which it is known wherever it turns up. */
import {type BareJid, bareOf, type FullJid} from '../../source/shared/jid.js';

/** A person with devices, and the server that the account is at. */
export type House = {
	readonly account: BareJid;
	readonly domain: string;
	/** Whom it writes with: most with the first of them. */
	readonly peers: readonly [Peer, Peer];
};
export type Peer = string;

export const capulet: House = {
	account: 'juliet@example.org' as BareJid,
	domain: 'example.org',
	peers: ['romeo@example.net', 'nurse@example.net'],
};
/** Of romeo where he is more than a name. */
export const montague: House = {
	account: 'romeo@example.net' as BareJid,
	domain: 'example.net',
	peers: ['juliet@example.org', 'benvolio@example.net'],
};

const stanzaIds = 'urn:xmpp:sid:0';

/** The text of message `number`: no two are alike, and some bytes belong together. */
export const textOf = (number: number) => `${number} – ☕`;

/** Finds such texts wherever they stand. */
export const textPattern = /\d+ – ☕/g;

export function numberOf(body: string): number {
	return Number.parseInt(body, 10);
}

export function bodyIn(stanza: string): string | undefined {
	return /<body>([^<]*)<\/body>/.exec(stanza)?.[1];
}

/** What a peer sends; `to` is the account or one of its sessions. */
export function letterFrom(peer: Peer, number: number, to: string): string {
	return (
		`<message xmlns='jabber:client' from='${peer}/orchard' to='${to}' type='chat' id='m${number}'>` +
		`<body>${textOf(number)}</body><request xmlns='urn:xmpp:receipts'/></message>`
	);
}

/** What another device of the account sends. */
export function letterOfPhone({account}: House, peer: Peer, number: number): string {
	return (
		`<message xmlns='jabber:client' from='${account}/phone' to='${peer}' type='chat' id='p${number}'>` +
		`<body>${textOf(number)}</body><origin-id xmlns='${stanzaIds}' id='p${number}'/></message>`
	);
}

export function receiptFrom(peer: Peer, id: string, to: string): string {
	return (
		`<message xmlns='jabber:client' from='${peer}/orchard' to='${to}' type='chat' id='r-${id}'>` +
		`<received xmlns='urn:xmpp:receipts' id='${id}'/></message>`
	);
}

export function bounceFrom(peer: Peer, id: string, to: string): string {
	return (
		`<message xmlns='jabber:client' from='${peer}' to='${to}' type='error' id='${id}'>` +
		"<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
	);
}

/** The same with something more inside. */
export function withMore(stanza: string, more: string): string {
	return stanza.replace(/<\/message>$/, `${more}</message>`);
}

export function archiveIdElement({account}: House, id: string): string {
	return `<stanza-id xmlns='${stanzaIds}' id='${id}' by='${account}'/>`;
}

export function delayElement(from: string, at: number, resolution: number): string {
	const stamp = new Date(Math.floor(at / resolution) * resolution).toISOString().replace('.000Z', 'Z');
	return `<delay xmlns='urn:xmpp:delay' from='${from}' stamp='${stamp}'/>`;
}

export function carbonOf(stanza: string, direction: 'sent' | 'received', to: string): string {
	return (
		`<message xmlns='jabber:client' from='${bareOf(to as FullJid)}' to='${to}' type='chat'><${direction} xmlns='urn:xmpp:carbons:2'>` +
		`<forwarded xmlns='urn:xmpp:forward:0'>${stanza}</forwarded></${direction}></message>`
	);
}

export function attributeIn(stanza: string, name: string): string | undefined {
	return new RegExp(`^<[^>]*\\s${name}=["']([^"']*)["']`).exec(stanza)?.[1];
}
