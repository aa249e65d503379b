/** What the verbs that tell about rooms and people take, checked before it reaches the client. */
import type {ActionInput} from '../model/actions.js';
import type {ProfileActions} from '../model/profile-actions.js';
import {type AllMembers, all, bareJid, type Check, jid, members, text} from './checks.js';
import {answers} from './room-inputs.js';

export const profileInputs: {readonly [Name in keyof ProfileActions]: Check<AllMembers<ActionInput<Name>>>} = {
	roomProfile: all({account: bareJid, room: bareJid}),
	vcard: members({account: bareJid}, {jid}),
	vcardForm: all({account: bareJid}),
	saveVcard: all({account: bareJid, answers}),
	publishNick: all({account: bareJid, nick: text}),
};
