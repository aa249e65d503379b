import {resolve} from 'node:path';
import type {Command} from 'commander';
import {exitCodes, problemOf} from '../shared/errors.js';
import {unlessInterrupted} from './interruption.js';
import {withActions} from './profile-access.js';
import {profileOptions} from './profile-options.js';
import type {Shell} from './shell.js';
import {transferEvents, watchTransfers} from './transfer-watch.js';
import {onlyAccount, readAccount} from './which-account.js';

type Options = {readonly account?: string; readonly json?: boolean; readonly encrypt?: boolean};

const explanation = `
Prints the address of each file, which whoever has it can open. With --encrypt
only those can read it who have the key, which is part of the address:
aesgcm://..., for messages that are encrypted themselves.

  xmppc upload balcony.jpg
  xmppc upload --encrypt letter.pdf`;

/** `xmppc upload <file>…` */
export function uploadCommand(program: Command, shell: Shell): void {
	const command = program
		.command('upload')
		.description('put files on your server and print where they are')
		.argument('<file...>', 'what is put there')
		.option('-a, --account <jid>', 'with this account, where there are several')
		.option('-e, --encrypt', 'encrypt it first')
		.option('--json', 'print JSON lines')
		.addHelpText('after', explanation);
	command.action(async (paths: readonly string[], options: Options) => {
		const output = shell.output(options.json === true);
		const named = options.account === undefined ? undefined : readAccount(options.account);
		const uploading = withActions(
			profileOptions(command),
			shell,
			output,
			async (actions, isRunning, events) => {
				const account = named ?? onlyAccount(await actions.listAccounts({}), 'to upload with');
				await (isRunning ? undefined : actions.connect({account}));
				const watch = watchTransfers(events, shell.overwrite);
				try {
					for (const path of paths) {
						await one(path, account, actions);
					}
				} finally {
					watch.dispose();
				}

				async function one(path: string, from: typeof account, {uploadFile}: typeof actions): Promise<void> {
					try {
						const file = {path: resolve(path)};
						const {url} = await uploadFile({account: from, file, ...(options.encrypt ? {encrypted: true} : {})});
						watch.clear();
						if (output.json) {
							output.record({file: path, url});
						} else {
							output.line(url);
						}
					} catch (error) {
						watch.clear();
						const problem = problemOf(error);
						output.problem(problem, {file: path});
						shell.conclude(exitCodes[problem.kind]);
					}
				}
			},
			{events: transferEvents},
		);
		await unlessInterrupted(uploading, shell.interrupted);
	});
}
