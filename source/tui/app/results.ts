import type {ClientIntent} from '../../commands/intent.js';
import type {Account} from '../../model/account.js';
import type {ActionInput} from '../../model/actions.js';
import type {BareJid} from '../../shared/jid.js';
import {accountOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {deviceSentences} from '../devices/device-results.js';
import {availabilityText} from '../panes/words.js';
import type {Answer, Result, Sentences} from './answer.js';
import {roomSentences} from './room-results.js';
import {changedText} from './setting-results.js';
import {strangerSentences} from './stranger-results.js';

/** With a full stop, unless what was quoted last brought its own. */
const sentence = (text: string): string => (/[.!?…]$/u.test(text) ? text : `${text}.`);

const info = (text: string, hint?: string): Answer => ({level: 'info', text, ...(hint === undefined ? {} : {hint})});

const sentences: Sentences = {
	...roomSentences,
	...deviceSentences,
	...strangerSentences,
	addContact: ({jid}) => info(`${jid} is now a contact and was asked to show their presence.`),
	removeContact: ({jid}) => info(`${jid} is no longer a contact.`),
	renameContact: ({jid, name}) =>
		info(name === '' ? `${jid} has no name any more.` : sentence(`${jid} is now called ${name}`)),
	setContactGroups: ({jid, groups}) =>
		info(groups.length === 0 ? `${jid} is in no group.` : sentence(`${jid} is in ${groups.join(', ')}`)),
	acceptSubscription: ({jid}) => info(`${jid} may see your presence.`),
	denySubscription: ({jid}) => info(`${jid} may not see your presence.`),
	disconnect: ({account}) => info(`${account} is offline.`, `/connect ${account} connects it again.`),
	removeAccount: ({account, history}) =>
		info(`${account} was forgotten${history ? ' with its history' : '; its history is kept'}.`),
	setPresence: ({availability, statusText}) =>
		info(
			sentence(
				`Your contacts see you as ${availabilityText(availability)}${statusText === '' ? '' : ` – ${statusText}`}`,
			),
		),
	ping: ({to, account}, milliseconds) =>
		info(`${to ?? `The server of ${account}`} answered in ${Math.round(milliseconds)} ms.`),
	softwareVersion: ({to}, {name, version, os}) =>
		info(sentence(`${to} runs ${name} ${version}${os === undefined ? '' : ` on ${os}`}`)),
	testAccount(_, result) {
		if (!result.ok) {
			const {message, hint} = result.problem;
			return {level: 'error', text: message, ...(hint === undefined ? {} : {hint})};
		}

		const {security, jid} = result;
		return info(
			`The login works: ${jid}, ${security.tls}, ${security.mechanism}.`,
			`Certificate SHA-256 ${security.certificate}`,
		);
	},
	publishNick: ({nick}) =>
		info(
			nick === '' ? 'Your contacts are told no name any more.' : sentence(`Your contacts are told to call you ${nick}`),
		),
	unlock: () => info('The store of passwords is open.'),
	reloadSettings: (_, {changed}) =>
		changed.length === 0
			? info('The settings were read again: nothing is different.')
			: info(`The settings were read again: ${changed.join(', ')}.`, '/changes shows what differs from the defaults.'),
};

/** The sentence for an answer of the verb that `intent` asked for in the State `before`. */
export function answerOf(intent: ClientIntent, result: unknown, before: State): Answer | undefined {
	if (intent.action === 'connect' && accountOf(before, intent.input.account)?.status === 'online') {
		return info(`${intent.input.account} is online.`, 'Whether its server still answers is being checked.');
	}

	if (intent.action === 'changeSetting') {
		return changedText(intent.input, before.preferences);
	}

	if (intent.action === 'joinRoom') {
		const former = followedBy(intent.input, before);
		const {created} = result as Result<'joinRoom'>;
		if (former !== undefined && !created) {
			return info(`This is ${intent.input.room}, where ${former} goes on.`);
		}
	}

	// The table ties each sentence to its verb's input and result; the compiler cannot follow that through the union.
	const sentence = sentences[intent.action] as ((input: unknown, result: unknown) => Answer | undefined) | undefined;
	return sentence?.(intent.input, result);
}

/** What to say while somebody is asked who may take long to answer, or never do. */
export function askingText({action, input}: ClientIntent, state: State): string | undefined {
	switch (action) {
		case 'softwareVersion':
			return `Asking ${input.to} for its software…`;
		case 'joinRoom': {
			const former = followedBy(input, state);
			return former === undefined ? undefined : `${former} goes on in ${input.room}: entering that one…`;
		}

		default:
			return undefined;
	}
}

/** The room that said that it goes on in the one that is to be entered. */
function followedBy({account, room}: ActionInput<'joinRoom'>, {rooms}: State): BareJid | undefined {
	return Object.values(rooms).find(({room: each}) => each.account === account && each.alternative === room)?.room.jid;
}

/** How secrets are kept, in words. */
export function secretsText(account: Pick<Account, 'secrets'>): string {
	switch (account.secrets) {
		case 'keychain':
			return 'password in the keychain';
		case 'passphrase':
			return 'password in a file sealed with your passphrase';
		case 'command':
			return 'password from a command';
		case 'key-file':
			return 'password in a file sealed with a key file';
	}
}
