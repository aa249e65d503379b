import {chordName, parseChord} from '../../model/chords.js';
import {checkKeys, keymapWith, noAction, type OwnKeys} from '../../model/key-check.js';
import {defaultBindings, isKeyAction, type KeyAction} from '../../model/keys.js';
import {nearestNames} from '../../shared/nearest.js';
import {bad, type Candidate, type Command, defineCommand, good, type Parameter} from '../command.js';
import type {CommandContext} from '../context.js';
import {client, view} from '../intent.js';
import {missing, optional, text} from '../parameters.js';
import {quoted} from '../words.js';

/** Keys, and what they do. */
export const keys: readonly Command[] = [
	defineCommand({
		name: 'keys',
		aliases: ['shortcuts'],
		summary: 'List the keys and the commands that do the same',
		details: ['Type to look for a word. Your own keys are marked with a star.'],
		examples: [
			{input: '/keys', does: 'lists them'},
			{input: '/keys buffer', does: 'lists those that have to do with buffers'},
		],
		related: ['bind', 'unbind', 'do'],
		parameters: {word: optional({...text(), what: 'a word to look for'})},
		run: ({word}) => view({type: 'keys', ...(word === undefined ? {} : {word: word.trim()})}),
	}),
	defineCommand({
		name: 'bind',
		summary: 'Give a key another meaning, or learn the name of a key',
		details: [
			'Without an action it says what the key does, without a key it asks for one. Two keys in a row stand in quotes.',
			'What terminals cannot tell apart is refused. The keys of your own are the setting “keys”.',
		],
		examples: [
			{input: '/bind', does: 'asks for a key and tells its name'},
			{input: '/bind F5 bufferUnread', does: 'lets F5 go to where something new is'},
			{input: '/bind "Ctrl+X n" bufferNext', does: 'binds two keys in a row'},
			{input: '/bind Ctrl+T none', does: 'takes the meaning from a key'},
		],
		related: ['keys', 'unbind', 'do'],
		parameters: {key: optional(chord(knownChords)), action: optional(keyAction())},
		run({key, action}, {source}) {
			if (key === undefined) {
				return view({type: 'learnKey'});
			}

			if (action === undefined) {
				return view({type: 'keys', word: chordName(key)});
			}

			const own = {...without(source.preferences().keys, key), [chordName(key)]: action};
			const complaint = checkKeys(own)[0];
			return complaint === undefined
				? client('changeSetting', {name: 'keys', value: own})
				: {complaint, about: complaint.code === 'unknown-key-action' ? 'action' : 'key'};
		},
	}),
	defineCommand({
		name: 'unbind',
		summary: 'Give a key back the meaning it was delivered with',
		details: ['A key that nothing was bound to means nothing afterwards.'],
		examples: [{input: '/unbind F7', does: 'forgets what /bind said about F7; where it said nothing, F7 is off'}],
		related: ['bind', 'keys'],
		parameters: {key: chord(ownChords)},
		run({key}, {source}) {
			const own = source.preferences().keys;
			const rest = without(own, key);
			if (Object.keys(rest).length < Object.keys(own).length) {
				const complaint = checkKeys(rest)[0];
				return complaint === undefined
					? client('changeSetting', {name: 'keys', value: rest})
					: {complaint, about: 'key'};
			}

			if (keymapWith(own).get(key) === undefined) {
				const message = `${chordName(key)} means nothing.`;
				return {complaint: {code: 'key-not-bound', message, hint: '/keys lists those that do.'}, about: 'key'};
			}

			const value = {...own, [chordName(key)]: noAction};
			const complaint = checkKeys(value)[0];
			return complaint === undefined ? client('changeSetting', {name: 'keys', value}) : {complaint, about: 'key'};
		},
	}),
	defineCommand({
		name: 'do',
		aliases: ['input'],
		summary: 'Do what a key does',
		details: ['For keyboards and terminals that keep a key to themselves. /keys says which key does what.'],
		examples: [
			{input: '/do scrollUnread', does: 'does what Alt+U does'},
			{input: '/do suspend', does: 'does what Ctrl+Z does'},
		],
		related: ['keys', 'bind'],
		parameters: {action: performed()},
		run: ({action}) => view({type: 'do', action}),
	}),
];

/** The setting without what it says about a key, however that is written there. */
function without(own: OwnKeys, key: string): OwnKeys {
	return Object.fromEntries(Object.entries(own).filter(([written]) => parseChord(written) !== key));
}

/** A key or several in a row, as the key table writes it. */
function chord(candidates: (context: CommandContext) => readonly Candidate[]): Parameter<string> {
	return {
		takes: 'word',
		optional: false,
		what: 'a key such as F5, Alt+X or "Ctrl+X n"',
		read(given) {
			const parsed = parseChord(given);
			return parsed === undefined
				? bad(
						'unknown-chord',
						`“${given}” is not a key.`,
						'Keys look like Ctrl+X, Alt+Enter or F5; /bind alone asks for one.',
					)
				: good(parsed);
		},
		absent: missing,
		candidates,
	};
}

function knownChords({source}: CommandContext): readonly Candidate[] {
	return [...keymapWith(source.preferences().keys)].map(([key, action]) => ({
		insert: quoted(chordName(key)),
		label: chordName(key),
		note: helpOn(action),
	}));
}

/** One's own keys first. */
function ownChords(context: CommandContext): readonly Candidate[] {
	const own = Object.entries(context.source.preferences().keys).map(
		([written, action]): Candidate => ({insert: quoted(written), label: written, note: `your own: ${action}`}),
	);
	const taken = new Set(own.map(({label}) => parseChord(label)));
	return [...own, ...knownChords(context).filter(({label}) => !taken.has(parseChord(label)))];
}

function helpOn(action: KeyAction): string {
	return defaultBindings.find(each => each.action === action)?.help ?? '';
}

const actions: readonly Candidate[] = defaultBindings.map(({action, help}) => ({
	insert: action,
	label: action,
	note: help,
}));

/** What a key can do, or `none`. */
function keyAction(): Parameter<KeyAction | typeof noAction> {
	return {
		takes: 'word',
		optional: false,
		what: 'what it does, or none',
		read: given => (given.toLowerCase() === noAction ? good(noAction) : readAction(given)),
		absent: missing,
		candidates: () => [...actions, {insert: noAction, label: noAction, note: 'takes the meaning from the key'}],
	};
}

function performed(): Parameter<KeyAction> {
	return {
		takes: 'word',
		optional: false,
		what: 'what a key does',
		read: readAction,
		absent: missing,
		candidates: () => actions,
	};
}

function readAction(given: string) {
	const lower = given.toLowerCase();
	const found = defaultBindings.find(({action}) => action.toLowerCase() === lower)?.action;
	if (found !== undefined && isKeyAction(found)) {
		return good(found);
	}

	const near = nearestNames(
		given,
		defaultBindings.map(({action}) => action),
	);
	return bad(
		'unknown-key-action',
		`“${given}” is nothing that a key can do.`,
		near.length === 0 ? '/keys lists what they can do; Tab completes it.' : `Did you mean ${near.join(', ')}?`,
	);
}
