/** What calls the person, and with which words. Pure: State and Events in, calls out. */

import {messageText} from '../../model/attachment-words.js';
import {type Buffer, type BufferId, consoleBuffer, notifyRuleOf, requestsBuffer} from '../../model/buffer.js';
import type {Event} from '../../model/events.js';
import type {Message} from '../../model/message.js';
import type {BareJid} from '../../shared/jid.js';
import {printable, shortened} from '../../shared/text.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import type {LocalTime} from '../panes/calendar.js';
import {briefWords} from '../panes/message-words.js';
import {bufferName, shortJid} from '../panes/words.js';

/** A reason to call the person. */
export type Call = {
	readonly what: 'message' | 'request' | 'failure';
	readonly account: BareJid;
	/** Who looks at this buffer need not be called. */
	readonly buffer: BufferId;
	/** Of the newest message. */
	readonly key?: number;
	/** How many messages of the buffer it stands for. */
	readonly count: number;
	/** Came with many others out of the archive, after a time without a connection. */
	readonly late: boolean;
	readonly title: string;
	readonly text: string;
};

export type Announcement = {readonly title: string; readonly text: string};

/** Code points of a notification's text. */
const longestText = 200;

/** Whether an Event is something to call the person for, if nobody looks. To be asked after the store has reduced it. */
export function callOf(event: Event, state: State): Call | undefined {
	switch (event.type) {
		case 'message.recorded':
			return event.past === true ? undefined : messageCall(event.message, state);
		case 'subscription.requested': {
			const {account, jid} = event.request;
			const text = `${printable(jid, 'identifier')} wants to see when you are online.`;
			return strangerCall(account, 'Contact request', text, state);
		}

		case 'request.changed': {
			const {account, jid, count} = event.request;
			// Who goes on writing calls no more. What they wrote is not shown: anybody can have written it.
			const text = `${printable(jid, 'identifier')}, who is no contact, writes to you.`;
			return count === 1 ? strangerCall(account, 'Message request', text, state) : undefined;
		}

		case 'room.invited': {
			const {account, room} = event.invitation;
			const text = `You are invited to ${printable(room, 'identifier')}.`;
			return {what: 'request', account, buffer: consoleBuffer, count: 0, late: false, title: 'Invitation', text};
		}

		case 'voice.requested': {
			const {account, buffer, nick} = event;
			const text = `${printable(nick, 'identifier')} asks to be let speak.`;
			const info = bufferOf(state, buffer)?.info;
			const title = info === undefined ? 'Request' : bufferName(state, info);
			return {what: 'request', account, buffer, count: 0, late: false, title, text};
		}

		case 'account.changed': {
			const {jid, status, problem} = event.account;
			if (status !== 'failed' && status !== 'locked') {
				return undefined;
			}

			const text = printable(problem?.message ?? `${jid} cannot connect.`, 'line');
			const title = `${printable(jid, 'identifier')} needs you`;
			return {what: 'failure', account: jid, buffer: consoleBuffer, count: 0, late: false, title, text};
		}

		default:
			return undefined;
	}
}

/** Strangers call nobody unless that is wanted: anybody can be one. */
function strangerCall(account: BareJid, title: string, text: string, {preferences}: State): Call | undefined {
	return preferences['requests.notify']
		? {what: 'request', account, buffer: requestsBuffer, count: 0, late: false, title, text}
		: undefined;
}

function messageCall(message: Message, state: State): Call | undefined {
	const {account, buffer, key, via, direction} = message;
	const info = bufferOf(state, buffer)?.info;
	if (direction !== 'incoming' || message.ignored === true || info === undefined || !calls(message, info)) {
		return undefined;
	}

	const {title, text} = messageWords(message, info, state);
	return {what: 'message', account, buffer, key, count: 1, late: via === 'archive', title, text};
}

/** Whether a message is for the person, as they arranged its buffer. Headlines are for nobody in particular. */
export function calls({kind, highlight}: Pick<Message, 'kind' | 'highlight'>, info: Buffer): boolean {
	const rule = notifyRuleOf(info);
	return kind !== 'headline' && (rule === 'all' || (rule === 'mentions' && highlight === true));
}

