import type {Command} from 'commander';
import type {ProfileOptions} from './shell.js';
import {readDescriptor} from './values.js';

type Given = {readonly profile?: string; readonly debug?: string; readonly passphraseFd?: number};

/** The options that every subcommand has; the program itself takes them, before the subcommand or after it. */
export function withProfileOptions(program: Command): Command {
	return program
		.option('--profile <name>', 'use another set of accounts and history')
		.option('--debug <file>', 'write XML to a file, secrets and message texts left out')
		.option('--passphrase-fd <number>', 'read the passphrase of --secrets passphrase from here', readDescriptor);
}

export function profileOptions(command: Command): ProfileOptions {
	const {profile = 'default', debug, passphraseFd} = command.optsWithGlobals<Given>();
	return {
		profile,
		...(debug === undefined ? {} : {debug}),
		...(passphraseFd === undefined ? {} : {passphraseFd}),
	};
}
