import {type AccountSettings, secretBackends} from '../model/account.js';
import type {Setting, SettingKind, SettingValue} from '../model/setting-kinds.js';
import {settingOf} from '../model/setting-values.js';
import {settingNames} from '../model/settings.js';

/** A part of a JSON schema, as JSON has it. */
type Schema = Readonly<Record<string, unknown>>;

const required: readonly (keyof AccountSettings)[] = ['jid', 'enabled', 'secrets'];

const accountMembers: Readonly<Record<keyof AccountSettings, Schema>> = {
	jid: {type: 'string', description: 'The address: name@example.org.'},
	enabled: {type: 'boolean', description: 'Whether it is connected when xmppc starts.'},
	host: {type: 'string', minLength: 1, description: 'The server to connect to, where DNS does not tell.'},
	port: {type: 'integer', minimum: 1, maximum: 65_535, description: 'Its port.'},
	directTls: {type: 'boolean', description: 'TLS from the first byte on at that port.'},
	webSocket: {type: 'string', pattern: '^wss://', description: 'An address of XMPP over WebSocket (RFC 7395).'},
	tlsCa: {type: 'string', minLength: 1, description: 'A file with certificates to trust, besides those of the system.'},
	tlsPin: {
		type: 'string',
		pattern: '^[0-9a-f]{64}$',
		description: 'SHA-256 of the only certificate that is accepted, in hexadecimal digits.',
	},
	scramPinned: {type: 'boolean', description: 'The server knows SCRAM: nothing weaker is used any more.'},
	secrets: {enum: secretBackends, description: 'What keeps the password.'},
	passwordCommand: {
		type: 'array',
		items: {type: 'string'},
		minItems: 1,
		description: 'With "secrets": "command", the program that prints the password, and its arguments. No shell.',
	},
};

/**
 * A JSON schema (draft 2020-12) of `settings.json`, for editors that complete and check by one. It says all of it that a
 * schema can say; the program itself checks by the same table.
 */
export function settingsJsonSchema(): Schema {
	return {
		$schema: 'https://json-schema.org/draft/2020-12/schema',
		title: 'settings.json of xmppc',
		description: 'What is left out has its default. JSON has no comments.',
		type: 'object',
		additionalProperties: false,
		properties: {
			$schema: {type: 'string', description: 'Where this schema is. xmppc ignores it.'},
			accounts: {
				type: 'array',
				description: 'The accounts; “xmppc account add” writes one.',
				items: {type: 'object', additionalProperties: false, required, properties: accountMembers},
			},
			...Object.fromEntries(settingNames.map(name => [name, schemaOf(settingOf(name))])),
		},
	};
}

/** The text of the file that goes with the package. */
export function settingsJsonSchemaText(): string {
	return `${JSON.stringify(settingsJsonSchema(), undefined, '\t')}\n`;
}

function schemaOf({kind, initial, help, example}: Setting<SettingValue>): Schema {
	return {
		...shapeOf(kind),
		default: initial,
		description: example === undefined ? help : `${help} Example: ${example}`,
	};
}

function shapeOf(kind: SettingKind): Schema {
	switch (kind.type) {
		case 'flag':
			return {type: 'boolean'};
		case 'choice':
			return {
				oneOf: Object.entries(kind.choices).map(([choice, meaning]) => ({const: choice, description: meaning})),
			};
		case 'number':
			return {type: 'integer', minimum: kind.least, maximum: kind.most};
		case 'text':
			return {type: 'string', ...(kind.pattern === undefined ? {} : {pattern: `^(?:${kind.pattern})$`})};
		case 'list':
			return {type: 'array', items: {type: 'string', minLength: 1}};
		case 'map':
			return {type: 'object', additionalProperties: {type: 'string', minLength: 1}};
	}
}
