/** What is said of strangers who wait: for the buffer on the screen and for the line mode. Their text is made harmless here. */
import type {HelpLine} from '../../commands/help-line.js';
import {printable} from '../../shared/text.js';
import {type Stranger, strangersIn} from '../../store/requests.js';
import type {State} from '../../store/state.js';
import {type Calendar, dateText, timeText} from '../panes/calendar.js';

/** What stands above the strangers. */
export const requestsIntroduction = 'No contacts of yours. They learn nothing before you answer.';
export const nobodyWaits = 'Nobody waits for an answer.';

/** Always the address: anybody can take any name. */
export function strangerName({jid}: Stranger): string {
	return printable(jid, 'identifier');
}

/** How much they wrote and when, and to whom where there are several accounts. */
export function strangerFacts(state: State, {account, message}: Stranger, calendar: Calendar): string {
	const facts = [
		...(message === undefined
			? []
			: [message.count === 1 ? '1 message' : `${message.count} messages`, momentText(message.at, calendar)]),
		...(state.accounts.length < 2 ? [] : [`to ${account}`]),
	];
	return facts.join(', ');
}

/** What they want, as they put it. */
export function strangerWords({message, asks}: Stranger): readonly string[] {
	return [
		...(message === undefined ? [] : [quotedText(message.text)]),
		...(asks === undefined
			? []
			: [`wants to see your presence${asks.text === undefined ? '' : `: ${quotedText(asks.text)}`}`]),
	];
}

function quotedText(text: string): string {
	const shown = printable(text, 'line').trim();
	return shown === '' ? '(a message without words)' : `“${shown}”`;
}

function momentText(at: number, calendar: Calendar): string {
	const moment = calendar(at);
	return `${dateText(moment)} ${timeText(moment)}`;
}

/** Everybody who waits, a sentence each, and how they are answered. */
export function requestLines(state: State, calendar: Calendar): readonly HelpLine[] {
	const strangers = strangersIn(state);
	if (strangers.length === 0) {
		return [{text: nobodyWaits}];
	}

	return [
		{text: requestsIntroduction},
		...strangers.flatMap((stranger): readonly HelpLine[] => {
			const facts = strangerFacts(state, stranger, calendar);
			return [
				{text: facts === '' ? strangerName(stranger) : `${strangerName(stranger)}, ${facts}`, heading: true},
				...strangerWords(stranger).map(text => ({text: `  ${text}`, hang: 2})),
			];
		}),
		{text: '/accept, /deny, /block or /report and the JID answer; /help requests says more.'},
	];
}
