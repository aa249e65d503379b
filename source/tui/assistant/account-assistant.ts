import type {SecretBackend} from '../../model/account.js';
import type {AccountTest, Actions, NewAccount} from '../../model/actions.js';
import type {Problem} from '../../shared/errors.js';
import {type BareJid, domainpartOf, localpartOf, parseBareJid} from '../../shared/jid.js';
import {attempt, createSteps, type Dialog, type Trouble, troubleFrom} from './dialog.js';
import {
	busyQuestion,
	correctionQuestion,
	jidQuestion,
	passphraseQuestion,
	passwordQuestion,
	repeatQuestion,
	secretsQuestion,
	serverQuestion,
} from './questions.js';
import {notAnAccount, setUpLines} from './results.js';
import {parseServer, type ServerAddress, serverText} from './server-address.js';
import {
	authorityCodes,
	authorityQuestion,
	confirms,
	pathFrom,
	pinQuestion,
	refusedFingerprint,
	type Trust,
} from './trust.js';

type Verbs = Pick<Actions, 'testAccount' | 'addAccount' | 'connect' | 'unlock'>;

/** Codes that say the password is wrong: then it is asked for again at once. */
const passwordCodes: ReadonlySet<string> = new Set(['wrong-password', 'credentials-expired', 'empty-secret']);

/**
 * Asks for JID and password, tests the login, stores both and connects. Where no keychain answers, asks how the password
 * is to be kept instead. Nothing is stored before a login worked; the password is held here only until then.
 */
