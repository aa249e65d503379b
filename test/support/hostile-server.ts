/** A server, and whoever writes through it, that puts the worst that XML allows into every field it fills. */

import type {Certificate} from './certificates.js';
import {answersBind, answersHeader, answersScram, answersStartTls, offer} from './scripted-login.js';
import type {ScriptedConnection} from './scripted-server.js';

/**
 * Legal in XML: C1 controls that 8-bit terminals obey as CSI, OSC and DCS, bidi overrides, invisible characters, line
 * separators, DEL, and a letter under ten thousand marks.
 */
export const hostile = [
	'\u009B2J\u009B31m\u009D0;PWNED\u009C\u009D52;c;UFdORUQ=\u009C\u0090q\u009C\u0085\u0080\u007F',
	'\u202E\u202D\u2066\u2067\u2068\u061C\u200E\u200F',
	'\u200B\u2060\uFEFF\u00AD\u034F\u3164\u{E0041}\u{E0001}\uFFF9',
	'\t\n\u2028\u2029',
	`e${'\u0301'.repeat(10_000)}`,
].join('');

/** Text of a field: its name stands before and after, so that a test sees that it was shown at all. */
export const worst = (field: string) => `${field}-${hostile}-${field}`;

/** What XML forbids, as a server may write it all the same. */
export const forbidden: ReadonlyArray<readonly [string, Uint8Array]> = [
	['ESC as it is', Buffer.from('\u001B]0;PWNED\u0007')],
	['ESC as a character reference', Buffer.from('&#27;]52;c;UFdORUQ=&#7;')],
	['ESC in hexadecimal', Buffer.from('&#x1b;[2J')],
	['NUL', Buffer.from('\u0000')],
	['a lone surrogate', Buffer.from([0xed, 0xa0, 0x80])],
	['a reference to a lone surrogate', Buffer.from('&#xD800;')],
	['an overlong ESC', Buffer.from([0xc0, 0x9b])],
];

export const domain = 'example.test';
const contact = `romeo@${domain}`;

/** Plays the login and answers every request with hostile data, for as long as the connection lasts. */
export async function playsHostileServer(
	connection: ScriptedConnection,
	{certificate, password}: {readonly certificate: Certificate; readonly password: string},
): Promise<void> {
	await answersStartTls(connection, certificate);
	await answersHeader(connection, offer.mechanisms('SCRAM-SHA-1'));
	await answersScram(connection, {hash: 'SHA-1', password});
	await answersHeader(connection, offer.bind);
	await answersBind(connection, `juliet@${domain}/balcony`);
	for (;;) {
		const read = await connection.expects(/<iq [^>]*?(?:\/>|>.*?<\/iq>)/s);
		for (const [, id = ''] of read.matchAll(/<message [^>]*?\bid=["']([^"']*)["'][^>]*>\s*<body>/g)) {
			connection.replies(bounceOf(id));
		}

		const request = read.slice(read.lastIndexOf('<iq '));
		const id = /\bid=["']([^"']*)["']/.exec(request)?.[1] ?? '';
		const to = /\bto=["']([^"']*)["']/.exec(request)?.[1];
		const from = to === undefined ? '' : ` from='${to}'`;
		if (!/\btype=["'](?:get|set)["']/.test(request)) {
			continue;
		}

		const found = answers.find(([pattern]) => pattern.test(request));
		connection.replies(
			found === undefined
				? `<iq type='error' id='${id}'${from}><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>` +
						`<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>${worst('REFUSAL')}</text></error></iq>`
				: `<iq type='result' id='${id}'${from}>${found[1]}</iq>`,
		);
	}
}

const answers: ReadonlyArray<readonly [RegExp, string]> = [
	[
		/jabber:iq:roster/,
		`<query xmlns='jabber:iq:roster'><item jid='${contact}' subscription='both' name='${inAttribute(worst('NAME'))}'>` +
			`<group>${worst('GROUP')}</group></item></query>`,
	],
	[
		/jabber:iq:version/,
		`<query xmlns='jabber:iq:version'><name>${worst('PROGRAM')}</name><version>${worst('VERSION')}</version>` +
			`<os>${worst('SYSTEM')}</os></query>`,
	],
	[/urn:xmpp:carbons:2/, ''],
	[/urn:xmpp:ping/, ''],
];

/** Literal line breaks and tabs in attributes become spaces on the way: as references they stay. */
function inAttribute(text: string): string {
	return text.replaceAll(/[\t\n]/g, character => `&#${character.charCodeAt(0)};`);
}

/** Everything that a contact, a stranger and the server itself may write at any time, a stanza each. */
export const hostileStanzas: readonly string[] = [
	`<presence from='${contact}/orchard'><show>away</show><status>${worst('STATUS')}</status></presence>`,
	`<presence from='${contact}/${inAttribute(worst('RESOURCE'))}'/>`,
	`<presence from='${inAttribute(worst('stranger'))}@${domain}' type='subscribe'/>`,
	`<presence from='nurse@${domain}' type='subscribe'><status>${worst('REQUEST')}</status></presence>`,
	`<message from='${contact}/orchard' type='chat' id='a1'><body>${worst('BODY')}</body></message>`,
	`<message from='${contact}/orchard' type='chat' id='a2'><body>/me ${worst('ACTION')}</body></message>`,
	`<message from='${contact}/orchard' type='normal' id='a3'><subject>${worst('SUBJECT')}</subject><body>${worst('LETTER')}</body></message>`,
	`<message from='${contact}/orchard' type='headline' id='a4'><subject>${worst('TITLE')}</subject><body>${worst('HEADLINE')}</body></message>`,
	`<message from='${contact}/orchard' type='chat' id='a7'><body>LINK https://example.test/${hostile}/LINK</body></message>`,
	`<message from='${domain}' type='headline' id='a5'><body>${worst('SERVER')}</body></message>`,
	`<message from='${contact}/${inAttribute(worst('RESOURCE'))}' type='chat' id='a6'><body>dropped</body></message>`,
];

/** What the server answers to each message of ours. */
function bounceOf(id: string): string {
	return (
		`<message type='error' from='${contact}' id='${id}'><error type='cancel'>` +
		`<not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>` +
		`<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>${worst('BOUNCE')}</text></error></message>`
	);
}

export const hostileStreamError =
	`<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>` +
	`<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>${worst('STREAM')}</text>` +
	`<worst xmlns='urn:example:worst'>${worst('CONDITION')}</worst></stream:error></stream:stream>`;
