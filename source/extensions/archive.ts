/**
 * XEP-0313: Message Archive Management, version 1.1.3. https://xmpp.org/extensions/xep-0313.html
 *
 * Pages of what an archive holds. Results come as messages of their own before the answer that ends the page; believed
 * are only those of a question that is open, from the archive that was asked (CVE-2017-5589's kin: anybody can send a
 * `<result/>`). They are kept until the page is whole, so that a page can be stored in one transaction.
 */
import {randomUUID} from 'node:crypto';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, parseJid} from '../shared/jid.js';
import {attribute, child, element, optionalAttribute, optionalChild, rawChild} from '../xmpp/codec.js';
import {attributeOf, clientNamespace, type Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {boolean, dateTime, nonEmpty} from '../xmpp/scalars.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import {forwardNamespace} from './carbons.js';
import {delay} from './delayed-delivery.js';
import type {ExtensionPorts} from './ports.js';
import {resultSet} from './result-set.js';
import {type DataForm, dataForm, serviceDiscovery} from './service-discovery.js';

export const archiveNamespace = 'urn:xmpp:mam:2';
const groupchatField = `${archiveNamespace}#groupchat-field`;
const extendedFeature = `${archiveNamespace}#extended`;

const query = element(archiveNamespace, 'query', {
	queryId: optionalAttribute('queryid'),
	form: optionalChild(dataForm),
	set: optionalChild(resultSet),
});

/** One message of an archive. */
const result = element(archiveNamespace, 'result', {
	queryId: optionalAttribute('queryid'),
	id: attribute('id', nonEmpty),
	forwarded: child(
		element(forwardNamespace, 'forwarded', {
			delay: optionalChild(delay),
			message: rawChild('message', clientNamespace),
		}),
	),
});

/** Ends a page. `stable`: the archive's order up to here will not change. */
const fin = element(archiveNamespace, 'fin', {
	complete: optionalAttribute('complete', boolean),
	stable: optionalAttribute('stable', boolean),
	set: optionalChild(resultSet),
});

const end = {id: attribute('id', nonEmpty), at: attribute('timestamp', dateTime)};
/** The oldest and the newest message of an archive; also the question for them. */
const metadata = element(archiveNamespace, 'metadata', {
	start: optionalChild(element(archiveNamespace, 'start', end)),
	end: optionalChild(element(archiveNamespace, 'end', end)),
});

export type PageQuery = {
	/** Absent: the account's own archive. */
	readonly archive?: BareJid;
	/** Only the conversation with this JID. */
	readonly with?: BareJid;
	/** Milliseconds since the epoch, both included. */
	readonly start?: number;
	readonly end?: number;
	/** Forwards from after this id; without `after` and `before`, from the beginning. */
	readonly after?: string;
	/** Backwards from before this id; empty: from the end. */
	readonly before?: string;
	readonly max: number;
};

export type ArchivedMessage = {
	readonly id: string;
	/** When the archive got it, milliseconds since the epoch. Absent: it does not say. */
	readonly at?: number;
	readonly message: Element;
};

/** Always in the archive's order, whichever way one pages. */
export type ArchivePage = {
	readonly messages: readonly ArchivedMessage[];
	readonly first?: string;
	readonly last?: string;
	/** Nothing lies beyond it in the direction of paging. */
	readonly complete: boolean;
	readonly stable: boolean;
};

export type Archive = {
	/** Whether the account has one. Known once the session has started. */
	isAvailable(): boolean;
	/** Whether the server said that there is none; unlike one that was not heard of it. */
	isMissing(): boolean;
	/**
	 * Rejects with a stanza error (`item-not-found`: the archive does not know the id in `after` or `before`), or
	 * `malformed-answer`.
	 */
	page(query: PageQuery): Promise<ArchivePage>;
	/** The archive's oldest message; undefined for an empty archive. */
	oldest(archive?: BareJid): Promise<{readonly id: string; readonly at: number} | undefined>;
};

type OpenQuery = {
	readonly archive: BareJid;
	readonly max: number;
	readonly isBackwards: boolean;
	readonly found: ArchivedMessage[];
	/** There were more than were asked for. */
	isCut: boolean;
};

export const archive = defineExtension<Archive, ExtensionPorts>({
	name: 'message archive management',
	xep: '0313',
	version: '1.1.3',
	since: '0.1.0',
	status: 'partial',
	features: [],
	codecs: [query, result, fin, metadata],
	requires: [serviceDiscovery],
	attach(context) {
		const account = bareOf(context.jid);
		const open = new Map<string, OpenQuery>();
		let features: ReadonlySet<string> = new Set();
		let isKnown = false;
		/** Fields that the server said it supports and then refused. */
		let refusesExtras = false;

		context.onStarted(async () => {
			const {features: found} = await context.use(serviceDiscovery).ofAccount();
			features = new Set(found.map(({name}) => name));
			isKnown = true;
		});

		context.onMessage(messages => {
			if (open.size === 0) {
				return;
			}

			for (const message of messages) {
				const found = result.find(message);
				const asked = open.get(found?.queryId ?? '');
				if (found === undefined || asked === undefined) {
					continue;
				}

				const {id, forwarded} = found;
				if (isFrom(message, asked.archive, account) && forwarded.message !== undefined) {
					const at = forwarded.delay?.stamp;
					keep(asked, {id, message: forwarded.message, ...(at === undefined ? {} : {at})});
				}
			}
		});

		const ask = async (wanted: PageQuery, withExtras: boolean): Promise<ArchivePage> => {
			const queryId = randomUUID();
			const {archive = account, max, after, before} = wanted;
			const asked: OpenQuery = {archive, max, isBackwards: before !== undefined, found: [], isCut: false};
			open.set(queryId, asked);
			try {
				const answer = await context.request(
					wanted.archive,
					'set',
					query.encode({
						queryId,
						form: formOf(wanted, withExtras && archive === account),
						set: {
							max,
							...(after === undefined ? {} : {after}),
							...(before === undefined ? {} : {before}),
						},
					}),
				);
				return pageOf(answer, asked);
			} finally {
				open.delete(queryId);
			}
		};

		const page = async (wanted: PageQuery): Promise<ArchivePage> => {
			const withExtras = !refusesExtras && features.has(groupchatField);
			try {
				return await ask(wanted, withExtras);
			} catch (error) {
				if (withExtras && isStanzaError(error) && unsupported.has(error.condition)) {
					refusesExtras = true;
					return ask(wanted, false);
				}

				throw error;
			}
		};

		return {
			isAvailable: () => features.has(archiveNamespace),
			isMissing: () => isKnown && !features.has(archiveNamespace),
			page,
			async oldest(of) {
				if (of === undefined && features.has(extendedFeature)) {
					try {
						const answer = await context.request(undefined, 'get', metadata.encode({}));
						return answer === undefined ? undefined : metadata.decode(answer)?.start;
					} catch (error) {
						if (!isStanzaError(error) || !unsupported.has(error.condition)) {
							throw error;
						}
					}
				}

				const {messages} = await page({...(of === undefined ? {} : {archive: of}), max: 1});
				const [first] = messages;
				return first?.at === undefined ? undefined : {id: first.id, at: first.at};
			},
		};
	},
});

/** What a server answers to a field or question it does not know, whatever it announced. */
const unsupported: ReadonlySet<string> = new Set([
	'feature-not-implemented',
	'service-unavailable',
	'bad-request',
	'not-acceptable',
]);

/** Whether a message that is a result of an archive, and so none in its own right. */
export function isArchiveResult(message: Element): boolean {
	return message.children.some(node => typeof node !== 'string' && result.is(node));
}

/**
 * A server that gives more than was asked for is cut short where the next page begins: memory is bounded by the page, and
 * nothing is passed over.
 */
function keep(asked: OpenQuery, message: ArchivedMessage): void {
	if (asked.found.length < asked.max) {
		asked.found.push(message);
		return;
	}

	asked.isCut = true;
	if (asked.isBackwards) {
		asked.found.shift();
		asked.found.push(message);
	}
}

/** The own archive speaks as the bare JID, or without a sender, which only the own server can. */
function isFrom(message: Element, archive: BareJid, account: BareJid): boolean {
	const from = attributeOf(message, 'from');
	return from === undefined ? archive === account : parseJid(from) === archive;
}

function formOf(wanted: PageQuery, withoutGroupchat: boolean): DataForm {
	const field = (name: string, value: string | undefined) => (value === undefined ? [] : [{name, values: [value]}]);
	const time = (at: number | undefined) => (at === undefined ? undefined : dateTime.format(at));
	return {
		type: 'submit',
		fields: [
			{name: 'FORM_TYPE', type: 'hidden', values: [archiveNamespace]},
			...field('with', wanted.with),
			...field('start', time(wanted.start)),
			...field('end', time(wanted.end)),
			...field('include-groupchat', withoutGroupchat ? 'false' : undefined),
		],
	};
}

function pageOf(answer: Element | undefined, {archive, found: messages, isCut}: OpenQuery): ArchivePage {
	const ending = answer === undefined ? undefined : fin.decode(answer);
	if (ending === undefined) {
		throw new XmppcError({
			code: 'malformed-answer',
			kind: 'protocol',
			message: `The archive of ${archive} answered something else than was asked.`,
		});
	}

	const told = isCut ? undefined : ending.set;
	const first = told?.first ?? messages[0]?.id;
	const last = told?.last ?? messages.at(-1)?.id;
	return {
		messages,
		...(first === undefined ? {} : {first}),
		...(last === undefined ? {} : {last}),
		// A page with nothing in it leads nowhere, whatever it claims.
		complete: (ending.complete === true && !isCut) || last === undefined,
		stable: ending.stable !== false,
	};
}
