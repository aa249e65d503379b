import {messageText} from '../../model/attachment-words.js';
import type {Message} from '../../model/message.js';
import {printable} from '../../shared/text.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import type {CopyResult} from '../terminal/clipboard.js';
import {type Core, tell} from './core.js';
import {showPage} from './help-popup.js';

/** What was copied, or why not, as a person is told. */
export type CopyWords = {readonly level: 'info' | 'error'; readonly text: string; readonly hint?: string};

/** The newest message of the active buffer that has a text. */
export function newestText(state: State, active: Message['buffer']): string | undefined {
	const newest = bufferOf(state, active)?.entries.findLast(
		entry => entry.type === 'message' && entry.message.body.trim() !== '' && entry.message.retracted === undefined,
	);
	return newest?.type === 'message' ? messageText(newest.message) : undefined;
}

/** Says what became of a text that was to be copied. */
export function copyWords(text: string, result: CopyResult): CopyWords {
	const length = [...text].length;
	const what = `${length} ${length === 1 ? 'character' : 'characters'}`;
	switch (result.way) {
		case 'tmux':
			return {level: 'info', text: `Copied ${what} through tmux.`};
		case 'terminal':
			return {
				level: 'info',
				text: `Handed ${what} to the terminal’s clipboard.`,
				hint: 'If nothing can be pasted, /doctor says what the terminal takes.',
			};
		case 'none':
			switch (result.reason) {
				case 'empty':
					return {level: 'info', text: 'There is nothing to copy.'};
				case 'too-long':
					return {
						level: 'error',
						text: `${what} are more than a terminal takes at once.`,
						hint: 'Copy a part of it: /copy <text>, or xmppc history into a file.',
					};
				case 'no-terminal':
					return {
						level: 'error',
						text: 'This terminal has no clipboard.',
						hint: 'Select the text with the mouse instead.',
					};
			}
	}
}

/** `/copy`: a text, or the newest message here. What others wrote loses what a terminal would act on when it is pasted. */
export async function copyText(core: Core, given: string | undefined): Promise<void> {
	const {active} = core.view();
	const text = given ?? printable(newestText(core.state(), active) ?? '', 'body');
	const result: CopyResult = (await core.copy?.(text)) ?? {way: 'none', reason: 'no-terminal'};
	const words = copyWords(text, result);
	tell(core, active, words.level, words.text, words.hint);
}

/** `/doctor`: what the terminal is, and what would help. */
export async function openDoctor(core: Core): Promise<void> {
	const lines = await core.examineTerminal?.();
	if (lines === undefined) {
		tell(core, core.view().active, 'info', 'There is no terminal to look at.');
	} else {
		showPage(core, {title: 'Doctor', lines, search: 'lines'});
	}
}
