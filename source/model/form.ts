/** The kinds of a field of a data form (XEP-0004 §3.3). */
export const fieldKinds = [
	'boolean',
	'fixed',
	'hidden',
	'jid-multi',
	'jid-single',
	'list-multi',
	'list-single',
	'text-multi',
	'text-private',
	'text-single',
] as const;

export type FieldKind = (typeof fieldKinds)[number];

/** One question of a form. All but `name` and `kind` is user text. */
export type FormField = {
	/** Absent only for `fixed`. */
	readonly name?: string;
	readonly kind: FieldKind;
	readonly label?: string;
	readonly description?: string;
	readonly required: boolean;
	readonly values: readonly string[];
	/** Of lists: what may be chosen. */
	readonly options: ReadonlyArray<{readonly label?: string; readonly value: string}>;
	/** Where pictures or sounds of the question are (XEP-0221). */
	readonly media: ReadonlyArray<{readonly type: string; readonly uri: string}>;
};

/** A form to be filled in, or a report to be read (XEP-0004). Texts are user text. */
export type Form = {
	readonly type: 'form' | 'submit' | 'cancel' | 'result';
	readonly title?: string;
	readonly instructions: readonly string[];
	readonly fields: readonly FormField[];
	/** Of a report with rows: its columns. */
	readonly reported: readonly FormField[];
	readonly items: ReadonlyArray<readonly FormField[]>;
};

/** What a person filled in: values by the names of the fields. */
export type FormAnswers = Readonly<Record<string, readonly string[]>>;

/** What is wrong with an answer. */
export type FieldProblem = {readonly field: string; readonly message: string};
