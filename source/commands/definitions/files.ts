import {mostFiles} from '../../model/file-actions.js';
import {bad, type Command, defineCommand, good, type Parameter, type Refusal} from '../command.js';
import type {CommandContext, ListedMessage} from '../context.js';
import {fileCandidates} from '../files.js';
import {view} from '../intent.js';
import {choiceWords, message} from '../message-parameter.js';
import {missing, optional, text} from '../parameters.js';
import {option} from '../room-parameters.js';

const nobodyHere: Refusal = {
	complaint: {code: 'nobody-here', message: 'There is nobody here to send it to.', hint: '/query <who> opens a chat.'},
};

const shown = {among: 'shown', otherwise: 'none'} as const;

/** Each remaining word is a file. */
function files(): Parameter<readonly string[]> {
	return {
		takes: 'words',
		optional: false,
		what: 'one or more files, in double quotes where there are spaces in the name',
		read: given => (given.includes('\0') ? bad('no-such-file', 'There is no such file.') : good([given])),
		absent: missing,
		candidates: ({source}, typed) => fileCandidates(source, typed),
	};
}

/** A transfer by its number in the list. */
function listed(): Parameter<number> {
	return {
		takes: 'word',
		optional: false,
		what: 'a number of the list',
		read: given =>
			/^[1-9]\d{0,3}$/u.test(given)
				? good(Number(given))
				: bad('no-such-transfer', `“${given}” is no number of a transfer.`, '/transfers lists them.'),
		absent: missing,
		candidates: () => [],
	};
}

/** The message that is meant, else the newest here with a file. */
function withFile(meant: ListedMessage | undefined, {source}: CommandContext): ListedMessage | Refusal {
	const found = meant ?? source.messages().find(each => each.standing && each.files > 0);
	if (found === undefined) {
		return {
			complaint: {code: 'no-such-file', message: 'No message here has a file.', hint: 'PageUp loads older messages.'},
		};
	}

	return found.files > 0
		? found
		: {
				complaint: {
					code: 'no-such-file',
					message: 'There is no file in that message.',
					hint: 'A link is opened by /links.',
				},
				about: 'message',
			};
}

/** Files in and out. */
export const filesInAndOut: readonly Command[] = [
	defineCommand({
		name: 'send',
		aliases: ['sendfile', 'upload'],
		summary: 'Send files',
		details: [
			`Up to ${mostFiles} at once. They are uploaded to your server, whose address of them is sent; where the chat is encrypted, so are they. Tab completes paths.`,
			'How far it is stands in the status bar; /transfers lists what is on its way, and ends it.',
		],
		examples: [
			{input: '/send ~/Pictures/balcony.jpg', does: 'sends a picture'},
			{input: '/send --caption "By moonlight" balcony.jpg orchard.jpg', does: 'sends two, then the text'},
		],
		related: ['transfers', 'save'],
		parameters: {caption: option({...text(), what: 'a text, sent behind the files'}), files: files()},
		run({caption, files: paths}, {account, jid, kind}) {
			if (account === undefined || jid === undefined) {
				return nobodyHere;
			}

			if (paths.length > mostFiles) {
				return {
					complaint: {
						code: 'too-many-files',
						message: `These are ${paths.length} files.`,
						hint: `Send at most ${mostFiles} at once.`,
					},
					about: 'files',
				};
			}

			return view({
				type: 'sendFiles',
				account,
				to: jid,
				...(kind === 'room' ? {kind: 'groupchat' as const} : {}),
				paths,
				...(caption === undefined ? {} : {caption}),
			});
		},
	}),
	defineCommand({
		name: 'save',
		summary: 'Get the files of a message and keep them',
		details: [
			`${choiceWords(shown)} Without either: the newest message with a file.`,
			'They go where files.directory says, under their own names; what is there already stays as it is. Nothing has its name before it was checked.',
		],
		examples: [
			{input: '/save', does: 'keeps the newest file here'},
			{input: '/save 3 ~/Pictures/', does: 'keeps that of the third message from below in another directory'},
		],
		related: ['open', 'transfers'],
		parameters: {
			message: message(shown),
			path: optional({...text(), what: 'a directory, or a file that is not there yet'}),
		},
		run({message: meant, path}, context) {
			const found = withFile(meant, context);
			return 'complaint' in found
				? found
				: view({type: 'saveFiles', key: found.key, ...(path === undefined ? {} : {path})});
		},
	}),
	defineCommand({
		name: 'open',
		summary: 'Get the file of a message and open it',
		details: [
			`${choiceWords(shown)} Without either: the newest message with a file.`,
			'It is opened with the program of the desktop, as a double click would; what could be a program is asked for first. Without a desktop it is told where it lies.',
		],
		examples: [{input: '/open', does: 'opens the newest file here'}],
		related: ['save', 'links'],
		parameters: {message: message(shown)},
		run({message: meant}, context) {
			const found = withFile(meant, context);
			return 'complaint' in found ? found : view({type: 'openFile', key: found.key});
		},
	}),
	defineCommand({
		name: 'transfers',
		summary: 'List the files on their way',
		examples: [{input: '/transfers', does: 'lists them, with their numbers'}],
		related: ['send', 'save'],
		parameters: {},
		run: () => view({type: 'listTransfers'}),
	}),
	defineCommand({
		name: 'transfers cancel',
		summary: 'End the transfer of a file',
		details: ['The number is that of /transfers. Without one: all of this buffer.'],
		examples: [{input: '/transfers cancel', does: 'ends what is on its way here'}],
		parameters: {number: optional(listed())},
		run: ({number}) => view({type: 'endTransfers', ...(number === undefined ? {} : {number})}),
	}),
	defineCommand({
		name: 'transfers retry',
		summary: 'Begin a transfer that failed once more',
		details: ['The number is that of /transfers. Without one: all of this buffer that failed.'],
		examples: [{input: '/transfers retry 2', does: 'tries the second of the list again'}],
		parameters: {number: optional(listed())},
		run: ({number}) => view({type: 'retryTransfers', ...(number === undefined ? {} : {number})}),
	}),
];
