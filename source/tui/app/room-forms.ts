/** The forms of rooms (XEP-0045 §7.10, §10.1.3, §10.2), and that of the own card (XEP-0054). */
import type {ClientIntent} from '../../commands/intent.js';
import type {Actions} from '../../model/actions.js';
import type {ViewIntent} from '../../model/view.js';
import type {BareJid} from '../../shared/jid.js';
import type {FormTask} from '../forms/form-task.js';
import type {Result} from './answer.js';

type InRoom = {readonly account: BareJid; readonly room: BareJid};

/** A view intent that is answered with a form to be filled in. */
export type RoomFormIntent = Extract<
	ViewIntent,
	{readonly type: 'roomConfiguration' | 'roomRegistration' | 'editVcard'}
>;

export function isRoomForm(intent: ViewIntent): intent is RoomFormIntent {
	return intent.type === 'roomConfiguration' || intent.type === 'roomRegistration' || intent.type === 'editVcard';
}

/** Who is asked for the form. */
export function askedFor(intent: RoomFormIntent): BareJid {
	return intent.type === 'editVcard' ? intent.account : intent.room;
}

/**
 * Asks the room, or the own server, for the form. `undefined`: there is nothing to fill in, the person is registered already. Rejects with why
 * it has none.
 */
export async function roomForm(
	intent: RoomFormIntent,
	actions: Pick<
		Actions,
		'roomConfiguration' | 'configureRoom' | 'roomRegistration' | 'registerInRoom' | 'vcardForm' | 'saveVcard'
	>,
): Promise<FormTask | undefined> {
	if (intent.type === 'editVcard') {
		const {account} = intent;
		return {
			title: `Card of ${account}`,
			form: await actions.vcardForm({account}),
			verb: 'Save',
			async submit(answers) {
				await actions.saveVcard({account, answers});
				return ['Your card is saved. /vcard nick tells your contacts what to call you.'];
			},
		};
	}

	const {type, account, room} = intent;
	if (type === 'roomConfiguration') {
		return {
			title: `Configuration of ${room}`,
			form: await actions.roomConfiguration({account, room}),
			verb: 'Save',
			async submit(answers) {
				await actions.configureRoom({account, room, answers});
				return [`${room} is configured.`];
			},
		};
	}

	const {form} = await actions.roomRegistration({account, room});
	return form === undefined
		? undefined
		: {
				title: `Registration with ${room}`,
				form,
				verb: 'Send',
				async submit(answers) {
					await actions.registerInRoom({account, room, answers});
					return [`You asked ${room} to be registered.`];
				},
			};
}

/** The room that was just made and waits to be configured (XEP-0045 §10.1.3). `result`: what the verb resolved to. */
export function roomToOpen(intent: ClientIntent, result: unknown): InRoom | undefined {
	if (intent.action !== 'joinRoom' || intent.input.reserved !== true) {
		return undefined;
	}

	const {created} = result as Result<'joinRoom'>;
	return created ? intent.input : undefined;
}

/** The form of a room that the person has just made: until it is sent nobody else can enter, and without it the room ends. */
export async function newRoomForm(
	{account, room}: InRoom,
	actions: Pick<Actions, 'roomConfiguration' | 'configureRoom' | 'destroyRoom' | 'removeBookmark'>,
): Promise<FormTask> {
	return {
		title: `New room ${room}`,
		form: await actions.roomConfiguration({account, room}),
		verb: 'Open',
		abandoning: 'Give the new room up? It ends then.',
		async submit(answers) {
			await actions.configureRoom({account, room, answers});
			return [`${room} is open.`];
		},
		async cancel() {
			await actions.destroyRoom({account, room});
			await actions.removeBookmark({account, room});
			return [`${room} was given up.`];
		},
	};
}

/** What is said where there is nothing to fill in. */
export function registeredText(intent: RoomFormIntent): string {
	return `You are registered with ${askedFor(intent)} already.`;
}
