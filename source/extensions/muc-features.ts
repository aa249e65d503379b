/**
 * XEP-0045 §6.4: what a room tells about itself. https://xmpp.org/extensions/xep-0045.html
 */
import type {RoomFeatures} from '../model/room.js';
import {explicitMentionFeature} from './mentions.js';
import {restrictionsIn} from './message-reactions.js';
import type {Information} from './service-discovery.js';
import {slowModeIn} from './slow-mode.js';

export type RoomInformation = {
	readonly name?: string;
	readonly features: RoomFeatures;
	/** Its occupant-ids are to be believed (XEP-0421 §4). */
	readonly hasOccupantIds: boolean;
	/** The ids that messages have in its archive are to be believed (XEP-0359 §5). */
	readonly hasStableIds: boolean;
	/** It takes explicit mentions (XEP-0513 §5). */
	readonly takesMentions: boolean;
};

/** What service discovery says of a room. What it does not tell is left out. */
export function roomInformation({identities, features, forms}: Information): RoomInformation {
	const names = new Set(features.map(({name}) => name));
	const either = (yes: string, no: string) => (names.has(yes) ? true : names.has(no) ? false : undefined);
	const told: Readonly<Partial<Record<keyof RoomFeatures, boolean | number | undefined>>> = {
		membersOnly: either('muc_membersonly', 'muc_open'),
		nonAnonymous: either('muc_nonanonymous', 'muc_semianonymous'),
		moderated: either('muc_moderated', 'muc_unmoderated'),
		persistent: either('muc_persistent', 'muc_temporary'),
		passwordProtected: either('muc_passwordprotected', 'muc_unsecured'),
		archived: names.has('urn:xmpp:mam:2'),
		slowMode: slowModeIn(forms),
	};
	const reactions = restrictionsIn(forms);
	const name = identities.find(({category}) => category === 'conference')?.name;
	return {
		...(name === undefined ? {} : {name}),
		features: {
			...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)),
			...(reactions === undefined ? {} : {reactions}),
		},
		hasOccupantIds: names.has('urn:xmpp:occupant-id:0'),
		takesMentions: names.has(explicitMentionFeature),
		hasStableIds: names.has('urn:xmpp:sid:0') || names.has('urn:xmpp:mam:2'),
	};
}
