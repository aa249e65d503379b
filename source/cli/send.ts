import type {Command} from 'commander';
import {exitCodes, type Problem, problemOf, XmppcError} from '../shared/errors.js';
import {type BareJid, type Jid, parseBareJid} from '../shared/jid.js';
import {sanitizeOutgoing} from '../shared/text.js';
import {readText} from './input.js';
import type {Output} from './output.js';
import {profileOptions, withProfileOptions} from './profile-options.js';
import {readRecipient, splitArguments} from './recipients.js';
import type {Sender, Shell} from './shell.js';
import {readSeconds} from './values.js';

type Options = {
	readonly message?: string;
	readonly account?: string;
	readonly json?: boolean;
	readonly timeout: number;
};

const explanation = `
The last argument is the text unless it looks like an address; without a text,
standard input is sent. It waits until the server has every message.

  xmppc send romeo@example.org "Wherefore art thou?"
  uptime | xmppc send romeo@example.org nurse@example.org
  xmppc send --message "Write to me@example.org" romeo@example.org`;

/** `xmppc send <jid>… [text]` */
export function sendCommand(program: Command, shell: Shell): void {
	const command = program
		.command('send')
		.description('send a message and wait until the server has it')
		.usage('[options] <jid>... [text]')
		.argument('<jid...>', 'who gets it')
		.option('-m, --message <text>', 'the text; every argument is then a recipient')
		.option('-a, --account <jid>', 'send from this account, where there are several')
		.option('--timeout <seconds>', 'give up after this time', readSeconds, 60_000)
		.option('--json', 'print JSON lines')
		.addHelpText('after', explanation);
	withProfileOptions(command).action(async (given: readonly string[], options: Options) => {
		shell.conclude(await send(given, options, command, shell));
	});
}

async function send(given: readonly string[], options: Options, command: Command, shell: Shell): Promise<number> {
	const output = shell.output(options.json === true);
	const {recipients: typed, text} = splitArguments(given, options.message);
	const recipients: Jid[] = [];
	let status = 0;
	for (const address of typed) {
		const read = readRecipient(address);
		if (typeof read === 'string') {
			recipients.push(read);
		} else {
			output.problem(read, {to: address});
			status = exitCodes[read.kind];
		}
	}

	const account = options.account === undefined ? undefined : readAccount(options.account);
	if (status !== 0) {
		return status;
	}

	const body = await readBody(text, shell);
	const patience = AbortSignal.timeout(options.timeout);
	const signal = AbortSignal.any([shell.interrupted, patience]);
	const compose = await shell.compose();
	let sender: Sender;
	try {
		sender = await compose.openSender(profileOptions(command), account, signal);
	} catch (error) {
		throw error === patience.reason ? timedOut(options.timeout) : error;
	}

	try {
		return await deliver(sender, [...new Set(recipients)], body, {signal, patience, timeout: options.timeout}, output);
	} finally {
		await sender.close();
	}
}

/** Writes all of them before it waits for the first, and answers the status of the first failure. */
async function deliver(
	sender: Sender,
	recipients: readonly Jid[],
	body: string,
	{signal, patience, timeout}: {readonly signal: AbortSignal; readonly patience: AbortSignal; readonly timeout: number},
	output: Output,
): Promise<number> {
	const outcomes = await Promise.allSettled(recipients.map(to => sender.send(to, body, signal)));
	if (signal.aborted && !patience.aborted) {
		throw signal.reason;
	}

	let status = 0;
	for (const [index, outcome] of outcomes.entries()) {
		const to = recipients[index] ?? '';
		if (outcome.status === 'fulfilled') {
			if (output.json) {
				output.record({to, ...outcome.value});
			}

			continue;
		}

		const problem = problemOf(outcome.reason === patience.reason ? timedOut(timeout) : outcome.reason);
		output.problem(recipients.length > 1 ? naming(problem, to) : problem, {to});
		status ||= exitCodes[problem.kind];
	}

	return status;
}

function naming(problem: Problem, to: string): Problem {
	return problem.message.includes(to) ? problem : {...problem, message: `To ${to}: ${problem.message}`};
}

async function readBody(text: string | undefined, shell: Shell): Promise<string> {
	// Waiting for a person to type would look as if it hung; `xmppc` alone is for that.
	const given = text ?? (shell.input.isTTY ? '' : await readText(shell.input));
	const body = sanitizeOutgoing(given);
	if (body.trim() === '') {
		throw new XmppcError({
			code: 'empty-text',
			kind: 'badData',
			message: 'There is no text to send.',
			hint: 'give it as the last argument, after --message or on standard input',
		});
	}

	return body;
}

function readAccount(text: string): BareJid {
	const jid = parseBareJid(text);
	if (jid === undefined) {
		throw new XmppcError({
			code: 'invalid-jid',
			kind: 'badData',
			message: `The account ${JSON.stringify(text)} is not an address.`,
			hint: 'an account looks like name@example.org',
		});
	}

	return jid;
}

function timedOut(timeout: number): XmppcError {
	return new XmppcError({
		code: 'timeout',
		kind: 'temporary',
		message: `The server did not take the message within ${timeout / 1000} s.`,
		hint: 'it may still arrive; try again, with a longer --timeout if need be',
	});
}
