import process from 'node:process';
import type {Command} from 'commander';
import {systemClock} from '../shared/clock.js';
import {profileDirectories} from '../storage/directories.js';
import {lineStatus} from './line-status.js';
import {profileOptions} from './profile-options.js';
import {openPatiently, served} from './serving.js';
import type {OpenClient, ProfileOptions, Shell} from './shell.js';
import {watchLines} from './written-lines.js';

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
		shell.conclude(await show(profileOptions(command), !wantsLines && hasScreen, shell));
	});
}

async function show(profile: ProfileOptions, hasScreen: boolean, shell: Shell): Promise<number> {
	const running = await shell.connect(profile.profile);
	if (running === undefined) {
		return hasScreen ? showTui(profile, shell) : showLines(profile, shell);
	}

	running.close();
	const {chooseBeside, followLines} = await import('./following.js');
	const choice = hasScreen ? await chooseBeside(profile.profile, shell) : {type: 'follow' as const};
	switch (choice.type) {
		case 'follow':
			return followLines(profile.profile, shell);
		case 'profile':
			return show({...profile, profile: choice.name}, hasScreen, shell);
		case 'leave':
			return 0;
	}
}

/** The line mode. Messages that were never confirmed are a temporary failure: they wait in the outbox. */
async function showLines(profile: ProfileOptions, shell: Shell): Promise<number> {
	const compose = await shell.compose({tell() {}});
	const {startPlain} = await import('../tui/plain.js');
	const lines = watchLines(process.stdout);
	let client: OpenClient | undefined;
	try {
		const exit = await startPlain({
			async open() {
				client = served(await openPatiently(compose, profile, shell.interrupted));
				const {actions, events, start} = client;
				systemClock.after(0, () => void start());
				return {actions, events};
			},
			stdin: process.stdin,
			stdout: process.stdout,
			clock: systemClock,
			interrupted: AbortSignal.any([shell.interrupted, lines.over]),
		});
		lines.check();
		return lineStatus(exit);
	} finally {
		await client?.close();
	}
}

async function showTui(profile: ProfileOptions, shell: Shell): Promise<number> {
	// Told before the screen is there, or not at all: the screen belongs to the TUI.
	const compose = await shell.compose({tell() {}});
	const settings = compose.settings(profile);
	const [{startTui}, {ownThemes}] = await Promise.all([import('../tui/start.js'), import('./own-themes.js')]);
	let client: OpenClient | undefined;
	try {
		const exit = await startTui({
			async open() {
				client = served(await openPatiently(compose, profile, shell.interrupted));
				const {actions, events, start} = client;
				// Once the screen listens: what happens at the start would be missed otherwise.
				systemClock.after(0, () => void start());
				return {actions, events};
			},
			async rebuildHistory() {
				const {rebuiltLines} = await import('./history.js');
				return rebuiltLines(await compose.rebuildHistory(profile));
			},
			stdin: process.stdin,
			stdout: process.stdout,
			env: process.env,
			clock: systemClock,
			settings,
			themes: ownThemes(profileDirectories(process.env, profile.profile)),
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
