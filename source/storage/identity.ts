import type {AccountSettings} from '../model/account.js';
import {isXmppcError, type Problem, problemOf, XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {OmemoStore} from './omemo-ports.js';
import type {SecretStores} from './ports.js';
import {formatIdentitySecret, type IdentitySecret, parseIdentitySecret} from './secrets/identity-secret.js';

/** Whether an account can encrypt. */
export type IdentityAccess =
	/** It has no device here. `spare`: an identity that a device was to be made of, or that outlived it: to be used for a new one. */
	| {readonly state: 'none'; readonly spare?: IdentitySecret}
	/** Its device is there, and what is kept of it is unlocked. */
	| {readonly state: 'open'; readonly secret: IdentitySecret}
	/** It has one that cannot be reached. Nothing is encrypted, and no other identity is made, before a person did something. */
	| {readonly state: 'locked'; readonly problem: Problem};

export type IdentityPorts = {
	readonly secrets: Pick<SecretStores, 'forIdentity'>;
	readonly omemo: Pick<OmemoStore, 'ownDeviceId' | 'unlock'>;
};

type Account = Pick<AccountSettings, 'jid' | 'secrets' | 'passwordCommand'>;

/** Reads the identity of an account and unlocks what it opens. What a store of secrets refuses is `locked`, not thrown. */
export async function openIdentity(account: Account, {secrets, omemo}: IdentityPorts): Promise<IdentityAccess> {
	const {jid} = account;
	const locked = (error: unknown): IdentityAccess => {
		if (!isXmppcError(error)) {
			throw error;
		}

		return {state: 'locked', problem: problemOf(error)};
	};

	const store = secrets.forIdentity(account);
	let text: string | undefined;
	try {
		text = await store.get(jid, 'identity');
	} catch (error) {
		return locked(error);
	}

	const hasDevice = omemo.ownDeviceId(jid) !== undefined;
	if (text === undefined) {
		return hasDevice ? locked(identityMissing(jid)) : {state: 'none'};
	}

	const secret = parseIdentitySecret(text);
	if (secret === undefined) {
		return locked(identityUnreadable(jid));
	}

	if (!hasDevice) {
		return {state: 'none', spare: secret};
	}

	try {
		omemo.unlock(jid, secret.storeKey);
	} catch (error) {
		return locked(error);
	}

	return {state: 'open', secret};
}

/**
 * Stores the identity of a device that is about to be made, and unlocks the store with it. To be called before the device
 * is saved, and after an old one was forgotten: whatever a crash leaves then is `none` with a spare identity.
 */
export async function keepIdentity(
	account: Account,
	secret: IdentitySecret,
	{secrets, omemo}: IdentityPorts,
): Promise<void> {
	await secrets.forIdentity(account).set(account.jid, 'identity', formatIdentitySecret(secret));
	omemo.unlock(account.jid, secret.storeKey);
}

function identityMissing(account: BareJid): XmppcError {
	return new XmppcError({
		code: 'identity-missing',
		kind: 'configuration',
		message: `The encryption identity of ${account} is not where its secrets lie, and no other one was made.`,
		hint: 'If they lay elsewhere before, go back to that place (secrets in settings.json) or restore them; else make a new device.',
	});
}

function identityUnreadable(account: BareJid): XmppcError {
	return new XmppcError({
		code: 'identity-unreadable',
		kind: 'configuration',
		message: `What is stored as the encryption identity of ${account} was not written by this version of xmppc.`,
		hint: 'Restore it, or update xmppc if a newer one wrote it; else make a new device.',
	});
}
