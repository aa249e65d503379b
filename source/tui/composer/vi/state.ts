import type {Editor} from '../../input/editor.js';
import type {Command} from './command.js';
import type {Find} from './motions.js';
import type {Register} from './operators.js';

/** How the input is edited in vi mode: plain immutable data beside the {@link Editor}. */
export type Vi = {
	readonly mode: 'insert' | 'normal' | 'visual';
	/** Keys of a command that is not complete yet. */
	readonly keys: readonly string[];
	readonly register: Register;
	readonly find?: Find;
	/** The last change, for `.`. */
	readonly change?: {readonly command: Command; readonly inserted: string};
	/** Where what is marked in visual mode begins. */
	readonly marking?: {readonly anchor: number; readonly lines: boolean};
	/** The editor as it was before what is being inserted, and the command that began it. */
	readonly inserting?: {readonly before: Editor; readonly command: Command; readonly start: number};
};

/** Typing goes on as in any other program until Escape. */
export const initialVi: Vi = {mode: 'insert', keys: [], register: {text: '', lines: false}};

/** What a key has done. `action`: the key belongs to the program as well, as `up` where there is no line above. */
export type ViStep = {readonly vi: Vi; readonly editor: Editor; readonly action?: 'up' | 'down'};
