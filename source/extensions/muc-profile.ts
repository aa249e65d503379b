/**
 * XEP-0045 §6.4: what a room tells about itself for a person to read. https://xmpp.org/extensions/xep-0045.html
 */
import type {RoomProfile} from '../model/room-profile.js';
import {type BareJid, parseJid} from '../shared/jid.js';
import {shortened} from '../shared/text.js';
import {integer} from '../xmpp/scalars.js';
import {mucNamespace} from './muc-elements.js';
import {roomInformation} from './muc-features.js';
import type {Information} from './service-discovery.js';
import {readHash} from './vcard-avatars.js';

/** Code points of what is kept. */
const longestLine = 512;
const longestText = 4096;
/** RFC 5646 §4.4.1. */
const longestLanguage = 35;
const mostValues = 10;
const mostHashes = 20;
/** More of them are in no room. */
const mostOccupants = 1_000_000;

/** Whether what answered is a room. */
export function isRoom({identities, features}: Information): boolean {
	return identities.some(({category}) => category === 'conference') || features.some(({name}) => name === mucNamespace);
}

/** What service discovery says of a room, without its card. What it does not tell, or tells wrongly, is left out. */
export function roomProfileIn(
	room: BareJid,
	information: Information,
): Omit<RoomProfile, 'card' | 'cardProblem'> & {readonly hasCards: boolean} {
	const names = new Set(information.features.map(({name}) => name));
	const values = (field: string) => valuesIn(information, field);
	const line = (field: string, longest = longestLine) => shortened(values(field)[0]?.trim() ?? '', longest);
	const told = {
		name: shortened(roomInformation(information).name?.trim() ?? '', longestLine),
		description: line('muc#roominfo_description', longestText),
		subject: line('muc#roominfo_subject', longestText),
		language: line('muc#roominfo_lang', longestLanguage),
		logs: line('muc#roominfo_logs'),
	};
	const occupants = integer(0, mostOccupants).parse(line('muc#roominfo_occupants'));
	const listed = names.has('muc_public') ? true : names.has('muc_hidden') ? false : undefined;
	const announced = hashFields.flatMap(values).slice(0, mostHashes).map(readHash);
	return {
		room,
		...Object.fromEntries(Object.entries(told).filter(([, text]) => text !== '')),
		features: roomInformation(information).features,
		...(listed === undefined ? {} : {listed}),
		...(occupants === undefined ? {} : {occupants}),
		contacts: values('muc#roominfo_contactjid')
			.slice(0, mostValues)
			.flatMap(text => parseJid(text.trim()) ?? []),
		pages: values('muc#roominfo_webchat_url')
			.slice(0, mostValues)
			.map(text => shortened(text.trim(), longestLine))
			.filter(text => text !== ''),
		announced: [...new Set(announced.filter(hash => hash !== undefined))],
		hasCards: names.has('vcard-temp'),
	};
}

/** XEP-0486 §3.3, and what Prosody's module said before there was that (mod_vcard_muc, 2018 to 2023). */
const hashFields = ['muc#roominfo_avatarhash', '{http://modules.prosody.im/mod_vcard_muc}avatar#sha1'] as const;

/** Of the form that rooms tell about themselves with (§15.5.4), and of no other. */
function valuesIn({forms}: Information, field: string): readonly string[] {
	return forms
		.filter(({fields}) => fields.some(({name, values}) => name === 'FORM_TYPE' && values[0] === roomInfo))
		.flatMap(({fields}) => fields.flatMap(({name, values}) => (name === field ? values : [])));
}

const roomInfo = `${mucNamespace}#roominfo`;
