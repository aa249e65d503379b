/** What a login asks of the negotiation, and what comes of it, by either way: SASL2 inline or step by step. */

import type {Element} from './element.js';
import type {Login} from './sasl/authentication.js';
import type {LoginToken} from './sasl/login-token.js';
import type {Sasl2Offer} from './sasl/sasl2.js';
import type {Sasl2Options, SessionOptions} from './session.js';

export type NegotiationOptions = {
	readonly login: Login;
	readonly resource?: string;
	/** Absent: SASL2 is not used. */
	readonly sasl2?: Sasl2Options;
	/** What a login can be made of before the features are seen: the offer of last time, and a token that goes with it. */
	readonly remembered?: RememberedLogin;
	/** Wall-clock milliseconds. */
	readonly now: () => number;
	readonly streamManagement: boolean;
	/** Asks the server to keep the session when the connection breaks. */
	readonly resumable: boolean;
	/** A session to go on with instead of binding a resource. */
	readonly resume?: ResumptionAttempt;
	/** Runs before the first byte of the login is written: from here on the endpoint is the right one. */
	readonly onAuthenticating: () => void;
	/** A login was written that rests on nothing but what is remembered. */
	readonly onPipelined: () => void;
	/** The server answered it in a way that does not put what is remembered in question. */
	readonly onPipelinedAnswer: () => void;
	/** SASL2 did not work, while RFC 6120's SASL is offered with a mechanism as strong. */
	readonly onSasl2Failed: () => void;
	readonly early?: SessionOptions['early'];
};

export type RememberedLogin = {readonly offer: Sasl2Offer; readonly token: LoginToken; readonly userAgent: string};

/** A stanza that went out with the binding; `onAcked` runs when the server has it. */
export type EarlyStanza = {readonly stanza: Element; readonly onAcked?: (() => void) | undefined};

export type ResumptionAttempt = {
	/** The request, as it is true at the moment. */
	readonly request: () => Element;
	/** The server has that session no more. `h`: how many of our stanzas it had. */
	readonly onFailed: (h: string | undefined) => void;
};

export type Negotiated = {
	readonly mechanism: string;
	/** The features after the login. */
	readonly features: Element;
	/** `<enable/>` of stream management went out together with the binding (XEP-0198 §3). */
	readonly enableSent: boolean;
	/** What came of what was asked for together with the login (XEP-0386); absent: the resource was bound in a step of its own. */
	readonly inline?: {
		/** The answer to `<enable/>` of stream management: `<enabled/>` or `<failed/>`. */
		readonly enableAnswer?: Element;
		readonly carbonsEnabled?: true;
		/** The newest message of the archive at that moment, by its id there (XEP-0313). */
		readonly archiveEnd?: string;
	};
	/** What SASL2 has to offer here; absent where it was not used. */
	readonly sasl2Offer?: Sasl2Offer;
	readonly early: readonly EarlyStanza[];
	/** `<resumed/>`: there is no resource bound, the old one goes on. */
	readonly resumed?: Element;
};
