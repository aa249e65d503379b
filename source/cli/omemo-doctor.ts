/** `xmppc omemo doctor|reset`: why messages cannot be read, and what helps where a session is broken. */
import type {Command} from 'commander';
import type {EncryptionFinding} from '../model/device-actions.js';
import {exitCodes} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import {withAccount, withOmemoOptions} from './omemo-access.js';
import {readOwner} from './omemo-device.js';
import {findingLines} from './omemo-output.js';
import type {Shell} from './shell.js';
import {inShellWords} from './shell-hints.js';

export function doctorCommands(omemo: Command, shell: Shell): void {
	const doctor = withOmemoOptions(
		omemo
			.command('doctor')
			.description('find out why somebody cannot read you, or you cannot read them')
			.argument('[jid]', 'whom you write to; without it only your own side is looked at'),
	);
	doctor.action((jid: string | undefined) =>
		withAccount(doctor, shell, async ({actions, account, output, online}) => {
			const other = jid === undefined ? account : readOwner(jid);
			await online();
			const findings = await actions.diagnoseEncryption({account, with: other});
			if (output.json) {
				for (const {hint, ...finding} of findings) {
					output.record({...finding, ...(hint === undefined ? {} : {hint: inShellWords(hint)})});
				}
			} else {
				findingLines(findings).forEach(output.line);
			}

			shell.conclude(isWell(findings, other) ? 0 : exitCodes.notPermitted);
		}),
	);

	const reset = withOmemoOptions(
		omemo
			.command('reset')
			.description('begin anew with the devices of somebody whose messages cannot be read')
			.argument('<jid>', 'whose devices'),
	);
	reset.action((jid: string) =>
		withAccount(reset, shell, async ({actions, account, output, online}) => {
			const owner = readOwner(jid);
			await online();
			const {count} = await actions.resetSessions({account, owner});
			output.remark(
				count === 0
					? `There is no session with a device of ${owner}: the next message begins one`
					: `${count === 1 ? 'A new session was' : `${count} new sessions were`} begun with the devices of ${owner}`,
			);
		}),
	);
}

/** Nothing is wrong, and there is a device that can read: without one there is nobody to encrypt for. */
function isWell(findings: readonly EncryptionFinding[], other: BareJid): boolean {
	const theirs = findings.filter(({device}) => device?.owner === other);
	const canRead = (theirs.length > 0 ? theirs : findings).some(({level}) => level === 'ok');
	const isLacking = findings.some(({level, device}) => level === 'warning' && device === undefined);
	return canRead && !isLacking && findings.every(({level}) => level !== 'error');
}
