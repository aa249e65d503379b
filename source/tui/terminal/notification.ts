import {Buffer} from 'node:buffer';
import {passedThrough} from './passthrough.js';
import type {Surroundings} from './surroundings.js';

/** Ways in which terminals show notifications; the names are those of the setting `notify.terminal`. */
export type NotificationKind = 'osc9' | 'osc99' | 'osc777';

const longestTitle = 100;
const longestText = 300;

/** One line without anything that could end the sequence or change the direction of what follows. */
function plainLine(text: string, longest: number): string {
	const line = text.replace(/\s+/gu, ' ').replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '');
	return Array.from(line).slice(0, longest).join('').trim();
}

function base64(text: string): string {
	return Buffer.from(text, 'utf8').toString('base64');
}

/**
 * The bytes that have the terminal show a notification: OSC 9 (iTerm2, Windows Terminal, Ghostty: one text), OSC 777
 * (urxvt, foot: title and text), OSC 99 (kitty). In tmux and GNU screen wrapped so that they reach the window.
 */
export function notificationSequence(
	kind: NotificationKind,
	title: string,
	text: string,
	surroundings: Pick<Surroundings, 'multiplexer'>,
): string {
	const head = plainLine(title, longestTitle);
	const body = plainLine(text, longestText);
	return passedThrough(bareSequence(kind, head, body), surroundings);
}

function bareSequence(kind: NotificationKind, title: string, text: string): string {
	switch (kind) {
		case 'osc9': {
			const shown = [title, text].filter(part => part !== '').join(': ');
			// `OSC 9 ; digits ;` is ConEmu's: progress, working directory, …
			return `\u{1B}]9;${/^\d/u.test(shown) ? `xmppc: ${shown}` : shown}\u{1B}\\`;
		}

		case 'osc99':
			return `\u{1B}]99;i=xmppc:d=0:e=1;${base64(title)}\u{1B}\\\u{1B}]99;i=xmppc:d=1:e=1:p=body;${base64(text)}\u{1B}\\`;
		case 'osc777':
			return `\u{1B}]777;notify;${title.replaceAll(';', ',')};${text.replaceAll(';', ',')}\u{1B}\\`;
	}
}
