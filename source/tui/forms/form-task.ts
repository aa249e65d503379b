import type {Form, FormAnswers} from '../../model/form.js';

/** A form that somebody is to fill in, and what becomes of it. Knows no terminal: the screen and the line mode ask it each their way. */
export type FormTask = {
	/** What it is for, such as `Configuration of orchard@rooms.example.org`. Texts of the form are user text. */
	readonly title: string;
	readonly form: Form;
	/** What is done with it, as one word. */
	readonly verb: string;
	/** Sends what was changed; the rest stays as it is. Resolves to what to say of it, rejects with why it was refused. */
	submit(answers: FormAnswers): Promise<readonly string[]>;
	/** It was given up. Resolves to what to say of it. */
	cancel?(): Promise<readonly string[]>;
	/** What can be done besides, such as looking at a picture; it changes nothing about the form. */
	readonly more?: ReadonlyArray<{readonly label: string; does(): Promise<readonly string[]>}>;
	/** After a refusal: the form that has taken the place of this one. Absent or undefined: this one can be filled in again. */
	again?(refusal: unknown): Promise<FormTask | undefined>;
	/** Resolves when nobody wants it to be filled in any more, to what to say of that. */
	readonly over?: Promise<readonly string[]>;
	/** What giving up means, as a question, where it means more than that nothing is changed. */
	readonly abandoning?: string;
};
