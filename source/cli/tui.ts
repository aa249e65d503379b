import process from 'node:process';
import type {Command} from 'commander';
import {systemClock} from '../shared/clock.js';
import {exitCodes} from '../shared/errors.js';
import {profileOptions} from './profile-options.js';
import type {OpenClient, Shell} from './shell.js';

type Options = {readonly plain?: boolean};

/** `xmppc` without a subcommand: the client for a person. */
export function tuiCommand(program: Command, shell: Shell): void {
	const command = program
		.command('tui', {isDefault: true})
		.description('chat (without a subcommand too)')
		.option('--plain', 'lines only, no screen: for screen readers, pipes and dumb terminals');
	command.action(async (options: Options) => {
		const {stdin, stdout, env} = process;
		const hasScreen = stdin.isTTY && stdout.isTTY && env.TERM !== 'dumb';
		const wantsLines = options.plain === true || env.INK_SCREEN_READER === 'true';
		shell.conclude(await (wantsLines || !hasScreen ? showLines(command, shell) : showTui(command, shell)));
	});
}

/** The line mode. Messages that were never confirmed are a temporary failure: they wait in the outbox. */
async function showLines(command: Command, shell: Shell): Promise<number> {
	const profile = profileOptions(command);
	const compose = await shell.compose({tell() {}});
	const {startPlain} = await import('../tui/plain.js');
	let client: OpenClient | undefined;
	try {
		const {waiting} = await startPlain({
			async open() {
				client = await compose.openClient(profile);
				const {actions, events, start} = client;
				systemClock.after(0, () => void start());
				return {actions, events};
			},
			stdin: process.stdin,
			stdout: process.stdout,
			clock: systemClock,
			interrupted: shell.interrupted,
		});
		return waiting === 0 ? 0 : exitCodes.temporary;
	} finally {
		await client?.close();
	}
}

async function showTui(command: Command, shell: Shell): Promise<number> {
	const profile = profileOptions(command);
	// Told before the screen is there, or not at all: the screen belongs to the TUI.
	const compose = await shell.compose({tell() {}});
	const settings = compose.settings(profile);
	const {startTui} = await import('../tui/start.js');
	let client: OpenClient | undefined;
	try {
		const exit = await startTui({
			async open() {
				client = await compose.openClient(profile);
				const {actions, events, start} = client;
				// Once the screen listens: what happens at the start would be missed otherwise.
				systemClock.after(0, () => void start());
				return {actions, events};
			},
			stdin: process.stdin,
			stdout: process.stdout,
			env: process.env,
			clock: systemClock,
			settings,
		});
		if (exit.type === 'fatal') {
			client?.log.note('bug', exit.error instanceof Error ? (exit.error.stack ?? '') : String(exit.error));
			throw exit.error;
		}

		return exit.type === 'hangup' ? hangupStatus : 0;
	} finally {
		await client?.close();
	}
}

/** As shells report a program that SIGHUP ended. */
const hangupStatus = 129;