function messageWords(message: Message, info: Buffer, state: State): Announcement {
	const name = bufferName(state, info);
	const speaker = message.kind === 'groupchat' ? nickOf(message) : undefined;
	const title = speaker === undefined ? name : `${speaker} in ${name}`;
	if (!showsText(message, info, state)) {
		return {title, text: 'New message'};
	}

	if (message.spoiler !== undefined || message.retracted !== undefined) {
		return {title, text: briefWords(message, longestText)};
	}

	const said = messageText(message);
	const body = /^\/me\s/u.test(said) ? `${speaker ?? name} ${said.slice('/me '.length)}` : said;
	return {title, text: shortened(printable(body.slice(0, 4 * longestText), 'line'), longestText)};
}

/** The resource of an address in a room is the nick there. */
function nickOf({author}: Message): string {
	const slash = author.indexOf('/');
	return slash < 0 ? shortJid(author) : printable(author.slice(slash + 1), 'identifier');
}

function showsText(message: Message, info: Buffer, {preferences}: State): boolean {
	switch (preferences['notify.content']) {
		case 'always':
			return true;
		case 'never':
			return false;
		case 'unencrypted':
			return message.encryption === undefined && (info.encryption ?? 'none') === 'none';
	}
}

/** Two calls about the same conversation as one; `undefined` where they are about different things. */
export function merged(one: Call, other: Call): Call | undefined {
	const same = one.what === 'message' && other.what === 'message' && one.buffer === other.buffer;
	return same && one.late === other.late ? {...other, count: one.count + other.count} : undefined;
}

/** Several calls as one announcement. What came late is counted and not quoted. */
export function announcementOf(calls: readonly [Call, ...Call[]], state: State): Announcement {
	const [first] = calls;
	const messages = calls.filter(({what}) => what === 'message');
	const total = messages.reduce((sum, {count}) => sum + count, 0);
	const chats = new Set(messages.map(({buffer}) => buffer)).size;
	if (messages.length === calls.length && chats === 1) {
		const last = messages.at(-1) ?? first;
		const info = bufferOf(state, last.buffer)?.info;
		return {
			title: total === 1 || info === undefined ? last.title : `${bufferName(state, info)} (${total})`,
			text: last.late ? counted(total, 'new message') : last.text,
		};
	}

	const others = calls.filter(({what}) => what !== 'message').map(({text}) => text);
	const news = total === 0 ? [] : [`${counted(total, 'new message')} in ${counted(chats, 'chat')}`];
	return {title: calls.length === 1 ? first.title : 'xmppc', text: [...news, ...others].join(' – ')};
}

function counted(count: number, noun: string): string {
	return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Whether a local time lies in hours such as `22:00-07:00`: from the first minute on, up to the last one. Empty: never. */
export function isQuiet(hours: string, {hour, minute}: Pick<LocalTime, 'hour' | 'minute'>): boolean {
	const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/u.exec(hours) ?? [];
	if (from === undefined || to === undefined) {
		return false;
	}

	const now = 60 * hour + minute;
	const [begin, end] = [minutesOf(from), minutesOf(to)];
	return begin <= end ? now >= begin && now < end : now >= begin || now < end;
}

function minutesOf(time: string): number {
	const [hours = 0, minutes = 0] = time.split(':').map(Number);
	return 60 * hours + minutes;
}

/**
 * A command with what is announced in the places of `{title}` and `{text}`. What somebody wrote can be no option of the
 * program: an argument that begins with it never begins with a hyphen.
 */
export function commandFor(template: readonly string[], {title, text}: Announcement): readonly string[] {
	return template.map(argument => {
		const filled = argument.replace(/\{(title|text)\}/gu, (_, name: string) => (name === 'title' ? title : text));
		return /^\{(?:title|text)\}/u.test(argument) && filled.startsWith('-') ? ` ${filled}` : filled;
	});
}

/** How many messages wait for the person in buffers that call them. `seen`: the buffers they look at now. */
export function waitingFor({order, buffers}: State, seen: (buffer: BufferId) => boolean): number {
	return order
		.filter(id => !seen(id))
		.reduce((sum, id) => {
			const info = buffers[id]?.info;
			if (info === undefined) {
				return sum;
			}

			const rule = notifyRuleOf(info);
			return sum + (rule === 'all' ? info.unread : rule === 'mentions' ? info.highlights : 0);
		}, 0);
}
