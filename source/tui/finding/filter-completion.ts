import {complete, sharedBeginning} from '../../commands/complete.js';
import {registry} from '../../commands/definitions/index.js';
import {commandContext} from '../app/command-context.js';
import type {Core} from '../app/core.js';
import {type Editor, replaceText} from '../input/editor.js';

/** The line of a search as the command takes it: filters are completed there. */
const command = '/search ';

/** The line after Tab, as far as it is certain what filter or value is meant; `undefined` where it is not. */
export function withFilterCompleted(core: Pick<Core, 'state' | 'view'>, editor: Editor): Editor | undefined {
	const {active, account} = core.view();
	const found = complete(
		command + editor.text,
		command.length + editor.cursor,
		commandContext(core.state(), active, account),
		registry,
	);
	const from = (found?.from ?? 0) - command.length;
	const to = (found?.to ?? 0) - command.length;
	const typed = editor.text.slice(Math.max(0, from), to);
	const [only, ...others] = found?.candidates ?? [];
	if (from < 0 || typed === '' || only === undefined) {
		return undefined;
	}

	if (others.length === 0) {
		return replaceText(editor, from, to, only.goesOn === true ? only.insert : `${only.insert} `);
	}

	const shared = sharedBeginning(found?.candidates ?? []);
	return shared.length > typed.length && shared.toLowerCase().startsWith(typed.toLowerCase())
		? replaceText(editor, from, to, shared)
		: undefined;
}
