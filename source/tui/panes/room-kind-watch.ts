import type {Event} from '../../model/events.js';
import type {Room, RoomFeatures} from '../../model/room.js';
import type {RoomNews} from './room-news.js';

type Feature = keyof RoomFeatures;
type Told = {readonly level: RoomNews['level']; readonly text: string};

/** What is said when it becomes so, and when it is so no longer; a warning where more people see or hear more. */
const sentences: Readonly<Partial<Record<Feature, {readonly now: Told; readonly noLonger: Told}>>> = {
	nonAnonymous: {
		now: {level: 'warning', text: 'The room shows real addresses to everybody now.'},
		noLonger: {level: 'info', text: 'The room shows real addresses to moderators only now.'},
	},
	logged: {
		now: {level: 'warning', text: 'What is said here is logged from now on.'},
		noLonger: {level: 'info', text: 'What is said here is not logged any more.'},
	},
	archived: {
		now: {level: 'warning', text: 'What is said here is archived from now on.'},
		noLonger: {level: 'info', text: 'What is said here is not archived any more.'},
	},
	membersOnly: {
		now: {level: 'info', text: 'Only members may enter this room now.'},
		noLonger: {level: 'warning', text: 'Anybody may enter this room now.'},
	},
	passwordProtected: {
		now: {level: 'info', text: 'Whoever enters this room needs its password now.'},
		noLonger: {level: 'info', text: 'Nobody needs a password any more to enter this room.'},
	},
	moderated: {
		now: {level: 'info', text: 'Only those with voice may speak here now.'},
		noLonger: {level: 'info', text: 'Everybody may speak here now.'},
	},
};

export type RoomKindWatch = {
	/** The rooms as they are known already. */
	begin(rooms: ReadonlyArray<{readonly room: Room}>): void;
	/** What has to be told in a room because it is of another kind than it was when the person saw it last. */
	hear(event: Event): readonly RoomNews[];
};

/** Compares what rooms tell of themselves; also with what they told before the connection was lost. */
export function createRoomKindWatch(): RoomKindWatch {
	const known = new Map<Room['buffer'], RoomFeatures>();
	return {
		begin(rooms) {
			for (const {room} of rooms) {
				known.set(room.buffer, room.features);
			}
		},
		hear(event) {
			if (event.type !== 'room.changed') {
				return [];
			}

			const {buffer, features} = event.room;
			const before = known.get(buffer) ?? {};
			const {slowMode: _, ...lasting} = before;
			// What it leaves open now it has not taken back; only of slow mode it says nothing where there is none.
			known.set(buffer, {...(isTold(features) ? lasting : before), ...features});
			return [...changes(before, features), ...changeOfPace(before, features)].map(told => ({...told, buffer}));
		},
	};
}

/** Whether it has told what it is: whether it is archived is always known then. */
function isTold({archived}: RoomFeatures): boolean {
	return archived !== undefined;
}

/** How long one has to wait from one message to the next (XEP-0500 §4). */
function changeOfPace(before: RoomFeatures, now: RoomFeatures): readonly Told[] {
	if (!isTold(before) || !isTold(now) || before.slowMode === now.slowMode) {
		return [];
	}

	const text =
		now.slowMode === undefined
			? 'The room is not in slow mode any more.'
			: `The room is in slow mode now: one message in ${now.slowMode} s.`;
	return [{level: 'info', text}];
}

/**
 * Where nothing is said of a log there was none; but services that archive say so only when they are configured, and then
 * nothing has changed.
 */
function changes(before: RoomFeatures, now: RoomFeatures): readonly Told[] {
	return (Object.keys(sentences) as Feature[]).flatMap(feature => {
		const is = now[feature];
		const told = sentences[feature];
		const was = before[feature] ?? (feature === 'logged' && before.archived === false ? false : undefined);
		return told === undefined || is === undefined || was === undefined || is === was
			? []
			: [is ? told.now : told.noLonger];
	});
}
