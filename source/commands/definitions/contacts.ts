import {type BareJid, localpartOf} from '../../shared/jid.js';
import {account, bareAddress, contact, groupNames, jid} from '../addresses.js';
import {type Command, defineCommand} from '../command.js';
import type {Complaint} from '../complaint.js';
import {client, view} from '../intent.js';
import {flag, label, optional, words} from '../parameters.js';

const noAccount: {readonly complaint: Complaint} = {
	complaint: {code: 'no-account', message: 'No account is set up.', hint: '/account add sets one up.'},
};

/** Half an address, or one with a space in it, is a valid domain. */
function notSomebody(domain: BareJid): {readonly complaint: Complaint} {
	return {
		complaint: {
			code: 'invalid-jid',
			message: `“${domain}” is not the JID of a person.`,
			hint: `A JID looks like name@example.org; /add --server ${domain} adds the server of that name.`,
		},
	};
}

/** The roster and who may see whose presence. */
export const contacts: readonly Command[] = [
	defineCommand({
		name: 'add',
		aliases: ['roster add', 'sub request'],
		summary: 'Add somebody to the contacts and ask to see their presence',
		details: [
			'They also get to see your presence, if they ask for it.',
			'A server or a gateway, whose JID has no @, is added with --server.',
		],
		examples: [
			{input: '/add romeo@example.org', does: 'adds a contact'},
			{input: '/add romeo@example.org Romeo Montague', does: 'adds a contact with a name'},
		],
		related: ['accept', 'remove', 'contacts'],
		parameters: {server: flag('the JID is that of a server'), jid: bareAddress(), name: optional(label())},
		run({server, jid: address, name}, context) {
			if (context.account === undefined) {
				return noAccount;
			}

			return server || localpartOf(address) !== undefined
				? client('addContact', {account: context.account, jid: address, ...(name === undefined ? {} : {name})})
				: notSomebody(address);
		},
	}),
	defineCommand({
		name: 'remove',
		aliases: ['roster remove', 'unfriend'],
		summary: 'Remove somebody from the contacts',
		details: ['Neither sees the presence of the other any more. The history stays.'],
		examples: [{input: '/remove romeo@example.org', does: 'removes the contact'}],
		related: ['add', 'contacts'],
		parameters: {who: contact()},
		run: ({who}) => client('removeContact', who),
	}),
	defineCommand({
		name: 'rename',
		aliases: ['roster nick', 'roster rename'],
		summary: 'Give a contact a name',
		details: ['Without a name the JID is shown again. Your other clients see the name too.'],
		examples: [
			{input: '/rename romeo@example.org Romeo Montague', does: 'names the contact'},
			{input: '/rename romeo@example.org', does: 'removes the name'},
		],
		related: ['group', 'contacts'],
		parameters: {who: contact(), name: optional(label())},
		run: ({who, name}) => client('renameContact', {...who, name: name ?? ''}),
	}),
	defineCommand({
		name: 'group',
		aliases: ['groups', 'roster group'],
		summary: 'Put a contact into groups',
		details: ['The groups given are all the groups the contact is in afterwards. --none leaves every group.'],
		examples: [
			{input: '/group romeo@example.org Friends "Old friends"', does: 'sets two groups'},
			{input: '/group romeo@example.org --none', does: 'leaves every group'},
		],
		related: ['rename', 'contacts'],
		parameters: {who: contact(), none: flag('leaves every group'), groups: words('group names', groupNames)},
		run({who, none, groups}) {
			if (none === groups.length > 0) {
				return {
					complaint: {
						code: 'missing-word',
						message: none ? '/group takes group names or --none, not both.' : '/group needs group names, or --none.',
					},
				};
			}

			return client('setContactGroups', {...who, groups});
		},
	}),
	defineCommand({
		name: 'contacts',
		aliases: ['roster', 'who', 'sub list'],
		summary: 'List the contacts, their presence and the requests that wait',
		examples: [{input: '/contacts', does: 'lists the contacts of all accounts'}],
		related: ['add', 'accept', 'query'],
		parameters: {account: optional(account())},
		run: ({account: only}) => view({type: 'listContacts', ...(only === undefined ? {} : {account: only})}),
	}),
	defineCommand({
		name: 'ping',
		summary: 'Measure the round trip to your server or to somebody',
		examples: [
			{input: '/ping', does: 'asks your own server'},
			{input: '/ping example.org', does: 'asks another server'},
		],
		related: ['version'],
		parameters: {jid: optional(jid())},
		run: ({jid: to}, context) =>
			context.account === undefined
				? noAccount
				: client('ping', {account: context.account, ...(to === undefined ? {} : {to})}),
	}),
	defineCommand({
		name: 'version',
		aliases: ['software'],
		summary: 'Ask what software somebody runs',
		details: ['Without a JID: the client that the person in this buffer uses now.'],
		examples: [
			{input: '/version example.org', does: 'asks a server'},
			{input: '/version romeo@example.org/phone', does: 'asks one client'},
		],
		related: ['ping'],
		parameters: {jid: optional(jid())},
		run({jid: to}, context) {
			const {account: owner, source} = context;
			if (owner === undefined) {
				return noAccount;
			}

			const whom = to ?? context.jid;
			const contactJid = source.contacts().find(each => each.account === owner && each.jid === whom)?.jid;
			const online = contactJid === undefined ? whom : source.resources(owner, contactJid)[0];
			return online === undefined
				? {
						complaint: {
							code: 'nobody-here',
							message:
								whom === undefined ? 'Whose version?' : `${whom} is not seen online, and only a client can answer.`,
							...(whom === undefined ? {} : {hint: `/version ${whom}/… asks one by its resource.`}),
						},
					}
				: client('softwareVersion', {account: owner, to: online});
		},
	}),
];
