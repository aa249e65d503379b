import type {BareJid} from '../../shared/jid.js';
import type {Question, Trouble} from './dialog.js';

/** What the account assistant asks, in its words. `problem` is why it asks again. */

const title = 'Set up an account';

type Text = {
	readonly label: string;
	readonly explanation: readonly string[];
	readonly initial?: string;
	readonly secret?: boolean;
};

function text({label, explanation, initial = '', secret = false}: Text, problem: Trouble | undefined): Question {
	return {type: 'text', title, label, explanation, initial, secret, ...(problem === undefined ? {} : {problem})};
}

export function jidQuestion(initial: string, problem?: Trouble): Question {
	return text(
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
	return text(
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
	return text(
		{
			label: 'Server',
			explanation: [
				'Host name and, if it is not 5222, the port: xmpp.example.org or xmpp.example.org:5269. Empty: let DNS say.',
				`The certificate must still be one for ${domain}.`,
			],
			initial,
		},
		problem,
	);
}

/** What can be done after something failed; `what` says what did, as a sentence. */
export function correctionQuestion(what: string, problem: Trouble): Question {
	return {
		type: 'choice',
		title,
		label: `${what} What now?`,
		explanation: [],
		options: [
			{value: 'again', label: 'Try once more', explanation: 'With the same JID and password.'},
			{value: 'server', label: 'Name the server', explanation: 'Where its address cannot be found by itself.'},
			{value: 'jid', label: 'Correct the JID', explanation: 'And then the password.'},
			{value: 'password', label: 'Type the password again', explanation: 'The JID stays as it is.'},
			{value: 'cancel', label: 'Give up', explanation: '/account add begins again.'},
		],
		problem,
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
	return text(
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
	return text(
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
