/**
 * Compares what clients have with what the server's archives hold: I1 to I5, the history part of I6, and I7, of the rules
 * that nothing is lost and nothing is doubled. Every body is sent once, so a body stands for a message.
 */
import type {ArchiveState} from '../../source/storage/ports.js';
import type {ArchiveEntry} from '../support/server-archive.js';
import {checkSecrets} from './check-secrets.js';
import {type Evidence, type Owner, ownerOf, type Recorded, type Remains} from './evidence.js';
import {deviceNames} from './plan.js';

export type Finding = {
	readonly kind: 'lost' | 'doubled' | 'misordered' | 'exposed';
	/** What, and where. */
	readonly text: string;
};

export type Verdict = {
	readonly findings: readonly Finding[];
	/**
	 * Bodies that the server took and never passed on: it was killed between the sender's copy and the recipient's, and
	 * its own archives say so. At most one for each kill.
	 */
	readonly torn: readonly string[];
	/** How many messages people are told are in doubt or failed, and in no archive. */
	readonly inDoubt: number;
	/** How many lines at any device say only that they cannot be read, with a reason. */
	readonly unread: number;
};

const owners: readonly Owner[] = ['juliet', 'romeo'];

export function check(evidence: Evidence): Verdict {
	const torn = owners.flatMap(owner => tornBy(evidence, owner));
	const inDoubt = deviceNames
		.flatMap(device => evidence.histories[device])
		.filter(({body, state}) => isInDoubt(state) && owners.every(owner => !bodiesOf(evidence, owner).includes(body)));
	return {
		torn,
		inDoubt: inDoubt.length,
		unread: deviceNames.flatMap(device => evidence.histories[device]).filter(({encryption}) => encryption === 'unread')
			.length,
		findings: [
			...owners.flatMap(owner => twice(bodiesOf(evidence, owner), `in the archive of ${owner}`)),
			...(torn.length > evidence.hardKills
				? torn.map(body => lost(`"${body}" is in its sender's archive, not in its recipient's`))
				: []),
			...unsent(evidence),
			...historyFindings(evidence),
			...promises(evidence),
			...deviceNames.flatMap(device => twice(evidence.shown[device], `among what was shown at ${device}`)),
			...evidence.remains.flatMap(remains => passedOver(remains, evidence)),
			...roomFindings(evidence),
			...restorationFindings(evidence),
			...checkSecrets(evidence),
		],
	};
}

/** I1, I3, I6: each device has what its archive has, once, in its order; so both devices of Juliet have the same. */
function historyFindings(evidence: Evidence): readonly Finding[] {
	return deviceNames.flatMap(device => {
		const archived = bodiesOf(evidence, ownerOf[device]);
		const known = new Set(archived);
		const history = evidence.histories[device];
		const bodies = history.map(({body}) => body);
		const here = new Set(bodies);
		const open = (evidence.positions[device]?.gaps ?? []).length;
		return [
			...unique(archived)
				.filter(body => !here.has(body))
				.map(body => lost(`"${body}" is in the archive, not at ${device}`)),
			...history
				.filter(({body, state}) => !known.has(body) && !isInDoubt(state))
				.map(({body, direction, state}) =>
					lost(`${direction} "${body}" (${state}) is at ${device}, not in the archive`),
				),
			...history
				.filter(({body, state}) => known.has(body) && (isInDoubt(state) || state === 'queued' || state === 'written'))
				.map(({body, state}) => lost(`"${body}" is ${state} at ${device}, though the archive has it`)),
			...twice(bodies, `at ${device}`),
			...disorder(history, archived, evidence.shown[device]).map(([earlier, later]) =>
				misordered(`at ${device} "${later}" is behind "${earlier}", which the archive has after it`),
			),
			...(open > 0 ? [lost(`${open} gaps are left at ${device}`)] : []),
		];
	});
}

/**
 * Messages with one that stands before them and should not. What was written here stands where it was written: what the
 * server got before it, and this device only afterwards, may stand behind it.
 */
