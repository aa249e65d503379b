import {X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {type Command, Option} from 'commander';
import {type Account, type SecretBackend, secretBackends} from '../model/account.js';
import type {Actions, NewAccount} from '../model/actions.js';
import {messageOf, problemOf, XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import {readSecretLine} from './input.js';
import {unlessInterrupted} from './interruption.js';
import type {Output} from './output.js';
import {withActions} from './profile-access.js';
import type {ProfileOptions, Shell} from './shell.js';
import {readFingerprint, readHost, readWebSocket} from './values.js';

export type AddOptions = {
	readonly password?: string;
	readonly passwordStdin?: boolean;
	readonly secrets?: SecretBackend;
	readonly passwordCommand?: readonly string[];
	readonly host?: {readonly host: string; readonly port?: number};
	readonly directTls?: boolean;
	readonly websocket?: string;
	readonly tlsCa?: string;
	readonly tlsPin?: string;
	readonly scramOnly?: boolean;
	readonly json?: boolean;
};

export function describeAddOptions(command: Command): Command {
	return command
		.option('--password-stdin', 'read the password from the first line of standard input')
		.addOption(
			new Option('--secrets <where>', 'where the password is kept (the keychain, where it works)').choices(
				secretBackends,
			),
		)
		.option('--password-command <program...>', 'with --secrets command: prints the password; started without a shell')
		.option('--host <host[:port]>', 'connect here instead of asking DNS', readHost)
		.option('--direct-tls', 'with --host: TLS from the first byte instead of STARTTLS')
		.option('--websocket <url>', 'connect over WebSocket, and only there: wss://…', readWebSocket)
		.option('--tls-ca <file>', 'PEM file of the authorities to trust instead of the system’s')
		.option('--tls-pin <hex>', 'accept only the certificate with this SHA-256', readFingerprint)
		.option('--scram-only', 'never give the server the bare password (SASL PLAIN), not even the first time')
		.option('--json', 'print JSON')
		.addOption(new Option('--password <text>').hideHelp());
}

/**
 * Checks everything that can be checked without a connection, then stores the account. A client that is running connects
 * it at once.
 */
export async function addAccount(
	jid: BareJid,
	options: AddOptions,
	profile: ProfileOptions,
	shell: Shell,
	output: Output,
): Promise<Account> {
	refuseContradictions(options);
	const tlsCa = options.tlsCa === undefined ? undefined : readAuthorities(options.tlsCa);
	const password = options.secrets === 'command' ? undefined : await readPassword(jid, options, shell);
	const account: NewAccount = {
		jid,
		...options.host,
		...(options.directTls === true ? {directTls: true} : {}),
		...(options.websocket === undefined ? {} : {webSocket: options.websocket}),
		...(tlsCa === undefined ? {} : {tlsCa}),
		...(options.tlsPin === undefined ? {} : {tlsPin: options.tlsPin}),
		...(options.scramOnly === true ? {scramPinned: true} : {}),
		...(options.secrets === undefined ? {} : {secrets: options.secrets}),
		...(options.passwordCommand === undefined ? {} : {passwordCommand: options.passwordCommand}),
		...(password === undefined ? {} : {password}),
	};
	return withActions(profile, shell, output, async (actions, isRunning) => {
		const added = await actions.addAccount(account);
		if (isRunning) {
			await connectThere(actions, jid, shell, output);
		}

		return added;
	});
}

/** The account is stored, whatever stands in the way of a connection. */
async function connectThere(actions: Actions, jid: BareJid, shell: Shell, output: Output): Promise<void> {
	try {
		await unlessInterrupted(actions.connect({account: jid}), shell.interrupted);
		output.remark(`The xmppc that is running has connected ${jid}`);
	} catch (error) {
		const {message, hint} = problemOf(error);
		output.remark(
			`The xmppc that is running cannot connect ${jid}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
		);
	}
}

function refuseContradictions(options: AddOptions): void {
	const isCommand = options.secrets === 'command';
	const reason =
		options.password !== undefined
			? 'A password on the command line can be read by every user of this computer'
			: isCommand !== (options.passwordCommand !== undefined)
				? '--secrets command and --password-command belong together'
				: isCommand && options.passwordStdin === true
					? 'With --secrets command nothing is read from standard input'
					: options.directTls === true && options.host === undefined
						? '--direct-tls needs --host'
						: options.websocket !== undefined && options.host !== undefined
							? '--websocket and --host both say where to connect'
							: undefined;
	if (reason !== undefined) {
		throw new XmppcError({
			code: 'usage',
			kind: 'usage',
			message: reason,
			hint: options.password === undefined ? 'see xmppc account add --help' : 'use --password-stdin',
		});
	}
}

async function readPassword(jid: BareJid, options: AddOptions, shell: Shell): Promise<string> {
	if (options.passwordStdin === true) {
		return unlessInterrupted(readSecretLine(shell.input()), shell.interrupted);
	}

	const typed = shell.interactive ? await shell.askSecret(`Password of ${jid}: `) : undefined;
	if (typed === undefined || typed === '') {
		throw new XmppcError({
			code: 'no-password',
			kind: 'usage',
			message: `There is no password for ${jid}.`,
			hint: 'type it on a terminal, or pipe it in with --password-stdin',
		});
	}

	return typed;
}

/** The absolute path of a file that holds at least one certificate. */
function readAuthorities(file: string): string {
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (error) {
		throw new XmppcError(
			{
				code: 'unreadable-ca',
				kind: 'unreadableInput',
				message: `The certificate authorities in ${file} cannot be read: ${messageOf(error)}.`,
				hint: 'check the path after --tls-ca',
			},
			{cause: error},
		);
	}

	try {
		return new X509Certificate(text) && path.resolve(file);
	} catch (error) {
		throw new XmppcError(
			{
				code: 'invalid-ca',
				kind: 'badData',
				message: `${file} holds no certificate in PEM form.`,
				hint: 'it begins with -----BEGIN CERTIFICATE-----',
			},
			{cause: error},
		);
	}
}
