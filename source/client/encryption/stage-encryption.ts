import type {BareJid} from '../../shared/jid.js';
import type {StageEncryption} from '../passage.js';
import type {AccountEncryption} from './account-encryption.js';
import {destinationIn} from './states.js';

/** What the pipeline of an account needs of its encryption. */
export function stageEncryption(
	account: BareJid,
	encryption: Pick<
		AccountEncryption,
		'book' | 'decryption' | 'policy' | 'recipients' | 'leftOut' | 'trustMessages' | 'isCatchingUp' | 'cameBackBare'
	>,
): StageEncryption {
	const {book, decryption, policy, recipients, leftOut, trustMessages, isCatchingUp, cameBackBare} = encryption;
	return {
		...decryption,
		isCatchingUp,
		cameBackBare,
		leftOut: leftOut.noted,
		understood: leftOut.understood,
		heardOfKeys: trustMessages.heard,
		isOwnTrustMessage: trustMessages.isOwn,
		expects(buffer) {
			const destination = destinationIn(buffer, account);
			return destination !== undefined && policy.isBound(destination);
		},
		speakersIn(room, device) {
			const known = recipients.known({kind: 'room', jid: room});
			// As long as its members are not known: whoever has such a device. It is the key that tells.
			return known?.kind === 'people' ? known.people : book.ownersOf(device);
		},
	};
}
