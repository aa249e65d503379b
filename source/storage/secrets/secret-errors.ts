import {XmppcError} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import type {SecretName} from '../ports.js';

/** What a secret is called when we talk about it. */
const secretTitles: Readonly<Record<SecretName, string>> = {
	password: 'password',
	'scram-keys': 'login keys',
	fast: 'login token',
	identity: 'encryption identity',
};

/** The secret is there but cannot be reached before a person unlocks something. */
export function secretsLocked(message: string, hint: string, cause?: unknown): XmppcError {
	return new XmppcError({code: 'secrets-locked', kind: 'unavailable', message, hint}, {cause});
}

/** There is no working backend of this kind on this system. */
export function secretsUnavailable(message: string, hint: string, cause?: unknown): XmppcError {
	return new XmppcError({code: 'secrets-unavailable', kind: 'unavailable', message, hint}, {cause});
}

/** A file with sealed secrets, or the key to it, is not what we wrote. */
export function secretsCorrupt(path: string, reason: string, cause?: unknown): XmppcError {
	return new XmppcError(
		{
			code: 'secrets-corrupt',
			kind: 'storage',
			message: `The secrets in ${path} cannot be read: ${reason}.`,
			hint: `Nothing was changed. Restore ${path} from a backup, or move it away and set the passwords again with: xmppc account add`,
		},
		{cause},
	);
}

/** It was stored, and the backend says that there is nothing: something else removed it. */
export function secretMissing(account: BareJid, name: SecretName, where: string): XmppcError {
	return new XmppcError({
		code: 'secrets-missing',
		kind: 'unavailable',
		message: `The ${secretTitles[name]} of ${account} was stored in ${where} and is no longer there.`,
		hint: 'Was the keychain reset or replaced? Restore it, or store the secret again with: xmppc account add',
	});
}
