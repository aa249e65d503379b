import {type AccountSettings, secretBackends} from '../model/account.js';
import {checkKeys, isOwnKeys} from '../model/key-check.js';
import {isSettingValue, settingOf, wantedValue} from '../model/setting-values.js';
import {defaultSettings, type Settings, settingNames} from '../model/settings.js';
import {type BareJid, localpartOf, parseBareJid} from '../shared/jid.js';
import {nearestNames} from '../shared/nearest.js';
import {readWebSocketUrl} from '../shared/websocket-url.js';

/** What is wrong in the settings, and where: `accounts[1].port`. */
export type SchemaProblem = {readonly place: string; readonly message: string};

/** Answers what is wrong with a value, as the rest of the sentence "<place> …", or undefined. */
type Check = (value: unknown) => string | undefined;

const is =
	(test: (value: unknown) => boolean, wanted: string): Check =>
	value =>
		test(value) ? undefined : `must be ${wanted}`;

const text = is(value => typeof value === 'string' && value !== '', 'a text that is not empty');
const yesOrNo = is(value => typeof value === 'boolean', 'true or false');

type Field = {readonly check: Check; readonly required?: boolean};

/** A table per object keeps the settings file, this check and the error texts in step; a key not in it is refused. */
const accountFields: Readonly<Record<keyof AccountSettings, Field>> = {
	jid: {
		check: is(value => accountJid(value) !== undefined, 'an address such as juliet@example.org'),
		required: true,
	},
	enabled: {check: yesOrNo, required: true},
	host: {check: text},
	port: {
		check: is(
			value => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535,
			'a number from 1 to 65535',
		),
	},
	directTls: {check: yesOrNo},
	webSocket: {
		check: is(
			value => typeof value === 'string' && readWebSocketUrl(value) !== undefined,
			'an address such as wss://example.org/xmpp-websocket',
		),
	},
	tlsCa: {check: text},
	tlsPin: {
		check: is(
			value => typeof value === 'string' && /^[\da-f]{64}$/.test(value),
			'a SHA-256 fingerprint: 64 lowercase hexadecimal digits',
		),
	},
	scramPinned: {check: yesOrNo},
	secrets: {
		check: is(value => secretBackends.some(backend => backend === value), `one of ${secretBackends.join(', ')}`),
		required: true,
	},
	passwordCommand: {
		check: is(
			value => Array.isArray(value) && value.length > 0 && value.every(part => typeof part === 'string'),
			'a list of texts: a program and its arguments',
		),
	},
};

const settingsFields: Readonly<Record<string, Field>> = {
	// For editors that complete and check by a schema; it says nothing to this program.
	$schema: {check: is(value => typeof value === 'string', 'the address of a JSON schema')},
	accounts: {check: is(Array.isArray, 'a list')},
	...Object.fromEntries(
		settingNames.map(name => {
			const {kind} = settingOf(name);
			return [name, {check: is(value => isSettingValue(kind, value), wantedValue(kind))}];
		}),
	),
	keys: {check: checkOwnKeys},
};

function checkOwnKeys(value: unknown): string | undefined {
	const {kind} = settingOf('keys');
	if (!isSettingValue(kind, value) || !isOwnKeys(value)) {
		return `must be ${wantedValue(kind)}`;
	}

	const [complaint] = checkKeys(value);
	return complaint === undefined
		? undefined
		: `cannot have “${complaint.chord}”: ${complaint.message.replace(/\.$/u, '')}`;
}

/** Checks what a settings file holds; keys that are missing get their defaults. */
export function checkSettings(value: unknown): Settings | SchemaProblem {
	const problem = checkObject(value, '', settingsFields) ?? checkAccounts(value);
	if (problem !== undefined) {
		return problem;
	}

	const {$schema: _, ...given} = value as Partial<Settings> & {readonly $schema?: string};
	const settings = {...defaultSettings, ...given};
	// People write addresses as they like; the program compares normalised ones.
	return {
		...settings,
		accounts: settings.accounts.map(account => ({...account, jid: accountJid(account.jid) ?? account.jid})),
	};
}

function checkAccounts(settings: unknown): SchemaProblem | undefined {
	const accounts = isRecord(settings) && Array.isArray(settings.accounts) ? settings.accounts : [];
	const jids = new Set<unknown>();
	for (const [index, account] of accounts.entries()) {
		const place = `accounts[${index}]`;
		const problem = checkObject(account, place, accountFields);
		if (problem !== undefined) {
			return problem;
		}

		const {jid, secrets, passwordCommand} = account as AccountSettings;
		if (secrets === 'command' && passwordCommand === undefined) {
			return {place: `${place}.passwordCommand`, message: 'is missing: "secrets" is "command"'};
		}

		if (jids.has(accountJid(jid))) {
			return {place: `${place}.jid`, message: `is there twice: ${jid}`};
		}

		jids.add(accountJid(jid));
	}

	return undefined;
}

/** An address that can log in: bare, with a localpart; normalised. */
function accountJid(value: unknown): BareJid | undefined {
	const jid = typeof value === 'string' ? parseBareJid(value) : undefined;
	return jid !== undefined && localpartOf(jid) !== undefined ? jid : undefined;
}

function checkObject(
	value: unknown,
	place: string,
	fields: Readonly<Record<string, Field>>,
): SchemaProblem | undefined {
	if (!isRecord(value)) {
		return {place, message: 'must be an object in { }'};
	}

	const inside = (key: string) => (place === '' ? key : `${place}.${key}`);
	const unknown = Object.keys(value).find(key => !Object.hasOwn(fields, key));
	if (unknown !== undefined) {
		return {place: inside(unknown), message: `is not a setting${whatIs(unknown, Object.keys(fields))}`};
	}

	for (const [key, {check, required}] of Object.entries(fields)) {
		const present = Object.hasOwn(value, key);
		const message = present ? check(value[key]) : required === true ? 'is missing' : undefined;
		if (message !== undefined) {
			return {place: inside(key), message};
		}
	}

	return undefined;
}

/** What may have been meant; all there are where they are few. */
function whatIs(unknown: string, names: readonly string[]): string {
	const near = nearestNames(unknown, names);
	if (near.length > 0) {
		return `; did you mean ${near.join(' or ')}?`;
	}

	return names.length > manyNames ? '' : `; there are ${names.join(', ')}`;
}

const manyNames = 15;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
