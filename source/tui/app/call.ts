import type {ClientIntent} from '../../commands/intent.js';
import type {ActionInput, ActionName, Actions} from '../../model/actions.js';

/** Calls the verb that the intent names. */
export function call(actions: Actions, intent: ClientIntent): Promise<unknown> {
	// `ClientIntent` ties the input to the verb; the compiler cannot follow that through the union.
	const verb = actions[intent.action] as (input: ActionInput<ActionName>) => Promise<unknown>;
	return verb(intent.input);
}
