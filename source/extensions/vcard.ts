/**
 * XEP-0054: vcard-temp, version 1.3.0. https://xmpp.org/extensions/xep-0054.html
 *
 * Cards are read and written only when a person asks.
 */
import type {Form, FormAnswers} from '../model/form.js';
import type {Vcard} from '../model/vcard.js';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, type Jid} from '../shared/jid.js';
import type {Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {isStanzaError, type StanzaErrorCondition} from '../xmpp/stanza-error.js';
import type {ExtensionPorts} from './ports.js';
import {emptyCard, vcardElement} from './vcard-elements.js';
import {filledCard, formOfCard} from './vcard-form.js';

export type Vcards = {
	/**
	 * The card of whoever has that address; `undefined`: none, or nobody, which servers do not tell apart (§3.3). Rejects with
	 * another stanza error, or `malformed-answer`.
	 */
	query(jid: Jid | BareJid): Promise<Vcard | undefined>;
	/** The own card as a form to be filled in. Rejects as `query` does. */
	form(): Promise<Form>;
	/** Puts what was filled in into the own card, as the server has it by now. Rejects with a stanza error. */
	fill(answers: FormAnswers): Promise<void>;
};

/** What is answered where there is no card: by those who have none, by nobody, and by those who know of no cards. */
const noCard: ReadonlySet<StanzaErrorCondition> = new Set([
	'item-not-found',
	'service-unavailable',
	'feature-not-implemented',
]);

export const vcards = defineExtension<Vcards, ExtensionPorts>({
	name: 'cards',
	xep: '0054',
	version: '1.3.0',
	since: '0.2.0',
	status: 'partial',
	// Whoever asks us for a card has to ask our server for it.
	features: [],
	codecs: [vcardElement],
	requires: [],
	attach(context) {
		const own = bareOf(context.jid);

		/** The card as it is, `undefined` where there is none. */
		const ask = async (jid: Jid | BareJid): Promise<Element | undefined> => {
			// One's own is asked for without an address (§3.1).
			const to = jid === own ? undefined : jid;
			const answer = await context.request(to, 'get', vcardElement.encode(emptyCard)).catch((error: unknown) => {
				if (isStanzaError(error) && noCard.has(error.condition)) {
					return undefined;
				}

				throw error;
			});
			if (answer !== undefined && !vcardElement.is(answer)) {
				throw new XmppcError({
					code: 'malformed-answer',
					kind: 'protocol',
					message: `${jid} answered something else than a card.`,
				});
			}

			return answer;
		};

		return {
			async query(jid) {
				const answer = await ask(jid);
				const card = answer === undefined ? undefined : vcardElement.decode(answer);
				return card === undefined || card.fields.length + card.photos.length === 0 ? undefined : card;
			},
			form: async () => formOfCard(await ask(own)),
			async fill(answers) {
				await context.request(undefined, 'set', filledCard(await ask(own), answers));
			},
		};
	},
});
