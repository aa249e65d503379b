/** What every `xmppc omemo …` begins with: which account is meant, and who performs it. */
import type {Command} from 'commander';
import type {Actions} from '../model/actions.js';
import type {BareJid} from '../shared/jid.js';
import {unlessInterrupted} from './interruption.js';
import type {Output} from './output.js';
import {withActions} from './profile-access.js';
import {profileOptions} from './profile-options.js';
import type {ProfileOptions, Shell} from './shell.js';
import {onlyAccount, readAccount} from './which-account.js';

export type OmemoOptions = {readonly account?: string; readonly json?: boolean};

export type OmemoAccess = {
	readonly actions: Actions;
	readonly account: BareJid;
	readonly output: Output;
	/** A client that stays performs it. */
	readonly isRunning: boolean;
	/** Sees to it that the servers can be asked, where it is this process that has the profile. Rejects with why they cannot. */
	online(): Promise<void>;
};

/** The options that all of them have. */
export function withOmemoOptions(command: Command): Command {
	return command
		.option('-a, --account <jid>', 'of this account, where there are several')
		.option('--json', 'print JSON lines');
}

/** Does something with the keys of an account. `profile`: as the command has it, unless told. */
export async function withAccount<Result>(
	command: Command,
	shell: Shell,
	work: (access: OmemoAccess) => Promise<Result>,
	profile: ProfileOptions = profileOptions(command),
): Promise<Result> {
	const options = command.opts<OmemoOptions>();
	const output = shell.output(options.json === true);
	const named = options.account === undefined ? undefined : readAccount(options.account);
	return withActions(profile, shell, output, async (actions, isRunning) => {
		const account = named ?? onlyAccount(await actions.listAccounts({}), 'whose keys are meant');
		return work({
			actions,
			account,
			output,
			isRunning,
			async online() {
				if (!isRunning) {
					await unlessInterrupted(actions.connect({account}), shell.interrupted);
				}
			},
		});
	});
}
