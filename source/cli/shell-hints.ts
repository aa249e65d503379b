/**
 * The next step from a shell, by the code of a problem, where elsewhere it is a command of the screen. What has to be known
 * for it (another address, a reserved name) stands in the message.
 */
export const shellHints: Readonly<Record<string, string>> = {
	'room-password': 'Give it with --password; whoever runs the room knows it.',
	'room-members-only': 'Ask somebody in the room to invite you, or ask for membership in xmppc itself.',
	'room-gone': 'Where it goes on elsewhere, send it there.',
	'room-not-joined': 'Send it again with --room, which enters the room for it.',
	'occupant-unknown': 'Write to them in xmppc itself, once it is in the room.',
	'nick-taken': 'Take another name with --nick.',
	'nick-reserved': 'Give the name that is reserved for you there with --nick.',
	'other-nick': 'Leave --nick out, or change your nick in the xmppc that runs with this profile.',
	'nick-missing': 'Give one with --nick.',
	'devices-hidden': 'Add them in xmppc itself, so that they let you see their presence; --omemo off sends in clear.',
	'not-connected':
		'Connect it in the xmppc that runs with this profile; --wait queued leaves a message for somebody in its outbox.',
};

/** What is a command on the screen, and what it is here. `new-` takes more than a word of consent there. */
const commands: ReadonlyArray<readonly [RegExp, string]> = [
	[/(?<=^|[\s(])\/add (\S+) asks for that/gu, 'Add $1 in xmppc itself to ask for that'],
	[/(?<=^|[\s(])\/devices can distrust it/gu, 'xmppc omemo distrust leaves it out'],
	[/(?<=^|[\s(])\/devices changes that/gu, 'xmppc omemo trust changes that'],
	[/(?<=^|[\s(])\/omemo off sends in clear( from then on)?/gu, 'xmppc send --omemo off sends in clear'],
	[/(?<=^|[\s(])\/omemo on( in a conversation)?/gu, 'xmppc send --omemo require'],
	[/(?<=^|[\s(])\/omemo (new-[a-z]+)/gu, 'xmppc omemo $1 --yes'],
	[/(?<=^|[\s(])\/omemo ([a-z-]+)/gu, 'xmppc omemo $1'],
	[/(?<=^|[\s(])\/(devices|fingerprint)\b/gu, 'xmppc omemo $1'],
	[/(?<=^|[\s(])\/set\b/gu, 'xmppc set'],
];

/** A hint about encryption with the commands of the shell in place of those of the screen. */
export function inShellWords(hint: string): string {
	return commands.reduce((text, [command, here]) => text.replaceAll(command, here), hint);
}
