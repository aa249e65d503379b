/** What a room asks before it lets the person in (XEP-0158), as a form to be filled in. */
import type {ClientIntent} from '../../commands/intent.js';
import type {Actions} from '../../model/actions.js';
import {bufferId} from '../../model/buffer.js';
import type {ChallengePicture, RoomChallenge} from '../../model/room-challenge.js';
import {problemOf} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import {roomOf} from '../../store/room-selectors.js';
import type {State, StoreEvent} from '../../store/state.js';
import type {Store} from '../../store/store.js';
import type {FormTask} from '../forms/form-task.js';

type InRoom = {readonly account: BareJid; readonly room: BareJid};

/** The room that wants something answered before it lets the person in; `undefined`: something else is in the way. */
export function roomThatAsks(intent: ClientIntent, error: unknown): InRoom | undefined {
	return intent.action === 'joinRoom' && asks(error) ? intent.input : undefined;
}

function asks(error: unknown): boolean {
	return problemOf(error).code === 'room-captcha';
}

export type ChallengeFormPorts = {
	readonly actions: Pick<
		Actions,
		'roomChallenge' | 'answerRoomChallenge' | 'declineRoomChallenge' | 'saveChallengePicture'
	>;
	readonly store: Pick<Store<State, StoreEvent>, 'get' | 'subscribe'>;
	/** The room has let the person in. */
	entered(): void;
};

/** Asks for the questions. Rejects where nothing is asked any more. */
export async function roomChallengeForm({account, room}: InRoom, ports: ChallengeFormPorts): Promise<FormTask> {
	const {actions, store} = ports;
	let isIn = false;
	const entered = () => {
		if (!isIn) {
			isIn = true;
			ports.entered();
		}
	};
	const {form, pictures, ...words} = await actions.roomChallenge({account, room});
	return {
		title: `Enter ${room}`,
		form: {...form, instructions: [...form.instructions, ...challengeWords(words), ...pictures.map(pictureWords)]},
		verb: 'Answer',
		more: pictures.map((_, picture) => ({
			label: pictures.length === 1 ? 'Save the picture' : `Save picture ${picture + 1}`,
			does: async () => [`The picture is in ${(await actions.saveChallengePicture({account, room, picture})).path}`],
		})),
		async submit(answers) {
			await actions.answerRoomChallenge({account, room, answers});
			entered();
			return [];
		},
		again: async refusal => (asks(refusal) ? roomChallengeForm({account, room}, ports) : undefined),
		async cancel() {
			await actions.declineRoomChallenge({account, room});
			return [`${room} was not entered.`, `/join ${room} asks again.`];
		},
		over: whenOver({account, room}, store, entered),
	};
}

/** What the room says of it, with the page that asks the same where it does not name that itself. */
function challengeWords({text = '', url = ''}: Pick<RoomChallenge, 'text' | 'url'>): readonly string[] {
	return [text, text.includes(url) ? '' : `In a browser: ${url}`].filter(words => words !== '');
}

/** What is known of a picture that nobody has looked at. */
export function pictureWords({format, size, width, height}: ChallengePicture): string {
	const known = [
		format ?? '',
		width === undefined || height === undefined ? '' : `${width}x${height}`,
		size === undefined ? '' : sizeWords(size),
	].filter(words => words !== '');
	return size === undefined
		? 'A picture belongs to it that did not come with it: saving it fetches it.'
		: `${format === undefined ? 'Data' : 'Picture'} in the stanza (${known.join(', ')}): save it to look at it.`;
}

function sizeWords(bytes: number): string {
	return bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(1)} kB`;
}

/** Resolves when the room does not wait for an answer any more: it was given elsewhere, or the time has run out. */
function whenOver(
	{account, room}: InRoom,
	store: ChallengeFormPorts['store'],
	entered: () => void,
): Promise<readonly string[]> {
	const buffer = bufferId(account, 'room', room);
	return new Promise(resolve => {
		let hasAsked = false;
		const look = () => {
			const {status, challenged, reason = ''} = roomOf(store.get(), buffer) ?? {};
			hasAsked ||= challenged === true;
			if (status === 'joining' && (challenged === true || !hasAsked)) {
				return;
			}

			stop();
			if (status === 'joined') {
				entered();
			}

			const lines = reason === '' ? [] : [reason, `/join ${room} asks again.`];
			resolve(status === 'joined' || status === 'joining' ? [] : lines);
		};

		const stop = store.subscribe(look);
	});
}
