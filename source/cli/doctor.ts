import process from 'node:process';
import type {Command} from 'commander';
import {systemClock} from '../shared/clock.js';
import {personAt} from './person.js';
import {profileOptions} from './profile-options.js';
import type {Shell} from './shell.js';

/** `xmppc doctor`: what the terminal can do, and the options that would help. */
export function doctorCommand(program: Command, shell: Shell): void {
	const command = program
		.command('doctor')
		.description('say what the terminal can do and which options would help')
		.option('--json', 'print JSON');
	command.action(async (options: {readonly json?: boolean}) => {
		const output = shell.output(options.json === true);
		const compose = await shell.compose(personAt(shell, output));
		const wishes = compose.settings(profileOptions(command));
		const {examineOutside} = await import('../tui/doctor/outside.js');
		const {env, stdin, stdout} = process;
		const {diagnosis, lines} = await examineOutside({clock: systemClock, env, stdin, stdout, wishes});
		if (output.json) {
			output.record(diagnosis);
		} else {
			for (const line of lines) {
				output.line(line);
			}
		}
	});
}
