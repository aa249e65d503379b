/** A line of help text; `heading` lines stand out. */
export type HelpLine = {
	readonly text: string;
	readonly heading?: boolean;
	/** Column in which the explanation begins: where the line is too long, it goes on below that. */
	readonly hang?: number;
	/** More words under which a search finds it. */
	readonly also?: string;
	/** What `/help` explains further about it. */
	readonly topic?: string;
};
