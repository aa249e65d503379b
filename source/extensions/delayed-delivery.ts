/**
 * XEP-0203: Delayed Delivery, version 2.0. https://xmpp.org/extensions/xep-0203.html
 *
 * Anybody can put any date on a message. Only the own server says when a message reached it; the author's own date is
 * shown beside that and only where it is possible (CVE-2013-6477 was a year out of range).
 */
import {type BareJid, bareOf, domainOf, parseJid} from '../shared/jid.js';
import {attribute, element, optionalAttribute} from '../xmpp/codec.js';
import {attributeOf, type Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {dateTime, jid} from '../xmpp/scalars.js';

const namespace = 'urn:xmpp:delay';

/** `stamp` in milliseconds since the epoch. */
export const delay = element(namespace, 'delay', {
	stamp: attribute('stamp', dateTime),
	from: optionalAttribute('from', jid),
});

export const delayedDelivery = defineExtension<void>({
	name: 'delayed delivery',
	xep: '0203',
	version: '2.0',
	since: '0.1.0',
	status: 'complete',
	features: [namespace],
	codecs: [delay],
	requires: [],
	attach() {},
});

/** Jabber began in January 1999: nothing was delayed before. */
const earliest = Date.UTC(1999, 0, 1);
/** How far clocks may be apart, milliseconds. */
const tolerance = 5 * 60_000;

/** All in milliseconds since the epoch. */
export type Times = {
	/** When our server had the message, or `now` where it does not say. */
	readonly receivedAt: number;
	/** When the author says it was written, where that is earlier. */
	readonly sentAt?: number;
	/** Whether it took a detour at all: offline storage, an interrupted stream, on either side. */
	readonly delayed: boolean;
	/** Whether our server held it up: what it brings at once is the newest that it has. */
	readonly kept: boolean;
	/** A room says that it was there in our future: its clock and ours differ. */
	readonly isAhead?: true;
};

/** An own archive may be this far ahead of our clock and still know better, milliseconds. */
const archiveTolerance = 24 * 60 * 60_000;

/**
 * What the delays of a message are worth at `now` to the account `own`, or in the room `own` where it was said; absent:
 * nobody may have held it up. `archivedAt`: when the own archive, or the wrapper of a carbon, says that the server got it,
 * which outweighs what is in the message.
 */
export function timesOf(message: Element, own: BareJid | undefined, now: number, archivedAt?: number): Times {
	const believable = believableDelays(message, now);
	// What a room repeats it repeats also where our clock is behind, whatever dates it has.
	const stamped =
		attributeOf(message, 'type') === 'groupchat' ? delaysUntil(message, Number.POSITIVE_INFINITY) : believable;
	// A forged date beside the true one is an earlier one: the latest harms least.
	const byServer = stamped.filter(({from}) => isOurServer(from, message, own)).map(({stamp}) => stamp);
	const isArchived = archivedAt !== undefined && archivedAt >= earliest && archivedAt <= now + archiveTolerance;
	const receivedAt = isArchived ? archivedAt : byServer.length === 0 ? now : Math.min(now, Math.max(...byServer));
	const isAhead = byServer.some(stamp => stamp > now + tolerance);
	const byAuthor = believable.filter(({from}) => !isOurServer(from, message, own)).map(({stamp}) => stamp);
	const sentAt = byAuthor.length === 0 ? undefined : Math.min(...byAuthor);
	return {
		receivedAt,
		delayed: isArchived || believable.length > 0 || byServer.length > 0,
		kept: isArchived || byServer.length > 0,
		...(sentAt !== undefined && sentAt < receivedAt ? {sentAt} : {}),
		...(isAhead ? {isAhead} : {}),
	};
}

/** When our server got what it wrapped into this message, where it held that up and says so on the wrapper (a carbon). */
export function wrappedAt(wrapper: Element, own: BareJid, now: number): number | undefined {
	const stamps = believableDelays(wrapper, now)
		.filter(({from}) => from === own || from === domainOf(own))
		.map(({stamp}) => stamp);
	return stamps.length === 0 ? undefined : Math.min(now, Math.max(...stamps));
}

function believableDelays(message: Element, now: number) {
	return delaysUntil(message, now + tolerance);
}

function delaysUntil(message: Element, latest: number) {
	return delay.findAll(message).filter(({stamp}) => stamp >= earliest && stamp <= latest);
}

/** Servers speak for themselves or for the account; in what the account wrote, that is another device of it. */
function isOurServer(from: string | undefined, message: Element, own: BareJid | undefined): boolean {
	if (own === undefined) {
		return false;
	}

	const author = parseJid(attributeOf(message, 'from') ?? own);
	// What the account wrote is from its other devices; what is said in a room comes from the room (XEP-0045 §7.2.14).
	const isRoom = attributeOf(message, 'type') === 'groupchat';
	return from === domainOf(own) || (from === own && (isRoom || author === undefined || bareOf(author) !== own));
}
