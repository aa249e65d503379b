import type {ErrorKind} from '../shared/errors.js';
import {bareOf} from '../shared/jid.js';
import {type Expansion, expandAlias, originOf} from './aliases.js';
import {type Command, isComplaint, type Parameter, type Read} from './command.js';
import type {Complaint} from './complaint.js';
import type {CommandContext} from './context.js';
import {client, type Parsed} from './intent.js';
import {takeOptions} from './options.js';
import {type Lookup, lookUp, type Registry} from './registry.js';
import {usage} from './usage.js';
import {splitWords, type Word} from './words.js';

/** Marks text as a message even though it begins with the command character, which is doubled. */
const literalSlash = '//';

/**
 * What a person's line asks for. A line that does not begin with `/` is a message to the buffer, as are `//text`
 * (a message that begins with one slash), `/me text`, and anything after a leading space.
 */
export function parse(text: string, context: CommandContext, registry: Registry): Parsed {
	if (text.trim() === '') {
		return {type: 'nothing'};
	}

	const expansion = expandAlias(text, context.source.preferences().aliases);
	if (expansion !== undefined) {
		return parseExpansion(text, expansion, context, registry);
	}

	return parseLine(text, context, registry);
}

/** A line of which no alias is left. */
function parseLine(text: string, context: CommandContext, registry: Registry): Parsed {
	if (!isCommand(text)) {
		return message(text.startsWith(literalSlash) ? text.slice(1) : text, context);
	}

	const words = splitWords(text, 1);
	const [first, second] = words;
	if (first === undefined || first.from !== 1) {
		return problem(0, 1, {
			code: 'no-command',
			message: 'A command name follows the slash.',
			hint: '/help lists the commands; // begins a message with a slash.',
		});
	}

	const found = lookUp(registry, first.value, second?.value);
	return found.type === 'command'
		? obey(found.command, text, words.slice(found.words), context)
		: notFound(found, first, second, text);
}

/** What an alias stands for is obeyed; what is wrong with it is shown in what was typed. */
function parseExpansion(typed: string, expansion: Expansion, context: CommandContext, registry: Registry): Parsed {
	if (!expansion.ok) {
		return problem(expansion.from, expansion.to, expansion.complaint);
	}

	const {text, pieces, names} = expansion;
	const [name = ''] = names;
	const parsed = parseLine(text, context, registry);
	if (parsed.type !== 'problem') {
		return parsed;
	}

	const {from, to, message: wrong, hint} = parsed.problem;
	const isMissing = from === to && from === text.length;
	const place = isMissing
		? {from: typed.length, to: typed.length}
		: originOf({from, to}, pieces, {from: 0, to: name.length + 1});
	const meant = `(/${name} stands for ${context.source.preferences().aliases[name]})`;
	return {
		type: 'problem',
		problem: {...parsed.problem, ...place, message: wrong, hint: hint === undefined ? meant : `${hint} ${meant}`},
	};
}

/** Whether a line is a command and not a message. */
export function isCommand(text: string): boolean {
	return text.startsWith('/') && !text.startsWith(literalSlash) && !/^\/me(?:\s|$)/u.test(text);
}

function message(body: string, context: CommandContext): Parsed {
	const {account, jid} = context;
	if (account === undefined || jid === undefined) {
		return problem(0, body.length, {
			code: 'nobody-here',
			message: 'Nobody reads what is written here.',
			hint:
				account === undefined
					? '/account add sets up an account; /help lists the commands.'
					: '/query <who> opens a chat; /help lists the commands.',
		});
	}

	const isInRoom = (status: string) => status === 'joined' || status === 'joining';
	const known = context.source.rooms().find(each => each.jid === bareOf(jid) && each.account === account);
	if (context.kind === 'private' && !isInRoom(known?.status ?? '')) {
		// Outside the room its people have no addresses that we could write to.
		return problem(0, body.length, {
			code: 'room-not-joined',
			message: `You are not in ${bareOf(jid)}, through which you talk here.`,
			hint: `/join ${bareOf(jid)} enters it.`,
		});
	}

	// The line break at the end of what was pasted is not part of it.
	const sent = {account, to: jid, body: body.replace(/\n+$/u, '')};
	const kind = context.kind === 'room' ? {kind: 'groupchat' as const} : {};
	return {type: 'intents', intents: [client('sendMessage', {...sent, ...kind})]};
}

