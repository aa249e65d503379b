import {createSteps, type Dialog} from './dialog.js';

export type PasteAnswer = 'send' | 'edit' | 'drop';

/** Asks once before many pasted lines are sent. Nothing is done before there is an answer; Escape means `edit`. */
export function createPasteDialog(lines: number, isCommand: boolean, answered: (answer: PasteAnswer) => void): Dialog {
	const steps = createSteps(() => steps.end([]));
	const label = isCommand ? `Run a command of ${lines} lines?` : `Send ${lines} lines as one message?`;
	steps.ask(
		{
			type: 'choice',
			title: 'Pasted text',
			label,
			explanation: [],
			options: [
				{value: 'send', label: isCommand ? 'Run' : 'Send', explanation: 'all of it at once'},
				{value: 'edit', label: 'Edit', explanation: 'look at it again first'},
				{value: 'drop', label: 'Drop', explanation: 'empty the input; Ctrl+_ brings it back'},
			],
		},
		value => {
			steps.end([]);
			answered(value === 'send' || value === 'drop' ? value : 'edit');
		},
	);
	return steps.dialog;
}
