import type {HelpLine} from '../../commands/help-line.js';
import type {Actions} from '../../model/actions.js';
import {bufferId} from '../../model/buffer.js';
import type {EncryptionIntent} from '../../model/encryption-view.js';
import {problemOf} from '../../shared/errors.js';
import type {Here} from '../../shared/when.js';
import {devicesOf, peersOf} from '../../store/devices.js';
import {bufferOf} from '../../store/selectors.js';
import type {State, StoreEvent} from '../../store/state.js';
import type {Store} from '../../store/store.js';
import type {Dialog} from '../assistant/dialog.js';
import {deviceLines, findingLines, fingerprintLines, keyCodeLines} from '../devices/device-pages.js';
import {deviceSections} from '../devices/device-sections.js';
import {encryptionDialog} from '../devices/encryption-dialog.js';
import {concernedBy, encryptionText} from '../devices/encryption-text.js';
import {loadAll, loadDevices, membersOf} from '../devices/load-devices.js';
import {verifyKeys} from '../devices/verify-keys.js';

export type LineEncryption = {
	readonly store: Store<State, StoreEvent>;
	readonly actions: Actions;
	readonly spoken: boolean;
	here(): Here;
	say(level: 'info' | 'error', text: string, hint?: string): void;
	list(lines: readonly HelpLine[]): void;
	ask(dialog: Dialog): void;
};

/** What is shown and asked about encryption where there is no screen. Rejects with what stopped it. */
export async function answerEncryption(intent: EncryptionIntent, view: LineEncryption): Promise<boolean> {
	const {store, actions, spoken, here, say, list, ask} = view;
	const dialog = encryptionDialog(intent, store.get(), actions);
	if (dialog !== undefined) {
		ask(dialog);
		return true;
	}

	switch (intent.type) {
		case 'devices': {
			const {account, owner, room} = intent;
			const info = room === undefined ? undefined : bufferOf(store.get(), bufferId(account, 'room', room))?.info;
			const present = info === undefined ? [] : peersOf(store.get(), info);
			const owners =
				room === undefined ? (owner === undefined ? [] : [owner]) : await membersOf(view, account, room, present);
			await loadAll(view, account, [account, ...owners.filter(each => each !== account)], false);
			list(deviceLines(deviceSections(store.get(), intent, owners), here()));
			return true;
		}

		case 'sayEncryption': {
			const info = bufferOf(store.get(), intent.buffer)?.info;
			const trouble =
				info?.account === undefined || info.encryption === undefined
					? undefined
					: await loadAll(view, info.account, concernedBy(store.get(), info), false).then(
							() => undefined,
							(error: unknown) => problemOf(error).message,
						);
			const {text, hint} = encryptionText(store.get(), intent.buffer);
			say('info', trouble === undefined ? text : `${text} ${trouble}`, hint);
			return true;
		}

		case 'fingerprints': {
			const {account, owner} = intent;
			await loadDevices(view, account, owner, false);
			const section = deviceSections(store.get(), intent, [owner]).find(each => each.owner === owner);
			list(section === undefined ? [] : fingerprintLines(section, account));
			return true;
		}

		case 'showKeyCode': {
			const {account} = intent;
			await loadDevices(view, account, account, false);
			list(keyCodeLines(account, devicesOf(store.get(), account, account), spoken));
			return true;
		}

		case 'verifyKeys': {
			const {level, text, hint} = await verifyKeys(actions, intent.account, intent.uri);
			say(level, text, hint);
			return level !== 'error';
		}

		case 'diagnoseEncryption':
			list(findingLines(await actions.diagnoseEncryption({account: intent.account, with: intent.with})));
			return true;
		default:
			say('error', 'That device is not known any more.', '/devices lists those that are.');
			return false;
	}
}
