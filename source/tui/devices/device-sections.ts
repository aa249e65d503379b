import type {Device} from '../../model/device.js';
import {undecidedIn} from '../../model/device-words.js';
import type {EncryptionIntent} from '../../model/encryption-view.js';
import type {BareJid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {devicesOf} from '../../store/devices.js';
import type {State} from '../../store/state.js';
import {countText, ownerHeading} from './device-text.js';

/** Whose devices are looked at: one's own, and those of somebody or of the members of a room. */
export type DeviceScope = Omit<Extract<EncryptionIntent, {readonly type: 'devices'}>, 'type'>;

export type DeviceSection = {
	readonly owner: BareJid;
	/** Printable. */
	readonly heading: string;
	/** The same where there is little room. Printable. */
	readonly brief: string;
	readonly devices: readonly Device[];
};

/** A section for each person, one's own first; who has no device is told in the heading. */
export function deviceSections(
	state: State,
	{account}: Pick<DeviceScope, 'account'>,
	owners: readonly BareJid[],
): readonly DeviceSection[] {
	return [account, ...owners.filter(owner => owner !== account)].map(owner => {
		const devices = devicesOf(state, account, owner);
		const count = devices.length === 0 ? 'none that encrypts' : countText(devices, undecidedIn(devices).length);
		const waiting = undecidedIn(devices).length;
		const name = owner === account ? 'Yours' : printable(owner, 'identifier');
		const brief = `${name} (${devices.length}${waiting === 0 ? '' : `, ${waiting} not decided`})`;
		return {owner, heading: `${ownerHeading(state, account, owner)} (${count})`, brief, devices};
	});
}
