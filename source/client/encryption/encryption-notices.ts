/** What the person has to hear about encryption, whatever they are looking at. */
import type {Device} from '../../model/device.js';
import type {KeyDecision} from '../../omemo/automatic-trust.js';
import type {Clock} from '../../shared/clock.js';
import {messageOf, type Problem} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import type {Journal} from '../journal.js';

export type EncryptionNotices = {
	newOwnDevices(ids: readonly number[]): void;
	listCut(owner: BareJid, count: number): void;
	notPublished(why: Problem): void;
	notRemoved(id: number, error: unknown): void;
	notReady(error: unknown): void;
	/** A device said something of keys, and that is what is thought of them now. `by`: as it is known. */
	keysDecided(by: Device, decisions: readonly KeyDecision[], known: (key: KeyDecision) => Device | undefined): void;
	/** Once for each room. */
	roomTakesOff(room: BareJid): void;
};

export type EncryptionNoticesPorts = {
	readonly account: BareJid;
	readonly journal: Pick<Journal, 'emit'>;
	readonly clock: Pick<Clock, 'now'>;
};

export function createEncryptionNotices({account, journal, clock}: EncryptionNoticesPorts): EncryptionNotices {
	const warn = (text: string, hint: string) =>
		journal.emit({type: 'notice', level: 'warning', text, hint, account, at: clock.now()});
	const bare = new Set<BareJid>();
	return {
		newOwnDevices(ids) {
			const what = ids.length === 1 ? `a new device (${ids[0]})` : `${ids.length} new devices (${ids.join(', ')})`;
			warn(
				`The account ${account} has ${what}, which can read what is encrypted from now on.`,
				'If that was not you, change your password and remove it: /devices shows your devices.',
			);
		},
		listCut: (owner, count) =>
			warn(
				`${owner} lists ${count} devices for encryption, more than anybody has: the first of them count.`,
				`Ask them to clear the list in their app; /devices ${owner} shows those that count.`,
			),
		notPublished: ({message}) =>
			warn(
				`The encryption keys of ${account} could not be put on its server: ${message}`,
				`Until they are there nobody can begin to encrypt for this device. /omemo doctor ${account} tries again.`,
			),
		notRemoved: (id, error) =>
			warn(
				`The former device ${id} of ${account} could not be taken off its list: ${messageOf(error)}`,
				'Others go on encrypting for it: remove it in /devices.',
			),
		notReady: error =>
			warn(
				`The encryption of ${account} could not be made ready: ${messageOf(error)}`,
				'What has to be encrypted waits. Connect again to try once more.',
			),
		keysDecided(by, decisions, known) {
			const who = by.owner === account ? `Your device ${by.id}` : `Device ${by.id} of ${by.owner}`;
			for (const [trust, {level, says, means}] of Object.entries(outcomes)) {
				const keys = decisions.filter(each => each.trust === trust);
				const [first] = keys;
				if (first !== undefined) {
					journal.emit({
						type: 'notice',
						level,
						text: `${who} ${says} ${namesOf(keys, account, known)}: ${means}.`,
						hint: `/devices ${first.owner} shows what is thought of whom. /set omemo.trust-messages off believes nobody but you.`,
						account,
						at: clock.now(),
					});
				}
			}
		},
		roomTakesOff(room) {
			if (!bare.has(room)) {
				bare.add(room);
				warn(
					`${room} takes off what is encrypted of messages, so nobody there can read yours.`,
					'Its service is too old for encryption; /omemo off sends in clear there.',
				);
			}
		},
	};
}

const outcomes = {
	verified: {level: 'info', says: 'vouches for', means: 'verified from now on'},
	distrusted: {level: 'warning', says: 'distrusts', means: 'nothing is encrypted for that any more'},
} as const;

/** Keys that are named in a notice. */
const mostNamed = 5;

function namesOf(
	keys: readonly KeyDecision[],
	account: BareJid,
	known: (key: KeyDecision) => Device | undefined,
): string {
	const names = keys.slice(0, mostNamed).map(key => {
		const whose = key.owner === account ? 'yours' : key.owner;
		const id = known(key)?.id;
		return id === undefined ? `a key of ${whose} that was not seen yet` : `device ${id} of ${whose}`;
	});
	const rest = keys.length - names.length;
	return rest === 0 ? names.join(', ') : `${names.join(', ')} and ${rest} more`;
}
