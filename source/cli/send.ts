import type {Command} from 'commander';
import type {EnterRoom} from '../client/rooms.js';
import type {EncryptionWish} from '../model/device.js';
import {type WaitLevel, waitLevels} from '../model/message.js';
import {systemClock} from '../shared/clock.js';
import {exitCodes, type Problem, problemOf, XmppcError} from '../shared/errors.js';
import {bareOf, type Jid} from '../shared/jid.js';
import {sanitizeOutgoing} from '../shared/text.js';
import {readText} from './input.js';
import {unlessInterrupted} from './interruption.js';
import {accessProfile, withActions} from './profile-access.js';
import {profileOptions} from './profile-options.js';
import {readRecipient, splitArguments} from './recipients.js';
import {heardBySender, sendThrough} from './send-running.js';
import type {Shell} from './shell.js';
import {readSeconds} from './values.js';
import {onlyAccount, readAccount} from './which-account.js';

type Options = {
	readonly message?: string;
	readonly account?: string;
	readonly json?: boolean;
	readonly timeout: number;
	readonly wait: WaitLevel;
	readonly room?: boolean;
	readonly nick?: string;
	readonly password?: string | true;
	readonly omemo: EncryptionWish | 'auto';
	readonly file?: readonly string[];
};

const explanation = `
The last argument is the text unless it looks like an address; without a text,
standard input is sent. Where xmppc is running with the profile, it is asked to
send; else this logs in by itself.

It is encrypted as in the chat screen: wherever those it goes to have devices for
that. --omemo require sends nothing where they have not; --omemo off sends in
clear. Where you have to decide about a device first, nothing is sent (status 77):
see xmppc omemo --help.

How far it waits: "queued" until the message is stored here, "acked" until the
server has it, "delivered" and "displayed" until the contact's program says so.

  xmppc send romeo@example.org "Wherefore art thou?"
  xmppc send --omemo require romeo@example.org "Meet me at the friar's"
  uptime | xmppc send romeo@example.org nurse@example.org
  xmppc send --message "Write to me@example.org" romeo@example.org
  xmppc send --file balcony.jpg romeo@example.org "By moonlight"`;

function several(path: string, before: readonly string[] = []): readonly string[] {
	return [...before, path];
}

