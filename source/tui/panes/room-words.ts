import type {Encryption} from '../../model/buffer.js';
import type {ListedRoom, Room, RoomFeatures} from '../../model/room.js';
import type {ReadBy} from '../../store/room-selectors.js';

/** What a room told about itself, in words, what concerns who reads along first; nothing where it told nothing. */
export function roomKindWords({
	membersOnly,
	nonAnonymous,
	moderated,
	persistent,
	passwordProtected,
	archived,
	logged,
	slowMode,
}: RoomFeatures): readonly string[] {
	return [
		membersOnly === undefined ? '' : membersOnly ? 'members only' : 'public',
		nonAnonymous === undefined ? '' : nonAnonymous ? 'non-anonymous' : 'semi-anonymous',
		logged ? 'logged in public' : '',
		archived ? 'archived' : '',
		moderated ? 'moderated' : '',
		passwordProtected ? 'with a password' : '',
		slowMode === undefined ? '' : `one message in ${slowMode} s`,
		persistent === false ? 'temporary' : '',
	].filter(word => word !== '');
}

/** The same where there is little room: what concerns who reads along. */
export function roomKindBrief({membersOnly, nonAnonymous, archived, logged}: RoomFeatures): readonly string[] {
	return [
		membersOnly === undefined ? '' : membersOnly ? 'members' : 'public',
		nonAnonymous === undefined ? '' : nonAnonymous ? 'non-anon' : 'semi-anon',
		logged ? 'logged' : '',
		archived ? 'archived' : '',
	].filter(word => word !== '');
}

/** What is told of a room that one is not in, what concerns entering it first. */
export function listedRoomWords({isOpen, nonAnonymous, language}: ListedRoom): readonly string[] {
	return [
		isOpen === undefined ? '' : isOpen ? 'open' : 'closed',
		nonAnonymous === undefined ? '' : nonAnonymous ? 'non-anonymous' : 'semi-anonymous',
		language === undefined ? '' : `language ${language}`,
	].filter(word => word !== '');
}

/** The same as letters, which the help explains. */
export function roomKindLetters({membersOnly, nonAnonymous, archived, logged}: RoomFeatures): string {
	return [
		membersOnly === undefined ? '' : membersOnly ? 'M' : 'P',
		nonAnonymous === undefined ? '' : nonAnonymous ? 'N' : 'S',
		logged ? 'L' : '',
		archived ? 'A' : '',
	].join('');
}

/** What the letters mean. */
export const roomLetterMeanings: ReadonlyArray<readonly [string, string]> = [
	['M, P', 'in the title of a room on a narrow screen: only members may enter, or the public'],
	['N, S', 'there too: everybody sees real addresses, or only moderators do (semi-anonymous)'],
	['A, L', 'there too: what is said is archived, or logged in public'],
];

/** Why nobody can be spoken to there now, in two or three words; empty in a room that was joined. */
export function roomStatusWords({status, challenged}: Pick<Room, 'status' | 'challenged'>): string {
	switch (status) {
		case 'joining':
			return challenged === true ? 'it asks something: /join' : 'joining…';
		case 'parting':
			return 'leaving…';
		case 'parted':
			return 'you are not in this room';
		case 'refused':
			return 'you were not let in';
		case 'joined':
			return '';
	}
}

/** `1 person`, `23 people`. */
export function peopleText(count: number): string {
	return count === 1 ? '1 person' : `${count} people`;
}

/** `read by 3 of 5`, `read by all 5`; nobody: nothing. */
export function readByText({readers, of}: ReadBy): string {
	return readers.length === 0 ? '' : readers.length < of ? `read by ${readers.length} of ${of}` : `read by all ${of}`;
}

/** What is known of the devices that a conversation is encrypted for. */
export type DeviceCounts = {
	/** New ones that wait for the person. */
	readonly undecided: number;
	/** There are some of theirs, and all are verified. */
	readonly verified: boolean;
};

/** How what is sent is protected, at length and briefly; where nothing is sent, why. */
export function encryptionWords(
	encryption: Encryption | undefined,
	{undecided, verified}: DeviceCounts = {undecided: 0, verified: false},
): {readonly long: string; readonly brief: string} {
	switch (encryption) {
		case 'omemo':
			return verified ? {long: 'OMEMO, verified', brief: 'OMEMO'} : {long: 'OMEMO', brief: 'OMEMO'};
		case 'unavailable':
			return undecided === 0
				? {long: 'cannot encrypt: nothing is sent', brief: 'cannot encrypt'}
				: {
						long: `nothing is sent: ${undecided === 1 ? 'a new device' : `${undecided} new devices`}, /devices`,
						brief: 'new device',
					};
		default:
			return {long: 'not end-to-end encrypted', brief: 'no E2EE'};
	}
}

/** Who is typing, shorter and shorter; the last is the shortest. Nobody: nothing. `names` are harmless for the screen. */
export function typingWords(names: readonly string[]): readonly string[] {
	if (names.length === 0) {
		return [];
	}

	const all = names.length <= mostNamed ? [`${names.join(', ')} typing…`] : [];
	const count = names.length === 1 ? [] : [`${names.length} people typing…`];
	return [...all, ...count, 'typing…'];
}

/** More names than these nobody reads before they have changed. */
const mostNamed = 3;
