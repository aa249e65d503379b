/**
 * What a message holds that xmppc cannot do anything with, for messages that have no text: whoever sent it meant a person to
 * see something. Only elements that say something to a person are in here: what programs tell each other (chat states,
 * markers, receipts, hints, events of nodes, answers to calls) is nothing to be shown.
 */
import {printable, shortened} from '../shared/text.js';
import {attributeOf, child, childrenNamed, type Element, textOf} from '../xmpp/element.js';
import {address, integer} from '../xmpp/scalars.js';

type Row = {
	readonly namespace: string;
	readonly name: string;
	/** In words, or nothing where there is nothing for a person in it after all. */
	says(payload: Element, message: Element): string | undefined;
};

/** The first that fits counts. */
const table: readonly Row[] = [
	// XEP-0449: the picture is a shared file (below), and says in words what it shows.
	{
		namespace: 'urn:xmpp:stickers:0',
		name: 'sticker',
		says: (_, message) => {
			const desc = lineIn(fileIn(sharedIn(message)), 'desc');
			return desc === '' ? '[A sticker]' : `[Sticker: ${desc}]`;
		},
	},
	// XEP-0447
	{
		namespace: 'urn:xmpp:sfs:0',
		name: 'file-sharing',
		says: shared => fileWords(fileIn(shared), targetIn(shared, 'http://jabber.org/protocol/url-data', 'target')),
	},
	// XEP-0385
	{
		namespace: 'urn:xmpp:reference:0',
		name: 'reference',
		says(reference) {
			const media = child(reference, 'media-sharing', 'urn:xmpp:sims:1');
			return media === undefined ? undefined : fileWords(fileIn(media), targetIn(media, 'urn:xmpp:reference:0', 'uri'));
		},
	},
	// XEP-0482
	{
		namespace: 'urn:xmpp:call-invites:0',
		name: 'invite',
		says: invite =>
			`[Invitation to a ${attributeOf(invite, 'video') === 'true' ? 'video ' : ''}call (calls are not supported by xmppc)]`,
	},
	// XEP-0224; what was held up is not to be heard any more (§3).
	{
		namespace: 'urn:xmpp:attention:0',
		name: 'attention',
		says: (_, message) =>
			child(message, 'delay', 'urn:xmpp:delay') === undefined ? '[Wants your attention]' : undefined,
	},
	// XEP-0070
	{
		namespace: 'http://jabber.org/protocol/http-auth',
		name: 'confirm',
		says: () => '[Asks you to confirm that you log in to a web site, which xmppc cannot do]',
	},
];

/** What is to be said of a message without a text; `undefined`: nothing. User text. */
export function wordsOfUnread(message: Element): string | undefined {
	for (const {namespace, name, says} of table) {
		const payload = child(message, name, namespace);
		const words = payload === undefined ? undefined : says(payload, message);
		if (words !== undefined) {
			return words;
		}
	}

	return undefined;
}

const fileNamespaces = ['urn:xmpp:file:metadata:0', 'urn:xmpp:jingle:apps:file-transfer:5'] as const;
/** Code points of what a file is called, or said to be. */
const longestLine = 200;

function sharedIn(message: Element): Element | undefined {
	return child(message, 'file-sharing', 'urn:xmpp:sfs:0');
}

function fileIn(shared: Element | undefined): Element | undefined {
	return shared === undefined
		? undefined
		: fileNamespaces.map(each => child(shared, 'file', each)).find(file => file !== undefined);
}

function lineIn(file: Element | undefined, name: string): string {
	const part = fileNamespaces
		.map(each => (file === undefined ? undefined : child(file, name, each)))
		.find(found => found !== undefined);
	const text = part === undefined ? '' : textOf(part).slice(0, 4 * longestLine);
	return shortened(text.replace(/\s+/gu, ' ').trim(), longestLine);
}

/** Where the file can be had, of the sources the first on the web. */
function targetIn(shared: Element, namespace: string, attribute: string): string | undefined {
	const sources = childrenNamed(shared, 'sources', shared.attrs.xmlns ?? '')[0];
	const first = sources === undefined ? [] : sources.children.filter(node => typeof node !== 'string');
	return first
		.map(source => (source.attrs.xmlns === namespace ? address.parse(attributeOf(source, attribute) ?? '') : undefined))
		.find(target => target !== undefined && /^https?:/iu.test(target));
}

function fileWords(file: Element | undefined, target: string | undefined): string {
	const size = integer(0, 2 ** 50).parse(lineIn(file, 'size'));
	const facts = [lineIn(file, 'media-type'), size === undefined ? '' : sizeText(size)].filter(text => text !== '');
	const name = printable(lineIn(file, 'name') || lineIn(file, 'desc') || 'without a name', 'identifier');
	return `[File: ${name}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}]${target === undefined ? '' : ` ${target}`}`;
}

function sizeText(bytes: number): string {
	const unit = units.findLast(([, least]) => bytes >= least);
	return unit === undefined ? `${bytes} bytes` : `${(bytes / unit[1]).toFixed(1)} ${unit[0]}`;
}

const units: ReadonlyArray<readonly [name: string, bytes: number]> = [
	['kB', 1e3],
	['MB', 1e6],
	['GB', 1e9],
];
