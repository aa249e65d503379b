import {cycleOf, isAliasName} from '../aliases.js';
import {bad, type Candidate, type Command, defineCommand, good, type Parameter} from '../command.js';
import type {Complaint} from '../complaint.js';
import type {CommandContext} from '../context.js';
import {client, view} from '../intent.js';
import {missing, optional, text} from '../parameters.js';

/** Commands of one's own. */
export const aliases: readonly Command[] = [
	defineCommand({
		name: 'alias',
		aliases: ['aliases'],
		summary: 'Make a command of your own',
		details: [
			'In what it stands for, $1 to $9 are the words that follow it and $* is the rest of the line; $$ is a dollar sign. Where none of these is in it, what follows is appended.',
			'One alias is one line: a command or a message. It goes before a built-in command of the same name, and may use other aliases. They are the setting “aliases”.',
		],
		examples: [
			{input: '/alias', does: 'lists them'},
			{input: '/alias hi = /msg $1 Hello!', does: 'lets /hi romeo say hello to Romeo'},
			{input: '/alias brb = /away back in $1 minutes', does: 'lets /brb ten set you away'},
			{input: '/alias hi', does: 'says what it stands for'},
		],
		related: ['unalias', 'set', 'bind'],
		parameters: {name: optional(aliasName(() => true)), expansion: optional(expansion())},
		run({name, expansion: meant}, {source}) {
			const {aliases: known} = source.preferences();
			if (name === undefined) {
				return view({type: 'aliases'});
			}

			if (meant === undefined || meant === '') {
				return Object.hasOwn(known, name) && meant === undefined
					? view({type: 'aliases', name})
					: {complaint: meant === undefined ? noAlias(name) : nothingMeant(name), about: 'name'};
			}

			const complaint = cycleOf(name, meant, known);
			return complaint === undefined
				? client('changeSetting', {name: 'aliases', value: {...known, [name]: meant}})
				: {complaint, about: 'expansion'};
		},
	}),
	defineCommand({
		name: 'unalias',
		summary: 'Forget a command of your own',
		examples: [{input: '/unalias hi', does: 'forgets /hi'}],
		related: ['alias'],
		parameters: {name: aliasName((name, {source}) => Object.hasOwn(source.preferences().aliases, name))},
		run({name}, {source}) {
			const {[name]: _, ...value} = source.preferences().aliases;
			return client('changeSetting', {name: 'aliases', value});
		},
	}),
];

function noAlias(name: string): Complaint {
	return {
		code: 'no-such-alias',
		message: `There is no alias /${name}.`,
		hint: `/alias ${name} = /msg $1 Hello! makes one; /alias lists them.`,
	};
}

function nothingMeant(name: string): Complaint {
	return {code: 'missing-word', message: `What /${name} stands for is missing.`, hint: `/unalias ${name} forgets it.`};
}

/** @param may whether a name will do that could be one. */
function aliasName(may: (name: string, context: CommandContext) => boolean): Parameter<string> {
	return {
		takes: 'word',
		optional: false,
		what: 'the name of a command of your own',
		read(given, context) {
			const name = given.replace(/^\//u, '').toLowerCase();
			if (!isAliasName(name)) {
				return bad(
					'invalid-alias',
					`“${given}” cannot be the name of a command.`,
					'Use up to 32 of the characters a-z, 0-9, _ and -; the first is a letter or digit.',
				);
			}

			const complaint = noAlias(name);
			return may(name, context) ? good(name) : {ok: false, complaint};
		},
		absent: missing,
		candidates: ({source}) =>
			Object.entries(source.preferences().aliases).map(
				([name, note]): Candidate => ({insert: name, label: name, note}),
			),
	};
}

/** What it stands for, behind an equals sign that may be left out. */
function expansion(): Parameter<string> {
	return {
		...text(),
		what: '= and a command or a message with $1 to $9 and $*',
		read: given => good(given.replace(/^=\s*/u, '').trim()),
	};
}
