/** A second front end on a profile: it follows the client that is running, through the control socket. */
import process from 'node:process';
import {createInterface} from 'node:readline';
import type {Actions} from '../model/actions.js';
import {systemClock} from '../shared/clock.js';
import {type Problem, XmppcError} from '../shared/errors.js';
import {isProfileName, profileNameHint} from '../storage/directories.js';
import {unlessInterrupted} from './interruption.js';
import {lineStatus} from './line-status.js';
import type {Shell} from './shell.js';
import {watchLines} from './written-lines.js';

/** What a person may do whose profile is in use. */
export type Choice =
	| {readonly type: 'follow'}
	| {readonly type: 'profile'; readonly name: string}
	| {readonly type: 'leave'};

/** Asks on the terminal; the end of its input is leaving. */
export async function chooseBeside(profile: string, shell: Pick<Shell, 'interrupted'>): Promise<Choice> {
	// Without its own editing: Ctrl+C stays the signal that it is.
	const lines = createInterface({input: process.stdin, terminal: false});
	const ask = (question: string): Promise<string | undefined> => {
		process.stdout.write(question);
		return unlessInterrupted(
			new Promise(resolve => {
				lines.once('line', line => resolve(line.trim()));
				lines.once('close', () => resolve(undefined));
			}),
			shell.interrupted,
		);
	};
	try {
		process.stdout.write(
			`Another xmppc is running with the profile "${profile}".\n  1  follow it here, in lines of text\n  2  use another profile\n  3  leave\n`,
		);
		for (;;) {
			const answer = await ask('1, 2 or 3: ');
			if (answer === undefined || answer === '3') {
				return {type: 'leave'};
			}

			if (answer === '1') {
				return {type: 'follow'};
			}

			if (answer === '2') {
				const name = await ask('Name of the profile: ');
				if (name === undefined || name === '') {
					return {type: 'leave'};
				}

				if (isProfileName(name)) {
					return {type: 'profile', name};
				}

				process.stdout.write(`${profileNameHint}\n`);
			}
		}
	} finally {
		lines.close();
	}
}

/**
 * The line mode with the client that is running. Leaving ends only this front end; when the client ends, so does this.
 * @throws XmppcError why the connection ended.
 */
export async function followLines(profile: string, shell: Shell, spoken: boolean): Promise<number> {
	const {startPlain} = await import('../tui/plain.js');
	const connection = await shell.connect(profile, {snapshot: true, events: 'all'});
	if (connection === undefined) {
		throw new XmppcError({
			code: 'control-closed',
			kind: 'temporary',
			message: 'The xmppc that was running has ended.',
			hint: 'Try again.',
		});
	}

	shell
		.output(false)
		.remark(`Following the xmppc that is running with the profile "${profile}"; /quit leaves it running`);
	const lines = watchLines(process.stdout);
	const lost = new AbortController();
	let problem: Problem | undefined;
	void connection.closed.then(reason => {
		problem = reason;
		lost.abort();
	});
	const {events, snapshot} = connection;
	try {
		await connection.actions.setAttention({active: true});
		await connection.actions.setIdle({});
		const exit = await startPlain({
			open: async () => ({
				actions: withoutView(connection.actions),
				events,
				...(snapshot === undefined ? {} : {snapshot}),
			}),
			stdin: process.stdin,
			stdout: process.stdout,
			clock: systemClock,
			spoken,
			interrupted: AbortSignal.any([shell.interrupted, lost.signal, lines.over]),
		});
		if (problem !== undefined) {
			throw new XmppcError(problem);
		}

		lines.check();
		return lineStatus(exit);
	} finally {
		connection.close();
	}
}

/** Which buffer is looked at, and drafts, belong to the front end that was there first. */
function withoutView(actions: Actions): Actions {
	return new Proxy(actions, {
		get: (target, name) => (name === 'saveView' ? async () => {} : Reflect.get(target, name)),
	});
}
