import type {Command} from 'commander';
import {systemClock} from '../shared/clock.js';
import {XmppcError} from '../shared/errors.js';
import {createDaemonLines} from './daemon-lines.js';
import {personAt} from './person.js';
import {profileOptions} from './profile-options.js';
import {openPatiently} from './serving.js';
import type {Shell} from './shell.js';

const explanation = `
It stays in the foreground, serves the control socket for xmppc send and others,
and says on standard error what becomes of its accounts. SIGTERM or SIGINT end
it with status 0.`;

/** `xmppc daemon`: the client without a screen. */
export function daemonCommand(program: Command, shell: Shell): void {
	const command = program
		.command('daemon')
		.description('stay connected without a screen')
		.addHelpText('after', explanation);
	command.action(async () => {
		await serve(command, shell);
	});
}

async function serve(command: Command, shell: Shell): Promise<void> {
	const options = profileOptions(command);
	const output = shell.output(false);
	const running = await shell.connect(options.profile);
	if (running !== undefined) {
		running.close();
		throw new XmppcError({
			code: 'already-running',
			kind: 'temporary',
			message: `Another xmppc is running with the profile "${options.profile}".`,
			hint: 'It serves the control socket too; use another profile with --profile for a second one.',
		});
	}

	shell.expectSignal();
	const say = (text: string) => output.remark(`${new Date(systemClock.now()).toISOString()} ${text}`);
	const compose = await shell.compose(personAt(shell, {...output, remark: say}));
	const client = await openPatiently(compose, options, shell.interrupted);
	try {
		const lineOf = createDaemonLines();
		client.events(event => {
			const line = lineOf(event);
			if (line !== undefined) {
				say(line);
			}
		});
		await client.serve();
		say(`xmppc serves the profile "${options.profile}"`);
		// Whoever follows it says so; whoever sends through it is waited for anyway.
		await client.actions.setAttention({active: false});
		await client.actions.setIdle({since: systemClock.now()});
		await client.start();
		if ((await client.actions.listAccounts({})).length === 0) {
			say('There is no account yet (set one up with xmppc account add)');
		}

		await aborted(shell.interrupted);
		say('ending');
	} finally {
		await client.close();
	}
}

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise(resolve => {
		if (signal.aborted) {
			resolve();
		} else {
			signal.addEventListener('abort', () => resolve(), {once: true});
		}
	});
}
