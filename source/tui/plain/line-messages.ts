/** What the line mode does about messages that are there. */
import {messageText} from '../../model/attachment-words.js';
import type {Message} from '../../model/message.js';
import type {MessageIntent, Recipient} from '../../model/message-view.js';
import {call} from '../app/call.js';
import {messageOf, shownMessages} from '../app/listed-messages.js';
import {detailLines} from '../messages/details-lines.js';
import {createExposeDialog, forwardIntent, wouldExpose} from '../messages/forwarding.js';
import {copiedTexts, quotation} from '../messages/quoting.js';
import {createRetractDialog} from '../messages/retract-dialog.js';
import {authorName} from '../panes/authors.js';
import {briefWords} from '../panes/message-words.js';
import type {LineView} from './line-view.js';
import {longestQuote} from './plain-lines.js';

type Of<Type extends MessageIntent['type']> = Extract<MessageIntent, {readonly type: Type}>;

/** Answers whether it could be done. `copy`: puts a text into a clipboard, and says so. */
export async function answerMessages(
	intent: MessageIntent,
	view: LineView,
	copy: (text: string) => Promise<void>,
): Promise<boolean> {
	switch (intent.type) {
		case 'selectMessage':
			view.say(
				'info',
				'Here a message is named by its number, 1 is the newest.',
				'/reply 2 and a text, /react 2 👍, /edit, /details 2; /help messages lists more.',
			);
			return true;
		case 'copyMessages':
			await copy(copiedTexts(messagesOf(intent.keys, view), message => authorName(view.store.get(), message)));
			return true;
		case 'forwardMessages':
			return forward(messagesOf(intent.keys, view), intent.to, view);
		case 'reveal':
			return reveal(intent, view);
		default: {
			const message = messageOf(view.store.get(), view.place.active(), intent.key);
			if (message === undefined) {
				view.say('error', 'That message is not here any more.', 'Tab and numbers count what is loaded.');
				return false;
			}

			return answerOn(intent, message, view);
		}
	}
}

async function answerOn(
	intent: Exclude<MessageIntent, Of<'selectMessage' | 'copyMessages' | 'forwardMessages' | 'reveal'>>,
	message: Message,
	view: LineView,
): Promise<boolean> {
	const {say, ask, list, actions, store, here} = view;
	const words = briefWords(message, longestQuote);
	const number = shownMessages(store.get(), view.place.active()).findIndex(({key}) => key === message.key) + 1;
	switch (intent.type) {
		case 'answerMessage':
			say('info', `That is “${words}”.`, `/reply ${number} and a text answers it.`);
			return true;
		case 'chooseReaction':
			say('info', `That is “${words}”.`, `/react ${number} 👍 reacts to it; a name like :tada: will do.`);
			return true;
		case 'editMessage': {
			const own = shownMessages(store.get(), view.place.active()).filter(({direction}) => direction === 'outgoing');
			const place = own.findIndex(({key}) => key === message.key) + 1;
			say('info', `It says: ${messageText(message)}`, `/edit ${place} and another text changes it.`);
			return true;
		}

		case 'quoteMessage':
			list(
				quotation(messageText(message))
					.trimEnd()
					.split('\n')
					.map(text => ({text})),
			);
			say('info', 'A line can only be typed here.', `/reply ${number} and a text answers it.`);
			return true;
		case 'messageDetails': {
			const details = await actions.messageDetails({account: message.account, key: message.key});
			list(detailLines(details, {state: store.get(), calendar: here().calendar}));
			return true;
		}

		default:
			ask(
				createRetractDialog(actions, intent.type, {
					account: message.account,
					key: message.key,
					words,
					...(message.direction === 'outgoing' ? {} : {author: authorName(store.get(), message)}),
					...(intent.reason === undefined ? {} : {reason: intent.reason}),
				}),
			);
			return true;
	}
}

function messagesOf(keys: readonly number[], {store, place}: LineView): readonly Message[] {
	return [...keys].flatMap(key => messageOf(store.get(), place.active(), key) ?? []);
}

async function forward(messages: readonly Message[], to: Recipient, view: LineView): Promise<boolean> {
	const {store, actions, ask, say} = view;
	const send = async () => {
		await call(actions, forwardIntent(store.get(), messages, to));
		say('info', `Sent on to ${to.jid}.`);
	};
	if (wouldExpose(store.get(), messages, to)) {
		ask(createExposeDialog(store.get(), to, () => void send().catch(view.refuse)));
	} else {
		await send();
	}

	return true;
}

/** Here a spoiler is told once, on demand. */
function reveal({key}: Of<'reveal'>, view: LineView): boolean {
	const {store, place, say} = view;
	const message = shownMessages(store.get(), place.active()).find(each =>
		key === undefined ? each.spoiler !== undefined && each.retracted === undefined : each.key === key,
	);
	if (message?.spoiler === undefined || message.retracted !== undefined) {
		say('info', key === undefined ? 'There is no spoiler here.' : 'That message is no spoiler.');
		return false;
	}

	const {spoiler: _, ...opened} = message;
	view.print(view.wording.message(store.get(), opened, view.here().calendar));
	return true;
}
