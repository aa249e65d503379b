/** What xmppc and a client with windows do to each other, and what has to be seen of it. */
import type {GuiClient, GuiClientKind} from './client.js';
import type {Correspondent} from './correspondent.js';

/** The client with windows is at this account; xmppc at the others. */
export const theirs = 'romeo@example.test';

/**
 * xmppc at three accounts. With the first two all is encrypted, and begun by xmppc there and by the other client here; the second
 * one lets servers see what it answers and how it reacts (`omemo.show-replies`, `omemo.show-reactions`). With the third all goes in
 * clear.
 */
export type Cast = {
	readonly client: GuiClient;
	readonly juliet: Correspondent;
	readonly nurse: Correspondent;
	readonly tybalt: Correspondent;
};

/** `NAME` in a title is the client. */
export type Scene = readonly [title: string, isSeen: (cast: Cast) => Promise<void>];

/** Encrypted conversations begin from either side, and go on after one of them was away. */
const beginning: readonly Scene[] = [
	[
		'xmppc writes first, NAME reads',
		async ({client, juliet}) => {
			await juliet.writes(theirs, 'Wherefore art thou? Ça va, 日本');
			await client.reads(juliet.jid, 'Wherefore art thou? Ça va, 日本');
		},
	],
	[
		'NAME answers, xmppc reads',
		async ({client, juliet}) => {
			await client.writes(juliet.jid, 'Shall I hear more');
			await juliet.reads(theirs, 'Shall I hear more');
		},
	],
	[
		'NAME writes first, xmppc reads',
		async ({client, nurse}) => {
			await client.writes(nurse.jid, 'Commend me to thy lady');
			await nurse.reads(theirs, 'Commend me to thy lady');
		},
	],
	[
		'xmppc answers, NAME reads',
		async ({client, nurse}) => {
			await nurse.writes(theirs, 'I will tell her, sir');
			await client.reads(nurse.jid, 'I will tell her, sir');
		},
	],
	[
		'xmppc writes while NAME is away, NAME reads when it is back',
		async ({client, juliet}) => {
			await client.misses(() => juliet.writes(theirs, 'A thousand times good night'));
			await client.reads(juliet.jid, 'A thousand times good night');
		},
	],
	[
		'NAME writes after that, xmppc reads',
		async ({client, juliet}) => {
			await client.writes(juliet.jid, 'A thousand times the worse');
			await juliet.reads(theirs, 'A thousand times the worse');
		},
	],
];

const inClear: readonly Scene[] = [
	[
		'xmppc writes in clear, NAME reads',
		async ({client, tybalt}) => {
			await tybalt.writes(theirs, 'A word with one of you');
			await client.reads(tybalt.jid, 'A word with one of you');
		},
	],
	[
		'NAME writes in clear, xmppc reads',
		async ({client, tybalt}) => {
			await client.writes(tybalt.jid, 'And but one word');
			await tybalt.reads(theirs, 'And but one word');
		},
	],
];

/** A scene with xmppc at one of its accounts. */
type Aspect = readonly [title: string, isSeen: (client: GuiClient, peer: Correspondent, cast: Cast) => Promise<void>];

const corrections: readonly Aspect[] = [
	[
		'xmppc corrects, NAME shows the new text',
		async (client, peer) => {
			await peer.writes(theirs, 'My ears have not yet drunk');
			await client.reads(peer.jid, 'My ears have not yet drunk');
			await peer.corrects(theirs, 'My ears have not yet drunk', 'My ears have yet not drunk');
			await client.readsCorrection(peer.jid, 'My ears have not yet drunk', 'My ears have yet not drunk');
		},
	],
	[
		'NAME corrects, xmppc shows the new text',
		async (client, peer) => {
			const first = 'With love light wings';
			const meanwhile = () => peer.reads(theirs, first);
			await client.corrects(peer.jid, first, meanwhile, 'With loves light wings');
			await peer.readsCorrection(theirs, first, 'With loves light wings');
		},
	],
];

const marks: readonly Aspect[] = [
	[
		'xmppc learns that its text came, and that NAME showed it',
		async (client, peer, {nurse}) => {
			// Gajim says nothing of what comes into the conversation that it shows already.
			await client.opens(nurse.jid);
			await peer.writes(theirs, 'How camest thou hither');
			await peer.learns('delivered', theirs, 'How camest thou hither');
			await client.opens(peer.jid);
			await peer.learns('displayed', theirs, 'How camest thou hither');
		},
	],
	[
		'NAME learns that its text came, and that it was read in xmppc',
		async (client, peer) => {
			await client.writes(peer.jid, 'By love that first did prompt me');
			await client.learns('received', peer.jid, 'By love that first did prompt me');
			await peer.looks(theirs);
			await client.learns('displayed', peer.jid, 'By love that first did prompt me');
		},
	],
];

const typing: readonly Aspect[] = [
	[
		'somebody types in xmppc, NAME is told',
		async (client, peer) => {
			await peer.types(theirs, true);
			await client.learnsTyping(peer.jid);
			await peer.types(theirs, false);
		},
	],
	[
		'somebody types in NAME, xmppc shows it and that it ends',
		async (client, peer) => {
			await client.types(peer.jid, () => peer.learnsTyping(theirs, true));
			await peer.learnsTyping(theirs, false);
		},
	],
];

