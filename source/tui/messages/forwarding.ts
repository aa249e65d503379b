import {type ClientIntent, client} from '../../commands/intent.js';
import {bufferId} from '../../model/buffer.js';
import type {Message} from '../../model/message.js';
import type {Recipient} from '../../model/message-view.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {createSteps, type Dialog} from '../assistant/dialog.js';
import {authorName} from '../panes/authors.js';
import {bufferName} from '../panes/words.js';
import {forwardedText} from './quoting.js';

/** What sends messages on to somebody else. */
export function forwardIntent(
	state: State,
	messages: readonly Message[],
	{account, kind, jid}: Recipient,
): ClientIntent {
	return client('sendMessage', {
		account,
		to: jid,
		body: forwardedText(messages, message => authorName(state, message)),
		...(kind === 'room' ? {kind: 'groupchat'} : {}),
	});
}

/** Whether something that was encrypted would leave in clear, as far as it is known how they are written to. */
export function wouldExpose(state: State, messages: readonly Message[], {account, kind, jid}: Recipient): boolean {
	const encryption = bufferOf(state, bufferId(account, kind, jid))?.info.encryption ?? 'none';
	return encryption === 'none' && messages.some(message => message.encryption !== undefined);
}

/** Asks before that happens. */
export function createExposeDialog(state: State, to: Recipient, answered: () => void): Dialog {
	const steps = createSteps(() => steps.end([]));
	const info = bufferOf(state, bufferId(to.account, to.kind, to.jid))?.info ?? to;
	steps.ask(
		{
			type: 'choice',
			title: 'Forward',
			label: `It was encrypted, and is not on its way to ${bufferName(state, info)}. Send it in clear?`,
			explanation: ['Their servers and yours could read it. /omemo on there encrypts what you write.'],
			options: [
				{value: 'no', label: 'Do not send', explanation: ''},
				{value: 'yes', label: 'Send in clear', explanation: ''},
			],
		},
		value => {
			steps.end([]);
			if (value === 'yes') {
				answered();
			}
		},
	);
	return steps.dialog;
}
