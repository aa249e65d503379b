/**
 * What a message is found by besides its words: whose it is, in which buffer, what it holds. Each such fact has a number
 * (`search_marks`), and a message carries the numbers as words of private characters, which no text contributes.
 */
import {fileTypeOf} from '../model/file-type.js';
import type {Message} from '../model/message.js';
import {type SearchableKind, searchableKinds} from '../model/search.js';
import {bareOf, type Jid} from '../shared/jid.js';
import type {Database} from './sqlite.js';

export type MarkKind = 'account' | 'buffer' | 'author' | 'holds';

export type Mark = {readonly value: string; readonly word: string};

export type SearchMarks = {
	/** The word of a fact, which gets a number where it has none. */
	word(kind: MarkKind, value: string): string;
	/** The words of all that is true of a message, one space between. */
	ofMessage(message: Message): string;
	/** All facts of a kind that messages are marked with. */
	all(kind: MarkKind): readonly Mark[];
	/** What is in the database is not what was: a transaction was rolled back, or the index was emptied. */
	reset(): void;
};

/** Author of what the person wrote. A JID holds an @ or a dot, or names a local server; this is none of them. */
export const ownAuthor = 'me';

const firstPrivate = 0xf_0000;
const perCharacter = 0xf000;

/** One character while there are few; a word of one or two is in no more than one of the prefix indexes. */
function wordOf(id: number): string {
	const high = Math.floor(id / perCharacter);
	const low = String.fromCodePoint(firstPrivate + (id % perCharacter));
	return high === 0 ? low : String.fromCodePoint(0x10_0000 + (high % perCharacter)) + low;
}

export function createSearchMarks(database: Database): SearchMarks {
	let known: Map<string, string> | undefined;

	const load = () => {
		known ??= new Map(
			database
				.all('SELECT id, kind, value FROM search_marks')
				.map(row => [`${row.kind} ${row.value}`, wordOf(row.id as number)]),
		);
		return known;
	};

	const word: SearchMarks['word'] = (kind, value) => {
		const words = load();
		const found = words.get(`${kind} ${value}`);
		if (found !== undefined) {
			return found;
		}

		const row = database.get('INSERT INTO search_marks (kind, value) VALUES (?, ?) RETURNING id', kind, value);
		const made = wordOf(row?.id as number);
		words.set(`${kind} ${value}`, made);
		return made;
	};

	return {
		word,
		ofMessage: message =>
			[
				word('account', message.account),
				word('buffer', message.buffer),
				word('author', authorOf(message)),
				...kindsIn(message).map(kind => word('holds', kind)),
			].join(' '),
		all: kind =>
			[...load()].flatMap(([name, word]) =>
				name.startsWith(`${kind} `) ? [{value: name.slice(kind.length + 1), word}] : [],
			),
		reset() {
			known = undefined;
		},
	};
}

function authorOf({direction, kind, author}: Message): string {
	return direction === 'outgoing' ? ownAuthor : kind === 'groupchat' ? author : bareOf(author as Jid);
}

const link = /\b(?:https?|ftp|xmpp|mailto|geo|aesgcm):\S/iu;
/** A shared file is an address of its own (XEP-0066, XEP-0363), or one in the text that ends as files do. */
const address = /\b(?:https?|aesgcm):\/\/\S+/giu;
const picture = /\.(?:jpe?g|png|gif|webp|avif|heic|svg|bmp)$/iu;
const fileName =
	/\.(?:pdf|zip|gz|xz|zst|bz2|7z|tar|tgz|mp[34]|m4a|ogg|opus|flac|wav|webm|mkv|mov|avi|docx?|xlsx?|pptx?|od[tsp]|txt|csv|log|patch|diff|deb|rpm|apk|iso|exe|epub)$/iu;

function kindsIn({body, highlight, attachments = []}: Message): readonly SearchableKind[] {
	const held = new Set<SearchableKind>(highlight === true ? ['highlight'] : []);
	for (const attachment of attachments) {
		held.add('file');
		if (fileTypeOf(attachment) === 'image') {
			held.add('image');
		}

		if (attachment.url !== undefined && attachment.key === undefined) {
			held.add('link');
		}
	}

	if (link.test(body)) {
		held.add('link');
		for (const [url] of body.matchAll(address)) {
			const path = url.replace(/[?#].*$/u, '').replace(/[.,;:!?'")\]}>]+$/u, '');
			if (picture.test(path)) {
				held.add('image').add('file');
			} else if (fileName.test(path) || url.toLowerCase().startsWith('aesgcm:')) {
				held.add('file');
			}
		}
	}

	return searchableKinds.filter(kind => held.has(kind));
}
