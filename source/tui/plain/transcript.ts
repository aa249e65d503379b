import {quoted} from '../../commands/words.js';
import type {Account} from '../../model/account.js';
import type {BufferId} from '../../model/buffer.js';
import type {Event, EventOf} from '../../model/events.js';
import type {Message, MessageChange, OutgoingState} from '../../model/message.js';
import type {Reaction} from '../../model/relation.js';
import type {Room} from '../../model/room.js';
import type {BareJid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {accountOf, bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {messageOf} from '../app/listed-messages.js';
import {ruleWords} from '../app/notification-words.js';
import {accountHint, accountStatusText} from '../panes/account-words.js';
import {activityText, isAlwaysTold} from '../panes/activity-words.js';
import type {Calendar} from '../panes/calendar.js';
import {gapsIn} from '../panes/gaps.js';
import {briefWords} from '../panes/message-words.js';
import {roomNews} from '../panes/room-news.js';
import {bufferName} from '../panes/words.js';
import {aftermathOf} from './relation-lines.js';
import type {Wording} from './wording.js';

export type TranscriptOptions = {
	state(): State;
	print(lines: readonly string[]): void;
	readonly wording: Wording;
	readonly calendar: Calendar;
	/** Wall-clock milliseconds. */
	now(): number;
	/** Whether one's own messages are printed too: not where they stand on the terminal already, as typed. */
	readonly echo: boolean;
	/** The buffer the person is in. */
	active(): BufferId;
};

/** Prints what happens, in the order in which it happens. */
export type Transcript = {
	/** What is known at the start is no news. */
	begin(): void;
	/** To be called after the store has reduced the event. */
	hear(event: Event): void;
	/** Prints the newest messages of a buffer that were not printed yet. */
	recall(buffer: BufferId, most: number): void;
	/** Prints messages, printed before or not. */
	printPage(messages: readonly Message[]): void;
	/** How many messages written here our server has not confirmed. */
	waiting(): number;
	/** How many failed. */
	failed(): number;
};

/** What is uncertain is looked up and, if need be, sent again. */
/** Messages of which it is remembered what people think. */
const mostReacted = 200;
/** Milliseconds between the same sentence in two places. */
const together = 1000;
const onTheirWay: ReadonlySet<OutgoingState> = new Set(['queued', 'sealed', 'written', 'uncertain']);

export function createTranscript(options: TranscriptOptions): Transcript {
	const {state, print, wording, calendar, now, echo} = options;
	const printedUpTo = new Map<BufferId, number>();
	const unconfirmed = new Set<number>();
	const statuses = new Map<BareJid, string | undefined>();
	const roomStatuses = new Map<BufferId, Room['status']>();
	/** What was written here. */
	const own = new Set<number>();
	/** What people thought of messages when that changed last. */
	const reactions = new Map<number, readonly Reaction[]>();
	let failures = 0;
	let lastTime: number | undefined;
	let lastNotice: EventOf<'notice'> | undefined;

	const printMessage = (message: Message) => {
		if (message.ignored === true) {
			return;
		}

		const at = message.sentAt ?? message.receivedAt;
		print([...wording.day(lastTime, at, calendar), ...wording.message(state(), message, calendar)]);
		lastTime = at;
		printedUpTo.set(message.buffer, Math.max(message.key, printedUpTo.get(message.buffer) ?? 0));
	};

	const sayEntered = ({buffer, jid, status, nick}: Room) => {
		if (status === 'joined' && roomStatuses.get(buffer) !== status) {
			print([wording.remark(`You are in ${jid} as ${printable(nick, 'identifier')}.`)]);
		}

		roomStatuses.set(buffer, status);
	};

	/** What stands in two buffers is told once where there is one stream of lines. */
	const sayNotice = (notice: EventOf<'notice'>) => {
		const {text, at, buffer} = lastNotice ?? {};
		const isTold = text === notice.text && notice.buffer !== buffer && notice.at - (at ?? 0) < together;
		lastNotice = notice;
		if (!isTold) {
			print(wording.notice(notice));
		}
	};

	const sayRoomNews = (event: Event) => {
		const news = roomNews(event);
		if (news !== undefined && bufferOf(state(), news.buffer) !== undefined) {
			print(wording.notice(news));
		}
	};

	/** Whoever throws somebody out, or takes another nick, hears that it was done; the crowd goes on without a word. */
	const sayActivity = ({buffer, activity}: EventOf<'occupant.changed' | 'occupant.left'>) => {
		const info = bufferOf(state(), buffer)?.info;
		if (activity !== undefined && info !== undefined && buffer === options.active() && isAlwaysTold(activity)) {
			print([wording.remark(`${bufferName(state(), info)}: ${activityText(activity)}`)]);
		}
	};

	const bodyOf = (buffer: BufferId, key: number) => {
		const message = messageOf(state(), buffer, key);
		return message === undefined ? undefined : briefWords(message);
	};

	/** What somebody said about a message that stands above. */
	const sayAftermath = (change: MessageChange) => {
		const {key, buffer} = change;
		const what = aftermathOf(change, reactions.get(key));
		if (change.reactions !== undefined) {
			reactions.delete(key);
			reactions.set(key, change.reactions);
			const [oldest] = reactions.keys();
			if (reactions.size > mostReacted && oldest !== undefined) {
				reactions.delete(oldest);
			}
		}

		const message = messageOf(state(), buffer, key);
		const isPrinted = key <= (printedUpTo.get(buffer) ?? 0);
		const level = state().preferences['screen-reader.verbosity'];
		const isTold = !wording.spoken || level === 'full' || (level === 'normal' && buffer === options.active());
		if (what !== undefined && message !== undefined && message.ignored !== true && isPrinted && isTold) {
			print(wording.aftermath(state(), message, what));
		}
	};

	/** The newest one where the person is needs no quoting, in whole words. */
	const isPlain = ({buffer, key}: MessageChange) => {
		const entries = bufferOf(state(), buffer)?.entries ?? [];
		const newest = entries.findLast(each => each.type === 'message' && each.message.direction === 'outgoing');
		return wording.spoken && buffer === options.active() && newest?.key === key;
	};

	const isWanted = ({state: outgoing, buffer, key}: MessageChange) => {
		const level = state().preferences['screen-reader.verbosity'];
		const concerns = level === 'full' || (level === 'normal' && (own.has(key) || buffer === options.active()));
		return outgoing === 'failed' || (wording.spoken && concerns);
	};

	/** Spoken over what the person does now, it would call them; who goes to the buffer hears it. */
	const isHushed = ({buffer, direction}: Message) =>
		wording.spoken &&
		direction === 'incoming' &&
		buffer !== options.active() &&
		bufferOf(state(), buffer)?.info.muted === true;

	return {
		begin() {
			for (const account of state().accounts) {
				statuses.set(account.jid, newsOf(account));
			}
		},
		hear(event) {
			switch (event.type) {
				case 'message.recorded': {
					const {message} = event;
					if (event.past || message.ignored === true || isHushed(message)) {
						break;
					}

					if (message.via === 'local' && message.state !== undefined && onTheirWay.has(message.state)) {
						unconfirmed.add(message.key);
						own.add(message.key);
					}

					if (message.via !== 'local' || echo) {
						printMessage(message);
					} else {
						printedUpTo.set(message.buffer, message.key);
						if (wording.spoken && accountOf(state(), message.account)?.status !== 'online') {
							print([wording.remark('It waits until you are online.')]);
						}
					}

					break;
				}

				case 'message.changed': {
					const {change} = event;
					if (change.state !== undefined && !onTheirWay.has(change.state)) {
						unconfirmed.delete(change.key);
					}

					failures += change.state === 'failed' && own.has(change.key) ? 1 : 0;
					sayAftermath(change);
					// Of what became uncertain the account tells, all at once.
					if (change.state !== 'uncertain' && isWanted(change)) {
						const body = isPlain(change) ? undefined : bodyOf(change.buffer, change.key);
						print(wording.changed(state(), change, body));
					}

					break;
				}

				case 'buffer.changed': {
					const info = bufferOf(state(), event.buffer)?.info;
					if (info !== undefined) {
						const pinned = info.pinned === true ? 'pinned, ' : '';
						print([wording.remark(`${bufferName(state(), info)}: ${pinned}${ruleWords(info)}`)]);
					}

					break;
				}

				case 'notice':
					sayNotice(event);
					break;
				case 'account.changed': {
					const {account} = event;
					const news = newsOf(account);
					if (news !== undefined && statuses.get(account.jid) !== news) {
						statuses.set(account.jid, news);
						const text = `${account.jid}: ${accountStatusText(state(), account, now())}`;
						const hint = accountHint(state(), account);
						print(wording.notice({level: 'info', text, ...(hint === undefined ? {} : {hint})}));
					}

					break;
				}

				case 'room.changed':
					// In whole words the announcer tells it.
					if (!wording.spoken) {
						sayEntered(event.room);
						sayRoomNews(event);
					}

					break;
				case 'occupant.changed':
				case 'occupant.left':
					if (!wording.spoken) {
						sayActivity(event);
					}

					break;
				case 'room.invited':
				case 'invitation.declined':
				case 'voice.requested':
					sayRoomNews(event);
					break;
				case 'subscription.requested': {
					const {jid, text} = event.request;
					const said = text === undefined ? '' : `: ${printable(text, 'line')}`;
					const hint = `/accept ${jid} lets them, /deny ${jid} refuses.`;
					print(wording.notice({level: 'info', text: `${jid} wants to see your presence${said}`, hint}));
					break;
				}

				case 'request.changed': {
					const {jid, count} = event.request;
					// Only who they are: what a stranger writes is read by who wants to.
					if (count === 1) {
						const name = printable(jid, 'identifier');
						const hint = `/requests shows what; /accept ${quoted(name)} opens it, /deny ${quoted(name)} puts it away.`;
						print(wording.notice({level: 'info', text: `${name}, who is no contact, writes to you.`, hint}));
					}

					break;
				}

				default:
					break;
			}
		},
		recall(buffer, most) {
			const known = bufferOf(state(), buffer);
			if (known === undefined) {
				return;
			}

			const printed = printedUpTo.get(buffer) ?? 0;
			const gaps = gapsIn(state(), known, calendar);
			const printGap = (index: number) =>
				print([gaps.get(index)].flatMap(text => (text === undefined ? [] : wording.remark(text))));
			const fresh = known.entries.flatMap((entry, index) =>
				entry.type === 'message' && entry.key > printed && entry.message.ignored !== true
					? [{message: entry.message, index}]
					: [],
			);
			const {readUpTo, unread} = known.info;
			let isSaid = !wording.spoken || unread === 0;
			for (const {message, index} of fresh.slice(-most)) {
				printGap(index);
				if (!isSaid && message.key > readUpTo) {
					isSaid = true;
					print([wording.remark(unread === 1 ? '1 new message:' : `${unread} new messages:`)]);
				}

				printMessage(message);
			}

			printGap(known.entries.length);
		},
		printPage(messages) {
			lastTime = undefined;
			for (const message of messages) {
				printMessage(message);
			}
		},
		waiting: () => unconfirmed.size,
		failed: () => failures,
	};
}

/** What there is to tell of how an account is connected: of attempts that fail for the same reason, only the first. */
function newsOf({status, availability, problem}: Account): string | undefined {
	if (status === 'connecting' && problem !== undefined) {
		return undefined;
	}

	return [status, status === 'online' ? availability : problem?.code].join(' ');
}