function obey(command: Command, text: string, words: readonly Word[], context: CommandContext): Parsed {
	const rest = [...words];
	const options = takeOptions(command, rest, text.length, context);
	if ('complaint' in options) {
		const {from, to, complaint} = options;
		return problem(from, to, {...complaint, hint: complaint.hint ?? `Usage: ${usage(command)}`});
	}

	const values: Record<string, unknown> = {...options.values};
	const [lastName] = Object.entries(command.parameters).findLast(([, each]) => isPositional(each)) ?? [];
	const places = new Map<string, {readonly from: number; readonly to: number}>();
	for (const [name, parameter] of Object.entries(command.parameters)) {
		if (!isPositional(parameter)) {
			continue;
		}

		const at = rest[0] ?? {from: text.length, to: text.length};
		const isLeftOut =
			name !== lastName && rest[0] !== undefined && parameter.fits?.(text.slice(rest[0].from, rest[0].to)) === false;
		const read: Placed = isLeftOut
			? parameter.absent(context)
			: readParameter(name, parameter, rest, text, context, command);
		if (!read.ok) {
			return problem(read.from ?? at.from, read.to ?? at.to, {
				...read.complaint,
				hint: read.complaint.hint ?? `Usage: ${usage(command)}`,
			});
		}

		values[name] = read.value;
		const last = isLeftOut ? {to: at.from} : parameter.takes === 'word' ? at : {to: text.trimEnd().length};
		places.set(name, {from: at.from, to: Math.max(at.from, last.to)});
	}

	const [extra] = rest;
	if (extra !== undefined) {
		return problem(extra.from, text.length, {
			code: 'too-many-words',
			message: `/${command.name} has no use for “${text.slice(extra.from)}”.`,
			hint: `Usage: ${usage(command)}`,
		});
	}

	const outcome = command.run(values, context);
	if (isComplaint(outcome)) {
		const place = places.get(outcome.about ?? '') ?? {from: text.length, to: text.length};
		const within = outcome.within ?? {from: 0, to: place.to - place.from};
		return problem(place.from + within.from, place.from + within.to, {
			...outcome.complaint,
			hint: outcome.complaint.hint ?? `Usage: ${usage(command)}`,
		});
	}

	return {type: 'intents', intents: Array.isArray(outcome) ? outcome : [outcome]};
}

/** Flags and options stand anywhere, the others in their order. */
export function isPositional({takes}: Pick<Parameter<unknown>, 'takes'>): boolean {
	return takes !== 'flag' && takes !== 'option';
}

type Placed = Read<unknown> & {readonly from?: number; readonly to?: number};

/** Takes what belongs to one parameter out of `rest`. */
function readParameter(
	name: string,
	parameter: Parameter<unknown>,
	rest: Word[],
	text: string,
	context: CommandContext,
	command: Command,
): Placed {
	const [next] = rest;
	if (next === undefined) {
		return parameter.optional ? parameter.absent(context) : lacking(name, parameter, command);
	}

	switch (parameter.takes) {
		case 'rest':
			rest.length = 0;
			return parameter.read(text.slice(next.from), context);
		case 'words':
			return readAll(parameter, rest.splice(0), context);
		default:
			rest.shift();
			return {...parameter.read(next.value, context), from: next.from, to: next.to};
	}
}

function readAll(parameter: Parameter<unknown>, words: readonly Word[], context: CommandContext): Placed {
	const values: unknown[] = [];
	for (const word of words) {
		const read = parameter.read(word.value, context);
		if (!read.ok) {
			return {...read, from: word.from, to: word.to};
		}

		values.push(...(Array.isArray(read.value) ? read.value : [read.value]));
	}

	return {ok: true, value: values};
}

function lacking(name: string, parameter: Parameter<unknown>, command: Command): Placed {
	return {
		ok: false,
		complaint: {code: 'missing-word', message: `/${command.name} needs <${name}>: ${parameter.what}.`},
	};
}

function notFound(
	found: Exclude<Lookup, {type: 'command'}>,
	first: Word,
	second: Word | undefined,
	text: string,
): Parsed {
	const slashed = (names: readonly string[]) => names.map(name => `/${name}`).join(', ');
	if (found.type === 'incomplete') {
		return problem(text.length, text.length, {
			code: 'missing-word',
			message: `/${first.value} needs one of ${found.tails.join(', ')}.`,
			hint: `/help ${first.value} says more.`,
		});
	}

	const wrong = found.word === 1 && second !== undefined ? second : first;
	const full = found.word === 1 ? `${first.value} ${wrong.value}` : wrong.value;
	if (found.type === 'ambiguous') {
		return problem(wrong.from, wrong.to, {
			code: 'ambiguous-command',
			message: `/${full} may mean ${found.word === 0 ? slashed(found.meanings) : found.meanings.join(', ')}.`,
			hint: 'Type one letter more, or press Tab.',
		});
	}

	const near = slashed(found.nearest.map(name => (found.word === 0 ? name : `${first.value} ${name}`)));
	return problem(wrong.from, wrong.to, {
		code: 'unknown-command',
		message: `There is no command /${full}.`,
		hint:
			near !== ''
				? `Did you mean ${near}?`
				: found.tails.length > 0
					? `/${first.value} is followed by one of ${found.tails.join(', ')}.`
					: '/help lists the commands; // begins a message with a slash.',
	});
}

function problem(from: number, to: number, complaint: Complaint): Parsed {
	const kind: ErrorKind = complaint.code === 'invalid-jid' ? 'badData' : 'usage';
	return {type: 'problem', problem: {...complaint, kind, from, to}};
}
