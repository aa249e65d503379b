/** What the account assistant says of what came out. */
import type {SecretBackend} from '../../model/account.js';
import type {AccountTest} from '../../model/actions.js';
import type {BareJid} from '../../shared/jid.js';
import type {Trouble} from './dialog.js';

const keptWhere: Readonly<Record<SecretBackend, string>> = {
	keychain: 'in the keychain of this system',
	passphrase: 'in a file sealed with your passphrase',
	command: 'by your password command',
	'key-file': 'in a file sealed with a key file',
};

/** The account is stored: how its login is protected, and where the password is. */
export function setUpLines(
	account: BareJid,
	kept: SecretBackend,
	security?: Extract<AccountTest, {ok: true}>['security'],
): readonly string[] {
	return [
		`${account} is set up.`,
		...(security === undefined ? [] : [`Protected by ${security.tls}, logged in with ${security.mechanism}.`]),
		`The password is kept ${keptWhere[kept]}.`,
	];
}

/** Why what was typed as a JID (trimmed) is none that could log in. */
export function notAnAccount(given: string): Trouble {
	return given === ''
		? {message: 'The JID is missing.', hint: 'It looks like name@example.org.'}
		: {message: `“${given}” is not the JID of an account.`, hint: 'It looks like name@example.org.'};
}
