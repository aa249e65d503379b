/** What a login asks of the negotiation, and what comes of it, by either way: SASL2 inline or step by step. */

import type {Element} from './element.js';
import type {Login} from './sasl/authentication.js';
import type {Sasl2Options} from './session.js';

export type NegotiationOptions = {
	readonly login: Login;
	readonly resource?: string;
	/** Absent: SASL2 is not used. */
	readonly sasl2?: Sasl2Options;
	/** Wall-clock milliseconds. */
	readonly now: () => number;
	readonly streamManagement: boolean;
	/** Asks the server to keep the session when the connection breaks. */
	readonly resumable: boolean;
	/** A session to go on with instead of binding a resource. */
	readonly resume?: ResumptionAttempt;
	/** Runs before the first byte of the login is written: from here on the endpoint is the right one. */
	readonly onAuthenticating: () => void;
};

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
	/** What the server answered to `<enable/>` where it took it together with the login (XEP-0386): `<enabled/>` or `<failed/>`. */
	readonly enableAnswer?: Element;
	/** Carbons were switched on together with the login. */
	readonly carbonsEnabled?: true;
	/** `<resumed/>`: there is no resource bound, the old one goes on. */
	readonly resumed?: Element;
};
