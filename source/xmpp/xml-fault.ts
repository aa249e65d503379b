import {XmppcError} from '../shared/errors.js';

/** The stream error conditions a parser can find a reason for (RFC 6120 §4.9.3). */
export type XmlCondition =
	| 'bad-format'
	| 'bad-namespace-prefix'
	| 'invalid-namespace'
	| 'not-well-formed'
	| 'policy-violation'
	| 'restricted-xml'
	| 'unsupported-encoding';

/** Why the XML of a stream cannot be read on; the stream must be closed with `condition`. */
export class XmlFault extends XmppcError {
	readonly condition: XmlCondition;
	/** What is wrong with it, in words of ours. */
	readonly detail: string;
	/** UTF-16 units of the decoded stream that were parsed when it was found. */
	readonly position: number;

	constructor(condition: XmlCondition, detail: string, position: number) {
		super({
			code: `xml-${condition}`,
			kind: 'protocol',
			message: `The server sent XML that cannot be accepted: ${detail}.`,
			hint: 'Try again later; if it stays, tell the operator of the server.',
		});
		this.condition = condition;
		this.detail = detail;
		this.position = position;
	}
}
