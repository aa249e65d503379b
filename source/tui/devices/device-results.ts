import {type Fingerprint, fingerprintGroups, type Trust} from '../../model/device.js';
import type {BareJid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import type {Answer, Sentences} from '../app/answer.js';

const info = (text: string, hint?: string): Answer => ({level: 'info', text, ...(hint === undefined ? {} : {hint})});

const decided: Readonly<Record<Trust, string>> = {
	trusted: 'is trusted: messages are encrypted for it.',
	verified: 'is verified: messages are encrypted for it.',
	blind: 'is used unasked again.',
	distrusted: 'is distrusted: nothing is encrypted for it.',
	undecided: 'is not decided about any more: nothing is sent to its owner until you do.',
};

/** What was decided about a key, in a sentence. */
export function decisionText(
	{
		account,
		owner,
		fingerprint,
	}: {readonly account: BareJid; readonly owner: BareJid; readonly fingerprint: Fingerprint},
	trust: Trust,
): string {
	const [first = '', second = ''] = fingerprintGroups(fingerprint);
	const whose = owner === account ? 'your own' : `of ${printable(owner, 'identifier')}`;
	return `The device ${whose} with the key ${first} ${second}… ${decided[trust]}`;
}

/** What verbs of encryption answered. */
export const deviceSentences: Pick<Sentences, 'setTrust' | 'chooseEncryption' | 'labelDevice'> = {
	setTrust: input => info(decisionText(input, input.trust)),
	chooseEncryption({choice}) {
		switch (choice) {
			case 'on':
				return info(
					'What you write here is encrypted end to end from now on. What cannot be encrypted is not sent.',
					'/omemo says how it stands.',
				);
			case 'off':
				return info(
					'What you write here is sent in clear from now on: the servers it passes can read it.',
					'/omemo on encrypts it again.',
				);
			default:
				return info(
					'Whether this conversation is encrypted is as usual again: /set omemo.default.',
					'/omemo says how it stands.',
				);
		}
	},
	labelDevice: ({label}) =>
		info(
			label === ''
				? 'This device has no name any more.'
				: `Others see this device as ${printable(label, 'line')}, where their program knows OMEMO 2.`,
		),
};