function disorder(
	history: readonly Recorded[],
	archived: readonly string[],
	shown: readonly string[],
): ReadonlyArray<readonly [earlier: string, later: string]> {
	const places = new Map(archived.map((body, index) => [body, index]));
	const told = new Map(shown.map((body, index) => [body, index]));
	const mayStandBefore = (earlier: Recorded, later: Recorded) =>
		(places.get(earlier.body) ?? 0) < (places.get(later.body) ?? 0) ||
		(earlier.isOwn && (told.get(earlier.body) ?? 0) <= (told.get(later.body) ?? Number.POSITIVE_INFINITY));
	const common = history.filter(
		({body}, index) => places.has(body) && history.findIndex(each => each.body === body) === index,
	);
	return common.flatMap((later, index) => {
		const wrong = common.slice(0, index).find(earlier => !mayStandBefore(earlier, later));
		return wrong === undefined ? [] : [[wrong.body, later.body] as const];
	});
}

/**
 * The room: every device has what its archive has, once, in its order; what was written is in it once, or shown as what it
 * is. A server that is killed between telling and archiving, at most once each time, cannot be held against anybody.
 */
function roomFindings({room, hardKills, restorations}: Evidence): readonly Finding[] {
	if (room === undefined) {
		return [];
	}

	const archived = room.archive.flatMap(({body}) => body ?? []);
	const known = new Set(archived);
	const untold = new Set(
		deviceNames.flatMap(device =>
			room.histories[device]
				.filter(({body, state}) => !known.has(body) && (state === undefined || state === 'delivered'))
				.map(({body}) => body),
		),
	);
	return [
		...twice(archived, 'in the archive of the room'),
		...(untold.size > hardKills
			? [...untold].map(body => lost(`"${body}" was said, and is not in the room's archive`))
			: []),
		...deviceNames.flatMap(device => {
			const history = room.histories[device];
			const here = new Set(history.map(({body}) => body));
			return [
				...unique(archived)
					.filter(body => !here.has(body))
					.map(body => lost(`"${body}" is in the room's archive, not at ${device}`)),
				...history
					.filter(({body, isOwn, state}) => isOwn && (known.has(body) ? state !== 'delivered' : isOnItsWay(state)))
					.map(({body, state}) => lost(`"${body}" of the room is ${state} at ${device}`)),
				...twice(
					history.map(({body}) => body),
					`of the room at ${device}`,
				),
				...twice(room.shown[device], `among what was shown of the room at ${device}`),
				...disorder(history, archived, room.shown[device]).map(([earlier, later]) =>
					misordered(`in the room at ${device} "${later}" is behind "${earlier}", which the archive has after it`),
				),
				...room.sent
					.filter(sent => sent.device === device && sent.told !== 'unknown' && !here.has(sent.body))
					.filter(({body}) => !restorations.some(each => each.device === device && has(each.forgottenInRoom, body)))
					.map(({body}) => lost(`"${body}" for the room was accepted at ${device} and is not on record there`)),
			];
		}),
	];
}

/** Nothing was said of it that holds without the database. */
function mayBeGone(state: string | undefined): boolean {
	return state === 'queued' || state === 'sealed' || state === 'written' || state === 'uncertain' || state === 'failed';
}

/** It should be in the room by now. */
function isOnItsWay(state: string | undefined): boolean {
	return state === 'queued' || state === 'written' || state === 'acked' || state === 'uncertain';
}

/** I2, I5: what a person was told of a message when it was sent holds, also if the process was killed the moment after. */
function promises(evidence: Evidence): readonly Finding[] {
	return evidence.sent.flatMap(({device, body, told}) => {
		const isArchived = bodiesOf(evidence, ownerOf[device]).includes(body);
		const isHere =
			has(evidence.histories[device], body) ||
			evidence.restorations.some(each => each.device === device && has(each.forgotten, body));
		return [
			...(told !== 'unknown' && !isHere
				? [lost(`"${body}" was accepted at ${device} and is not on record there`)]
				: []),
			...(told === 'acked' && !isArchived
				? [lost(`"${body}" was acknowledged at ${device} and is in no archive`)]
				: []),
		];
	});
}

/**
 * What was on its way when an old copy was put back is gone, and nobody has it; what the server had comes again. What was in
 * the copy stays, and can be read as before.
 */
