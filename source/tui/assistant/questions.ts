import type {Problem} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import type {Option, Question, Trouble} from './dialog.js';

/** What the account assistant asks, in its words. `problem` is why it asks again. */

const title = 'Set up an account';

type Text = {
	readonly label: string;
	readonly explanation: readonly string[];
	readonly initial?: string;
	readonly secret?: boolean;
};

export function textQuestion(
	{label, explanation, initial = '', secret = false}: Text,
	problem: Trouble | undefined,
): Question {
	return {type: 'text', title, label, explanation, initial, secret, ...(problem === undefined ? {} : {problem})};
}

export function jidQuestion(initial: string, problem?: Trouble): Question {
	return textQuestion(
		{
			label: 'JID',
			explanation: [
				'Your address on an XMPP server, like name@example.org.',
				'No account yet? Create one with a provider first: xmppc does not register accounts.',
			],
			initial,
		},
		problem,
	);
}

export function passwordQuestion(jid: BareJid, problem?: Trouble): Question {
	return textQuestion(
		{
			label: `Password of ${jid}`,
			explanation: [
				'It is not shown while you type.',
				'First the login is tested. Then the password goes into the keychain of this system; if there is none, you are asked where to keep it.',
			],
			secret: true,
		},
		problem,
	);
}

export function serverQuestion(initial: string, domain: string, problem?: Trouble): Question {
	return textQuestion(
		{
			label: 'Server',
			explanation: [
				'Host name and, if it is not 5222, the port: xmpp.example.org or xmpp.example.org:15222. Empty: let DNS say.',
				`The certificate must still be one for ${domain}.`,
				'Where a network lets nothing but HTTPS through: an address for WebSocket, wss://example.org/xmpp-websocket.',
			],
			initial,
		},
		problem,
	);
}

const corrections: Readonly<Record<Correction, Omit<Option, 'value'>>> = {
	authority: {label: 'Name the file of its authority', explanation: 'If the server has an authority of its own.'},
	pin: {label: 'Accept this one certificate', explanation: 'After you have compared its SHA-256.'},
	again: {label: 'Try once more', explanation: 'With the same JID and password.'},
	server: {label: 'Name the server', explanation: 'Where its address cannot be found by itself.'},
	jid: {label: 'Correct the JID', explanation: 'And then the password.'},
	password: {label: 'Type the password again', explanation: 'The JID stays as it is.'},
	cancel: {label: 'Give up', explanation: '/account add begins again.'},
};

export type Correction = 'authority' | 'pin' | 'again' | 'server' | 'jid' | 'password' | 'cancel';

/** What most likely helps stands first, and so is chosen unless the person chooses something else. */
function correctionsFor({code}: Problem): readonly Correction[] {
	switch (code) {
		case 'certificate-untrusted':
			return ['authority', 'pin', 'again', 'server', 'jid', 'cancel'];
		case 'no-such-host':
			return ['server', 'jid', 'again', 'password', 'cancel'];
		default:
			return ['again', 'server', 'jid', 'password', 'cancel'];
	}
}

/** What to do about a problem here, where that is another thing than on the command line. */
function hintFor({code, hint}: Problem): string | undefined {
	switch (code) {
		case 'certificate-untrusted':
			return 'Your password was not sent. If the server has an authority of its own, name the file of that authority.';
		case 'no-such-host':
			return 'Check the part of the JID after the @. If the server is elsewhere, name it.';
		default:
			return hint;
	}
}

/** What can be done after something failed; `what` says what did, as a sentence. */
export function correctionQuestion(what: string, problem: Problem): Question {
	const {message} = problem;
	const hint = hintFor(problem);
	return {
		type: 'choice',
		title,
		label: `${what} What now?`,
		explanation: [],
		options: correctionsFor(problem).map(value => ({value, ...corrections[value]})),
		problem: {message, ...(hint === undefined ? {} : {hint})},
	};
}

/** Where the password goes when there is no keychain. */
export function secretsQuestion(problem: Trouble): Question {
	return {
		type: 'choice',
		title,
		label: 'Where shall the password be kept?',
		explanation: ['No keychain of this system can be used. xmppc never stores a password readable.'],
		options: [
			{
				value: 'passphrase',
				label: 'Sealed with a passphrase',
				explanation: 'You type the passphrase at each start. For a machine that you sit at.',
			},
			{
				value: 'key-file',
				label: 'Sealed with a key file',
				explanation:
					'Nothing is asked at the start, but whoever can read your files can read the password. For unattended machines.',
			},
			{value: 'keychain', label: 'Try the keychain again', explanation: 'After you have unlocked or started it.'},
			{value: 'cancel', label: 'Give up', explanation: 'Nothing was stored.'},
		],
		problem,
	};
}

export function passphraseQuestion(problem?: Trouble): Question {
	return textQuestion(
		{
			label: 'Passphrase',
			explanation: [
				'It seals the passwords of all your accounts. It is not shown, and cannot be recovered when it is lost.',
				'Do you have one already for xmppc? Then type that.',
			],
			secret: true,
		},
		problem,
	);
}

export function repeatQuestion(): Question {
	return textQuestion(
		{
			label: 'The passphrase again',
			explanation: ['To be sure that it was typed as you meant it.'],
			secret: true,
		},
		undefined,
	);
}

export function busyQuestion(label: string, explanation: readonly string[]): Extract<Question, {type: 'busy'}> {
	return {type: 'busy', title, label, explanation};
}
