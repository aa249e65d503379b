import type {AccountSettings} from '../model/account.js';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, parseBareJid} from '../shared/jid.js';

/** The account that is meant where none was named. `purpose` is part of a sentence: `to send from`. */
export function onlyAccount(
	accounts: ReadonlyArray<Pick<AccountSettings, 'jid' | 'enabled'>>,
	purpose: string,
): BareJid {
	const [first, ...others] = accounts.filter(({enabled}) => enabled);
	if (first === undefined) {
		throw new XmppcError({
			code: 'no-account',
			kind: 'configuration',
			message: `There is no account ${purpose}.`,
			hint: 'set one up with xmppc account add',
		});
	}

	if (others.length > 0) {
		throw new XmppcError({
			code: 'which-account',
			kind: 'usage',
			message: `There are several accounts ${purpose}.`,
			hint: `name one with --account: ${[first, ...others].map(({jid}) => jid).join(', ')}`,
		});
	}

	return first.jid;
}

/** The address of an account as typed. Throws `invalid-jid`. */
export function readAccount(text: string): BareJid {
	const jid = parseBareJid(text);
	if (jid === undefined) {
		throw new XmppcError({
			code: 'invalid-jid',
			kind: 'badData',
			message: `The account ${JSON.stringify(text)} is not an address.`,
			hint: 'an account looks like name@example.org',
		});
	}

	return jid;
}
