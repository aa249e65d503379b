/** What the verbs of encryption take, checked before it reaches the client. */
import type {ActionInput} from '../model/actions.js';
import {type EncryptionChoice, type Fingerprint, parseFingerprint, type Trust} from '../model/device.js';
import type {DeviceActions} from '../model/device-actions.js';
import {type AllMembers, all, bareJid, buffer, type Check, flag, integer, jid, members, oneOf, text} from './checks.js';

const trusts: readonly Trust[] = ['undecided', 'blind', 'trusted', 'verified', 'distrusted'];
const choices: readonly EncryptionChoice[] = ['on', 'off'];

const fingerprint: Check<Fingerprint> = value => (typeof value === 'string' ? parseFingerprint(value) : undefined);
/** A device id (XEP-0384 §1.1). */
const deviceId = integer(1, 2 ** 31 - 1);
const ofAccount = {account: bareJid};
const backup = all({...ofAccount, path: text, passphrase: text});

export const deviceInputs: {readonly [Name in keyof DeviceActions]: Check<AllMembers<ActionInput<Name>>>} = {
	listDevices: members(ofAccount, {owner: bareJid, refresh: flag}),
	setTrust: all({...ofAccount, owner: bareJid, fingerprint, trust: oneOf(trusts)}),
	removeDevice: all({...ofAccount, id: deviceId}),
	labelDevice: all({...ofAccount, label: text}),
	chooseEncryption: members({buffer}, {choice: oneOf(choices)}),
	resetSessions: members({...ofAccount, owner: bareJid}, {device: deviceId}),
	diagnoseEncryption: all({...ofAccount, with: jid}),
	resetIdentity: members(ofAccount, {keep: flag}),
	exportKeys: backup,
	importKeys: backup,
};
