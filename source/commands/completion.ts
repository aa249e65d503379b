import type {Candidate} from './command.js';
import type {UsagePart} from './usage.js';

/** What a command wants where the cursor is. */
export type CommandHelp = {
	readonly usage: readonly UsagePart[];
	/** Name of the parameter the cursor is in. */
	readonly active?: string;
	/** What that parameter takes. */
	readonly wanted?: string;
	readonly summary: string;
};

/** What can stand at the cursor. */
export type Completion = {
	/** Range that a candidate replaces, in UTF-16 code units. */
	readonly from: number;
	readonly to: number;
	readonly candidates: readonly Candidate[];
	/** The command under the cursor, once it is known. */
	readonly help?: CommandHelp;
};
