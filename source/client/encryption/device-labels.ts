import type {Fingerprint} from '../../model/device.js';
import {identityOf} from '../../omemo/keys.js';
import {toEdwards} from '../../omemo/ratchet/points.js';
import {verifyEdwards} from '../../omemo/ratchet/signature.js';
import type {ListedDevice} from '../../omemo/wire/device-list.js';

/** What a device is called, where the key that it is known to have signed that (XEP-0384 0.9.1 §5.3.1). */
export function vouchedLabel(
	fingerprint: Fingerprint | undefined,
	{label, labelSignature}: ListedDevice,
): string | undefined {
	if (fingerprint === undefined || label === undefined || labelSignature === undefined) {
		return undefined;
	}

	const text = Uint8Array.from(Buffer.from(label, 'utf8'));
	// A fingerprint does not say which of two points of the other curve the key is.
	const isSigned = ([0, 1] as const).some(sign => {
		const edwards = toEdwards(identityOf(fingerprint), sign);
		return edwards !== undefined && verifyEdwards(edwards, text, labelSignature);
	});
	return isSigned ? label : undefined;
}
