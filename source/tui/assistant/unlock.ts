import type {Actions} from '../../model/actions.js';
import {attempt, createSteps, type Dialog, type Trouble, troubleFrom} from './dialog.js';

const title = 'Unlock';

/** Asks for the passphrase that opens the store of passwords, until it is the right one. */
export function createUnlockDialog(actions: Pick<Actions, 'unlock'>): Dialog {
	const steps = createSteps(() => steps.end(['The store of passwords stays locked.', '/unlock asks again.']));

	const askPassphrase = (problem?: Trouble) =>
		steps.ask(
			{
				type: 'text',
				title,
				label: 'Passphrase',
				explanation: ['It opens the passwords stored on this machine. It is not shown while you type.'],
				initial: '',
				secret: true,
				...(problem === undefined ? {} : {problem}),
			},
			passphrase => void open(passphrase),
		);

	const open = async (passphrase: string) => {
		steps.wait({type: 'busy', title, label: 'Opening …', explanation: []});
		const result = await attempt(() => actions.unlock({passphrase}));
		if (steps.isOver()) {
			return;
		}

		if (result.ok) {
			steps.end(['The store of passwords is open.']);
		} else {
			askPassphrase(troubleFrom(result.problem));
		}
	};

	askPassphrase();
	return steps.dialog;
}
