/**
 * XEP-0158: CAPTCHA Forms, version 1.0.1: whoever was sent a stanza asks something before it acts on it.
 * https://xmpp.org/extensions/xep-0158.html
 *
 * Anybody can send such a question. It is taken only from whom it concerns, about a stanza that was sent just now (§3.3):
 * else it would tell strangers that somebody is here, or have a person answer what others were asked.
 */
import type {Form, FormAnswers, FormField} from '../model/form.js';
import type {Dispose} from '../shared/clock.js';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, domainOf, type Jid, parseJid} from '../shared/jid.js';
import {child, childText, element} from '../xmpp/codec.js';
import {attributeOf, childrenNamed, clientNamespace, createElement, type Element, textOf} from '../xmpp/element.js';
import {defineExtension, type ExtensionContext} from '../xmpp/extension.js';
import {nonEmpty} from '../xmpp/scalars.js';
import {createStanzaError} from '../xmpp/stanza-error.js';
import {type Bits, bitsIn, bitsOfBinary, cidOf} from './bits-of-binary.js';
import {readForm, submission, wholeForm} from './data-forms.js';

const namespace = 'urn:xmpp:captcha';

const captchaElement = element(namespace, 'captcha', {form: child(wholeForm)});
const outOfBand = element('jabber:x:oob', 'x', {url: childText('url', nonEmpty)});

/** A question that has to be answered before something goes on. Texts are user text. */
export type Challenge = {
	/** Who asks, and is answered. */
	readonly challenger: Jid;
	/** Of the message that asks. */
	readonly id: string;
	/** As it came, hidden fields included. */
	readonly form: Form;
	/** The same for programs that show no forms. */
	readonly text?: string;
	/** A page on which it can be answered as well: http or https. */
	readonly url?: string;
	/** The data that came with it, by the name that a `cid:` URI has for it. */
	readonly bits: ReadonlyMap<string, Bits>;
};

/** A stanza that was sent and may be asked about. */
export type Trigger = {readonly to: BareJid; readonly id: string};

export type Captcha = {
	/** Questions about a stanza go to `hear`, until it is disposed of. */
	expect(trigger: Trigger, hear: (challenge: Challenge) => void): Dispose;
	/** Whether a message was such a question: its text says the same once more, and is no message. */
	isTaken(message: Element): boolean;
	/**
	 * Sends what a person answered. Resolves when that was right; rejects with a stanza error where it was not, and with
	 * `captcha-unanswered` where too little was answered.
	 */
	answer(challenge: Challenge, answers: FormAnswers): Promise<void>;
	/** Says that nobody will answer (§3.3). */
	decline(challenge: Challenge): void;
	/** Data that the form refers to: what came with it, or what the challenger gives when asked. */
	bits(challenge: Challenge, cid: string): Promise<Bits>;
};

export const captcha = defineExtension<Captcha>({
	name: 'CAPTCHA forms',
	xep: '0158',
	version: '1.0.1',
	since: '0.2.0',
	status: 'partial',
	features: [],
	codecs: [captchaElement],
	requires: [bitsOfBinary],
	attach: attachCaptcha,
});

/** What is shown of a text or a URL at most. */
const longestText = 2000;

function attachCaptcha(context: ExtensionContext): Captcha {
	const expected = new Set<{readonly trigger: Trigger; readonly hear: (challenge: Challenge) => void}>();
	const taken = new WeakSet<Element>();

	context.onMessage(messages => {
		for (const message of expected.size === 0 ? [] : messages) {
			const read = readChallenge(message);
			const [found] = read === undefined ? [] : [...expected].filter(({trigger}) => isAbout(read, trigger));
			if (read !== undefined && found !== undefined) {
				taken.add(message);
				found.hear(read.challenge);
			}
		}
	});

	return {
		expect(trigger, hear) {
			const entry = {trigger, hear};
			expected.add(entry);
			return () => expected.delete(entry);
		},
		isTaken: message => taken.has(message),
		async answer({challenger, form}, answers) {
			const reply = captchaElement.encode({form: submission(...answered(form, answers))});
			await context.request(challenger, 'set', reply);
		},
		decline({challenger, id}) {
			context.session.send(
				createElement(
					'message',
					{xmlns: clientNamespace, to: challenger, id, type: 'error'},
					createStanzaError('not-acceptable'),
				),
			);
		},
		bits: async ({challenger, bits}, cid) => bits.get(cid) ?? context.use(bitsOfBinary).fetch(challenger, cid),
	};
}

