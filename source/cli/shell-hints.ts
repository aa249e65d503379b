/**
 * The next step from a shell, by the code of a problem, where elsewhere it is a command of the screen. What has to be known
 * for it (another address, a reserved name) stands in the message.
 */
export const shellHints: Readonly<Record<string, string>> = {
	'room-password': 'Give it with --password; whoever runs the room knows it.',
	'room-members-only': 'Ask somebody in the room to invite you, or ask for membership in xmppc itself.',
	'room-gone': 'Where it goes on elsewhere, send it there.',
	'room-not-joined': 'Send it again with --room, which enters the room for it.',
	'nick-taken': 'Take another name with --nick.',
	'nick-reserved': 'Give the name that is reserved for you there with --nick.',
	'other-nick': 'Leave --nick out, or change your nick in the xmppc that runs with this profile.',
	'nick-missing': 'Give one with --nick.',
	'not-connected':
		'Connect it in the xmppc that runs with this profile; --wait queued leaves a message for somebody in its outbox.',
};
