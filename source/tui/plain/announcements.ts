import type {Availability} from '../../model/account.js';
import {type BufferId, bufferId} from '../../model/buffer.js';
import type {Event, EventOf} from '../../model/events.js';
import type {OccupantActivity, Room} from '../../model/room.js';
import type {Clock, Dispose} from '../../shared/clock.js';
import type {BareJid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {occupantsOf} from '../../store/room-selectors.js';
import {bufferOf, contactOf, foremost} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {activityText} from '../panes/activity-words.js';
import {availabilityText, bufferName, contactName} from '../panes/words.js';
import {encryptionWords} from './spoken-lists.js';

export type AnnouncerOptions = {
	readonly clock: Pick<Clock, 'after' | 'monotonic'>;
	state(): State;
	print(lines: readonly string[]): void;
	active(): BufferId;
};

/** Says what a screen shows beside the messages: who comes and goes, who is typing, what a room does. */
export type Announcer = {
	/** To be called after the store has reduced the event. */
	hear(event: Event): void;
	/** What is known now is no news. */
	begin(): void;
	close: Dispose;
};

/** Milliseconds for which coming and going is collected into one sentence. */
const collecting = 3000;
/** Milliseconds after a connection in which presence is what was so before. */
const arriving = 5000;

type Crowd = {joined: string[]; left: string[]};

export function createAnnouncer({clock, state, print, active}: AnnouncerOptions): Announcer {
	const availabilities = new Map<string, Availability>();
	const onlineSince = new Map<BareJid, number>();
	const rooms = new Map<BufferId, Room>();
	const crowds = new Map<BufferId, Crowd>();
	let stopCollecting: Dispose | undefined;

	const level = () => state().preferences['screen-reader.verbosity'];
	/** Whether what happens in a buffer is worth a sentence. */
	const isWanted = (buffer: BufferId) => level() === 'full' || (level() === 'normal' && buffer === active());
	const nameOf = (buffer: BufferId) => {
		const info = bufferOf(state(), buffer)?.info;
		return info === undefined ? '' : bufferName(state(), info);
	};

	const presence = ({account, jid, resources}: EventOf<'presence.changed'>) => {
		const key = `${account} ${jid}`;
		const before = availabilities.get(key) ?? 'unavailable';
		const now = foremost(resources)?.availability ?? 'unavailable';
		availabilities.set(key, now);
		const since = onlineSince.get(account);
		const isArriving = since === undefined || clock.monotonic() - since < arriving;
		if (before !== now && !isArriving && isWanted(bufferId(account, 'chat', jid))) {
			const name = contactName(contactOf(state(), account, jid), jid);
			print([`${name} is now ${availabilityText(now)}.`]);
		}
	};

	const typing = ({buffer, names}: EventOf<'typing.changed'>) => {
		if (names.length > 0 && isWanted(buffer)) {
			const shown = names.map(name => printable(name, 'identifier')).join(', ');
			const where = buffer === active() ? '' : ` in ${nameOf(buffer)}`;
			print([`${shown} ${names.length === 1 ? 'is' : 'are'} typing${where}.`]);
		}
	};

	const roomChanged = ({room}: EventOf<'room.changed'>) => {
		const before = rooms.get(room.buffer);
		rooms.set(room.buffer, room);
		const name = nameOf(room.buffer) || printable(room.jid, 'identifier');
		const lines: string[] = [];
		if (before?.status !== room.status) {
			lines.push(roomStatusText(room, name, occupantsOf(state(), room.buffer).size));
		}

		const {subject = ''} = room;
		if (before?.subject !== room.subject && subject !== '' && isWanted(room.buffer)) {
			lines.push(`Subject of room ${name}: ${printable(subject, 'line')}`);
		}

		print(lines);
	};

	const activity = (buffer: BufferId, happened: OccupantActivity | undefined) => {
		if (happened === undefined || !isWanted(buffer)) {
			return;
		}

		if (happened.what !== 'joined' && happened.what !== 'left') {
			print([`Room ${nameOf(buffer)}: ${activityText(happened)}.`]);
			return;
		}

		const crowd = crowds.get(buffer) ?? {joined: [], left: []};
		crowd[happened.what].push(printable(happened.nick, 'identifier'));
		crowds.set(buffer, crowd);
		stopCollecting ??= clock.after(collecting, tellCrowds);
	};

	const tellCrowds = () => {
		stopCollecting = undefined;
		for (const [buffer, {joined, left}] of crowds) {
			const parts = [...crowdWords(joined, 'joined'), ...crowdWords(left, 'left')];
			print([`Room ${nameOf(buffer)}: ${parts.join(', ')}.`]);
		}

		crowds.clear();
	};

	return {
		begin() {
			for (const {jid, status} of state().accounts) {
				if (status === 'online') {
					onlineSince.set(jid, Number.NEGATIVE_INFINITY);
				}
			}
		},
		hear(event) {
			switch (event.type) {
				case 'account.changed': {
					const {jid, status} = event.account;
					if (status !== 'online') {
						onlineSince.delete(jid);
					} else if (!onlineSince.has(jid)) {
						onlineSince.set(jid, clock.monotonic());
					}

					break;
				}

				case 'presence.changed':
					presence(event);
					break;
				case 'typing.changed':
					typing(event);
					break;
				case 'room.changed':
					roomChanged(event);
					break;
				case 'occupant.changed':
				case 'occupant.left':
					activity(event.buffer, event.activity);
					break;
				case 'encryption.changed':
					if (level() !== 'brief' || event.encryption === 'unavailable') {
						print([`${nameOf(event.buffer)}: ${encryptionWords[event.encryption]}.`]);
					}

					break;
				default:
					break;
			}
		},
		close() {
			stopCollecting?.();
		},
	};
}

/** Few people by name, many by their number. */
function crowdWords(nicks: readonly string[], did: 'joined' | 'left'): readonly string[] {
	const [nick] = nicks;
	return nick === undefined
		? []
		: [nicks.length <= 2 ? `${nicks.join(' and ')} ${did}` : `${nicks.length} people ${did}`];
}

function roomStatusText({status, nick, reason}: Room, name: string, count: number): string {
	const why = reason === undefined ? '' : `: ${printable(reason, 'line').replace(/\.$/u, '')}`;
	switch (status) {
		case 'joining':
			return `Joining room ${name}.`;
		case 'joined':
			return `You are in room ${name} as ${printable(nick, 'identifier')}, ${count === 1 ? '1 person is' : `${count} people are`} there.`;
		case 'parting':
			return `Leaving room ${name}.`;
		case 'parted':
			return `You have left room ${name}${why}.`;
		case 'refused':
			return `Room ${name} did not let you in${why}.`;
	}
}
