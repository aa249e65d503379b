import type {ConnectionSecurity} from '../model/account.js';
import type {Clock, Dispose} from '../shared/clock.js';
import type {Problem} from '../shared/errors.js';
import type {BareJid, FullJid} from '../shared/jid.js';
import type {Element} from './element.js';
import type {Witnesses} from './redaction.js';
import type {Endpoint, Resolver} from './resolver.js';
import type {TokenStore} from './sasl/login-token.js';
import type {Sasl2Offer} from './sasl/sasl2.js';
import type {SocketClass} from './transport.js';

/** What a login with SASL2 (XEP-0388) needs besides. */
export type Sasl2Options = {
	/** UUIDv4, made once for this installation and the same ever after: it says which device's token is meant. */
	readonly userAgent: () => Promise<string>;
	/**
	 * Binds the resource together with the login (XEP-0386). The server then drops the messages it kept for us without
	 * sending them: only for an account whose archive is read after every login.
	 */
	readonly bind: boolean;
	/** Logs in with a token of the server where there is one, and asks for one where there is none (XEP-0484). */
	readonly tokens?: TokenStore;
	/** The token is used for the last time: the server is told to take it no more, and it is forgotten here. */
	readonly givesTokenBack?: boolean;
};

/** What logins found out about a server, for the next one to begin with. Nothing in it is secret, and nothing is trusted. */
export type KnownServer = {
	/** The first place that DNS named. */
	readonly endpoint?: Endpoint;
	/** What it offered for the login (the idea of XEP-0509). */
	readonly offer?: Sasl2Offer;
};

/** Where that is kept. None of these throws. */
export type ServerMemory = {
	/** What is not too old to be of use. */
	read(): KnownServer;
	/** What a login went well with. A part that is absent is not changed. */
	save(known: KnownServer): void;
	/** A part of it turned out to be wrong. */
	forget(part: keyof KnownServer): void;
};

/** Sends a stanza; `onAcked` runs when the server has it. */
export type SendStanza = (stanza: Element, onAcked?: () => void) => void;

/** Everything a login needs. Secrets are functions, so that nothing keeps them longer than it must. */
export type SessionOptions = Witnesses & {
	readonly jid: BareJid;
	/** Absent: the server makes one up. Never a host name. */
	readonly resource?: string;
	readonly password: () => Promise<string>;
	readonly host?: string;
	readonly port?: number;
	readonly directTls?: boolean;
	/** A `wss:` URL: XMPP over WebSocket there and nowhere else (RFC 7395). Takes the place of `host` and `port`. */
	readonly webSocket?: string;
	readonly tls: {
		/** PEM text of the authorities trusted instead of the system's. */
		readonly ca?: string;
		/** SHA-256 fingerprint (lowercase hex) of the only certificate accepted. */
		readonly pin?: string;
	};
	/** SCRAM was used with this account before: PLAIN is refused from then on (XEP-0474's pinning advice). */
	readonly scramPinned?: boolean;
	readonly streamManagement?: boolean;
	/** Uses SASL2 where the server offers it. Absent: RFC 6120's SASL only. */
	readonly sasl2?: Sasl2Options;
	/**
	 * What is known of the server from earlier: a login with a token then begins without waiting for the features, and
	 * without DNS. Whatever does not hold any more costs time, not the login.
	 */
	readonly memory?: ServerMemory;
	/**
	 * Runs at most once, when the server has proved who it is and the resource is asked for in a step of its own: what it sends
	 * rides along and saves a round trip. The features are those of the login as far as known.
	 */
	readonly early?: (send: SendStanza, features: StreamFeatures) => void;
	/**
	 * Asks the server to keep the session for a while when the connection breaks (XEP-0198 §5). Where it agrees, a broken
	 * connection interrupts the session instead of ending it.
	 */
	readonly resumable?: boolean;
	/**
	 * An interrupted session to go on with. Where the server still has it, `openSession` answers this very object. Where
	 * it has not, this one ends, with what the server had of it acknowledged, and the answer is a fresh one. Where the
	 * connection fails it stays interrupted, unless `onEnd` told otherwise.
	 */
	readonly resume?: Session;
	readonly resolver: Resolver;
	readonly clock: Clock;
	/**
	 * Stanzas of one parsed read, in stream order, at most 200. XEP-0198 counts them as handled once the promise is
	 * resolved; the next batch waits for it. A rejection ends the session.
	 */
	readonly receive: (stanzas: readonly Element[]) => Promise<void>;
	/** Gives up a login that is under way; a session that is open is ended with `end()`. */
	readonly signal?: AbortSignal;
	/** Takes the place of TCP and TLS. For composition in code only: no setting leads here. */
	readonly socketClass?: SocketClass;
};

/** What the server's stream features said after authentication. */
export type StreamFeatures = {
	readonly rosterVersioning: boolean;
	readonly preApproval: boolean;
	readonly clientState: boolean;
	readonly streamManagement: boolean;
	/** The server binds resources together with the login (XEP-0386), whether it was asked to or not. */
	readonly bind2?: true;
	/** Carbons were switched on together with the binding (XEP-0386). */
	readonly carbonsEnabled?: true;
	/** The id of the newest message in the account's archive at the moment of the binding (XEP-0386, XEP-0313). */
	readonly archiveEnd?: string;
	/** The largest stanza the server takes, in bytes (XEP-0478). */
	readonly maxBytes?: number;
	/** After this many seconds without a word of ours the server may give the connection up (XEP-0478). */
	readonly idleSeconds?: number;
	/** XEP-0115 of the server itself, where it is in the features. */
	readonly capabilities?: {readonly hash: string; readonly node: string; readonly ver: string};
};

/** Why a session ended. No `problem`: we asked for it. */
export type SessionEnd = {readonly problem?: Problem; readonly recoverable: boolean};

/** An authenticated session with a bound resource: one stream, or several one after the other that resume each other. */
export type Session = {
	readonly jid: FullJid;
	readonly features: StreamFeatures;
	/** Whether the server counts and acknowledges what it handles (XEP-0198). Certain once it answered something. */
	readonly isCounted: boolean;
	/** That of the present connection, or of the last one. */
	readonly security: ConnectionSecurity;
	/**
	 * Hands a stanza to the socket; while the session is interrupted it waits for the next one. `onAcked` runs when the
	 * server has acknowledged it (XEP-0198); without stream management, when a ping written after it was answered.
	 */
	send(stanza: Element, onAcked?: () => void): void;
	/** Hands an element that is no stanza to the socket: nobody counts it, and while the session is interrupted it is dropped. */
	sendNonza(element: Element): void;
	/** Asks for an acknowledgement now and resolves when everything written so far is acknowledged. */
	flush(): Promise<void>;
	/** Runs once, when the session is over for whatever reason. */
	onEnd(listener: (end: SessionEnd) => void): Dispose;
	/**
	 * Runs each time the connection breaks and the session may go on: hand it to `openSession` as `resume`, or end it.
	 * Everything that had arrived is handled by then.
	 */
	onInterrupt(listener: (problem: Problem) => void): Dispose;
	/** Asks the server whether it is still there. Ten seconds without a word of it, and the connection is given up. */
	probe(): void;
	/** Sends `<a/>`, closes the stream and the socket, in at most two seconds. An interrupted session is given up. */
	end(): Promise<void>;
};
