import type {BareJid, Jid} from '../shared/jid.js';
import type {ReportReason} from './blocking.js';

type OfAccount = {readonly account: BareJid};

/**
 * What a person can do against others (XEP-0191). A refusal is thrown as an `XmppcError`: `no-blocking` where the server of
 * the account cannot do it, and as every question to it does.
 */
export type BlockingActions = {
	/**
	 * Nothing passes any more between the account and them: somebody, one client of theirs, or, as a domain, a whole server.
	 * Whoever waited among the requests waits no more. Throws `own-address`.
	 */
	block(input: OfAccount & {readonly jid: Jid}): Promise<void>;
	/** Without a JID: everybody. Answers who was blocked until now; throws `not-blocked`. */
	unblock(input: OfAccount & {readonly jid?: Jid}): Promise<{readonly unblocked: readonly Jid[]}>;
	/** Everybody who is blocked, as the server has it now. */
	listBlocked(input: OfAccount): Promise<readonly Jid[]>;
	/**
	 * Blocks them and tells the operator of the account's server why (XEP-0377), with the newest messages that they wrote to the
	 * account alone, as far as the archive has them: their ids. Answers of how many. Throws `no-reports`, and as `block` does.
	 */
	report(
		input: OfAccount & {readonly jid: BareJid; readonly reason: ReportReason; readonly text?: string},
	): Promise<{readonly messages: number}>;
};
