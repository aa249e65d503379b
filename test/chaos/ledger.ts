/** Which message is which: what those who judge a run know, and no server can read. */
import type {Message} from '../../source/model/message.js';
import {attributeIn, bodyIn, numberOf} from './letters.js';

export type Ledger = {
	/** A message with something to read got this id. */
	note(id: string, number: number): void;
	/** The number of what a machine shows, also where it cannot read it; `NaN`: it is none of ours. */
	ofRow(message: Pick<Message, 'body' | 'id' | 'originId'>): number;
	/** The number of the message in a stanza, encrypted or not; undefined: it has none. */
	inStanza(stanza: string): number | undefined;
};

export function createLedger(): Ledger {
	const numbers = new Map<string, number>();
	return {
		note: (id, number) => void numbers.set(id, number),
		ofRow({body, id, originId}) {
			const number = numberOf(body);
			return Number.isNaN(number) ? (numbers.get(originId ?? id ?? '') ?? Number.NaN) : number;
		},
		inStanza(stanza) {
			if (isEncrypted(stanza)) {
				return numbers.get(attributeIn(stanza, 'id') ?? '');
			}

			const body = bodyIn(stanza);
			return body === undefined ? undefined : numberOf(body);
		},
	};
}

export function isEncrypted(stanza: string): boolean {
	return /<encrypted\s/.test(stanza);
}
