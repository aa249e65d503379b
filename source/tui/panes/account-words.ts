import type {Account} from '../../model/account.js';
import type {BareJid} from '../../shared/jid.js';
import type {State} from '../../store/state.js';
import {availabilityText, shortJid} from './words.js';

/** A pause that is longer is no pause between attempts: a clock was set. */
const longestPause = 10 * 60;

/** Whole seconds until the next attempt to connect; `undefined` where none is planned. `now`: wall-clock milliseconds. */
export function secondsToRetry({status, retryAt}: Account, now: number): number | undefined {
	if (status !== 'interrupted' || retryAt === undefined) {
		return undefined;
	}

	const seconds = Math.ceil((retryAt - now) / 1000);
	return seconds > 0 && seconds <= longestPause ? seconds : undefined;
}

/** `12 s`, `2 min`, `2 min 5 s`. */
export function durationText(seconds: number): string {
	const rest = seconds % 60;
	const parts = [seconds >= 60 ? `${Math.floor(seconds / 60)} min` : '', rest > 0 ? `${rest} s` : ''];
	return parts.filter(part => part !== '').join(' ');
}

/** How an account is connected, in words. With `now`, wall-clock milliseconds, also how long until the next attempt. */
export function accountStatusText(state: Pick<State, 'lost'>, account: Account, now?: number): string {
	switch (account.status) {
		case 'online':
			return availabilityText(account.availability);
		case 'connecting':
			return isAgain(state, account) ? attemptText(state, account) : 'connecting…';
		case 'interrupted':
			return `${state.lost.includes(account.jid) ? 'connection lost' : 'not connected'}, ${attemptText(state, account, now)}`;
		case 'failed':
			return failureText(account);
		case 'locked':
			return 'locked';
		default:
			return 'offline';
	}
}

/** The same where there is little room: of an interruption only when it ends. */
export function briefStatusText(state: Pick<State, 'lost'>, account: Account, now: number): string {
	return account.status === 'interrupted' ? attemptText(state, account, now) : accountStatusText(state, account, now);
}

function isAgain({lost}: Pick<State, 'lost'>, {jid, problem}: Account): boolean {
	return lost.includes(jid) || problem !== undefined;
}

function attemptText({lost}: Pick<State, 'lost'>, account: Account, now?: number): string {
	const seconds = now === undefined ? undefined : secondsToRetry(account, now);
	const when = seconds === undefined ? '…' : ` in ${durationText(seconds)}`;
	return `${lost.includes(account.jid) ? 'reconnecting' : 'trying again'}${when}`;
}

/** The same for an account that stands beside others in a bar; `undefined` where nothing is wrong. */
export function accountTroubleText(account: Account, now: number): string | undefined {
	const {status, problem} = account;
	switch (status) {
		case 'interrupted': {
			const seconds = secondsToRetry(account, now);
			return seconds === undefined ? 'retrying…' : `retry in ${durationText(seconds)}`;
		}

		case 'connecting':
			return problem === undefined ? undefined : 'retrying…';
		case 'failed':
			return failureText(account);
		case 'locked':
			return 'locked';
		default:
			return undefined;
	}
}

const failureTexts: Readonly<Record<string, string>> = {
	'wrong-password': 'wrong password',
	'no-password': 'no password',
	'stream-conflict': 'replaced by another client',
	'certificate-expired': 'certificate expired',
	'certificate-name': 'wrong certificate',
	'certificate-pin': 'wrong certificate',
	'certificate-untrusted': 'certificate not trusted',
	'server-not-authentic': 'login not safe',
	'offer-contradictory': 'login not safe',
	'binding-refused': 'login not safe',
	'plain-refused': 'login not safe',
};

/** What a person has to act on, in two or three words. */
function failureText({problem}: Account): string {
	return failureTexts[problem?.code ?? ''] ?? 'cannot connect';
}

/** Whether the status of the account says already why it is not online. */
export function saysWhy({status, problem}: Account): boolean {
	return status === 'failed' && Object.hasOwn(failureTexts, problem?.code ?? '');
}

/** The next step for an account that is not online, if there is one to take. Where there are several it names the account. */
export function accountHint({accounts}: Pick<State, 'accounts'>, {jid, status, problem}: Account): string | undefined {
	const which = accounts.length > 1 ? ` ${jid}` : '';
	switch (status) {
		case 'offline':
			return `/connect${which} connects it.`;
		case 'interrupted':
			return `/reconnect${which} tries now.`;
		case 'locked':
			return problem?.hint ?? '/unlock opens the store of passwords.';
		case 'failed':
			return problem?.hint ?? `/connect${which} tries again.`;
		default:
			return undefined;
	}
}

/** What an account is called where there is little room: the part before the @, unless another one has the same. */
export function briefAccountName({accounts}: Pick<State, 'accounts'>, jid: BareJid): string {
	const brief = shortJid(jid);
	return accounts.some(each => each.jid !== jid && shortJid(each.jid) === brief) ? jid : brief;
}
