/** Asks before a file is opened that may be a program. */
import {createSteps, type Dialog} from '../assistant/dialog.js';

/** `name` is harmless. */
export function createOpenDialog(name: string, open: () => void): Dialog {
	const steps = createSteps(() => steps.end([]));
	steps.ask(
		{
			type: 'choice',
			title: 'Open',
			label: `Open “${name}”?`,
			explanation: ['A file of this kind can start a program, which may do whatever you may.'],
			options: [
				{value: 'no', label: 'Keep it closed', explanation: 'it stays where it was saved'},
				{value: 'yes', label: 'Open', explanation: 'only where you know what it is'},
			],
		},
		value => {
			steps.end([]);
			if (value === 'yes') {
				open();
			}
		},
	);
	return steps.dialog;
}