function restorationFindings(evidence: Evidence): readonly Finding[] {
	return evidence.restorations.flatMap(({device, copy, forgotten}) => {
		const archived = new Set(bodiesOf(evidence, ownerOf[device]));
		const here = new Map(evidence.histories[device].map(each => [each.body, each.encryption]));
		return [
			...forgotten
				.filter(({body, state}) => !archived.has(body) && !mayBeGone(state))
				.map(({body, state}) => lost(`"${body}" was ${state} at ${device} when the copy was put back, and is gone`)),
			...copy
				.filter(({body, encryption}) => !here.has(body) || here.get(body) !== encryption)
				.map(({body}) => lost(`"${body}" is in the copy for ${device}, and no longer there as it was`)),
		];
	});
}

/** Messages that their recipient's archive has, and their sender's has not. */
function unsent(evidence: Evidence): readonly Finding[] {
	return owners.flatMap(owner => {
		const mine = new Set(bodiesOf(evidence, owner));
		return from(evidence, other(owner), owner)
			.filter(body => !mine.has(body))
			.map(body => lost(`"${body}" reached ${other(owner)} and is not in the archive of ${owner}, who sent it`));
	});
}

/** Messages of `owner` that the server has for the sender, not for the recipient. */
function tornBy(evidence: Evidence, owner: Owner): readonly string[] {
	const theirs = new Set(bodiesOf(evidence, other(owner)));
	return from(evidence, owner, owner).filter(body => !theirs.has(body));
}

/** I4, I5: a process that is killed has not passed over anything: all up to its head is on record, apart from its gaps. */
function passedOver({device, archive, history}: Remains, evidence: Evidence): readonly Finding[] {
	const entries = evidence.archives[ownerOf[device]];
	const places = new Map(entries.map(({id}, index) => [id, index]));
	const place = (id: string) => places.get(id) ?? Number.NaN;
	if (archive?.head === undefined) {
		return [];
	}

	const named = [archive.head, ...archive.gaps.flatMap(({after, before}) => (after ? [after, before] : [before]))];
	const strange = named.find(({id}) => !places.has(id));
	if (strange !== undefined) {
		return [lost(`${device} was killed with the position ${strange.id}, which the archive does not know`)];
	}

	const head = place(archive.head.id);
	return entries
		.filter((_, index) => index <= head && !isInGap(index, archive, place))
		.filter(entry => entry.body !== undefined && !isOnRecord(entry, history))
		.map(({body}) => lost(`${device} was killed when it had passed "${body}" and did not have it`));
}

function isInGap(index: number, {gaps}: ArchiveState, place: (id: string) => number): boolean {
	return gaps.some(({after, before}) => index < place(before.id) && (after === undefined || index > place(after.id)));
}

function isOnRecord({id, body}: ArchiveEntry, history: readonly Recorded[]): boolean {
	return history.some(recorded => recorded.archiveId === id || recorded.body === body);
}

function twice(bodies: readonly string[], where: string): readonly Finding[] {
	return bodies
		.filter((body, index) => bodies.indexOf(body) !== index)
		.map(body => ({kind: 'doubled', text: `"${body}" is more than once ${where}`}));
}

const lost = (text: string): Finding => ({kind: 'lost', text});
const misordered = (text: string): Finding => ({kind: 'misordered', text});
const unique = (bodies: readonly string[]) => [...new Set(bodies)];
const other = (owner: Owner): Owner => (owner === 'juliet' ? 'romeo' : 'juliet');
const has = (history: readonly Recorded[], body: string) => history.some(recorded => recorded.body === body);
const isInDoubt = (state: string | undefined) => state === 'uncertain' || state === 'failed';

function bodiesOf({archives}: Evidence, owner: Owner): readonly string[] {
	return archives[owner].flatMap(({body}) => body ?? []);
}

/** What `sender` sent, by the archive of `owner`. */
function from({archives}: Evidence, owner: Owner, sender: Owner): readonly string[] {
	return archives[owner].flatMap(entry =>
		entry.body !== undefined && entry.from.startsWith(`${sender}@`) ? [entry.body] : [],
	);
}
