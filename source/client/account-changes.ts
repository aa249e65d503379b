import type {AccountSettings} from '../model/account.js';
import type {BareJid} from '../shared/jid.js';

/** What the settings said of an account, and what they say now; absent: nothing. */
export type AccountChange = {
	readonly jid: BareJid;
	readonly was: AccountSettings | undefined;
	readonly now: AccountSettings | undefined;
};

/** The accounts of which something else is said now: those that are there, in their order, then those that are gone. */
export function accountChanges(
	before: readonly AccountSettings[],
	after: readonly AccountSettings[],
): readonly AccountChange[] {
	const find = (accounts: readonly AccountSettings[], jid: BareJid) => accounts.find(each => each.jid === jid);
	return [...new Set([...after, ...before].map(({jid}) => jid))]
		.map(jid => ({jid, was: find(before, jid), now: find(after, jid)}))
		.filter(({was, now}) => contentOf(was) !== contentOf(now));
}

/** What becomes of it, for the person. */
export function changeText(
	jid: BareJid,
	was: AccountSettings | undefined,
	now: AccountSettings | undefined,
): {readonly text: string; readonly hint?: string} {
	if (was === undefined) {
		return {text: `${jid} was added in the settings file.`};
	}

	if (now === undefined) {
		return {
			text: `${jid} is no longer in the settings file and goes offline; it is gone at the next start.`,
			hint: `/account remove ${jid} forgets its password too.`,
		};
	}

	if (was.enabled !== now.enabled) {
		return {text: `${jid} was ${now.enabled ? 'enabled' : 'disabled'} in the settings file.`};
	}

	return {
		text: `The settings of ${jid} are others now; they hold from the next connection on.`,
		hint: `/disconnect ${jid}, then /connect ${jid}, makes one.`,
	};
}

/** The same text for the same settings, in whatever order they are written. */
function contentOf(account: AccountSettings | undefined): string {
	return account === undefined
		? ''
		: JSON.stringify(Object.entries(account).sort(([one], [other]) => (one < other ? -1 : 1)));
}