const reactionsFrom: readonly Aspect[] = [
	[
		'xmppc reacts and takes it back, NAME shows both',
		async (client, peer) => {
			await client.writes(peer.jid, 'Lady I swear');
			await peer.reads(theirs, 'Lady I swear');
			await peer.reacts(theirs, 'Lady I swear', ['🎉', '❤️']);
			await known(client.reactions).reads(peer.jid, 'Lady I swear', ['🎉', '❤️']);
			await peer.reacts(theirs, 'Lady I swear', []);
			await known(client.reactions).reads(peer.jid, 'Lady I swear', []);
		},
	],
];

const noReactionsFrom: readonly Aspect[] = [
	[
		'xmppc reacts, NAME shows nothing',
		async (client, peer) => {
			await client.writes(peer.jid, 'Lady I vow');
			await peer.reads(theirs, 'Lady I vow');
			const before = await client.shown(peer.jid);
			await peer.reacts(theirs, 'Lady I vow', ['🎉']);
			await peer.writes(theirs, 'O swear not by the moon');
			await client.reads(peer.jid, 'O swear not by the moon');
			const after = await client.shown(peer.jid);
			if (after.join('\n') !== [...before, 'O swear not by the moon'].join('\n')) {
				throw new Error(`it shows "${after.slice(before.length).join('", "')}"`);
			}

			await client.reactions?.reads(peer.jid, 'Lady I vow', []);
		},
	],
];

const reactionsTo: readonly Aspect[] = [
	[
		'NAME reacts, xmppc shows it',
		async (client, peer) => {
			await client.writes(peer.jid, 'If my hearts dear love');
			await peer.writes(theirs, 'Do not swear at all');
			await client.reads(peer.jid, 'Do not swear at all');
			await known(client.reactions).gives(peer.jid, 'Do not swear at all');
			await peer.readsReaction(theirs, 'Do not swear at all', '😀', [theirs]);
		},
	],
];

const answersFrom: readonly Aspect[] = [
	[
		'xmppc answers a text, NAME shows which',
		async (client, peer) => {
			await client.writes(peer.jid, 'What shall I swear by');
			await peer.reads(theirs, 'What shall I swear by');
			await peer.answers(theirs, 'What shall I swear by', 'Thy gracious self');
			await known(client.answers).reads(peer.jid, 'What shall I swear by', 'Thy gracious self');
		},
	],
];

const quotationsFrom: readonly Aspect[] = [
	[
		'xmppc answers a text, NAME shows the words of both',
		async (client, peer) => {
			await client.writes(peer.jid, 'What shall I vow by');
			await peer.reads(theirs, 'What shall I vow by');
			await peer.answers(theirs, 'What shall I vow by', 'The god of my idolatry');
			await client.reads(peer.jid, '> What shall I vow by\nThe god of my idolatry');
		},
	],
];

const answersTo: readonly Aspect[] = [
	[
		'NAME answers a text, xmppc shows which',
		async (client, peer) => {
			await client.writes(peer.jid, 'O wilt thou leave me so');
			await peer.writes(theirs, 'What satisfaction canst thou have');
			await client.reads(peer.jid, 'What satisfaction canst thou have');
			await known(client.answers).writes(peer.jid, 'What satisfaction canst thou have', 'Thy faithful vow');
			await peer.readsAnswer(theirs, 'What satisfaction canst thou have', 'Thy faithful vow');
		},
	],
];

/** Neither knows how to take a text back. */
const retractions: readonly Aspect[] = [
	[
		'xmppc takes a text back, NAME shows the words for that',
		async (client, peer) => {
			await peer.writes(theirs, 'I gave thee mine');
			await client.reads(peer.jid, 'I gave thee mine');
			await peer.retracts(theirs, 'I gave thee mine');
			await client.reads(peer.jid, '/me took back a message, but your app does not support that.');
		},
	],
];

/** What is looked at with a client of that kind, in this order. */
export function scenesOf({knows}: GuiClientKind): readonly Scene[] {
	const alike = [...corrections, ...marks, ...typing];
	const theirOwn = [...(knows.reactions ? reactionsTo : []), ...(knows.answers ? answersTo : [])];
	const seen = [
		...(knows.reactions ? reactionsFrom : noReactionsFrom),
		...(knows.answers ? answersFrom : quotationsFrom),
	];
	return [
		...beginning,
		...inScenes('OMEMO', 'juliet', [...alike, ...noReactionsFrom, ...quotationsFrom, ...theirOwn, ...retractions]),
		...inScenes('OMEMO, servers may see them', 'nurse', seen),
		...inClear,
		...inScenes('in clear', 'tybalt', [...alike, ...seen, ...theirOwn, ...retractions]),
	];
}

function inScenes(how: string, who: 'juliet' | 'nurse' | 'tybalt', aspects: readonly Aspect[]): readonly Scene[] {
	return aspects.map(([title, isSeen]) => [`${title} (${how})`, cast => isSeen(cast.client, cast[who], cast)]);
}

function known<Part>(part: Part | undefined): Part {
	if (part === undefined) {
		throw new Error('it knows nothing of this kind');
	}

	return part;
}
