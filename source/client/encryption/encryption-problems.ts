/** Why something is not encrypted, or not sent for that, and what to do. */
import type {Device} from '../../model/device.js';
import {type Problem, problemOf} from '../../shared/errors.js';
import type {BareJid, Jid} from '../../shared/jid.js';
import {isStanzaError} from '../../xmpp/stanza-error.js';

/** There are devices that the person has to decide about. */
export function undecidedDevices(account: BareJid, devices: readonly Device[]): Problem {
	const owners = [...new Set(devices.map(({owner}) => owner))];
	const [owner = account] = owners;
	const whose = owner === account ? 'Your account has' : `${owner} has`;
	const count = devices.length === 1 ? 'a new device' : `${devices.length} new devices`;
	const others = owners.length > 1 ? `, and so have ${owners.slice(1).join(', ')}` : '';
	return {
		code: 'device-undecided',
		kind: 'notPermitted',
		message: `${whose} ${count} that you have not decided about${others}; until then nothing is sent.`,
		hint: `/devices${owner === account ? '' : ` ${owner}`} shows them: trust, verify or distrust each.`,
	};
}

/** They have devices, but none that a message can be encrypted for. */
export function nobodyUsable(
	people: readonly BareJid[],
	problemWith: (owner: BareJid, device: number) => string | undefined,
	devicesOf: (owner: BareJid) => readonly Device[],
): Problem {
	const [owner] = people;
	const reasons = people.flatMap(person => devicesOf(person).map(({id}) => problemWith(person, id)));
	const [why = 'all of them are distrusted'] = reasons.filter(reason => reason !== undefined);
	return {
		code: 'no-usable-device',
		kind: 'notPermitted',
		message: `Nothing can be encrypted for the devices of ${people.join(', ')}: ${why}.`,
		hint: `/omemo doctor ${owner ?? ''} says more; /omemo off sends in clear.`,
	};
}

/** It has to be encrypted, and some of those it goes to have no device for that. */
export function withoutDevices(people: readonly BareJid[], account: BareJid): Problem {
	const who = people.length === 0 ? `${account} has` : `${people.join(', ')} ${people.length === 1 ? 'has' : 'have'}`;
	return {
		code: 'no-omemo-device',
		kind: 'notPermitted',
		message: `${who} no device that can read encrypted messages, so it was not sent.`,
		hint: '/omemo off sends in clear from then on.',
	};
}

/** The keys of the account cannot be read. */
export function encryptionLocked(account: BareJid): Problem {
	return {
		code: 'encryption-locked',
		kind: 'configuration',
		message: `The encryption keys of ${account} are locked.`,
		hint: 'Unlock the keychain and try again; /omemo new-identity begins anew where they are lost.',
	};
}

/** A server did not say which devices somebody has. */
export function listRefused(owner: BareJid, error: unknown): Problem {
	const problem = problemOf(error);
	const {message} = problem;
	if (problem.kind === 'noSuchHost') {
		return problem;
	}

	const isHidden = isStanzaError(error) && ['forbidden', 'not-authorized', 'not-allowed'].includes(error.condition);
	return isHidden
		? {
				code: 'devices-hidden',
				kind: 'notPermitted',
				message: `The server of ${owner} shows their devices only to people they let see their presence.`,
				hint: `/add ${owner} asks for that; /omemo off sends in clear.`,
			}
		: {
				code: 'devices-unknown',
				kind: 'temporary',
				message: `It could not be found out which devices ${owner} has: ${message}`,
				hint: 'It is tried again in a minute; /omemo off sends in clear.',
			};
}

/** A server does not know of devices that it told of before. */
export function notThere(owner: BareJid, error: unknown): Problem {
	return {
		code: 'devices-unknown',
		kind: 'temporary',
		message: `The server of ${owner} does not tell of their devices any more: ${problemOf(error).message}`,
		hint: 'It is tried again in a minute; /omemo off sends in clear.',
	};
}

/** The members of a room have more devices than one message can be encrypted for. */
export function tooManyDevices(count: number, most: number): Problem {
	return {
		code: 'too-many-devices',
		kind: 'notPermitted',
		message: `This would have to be encrypted for ${count} devices, and no message carries more than ${most}.`,
		hint: '/omemo off sends in clear.',
	};
}

/** A conversation that was encrypted can be read by people who cannot be known any more. */
export function readByOthers(why: string): Problem {
	return {
		code: 'readers-unknown',
		kind: 'notPermitted',
		message: `${why} It was encrypted until now, so nothing is sent.`,
		hint: '/omemo off sends in clear from then on.',
	};
}

export function reactionExposed(to: Jid): Problem {
	return {
		code: 'reaction-exposed',
		kind: 'notPermitted',
		message: `The OMEMO that ${to} uses encrypts words alone, so servers would see the reaction. It was not sent.`,
		hint: '/set omemo.show-reactions on lets them; /reply answers in words, encrypted.',
	};
}

export function allDistrusted(owner: BareJid): Problem {
	return {
		code: 'no-usable-device',
		kind: 'notPermitted',
		message: `You trust none of the devices of ${owner}, so nothing can be encrypted for them.`,
		hint: `/devices ${owner} shows them; /omemo off sends in clear.`,
	};
}

/** Something of ours failed on the way to encrypting. */
export function notEncrypted(to: Jid): Problem {
	return {
		code: 'encryption-failed',
		kind: 'notPermitted',
		message: `The message to ${to} could not be encrypted, so it was not sent.`,
		hint: '/omemo doctor looks for the reason.',
	};
}
