import type {Command} from './command.js';
import {families, registry} from './definitions/index.js';
import {commandNamed, lookUp} from './registry.js';
import {usage} from './usage.js';

/** A line of help text; `heading` lines stand out. */
export type HelpLine = {
	readonly text: string;
	readonly heading?: boolean;
	/** Column in which the explanation begins: where the line is too long, it goes on below that. */
	readonly hang?: number;
};

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
		...family.commands.map(({name, summary}) => ({text: `  /${name.padEnd(width)}  ${summary}`, hang: width + 5})),
	]);
	return [...introduction, ...lines];
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

	if (command.aliases.length > 0) {
		lines.push({text: ''}, {text: `Also: ${command.aliases.map(alias => `/${alias}`).join(', ')}`});
	}

	return lines;
}

/** Help on a topic as typed after `/help`: a command, a family of commands, or nothing for the index. */
export function helpFor(topic: string | undefined): readonly HelpLine[] {
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
	const command = exact ?? (found.type === 'command' ? found.command : undefined);
	if (command !== undefined) {
		return helpOn(command);
	}

	const near = found.type === 'unknown' ? found.nearest : [];
	return [
		{text: `There is no help on “${topic}”.`, heading: true},
		...(near.length === 0 ? [] : [{text: `Did you mean ${near.join(', ')}?`}]),
		{text: ''},
		...helpIndex(),
	];
}
