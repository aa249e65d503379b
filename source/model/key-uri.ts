import {type BareJid, parseBareJid} from '../shared/jid.js';
import {type Fingerprint, parseFingerprint} from './device.js';

/** Keys of somebody as another program gives them to be compared. */
export type KeyUri = {
	readonly jid: BareJid;
	readonly keys: ReadonlyArray<{readonly id: number; readonly fingerprint: Fingerprint}>;
};

/** More devices than this nobody has. */
const mostKeys = 50;

/**
 * Reads `xmpp:juliet@example.org?omemo-sid-123=<64 hexadecimal digits>;omemo-sid-…`, as Conversations and others write
 * it into their QR codes; other parameters are passed over. `undefined`: it is none, or names no key that can be read.
 */
export function parseKeyUri(text: string): KeyUri | undefined {
	const [, address = '', query = ''] = /^xmpp:([^?#]+)\?([^#]*)/iu.exec(text.trim()) ?? [];
	const jid = parseBareJid(decoded(address));
	if (jid === undefined) {
		return undefined;
	}

	const parameters = query.split(/[;&]/u).filter(each => /^omemo-sid-/iu.test(each));
	const keys = parameters.flatMap(parameter => {
		const [, id = '', value = ''] = /^omemo-sid-(\d{1,10})=(.*)$/iu.exec(parameter) ?? [];
		const fingerprint = parseFingerprint(decoded(value));
		const number = Number(id);
		return fingerprint === undefined || number < 1 || number > 2 ** 31 - 1 ? [] : [{id: number, fingerprint}];
	});
	// Half of what was scanned is not what was meant.
	return keys.length === 0 || keys.length !== parameters.length || keys.length > mostKeys ? undefined : {jid, keys};
}

/** The other way round. */
export function keyUri({jid, keys}: KeyUri): string {
	const address = encodeURI(jid).replaceAll('?', '%3F').replaceAll('#', '%23');
	return `xmpp:${address}?${keys.map(({id, fingerprint}) => `omemo-sid-${id}=${fingerprint}`).join(';')}`;
}

/** Without the escapes of RFC 3986, or as it is where they make no text. */
function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
