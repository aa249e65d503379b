import type {AccountSettings} from '../model/account.js';
import type {AccountTest, NewAccount} from '../model/actions.js';
import {problemOf, XmppcError} from '../shared/errors.js';
import type {SecretStores} from '../storage/ports.js';
import type {Session, StreamFeatures} from '../xmpp/session.js';
import {type LoginPorts, type LoginSettings, login, loginWith} from './login.js';

const nobody = async () => {};

/** Logs an account in and out again, changing nothing: with its stored password, or as a candidate with the one given. */
export async function testLogin(
	account: {readonly known: LoginSettings} | {readonly candidate: NewAccount},
	ports: LoginPorts,
): Promise<AccountTest> {
	try {
		const session =
			'known' in account ? await login(account.known, nobody, ports) : await loginCandidate(account.candidate, ports);
		const {jid, security, features} = session;
		await session.end();
		return {ok: true, jid, security, features: namesOf(features)};
	} catch (error) {
		return {ok: false, problem: problemOf(error)};
	}
}

/** With the password given, or with what the named program prints. */
function loginCandidate({password, ...account}: NewAccount, ports: LoginPorts): Promise<Session> {
	const settings: LoginSettings = {...account, secrets: account.secrets ?? 'keychain'};
	return password === undefined
		? login(settings, nobody, ports)
		: loginWith(settings, async () => password, nobody, ports);
}

/**
 * The settings of a new account: the person chose where its secrets lie, or the keychain works. Throws why it does not
 * (`secrets-…`), and `no-password`.
 */
export async function settingsFor(candidate: NewAccount, stores: SecretStores): Promise<AccountSettings> {
	const {password, secrets: chosen, ...rest} = candidate;
	const secrets = chosen ?? (await stores.preferred());
	if (password === undefined && secrets !== 'command') {
		throw new XmppcError({
			code: 'no-password',
			kind: 'usage',
			message: `The account ${candidate.jid} needs a password.`,
			hint: 'Give it when asked, or on standard input with --password-stdin.',
		});
	}

	return {...rest, enabled: true, secrets};
}

const featureNames: ReadonlyArray<readonly [keyof StreamFeatures, string]> = [
	['streamManagement', 'stream management'],
	['rosterVersioning', 'roster versioning'],
	['preApproval', 'subscription pre-approval'],
	['clientState', 'client state indication'],
];

function namesOf(features: StreamFeatures): readonly string[] {
	return featureNames.filter(([feature]) => features[feature] === true).map(([, name]) => name);
}
