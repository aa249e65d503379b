/**
 * XEP-0433 §4.2.2.2–§4.2.2.7: why a directory of rooms did not search, for a person, with the next step.
 * https://xmpp.org/extensions/xep-0433.html
 */
import {type Problem, XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import {isStanzaError, type StanzaError} from '../xmpp/stanza-error.js';
import {type SearchPauses, searchPaused} from './search-pauses.js';

const errorNamespace = 'urn:xmpp:channel-search:0:error';
const elsewhere =
	'/rooms search --service SERVICE WORDS asks another directory; /set rooms.directory chooses one for good.';

/** What a question to a directory was rejected with, as what is thrown; a pause that the directory wants is noted. */
export function searchRefusal(error: unknown, service: BareJid, pauses: SearchPauses): unknown {
	if (!isStanzaError(error)) {
		return error;
	}

	if (error.detail?.namespace === errorNamespace && error.detail.name === 'rate-limit') {
		return searchPaused(service, pauses.refused(service, error.detail.retryAfter));
	}

	return new XmppcError({kind: error.kind, ...problemOf(error, service)}, {cause: error});
}

function problemOf(error: StanzaError, service: BareJid): Omit<Problem, 'kind'> & {readonly kind?: Problem['kind']} {
	const {condition, detail, text} = error;
	const said = text === undefined ? '.' : `: “${text}”`;
	switch (detail?.namespace === errorNamespace ? detail.name : undefined) {
		case 'invalid-search-terms':
			return {
				code: 'directory-terms',
				kind: 'badData',
				message: `${service} cannot search for these words${said}`,
				hint: 'Try others, or longer ones.',
			};
		case 'invalid-sort-key':
			return {
				code: 'directory-order',
				kind: 'unavailable',
				message: `${service} cannot sort rooms as its own form says${said}`,
				hint: elsewhere,
			};
		case 'full-set-retrieval-rejected':
			return {
				code: 'directory-rejects-all',
				kind: 'notPermitted',
				message: `${service} does not tell all its rooms${said}`,
				hint: `Search it by words: /rooms search --service ${service} WORDS.`,
			};
		case 'no-search-conditions':
			return {
				code: 'directory-needs-words',
				kind: 'usage',
				message: `${service} wants to know what to search for${said}`,
				hint: `Search it by words: /rooms search --service ${service} WORDS.`,
			};
		case 'conflicting-fields':
			return {
				code: 'directory-conflict',
				kind: 'protocol',
				message: `${service} cannot search so${said}`,
				hint: elsewhere,
			};
		default:
			return condition === 'service-unavailable' || condition === 'feature-not-implemented'
				? {
						code: 'no-directory',
						kind: 'unavailable',
						message: `${service} is no directory of rooms, or cannot be reached.`,
						hint: elsewhere,
					}
				: {code: error.code, message: error.message, hint: elsewhere};
	}
}
