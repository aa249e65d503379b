import type {ClientIntent} from '../../commands/intent.js';
import type {ActionInput, Actions} from '../../model/actions.js';
import {problemOf} from '../../shared/errors.js';
import {attempt, createSteps, type Dialog, type Trouble, troubleFrom} from './dialog.js';

/** The room that would let the person in if they knew its password; `undefined`: something else is in the way. */
export function roomWithPassword(intent: ClientIntent, error: unknown): ActionInput<'joinRoom'> | undefined {
	return intent.action === 'joinRoom' && problemOf(error).code === 'room-password' ? intent.input : undefined;
}

/**
 * Asks for the password of a room, unseen: what stands in a command line is seen and kept. `refusal` is why the room has let
 * nobody in so far; `entered` is called when it has.
 */
export function createRoomPasswordDialog(
	actions: Pick<Actions, 'joinRoom'>,
	input: ActionInput<'joinRoom'>,
	refusal: unknown,
	entered: () => void,
): Dialog {
	const {room} = input;
	const title = `Enter ${room}`;
	const steps = createSteps(() => steps.end([`${room} was not entered.`, `/join ${room} asks again.`]));
	const ask = (problem: Trouble) =>
		steps.ask(
			{
				type: 'text',
				title,
				label: `Password of ${room}`,
				explanation: ['Whoever runs the room knows it. It is not shown while you type, and remembered with the room.'],
				initial: '',
				secret: true,
				problem,
			},
			password => void enter(password),
		);

	const enter = async (password: string) => {
		steps.wait({type: 'busy', title, label: 'Entering …', explanation: []});
		const result = await attempt(() => actions.joinRoom({...input, password}));
		if (steps.isOver()) {
			return;
		}

		if (result.ok) {
			steps.end([]);
			entered();
		} else if (result.problem.code === 'room-password') {
			ask({message: result.problem.message});
		} else {
			const {message, hint} = troubleFrom(result.problem);
			steps.end([message, ...(hint === undefined ? [] : [hint])]);
		}
	};

	ask({message: problemOf(refusal).message});
	return steps.dialog;
}
