/**
 * XEP-0433: Extended Channel Search, version 0.1.0. https://xmpp.org/extensions/xep-0433.html
 *
 * A directory of public rooms, also of those on other servers. Its form is read first (§4.2.1): only fields that it has are
 * sent. What it tells of a room is hearsay, and user text.
 */
import type {FormAnswers, FormField} from '../model/form.js';
import type {ListedRoom} from '../model/room.js';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, localpartOf, parseBareJid} from '../shared/jid.js';
import {sanitizeOutgoing, shortened} from '../shared/text.js';
import {attribute, children, type Decoded, element, optionalChild, optionalChildText} from '../xmpp/codec.js';
import type {Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {integer, nonEmpty, type Scalar} from '../xmpp/scalars.js';
import {searchRefusal} from './channel-search-refusals.js';
import {readForm, submission, wholeForm} from './data-forms.js';
import type {ExtensionPorts} from './ports.js';
import {followPages, resultSet} from './result-set.js';
import type {SearchPauses} from './search-pauses.js';

const baseNamespace = 'urn:xmpp:channel-search:0';
/** What a directory announces (XEP-0030), and what its questions and answers are in. */
export const channelSearchNamespace = `${baseNamespace}:search`;
const formType = `${baseNamespace}:search-params`;
const byPeople = `{${baseNamespace}:order}nusers`;
const byAddress = `{${baseNamespace}:order}address`;
/** The only kind of channel that can be entered here. */
const multiUserChat = 'xep-0045';

/** No more of a listing is looked through; who wants others asks with more words. */
const bounds = {pageSize: 100, mostItems: 200, mostPages: 10};
/** Code points that are kept. */
const longestName = 200;
const longestDescription = 1000;
const longestWords = 500;
/** No room has more people. */
const mostPeople = 9_999_999;

/** Text of which so much is kept; white space alone is none. */
function atMost(codePoints: number): Scalar<string> {
	return {
		parse(text) {
			const kept = shortened(text.trim(), codePoints);
			return kept === '' ? undefined : kept;
		},
		format: value => value,
	};
}

/** The table of §5.2 has a boolean, all examples the empty element. */
const openness: Scalar<boolean> = {
	parse(text) {
		const word = text.trim();
		return ['', 'true', '1'].includes(word) ? true : ['false', '0'].includes(word) ? false : undefined;
	},
	format: value => (value ? '' : 'false'),
};

const languageTag: Scalar<string> = {
	parse: text => /^[a-z]{1,8}(?:-[a-z\d]{1,8}){0,4}$/iu.exec(text.trim())?.[0],
	format: value => value,
};

const item = element(channelSearchNamespace, 'item', {
	address: attribute('address', nonEmpty),
	name: optionalChildText('name', atMost(longestName)),
	description: optionalChildText('description', atMost(longestDescription)),
	language: optionalChildText('language', languageTag),
	people: optionalChildText('nusers', integer(0, mostPeople)),
	serviceType: optionalChildText('service-type', nonEmpty),
	isOpen: optionalChildText('is-open', openness),
	anonymity: optionalChildText('anonymity-mode', nonEmpty),
});

/** Without form the question for it, or the form; with what was filled in the search. */
const search = element(channelSearchNamespace, 'search', {
	set: optionalChild(resultSet),
	form: optionalChild(wholeForm),
});

const result = element(channelSearchNamespace, 'result', {
	items: children(item),
	set: optionalChild(resultSet),
});

export type ChannelSearch = {
	/**
	 * The rooms that fit the words, or without words all; those with most people first where the service can sort so. `isCut`:
	 * there are more. Rejects with `directory-paused` before a pause that the service asked for is over, `no-directory` where
	 * there is nothing to search, a refusal of the service (`directory-…`), another stanza error, or `malformed-answer`.
	 */
	search(
		service: BareJid,
		words: string,
		pauses: SearchPauses,
	): Promise<{readonly rooms: readonly ListedRoom[]; readonly isCut: boolean}>;
};

export const channelSearch = defineExtension<ChannelSearch, ExtensionPorts>({
	name: 'channel search',
	xep: '0433',
	version: '0.1.0',
	since: '0.2.0',
	status: 'complete',
	features: [],
	codecs: [search, result],
	requires: [],
	attach(context) {
		return {
			async search(service, words, pauses) {
				pauses.check(service);
				const ask = async (payload: Decoded<typeof search>): Promise<Element | undefined> => {
					try {
						return await context.request(service, 'get', search.encode(payload));
					} catch (error) {
						throw searchRefusal(error, service, pauses);
					}
				};

				const form = filledIn(await ask({}), service, sanitizeOutgoing(words).replace(/\s+/gu, ' ').trim());
				const {items, isCut} = await followPages(
					async set => {
						const answer = await ask({form, set});
						const page = answer && result.decode(answer);
						if (page === undefined) {
							throw malformed(service);
						}

						pauses.served(service);
						return {items: page.items.flatMap(readRoom), count: page.items.length, set: page.set};
					},
					{...bounds, keyOf: room => room.jid},
				);
				return {rooms: items, isCut};
			},
		};
	},
});

/** The form of the service with what is searched; throws where it cannot be searched so. */
function filledIn(answer: Element | undefined, service: BareJid, words: string): Decoded<typeof wholeForm> {
	const found = answer && search.decode(answer)?.form;
	const form = found && readForm(found);
	if (form?.fields.find(({name}) => name === 'FORM_TYPE')?.values[0] !== formType) {
		throw malformed(service);
	}

	const {fields} = form;
	const has = (name: string) => fields.some(field => field.name === name);
	if (!has(words === '' ? 'all' : 'q')) {
		throw words === '' ? onlyByWords(service) : notByWords(service);
	}

	const answers: FormAnswers = {
		...(words === '' ? {all: ['true']} : {q: [shortened(words, longestWords)]}),
		// The table of §5.1 has `sinaddress`, the example of §4.2.1 `sinaddr`.
		...(words === ''
			? {}
			: Object.fromEntries(['sinname', 'sindescription', 'sinaddress', 'sinaddr'].map(name => [name, ['true']]))),
		types: [multiUserChat],
		...sortKey(fields),
	};
	// What we say nothing about stays as it is by being left out (§4.2.2).
	const known = fields.filter(({name = ''}) => name === 'FORM_TYPE' || Object.hasOwn(answers, name));
	return submission({...form, fields: known}, answers);
}

function sortKey(fields: readonly FormField[]): FormAnswers {
	const options = fields.find(({name}) => name === 'key')?.options.map(({value}) => value);
	return options === undefined ? {} : {key: [options.includes(byPeople) ? byPeople : byAddress]};
}

/** Only what can be entered is a room: an address with a name, without a resource. */
function readRoom({
	address,
	serviceType = multiUserChat,
	people,
	anonymity,
	...told
}: Decoded<typeof item>): readonly ListedRoom[] {
	const jid = parseBareJid(address);
	if (jid === undefined || localpartOf(jid) === undefined || serviceType.trim() !== multiUserChat) {
		return [];
	}

	return [
		{
			jid,
			...told,
			...(people === undefined ? {} : {people}),
			// A mode that is not known may show them (§5.2).
			...(anonymity === undefined ? {} : {nonAnonymous: anonymity.trim() !== 'muc_semianonymous'}),
		},
	];
}

function malformed(service: BareJid): XmppcError {
	return new XmppcError({
		code: 'malformed-answer',
		kind: 'protocol',
		message: `${service} answered something else than a directory of rooms does.`,
		hint: 'Another one is asked with /rooms search --service SERVICE WORDS.',
	});
}

function onlyByWords(service: BareJid): XmppcError {
	return new XmppcError({
		code: 'directory-needs-words',
		kind: 'usage',
		message: `${service} does not list all its rooms.`,
		hint: `Search it by words: /rooms search --service ${service} WORDS.`,
	});
}

function notByWords(service: BareJid): XmppcError {
	return new XmppcError({
		code: 'directory-without-words',
		kind: 'unavailable',
		message: `${service} cannot be searched by words.`,
		hint: `/rooms search --service ${service} lists all its rooms.`,
	});
}
