/** Texts made of messages, to be copied, quoted or sent on. What others wrote loses what a terminal would act on. */
import {messageText} from '../../model/attachment-words.js';
import type {Message} from '../../model/message.js';
import {printable} from '../../shared/text.js';

/** What a message says, without time, name and signs. */
export function copiedText(message: Message): string {
	return printable(messageText(message), 'body');
}

/** What several say, in their order; with names where more than one person speaks. */
export function copiedTexts(messages: readonly Message[], nameOf: (message: Message) => string): string {
	const names = new Set(messages.map(nameOf));
	return messages
		.map(message => (names.size > 1 ? `${nameOf(message)}: ${copiedText(message)}` : copiedText(message)))
		.join('\n');
}

/** As a quotation (XEP-0393 §5.1.3), with a line to write on below it. */
export function quotation(text: string): string {
	return `${text
		.replace(/\n+$/u, '')
		.split('\n')
		.map(line => `> ${line}`)
		.join('\n')}\n`;
}

/** What is sent on: one's own words as they are, those of others as a quotation with their name. */
export function forwardedText(messages: readonly Message[], nameOf: (message: Message) => string): string {
	return messages
		.map(message =>
			message.direction === 'outgoing'
				? copiedText(message)
				: `${nameOf(message)}:\n${quotation(copiedText(message))}`.trimEnd(),
		)
		.join('\n');
}
