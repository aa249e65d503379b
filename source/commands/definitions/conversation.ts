import {bufferId} from '../../model/buffer.js';
import {type Command, defineCommand} from '../command.js';
import {client, view} from '../intent.js';
import {choice, optional, text} from '../parameters.js';
import {correspondent} from '../room-parameters.js';

/** Talking to somebody. */
export const conversation: readonly Command[] = [
	defineCommand({
		name: 'msg',
		aliases: ['m', 'tell'],
		summary: 'Send a message without leaving this buffer',
		details: [
			'Without a message it opens the chat, as /query does.',
			'In a room a nick there is meant first: nobody else there reads what you write.',
		],
		examples: [
			{input: '/msg romeo@example.org are you there?', does: 'sends to a JID'},
			{input: '/msg "Romeo Montague" are you there?', does: 'sends to a contact by roster name'},
		],
		related: ['query', 'resend'],
		parameters: {who: correspondent(), message: optional(text())},
		run: ({who, message}) =>
			message === undefined
				? view({type: 'showBuffer', buffer: bufferId(who.account, who.kind, who.jid)})
				: client('sendMessage', {account: who.account, to: who.jid, body: message}),
	}),
	defineCommand({
		name: 'query',
		aliases: ['q', 'chat'],
		summary: 'Open a chat and go there',
		details: ['With a message, sends it too. In a room a nick there is meant first.'],
		examples: [
			{input: '/query romeo@example.org', does: 'opens the chat'},
			{input: '/query romeo hello', does: 'opens the chat and says hello'},
			{input: '/query "Lady Capulet"', does: 'talks in private to somebody in the room'},
		],
		related: ['msg', 'close', 'buffer'],
		parameters: {who: correspondent(), message: optional(text())},
		run({who, message}) {
			const show = view({type: 'showBuffer', buffer: bufferId(who.account, who.kind, who.jid)});
			return message === undefined
				? show
				: [show, client('sendMessage', {account: who.account, to: who.jid, body: message})];
		},
	}),
	defineCommand({
		name: 'resend',
		summary: 'Send again what could not be sent in this buffer',
		details: [
			'It goes out as a new message; the one that failed stays where it is.',
			'What may have arrived (?) is not sent again: the server’s archive tells, where there is one.',
		],
		examples: [
			{input: '/resend', does: 'sends the newest again'},
			{input: '/resend all', does: 'sends all of them again, the oldest first'},
		],
		related: ['msg'],
		parameters: {which: optional(choice({all: 'everything that failed here'}))},
		run: ({which}) => view({type: 'resend', all: which === 'all'}),
	}),
];
