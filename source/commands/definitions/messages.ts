import {mostEmoji} from '../../model/relation.js';
import {type Command, defineCommand, type Parameter, type Refusal} from '../command.js';
import type {CommandContext, ListedMessage} from '../context.js';
import {client, view} from '../intent.js';
import {choiceWords, emoji, message, recipient} from '../message-parameter.js';
import {label, optional, text} from '../parameters.js';

const shown = {among: 'shown', otherwise: 'others'} as const;
const own = {among: 'own', otherwise: 'own'} as const;
const others = {among: 'others', otherwise: 'others'} as const;

/** Where a message would go that is written in this buffer. */
function addressed({account, jid, kind}: CommandContext) {
	return account === undefined || jid === undefined
		? undefined
		: {account, to: jid, ...(kind === 'room' ? {kind: 'groupchat' as const} : {})};
}

const nobodyHere: Refusal = {
	complaint: {code: 'nobody-here', message: 'There are no messages here.', hint: '/query <who> opens a chat.'},
};

/** What is said about messages that are there. */
export const messages: readonly Command[] = [
	defineCommand({
		name: 'select',
		summary: 'Select a message on the screen, to answer it, react to it and more',
		details: ['As Alt+M, and Escape on empty input. The keys that do something then are told below; ? explains them.'],
		examples: [{input: '/select', does: 'begins with the newest message'}],
		related: ['reply', 'react', 'edit'],
		parameters: {},
		run: () => view({type: 'selectMessage'}),
	}),
	defineCommand({
		name: 'reply',
		aliases: ['answer'],
		summary: 'Answer a message',
		details: [
			choiceWords(shown),
			'Without either: the newest one of somebody else. Without a text, what is sent next answers it.',
		],
		examples: [
			{input: '/reply Certainly', does: 'answers the newest message of somebody else'},
			{input: '/reply 3 Yes, at nine', does: 'answers the third message from below'},
			{input: '/reply "But soft" What light?', does: 'answers the newest message with these words'},
		],
		related: ['quote', 'react', 'select'],
		parameters: {message: message(shown), text: optional(text())},
		run({message: meant, text: said}, context) {
			const to = addressed(context);
			if (to === undefined || meant === undefined) {
				return nobodyHere;
			}

			return said === undefined || said.trim() === ''
				? view({type: 'answerMessage', key: meant.key})
				: client('sendMessage', {...to, body: said, reply: meant.key});
		},
	}),
	defineCommand({
		name: 'react',
		aliases: ['reaction'],
		summary: 'React to a message with emoji',
		details: [
			choiceWords(shown),
			'Without either: the newest one of somebody else. Without emoji you choose one. /unreact takes them back.',
		],
		examples: [
			{input: '/react 👍', does: 'adds it to the newest message of somebody else'},
			{input: '/react 2 :tada: ❤️', does: 'adds two to the second message from below'},
		],
		related: ['unreact', 'reply'],
		parameters: {message: message(shown), emoji: emoji(true)},
		run: ({message: meant, emoji: added}) =>
			meant === undefined
				? nobodyHere
				: added.length === 0
					? view({type: 'chooseReaction', key: meant.key})
					: reacting(meant, [...new Set([...meant.reactions, ...added])]),
	}),
	defineCommand({
		name: 'unreact',
		summary: 'Take reactions of yours back',
		details: [
			choiceWords(shown),
			'Without either: the newest message with a reaction of yours. Without emoji: all of yours.',
		],
		examples: [
			{input: '/unreact', does: 'takes your reactions to a message back'},
			{input: '/unreact 2 👍', does: 'takes one of them back'},
		],
		related: ['react'],
		parameters: {message: message({among: 'shown', otherwise: 'none'}), emoji: emoji(true)},
		run({message: named, emoji: taken}, {source}) {
			const meant = named ?? source.messages().find(({reactions}) => reactions.length > 0);
			if (meant === undefined || meant.reactions.length === 0) {
				return {
					complaint: {
						code: 'no-reaction',
						message:
							meant === undefined ? 'You have reacted to nothing here.' : `You have not reacted to “${meant.words}”.`,
						hint: '/react 👍 does.',
					},
					about: 'message',
				};
			}

			return reacting(meant, taken.length === 0 ? [] : meant.reactions.filter(each => !taken.includes(each)));
		},
	}),
	defineCommand({
		name: 'edit',
		aliases: ['correct'],
		summary: 'Change a message that you wrote',
		details: [
			choiceWords(own),
			'Without either: your newest. Without a text the input gets what it says now, to be changed; Escape leaves it as it was.',
		],
		examples: [
			{input: '/edit', does: 'puts your newest message into the input, as Alt+E does'},
			{input: '/edit Wherefore art thou Romeo?', does: 'changes your newest message'},
			{input: '/edit 2 Ay me', does: 'changes the one before it'},
		],
		related: ['retract', 'edit-text', 'details'],
		parameters: {message: message(own), text: optional(text())},
		run: ({message: meant, text: said}) =>
			meant === undefined
				? nobodyHere
				: said === undefined || said.trim() === ''
					? view({type: 'editMessage', key: meant.key})
					: client('correctMessage', {account: meant.account, key: meant.key, body: said}),
	}),
	defineCommand({
		name: 'retract',
		aliases: ['unsend'],
		summary: 'Take back a message that you wrote',
		details: [
			choiceWords(own),
			'Without either: your newest. You are asked first. Who has read or saved it may have it still.',
		],
		examples: [
			{input: '/retract', does: 'takes your newest message back'},
			{input: '/retract 2 wrong room', does: 'takes back the one before it, and says why'},
		],
		related: ['edit', 'moderate'],
		parameters: {message: message(own), reason: optional(label())},
		run: ({message: meant, reason}) =>
			meant === undefined ? nobodyHere : view({type: 'retractMessage', key: meant.key, ...because(reason)}),
	}),
	defineCommand({
		name: 'moderate',
		aliases: ['remove-message'],
		summary: 'Take a message of somebody away, as a moderator of the room',
		details: [choiceWords(others), 'Without either: the newest of them. You are asked first.'],
		examples: [{input: '/moderate 2 spam', does: 'takes away the second newest message of others'}],
		related: ['retract', 'kick', 'ban'],
		parameters: {message: message(others), reason: optional(label())},
		run: ({message: meant, reason}, {kind}) =>
			kind !== 'room'
				? {
						complaint: {
							code: 'not-in-room',
							message: 'Only in a room can somebody else’s message be taken away.',
							hint: '/retract takes back one of your own, /ignore shows no more of somebody.',
						},
					}
				: meant === undefined
					? nobodyHere
					: view({type: 'moderateMessage', key: meant.key, ...because(reason)}),
	}),
	defineCommand({
		name: 'quote',
		summary: 'Put a message into the input as a quotation',
		details: [choiceWords(shown), 'Without either: the newest one of somebody else.'],
		examples: [{input: '/quote 2', does: 'quotes the second message from below'}],
		related: ['reply', 'copy'],
		parameters: {message: message(shown)},
		run: ({message: meant}) => (meant === undefined ? nobodyHere : view({type: 'quoteMessage', key: meant.key})),
	}),
	defineCommand({
		name: 'forward',
		aliases: ['fwd'],
		summary: 'Send a message to somebody else',
		details: [
			choiceWords(shown),
			'Without either: the newest. Words of others go as a quotation with their name. What was encrypted does not leave in clear unless you say so.',
		],
		examples: [
			{input: '/forward nurse@example.org', does: 'sends the newest message to her'},
			{input: '/forward 2 lounge@muc.example.org', does: 'sends the second message from below to a room'},
		],
		related: ['copy', 'quote'],
		parameters: {message: message({among: 'shown', otherwise: 'shown'}), to: recipient()},
		run: ({message: meant, to}) =>
			meant === undefined ? nobodyHere : view({type: 'forwardMessages', keys: [meant.key], to}),
	}),
	defineCommand({
		name: 'details',
		summary: 'Show all that is known of a message',
		details: [
			choiceWords(shown),
			'Without either: the newest. Ids, times, encryption and device, what it said before, who has read it and who reacted.',
			'Of the last messages since the start the stanza too, as it crossed the wire: encrypted where it was. It is never stored.',
		],
		examples: [{input: '/details 2', does: 'shows it of the second message from below'}],
		related: ['select', 'edit'],
		parameters: {message: message({among: 'shown', otherwise: 'shown', fallen: true})},
		run: ({message: meant}) => (meant === undefined ? nobodyHere : view({type: 'messageDetails', key: meant.key})),
	}),
	defineCommand({
		name: 'spoiler',
		summary: 'Send a message that has to be opened to be read',
		details: ['What stands in quotes before it says what it is about. /reveal opens one.'],
		examples: [
			{input: '/spoiler They both die', does: 'sends it folded'},
			{input: '/spoiler "the last act" They both die', does: 'says what it is about'},
		],
		related: ['reveal'],
		parameters: {hint: hint(), text: text()},
		run({hint: about, text: said}, context) {
			const to = addressed(context);
			return to === undefined ? nobodyHere : client('sendMessage', {...to, body: said, spoiler: about ?? ''});
		},
	}),
	defineCommand({
		name: 'reveal',
		summary: 'Open a spoiler, or fold it again',
		details: [choiceWords(shown), 'Without either: the lowest on the screen.'],
		examples: [{input: '/reveal', does: 'opens the lowest one'}],
		related: ['spoiler', 'unfold'],
		parameters: {message: message({among: 'shown', otherwise: 'none'})},
		run: ({message: meant}) => view({type: 'reveal', ...(meant === undefined ? {} : {key: meant.key})}),
	}),
];

function because(reason: string | undefined): {readonly reason?: string} {
	return reason === undefined || reason === '' ? {} : {reason};
}

function reacting({account, key}: ListedMessage, all: readonly string[]) {
	return all.length > mostEmoji
		? {
				complaint: {
					code: 'too-many-emoji',
					message: `More than ${mostEmoji} reactions of one person are not shown.`,
					hint: '/unreact takes some back.',
				},
				about: 'emoji',
			}
		: client('react', {account, key, emoji: all});
}

/** What a spoiler is about, in quotes. */
function hint(): Parameter<string | undefined> {
	return optional({
		...text(),
		takes: 'word',
		what: 'what it is about, in quotes',
		fits: (typed: string) => typed.startsWith('"'),
	});
}
