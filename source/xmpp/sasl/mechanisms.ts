import {XmppcError} from '../../shared/errors.js';
import type {ScramHash} from './scram-hash.js';

export type Mechanism = {readonly name: string; readonly scram?: ScramHash};

/** Strongest first. PLAIN hands the password to the server, so it comes after everything else. */
const mechanisms: readonly Mechanism[] = [
	{name: 'SCRAM-SHA-512', scram: 'sha512'},
	{name: 'SCRAM-SHA-256', scram: 'sha256'},
	{name: 'SCRAM-SHA-1', scram: 'sha1'},
	{name: 'PLAIN'},
];

/** How strong the best mechanism of those offered is: 0 is the strongest, `Infinity` stands for none. */
export function rankOf(offered: readonly string[]): number {
	const index = mechanisms.findIndex(({name}) => offered.includes(name));
	return index === -1 ? Number.POSITIVE_INFINITY : index;
}

/**
 * The strongest mechanism that we and the server have. `scramPinned`: this account logged in with SCRAM before, so a
 * server that now offers nothing but PLAIN is an attacker or broken, and gets no password (XEP-0474, security
 * considerations).
 *
 * @throws {XmppcError} `no-mechanism` or `plain-refused`.
 */
export function chooseMechanism(offered: readonly string[], domain: string, scramPinned: boolean): Mechanism {
	const mechanism = mechanisms.find(candidate => offered.includes(candidate.name));
	if (!mechanism) {
		throw new XmppcError({
			code: 'no-mechanism',
			kind: 'protocol',
			message: `${domain} offers no way to log in that xmppc knows.`,
			hint: `Ask its operator to enable one of ${mechanisms.map(candidate => candidate.name).join(', ')}.`,
		});
	}

	if (mechanism.name === 'PLAIN' && scramPinned) {
		throw new XmppcError({
			code: 'plain-refused',
			kind: 'notPermitted',
			message: `${domain} now wants the bare password, although it took a stronger login before.`,
			hint: 'Somebody may be in between. If its operator confirms the change, remove the account and add it again.',
		});
	}

	return mechanism;
}
