import {type ClientIntent, client} from '../../commands/intent.js';
import {messageText} from '../../model/attachment-words.js';
import type {BufferId} from '../../model/buffer.js';
import type {Message} from '../../model/message.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';

/** What there is to say where `/resend` finds nothing in a buffer. */
export function nothingFailed(state: State, buffer: BufferId): string {
	const {entries = []} = bufferOf(state, buffer) ?? {};
	return entries.some(entry => entry.type === 'message' && entry.message.state === 'uncertain')
		? 'Nothing here has failed. What may have arrived (?) could arrive twice: write it anew if it is missing there.'
		: 'Nothing here has failed that was not sent again already.';
}

/** The messages of a buffer that failed and were not sent again (`done`: their keys): the newest, or all of them. */
export function failedIn(
	state: State,
	buffer: BufferId,
	all: boolean,
	done: ReadonlySet<number>,
): ReadonlyArray<{readonly key: number; readonly intent: ClientIntent; readonly body: string}> {
	const {entries = [], info} = bufferOf(state, buffer) ?? {};
	const failed = entries.flatMap(entry =>
		entry.type === 'message' &&
		entry.message.state === 'failed' &&
		entry.message.retracted === undefined &&
		!done.has(entry.key)
			? [entry.message]
			: [],
	);
	const to = info?.jid;
	return to === undefined
		? []
		: (all ? failed : failed.slice(-1)).map(message => ({
				key: message.key,
				body: messageText(message),
				intent: client('sendMessage', {account: message.account, to, ...contentOf(message)}),
			}));
}

function contentOf({body, attachments = [], kind, subject, reply, spoiler}: Message) {
	const [attachment] = attachments;
	return {
		...(attachment === undefined ? {body} : {body: '', attachment}),
		...(kind === 'chat' ? {} : {kind}),
		...(subject === undefined ? {} : {subject}),
		...(reply?.key === undefined ? {} : {reply: reply.key}),
		...(spoiler === undefined ? {} : {spoiler}),
	};
}
