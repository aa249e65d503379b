import {dirname} from 'node:path';
import type {BareJid} from '../../shared/jid.js';
import {ensurePrivateDirectory, type Notice} from '../directories.js';
import type {SecretName} from '../ports.js';
import {readPrivateFile, writePrivateFile} from '../private-file.js';
import {secretsCorrupt} from './secret-errors.js';

/**
 * Remembers, outside the keychain, which secrets were stored in it: a keychain that was reset answers "nothing" just
 * like one that never held anything, and the difference decides about making a new identity.
 */
export type StoredNames = {
	has(account: BareJid, name: SecretName): boolean;
	add(account: BareJid, name: SecretName): void;
	remove(account: BareJid, name: SecretName): void;
};

/** Kept as a list of `<bare JID>/<secret name>` in a JSON file. */
export function openStoredNames(path: string, notice: Notice): StoredNames {
	const read = (): readonly string[] => {
		const text = readPrivateFile(path);
		return text === undefined ? [] : parse(text, path);
	};

	const write = (names: readonly string[]): void => {
		ensurePrivateDirectory(dirname(path), notice);
		writePrivateFile(path, `${JSON.stringify(names, undefined, '\t')}\n`);
	};

	const id = (account: BareJid, name: SecretName) => `${account}/${name}`;
	return {
		has: (account, name) => read().includes(id(account, name)),
		add(account, name) {
			const names = read();
			if (!names.includes(id(account, name))) {
				write([...names, id(account, name)]);
			}
		},
		remove(account, name) {
			const names = read();
			if (names.includes(id(account, name))) {
				write(names.filter(other => other !== id(account, name)));
			}
		},
	};
}

function parse(text: string, path: string): readonly string[] {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw secretsCorrupt(path, 'it is not JSON', error);
	}

	if (!Array.isArray(value) || !value.every(name => typeof name === 'string')) {
		throw secretsCorrupt(path, 'it is not a list of names');
	}

	return value;
}
