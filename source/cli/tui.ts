import process from 'node:process';
import type {Command} from 'commander';
import {systemClock} from '../shared/clock.js';
import {profileDirectories} from '../storage/directories.js';
import {lineStatus} from './line-status.js';
import {profileOptions} from './profile-options.js';
import {openPatiently, served} from './serving.js';
import type {OpenClient, ProfileOptions, Shell} from './shell.js';
import {watchLines} from './written-lines.js';

type Options = {readonly plain?: boolean; readonly screenReader?: boolean};

/** What is shown, and how: a screen, short lines, or lines in whole words. */
type Form = 'screen' | 'lines' | 'spoken';

/** `xmppc` without a subcommand: the client for a person. */
export function tuiCommand(program: Command, shell: Shell): void {
	const command = program
		.command('tui', {isDefault: true})
		.description('chat (without a subcommand too)')
		.option('--plain', 'short lines, no screen: for pipes, scripts and dumb terminals')
		.option('--screen-reader', 'lines in whole words, no screen (also: XMPPC_SCREEN_READER=1, or the setting)');
	command.action(async (options: Options) => {
		const profile = profileOptions(command);
		shell.conclude(await show(profile, await formOf(options, profile, shell), shell));
	});
}

/** What was asked for on the command line comes first, then the environment, then the setting. */
async function formOf({plain, screenReader}: Options, profile: ProfileOptions, shell: Shell): Promise<Form> {
	const {stdin, stdout, env} = process;
	if (screenReader === true) {
		return 'spoken';
	}

	if (plain === true) {
		return 'lines';
	}

	const wanted = env.XMPPC_SCREEN_READER ?? env.INK_SCREEN_READER;
	if (wanted === undefined || wanted === '' ? await prefersSpeech(profile, shell) : isYes(wanted)) {
		return 'spoken';
	}

	return stdin.isTTY && stdout.isTTY && env.TERM !== 'dumb' ? 'screen' : 'lines';
}

const isYes = (text: string) => !['0', 'false', 'no', 'off'].includes(text.toLowerCase());

async function prefersSpeech(profile: ProfileOptions, shell: Shell): Promise<boolean> {
	const compose = await shell.compose({tell() {}});
	return compose.settings(profile)['screen-reader'];
}

async function show(profile: ProfileOptions, form: Form, shell: Shell): Promise<number> {
	const running = await shell.connect(profile.profile);
	if (running === undefined) {
		return form === 'screen' ? showTui(profile, shell) : showLines(profile, form, shell);
	}

	running.close();
	const {chooseBeside, followLines} = await import('./following.js');
	const choice = form === 'screen' ? await chooseBeside(profile.profile, shell) : {type: 'follow' as const};
	switch (choice.type) {
		case 'follow':
			return followLines(profile.profile, shell, form === 'spoken');
		case 'profile':
			return show({...profile, profile: choice.name}, form, shell);
		case 'leave':
			return 0;
	}
}

/** The line mode. Messages that were never confirmed are a temporary failure: they wait in the outbox. */
async function showLines(profile: ProfileOptions, form: Form, shell: Shell): Promise<number> {
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
			spoken: form === 'spoken',
			calls: true,
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
