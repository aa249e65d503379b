import {type ErrorKind, XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, parseJid} from '../shared/jid.js';
import {printable} from '../shared/text.js';
import {
	attributeOf,
	child,
	children,
	clientNamespace,
	createElement,
	type Element,
	nameOf,
	namespaceOf,
	textOf,
} from './element.js';
import {dateTime, integer} from './scalars.js';

const stanzaErrorNamespace = 'urn:ietf:params:xml:ns:xmpp-stanzas';

/** What may be done about an error (RFC 6120 §8.3.2). */
export type StanzaErrorType = 'auth' | 'cancel' | 'continue' | 'modify' | 'wait';

type Meaning = {readonly type: StanzaErrorType; readonly kind: ErrorKind; readonly sentence: string};

/** RFC 6120 §8.3.3, with the type each one usually has. */
const meanings = {
	'bad-request': {type: 'modify', kind: 'protocol', sentence: 'the request was not understood'},
	conflict: {type: 'cancel', kind: 'notPermitted', sentence: 'something with that name is there already'},
	'feature-not-implemented': {type: 'cancel', kind: 'unavailable', sentence: 'that is not supported there'},
	forbidden: {type: 'auth', kind: 'notPermitted', sentence: 'that is not allowed'},
	gone: {type: 'cancel', kind: 'noSuchRecipient', sentence: 'the address is no longer in use'},
	'internal-server-error': {type: 'cancel', kind: 'temporary', sentence: 'something went wrong there'},
	'item-not-found': {type: 'cancel', kind: 'noSuchRecipient', sentence: 'there is no such address or item'},
	'jid-malformed': {type: 'modify', kind: 'badData', sentence: 'the address is not valid'},
	'not-acceptable': {type: 'modify', kind: 'notPermitted', sentence: 'the request does not meet the conditions there'},
	'not-allowed': {type: 'cancel', kind: 'notPermitted', sentence: 'nobody is allowed to do that'},
	'not-authorized': {type: 'auth', kind: 'notPermitted', sentence: 'a login or password is needed for that'},
	'policy-violation': {type: 'modify', kind: 'notPermitted', sentence: 'it is against a rule of the server'},
	'recipient-unavailable': {type: 'wait', kind: 'temporary', sentence: 'the recipient cannot be reached now'},
	redirect: {type: 'modify', kind: 'noSuchRecipient', sentence: 'the recipient has another address for now'},
	'registration-required': {type: 'auth', kind: 'notPermitted', sentence: 'a registration is needed for that'},
	'remote-server-not-found': {type: 'cancel', kind: 'noSuchHost', sentence: 'there is no such server'},
	'remote-server-timeout': {type: 'wait', kind: 'temporary', sentence: 'the other server cannot be reached'},
	'resource-constraint': {type: 'wait', kind: 'temporary', sentence: 'the other side is too busy'},
	'service-unavailable': {type: 'cancel', kind: 'unavailable', sentence: 'the service or recipient is not available'},
	'subscription-required': {type: 'auth', kind: 'notPermitted', sentence: 'a presence subscription is needed for that'},
	'undefined-condition': {type: 'cancel', kind: 'protocol', sentence: 'it failed for a reason that was not named'},
	'unexpected-request': {type: 'wait', kind: 'protocol', sentence: 'the request came at the wrong moment'},
} as const satisfies Readonly<Record<string, Meaning>>;

export type StanzaErrorCondition = keyof typeof meanings;

/** What an `<error/>` says. */
export type StanzaErrorContent = {
	readonly condition: StanzaErrorCondition;
	readonly type: StanzaErrorType;
	/** What the other side adds, in one line made harmless by `printable`. */
	readonly text?: string;
	/** The element of another namespace that says more, e.g. XEP-0363's `file-too-large`. */
	readonly detail?: {
		readonly namespace: string;
		readonly name: string;
		/** Its attribute `retry-after`, in seconds: before that the same is refused again. */
		readonly retryAfter?: number;
		/** Its attribute `stamp`: milliseconds since the epoch, when to try again (XEP-0363 §6). */
		readonly stamp?: number;
		/** Its child `max-file-size`, in bytes (XEP-0363 §6). */
		readonly maxFileSize?: number;
	};
	/** Where the addressee is to be found instead (RFC 6120 §8.3.3.5 and §8.3.3.14). */
	readonly newAddress?: BareJid;
};

/**
 * An error stanza as an exception: what a request is rejected with, and what an iq answer throws to refuse. Its code is
 * `stanza-` and the condition.
 */
