import {type Command, defineCommand} from '../command.js';
import {client, view} from '../intent.js';
import {optional} from '../parameters.js';
import {inRoom, noAccount, roomHere} from '../room-address.js';
import {ignoredNick, nickHere} from '../room-parameters.js';

/** Not hearing somebody in a room. */
export const ignoring: readonly Command[] = [
	defineCommand({
		name: 'ignore',
		summary: 'Do not show what somebody in the room says',
		details: [
			'What they said before is hidden too, nothing of it calls you, and they do not learn of it.',
			'They are known by what the room gives everybody for good, or by their address; where it shows neither, another nick is all they need to be heard.',
			'Without a nick: lists whom you ignore, in all rooms where this buffer is none.',
		],
		examples: [
			{input: '/ignore Tybalt', does: 'hides what Tybalt says here'},
			{input: '/ignore', does: 'lists those who are ignored'},
		],
		related: ['unignore', 'kick'],
		parameters: {nick: optional(nickHere())},
		run({nick}, context) {
			if (nick !== undefined) {
				return inRoom(context, place => client('ignoreOccupant', {...place, nick}));
			}

			const {account} = context;
			const here = roomHere(context);
			return account === undefined
				? {complaint: noAccount}
				: view({type: 'listIgnored', account, ...(here === undefined ? {} : {room: here})});
		},
	}),
	defineCommand({
		name: 'unignore',
		summary: 'Show again what somebody in the room says',
		examples: [{input: '/unignore Tybalt', does: 'shows it, with what was hidden'}],
		related: ['ignore'],
		parameters: {nick: ignoredNick()},
		run: ({nick}, context) => inRoom(context, place => client('unignoreOccupant', {...place, nick})),
	}),
];
