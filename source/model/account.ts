import type {Problem} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';

/** Where an account's secrets lie (`ARCHITECTURE.md`, Secrets). Never plain text. */
export type SecretBackend = 'keychain' | 'passphrase' | 'command' | 'key-file';

export const secretBackends: readonly SecretBackend[] = ['keychain', 'passphrase', 'command', 'key-file'];

/** What the settings file keeps of one account; nothing in here is secret. */
export type AccountSettings = {
	readonly jid: BareJid;
	/** Log in when the program starts. */
	readonly enabled: boolean;
	/** Connect here instead of asking DNS. The certificate is still checked against the JID's domain. */
	readonly host?: string;
	readonly port?: number;
	/** With `host`: TLS from the first byte (XEP-0368) instead of STARTTLS. */
	readonly directTls?: boolean;
	/**
	 * XMPP over WebSocket at this `wss:` URL and nowhere else (RFC 7395), for networks that let nothing but HTTPS through.
	 * The certificate is checked against the host of the URL.
	 */
	readonly webSocket?: string;
	/** Path of a PEM file with certificate authorities trusted for this account in place of the system's. */
	readonly tlsCa?: string;
	/** SHA-256 fingerprint (lowercase hex) of the only certificate accepted, in place of the authority check. */
	readonly tlsPin?: string;
	/** Set by the person, or by the program once SCRAM logged this account in: PLAIN, which shows the server the password, is refused. */
	readonly scramPinned?: boolean;
	readonly secrets: SecretBackend;
	/** With `secrets: 'command'`: the program and its arguments whose first line of output is the password. No shell. */
	readonly passwordCommand?: readonly string[];
};

/**
 * `locked`: the store of secrets cannot be opened now. `failed`: a person must act (wrong password, certificate).
 * `interrupted`: the connection was lost and comes back by itself.
 */
export type AccountStatus = 'offline' | 'connecting' | 'online' | 'interrupted' | 'failed' | 'locked';

/** How the present connection is protected, for the person to see. */
export type ConnectionSecurity = {
	/** For a person, e.g. `TLSv1.3` or `TLSv1.3, WebSocket`. */
	readonly tls: string;
	/** SASL mechanism that logged in, e.g. `SCRAM-SHA-256`. */
	readonly mechanism: string;
	/** SHA-256 fingerprint of the server's certificate, lowercase hex. */
	readonly certificate: string;
};

export type Account = {
	readonly jid: BareJid;
	readonly status: AccountStatus;
	readonly enabled: boolean;
	readonly secrets: SecretBackend;
	readonly availability: Availability;
	readonly statusText: string;
	/** Why it is `failed`, `locked` or `interrupted`. */
	readonly problem?: Problem;
	/** While `interrupted`: when the next attempt is made, wall-clock milliseconds. */
	readonly retryAt?: number;
	readonly security?: ConnectionSecurity;
};

/** RFC 6121 §4.7.2.1, with `available` for no `<show/>` and `unavailable` for presence of that type. */
export type Availability = 'chat' | 'available' | 'away' | 'xa' | 'dnd' | 'unavailable';

export const availabilities: readonly Availability[] = ['available', 'chat', 'away', 'xa', 'dnd'];
