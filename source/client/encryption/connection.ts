import type {Element} from '../../xmpp/element.js';
import type {Use} from '../../xmpp/extension.js';

/** What encryption needs of the connection of its account. */
export type EncryptionConnection = {
	readonly use: Use;
	/** Writes a stanza that is of no message. */
	send(stanza: Element): void;
};
