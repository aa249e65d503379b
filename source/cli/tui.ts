import type {Command} from 'commander';
import {XmppcError} from '../shared/errors.js';
import {withProfileOptions} from './profile-options.js';
import type {Shell} from './shell.js';

/** `xmppc` without a subcommand: the client for a person. */
export function tuiCommand(program: Command, _shell: Shell): void {
	const command = program
		.command('tui', {isDefault: true})
		.description('chat (without a subcommand too)')
		.option('--plain', 'lines only, no screen: for screen readers, pipes and dumb terminals');
	withProfileOptions(command).action(async () => {
		throw new XmppcError({
			code: 'not-built',
			kind: 'unavailable',
			message: 'The screen is not part of this build.',
			hint: 'use xmppc send',
		});
	});
}
