import type {Actions} from '../../model/actions.js';
import type {EncryptionIntent} from '../../model/encryption-view.js';
import {devicesOf} from '../../store/devices.js';
import type {State} from '../../store/state.js';
import type {Dialog} from '../assistant/dialog.js';
import {
	createBackupDialog,
	createNewDeviceDialog,
	createNewIdentityDialog,
	createRemoveDialog,
	createResetDialog,
	createVerifyDialog,
} from './device-dialogs.js';

/** What is asked for the intent before anything is done; `undefined`: nothing is. */
export function encryptionDialog(intent: EncryptionIntent, state: State, actions: Actions): Dialog | undefined {
	switch (intent.type) {
		case 'verifyDevice': {
			const {account, owner, fingerprint} = intent;
			const device = devicesOf(state, account, owner).find(each => each.fingerprint === fingerprint);
			return device === undefined ? undefined : createVerifyDialog(actions, {...device, fingerprint});
		}

		case 'removeDevice': {
			const {account, id} = intent;
			return createRemoveDialog(
				actions,
				intent,
				devicesOf(state, account, account).find(each => each.id === id),
			);
		}

		case 'resetSessions':
			return createResetDialog(actions, intent);
		case 'newDevice':
			return createNewDeviceDialog(actions, intent);
		case 'newIdentity':
			return createNewIdentityDialog(actions, intent);
		case 'keyBackup':
			return createBackupDialog(actions, intent);
		default:
			return undefined;
	}
}
