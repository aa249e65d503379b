import type {Problem} from '../../shared/errors.js';
import {attempt, createSteps, type Dialog, type Trouble, troubleFrom} from './dialog.js';

const title = 'The history is damaged';

export type RebuildDialogParts = {
	/** What is wrong with the history. */
	readonly problem: Problem;
	/** Puts it aside and begins a new one. Answers what was done, in sentences. */
	readonly rebuild: () => Promise<readonly string[]>;
	/** Called once, at the end; `rebuilt`: there is a history to open now. */
	readonly done: (rebuilt: boolean) => void;
};

/** Says that the history cannot be used and asks whether to begin a new one. Nothing is changed before that is chosen. */
export function createRebuildDialog({problem, rebuild, done}: RebuildDialogParts): Dialog {
	const end = (lines: readonly string[], rebuilt: boolean) => {
		steps.end(lines);
		done(rebuilt);
	};

	const steps = createSteps(() => end(['Nothing was changed.'], false));

	const ask = (trouble?: Trouble) =>
		steps.ask(
			{
				type: 'choice',
				title,
				label: 'What is to be done?',
				explanation: [
					problem.message,
					'It can be put aside: the file is renamed, and a new history begins with unsent messages and drafts, as far as they can be read. What the servers keep is fetched again; what they do not keep is in the renamed file only.',
				],
				options: [
					{value: 'leave', label: 'Leave', explanation: 'Changes nothing.'},
					{value: 'rebuild', label: 'Put it aside and begin a new one', explanation: 'Renames the file.'},
				],
				...(trouble === undefined ? {} : {problem: trouble}),
			},
			chosen => {
				if (chosen === 'rebuild') {
					void begin();
				} else {
					steps.cancel();
				}
			},
		);

	const begin = async () => {
		steps.wait({type: 'busy', title, label: 'Beginning a new history …', explanation: []});
		const result = await attempt(rebuild);
		if (result.ok) {
			// It is done, even if the person gave up waiting.
			end(result.value, true);
		} else if (!steps.isOver()) {
			ask(troubleFrom(result.problem));
		}
	};

	ask();
	return steps.dialog;
}
