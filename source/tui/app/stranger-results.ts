import {printable} from '../../shared/text.js';
import {answerText} from '../strangers/answer-words.js';
import type {Answer, Sentences} from './answer.js';

const info = (text: string, hint?: string): Answer => ({level: 'info', text, ...(hint === undefined ? {} : {hint})});

/** What became of answers to strangers, and of blocking. */
export const strangerSentences: Pick<Sentences, 'acceptRequest' | 'declineRequest' | 'block' | 'unblock' | 'report'> = {
	acceptRequest: ({jid, add = false}, {buffer}) =>
		info(answerText.accepted(printable(jid, 'identifier'), {opened: buffer !== undefined, seen: add, added: add})),
	declineRequest: ({jid}) => info(answerText.declined(printable(jid, 'identifier'))),
	block: ({jid}) =>
		info(answerText.blocked(printable(jid, 'identifier')), `/unblock ${printable(jid, 'identifier')} ends that.`),
	unblock: (_, {unblocked}) => {
		const names = unblocked.map(jid => printable(jid, 'identifier'));
		return info(
			names.length === 0
				? 'Nobody was blocked.'
				: names.length > mostNamed
					? `${names.length} are not blocked any more.`
					: `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not blocked any more.`,
		);
	},
	report: ({jid}, {messages}) => info(answerText.reported(printable(jid, 'identifier'), messages)),
};

const mostNamed = 5;
