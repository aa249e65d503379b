/**
 * XEP-0363 §6: why a service takes no file, for a person, with the next step. https://xmpp.org/extensions/xep-0363.html
 */
import {type Problem, XmppcError} from '../shared/errors.js';
import type {Jid} from '../shared/jid.js';
import {sizeText} from '../shared/size-text.js';
import {dateTime} from '../xmpp/scalars.js';
import {isStanzaError, type StanzaError} from '../xmpp/stanza-error.js';

const namespace = 'urn:xmpp:http:upload:0';

/** What a question for a slot was rejected with, as what is thrown. `size`: bytes of the file. */
export function uploadRefusal(error: unknown, service: Jid, size: number): unknown {
	if (!isStanzaError(error)) {
		return error;
	}

	const {maxFileSize} = detailOf(error) ?? {};
	return isTooLarge(error)
		? tooLarge(size, service, maxFileSize)
		: new XmppcError({kind: error.kind, ...problemOf(error, service)}, {cause: error});
}

function detailOf({detail}: StanzaError): StanzaError['detail'] {
	return detail?.namespace === namespace ? detail : undefined;
}

function isTooLarge(error: StanzaError): boolean {
	return detailOf(error)?.name === 'file-too-large';
}

function problemOf(error: StanzaError, service: Jid): Omit<Problem, 'kind'> & {readonly kind?: Problem['kind']} {
	const {condition, text} = error;
	const said = text === undefined ? '.' : `: “${text}”`;
	switch (condition) {
		case 'resource-constraint': {
			const {name, stamp} = detailOf(error) ?? {};
			const when = name === 'retry' && stamp !== undefined ? ` after ${dateTime.format(stamp)}` : ' later';
			return {
				code: 'upload-quota',
				kind: 'temporary',
				message: `${service} takes no more files from you for now${said}`,
				hint: `Try again${when}.`,
			};
		}

		case 'forbidden':
		case 'not-allowed':
		case 'not-authorized':
		case 'policy-violation':
			return {
				code: 'upload-forbidden',
				kind: 'notPermitted',
				message: `${service} does not let you put files there${said}`,
				hint: 'Its operator decides who may; put the file elsewhere and send the link.',
			};
		default:
			return {
				code: error.code,
				message: error.message,
				hint: 'Try again, or put the file elsewhere and send the link.',
			};
	}
}

/** A file of so many bytes is more than a service takes; `most`: bytes, where it says. */
export function tooLarge(size: number, service: Jid, most: number | undefined): XmppcError {
	const limit =
		most === undefined ? `that is more than ${service} takes` : `${service} takes ${sizeText(most)} at most`;
	return new XmppcError({
		code: 'file-too-large',
		kind: 'badData',
		message: `The file is too large: it has ${sizeText(size)}, and ${limit}.`,
		hint: 'Make it smaller, or put it elsewhere and send the link.',
	});
}
