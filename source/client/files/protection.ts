/** Whether a file has to be encrypted before it leaves: decided once, and what is sent of it then goes the same way. */
import type {EncryptionWish} from '../../model/device.js';
import {XmppcError} from '../../shared/errors.js';
import type {AccountEncryption} from '../encryption/account-encryption.js';
import {ruleUnder} from '../encryption/policy.js';
import type {Destination} from '../encryption/recipients.js';

/** `require`: the file and its address are encrypted, or stay here; `off`: both go out in clear. */
export type Protection = EncryptionWish;

/**
 * As a text to the same people would be. Where that is not known yet the lists of their devices are asked for first: an
 * upload cannot be taken back.
 * @throws XmppcError why it must not go out in clear and cannot be encrypted.
 */
export async function protectionOf(
	destination: Destination,
	wish: EncryptionWish | undefined,
	{policy, recipients, lists}: Pick<AccountEncryption, 'policy' | 'recipients' | 'lists'>,
): Promise<Protection> {
	const rule = () => ruleUnder(policy, wish)(destination);
	if (rule() === 'auto') {
		const found = await recipients.of(destination);
		if (found.kind === 'people') {
			await Promise.all(found.people.map(owner => lists.learn(owner)));
		}
	}

	if (rule() !== 'require') {
		return 'off';
	}

	const {encryption, problem} = policy.stateOf(destination);
	if (encryption === 'unavailable' && problem !== undefined) {
		throw new XmppcError(problem);
	}

	return 'require';
}
