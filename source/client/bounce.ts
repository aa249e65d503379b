import type {ErrorKind, Problem} from '../shared/errors.js';
import {bareOf, domainpartOf, type Jid, parseJid} from '../shared/jid.js';
import {printable} from '../shared/text.js';
import {attributeOf, type Element} from '../xmpp/element.js';
import {type StanzaErrorCondition, stanzaErrorOf} from '../xmpp/stanza-error.js';

/**
 * Why a message came back, in words that are safe to show. Servers answer `service-unavailable` for accounts that do not
 * exist, so that nobody can list those that do (RFC 6121 §8.5.1): more than "or" cannot be said. `blockOf`: what the account
 * blocks that keeps an address away, for servers that do not say so (ejabberd 23.01).
 */
export function bounceProblem(stanza: Element, blockOf: (jid: Jid) => Jid | undefined = () => undefined): Problem {
	const sender = parseJid(attributeOf(stanza, 'from') ?? '');
	const {condition, type, text, detail} = stanzaErrorOf(stanza);
	const recipient = sender === undefined ? 'The recipient' : printable(bareOf(sender), 'identifier');
	// Written while nobody here knew of it, or on the way to a block.
	const isBlocked = detail?.namespace === 'urn:xmpp:blocking:errors' && detail.name === 'blocked';
	if (sender !== undefined && (isBlocked || condition === 'not-acceptable')) {
		const by = blockOf(sender) ?? (isBlocked ? bareOf(sender) : undefined);
		if (by !== undefined) {
			const {hint, ...problem} = blockedRecipient(bareOf(sender), by);
			return {...problem, message: `${problem.message} ${hint}`};
		}
	}

	const domain = sender === undefined ? 'of the recipient' : printable(domainpartOf(sender), 'identifier');
	// Rooms in slow mode say so (XEP-0500 §5), and servers that limit a rate.
	const [kind, sentence] =
		condition === 'policy-violation' && type === 'wait'
			? (['temporary', `${recipient} does not take another message so soon`] as const)
			: meaningOf(condition, recipient, domain);
	return {
		code: `stanza-${condition}`,
		kind,
		message: text === undefined ? `${sentence}.` : `${sentence} (“${text}”).`,
	};
}

function meaningOf(condition: StanzaErrorCondition, recipient: string, domain: string): readonly [ErrorKind, string] {
	switch (condition) {
		case 'service-unavailable':
		case 'item-not-found':
			return ['noSuchRecipient', `${recipient} does not exist or takes no messages`];
		case 'gone':
		case 'redirect':
			return ['noSuchRecipient', `${recipient} has moved to another address`];
		case 'remote-server-not-found':
			return ['noSuchHost', `There is no XMPP server at ${domain}`];
		case 'remote-server-timeout':
			return ['temporary', `The server ${domain} cannot be reached now`];
		case 'recipient-unavailable':
			return ['temporary', `${recipient} cannot be reached now`];
		case 'resource-constraint':
			return ['temporary', `${recipient} cannot take more messages now`];
		case 'forbidden':
		case 'not-allowed':
		case 'not-authorized':
		case 'registration-required':
		case 'subscription-required':
			return ['notPermitted', `${recipient} does not accept messages from this account`];
		case 'not-acceptable':
		case 'policy-violation':
			return ['notPermitted', `The message breaks a rule of the server ${domain}`];
		case 'jid-malformed':
			return ['badData', `${recipient} is not a valid address`];
		default:
			return ['unavailable', `${recipient} could not be written to: ${condition}`];
	}
}

/** Nothing is sent to somebody whom the person keeps away: what they answered would not come. `by`: what is blocked. */
export function blockedRecipient(to: Jid, by: Jid): Problem & {readonly hint: string} {
	const [who, what] = [printable(to, 'identifier'), printable(by, 'identifier')];
	return {
		code: 'recipient-blocked',
		kind: 'notPermitted',
		message: to === by ? `You have blocked ${who}.` : `${who} cannot be written to: you have blocked ${what}.`,
		hint: `/unblock ${what} ends that.`,
	};
}
