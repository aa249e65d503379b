/** `xmppc history export`: a recorded conversation as a file. */
import path from 'node:path';
import {type Command, Option} from 'commander';
import type {Actions} from '../model/actions.js';
import {type BufferId, bufferId} from '../model/buffer.js';
import {type ExportFormat, exportFormats, formatOf} from '../model/export.js';
import {isXmppcError, XmppcError} from '../shared/errors.js';
import {type BareJid, isFullJid, type Jid, parseJid} from '../shared/jid.js';
import {withActions} from './profile-access.js';
import {profileOptions} from './profile-options.js';
import type {Shell} from './shell.js';
import {onlyAccount, readAccount} from './which-account.js';

type ExportOptions = {readonly account?: string; readonly json?: boolean; readonly format?: ExportFormat};

export function exportCommand(history: Command, shell: Shell): void {
	const exporting = history
		.command('export')
		.description('write what is recorded of a conversation into a new file')
		.argument('<who>', 'a contact, a room, or room@service/nick for a private conversation there')
		.argument('<file>', 'a file that is not there yet; only you may read it')
		.addOption(
			new Option('--format <format>', 'unless the name of the file says it: .json, .md, .html').choices(exportFormats),
		)
		.option('-a, --account <jid>', 'of this account, where there are several')
		.option('--json', 'print JSON lines');
	exporting.action(
		async (who: string, file: string, {account: named, json, format = formatOf(file)}: ExportOptions) => {
			const output = shell.output(json === true);
			const jid = parseJid(who);
			if (jid === undefined) {
				throw new XmppcError({
					code: 'invalid-jid',
					kind: 'badData',
					message: `${JSON.stringify(who)} is not an address.`,
					hint: 'an address looks like romeo@example.org',
				});
			}

			const chosen = named === undefined ? undefined : readAccount(named);
			const target = path.resolve(file);
			await withActions(profileOptions(exporting), shell, output, async actions => {
				const account = chosen ?? onlyAccount(await actions.listAccounts({}), 'whose history is meant');
				const {messages} = await firstRecorded(placesOf(account, jid), buffer =>
					actions.exportHistory({buffer, format, path: target}),
				);
				if (output.json) {
					output.record({file: target, format, messages});
				} else {
					output.remark(`${messages === 1 ? 'One message is' : `${messages} messages are`} in ${target}`);
				}
			});
		},
	);
}

/** What an address may be, the likelier first. */
function placesOf(account: BareJid, jid: Jid): readonly [BufferId, ...BufferId[]] {
	return isFullJid(jid)
		? [bufferId(account, 'private', jid)]
		: [bufferId(account, 'chat', jid), bufferId(account, 'room', jid)];
}

type Exported = Awaited<ReturnType<Actions['exportHistory']>>;

async function firstRecorded(
	[place, ...others]: readonly BufferId[],
	work: (buffer: BufferId) => Promise<Exported>,
): Promise<Exported> {
	try {
		return await work(place as BufferId);
	} catch (error) {
		if (others.length === 0 || !isXmppcError(error) || error.code !== 'buffer-not-open') {
			throw error;
		}

		return firstRecorded(others, work);
	}
}
