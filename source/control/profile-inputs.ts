/** What the verbs that tell about rooms and people take, checked before it reaches the client. */
import type {ActionInput} from '../model/actions.js';
import type {ProfileActions} from '../model/profile-actions.js';
import {type AllMembers, all, bareJid, type Check, jid, members} from './checks.js';

export const profileInputs: {readonly [Name in keyof ProfileActions]: Check<AllMembers<ActionInput<Name>>>} = {
	roomProfile: all({account: bareJid, room: bareJid}),
	vcard: members({account: bareJid}, {jid}),
};
