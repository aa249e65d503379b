import type {Message} from '../../../source/model/message.js';
import {evening, message, minutes} from '../support.js';

let key = 0;

/** A message with a key that others can refer to: 1, 2, … in the order in which they are made. */
const said = (minute: number, body: string, more: Partial<Message> = {}): Message => ({
	...message(evening + minute * minutes, body, more),
	key: evening * 1024 + minute * minutes * 1024 + ++key,
});

export const soft = said(0, 'But soft, what light through yonder window breaks?', {
	edited: {times: 2, at: evening + minutes},
	reactions: [
		{by: 'juliet@example.org', speaker: 'juliet@example.org', own: true, emoji: ['❤️'], said: 1},
		{by: 'romeo@example.net', speaker: 'romeo@example.net', emoji: ['❤️', '🌞'], said: 2},
	],
});
export const ayMe = said(1, 'Ay me!', {direction: 'outgoing', state: 'displayed', edited: {times: 1, at: evening}});
export const answer = said(2, 'O speak again, bright angel: https://example.org/angel', {
	reply: {target: 'x', key: ayMe.key},
});
export const toOlder = said(3, 'With love’s light wings did I o’erperch these walls', {
	reply: {target: 'y', quoted: 'How camest thou hither, tell me,\nand wherefore?'},
});
export const toUnknown = said(3, 'By love', {reply: {target: 'z'}});
export const taken = said(4, 'I will murder Tybalt', {retracted: {by: 'author', at: evening}});
export const removed = said(4, 'Buy cheap rapiers', {
	retracted: {by: 'moderator', at: evening, moderator: 'nurse', reason: 'spam'},
});
export const ownTaken = said(5, 'I hate him', {
	direction: 'outgoing',
	state: 'acked',
	retracted: {by: 'author', at: evening, unprotected: true},
});
export const spoiler = said(6, 'They both die', {spoiler: 'the last act'});
export const emote = said(7, '/me climbs the wall', {edited: {times: 1, at: evening}});
export const unstyled = said(8, 'a *plain* word', {unstyled: true});
export const stray = said(9, 'a better word', {relating: {kind: 'correction', target: 'gone'}});
export const loud = said(10, 'Good night', {
	reactions: [
		{by: 'nurse', speaker: 'nurse', emoji: ['👍', '🎉'], said: 3, unprotected: true},
		{by: 'tybalt', speaker: 'tybalt', emoji: ['👎', '👍'], said: 4},
	],
});

/** A conversation with all that can become of a message by what is said about it. */
export const related: readonly Message[] = [
	soft,
	ayMe,
	answer,
	toOlder,
	toUnknown,
	taken,
	removed,
	ownTaken,
	spoiler,
	emote,
	unstyled,
	stray,
	loud,
];
