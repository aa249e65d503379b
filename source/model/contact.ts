import type {BareJid} from '../shared/jid.js';
import type {Availability} from './account.js';

/** RFC 6121 §2.1.2.5. */
export type Subscription = 'none' | 'to' | 'from' | 'both';

/** One roster item (RFC 6121 §2.1.2). `name` and `groups` are user text: pass through `printable` before showing. */
export type Contact = {
	readonly account: BareJid;
	readonly jid: BareJid;
	readonly name?: string;
	readonly subscription: Subscription;
	/** We asked to see their presence and they have not answered (`ask='subscribe'`). */
	readonly asking: boolean;
	/** They may subscribe without being asked about (pre-approval, RFC 6121 §3.4). */
	readonly approved: boolean;
	readonly groups: readonly string[];
};

/** What one connected resource of a contact last said about itself. */
export type ResourcePresence = {
	readonly resource: string;
	readonly availability: Availability;
	readonly statusText: string;
	/** -128…127 (RFC 6121 §4.7.2.3). */
	readonly priority: number;
	/** Milliseconds since the epoch. */
	readonly since: number;
	/** Nobody has touched it since then, where it says so (XEP-0319). Milliseconds since the epoch, never in the future. */
	readonly idleSince?: number;
};

/** Somebody who wants to see our presence, waiting for an answer. */
export type SubscriptionRequest = {
	readonly account: BareJid;
	readonly jid: BareJid;
	/** Text or nickname that came with it (user text). */
	readonly text?: string;
};