type Read = {readonly challenge: Challenge; readonly about: BareJid; readonly sid?: string};

/** A question of the wire, and what it says it is about. Whether that is true is another matter. */
function readChallenge(message: Element): Read | undefined {
	const type = attributeOf(message, 'type') ?? 'normal';
	const challenger = parseJid(attributeOf(message, 'from') ?? '');
	const found = type === 'error' || type === 'groupchat' ? undefined : captchaElement.find(message);
	if (found === undefined || challenger === undefined || found.form.type !== 'form') {
		return undefined;
	}

	const form = readForm(found.form);
	const about = parseJid(hidden(form, 'from') ?? '');
	const challenge = hidden(form, 'challenge');
	if (hidden(form, 'FORM_TYPE') !== namespace || about === undefined || challenge === undefined) {
		return undefined;
	}

	const sid = hidden(form, 'sid');
	// Two of them, or one that is seen, say nothing.
	if (sid === undefined && form.fields.some(({name}) => name === 'sid')) {
		return undefined;
	}

	const text = childrenNamed(message, 'body', clientNamespace).map(textOf)[0]?.trim().slice(0, longestText) ?? '';
	const url = outOfBand.find(message)?.url.trim() ?? '';
	return {
		about: bareOf(about),
		...(sid === undefined ? {} : {sid}),
		challenge: {
			challenger,
			id: attributeOf(message, 'id') ?? challenge,
			form,
			bits: bitsIn(message),
			...(text === '' ? {} : {text}),
			...(isWebAddress(url) ? {url} : {}),
		},
	};
}

/** The value of a field that is there once, hidden, with one value. */
function hidden({fields}: Form, wanted: string): string | undefined {
	const [field, another] = fields.filter(({name}) => name === wanted);
	return field?.kind === 'hidden' && another === undefined && field.values.length === 1 ? field.values[0] : undefined;
}

function isWebAddress(url: string): boolean {
	return url.length <= longestText && /^https?:\/\/[^\s]+$/iu.test(url);
}

/** Whoever asks is the one that the stanza was sent to, or the service that it belongs to; nobody in a room speaks for it. */
function isAbout({challenge, about, sid}: Read, {to, id}: Trigger): boolean {
	const {challenger} = challenge;
	return about === to && (challenger === to || challenger === domainOf(to)) && (sid === undefined || sid === id);
}

/** Reckoned by a machine and not by a person (§7.2). */
const hashcash = 'SHA-256';

/** The questions for a person. */
function isForPerson({kind, name}: FormField): boolean {
	return kind !== 'hidden' && name !== hashcash;
}

/** The form as a person fills it in: without what is hidden, and without what only a machine could answer. */
export function questionsOf({form}: Challenge): Form {
	return {...form, fields: form.fields.filter(isForPerson)};
}

/** The names of what the questions refer to by `cid:` URIs, in their order. */
export function picturesOf(challenge: Challenge): readonly string[] {
	const uris = questionsOf(challenge).fields.flatMap(({media}) => media.map(({uri}) => uri));
	return [...new Set(uris.flatMap(uri => cidOf(uri) ?? []))];
}

/**
 * The form to be sent and the answers in it: what is hidden as it came, whatever is said of it, and of the questions only
 * those that were answered (§3.3). Throws `captcha-unanswered`.
 */
function answered(form: Form, answers: FormAnswers): readonly [Form, FormAnswers] {
	const given = Object.entries(answers).filter(([, values]) => values.some(value => value.trim() !== ''));
	const kept = form.fields.filter(field => isForPerson(field) && given.some(([name]) => name === field.name));
	const wanted = Math.max(1, Number(/^\d{1,3}$/.exec(hidden(form, 'answers') ?? '')?.[0] ?? 1));
	const missing = form.fields.find(
		field => field.required && field.kind !== 'hidden' && field.kind !== 'fixed' && !kept.includes(field),
	);
	if (missing !== undefined || kept.length < wanted) {
		throw new XmppcError({
			code: 'captcha-unanswered',
			kind: 'usage',
			message:
				missing === undefined
					? `${wanted === 1 ? 'One of the questions' : `${wanted} of the questions`} must be answered.`
					: missing.name === hashcash
						? 'One of the questions is for a machine, and xmppc does not answer those.'
						: `“${missing.label ?? missing.name ?? ''}” must be answered.`,
		});
	}

	const fields = form.fields.filter(field => field.kind === 'hidden' || kept.includes(field));
	return [{...form, fields}, Object.fromEntries(given.filter(([name]) => kept.some(field => field.name === name)))];
}
