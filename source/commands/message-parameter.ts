import type {Recipient} from '../model/message-view.js';
import {emojiNamed} from '../shared/emoji.js';
import {isEmoji, qualifiedEmoji} from '../shared/is-emoji.js';
import {bareOf} from '../shared/jid.js';
import {bad, type Candidate, good, type Parameter, type Read} from './command.js';
import type {CommandContext, ListedMessage} from './context.js';
import {missing} from './parameters.js';
import {knownRooms} from './room-address.js';
import {correspondent} from './room-parameters.js';

/** Messages offered at once. */
const mostOffered = 30;
/** Characters of a message that stand for it at most. */
const longestBeginning = 32;

/** Which messages a command is for, and what it is about where none is named. */
export type Choice = {
	/** Those among which is counted. */
	readonly among: 'shown' | 'own' | 'others';
	/** Without a number or words: the newest of these; `none`: the command finds out itself. */
	readonly otherwise: 'shown' | 'own' | 'others' | 'none';
	/** Also those that were taken back. */
	readonly fallen?: true;
};

const whose = {shown: 'messages', own: 'messages of yours', others: 'messages of others'} as const;

/** How a message is named, for the help of each command. */
export function choiceWords({among}: Pick<Choice, 'among'>): string {
	return `A number counts the ${whose[among]} here, 1 is the newest; words of it in quotes name it as well. Tab offers them.`;
}

/** A message of the buffer: by its number, counted from the newest, or by words of it in quotes. */
export function message(choice: Choice): Parameter<ListedMessage | undefined> {
	const listed = (context: CommandContext) => among(choice.among, context);
	return {
		takes: 'word',
		optional: true,
		what: 'the number of a message, 1 is the newest, or its first words in quotes',
		fits: word => /^(?:\d{1,5}|".*)$/su.test(word),
		read(given, context) {
			const all = listed(context);
			const found = /^\d{1,5}$/u.test(given) ? all[Number(given) - 1] : withWords(all, given);
			return found === undefined ? unknown(given, all.length, choice) : standing(found, choice);
		},
		absent(context) {
			if (choice.otherwise === 'none') {
				return good(undefined);
			}

			const newest = among(choice.otherwise, context).find(each => each.standing || choice.fallen === true);
			return newest === undefined
				? bad('no-such-message', `There are no ${whose[choice.otherwise]} here.`, '/query <who> opens a chat.')
				: good(newest);
		},
		candidates(context) {
			const all = listed(context);
			return all
				.slice(0, mostOffered)
				.flatMap((each, index) =>
					each.standing || choice.fallen === true ? [candidate(each, String(index + 1), all)] : [],
				);
		},
	};
}

function among(which: Choice['among'], {source}: CommandContext): readonly ListedMessage[] {
	return source.messages().filter(({own}) => which === 'shown' || own === (which === 'own'));
}

/** The newest one that begins so, else the newest one with these words in it. */
function withWords(all: readonly ListedMessage[], given: string): ListedMessage | undefined {
	const wanted = given.trim().toLowerCase();
	return wanted === ''
		? undefined
		: (all.find(({words}) => words.toLowerCase().startsWith(wanted)) ??
				all.find(({words}) => words.toLowerCase().includes(wanted)));
}

function standing(found: ListedMessage, {fallen}: Choice): Read<ListedMessage> {
	return found.standing || fallen === true
		? good(found)
		: bad('message-retracted', `That message of ${found.author} was taken back.`, '/details says what is known of it.');
}

function unknown(given: string, count: number, {among: which}: Choice): Read<never> {
	const hint = 'PageUp loads older ones; Tab offers the newest.';
	if (!/^\d+$/u.test(given)) {
		return bad('no-such-message', `None of the ${whose[which]} that are loaded here has the words “${given}”.`, hint);
	}

	const loaded = count === 0 ? 'none is loaded' : count === 1 ? 'only 1 is loaded' : `only ${count} are loaded`;
	return bad('no-such-message', `There is no number ${given} among the ${whose[which]} here: ${loaded}.`, hint);
}

/** Its first words stand for it where they lead to it: a number is another message's when a new one comes. */
function candidate(each: ListedMessage, number: string, all: readonly ListedMessage[]): Candidate {
	const [words = ''] = each.words.split('"');
	const beginning = words.length <= longestBeginning ? words : (/^.{8,32}(?=\s)/su.exec(words)?.[0] ?? '');
	const isPlain = beginning.trim() !== '' && withWords(all, beginning) === each;
	return {
		insert: isPlain ? `"${beginning.trim()}"` : number,
		label: `${number} ${each.author}`,
		note: each.words,
		alias: each.words,
	};
}

/** One or more emoji, as themselves or by their short codes. */
export function emoji(optional: boolean): Parameter<readonly string[]> {
	return {
		takes: 'words',
		optional,
		what: 'emoji, or their names: 👍 or :+1:',
		read(given) {
			const named = emojiNamed(given.replace(/^:(.+):$/u, '$1'));
			return named !== undefined || isEmoji(given)
				? good([named ?? qualifiedEmoji(given)])
				: bad('not-an-emoji', `“${given}” is no emoji.`, 'A colon and a few letters, then Tab, offer some.');
		},
		absent: () => (optional ? good([]) : missing()),
		candidates: ({source}, typed) =>
			/^:?[\p{L}\p{N}_+-]{1,}$/u.test(typed)
				? source
						.emoji(typed.replace(/^:/u, '').toLowerCase())
						.slice(0, mostOffered)
						.map(({code, glyph}) => ({insert: glyph, label: `:${code}:`, note: glyph, alias: code}))
				: [],
	};
}

/** Whom something is sent to: somebody, or a room that is known. */
export function recipient(): Parameter<Recipient> {
	const inner = correspondent();
	return {
		...inner,
		what: 'a contact or a room: JID or name',
		read(given, context) {
			const room = context.source
				.rooms()
				.find(({jid, status}) => jid === given.toLowerCase() && (status === 'joined' || status === 'joining'));
			return room === undefined
				? inner.read(given, context)
				: good({account: room.account, kind: 'room', jid: bareOf(room.jid)});
		},
		candidates: (context, typed, given) => [...inner.candidates(context, typed, given), ...knownRooms(context)],
	};
}