export class StanzaError extends XmppcError {
	readonly condition: StanzaErrorCondition;
	readonly type: StanzaErrorType;
	readonly text?: string;
	readonly detail?: StanzaErrorContent['detail'];

	/** `what` begins the sentence: who refused, or what was asked, harmless already. */
	constructor(content: StanzaErrorContent, what: string) {
		const meaning = meanings[content.condition];
		const reason = content.text === undefined ? meaning.sentence : `${meaning.sentence} (“${content.text}”)`;
		super({code: `stanza-${content.condition}`, kind: meaning.kind, message: `${what}: ${reason}.`});
		this.condition = content.condition;
		this.type = content.type;
		if (content.text !== undefined) {
			this.text = content.text;
		}

		if (content.detail !== undefined) {
			this.detail = content.detail;
		}
	}
}

/** Refuses a request from within its answer: the other side gets this condition and nothing else. */
export function refusal(
	condition: StanzaErrorCondition,
	type: StanzaErrorType = meanings[condition].type,
): StanzaError {
	return new StanzaError({condition, type}, 'The request was refused');
}

/** Recognises one across bundles, each of which has its own copy of the class. */
export function isStanzaError(error: unknown): error is StanzaError {
	return error instanceof Error && error.name === 'XmppcError' && 'condition' in error && isCondition(error.condition);
}

/**
 * Reads the error of a stanza of type `error`. Always answers: an unknown or missing condition is
 * `undefined-condition`, as RFC 6120 §8.3.3.21 wants.
 */
export function stanzaErrorOf(stanza: Element): StanzaErrorContent {
	const error = child(stanza, 'error', clientNamespace);
	if (error === undefined) {
		return {condition: 'undefined-condition', type: 'cancel'};
	}

	const named = children(error).filter(node => namespaceOf(node) === stanzaErrorNamespace && nameOf(node) !== 'text');
	const condition = named.map(node => nameOf(node)).find(name => isCondition(name)) ?? 'undefined-condition';
	const newAddress = condition === 'gone' || condition === 'redirect' ? addressIn(named) : undefined;
	const textElement = child(error, 'text', stanzaErrorNamespace);
	const text = textElement && printable(textOf(textElement).slice(0, longestText).trim(), 'line');
	const detail = children(error).find(node => namespaceOf(node) !== stanzaErrorNamespace);
	return {
		condition,
		type: types.find(type => type === attributeOf(error, 'type')) ?? meanings[condition].type,
		...(text ? {text} : {}),
		...(detail === undefined ? {} : {detail: detailOf(detail)}),
		...(newAddress === undefined ? {} : {newAddress}),
	};
}

function detailOf(detail: Element): NonNullable<StanzaErrorContent['detail']> {
	const retryAfter = whole.parse(attributeOf(detail, 'retry-after') ?? '');
	const stamp = dateTime.parse(attributeOf(detail, 'stamp') ?? '');
	const limit = child(detail, 'max-file-size', namespaceOf(detail));
	const maxFileSize = limit === undefined ? undefined : whole.parse(textOf(limit).slice(0, longestText).trim());
	return {
		namespace: namespaceOf(detail),
		name: nameOf(detail),
		...(retryAfter === undefined ? {} : {retryAfter}),
		...(stamp === undefined ? {} : {stamp}),
		...(maxFileSize === undefined ? {} : {maxFileSize}),
	};
}

/** The address of the first `xmpp:` URI, without what is to be done there. */
function addressIn(conditions: readonly Element[]): BareJid | undefined {
	const uri = conditions.map(node => textOf(node).trim()).find(text => text.startsWith('xmpp:'));
	const [address = ''] = uri?.slice('xmpp:'.length).split('?', 1) ?? [];
	const jid = parseJid(address);
	return jid === undefined ? undefined : bareOf(jid);
}

/** The `<error/>` for an answer. No text goes out: it would tell strangers more than they need. */
export function createStanzaError(
	condition: StanzaErrorCondition,
	type: StanzaErrorType = meanings[condition].type,
): Element {
	return createElement(
		'error',
		{xmlns: clientNamespace, type},
		createElement(condition, {xmlns: stanzaErrorNamespace}),
	);
}

/** Longer explanations are cut: an error is one sentence. */
const longestText = 500;
const whole = integer();
const types: readonly StanzaErrorType[] = ['auth', 'cancel', 'continue', 'modify', 'wait'];

function isCondition(name: unknown): name is StanzaErrorCondition {
	return typeof name === 'string' && Object.hasOwn(meanings, name);
}
