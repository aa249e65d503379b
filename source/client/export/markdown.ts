import {authorOf, marksOf, reactionsOf, type StampOf, titleOf, type Writer, wordsOf} from './exported.js';

/** CommonMark in which every text is nothing but text: no picture, no HTML, no link that hides where it leads. */
export function markdownWriter(stampOf: StampOf): Writer {
	return {
		begin: conversation => `# ${plain(titleOf(conversation))}\n`,
		message(message, conversation) {
			const marks = marksOf(message);
			const notes = [stampOf(message.receivedAt), ...marks].map(plain).join(', ');
			const reactions = reactionsOf(message);
			return [
				`\n**${plain(authorOf(message, conversation))}** (${notes})\n`,
				`\n${quoted(wordsOf(message).split('\n'))}`,
				...(reactions.length === 0 ? [] : [`\n${reactions.map(line => `- ${plain(line)}\n`).join('')}`]),
			].join('');
		},
		end: () => '',
	};
}

/** A quotation, whose line breaks stay. */
function quoted(lines: readonly string[]): string {
	return lines
		.map((line, index) => {
			// Four blanks would begin a block of code.
			const text = plain(line).replace(/^[ \t]+/u, blanks => '&nbsp;'.repeat(blanks.length));
			const isBroken = index < lines.length - 1 && text.trim() !== '' && (lines[index + 1] ?? '').trim() !== '';
			return `${`> ${text}`.trimEnd()}${isBroken ? '\\' : ''}\n`;
		})
		.join('');
}

/** Every sign of punctuation may be escaped, and then means itself (CommonMark §2.4). */
function plain(text: string): string {
	return text.replace(/[!-/:-@[-`{-~]/gu, sign => `\\${sign}`);
}
