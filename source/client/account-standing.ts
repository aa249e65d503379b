import type {OwnPresence} from '../extensions/presence.js';
import type {Account, AccountSettings, AccountStatus, ConnectionSecurity} from '../model/account.js';
import type {Clock} from '../shared/clock.js';
import type {Problem} from '../shared/errors.js';
import type {Journal} from './journal.js';

/** How an account stands, as front ends see it and hear of it. */
export type Standing = {
	readonly status: AccountStatus;
	/** What stopped the last attempt. */
	readonly problem: Problem | undefined;
	/** The presence that is told while online, and at the next login. */
	readonly own: OwnPresence;
	view(): Account;
	/** Changes status and problem, and tells of it. `retryAt`: when the next attempt is made. */
	become(status: AccountStatus, because?: Problem, retryAt?: number): void;
	/** The person tries anew: the same problem is news again. */
	forgetProblem(): void;
	/** How the connection is secured; told with the next change. */
	secure(security: ConnectionSecurity | undefined): void;
	choosePresence(own: OwnPresence): void;
	/** Says something about the account to the person. */
	notice(level: 'info' | 'warning' | 'error', text: string, hint?: string): void;
};

export function createStanding(
	settings: () => AccountSettings,
	{journal, clock}: {readonly journal: Journal; readonly clock: Pick<Clock, 'now'>},
): Standing {
	const {jid} = settings();
	let status: AccountStatus = 'offline';
	let problem: Problem | undefined;
	let retryAt: number | undefined;
	let security: ConnectionSecurity | undefined;
	let own: OwnPresence = {availability: 'available', statusText: ''};

	const view = (): Account => {
		const {enabled, secrets} = settings();
		return {
			jid,
			status,
			enabled,
			secrets,
			availability: status === 'online' ? own.availability : 'unavailable',
			statusText: own.statusText,
			...(problem === undefined ? {} : {problem}),
			...(retryAt === undefined ? {} : {retryAt}),
			...(security === undefined ? {} : {security}),
		};
	};

	const tell = () => journal.emit({type: 'account.changed', account: view()});

	return {
		get status() {
			return status;
		},
		get problem() {
			return problem;
		},
		get own() {
			return own;
		},
		view,
		become(next, because, nextAttempt) {
			status = next;
			problem = because;
			retryAt = nextAttempt;
			tell();
		},
		forgetProblem() {
			problem = undefined;
		},
		secure(next) {
			security = next;
		},
		choosePresence(next) {
			own = next;
			tell();
		},
		notice(level, text, hint) {
			const tip = hint === undefined ? {} : {hint};
			journal.emit({type: 'notice', level, text, ...tip, account: jid, at: clock.now()});
		},
	};
}
