/** What the model server answers to the questions of a session. */
import {attributeOf, children, type Element, namespaceOf} from '../../source/xmpp/element.js';
import type {FakeArchive} from '../client/fake-archive.js';
import type {House} from './letters.js';
import type {Random} from './random.js';
import {roomBookmarks} from './room-letters.js';
import type {ServerSession} from './server-session.js';
import type {ServerTraits} from './server-traits.js';

export type Knowledge = {
	readonly house: House;
	readonly session: ServerSession;
	readonly archive: FakeArchive;
	readonly traits: ServerTraits;
	readonly isReliable: boolean;
	readonly random: Random;
};

/** `isSlow`: it may take a while. */
export type Answer = {readonly isSlow: boolean; readonly make: () => readonly string[]};

const stanzaErrors = 'urn:ietf:params:xml:ns:xmpp-stanzas';
const archiveNamespace = 'urn:xmpp:mam:2';
const disco = 'http://jabber.org/protocol/disco#info';
const busy = `<error type='wait'><resource-constraint xmlns='${stanzaErrors}'/></error>`;
const unknown = `<error type='cancel'><service-unavailable xmlns='${stanzaErrors}'/></error>`;

/** The answer to a question, as a stanza; content that is an error makes it a refusal. */
export function wrapped(iq: Element, {jid}: Pick<ServerSession, 'jid'>, content: string): string {
	const to = attributeOf(iq, 'to');
	const kind = content.startsWith('<error') ? 'error' : 'result';
	const from = to === undefined ? '' : ` from='${to}'`;
	return `<iq type='${kind}' id='${attributeOf(iq, 'id')}' to='${jid}'${from}>${content}</iq>`;
}

export function answerTo(iq: Element, {house, session, archive, traits, isReliable, random}: Knowledge): Answer {
	const type = attributeOf(iq, 'type');
	const [payload] = children(iq);
	if (payload === undefined || (type !== 'get' && type !== 'set')) {
		return {isSlow: false, make: () => []};
	}

	const to = attributeOf(iq, 'to');
	const wrap = (content: string) => wrapped(iq, session, content);
	const say = (content: string): Answer => ({isSlow: false, make: () => [wrap(content)]});

	switch (namespaceOf(payload)) {
		case 'jabber:iq:roster':
			return say(
				`<query xmlns='jabber:iq:roster'>${house.peers.map(jid => `<item jid='${jid}' subscription='both'/>`).join('')}</query>`,
			);
		case disco:
			return say(`<query xmlns='${disco}'>${featuresOf(to === house.account, traits)}</query>`);
		case 'urn:xmpp:carbons:2':
			session.wantsCarbons = true;
			return say('');
		case 'urn:xmpp:ping':
			return say('');
		case 'http://jabber.org/protocol/pubsub':
			return traits.rooms === undefined ? say(unknown) : say(type === 'get' ? roomBookmarks(house.account) : '');
		case archiveNamespace: {
			if (!traits.archive) {
				return say(unknown);
			}

			session.readsArchive = true;
			const isRefused = !isReliable && random.chance(0.04);
			const isUnstable = traits.unstablePages && !isReliable && random.chance(0.3);
			return {
				isSlow: true,
				make() {
					archive.stable = !isUnstable;
					const made = isRefused ? undefined : archive.answer(payload, session.jid);
					return made === undefined ? [wrap(busy)] : [...made.results, wrap(made.answer)];
				},
			};
		}

		default:
			return say(unknown);
	}
}

function featuresOf(isOfAccount: boolean, traits: ServerTraits): string {
	const ofArchive = [archiveNamespace, 'urn:xmpp:sid:0', ...(traits.metadata ? [`${archiveNamespace}#extended`] : [])];
	const ofBookmarks = traits.rooms === undefined ? [] : ['urn:xmpp:bookmarks:1#compat'];
	const ofNodes = traits.nodes?.takesOptions ? ['http://jabber.org/protocol/pubsub#publish-options'] : [];
	const features = isOfAccount ? [...(traits.archive ? ofArchive : []), ...ofBookmarks, ...ofNodes] : [];
	return [disco, 'urn:xmpp:ping', ...features].map(name => `<feature var='${name}'/>`).join('');
}
