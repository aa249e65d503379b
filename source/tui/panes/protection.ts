import type {Message} from '../../model/message.js';
import type {Role} from '../../themes/theme.js';

/** How a message was protected: `clear` in a conversation that is encrypted, `none` in one that is not. */
export type Protection = 'none' | 'encrypted' | 'undecided' | 'distrusted' | 'clear';

export function protectionOf({encryption, unprotected, deviceTrust}: Message): Protection {
	if (encryption === undefined) {
		return unprotected === true ? 'clear' : 'none';
	}

	return deviceTrust === 'undecided' || deviceTrust === 'distrusted' ? deviceTrust : 'encrypted';
}

type Sign = {readonly sign: string; readonly role: Role; readonly meaning: string};

const doubtful: Sign = {
	sign: '◇',
	role: 'warning',
	meaning: 'there too: encrypted by a device that you have not decided about, or distrust: /devices',
};

/** What stands behind the time: its shape says it as well as its colour. */
export const protectionSigns: Readonly<Record<Exclude<Protection, 'none'>, Sign>> = {
	encrypted: {sign: '◆', role: 'encrypted', meaning: 'behind the time, and behind a file: encrypted end to end'},
	undecided: doubtful,
	distrusted: doubtful,
	clear: {sign: '!', role: 'warning', meaning: 'there too: NOT encrypted, although this conversation is'},
};

/** Each sign once, for the help. */
export const protectionMeanings: ReadonlyArray<readonly [string, string]> = [
	...new Set(Object.values(protectionSigns)),
].map(({sign, meaning}) => [sign, meaning]);
