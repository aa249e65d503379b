import {XmppcError} from '../shared/errors.js';
import type {Output} from './output.js';
import type {Person, Shell} from './shell.js';

/** Somebody at the terminal of a subcommand, who can be asked for the passphrase; or nobody. */
export function personAt(shell: Pick<Shell, 'interactive' | 'askSecret'>, output: Output): Person {
	return {
		tell: output.remark,
		ask: shell.interactive ? purpose => askPassphrase(purpose, shell.askSecret) : undefined,
	};
}

async function askPassphrase(purpose: 'open' | 'create', askSecret: Shell['askSecret']): Promise<string | undefined> {
	if (purpose === 'open') {
		return askSecret('Passphrase: ');
	}

	const first = await askSecret('New passphrase for stored passwords: ');
	if (first === undefined || (await askSecret('The same again: ')) === first) {
		return first;
	}

	throw new XmppcError({
		code: 'passphrases-differ',
		kind: 'badData',
		message: 'The two passphrases are not the same.',
		hint: 'Try again.',
	});
}
