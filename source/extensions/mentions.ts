/**
 * XEP-0372: References, version 0.7.0, as far as they say who is mentioned, and XEP-0513: Explicit Mentions, version 0.1.0.
 * https://xmpp.org/extensions/xep-0372.html
 *
 * Offsets count code points of the body (XEP-0426), the end not included.
 */
import {type BareJid, type FullJid, type Jid, parseJid, withResource} from '../shared/jid.js';
import {attribute, element, optionalAttribute} from '../xmpp/codec.js';
import type {Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {choice, integer, jid, nonEmpty} from '../xmpp/scalars.js';

const reference = element('urn:xmpp:reference:0', 'reference', {
	type: attribute('type', choice('mention')),
	begin: optionalAttribute('begin', integer()),
	end: optionalAttribute('end', integer()),
	uri: attribute('uri', nonEmpty),
});

const explicitNamespace = 'urn:xmpp:mentions:0';

const explicitMention = element(explicitNamespace, 'mention', {
	occupantId: optionalAttribute('occupantid', nonEmpty),
	jid: optionalAttribute('jid', jid),
	begin: optionalAttribute('begin', integer()),
	end: optionalAttribute('end', integer()),
});

/** Somebody that can be mentioned. */
export type Mentionable = {readonly nick: string; readonly occupantId?: string};

export const mentions = defineExtension<void>({
	name: 'mentions',
	xep: '0372',
	version: '0.7.0',
	since: '0.2.0',
	status: 'partial',
	features: ['urn:xmpp:reference:0'],
	codecs: [reference, explicitMention],
	requires: [],
	attach() {},
});

/** Mentions of one message are no more than this: more calls for nobody. */
const mostMentions = 20;
/** Nicks that are looked for: in larger rooms only those who spoke lately, which come first. */
const mostNicks = 2000;

/**
 * The elements that say whom a text mentions by nick: whole words only, the longest nick where one begins another. `explicit`:
 * the room announces XEP-0513 too.
 */
export function mentionsIn(
	body: string,
	room: BareJid,
	people: Iterable<Mentionable>,
	{explicit}: {readonly explicit: boolean},
): readonly Element[] {
	const found: Array<{readonly begin: number; readonly end: number; readonly person: Mentionable}> = [];
	const byLength = [...people].slice(0, mostNicks).toSorted((one, other) => other.nick.length - one.nick.length);
	for (const person of byLength) {
		if (person.nick === '') {
			continue;
		}

		for (let at = body.indexOf(person.nick); at >= 0; at = body.indexOf(person.nick, at + 1)) {
			const end = at + person.nick.length;
			const isWord = !isWordCharacter(body, at - 1) && !isWordCharacter(body, end);
			if (isWord && found.every(other => end <= other.begin || at >= other.end)) {
				found.push({begin: at, end, person});
			}
		}
	}

	return found
		.toSorted((one, other) => one.begin - other.begin)
		.slice(0, mostMentions)
		.flatMap(({begin, end, person}) => {
			const occupant = withResource(room, person.nick);
			const range = {begin: codePoints(body.slice(0, begin)), end: codePoints(body.slice(0, end))};
			return [
				...(occupant === undefined ? [] : [reference.encode({type: 'mention', ...range, uri: uriOf(occupant)})]),
				...(explicit && person.occupantId !== undefined
					? [explicitMention.encode({...range, occupantId: person.occupantId})]
					: []),
			];
		});
}

/** Whether a message says that one of these is meant: our address, or what we are in the room. */
export function isMentioned(
	stanza: Element,
	own: {readonly account: BareJid; readonly occupant?: FullJid; readonly occupantId?: string},
): boolean {
	const isUs = (address: Jid | undefined) =>
		address !== undefined && (address === own.account || address === own.occupant);
	return (
		reference
			.findAll(stanza)
			.slice(0, mostMentions)
			.some(({uri}) => isUs(addressIn(uri))) ||
		explicitMention
			.findAll(stanza)
			.slice(0, mostMentions)
			.some(
				({occupantId, jid: address}) => isUs(address) || (occupantId !== undefined && occupantId === own.occupantId),
			)
	);
}

/** `xmpp:` with the resource percent-encoded (RFC 5122 §2.3). */
function uriOf(occupant: FullJid): string {
	const slash = occupant.indexOf('/');
	return `xmpp:${occupant.slice(0, slash)}/${encodeURIComponent(occupant.slice(slash + 1))}`;
}

function addressIn(uri: string): Jid | undefined {
	if (!uri.startsWith('xmpp:')) {
		return undefined;
	}

	const [path = ''] = uri.slice('xmpp:'.length).split('?', 1);
	try {
		return parseJid(decodeURIComponent(path));
	} catch {
		// Not percent-encoding: some write the nick as it is.
		return parseJid(path);
	}
}

const letterOrDigit = /[\p{L}\p{N}_]/u;

function isWordCharacter(text: string, at: number): boolean {
	const code = at < 0 ? undefined : text.codePointAt(at);
	return code !== undefined && letterOrDigit.test(String.fromCodePoint(code));
}

function codePoints(text: string): number {
	return Array.from(text).length;
}

/** What a room announces that takes explicit mentions. */
export const explicitMentionFeature = explicitNamespace;
