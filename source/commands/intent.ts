import type {ActionInput, ActionName} from '../model/actions.js';
import type {ViewIntent} from '../model/view.js';
import type {Problem} from '../shared/errors.js';

/** A verb of `Actions` with its input, typed together: a command cannot name a verb that does not exist. */
export type ClientIntent = {
	readonly [Name in ActionName]: {
		readonly type: 'client';
		readonly action: Name;
		readonly input: ActionInput<Name>;
	};
}[ActionName];

/** What a line typed by a person asks for. */
export type Intent = ClientIntent | {readonly type: 'view'; readonly view: ViewIntent};

/** Why a line cannot be obeyed, and where in it the reason stands. */
export type CommandProblem = Problem & {
	/** Range in the typed text, in UTF-16 code units; empty (`from === to`) where something is missing. */
	readonly from: number;
	readonly to: number;
};

export type Parsed =
	| {readonly type: 'intents'; readonly intents: readonly Intent[]}
	| {readonly type: 'problem'; readonly problem: CommandProblem}
	/** A blank line. */
	| {readonly type: 'nothing'};

export function client<Name extends ActionName>(action: Name, input: ActionInput<Name>): ClientIntent {
	// The signature ties the input to the verb; the compiler cannot follow that through the union.
	return {type: 'client', action, input} as ClientIntent;
}

export function view(intent: ViewIntent): Intent {
	return {type: 'view', view: intent};
}
