import type {Problem} from '../shared/errors.js';
import type {Element} from '../xmpp/element.js';
import type {Waiting} from './outbox-turn.js';

/** What a stanza in clear became: what goes out, or why nothing does. There is no third way (invariant 6). */
export type Sealed =
	| {readonly ok: true; readonly stanza: Element; readonly encryption?: 'omemo'}
	| {readonly ok: false; readonly problem: Problem};

/** Encrypts what waits in the outbox of an account, right before it is written. */
export type Sealing = {
	/**
	 * Whether all that it takes is here: lists, bundles, the person's decisions. Where it is not, it is fetched or asked for,
	 * and the outbox is told to proceed when that is over.
	 */
	canSeal(waiting: Waiting): boolean;
	/** Encrypts, in the transaction in which the result is stored. To be called only where it can be. */
	seal(waiting: Waiting, stanza: Element): Sealed;
};

/** For an account that has no encryption: what has to be encrypted waits. */
export const noSealing: Sealing = {
	canSeal: () => false,
	seal: ({row}) => ({
		ok: false,
		problem: {
			code: 'encryption-unavailable',
			kind: 'notPermitted',
			message: `The message to ${row.to} could not be encrypted, so it was not sent.`,
		},
	}),
};
