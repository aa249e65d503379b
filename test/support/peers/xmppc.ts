import {spawn} from 'node:child_process';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import type {TestServer} from '../servers.js';
import {startTerminal, type Terminal, type TerminalOptions} from '../terminal.js';
import {type Home, makeHome} from './home.js';

/** The program as a person starts it; `npm run build` has to come first. */
export const builtProgram = fileURLToPath(new URL('../../../../bin/xmppc.js', import.meta.url));

export type Finished = {
	readonly status: number;
	readonly output: string;
	readonly errors: string;
};

/** The built program with a profile of its own. */
export type Xmppc = {
	readonly home: Home;
	/** Command, to start in any other way. */
	readonly command: readonly [string, ...string[]];
	/** Runs a subcommand to its end, with `input` on stdin. */
	run(programArguments: readonly string[], input?: string): Promise<Finished>;
	/** Starts the TUI in a pseudo-terminal. */
	open(options?: Omit<TerminalOptions, 'environment'>, programArguments?: readonly string[]): Terminal;
	remove(): void;
};

/** A profile without any account. `more`: variables that are added to its environment. */
export function makeXmppc(nodeOptions: readonly string[] = [], more: Readonly<Record<string, string>> = {}): Xmppc {
	const made = makeHome('profile');
	const home = {...made, environment: {...made.environment, ...more}};
	const command = [process.execPath, ...nodeOptions, builtProgram] as const;
	return {
		home,
		command,
		run: (programArguments, input) => runProgram([...command, ...programArguments], home.environment, input),
		open: (options = {}, programArguments = []) =>
			startTerminal([...command, ...programArguments], {...options, environment: home.environment}),
		remove: home.remove,
	};
}

export type AccountOptions = {
	readonly directTls?: boolean;
	/** Connect here instead, to a proxy before the server for instance. */
	readonly port?: number;
	readonly nodeOptions?: readonly string[];
};

/** A profile with an account of `server`, its password in a key file. */
export async function makeXmppcAccount(
	server: Pick<TestServer, 'domain' | 'port' | 'tlsPort' | 'caFile'>,
	localpart: string,
	password: string,
	options: AccountOptions = {},
): Promise<Xmppc> {
	const xmppc = makeXmppc(options.nodeOptions);
	const directTls = options.directTls ?? false;
	const port = options.port ?? (directTls ? server.tlsPort : server.port);
	const {status, errors} = await xmppc.run(
		[
			...['account', 'add', `${localpart}@${server.domain}`, '--password-stdin', '--secrets', 'key-file'],
			...['--host', `127.0.0.1:${port}`, '--tls-ca', server.caFile, ...(directTls ? ['--direct-tls'] : [])],
		],
		`${password}\n`,
	);
	if (status !== 0) {
		xmppc.remove();
		throw new Error(`xmppc account add ended with ${status}: ${errors}`);
	}

	return xmppc;
}

/** Runs a command to its end, with `input` on stdin. */
export function runProgram(
	[program = '', ...programArguments]: readonly string[],
	environment: Readonly<Record<string, string>>,
	input = '',
): Promise<Finished> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, programArguments, {env: {...environment}, cwd: path.parse(builtProgram).root});
		let output = '';
		let errors = '';
		child.stdout.setEncoding('utf8').on('data', chunk => {
			output += chunk;
		});
		child.stderr.setEncoding('utf8').on('data', chunk => {
			errors += chunk;
		});
		// A program that ends without reading is not a failure of the test.
		child.stdin.on('error', () => {});
		child.once('error', reject);
		child.once('close', status => resolve({status: status ?? 1, output, errors}));
		child.stdin.end(input);
	});
}
