import {isConversation} from '../../model/buffer.js';
import type {EncryptionChoice, Trust} from '../../model/device.js';
import type {BareJid} from '../../shared/jid.js';
import {account} from '../addresses.js';
import {type Command, defineCommand, type Outcome} from '../command.js';
import type {Complaint} from '../complaint.js';
import type {CommandContext} from '../context.js';
import {deviceOrKeys, knownDevice, ownOtherDevice, type Whose, whose} from '../device-parameter.js';
import {file} from '../files.js';
import {client, view} from '../intent.js';
import {flag, label, optional} from '../parameters.js';
import {noAccount} from '../room-address.js';

const nobodyHere: Complaint = {
	code: 'nobody-here',
	message: 'Nobody is written to here, so there is nothing to encrypt.',
	hint: 'Go to a conversation first: /query romeo@example.org',
};

/** Whether this conversation is encrypted from now on; without a choice as it is usual. */
function choose(choice: EncryptionChoice | undefined, {buffer, kind}: CommandContext): Outcome {
	return isConversation(kind)
		? client('chooseEncryption', {buffer, ...(choice === undefined ? {} : {choice})})
		: {complaint: nobodyHere};
}

function withAccount(context: CommandContext, ask: (account: BareJid) => Outcome): Outcome {
	return context.account === undefined ? {complaint: noAccount} : ask(context.account);
}

/** Asks about one person: oneself where no other is meant. */
function ofOne(who: Whose, ask: (owner: BareJid) => Outcome): Outcome {
	return who.room === undefined
		? ask(who.owner ?? who.account)
		: {
				complaint: {
					code: 'missing-word',
					message: 'Whose? Many people are in a room.',
					hint: 'Name one of them: romeo@example.org',
				},
			};
}

/** A command that decides about a device. */
function decision(
	name: string,
	trust: Trust,
	words: {readonly summary: string; readonly detail: string; readonly does: string},
	aliases: readonly string[] = [],
): Command {
	return defineCommand({
		name,
		aliases,
		summary: words.summary,
		details: [words.detail, 'It is about the key: under another id it counts as well.'],
		examples: [
			{input: `/${name} 1234567890`, does: words.does},
			{input: `/${name} a1b2c3d4`, does: 'the same, by how the fingerprint begins'},
			{input: `/${name} Phone romeo@example.org`, does: 'a device of somebody else, by its label'},
		],
		related: ['omemo devices', 'omemo verify'],
		parameters: {device: knownDevice()},
		run: ({device: {account: owner, owner: of, fingerprint}}) =>
			client('setTrust', {account: owner, owner: of, fingerprint, trust}),
	});
}

