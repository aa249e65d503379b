import type {HelpLine} from '../../commands/help-line.js';
import type {Actions} from '../../model/actions.js';
import type {Here} from '../../shared/when.js';
import type {State, StoreEvent} from '../../store/state.js';
import type {Store} from '../../store/store.js';
import type {XmlConsole} from '../app/xml-watch.js';
import type {Dialog} from '../assistant/dialog.js';
import type {LineFinding} from './line-finding.js';
import type {Paging} from './paging.js';
import type {Place} from './place.js';
import type {Wording} from './wording.js';

/** With what the line mode does what a view intent asks for. */
export type LineView = {
	readonly store: Store<State, StoreEvent>;
	readonly actions: Actions;
	readonly place: Place;
	readonly paging: Paging;
	readonly finding: LineFinding;
	readonly wording: Wording;
	readonly xml: XmlConsole;
	say(level: 'info' | 'error', text: string, hint?: string): void;
	list(lines: readonly HelpLine[]): void;
	print(lines: readonly string[]): void;
	/** Says what went wrong. */
	refuse(error: unknown): void;
	ask(dialog: Dialog): void;
	here(): Here;
	resend(all: boolean): Promise<void>;
	/** Goes elsewhere, if that is possible: only then what is typed next belongs there. */
	move(work: Promise<boolean>): Promise<boolean>;
	/** Does what a command does; `undefined` where that command comes down to what is being done. */
	obey(command: string): Promise<boolean | undefined>;
	/** Sends a text to whom the active buffer is about. Throws what stopped it. */
	send(text: string): Promise<void>;
	testNotification(): void;
	leave(): void;
};
