import type {Command} from 'commander';
import {exitCodes, XmppcError} from '../shared/errors.js';
import type {Rebuilt} from '../storage/rebuild.js';
import {exportCommand} from './history-export.js';
import {personAt} from './person.js';
import {profileOptions} from './profile-options.js';
import type {Shell} from './shell.js';

type JsonOption = {readonly json?: boolean};

const explanation = `
For a history that is damaged. "rebuild" renames it, so that nothing of it is
lost, and begins a new one with the messages that wait to be sent, the drafts
and the list of whom you ignore. What the servers keep is fetched when xmppc
is started next. "export" writes what is recorded of a conversation into a file.

  xmppc history check
  xmppc history rebuild --yes
  xmppc history export romeo@example.org romeo.html`;

/** `xmppc history check|rebuild|export` */
export function historyCommand(program: Command, shell: Shell): void {
	const history = program
		.command('history')
		.description('look after the recorded messages')
		.addHelpText('after', explanation);

	const check = history
		.command('check')
		.description('read all of it and say whether it is damaged')
		.option('--json', 'print JSON lines');
	check.action(async ({json}: JsonOption) => {
		const output = shell.output(json === true);
		const compose = await shell.compose(personAt(shell, output));
		const problem = await compose.checkHistory(profileOptions(check));
		if (problem !== undefined) {
			output.problem(problem);
			shell.conclude(exitCodes[problem.kind]);
		} else if (output.json) {
			output.record({sound: true});
		} else {
			output.line('The history is sound.');
		}
	});

	const rebuild = history
		.command('rebuild')
		.description('put a damaged history aside and begin a new one')
		.option('--yes', 'do it: without this nothing is changed')
		.option('--json', 'print JSON lines');
	rebuild.action(async ({json, yes}: JsonOption & {readonly yes?: boolean}) => {
		const output = shell.output(json === true);
		const profile = profileOptions(rebuild);
		const compose = await shell.compose(personAt(shell, output));
		const problem = await compose.checkHistory(profile);
		if (problem === undefined) {
			throw new XmppcError({
				code: 'history-sound',
				kind: 'usage',
				message: 'The history is not damaged; nothing was changed.',
			});
		}

		if (yes !== true) {
			throw new XmppcError({
				code: 'consent-needed',
				kind: 'usage',
				message: `${problem.message.replace(/\.$/, '')}. A rebuild renames it and begins a new one; nothing was changed.`,
				hint: 'with --yes it is done; what no server keeps is then in the renamed file only',
			});
		}

		const rebuilt = await compose.rebuildHistory(profile);
		if (output.json) {
			output.record(rebuilt);
			return;
		}

		for (const line of rebuiltLines(rebuilt)) {
			output.line(line);
		}
	});
	exportCommand(history, shell);
}

/** What was done, in sentences. */
export function rebuiltLines({aside, unsent, drafts, ignored, complete, encryption}: Rebuilt): readonly string[] {
	const taken = listText(
		[
			countText(unsent, 'unsent message'),
			countText(drafts, 'draft'),
			countText(ignored, 'ignored nick'),
			encryptionText(encryption),
		].filter(text => text !== ''),
	);
	return [
		...(aside === undefined ? [] : [`The damaged history is now ${aside}.`]),
		...(taken === '' ? [] : [`Taken along: ${taken}.`]),
		...(complete ? [] : ['Not all that waited to be sent, was being written or said whom you ignore could be read.']),
		...(encryption.complete
			? []
			: ['Not all that was kept of encryption could be read: new sessions are made where one is missing.']),
		'What the servers keep is fetched at the next login; what they do not keep is in the renamed file only.',
	];
}

function encryptionText({accounts, sessions}: Rebuilt['encryption']): string {
	return accounts === 0
		? ''
		: `the encryption of ${countText(accounts, 'account')} (${countText(sessions, 'session') || 'no sessions'})`;
}

function listText(texts: readonly string[]): string {
	const last = texts.slice(-2).join(' and ');
	return [...texts.slice(0, -2), last].join(', ');
}

function countText(count: number, what: string): string {
	return count === 0 ? '' : `${count} ${what}${count === 1 ? '' : 's'}`;
}
