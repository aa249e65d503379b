import type {Command} from 'commander';
import type {AccountSettings} from '../model/account.js';
import {type ArchivePolicy, archivePolicies} from '../model/archive.js';
import {exitCodes, XmppcError} from '../shared/errors.js';
import {type BareJid, parseBareJid} from '../shared/jid.js';
import {type AddOptions, addAccount, describeAddOptions} from './account-add.js';
import {unlessInterrupted} from './interruption.js';
import {personAt} from './person.js';
import {withActions} from './profile-access.js';
import {profileOptions} from './profile-options.js';
import type {Shell} from './shell.js';

type JsonOption = {readonly json?: boolean};

/** `xmppc account add|list|remove|archive|test` */
export function accountCommand(program: Command, shell: Shell): void {
	const account = program.command('account').description('set up accounts');

	const add = account
		.command('add')
		.description('store an account and its password; an xmppc that is running connects it')
		.argument('<jid>', 'name@example.org');
	describeAddOptions(add).action(async (jid: string, options: AddOptions) => {
		const wanted = readAccountJid(jid);
		const output = shell.output(options.json === true);
		const added = await addAccount(wanted, options, profileOptions(add), shell, output);
		if (output.json) {
			output.record({jid: added.jid, secrets: added.secrets});
		} else {
			output.remark(`Added ${added.jid}; its password is kept by: ${added.secrets}`);
		}
	});

	const list = account.command('list').description('print the accounts').option('--json', 'print JSON lines');
	list.action(async ({json}: JsonOption) => {
		const output = shell.output(json === true);
		const compose = await shell.compose(personAt(shell, output));
		for (const settings of compose.settings(profileOptions(list)).accounts) {
			if (output.json) {
				output.record(settings);
			} else {
				output.line(describe(settings));
			}
		}
	});

	const remove = account
		.command('remove')
		.description('forget an account and its password')
		.argument('<jid>', 'name@example.org')
		.option('--history', 'forget all recorded messages too')
		.option('--json', 'print errors as JSON');
	remove.action(async (jid: string, options: JsonOption & {readonly history?: boolean}) => {
		const wanted = readAccountJid(jid);
		const output = shell.output(options.json === true);
		await withActions(profileOptions(remove), shell, output, actions =>
			actions.removeAccount({account: wanted, history: options.history === true}),
		);
		output.remark(`Removed ${wanted}`);
	});

	archiveCommand(account, shell);

	const test = account
		.command('test')
		.description('log in once and out again')
		.argument('[jid]', 'name@example.org; may be left out where there is one account')
		.option('--json', 'print JSON lines');
	test.action(async (jid: string | undefined, {json}: JsonOption) => {
		const output = shell.output(json === true);
		const compose = () => shell.compose(personAt(shell, output));
		const wanted =
			jid === undefined ? onlyAccount((await compose()).settings(profileOptions(test)).accounts) : readAccountJid(jid);
		const result = await withActions(profileOptions(test), shell, output, actions =>
			unlessInterrupted(actions.testAccount({account: wanted}), shell.interrupted),
		);
		if (!result.ok) {
			output.problem(result.problem);
			shell.conclude(exitCodes[result.problem.kind]);
			return;
		}

		const {tls, mechanism, certificate} = result.security;
		if (output.json) {
			output.record({jid: result.jid, tls, mechanism, certificate, features: result.features});
		} else {
			output.line(`${result.jid} logs in: ${tls}, ${mechanism}, certificate ${certificate}`);
		}
	});
}

/** What a policy means for the person. */
const policyTexts: Readonly<Record<ArchivePolicy, string>> = {
	always: 'keeps messages with everybody',
	roster: 'keeps messages with contacts only',
	never: 'keeps no messages',
};

function archiveCommand(account: Command, shell: Shell): void {
	const archive = account
		.command('archive')
		.description('say, or choose, whose messages the server keeps')
		.argument('<jid>', 'name@example.org')
		.addArgument(account.createArgument('[policy]', 'whose').choices(archivePolicies))
		.option('--json', 'print JSON lines');
	archive.action(async (jid: string, choose: ArchivePolicy | undefined, {json}: JsonOption) => {
		const wanted = readAccountJid(jid);
		const output = shell.output(json === true);
		const {policy} = await withActions(profileOptions(archive), shell, output, async actions => {
			// Where nobody is running it is we who log in, for this one question.
			await unlessInterrupted(actions.connect({account: wanted}), shell.interrupted);
			return actions.archivePolicy({account: wanted, ...(choose === undefined ? {} : {choose})});
		});
		if (output.json) {
			output.record({jid: wanted, policy: policy ?? null});
		} else {
			output.line(
				policy === undefined
					? `The server of ${wanted} does not say what its archive keeps.`
					: `The archive of ${wanted} ${policyTexts[policy]} (${policy}).`,
			);
		}
	});
}

function onlyAccount([first, ...others]: readonly AccountSettings[]): BareJid {
	if (first !== undefined && others.length === 0) {
		return first.jid;
	}

	throw first === undefined
		? new XmppcError({
				code: 'no-account',
				kind: 'configuration',
				message: 'There is no account to test.',
				hint: 'set one up with xmppc account add',
			})
		: new XmppcError({
				code: 'which-account',
				kind: 'usage',
				message: 'There are several accounts.',
				hint: `name one of ${[first, ...others].map(({jid}) => jid).join(', ')}; see xmppc account test --help`,
			});
}

function describe({jid, enabled, secrets, host, port}: AccountSettings): string {
	const where = host === undefined ? '' : `  via ${host}${port === undefined ? '' : `:${port}`}`;
	return `${jid}  ${secrets}${enabled ? '' : '  disabled'}${where}`;
}

function readAccountJid(text: string): BareJid {
	const jid = text.includes('@') ? parseBareJid(text) : undefined;
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
