/** Which keys of the chains of its ratchets a message was encrypted with, as anybody sees who passes it on. */
import {profiles} from '../../source/omemo/ratchet/profile.js';
import {encryptedIn} from '../../source/omemo/wire/encrypted.js';
import type {Element} from '../../source/xmpp/element.js';

export type RatchetPlace = {
	/** The device that it says it is from. */
	readonly sender: number;
	readonly recipient: number;
	/** Two messages of the same place were encrypted with the same key; undefined: nobody can read it. */
	readonly place: string | undefined;
	/** What was encrypted with it, in hex. */
	readonly content: string;
};

export function placesIn(stanza: Element): readonly RatchetPlace[] {
	return encryptedIn(stanza).flatMap(({version, sender, keys}) => {
		const {format} = profiles[version];
		return keys.map(({device, isKeyExchange, data}) => {
			const inner = isKeyExchange ? format.readExchange(data)?.message : data;
			const read = inner && format.readMessage(inner);
			return {
				sender,
				recipient: device,
				place: read && `${version} ${sender} ${device} ${hex(read.ratchetKey)} ${read.counter}`,
				content: read === undefined ? '' : hex(read.ciphertext),
			};
		});
	});
}

function hex(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('hex');
}
