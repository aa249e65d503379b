import {localpartOf} from '../shared/jid.js';
import type {Candidate} from './command.js';
import type {Completion} from './completion.js';
import type {CommandContext} from './context.js';
import {likeness, starts} from './matching.js';

/** Emoji offered at once. */
const mostEmoji = 40;

/**
 * Completes the word before the cursor in a message: the short code of an emoji (`:smi`), a name after `@`, in a room
 * somebody's nick, else the address of a contact or a room. `undefined` where nothing begins like that.
 */
export function completeText(text: string, cursor: number, context: CommandContext): Completion | undefined {
	const word = /\S*$/u.exec(text.slice(0, cursor))?.[0] ?? '';
	const from = cursor - word.length;
	const candidates = word === '' ? [] : wordCandidates(word, text.slice(0, from).trim() === '', context);
	return candidates.length === 0 ? undefined : {from, to: cursor, candidates};
}

function wordCandidates(word: string, begins: boolean, context: CommandContext): readonly Candidate[] {
	if (word.startsWith(':')) {
		return /^:[\p{L}\p{N}_+-]{2,}$/u.test(word) ? emoji(word.slice(1), context) : [];
	}

	if (word.startsWith('@')) {
		return named(word.slice(1), '@', '', context);
	}

	// Who is spoken to stands first in the line, as everybody in the room expects it.
	const suffix = begins && context.kind === 'room' ? ': ' : '';
	const nicks = context.kind === 'room' ? named(word, '', suffix, context) : [];
	return nicks.length > 0 || word.length < 2 ? nicks : addresses(word, context);
}

function emoji(beginning: string, {source}: CommandContext): readonly Candidate[] {
	return source
		.emoji(beginning.toLowerCase())
		.slice(0, mostEmoji)
		.map(({code, glyph}) => ({insert: glyph, label: `${glyph} :${code}:`, note: ''}));
}

/** Nicks of the room, who spoke last first; elsewhere the contacts' names. */
function named(typed: string, prefix: string, suffix: string, context: CommandContext): readonly Candidate[] {
	const {source, kind} = context;
	const known: readonly Candidate[] =
		kind === 'room'
			? source.nicks().map(nick => ({
					insert: `${prefix}${nick}${suffix}`,
					label: nick,
					note: source.looksLikeAnother?.(nick) === true ? '≈ looks like another name here' : '',
				}))
			: source.contacts().map(({jid, name}) => {
					const called = name ?? localpartOf(jid) ?? jid;
					return {insert: `${prefix}${called}${suffix}`, label: called, note: jid};
				});
	const lower = typed.toLowerCase();
	const beginning = known.filter(({label}) => starts(label, lower));
	return beginning.length > 0 || lower.length < 2
		? beginning
		: known
				.flatMap(candidate => {
					const score = likeness(candidate.label, lower);
					return score === undefined ? [] : [{candidate, score}];
				})
				.sort((one, other) => one.score - other.score)
				.map(({candidate}) => candidate);
}

/** Only what begins so: an ordinary word must not become an address that merely has its letters. */
function addresses(word: string, {source}: CommandContext): readonly Candidate[] {
	const lower = word.toLowerCase();
	return [...source.contacts(), ...source.rooms(), ...source.accounts().map(jid => ({jid}))].flatMap(each => {
		const name = 'name' in each ? each.name : undefined;
		return starts(each.jid, lower) || (name !== undefined && starts(name, lower))
			? [{insert: each.jid, label: each.jid, note: name ?? ''}]
			: [];
	});
}
