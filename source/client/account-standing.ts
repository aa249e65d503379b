import type {OwnPresence} from '../extensions/presence.js';
import type {Account, AccountSettings, AccountStatus, ConnectionSecurity} from '../model/account.js';
import type {Clock} from '../shared/clock.js';
import type {Problem} from '../shared/errors.js';
import type {Journal} from './journal.js';

/** How an account stands, as front ends see it and hear of it. */
/** A person who has been idle for as long as they wished: since when (milliseconds since the epoch), and what to say. */
export type IdlePresence = {readonly since: number; readonly text: string};

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
	/** Also while the person is idle: it then holds until they have been back. */
	choosePresence(own: OwnPresence): void;
	/** The person is idle, or back again; answers whether they are to be seen otherwise now. */
	becomeIdle(idle: IdlePresence | undefined): boolean;
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
	/** What the person chose. */
	let chosen: OwnPresence = {availability: 'available', statusText: ''};
	/** What stands in for it while they are idle. */
	let idle: IdlePresence | undefined;

	const own = (): OwnPresence => {
		const mayGo = chosen.availability === 'available' || chosen.availability === 'chat';
		return idle === undefined || !mayGo
			? chosen
			: {availability: 'away', statusText: idle.text === '' ? chosen.statusText : idle.text, idleSince: idle.since};
	};

	const view = (): Account => {
		const {enabled, secrets} = settings();
		return {
			jid,
			status,
			enabled,
			secrets,
			availability: status === 'online' ? own().availability : 'unavailable',
			statusText: own().statusText,
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
			return own();
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
			chosen = next;
			idle = undefined;
			tell();
		},
		becomeIdle(next) {
			const before = own();
			idle = next;
			const differs = own() !== before;
			if (differs) {
				tell();
			}

			return differs;
		},
		notice(level, text, hint) {
			const tip = hint === undefined ? {} : {hint};
			journal.emit({type: 'notice', level, text, ...tip, account: jid, at: clock.now()});
		},
	};
}
