/** What the person answers to strangers. */
import {subscription} from '../extensions/subscription.js';
import type {RequestActions} from '../model/request-actions.js';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, isFullJid, type Jid} from '../shared/jid.js';
import type {AccountSession} from './account-session.js';
import {addContact} from './contacts.js';
import type {Requests} from './requests.js';

/** `sessionOf` throws for an account that is not set up. */
export function createRequestActions(
	sessionOf: (account: BareJid) => AccountSession,
	requests: Pick<Requests, 'of' | 'open' | 'putAway'>,
): RequestActions {
	/** Both that somebody can wait with; throws where they wait with neither. */
	const of = (account: BareJid, jid: Jid) => {
		const message = requests.of(account, jid);
		const asks =
			!isFullJid(jid) &&
			sessionOf(account)
				.requests()
				.some(each => each.jid === jid);
		if (message === undefined && !asks) {
			throw new XmppcError({
				code: 'no-such-request',
				kind: 'usage',
				message: `${jid} does not wait for an answer.`,
				hint: '/requests shows who does.',
			});
		}

		return {message, asks};
	};

	return {
		async acceptRequest({account, jid, add = false}) {
			const {message, asks} = of(account, jid);
			if (add && !isFullJid(jid)) {
				// Which answers what they asked for, too.
				await addContact(sessionOf(account).live().use, {jid: bareOf(jid)});
			} else if (asks) {
				sessionOf(account).live().use(subscription).accept(bareOf(jid));
			}

			return message === undefined ? {} : {buffer: requests.open(message)};
		},
		async declineRequest({account, jid}) {
			const {message, asks} = of(account, jid);
			if (asks) {
				sessionOf(account).live().use(subscription).deny(bareOf(jid));
			}

			if (message !== undefined) {
				requests.putAway(message);
			}
		},
	};
}
