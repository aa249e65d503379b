import type {Command, Parameter} from './command.js';

/** A piece of a usage line; `parameter` names the parameter it shows. */
export type UsagePart = {readonly text: string; readonly parameter?: string};

/** `/msg <who> [message]` in pieces, so that one of them can be marked. */
export function usageParts(command: Command): readonly UsagePart[] {
	const parts: UsagePart[] = [{text: `/${command.name}`}];
	for (const [name, parameter] of Object.entries(command.parameters)) {
		parts.push({text: ' '}, {text: shape(name, parameter), parameter: name});
	}

	return parts;
}

/** `/msg <who> [message]`. */
export function usage(command: Command): string {
	return usageParts(command)
		.map(part => part.text)
		.join('');
}

function shape(name: string, parameter: Parameter<unknown>): string {
	switch (parameter.takes) {
		case 'flag':
			return `[--${name}]`;
		case 'option':
			return `[--${name} …]`;
		case 'words':
			return `[${name}…]`;
		default:
			return parameter.optional ? `[${name}]` : `<${name}>`;
	}
}
