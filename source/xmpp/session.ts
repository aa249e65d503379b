import type {ConnectionSecurity} from '../model/account.js';
import type {Clock, Dispose} from '../shared/clock.js';
import type {Problem} from '../shared/errors.js';
import type {BareJid, FullJid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {Element} from './element.js';
import type {Resolver} from './resolver.js';

/** Everything a login needs. Secrets are functions, so that nothing keeps them longer than it must. */
export type SessionOptions = {
	readonly jid: BareJid;
	/** Absent: the server makes one up. Never a host name. */
	readonly resource?: string;
	readonly password: () => Promise<string>;
	readonly host?: string;
	readonly port?: number;
	readonly directTls?: boolean;
	readonly tls: {
		/** PEM text of the authorities trusted instead of the system's. */
		readonly ca?: string;
		/** SHA-256 fingerprint (lowercase hex) of the only certificate accepted. */
		readonly pin?: string;
	};
	/** SCRAM was used with this account before: PLAIN is refused from then on (XEP-0474's pinning advice). */
	readonly scramPinned?: boolean;
	readonly streamManagement?: boolean;
	readonly resolver: Resolver;
	readonly clock: Clock;
	readonly log: Log;
	/**
	 * Stanzas of one parsed read, in stream order, at most 200. XEP-0198 counts them as handled once the promise is
	 * resolved; the next batch waits for it. A rejection ends the session.
	 */
	readonly receive: (stanzas: readonly Element[]) => Promise<void>;
	/** Gives up a login that is under way; a session that is open is ended with `end()`. */
	readonly signal?: AbortSignal;
};

/** What the server's stream features said after authentication. */
export type StreamFeatures = {
	readonly rosterVersioning: boolean;
	readonly preApproval: boolean;
	readonly clientState: boolean;
	readonly streamManagement: boolean;
	/** XEP-0115 of the server itself, where it is in the features. */
	readonly capabilities?: {readonly hash: string; readonly node: string; readonly ver: string};
};

/** Why a session ended. No `problem`: we asked for it. */
export type SessionEnd = {readonly problem?: Problem; readonly recoverable: boolean};

/** One authenticated, bound stream. */
export type Session = {
	readonly jid: FullJid;
	readonly features: StreamFeatures;
	readonly security: ConnectionSecurity;
	/**
	 * Hands a stanza to the socket. `onAcked` runs when the server has acknowledged it (XEP-0198); without stream
	 * management, when a ping written after it was answered.
	 */
	send(stanza: Element, onAcked?: () => void): void;
	/** Asks for an acknowledgement now and resolves when everything written so far is acknowledged. */
	flush(): Promise<void>;
	/** Runs once, when the stream is gone for whatever reason. */
	onEnd(listener: (end: SessionEnd) => void): Dispose;
	/** Sends `<a/>`, closes the stream and the socket, in at most two seconds. */
	end(): Promise<void>;
};
