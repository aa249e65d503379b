/**
 * What each Action takes, checked before it reaches the client: a peer may be any program of this user. An Action or a
 * member that is missing here does not compile.
 */

import {type Availability, availabilities, secretBackends} from '../model/account.js';
import type {ActionInput, ActionName, NewAccount, SplitHalf} from '../model/actions.js';
import {archivePolicies} from '../model/archive.js';
import {markersChoices, notifyRules} from '../model/buffer.js';
import type {EncryptionWish} from '../model/device.js';
import {exportFormats} from '../model/export.js';
import type {MessageKind} from '../model/message.js';
import type {SearchFilter, SearchQuery, SearchTerm} from '../model/search.js';
import type {SettingValue} from '../model/setting-kinds.js';
import {settingNames} from '../model/settings.js';
import {attachment} from './attachment-input.js';
import {blockingInputs} from './blocking-inputs.js';
import {
	type AllMembers,
	all,
	bareJid,
	buffer,
	type Check,
	either,
	flag,
	integer,
	jid,
	list,
	members,
	nothing,
	oneOf,
	table,
	text,
} from './checks.js';
import {deviceInputs} from './device-inputs.js';
import {fileInputs} from './file-inputs.js';
import {messageInputs, messageKey} from './message-inputs.js';
import {profileInputs} from './profile-inputs.js';
import {roomInputs} from './room-inputs.js';

const kinds: readonly MessageKind[] = ['chat', 'normal', 'headline', 'groupchat'];
const wishes: readonly EncryptionWish[] = ['require', 'off'];
const presences: readonly Availability[] = [...availabilities, 'unavailable'];
/** More than any screen holds. */
const longestPage = 10_000;
const mostHits = 1000;
const filterKinds: ReadonlyArray<SearchFilter['by']> = ['from', 'in', 'account', 'has'];

const newest: readonly 'newest'[] = ['newest'];
const splitHalves: readonly SplitHalf[] = ['first', 'second'];
const scrollPosition = all({key: messageKey, rows: integer(0, longestPage)});
const ofAccount = all({account: bareJid});
const ofContact = all({account: bareJid, jid: bareJid});
const newAccount: Check<AllMembers<NewAccount>> = members(
	{jid: bareJid},
	{
		password: text,
		secrets: oneOf(secretBackends),
		host: text,
		port: integer(1, 65_535),
		directTls: flag,
		webSocket: text,
		tlsCa: text,
		tlsPin: text,
		scramPinned: flag,
		passwordCommand: list(text),
	},
);
const settingValue: Check<SettingValue> = either(
	either(flag, integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)),
	either(text, either(list(text), table(text))),
);
const candidate: Check<NewAccount> = value => newAccount(value) as NewAccount | undefined;

const yes: Check<true> = value => (value === true ? value : undefined);
/** Milliseconds since the epoch, also before it. */
const moment = integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const searchTerm: Check<AllMembers<SearchTerm>> = members({tokens: list(text), open: flag}, {excluded: yes});
const searchFilter: Check<AllMembers<SearchFilter>> = members({by: oneOf(filterKinds), value: text}, {excluded: yes});
const query: Check<AllMembers<SearchQuery>> = members(
	{
		terms: list(value => searchTerm(value) as SearchTerm | undefined),
		filters: list(value => searchFilter(value) as SearchFilter | undefined),
	},
	{since: moment, before: moment},
);
const searchQuery: Check<SearchQuery> = value => query(value) as SearchQuery | undefined;

const inputs: {readonly [Name in ActionName]: Check<AllMembers<ActionInput<Name>>>} = {
	...roomInputs,
	...deviceInputs,
	...profileInputs,
	...messageInputs,
	...blockingInputs,
	...fileInputs,
	snapshot: nothing,
	listAccounts: nothing,
	addAccount: newAccount,
	removeAccount: all({account: bareJid, history: flag}),
	testAccount: either(ofAccount, all({candidate})),
	unlock: all({passphrase: text}),
	connect: ofAccount,
	disconnect: ofAccount,
	setPresence: members({availability: oneOf(presences), statusText: text}, {account: bareJid}),
	sendMessage: members(
		{account: bareJid, to: jid, body: text},
		{kind: oneOf(kinds), subject: text, encryption: oneOf(wishes), reply: messageKey, spoiler: text, attachment},
	),
	exportHistory: all({buffer, format: oneOf(exportFormats), path: text}),
	withdrawMessage: all({account: bareJid, key: messageKey}),
	addContact: members({account: bareJid, jid: bareJid}, {name: text, groups: list(text)}),
	removeContact: ofContact,
	renameContact: all({account: bareJid, jid: bareJid, name: text}),
	setContactGroups: all({account: bareJid, jid: bareJid, groups: list(text)}),
	acceptSubscription: ofContact,
	denySubscription: ofContact,
	openBuffer: all({account: bareJid, jid}),
	closeBuffer: all({buffer}),
	loadHistory: members(
		{buffer, limit: integer(1, longestPage)},
		{before: messageKey, after: messageKey, around: messageKey},
	),
	searchMessages: members(
		{query: searchQuery, limit: integer(1, mostHits)},
		{buffer, before: messageKey, after: messageKey},
	),
	markRead: all({buffer, upTo: messageKey}),
	arrangeBuffer: members(
		{buffer},
		{pinned: flag, muted: flag, notify: oneOf(notifyRules), markers: oneOf(markersChoices)},
	),
	ping: members({account: bareJid}, {to: jid}),
	softwareVersion: all({account: bareJid, to: jid}),
	archivePolicy: members({account: bareJid}, {choose: oneOf(archivePolicies)}),
	setAttention: all({active: flag}),
	setIdle: members({}, {since: integer(0, Number.MAX_SAFE_INTEGER)}),
	changeSetting: members({name: oneOf(settingNames)}, {value: settingValue}),
	reloadSettings: nothing,
	watchXml: members({on: flag}, {account: bareJid}),
	saveView: members(
		{},
		{
			active: buffer,
			beside: buffer,
			focus: oneOf(splitHalves),
			drafts: table(text),
			scroll: table(either(scrollPosition, oneOf(newest))),
		},
	),
};

/** Whether there is a verb of that name. */
export function isActionName(name: string): name is ActionName {
	return Object.hasOwn(inputs, name);
}

/** The input of a verb, or `undefined` where it does not take this. */
export function readInput<Name extends ActionName>(name: Name, input: unknown): ActionInput<Name> | undefined {
	const check: Check<AllMembers<ActionInput<Name>>> = inputs[name];
	return check(input) as ActionInput<Name> | undefined;
}
