import type {AccountSettings, AccountStatus} from '../model/account.js';
import {type Problem, XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import {isRecoverable} from '../xmpp/connection-problems.js';

/** The store of secrets is there, but somebody has to open it. */
const lockedCodes: ReadonlySet<string> = new Set(['secrets-locked', 'secrets-unavailable', 'secrets-timeout']);

/**
 * Failures of the database that somebody may mend while the program runs. What could not be stored was not acknowledged,
 * and comes again.
 */
const passingStorageCodes: ReadonlySet<string> = new Set(['disk-full', 'database-busy', 'file-error']);

/** Whether something could not be stored for a reason that may pass. */
export function isPassingStorageProblem({code, kind}: Problem): boolean {
	return (kind === 'storage' || kind === 'temporary') && passingStorageCodes.has(code);
}

/** What an account is after an attempt that ended with this problem. Only `interrupted` tries again by itself. */
export function statusAfter(problem: Problem): Extract<AccountStatus, 'interrupted' | 'failed' | 'locked'> {
	if (lockedCodes.has(problem.code)) {
		return 'locked';
	}

	return isRecoverable(problem) || isPassingStorageProblem(problem) ? 'interrupted' : 'failed';
}

export function notConnected(account: BareJid): XmppcError {
	return new XmppcError({
		code: 'not-connected',
		kind: 'temporary',
		message: `${account} is not connected.`,
		hint: `Connect with /connect ${account}.`,
	});
}

export function attemptCancelled(account: BareJid): XmppcError {
	return new XmppcError({
		code: 'connect-cancelled',
		kind: 'temporary',
		message: `Connecting ${account} was cancelled.`,
	});
}

export function noSuchAccount(account: string): XmppcError {
	return new XmppcError({
		code: 'no-such-account',
		kind: 'usage',
		message: `There is no account ${account}.`,
		hint: 'List accounts with /account or `xmppc account list`.',
	});
}

export function noPassword(account: BareJid): XmppcError {
	return new XmppcError({
		code: 'no-password',
		kind: 'configuration',
		message: `No password is stored for ${account}.`,
		hint: `Remove the account and add it again: ${settingUpAnew(account)}.`,
	});
}

/** The server's refusal, with what helps where nobody is asked for the password. */
export function storedPasswordRefused(
	refusal: Problem,
	{jid, secrets}: Pick<AccountSettings, 'jid' | 'secrets'>,
): Problem {
	const hint =
		secrets === 'command'
			? 'Check what the password command of the account prints.'
			: `Is the address right, and was the password changed? Set the account up anew: ${settingUpAnew(jid)}.`;
	return {...refusal, hint};
}

function settingUpAnew(account: BareJid): string {
	return `xmppc account remove ${account}; xmppc account add ${account}`;
}
