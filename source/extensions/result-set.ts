/**
 * XEP-0059: Result Set Management, version 1.0. https://xmpp.org/extensions/xep-0059.html
 *
 * Ids are opaque. `count` and the index of `first` are never used: servers estimate them or leave them out.
 */
import {type Decoded, element, optionalChildText} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {integer, nonEmpty} from '../xmpp/scalars.js';

const namespace = 'http://jabber.org/protocol/rsm';

/** What page is wanted, and which one it is. An empty `before` asks for the last page. */
export const resultSet = element(namespace, 'set', {
	max: optionalChildText('max', integer()),
	after: optionalChildText('after', nonEmpty),
	before: optionalChildText('before'),
	first: optionalChildText('first', nonEmpty),
	last: optionalChildText('last', nonEmpty),
});

export type ResultSet = Decoded<typeof resultSet>;

/** One page, in the order of the whole. `count`: how many items it had, those that are of no use included. */
export type ResultPage<Item> = {
	readonly items: readonly Item[];
	readonly count: number;
	readonly set?: ResultSet | undefined;
};

export type PageBounds<Item> = {
	/** How many items a page is asked to have. */
	readonly pageSize: number;
	/** How many items and pages are taken at most. */
	readonly mostItems: number;
	readonly mostPages: number;
	/** What an item is known by: one that comes again is left out. */
	readonly keyOf: (item: Item) => string;
};

/**
 * Pages forwards from the beginning (§2.2) until the end or a bound; `isCut`: there is more. An entity without pages answers
 * everything at once. A page that brings nothing new is the last, whatever it says of itself. Rejects where the first page
 * does; where a later one fails, what is there counts.
 */
export async function followPages<Item>(
	ask: (set: ResultSet) => Promise<ResultPage<Item>>,
	{pageSize, mostItems, mostPages, keyOf}: PageBounds<Item>,
): Promise<{readonly items: readonly Item[]; readonly isCut: boolean}> {
	const found = new Map<string, Item>();
	let after: string | undefined;
	for (let number = 1; number <= mostPages; number++) {
		const asked = ask({max: pageSize, ...(after === undefined ? {} : {after})});
		const page = await (number === 1 ? asked : asked.catch(() => undefined));
		if (page === undefined) {
			break;
		}

		const before = found.size;
		for (const item of page.items) {
			if (!found.has(keyOf(item))) {
				found.set(keyOf(item), item);
			}

			if (found.size > mostItems) {
				return {items: [...found.values()].slice(0, mostItems), isCut: true};
			}
		}

		after = page.set?.last;
		const isFull = page.count >= (page.set?.max ?? 0);
		if (after === undefined || !isFull || found.size === before) {
			return {items: [...found.values()], isCut: false};
		}
	}

	return {items: [...found.values()], isCut: true};
}

export const resultSetManagement = defineExtension<void>({
	name: 'result set management',
	xep: '0059',
	version: '1.0',
	since: '0.1.0',
	status: 'complete',
	features: [],
	codecs: [resultSet],
	requires: [],
	attach() {},
});
