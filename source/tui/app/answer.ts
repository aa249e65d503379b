import type {ActionName, Actions} from '../../model/actions.js';

/** What an Action answered, as a sentence for the person. `undefined`: what happened shows by itself. */
export type Answer = {readonly level: 'info' | 'error'; readonly text: string; readonly hint?: string};

/** What each verb resolves to. */
export type Result<Name extends ActionName> = Awaited<ReturnType<Actions[Name]>>;

/** What is said of the answer of each verb; of others nothing. */
export type Sentences = {
	readonly [Name in ActionName]?: (input: Parameters<Actions[Name]>[0], result: Result<Name>) => Answer | undefined;
};