/** End-to-end encryption (XEP-0384), with names as in profanity. */
export const encryption: readonly Command[] = [
	defineCommand({
		name: 'omemo',
		summary: 'Say how this conversation is protected, and what that means',
		details: [
			'OMEMO encrypts end to end: only the devices of those who take part can read it, no server can. It is on wherever it can be.',
			'What was encrypted once is never sent in clear unasked: if it cannot be encrypted, it is not sent, and it is said why.',
		],
		examples: [
			{input: '/omemo', does: 'says it'},
			{input: '/omemo off', does: 'writes in clear in this conversation'},
			{input: '/omemo devices', does: 'shows the devices it is encrypted for'},
		],
		related: ['omemo on', 'omemo devices', 'omemo doctor'],
		parameters: {},
		run: (_, context) =>
			isConversation(context.kind) ? view({type: 'sayEncryption', buffer: context.buffer}) : {complaint: nobodyHere},
	}),
	defineCommand({
		name: 'omemo on',
		aliases: ['omemo start'],
		summary: 'Encrypt this conversation, whatever is usual',
		details: ['What cannot be encrypted is not sent then. It is remembered.'],
		examples: [{input: '/omemo on', does: 'encrypts what you write here, or does not send it'}],
		related: ['omemo off', 'omemo default'],
		parameters: {},
		run: (_, context) => choose('on', context),
	}),
	defineCommand({
		name: 'omemo off',
		aliases: ['omemo end'],
		summary: 'Do not encrypt this conversation',
		details: ['The servers can then read what you write here. What others encrypt can still be read.'],
		examples: [{input: '/omemo off', does: 'sends in clear what you write here, until you turn it on'}],
		related: ['omemo on', 'omemo default'],
		parameters: {},
		run: (_, context) => choose('off', context),
	}),
	defineCommand({
		name: 'omemo default',
		summary: 'Encrypt this conversation or not, as is usual (omemo.default)',
		examples: [{input: '/omemo default', does: 'forgets what you chose here'}],
		related: ['omemo on', 'omemo off', 'set'],
		parameters: {},
		run: (_, context) => choose(undefined, context),
	}),
	defineCommand({
		name: 'omemo devices',
		aliases: ['devices', 'omemo list'],
		summary: 'Show your devices and theirs, to decide which are trusted',
		details: [
			'In a room those of its members. Each has a word for its state and a sentence that explains it.',
			'On the screen: t trusts, v verifies, d distrusts, x removes one of your own, p takes a key that was copied, q shows yours as a code, r asks the server again.',
		],
		examples: [
			{input: '/devices', does: 'those of whom you talk to here, and your own'},
			{input: '/devices romeo@example.org', does: 'those of somebody else'},
		],
		related: ['omemo trust', 'omemo verify', 'omemo fingerprint'],
		parameters: {who: whose()},
		run: ({who}) => view({type: 'devices', ...who}),
	}),
	defineCommand({
		name: 'omemo fingerprint',
		aliases: ['fingerprint', 'omemo fingerprints'],
		summary: 'Show fingerprints, to compare them',
		details: [
			'Read them to each other over another channel, such as the telephone: if they are the same, nobody is in between.',
			'Without a name: that of this device.',
		],
		examples: [
			{input: '/fingerprint', does: 'that of this device, and of your others'},
			{input: '/fingerprint romeo@example.org', does: 'those of Romeo’s devices'},
		],
		related: ['omemo verify', 'omemo qr'],
		parameters: {who: optional(whose())},
		run: ({who}, context) =>
			withAccount(context, own => {
				const {account: of, owner = of} = who ?? {account: own};
				return view({type: 'fingerprints', account: of, owner});
			}),
	}),
	defineCommand({
		name: 'omemo qr',
		aliases: ['omemo qrcode'],
		summary: 'Show your keys as a code for the camera of another program',
		details: ['Conversations and others read it, and verify all your devices at once.'],
		examples: [{input: '/omemo qr', does: 'shows it'}],
		related: ['omemo verify', 'omemo fingerprint'],
		parameters: {account: optional(account('current'))},
		run: ({account: of}, context) => withAccount(context, own => view({type: 'showKeyCode', account: of ?? own})),
	}),
	decision('omemo trust', 'trusted', {
		summary: 'Use a device although its fingerprint was not compared',
		detail: 'Messages are encrypted for it from now on; what waited for your decision goes out.',
		does: 'trusts that device',
	}),
	decision('omemo distrust', 'distrusted', {
		summary: 'Do not encrypt for a device any more',
		detail: 'It cannot read what you write from now on. Its owner is not told.',
		does: 'leaves that device out',
	}),
	decision('omemo untrust', 'undecided', {
		summary: 'Take back what you decided about a device',
		detail: 'Nothing is sent to its owner until you decide anew. /omemo distrust leaves it out instead.',
		does: 'is not sure any more',
	}),
	defineCommand({
		name: 'omemo verify',
		summary: 'Say that you compared a fingerprint, or let a key be compared',
		details: [
			'By id or label you are asked whether you have compared it. A whole fingerprint, or an address as in the codes of Conversations, was compared by being pasted here: from another channel than this conversation.',
			'Once a device of somebody is verified, new ones of theirs are not used before you decide.',
		],
		examples: [
			{input: '/omemo verify 1234567890', does: 'shows its fingerprint and asks'},
			{
				input: `/omemo verify xmpp:romeo@example.org?omemo-sid-1234567890=${'a1b2c3d4'.repeat(8)}`,
				does: 'verifies what a code says that you were sent on another way',
			},
		],
		related: ['omemo devices', 'omemo fingerprint', 'omemo trust'],
		parameters: {device: deviceOrKeys()},
		run({device}, context) {
			return withAccount(context, own =>
				'keys' in device
					? view({type: 'verifyKeys', account: own, uri: device})
					: view({
							type: 'verifyDevice',
							account: device.account,
							owner: device.owner,
							fingerprint: device.fingerprint,
						}),
			);
		},
	}),
	defineCommand({
		name: 'omemo doctor',
		summary: 'Find out why somebody cannot read you, or you cannot read them',
		details: ['Asks the servers, device by device, and says what would help.'],
		examples: [
			{input: '/omemo doctor', does: 'looks at this conversation'},
			{input: '/omemo doctor romeo@example.org', does: 'looks at one with somebody else'},
		],
		related: ['omemo', 'omemo reset', 'doctor'],
		parameters: {who: whose()},
		run: ({who}) =>
			view({type: 'diagnoseEncryption', account: who.account, with: who.room ?? who.owner ?? who.account}),
	}),
	defineCommand({
		name: 'omemo reset',
		summary: 'Begin anew with somebody’s devices whose messages cannot be read',
		details: ['What you decided about them stays. You are asked before.'],
		examples: [{input: '/omemo reset romeo@example.org', does: 'begins new sessions with his devices'}],
		related: ['omemo doctor'],
		parameters: {who: whose()},
		run: ({who}) => ofOne(who, owner => view({type: 'resetSessions', account: who.account, owner})),
	}),
	defineCommand({
		name: 'omemo remove',
		summary: 'Take one of your own devices off your list',
		details: [
			'For one that was lost or is not used any more: nobody encrypts for it then. One that still runs puts itself back. You are asked before.',
		],
		examples: [{input: '/omemo remove Laptop', does: 'takes it off, after a question'}],
		related: ['omemo devices', 'omemo distrust'],
		parameters: {device: ownOtherDevice()},
		run: ({device: {account: of, id}}) => view({type: 'removeDevice', account: of, id}),
	}),
	defineCommand({
		name: 'omemo label',
		summary: 'Name this device for others',
		details: ['Only programs with OMEMO 2 show it. Everybody can read it, the servers too.'],
		examples: [
			{input: '/omemo label Laptop', does: 'names it'},
			{input: '/omemo label --clear', does: 'takes the name away'},
		],
		parameters: {clear: flag('takes the name away'), text: optional(label())},
		run: ({clear, text: name = ''}, context) =>
			withAccount(context, own =>
				clear || name !== ''
					? client('labelDevice', {account: own, label: clear ? '' : name})
					: {complaint: {code: 'missing-word', message: 'What is it to be called?'}},
			),
	}),
	defineCommand({
		name: 'omemo new-device',
		summary: 'Make another device with the same identity',
		details: [
			'For a database that was copied or restored, whose keys must not be used twice. Whoever verified you goes on trusting you. You are asked before.',
		],
		examples: [{input: '/omemo new-device', does: 'explains it, and asks'}],
		related: ['omemo new-identity', 'omemo doctor'],
		parameters: {},
		run: (_, context) => withAccount(context, own => view({type: 'newDevice', account: own})),
	}),
	defineCommand({
		name: 'omemo new-identity',
		aliases: ['omemo gen'],
		summary: 'Give up the keys of this device and make new ones',
		details: [
			'Only if somebody may have copied them. Everybody who verified you has to do so again. The history stays. You are asked to type a confirmation.',
		],
		examples: [{input: '/omemo new-identity', does: 'explains it, and asks'}],
		related: ['omemo export', 'omemo remove'],
		parameters: {},
		run: (_, context) => withAccount(context, own => view({type: 'newIdentity', account: own})),
	}),
	defineCommand({
		name: 'omemo export',
		summary: 'Write your keys and what you decided about others’ into a file',
		details: ['You are asked for a passphrase that seals it. Use it on one machine at a time.'],
		examples: [{input: '/omemo export ~/keys.xmppc', does: 'writes a new file'}],
		related: ['omemo import'],
		parameters: {file: file('a file that is not there yet')},
		run: ({file: path}, context) =>
			withAccount(context, own => view({type: 'keyBackup', account: own, way: 'export', path})),
	}),
	defineCommand({
		name: 'omemo import',
		summary: 'Take the keys of a file that was exported',
		details: ['They take the place of those of this device. You are asked for the passphrase.'],
		examples: [{input: '/omemo import ~/keys.xmppc', does: 'takes them'}],
		related: ['omemo export'],
		parameters: {file: file('a file that was exported')},
		run: ({file: path}, context) =>
			withAccount(context, own => view({type: 'keyBackup', account: own, way: 'import', path})),
	}),
];
