import type {BufferId} from '../model/buffer.js';
import type {EncryptionWish} from '../model/device.js';
import type {Settings} from '../model/settings.js';
import type {BareJid} from '../shared/jid.js';
import type {Storage} from '../storage/ports.js';

/**
 * Whether encryption has a part in a one-liner: something may be encrypted, waits to be, or comes to a device that is there.
 * To load it takes some milliseconds, which those who do not encrypt need not wait for.
 */
export function concernsEncryption(
	wish: EncryptionWish | undefined,
	{
		account,
		conversations,
		settings,
		storage: {omemo, outbox},
	}: {
		readonly account: BareJid;
		readonly conversations: ReadonlySet<BufferId>;
		readonly settings: Settings;
		readonly storage: Pick<Storage, 'omemo' | 'outbox'>;
	},
): boolean {
	const isWanted =
		settings['omemo.default'] === 'on' || [...conversations].some(buffer => omemo.choice(buffer) === 'on');
	return (
		wish === 'require' ||
		(wish === undefined && isWanted) ||
		omemo.ownDeviceId(account) !== undefined ||
		outbox.waiting(account).some(({seal}) => seal !== undefined)
	);
}
