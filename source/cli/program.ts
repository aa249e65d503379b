import {Command, CommanderError} from 'commander';
import {exitCodes, type Problem, problemOf} from '../shared/errors.js';
import {version} from '../shared/version.js';
import {withProfileOptions} from './profile-options.js';
import type {Shell} from './shell.js';

/** Adds one subcommand to the program. */
export type Subcommand = (program: Command, shell: Shell) => void;

/** Every subcommand, in the order of the help; the first one runs when none is named. */
const subcommands: Readonly<Record<string, () => Promise<Subcommand>>> = {
	tui: async () => (await import('./tui.js')).tuiCommand,
	send: async () => (await import('./send.js')).sendCommand,
	upload: async () => (await import('./upload.js')).uploadCommand,
	download: async () => (await import('./download.js')).downloadCommand,
	daemon: async () => (await import('./daemon.js')).daemonCommand,
	account: async () => (await import('./account.js')).accountCommand,
	omemo: async () => (await import('./omemo.js')).omemoCommand,
	history: async () => (await import('./history.js')).historyCommand,
	set: async () => (await import('./set.js')).setCommand,
	doctor: async () => (await import('./doctor.js')).doctorCommand,
};

/** Runs the command line; answers the status to end with. Never throws. */
export async function runProgram(
	argv: readonly string[],
	surroundings: Omit<Shell, 'conclude'>,
	print: (text: string) => void,
): Promise<number> {
	let status = 0;
	const shell: Shell = {
		...surroundings,
		conclude(concluded) {
			status = concluded;
		},
	};
	const program = withProfileOptions(new Command('xmppc'))
		.description('Chat over XMPP from a terminal.')
		.version(version, '-V, --version', 'print the version')
		.helpOption('-h, --help', 'print help')
		.configureHelp({showGlobalOptions: true})
		.exitOverride()
		.configureOutput({writeOut: print, writeErr: () => {}, outputError: () => {}});
	// Loading the others would cost a run that names one more than it takes to read its arguments.
	const first = argv[0] ?? '';
	const named = Object.hasOwn(subcommands, first) ? subcommands[first] : undefined;
	for (const load of named === undefined ? Object.values(subcommands) : [named]) {
		const add = await load();
		add(program, shell);
	}

	try {
		await program.parseAsync([...argv], {from: 'user'});
		return status;
	} catch (error) {
		if (error instanceof CommanderError && error.exitCode === 0) {
			return 0;
		}

		if (shell.interrupted.aborted) {
			// Whoever sent the signal knows; the status says it to scripts.
			return exitCodes.temporary;
		}

		const problem = error instanceof CommanderError ? usageProblem(error, argv) : problemOf(error);
		shell.output(argv.includes('--json')).problem(problem);
		return exitCodes[problem.kind];
	}
}

function usageProblem(error: CommanderError, argv: readonly string[]): Problem {
	const words = argv.filter(argument => !argument.startsWith('-'));
	// Options of the program, and their values, may stand before the subcommand.
	const [named, below] = words.slice(
		Math.max(
			0,
			words.findIndex(word => Object.hasOwn(subcommands, word)),
		),
	);
	const command = helpFor(named, below);
	// `xmppc nonsense` reaches the default subcommand, which takes no arguments.
	const unknown = error.code === 'commander.excessArguments' && command === 'xmppc --help';
	const said = error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
	if (error.code === 'commander.help') {
		return {code: 'usage', kind: 'usage', message: `${named} needs a subcommand`, hint: `see ${command}`};
	}

	return {
		code: 'usage',
		kind: 'usage',
		message: unknown ? `There is no subcommand ${JSON.stringify(named)}` : said.charAt(0).toUpperCase() + said.slice(1),
		hint: `see ${command}`,
	};
}

/** Subcommands that have some of their own. */
const groups: ReadonlyMap<string, readonly string[]> = new Map([
	['account', ['add', 'list', 'remove', 'test', 'archive']],
	['history', ['check', 'rebuild', 'export']],
	[
		'omemo',
		[
			'devices',
			'fingerprint',
			'trust',
			'verify',
			'distrust',
			'remove',
			'label',
			'doctor',
			'reset',
			'export',
			'import',
			'new-identity',
			'new-device',
		],
	],
]);

/** The command that explains the one that was meant. */
function helpFor(named: string | undefined, below: string | undefined): string {
	const subordinates = groups.get(named ?? '');
	if (subordinates !== undefined) {
		return subordinates.includes(below ?? '') ? `xmppc ${named} ${below} --help` : `xmppc ${named} --help`;
	}

	return named === 'send' || named === 'daemon' || named === 'set' ? `xmppc ${named} --help` : 'xmppc --help';
}