/** `xmppc send <jid>… [text]` */
export function sendCommand(program: Command, shell: Shell): void {
	const command = program
		.command('send')
		.description('send a message and wait until the server has it')
		.usage('[options] <jid>... [text]')
		.argument('<jid...>', 'who gets it')
		.option('-m, --message <text>', 'the text; every argument is then a recipient')
		.option('-a, --account <jid>', 'send from this account, where there are several')
		.addOption(
			program
				.createOption('--timeout <seconds>', 'give up after this time')
				.argParser(readSeconds)
				.default(60_000, '60'),
		)
		.addOption(program.createOption('--wait <how-far>', 'how far to wait').choices(waitLevels).default('acked'))
		.addOption(
			program
				.createOption('--omemo <how>', 'end-to-end encryption: never without, as usual, none')
				.choices(['require', 'auto', 'off'])
				.default('auto'),
		)
		.option('--room', 'the recipients are rooms; wait until the room has said it')
		.option('--nick <name>', 'with --room: the name there')
		.option('--password [text]', 'with --room: the password of the room; without a text it is asked for, unseen')
		.option('-f, --file <path>', 'send a file, the text behind it; may be given several times', several)
		.option('--json', 'print JSON lines')
		.addHelpText('after', explanation);
	command.action(async (given: readonly string[], options: Options) => {
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

	if (options.file !== undefined) {
		return sendWithFiles(recipients, text, options.file, options, command, shell);
	}

	const body = await readBody(text, shell);
	const profile = profileOptions(command);
	const {timeout, wait} = options;
	const room = await readRoom(options, shell);
	const wish = options.omemo === 'auto' ? {} : {encryption: options.omemo};
	const message = {to: recipients, body, wait, ...wish, ...(room && {room})};
	const sender = (accounts: Parameters<typeof onlyAccount>[0]) => onlyAccount(accounts, 'to send from');
	const begun = systemClock.monotonic();
	/** What waiting for another command has left of the time, in tenths of a second. */
	const left = () => Math.max(100, timeout - Math.floor((systemClock.monotonic() - begun) / 100) * 100);
	const sending = accessProfile(profile, shell, output, {
		wanted: {events: heardBySender, patience: timeout},
		patience: timeout,
		running: connection =>
			sendThrough(connection, {...message, ...(account && {account}), timeout: left()}, sender, systemClock),
		async alone(compose) {
			const from = account ?? sender(compose.settings(profile).accounts);
			const outcomes = await compose.send(profile, {...message, account: from, timeout: left()});
			if (wait === 'queued') {
				output.remark('It is sent when xmppc is started with this profile, or the daemon');
			}

			return outcomes;
		},
	});
	const outcomes = await unlessInterrupted(sending, shell.interrupted);
	for (const outcome of outcomes) {
		if (outcome.ok && outcome.exposed === true) {
			output.remark(
				`The message to ${outcome.to} was sent in clear, as you wanted; what you write there is encrypted otherwise`,
			);
		}

		if (!outcome.ok) {
			const {to, id, problem} = outcome;
			output.problem(outcomes.length > 1 ? naming(problem, to) : problem, {to, ...(id === undefined ? {} : {id})});
			status ||= exitCodes[outcome.problem.kind];
		} else if (output.json) {
			const {ok: _, ...how} = outcome;
			output.record(how);
		}
	}

	return status;
}

/** Whoever has files to send logs in as a client that stays: an upload takes its time. */
async function sendWithFiles(
	to: readonly Jid[],
	caption: string | undefined,
	paths: readonly string[],
	options: Options,
	command: Command,
	shell: Shell,
): Promise<number> {
	const output = shell.output(options.json === true);
	const named = options.account === undefined ? undefined : readAccount(options.account);
	const room = await readRoom(options, shell);
	const [{sendFilesTo}, {transferEvents, watchTransfers}] = await Promise.all([
		import('./send-files.js'),
		import('./transfer-watch.js'),
	]);
	const sending = withActions(
		profileOptions(command),
		shell,
		output,
		async (actions, isRunning, events) => {
			const account = named ?? onlyAccount(await actions.listAccounts({}), 'to send from');
			await (isRunning ? undefined : actions.connect({account}));
			for (const each of room === undefined ? [] : to) {
				await actions
					.joinRoom({account, room: bareOf(each), ...room, remember: false, reserved: true})
					.catch(enteredBefore);
			}

			const watch = watchTransfers(events, shell.overwrite);
			try {
				const message = {
					account,
					to,
					paths,
					wait: options.wait,
					timeout: options.timeout,
					isForRooms: room !== undefined,
				};
				return await sendFilesTo(
					{
						...message,
						...(caption === undefined ? {} : {caption}),
						...(options.omemo === 'auto' ? {} : {encryption: options.omemo}),
					},
					{actions, events, clock: systemClock},
				);
			} finally {
				watch.dispose();
			}
		},
		{events: [...heardBySender, ...transferEvents], patience: options.timeout},
	);
	let status = 0;
	for (const outcome of await unlessInterrupted(sending, shell.interrupted)) {
		if (!outcome.ok) {
			output.problem(naming(outcome.problem, outcome.to), {to: outcome.to});
			status ||= exitCodes[outcome.problem.kind];
		} else if (output.json) {
			output.record({to: outcome.to, messages: outcome.messages});
		}
	}

	return status;
}

function enteredBefore(error: unknown): void {
	if (problemOf(error).code !== 'room-joined') {
		throw error;
	}
}

/** How rooms are entered; undefined: the recipients are people. */
async function readRoom({room, nick, password}: Options, shell: Shell): Promise<EnterRoom | undefined> {
	if (room !== true) {
		if (nick !== undefined || password !== undefined) {
			throw new XmppcError({
				code: 'room-only',
				kind: 'usage',
				message: '--nick and --password are for rooms.',
				hint: 'Add --room.',
			});
		}

		return undefined;
	}

	// Arguments can be seen by others on the machine: what is secret is better asked for.
	const known = password === true ? await shell.askSecret('Password of the room: ') : password;
	return {...(nick === undefined ? {} : {nick}), ...(known === undefined ? {} : {password: known})};
}

function naming(problem: Problem, to: string): Problem {
	return problem.message.includes(to) ? problem : {...problem, message: `To ${to}: ${problem.message}`};
}

async function readBody(text: string | undefined, shell: Shell): Promise<string> {
	// Waiting for a person to type would look as if it hung; `xmppc` alone is for that.
	const read = () => (shell.input().isTTY ? '' : unlessInterrupted(readText(shell.input()), shell.interrupted));
	const given = text ?? (await read());
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
