/** What is shown and asked about encryption on the screen. */

import type {EncryptionIntent} from '../../model/encryption-view.js';
import {problemOf} from '../../shared/errors.js';
import {bareOf} from '../../shared/jid.js';
import {devicesOf} from '../../store/devices.js';
import {bufferOf} from '../../store/selectors.js';
import {findingLines, fingerprintLines} from '../devices/device-pages.js';
import {deviceSections} from '../devices/device-sections.js';
import {encryptionDialog} from '../devices/encryption-dialog.js';
import {concernedBy, encryptionText} from '../devices/encryption-text.js';
import {loadAll, loadDevices} from '../devices/load-devices.js';
import {verifyKeys} from '../devices/verify-keys.js';
import {whileAsking} from './asking.js';
import {type Core, openPopup, sayProblem, tell} from './core.js';
import {openDevices} from './device-browser.js';
import {openDialog} from './dialogs.js';
import {showPage} from './help-popup.js';
import {devicesKeyName} from './key-names.js';

/** Answers whether it could be done. Who went elsewhere while something was asked for is not disturbed with it. */
export async function showEncryption(core: Core, intent: EncryptionIntent): Promise<boolean> {
	const {active} = core.view();
	const isHere = () => core.view().active === active && core.view().popup === undefined;
	const dialog = encryptionDialog(intent, core.state(), core.actions);
	if (dialog !== undefined) {
		openDialog(core, dialog);
		return true;
	}

	try {
		switch (intent.type) {
			case 'devices': {
				const {type: _, ...scope} = intent;
				return await openDevices(core, scope);
			}

			case 'sayEncryption':
				await sayEncryption(core, intent.buffer);
				return true;
			case 'fingerprints': {
				const {account, owner} = intent;
				await whileAsking(core, bareOf(owner), () => loadDevices(core, account, owner, false));
				const section = deviceSections(core.state(), intent, [owner]).find(each => each.owner === owner);
				if (section !== undefined && isHere()) {
					showPage(core, {title: 'Fingerprints', lines: fingerprintLines(section, account), search: 'lines'});
				}

				return true;
			}

			case 'showKeyCode': {
				const {account} = intent;
				await loadDevices(core, account, account, false);
				if (isHere()) {
					openPopup(core, {type: 'keyCode', account, devices: devicesOf(core.state(), account, account)});
				}

				return true;
			}

			case 'verifyKeys': {
				const {level, text, hint} = await whileAsking(core, intent.uri.jid, () =>
					verifyKeys(core.actions, intent.account, intent.uri),
				);
				tell(core, active, level, text, hint);
				return level !== 'error';
			}

			case 'diagnoseEncryption': {
				const findings = await whileAsking(core, bareOf(intent.with), () =>
					core.actions.diagnoseEncryption({account: intent.account, with: intent.with}),
				);
				if (isHere()) {
					showPage(core, {title: 'Encryption', lines: findingLines(findings), search: 'lines'});
				}

				return true;
			}

			default:
				// A device that went away between the command and now.
				tell(core, active, 'error', 'That device is not known any more.', '/devices shows those that are.');
				return false;
		}
	} catch (error) {
		sayProblem(core, error, active);
		return false;
	}
}

/** What is known is said, whether or not more can be found out now. */
async function sayEncryption(core: Core, id: Parameters<typeof encryptionText>[1]): Promise<void> {
	const info = bufferOf(core.state(), id)?.info;
	let trouble: string | undefined;
	if (info?.account !== undefined && info.encryption !== undefined) {
		const owners = concernedBy(core.state(), info);
		trouble = await loadAll(core, info.account, owners, false).then(
			() => undefined,
			(error: unknown) => problemOf(error).message,
		);
	}

	const {text, hint} = encryptionText(core.state(), id, devicesKeyName(core.state().preferences.keys));
	tell(core, id, 'info', trouble === undefined ? text : `${text} ${trouble}`, hint);
}
