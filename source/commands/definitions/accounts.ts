import {localpartOf} from '../../shared/jid.js';
import {account, bareAddress} from '../addresses.js';
import {type Command, defineCommand} from '../command.js';
import {client, view} from '../intent.js';
import {flag, optional} from '../parameters.js';

/** Accounts and their connections. */
export const accounts: readonly Command[] = [
	defineCommand({
		name: 'account list',
		aliases: ['account', 'accounts'],
		summary: 'List the accounts, how they are connected and where their passwords lie',
		examples: [{input: '/account list', does: 'lists them'}],
		related: ['account add', 'connect'],
		parameters: {},
		run: () => view({type: 'listAccounts'}),
	}),
	defineCommand({
		name: 'account add',
		summary: 'Set up an account',
		details: ['Asks for what is missing. The password is never typed on the command line.'],
		examples: [
			{input: '/account add', does: 'asks for JID and password'},
			{input: '/account add juliet@example.org', does: 'asks for the password'},
		],
		related: ['account test', 'connect'],
		parameters: {jid: optional(bareAddress(() => []))},
		run: ({jid}) =>
			jid === undefined || localpartOf(jid) !== undefined
				? view({type: 'addAccount', ...(jid === undefined ? {} : {jid})})
				: {
						complaint: {
							code: 'invalid-jid',
							message: `“${jid}” is not the JID of an account.`,
							hint: 'It looks like name@example.org.',
						},
					},
	}),
	defineCommand({
		name: 'account remove',
		summary: 'Forget an account and its password on this machine',
		details: ['The account itself stays on its server. --history also deletes what was recorded here.'],
		examples: [
			{input: '/account remove juliet@example.org', does: 'forgets the account, keeps the history'},
			{input: '/account remove juliet@example.org --history', does: 'forgets the history too'},
		],
		related: ['account list'],
		parameters: {account: account(), history: flag('also deletes the recorded history')},
		run: ({account: jid, history}) => client('removeAccount', {account: jid, history}),
	}),
	defineCommand({
		name: 'account test',
		summary: 'Log in once and say what was found',
		examples: [{input: '/account test', does: 'tests the account in use'}],
		related: ['connect'],
		parameters: {account: account('current')},
		run: ({account: jid}) => client('testAccount', {account: jid}),
	}),
	defineCommand({
		name: 'connect',
		aliases: ['reconnect', 'login'],
		summary: 'Connect an account, or try again at once',
		details: ['A lost connection comes back by itself; the bar counts down to the next attempt.'],
		examples: [
			{input: '/connect', does: 'connects the account in use'},
			{input: '/reconnect', does: 'does not wait for the next attempt'},
			{input: '/connect juliet@example.org', does: 'connects that account'},
		],
		related: ['disconnect', 'account list'],
		parameters: {account: account('current')},
		run: ({account: jid}) => client('connect', {account: jid}),
	}),
	defineCommand({
		name: 'disconnect',
		aliases: ['logout'],
		summary: 'Disconnect an account until /connect',
		examples: [{input: '/disconnect', does: 'disconnects the account in use'}],
		related: ['connect'],
		parameters: {account: account('current')},
		run: ({account: jid}) => client('disconnect', {account: jid}),
	}),
	defineCommand({
		name: 'unlock',
		summary: 'Open the locked store of passwords',
		details: ['Asks for the passphrase, which is not shown.'],
		examples: [{input: '/unlock', does: 'asks for the passphrase'}],
		related: ['connect'],
		parameters: {},
		run: () => view({type: 'unlock'}),
	}),
];
