import {chordName} from '../model/chords.js';
import {defaultBindings} from '../model/keys.js';
import {nearestNames} from '../shared/nearest.js';
import type {Command} from './command.js';
import {families, registry} from './definitions/index.js';
import type {HelpLine} from './help-line.js';
import {commandNamed, lookUp} from './registry.js';
import {usage} from './usage.js';
import {splitWords} from './words.js';

const introduction: readonly HelpLine[] = [
	{text: 'What does not begin with / is a message; // begins a message with a slash.'},
	{text: '/help <command> explains a command, /help keys lists the keys,'},
	{text: '/help marks says what ✓, ✓✓ and ○ stand for. Tab completes.'},
];

/** All commands, a line each, by family. */
export function helpIndex(): readonly HelpLine[] {
	const width = Math.max(...registry.commands.map(command => command.name.length));
	const lines = families.flatMap(family => [
		{text: ''},
		{text: family.title, heading: true},
		...family.commands.map(command => commandLine(command, width)),
	]);
	return [...introduction, ...lines];
}

function commandLine({name, summary}: Command, width: number): HelpLine {
	return {text: `  /${name.padEnd(width)}  ${summary}`, hang: width + 5, topic: name};
}

/** Everything about one command. */
export function helpOn(command: Command): readonly HelpLine[] {
	const rows = Object.entries(command.parameters);
	const width = Math.max(0, ...rows.map(([name]) => name.length));
	const lines: HelpLine[] = [
		{text: usage(command), heading: true},
		{text: `${command.summary}.`},
		...command.details.map(text => ({text})),
	];
	if (rows.length > 0) {
		lines.push({text: ''});
		for (const [name, parameter] of rows) {
			const optional = parameter.optional ? ' (may be left out)' : '';
			lines.push({text: `  ${name.padEnd(width)}  ${parameter.what}${optional}`, hang: width + 4});
		}
	}

	lines.push({text: ''}, {text: 'Examples', heading: true});
	for (const {input, does} of command.examples) {
		lines.push({text: `  ${input}`}, {text: `      ${does}`});
	}

	const keys = keysFor(command);
	const also = [
		...(command.aliases.length > 0 ? [`Also: ${command.aliases.map(alias => `/${alias}`).join(', ')}`] : []),
		...(keys.length > 0 ? [`Keys: ${keys.join(', ')}`] : []),
		...(command.related.length > 0 ? [`See also: ${command.related.map(name => `/${name}`).join(', ')}`] : []),
	];
	return also.length === 0 ? lines : [...lines, {text: ''}, ...also.map(text => ({text, hang: text.indexOf(' ') + 1}))];
}

/** The keys, as delivered, that do what a command does. */
function keysFor(command: Command): readonly string[] {
	return defaultBindings.flatMap(binding => {
		const [first, second] = splitWords(binding.command ?? '', 1);
		const found = first === undefined ? undefined : lookUp(registry, first.value, second?.value);
		const [chord] = binding.chords.filter(each => each.startsWith('alt+')).concat(binding.chords);
		return found?.type === 'command' && found.command === command && command.name !== 'do' && chord !== undefined
			? [`${chordName(chord)} (${binding.command})`]
			: [];
	});
}

/**
 * Help on a topic as typed after `/help`: a command, a family of commands, or nothing for the index. `undefined`: there is
 * none of that name.
 */
export function helpFor(topic: string | undefined): readonly HelpLine[] | undefined {
	const [first, second] = (topic ?? '').trim().replace(/^\//u, '').split(/\s+/u);
	if (first === undefined || first === '') {
		return helpIndex();
	}

	const family = registry.commands.filter(command => command.name.startsWith(`${first.toLowerCase()} `));
	if (family.length > 0 && second === undefined) {
		return family.flatMap((command, index) => [...(index === 0 ? [] : [{text: ''}]), ...helpOn(command)]);
	}

	const exact = commandNamed(registry, second === undefined ? first : `${first} ${second}`);
	const found = lookUp(registry, first, second);
	const command =
		exact ?? (found.type === 'command' && found.words === (second === undefined ? 1 : 2) ? found.command : undefined);
	return command === undefined ? undefined : helpOn(command);
}

/** What is said where nothing was found: what may have been meant, and the index. */
export function noHelp(topic: string): readonly HelpLine[] {
	const near = nearestNames(
		topic.trim().replace(/^\//u, ''),
		registry.names.filter(({tail}) => tail === undefined).map(({head}) => head),
	);
	return [
		{text: `There is no help on “${topic}”.`, heading: true},
		...(near.length === 0 ? [] : [{text: `Did you mean ${near.join(', ')}?`}]),
		{text: ''},
		...helpIndex(),
	];
}

/** The commands in whose help all these words occur, a line each; those with the words in their names first. */
export function searchCommands(words: readonly string[]): readonly HelpLine[] {
	const width = Math.max(...registry.commands.map(command => command.name.length));
	return registry.commands
		.flatMap(command => {
			const rank = rankOf(command, words);
			return rank === undefined ? [] : [{command, rank}];
		})
		.sort((one, other) => one.rank - other.rank)
		.map(({command}) => commandLine(command, width));
}

/** How far down a command belongs among what was found; `undefined`: it has not all the words. */
function rankOf(command: Command, words: readonly string[]): number | undefined {
	const fields = [
		command.name,
		command.aliases.join(' '),
		command.summary,
		[
			...command.details,
			...command.examples.flatMap(({input, does}) => [input, does]),
			...Object.entries(command.parameters).flatMap(([name, {what}]) => [name, what]),
		].join(' '),
	].map(field => field.toLowerCase());
	const ranks = words.map(word => {
		const plain = word.replace(/^\//u, '').toLowerCase();
		const at = fields.findIndex(field => field.includes(plain));
		return fields[0] === plain ? -1 : at < 0 ? Number.NaN : at;
	});
	const sum = ranks.reduce((total, rank) => total + rank, 0);
	return Number.isNaN(sum) ? undefined : sum;
}