export function createAccountAssistant(actions: Verbs, given?: BareJid): Dialog {
	let jid = given;
	let password = '';
	let server: ServerAddress | undefined;
	let trust: Trust = {};
	let tested: Extract<AccountTest, {ok: true}> | undefined;
	let secrets: SecretBackend | undefined;

	const steps = createSteps(() => finish(['No account was set up.', '/account add begins again.']));
	const {ask, wait, isOver} = steps;

	/** `typed`: what the person typed before, to be corrected. */
	function askJid(typed: string, problem?: Trouble): void {
		ask(jidQuestion(typed, problem), text => {
			const given = text.trim();
			const parsed = parseBareJid(given);
			if (parsed === undefined || localpartOf(parsed) === undefined) {
				askJid(given, notAnAccount(given));
				return;
			}

			if (jid !== undefined && domainpartOf(parsed) !== domainpartOf(jid)) {
				// The server that was named, and what is trusted, are for the other domain.
				server = undefined;
				trust = {};
			}

			jid = parsed;
			askPassword(parsed);
		});
	}

	function askPassword(account: BareJid, problem?: Trouble): void {
		ask(passwordQuestion(account, problem), text => {
			if (text === '') {
				askPassword(account, {message: 'The password is empty.'});
				return;
			}

			password = text;
			void testLogin(account);
		});
	}

	const candidate = (account: BareJid): NewAccount => ({
		jid: account,
		password,
		...server,
		...trust,
		...(secrets === undefined ? {} : {secrets}),
	});

	async function testLogin(account: BareJid): Promise<void> {
		wait(
			busyQuestion(`Logging in as ${account} …`, [
				server === undefined
					? `Looking for the server of ${domainpartOf(account)}.`
					: `Connecting to ${serverText(server)}.`,
				'The connection must be encrypted and the certificate valid, or the password is not sent.',
			]),
		);
		const result = await attempt(() => actions.testAccount({candidate: candidate(account)}));
		if (isOver()) {
			return;
		}

		if (!result.ok) {
			loginFailed(account, result.problem);
		} else if (result.value.ok) {
			tested = result.value;
			await store(account);
		} else {
			loginFailed(account, result.value.problem);
		}
	}

	function loginFailed(account: BareJid, problem: Problem): void {
		if (passwordCodes.has(problem.code)) {
			askPassword(account, troubleFrom(problem));
			return;
		}

		if (authorityCodes.has(problem.code)) {
			askAuthority(account, trust.tlsCa ?? '', {message: problem.message, hint: 'Name a file in PEM form.'});
			return;
		}

		askCorrection(account, 'The login did not work.', problem);
	}

	function askCorrection(account: BareJid, what: string, problem: Problem): void {
		const fingerprint = refusedFingerprint(problem);
		ask(correctionQuestion(what, problem), chosen => {
			switch (chosen) {
				case 'password':
					askPassword(account);
					break;
				case 'jid':
					askJid(account);
					break;
				case 'server':
					askServer(account, serverText(server));
					break;
				case 'authority':
					askAuthority(account, trust.tlsCa ?? '');
					break;
				case 'pin':
					if (fingerprint === undefined) {
						askCorrection(account, what, problem);
					} else {
						askPin(account, fingerprint);
					}

					break;
				case 'again':
					void testLogin(account);
					break;
				default:
					steps.cancel();
			}
		});
	}

	function askServer(account: BareJid, typed: string, problem?: Trouble): void {
		ask(serverQuestion(typed, domainpartOf(account), problem), text => {
			const given = text.trim();
			const named = parseServer(given);
			if (named === undefined) {
				askServer(account, given, {
					message: `“${given}” is neither a host name with a port nor an address that begins with wss://.`,
				});
				return;
			}

			server = named === 'dns' ? undefined : named;
			void testLogin(account);
		});
	}

	function askAuthority(account: BareJid, typed: string, problem?: Trouble): void {
		ask(authorityQuestion(typed, domainpartOf(account), problem), text => {
			const given = text.trim();
			trust = given === '' ? {} : {tlsCa: pathFrom(given)};
			void testLogin(account);
		});
	}

	function askPin(account: BareJid, fingerprint: string, problem?: Trouble): void {
		ask(pinQuestion(fingerprint, domainpartOf(account), problem), text => {
			if (!confirms(text, fingerprint)) {
				askPin(account, fingerprint, {message: 'These are not the first digits. Nothing was accepted.'});
				return;
			}

			trust = {tlsPin: fingerprint};
			void testLogin(account);
		});
	}

	async function store(account: BareJid): Promise<void> {
		wait(busyQuestion('The login works. Storing the account …', []));
		const result = await attempt(() => actions.addAccount(candidate(account)));
		if (isOver()) {
			return;
		}

		if (result.ok) {
			password = '';
			await connect(account, result.value.secrets);
		} else if (result.problem.code.startsWith('secrets-')) {
			askSecrets(account, troubleFrom(result.problem));
		} else {
			askCorrection(account, 'The account could not be stored.', result.problem);
		}
	}

	function askSecrets(account: BareJid, problem: Trouble): void {
		ask(secretsQuestion(problem), chosen => {
			if (chosen === 'passphrase') {
				askPassphrase(account);
			} else if (chosen === 'key-file' || chosen === 'keychain') {
				secrets = chosen;
				void store(account);
			} else {
				steps.cancel();
			}
		});
	}

	function askPassphrase(account: BareJid, problem?: Trouble): void {
		ask(passphraseQuestion(problem), first => {
			if (first === '') {
				askPassphrase(account, {message: 'The passphrase is empty.'});
				return;
			}

			ask(repeatQuestion(), second => {
				if (second === first) {
					void openPassphrase(account, first);
				} else {
					askPassphrase(account, {message: 'The two were not the same.'});
				}
			});
		});
	}

	async function openPassphrase(account: BareJid, passphrase: string): Promise<void> {
		wait(busyQuestion('Opening the sealed file …', []));
		const result = await attempt(() => actions.unlock({passphrase}));
		if (isOver()) {
			return;
		}

		if (result.ok) {
			secrets = 'passphrase';
			await store(account);
		} else {
			askPassphrase(account, troubleFrom(result.problem));
		}
	}

	async function connect(account: BareJid, kept: SecretBackend): Promise<void> {
		const lines = setUpLines(account, kept, tested?.security);
		wait(busyQuestion('Connecting …', lines));
		const result = await attempt(() => actions.connect({account}));
		if (isOver()) {
			return;
		}

		finish(
			result.ok
				? [...lines, '/add name@example.org adds a contact, /query name@example.org opens a chat.']
				: [...lines, `It is not online yet: ${result.problem.message}`, result.problem.hint ?? '/connect tries again.'],
		);
	}

	function finish(lines: readonly string[]): void {
		password = '';
		steps.end(lines);
	}

	if (jid === undefined) {
		askJid('');
	} else {
		askPassword(jid);
	}

	return steps.dialog;
}
