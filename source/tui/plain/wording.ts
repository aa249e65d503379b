import type {HelpLine} from '../../commands/help-line.js';
import type {BufferId} from '../../model/buffer.js';
import type {Message, MessageChange} from '../../model/message.js';
import type {BareJid} from '../../shared/jid.js';
import type {Notice, State} from '../../store/state.js';
import type {Calendar} from '../panes/calendar.js';
import type {Aftermath} from './relation-lines.js';

/** How the line mode says things: short for the eye and for scripts, or in whole words for a screen reader. */
export type Wording = {
	/** Roles and states are said in words, and more of what happens is told. */
	readonly spoken: boolean;
	/** The program says something. */
	remark(text: string): string;
	/** What belongs to the line before. */
	more(text: string): string;
	/** Something that was asked for cannot be done. */
	problem(text: string): string;
	message(state: State, message: Message, calendar: Calendar): readonly string[];
	/**
	 * What became of a message of ours, where there is something to say. `body`: to tell which one; absent where it is the
	 * newest there is in the conversation the person is in.
	 */
	changed(state: State, change: MessageChange, body: string | undefined): readonly string[];
	/** What somebody said about a message that was printed before, which is as it is now. */
	aftermath(state: State, message: Message, what: Aftermath): readonly string[];
	notice(notice: Pick<Notice, 'level' | 'text' | 'hint'>): readonly string[];
	/** For the day, where it is another than that of the message before. */
	day(before: number | undefined, now: number, calendar: Calendar): readonly string[];
	/** A page of help, or a list. */
	page(lines: readonly HelpLine[]): readonly string[];
	/** Where the person is, on going there. */
	place(state: State, buffer: BufferId): readonly string[];
	prompt(state: State, buffer: BufferId): string;
	buffers(state: State, active: BufferId): readonly HelpLine[];
	contacts(state: State, account: BareJid | undefined): readonly HelpLine[];
};
