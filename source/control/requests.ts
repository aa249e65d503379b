import type {ActionInput, ActionName, Actions} from '../model/actions.js';
import {type Problem, problemOf} from '../shared/errors.js';
import {controlProblems} from './control-problems.js';
import {encodeFrame} from './frames.js';
import {isActionName, readInput} from './inputs.js';
import type {Request} from './protocol.js';

/**
 * Does what a peer asks for and answers the frame that says what became of it. Never throws. Neither input nor result goes
 * anywhere else: there may be a password in them.
 * @param onInput told of what passed the checks, before the verb is called.
 */
export async function answerRequest(
	actions: Actions,
	{id, action, input}: Request,
	onInput: (action: ActionName, input: ActionInput<ActionName>) => void,
): Promise<Buffer> {
	const refuse = (problem: Problem) => encodeFrame({id, error: problem});
	if (!isActionName(action)) {
		return refuse(controlProblems.unknownAction());
	}

	const checked = readInput(action, input);
	if (checked === undefined) {
		return refuse(controlProblems.invalidInput(action));
	}

	onInput(action, checked);
	try {
		const result = await call(actions, action, checked);
		return encodeFrame({id, result: result ?? null});
	} catch (error) {
		return refuse(problemOf(error));
	}
}

function call<Name extends ActionName>(actions: Actions, name: Name, input: ActionInput<Name>): Promise<unknown> {
	const verb = actions[name] as (input: ActionInput<Name>) => Promise<unknown>;
	return verb(input);
}
