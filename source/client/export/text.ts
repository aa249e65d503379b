import {authorOf, marksOf, reactionsOf, type StampOf, titleOf, type Writer, wordsOf} from './exported.js';

/**
 * Lines for people. A message begins with its time; whatever belongs to it begins with white space, so that no text can pass
 * for another message (`protocol.md` §4.5, row 102).
 */
export function textWriter(stampOf: StampOf): Writer {
	return {
		begin: conversation => `${titleOf(conversation)}\n\n`,
		message(message, conversation) {
			const [first = '', ...more] = wordsOf(message).split('\n');
			const marks = marksOf(message);
			const head = `${stampOf(message.receivedAt)} ${authorOf(message, conversation)}:`;
			return [
				`${head} ${marks.length === 0 ? '' : `[${marks.join(', ')}] `}${first}`,
				...[...more, ...reactionsOf(message)].map(line => `    ${line}`),
			]
				.map(line => `${line.trimEnd()}\n`)
				.join('');
		},
		end: () => '',
	};
}
