/** `xmppc omemo export|import|new-identity|new-device`: the keys of the account themselves. */
import path from 'node:path';
import type {Command} from 'commander';
import type {EncryptionFinding} from '../model/device-actions.js';
import {problemOf, XmppcError} from '../shared/errors.js';
import {type OmemoAccess, withAccount, withOmemoOptions} from './omemo-access.js';
import {profileOptions} from './profile-options.js';
import type {ProfileOptions, Shell} from './shell.js';

export function keyCommands(omemo: Command, shell: Shell): void {
	const exporting = withOmemoOptions(
		omemo
			.command('export')
			.description('write your keys, and what you decided about others’, into a new file')
			.argument('<file>', 'a file that is not there yet; a passphrase seals it'),
	);
	exporting.action(async (file: string) => {
		const {passphrase, profile, shell: answering} = await withPassphrase(exporting, shell, 'create');
		const target = path.resolve(file);
		await withAccount(
			exporting,
			answering,
			async ({actions, account, output}) => {
				await actions.exportKeys({account, path: target, passphrase});
				output.remark(
					`The keys of ${account} are in ${target}. Two programs must not use them at the same time: import them where this one is not used any more`,
				);
			},
			profile,
		);
	});

	const importing = withOmemoOptions(
		omemo
			.command('import')
			.description('take the keys of a file that was exported; they take the place of those here')
			.argument('<file>', 'the file'),
	);
	importing.action(async (file: string) => {
		const {passphrase, profile, shell: answering} = await withPassphrase(importing, shell, 'open');
		const source = path.resolve(file);
		await withAccount(
			importing,
			answering,
			access => renew(access, ({actions, account}) => actions.importKeys({account, path: source, passphrase})),
			profile,
		);
	});

	renewal(omemo, shell, {
		name: 'new-identity',
		keep: false,
		what: 'give up the keys of this device and make new ones',
		consequence:
			'Everybody who verified you has to do so again. It helps where somebody may have copied your keys; the history stays',
	});
	renewal(omemo, shell, {
		name: 'new-device',
		keep: true,
		what: 'make another device with the same identity, for a database that was copied or restored',
		consequence: 'The sessions of this device are given up; whoever verified you goes on trusting the same identity',
	});
}

type Renewal = {
	readonly name: string;
	readonly keep: boolean;
	readonly what: string;
	/** A sentence without its stop. */
	readonly consequence: string;
};

function renewal(omemo: Command, shell: Shell, {name, keep, what, consequence}: Renewal): void {
	const command = withOmemoOptions(
		omemo.command(name).description(what).option('--yes', 'do it: without this nothing is changed'),
	);
	command.action(async ({yes}: {readonly yes?: boolean}) => {
		if (yes !== true) {
			throw new XmppcError({
				code: 'consent-needed',
				kind: 'usage',
				message: `${consequence}; nothing was changed.`,
				hint: 'with --yes it is done',
			});
		}

		await withAccount(command, shell, access =>
			renew(access, ({actions, account}) => actions.resetIdentity({account, ...(keep ? {keep} : {})})),
		);
	});
}

/**
 * Makes another device in the place of the one there is. Where that one is on the servers, it is they who are told first that
 * we are there, so that it can be taken off the lists; keys that cannot be read are renewed all the same.
 */
async function renew(
	access: OmemoAccess,
	make: (access: OmemoAccess) => Promise<{readonly id: number}>,
): Promise<void> {
	const {actions, account, output, online} = access;
	const hasDevice = (await actions.listDevices({account})).some(({isThis}) => isThis === true);
	const obstacle = hasDevice ? await refusalOf(online) : undefined;
	const {id} = await make(access);
	const isOnline = hasDevice && obstacle === undefined;
	const untold = (isOnline ? undefined : await refusalOf(online)) ?? (await unpublished(access));
	if (output.json) {
		output.record({account, id});
	} else {
		output.remark(`This is device ${id} of ${account} now`);
	}

	if (untold !== undefined) {
		output.remark(`The servers do not know it yet, and are told at the next login: ${untold}`);
	} else if (obstacle !== undefined) {
		output.remark('The device from before may still be on your list: xmppc omemo devices --refresh shows it');
	}
}

/** Waits until the servers have the keys. Answers why they have not. */
async function unpublished({actions, account}: OmemoAccess): Promise<string | undefined> {
	let findings: readonly EncryptionFinding[] = [];
	const refusal = await refusalOf(async () => {
		findings = await actions.diagnoseEncryption({account, with: account});
	});
	return refusal ?? findings.find(({level, device}) => level === 'error' && device === undefined)?.text;
}

async function refusalOf(ask: () => Promise<void>): Promise<string | undefined> {
	try {
		await ask();
		return undefined;
	} catch (error) {
		return problemOf(error).message;
	}
}

/**
 * The passphrase of a file of keys: from `--passphrase-fd`, or the terminal. It comes with the profile and the shell to go on
 * with: what the descriptor holds can be read once, and serves where `--secrets passphrase` asks for one too.
 */
async function withPassphrase(
	command: Command,
	shell: Shell,
	purpose: 'create' | 'open',
): Promise<{readonly passphrase: string; readonly profile: ProfileOptions; readonly shell: Shell}> {
	const {passphraseFd, ...profile} = profileOptions(command);
	if (passphraseFd !== undefined) {
		const {readSecretDescriptor} = await import('./input.js');
		const passphrase = readSecretDescriptor(passphraseFd);
		return {passphrase, profile, shell: {...shell, interactive: true, askSecret: async () => passphrase}};
	}

	if (!shell.interactive) {
		throw new XmppcError({
			code: 'passphrase-needed',
			kind: 'usage',
			message: 'The file is sealed with a passphrase, and nobody is there to type it.',
			hint: 'give it with --passphrase-fd, e.g. --passphrase-fd 3 3< FILE',
		});
	}

	const passphrase = await shell.askSecret(
		purpose === 'create' ? 'Passphrase for the file: ' : 'Passphrase of the file: ',
	);
	const isMeant = purpose === 'open' || (await shell.askSecret('The same again: ')) === passphrase;
	if (!isMeant) {
		throw new XmppcError({
			code: 'passphrases-differ',
			kind: 'badData',
			message: 'The two passphrases are not the same.',
			hint: 'Try again.',
		});
	}

	return {passphrase: passphrase ?? '', profile, shell};
}
