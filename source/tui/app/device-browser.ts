/** The devices of a conversation on the screen: what they are, and one key to decide about each (XEP-0384). */
import {bufferId} from '../../model/buffer.js';
import type {Device, Trust} from '../../model/device.js';
import {parseFingerprint} from '../../model/device.js';
import {deviceState, deviceText} from '../../model/device-words.js';
import {parseKeyUri} from '../../model/key-uri.js';
import {problemOf} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {devicesOf, peersOf} from '../../store/devices.js';
import {bufferOf} from '../../store/selectors.js';
import type {Dialog, Trouble} from '../assistant/dialog.js';
import {createRemoveDialog, createVerifyDialog} from '../devices/device-dialogs.js';
import {decisionText} from '../devices/device-results.js';
import {type DeviceScope, deviceSections} from '../devices/device-sections.js';
import {lastSeenText} from '../devices/device-text.js';
import {loadAll, loadDevices, membersOf} from '../devices/load-devices.js';
import {verifyKeys} from '../devices/verify-keys.js';
import {emptyEditor, insertText} from '../input/editor.js';
import type {KeyMeaning} from '../input/keymap.js';
import {type DevicesPopup, deviceAt, selectedDevice} from '../popups/devices.js';
import {type Core, closePopup, openPopup} from './core.js';
import {openDialog} from './dialogs.js';
import {edited} from './popup-editing.js';

/** Opens with what is known, and fills when the engine and the room have answered; unless the person closed it meanwhile. */
export async function openDevices(core: Core, scope: DeviceScope): Promise<boolean> {
	const {account, owner, room} = scope;
	const info = room === undefined ? undefined : bufferOf(core.state(), bufferId(account, 'room', room))?.info;
	const present = owner === undefined ? (info === undefined ? [] : peersOf(core.state(), info)) : [owner];
	openPopup(core, {...popupOf(core, scope, present), asking: true});
	return fill(core, scope, present, false);
}

async function fill(core: Core, scope: DeviceScope, known: readonly BareJid[], refresh: boolean): Promise<boolean> {
	const {account, room} = scope;
	const finish = (owners: readonly BareJid[], change: Pick<DevicesPopup, 'trouble'>) => {
		const {popup} = core.view();
		if (popup?.type === 'devices' && popup.scope === scope) {
			const {asking: _, trouble: __, ...rest} = popupOf(core, scope, owners, popup);
			// What is known already stays to be seen.
			const isKnown = change.trouble !== undefined && rest.sections.some(({rows}) => rows.length > 0);
			openPopup(
				core,
				isKnown ? {...rest, said: {level: 'error', text: sentenceOf(change.trouble)}} : {...rest, ...change},
			);
		}
	};
	let owners = known;
	try {
		owners = room === undefined ? known : await membersOf(core, account, room, known);
		await loadAll(core, account, [account, ...owners.filter(owner => owner !== account)], refresh);
		finish(owners, {});
		return true;
	} catch (error) {
		const {message, hint} = problemOf(error);
		finish(owners, {trouble: {message, ...(hint === undefined ? {} : {hint})}});
		return false;
	}
}

function sentenceOf({message, hint = ''}: Trouble): string {
	return printable(`${message} ${hint}`.trim(), 'line');
}

/** Shows what is known now, with the same device selected. */
export function refreshDevices(core: Core): void {
	const {popup} = core.view();
	if (popup?.type === 'devices') {
		openPopup(core, popupOf(core, popup.scope, popup.owners, popup));
	}
}

function popupOf(core: Core, scope: DeviceScope, owners: readonly BareJid[], before?: DevicesPopup): DevicesPopup {
	const here = {now: core.clock.now(), calendar: core.calendar};
	const sections = deviceSections(core.state(), scope, owners).map(({heading, brief, devices}) => ({
		heading,
		brief,
		rows: devices.map(device => ({device, seen: lastSeenText(device, here)})),
	}));
	const devices = sections.flatMap(({rows}) => rows.map(({device}) => device));
	const chosen = before?.touched === true ? selectedDevice(before) : undefined;
	const same = devices.findIndex(each => chosen !== undefined && each.owner === chosen.owner && each.id === chosen.id);
	return {...before, type: 'devices', scope, owners, sections, selected: same < 0 ? foremost(devices, scope) : same};
}

/** What waits for the person; else the first of theirs. */
function foremost(devices: readonly Device[], {account}: DeviceScope): number {
	const waiting = devices.findIndex(each => deviceState(each) === 'undecided');
	const theirs = devices.findIndex(({owner}) => owner !== account);
	return Math.max(0, waiting < 0 ? theirs : waiting);
}

/** A key while the devices are listed. */
export function devicesKey(core: Core, popup: DevicesPopup, meaning: KeyMeaning): boolean {
	if (popup.pasting !== undefined) {
		return pastingKey(core, popup, popup.pasting, meaning);
	}

	const count = popup.sections.reduce((sum, {rows}) => sum + rows.length, 0);
	const page = Math.max(1, (core.popup()?.rows.length ?? 12) >> 2);
	const to = (next: number) => {
		select(core, popup, Math.max(0, Math.min(count - 1, next)));
		return true;
	};
	switch (meaning.type === 'action' ? meaning.action : undefined) {
		case 'up':
		case 'completeBackward':
			return to((popup.selected - 1 + count) % Math.max(1, count));
		case 'down':
		case 'complete':
			return to((popup.selected + 1) % Math.max(1, count));
		case 'send':
			openPopup(core, {...popup, touched: true, wholly: popup.wholly !== true});
			return true;
		case 'scrollLineUp':
			return to(popup.selected - 1);
		case 'scrollLineDown':
			return to(popup.selected + 1);
		case 'scrollPageUp':
			return to(popup.selected - page);
		case 'scrollPageDown':
			return to(popup.selected + page);
		case 'scrollTop':
		case 'moveLineStart':
			return to(0);
		case 'scrollBottom':
		case 'moveLineEnd':
			return to(count - 1);
		case 'cancel':
			if (popup.wholly === true) {
				openPopup(core, {...popup, wholly: false});
			} else {
				closePopup(core);
			}

			return true;
		case 'redraw':
		case 'suspend':
			return false;
		default:
			if (meaning.type === 'text') {
				letter(core, popup, meaning.text);
			}

			return true;
	}
}

function select(core: Core, popup: DevicesPopup, selected: number): void {
	const {said: _, ...rest} = popup;
	openPopup(core, {...rest, selected, touched: true});
}

/** A click on a device selects it. */
export function devicesClick(core: Core, popup: DevicesPopup, row: number): void {
	const {layout} = core.painted();
	const index = deviceAt(popup, layout?.title.width ?? 80, layout?.status.y ?? 22, row);
	if (index !== undefined && popup.pasting === undefined) {
		select(core, popup, index);
	}
}

/** What is pasted over the list is a key to be verified. */
export function devicesPaste(core: Core, popup: DevicesPopup, text: string): void {
	openPopup(core, {...popup, pasting: insertText(popup.pasting ?? emptyEditor, text)});
}

/** Letters that change something; what was typed ahead into a list that is not there yet must not. */
const changing = new Set(['t', 'd', 'v', 'x']);

function letter(core: Core, popup: DevicesPopup, text: string): void {
	if (popup.asking === true && changing.has(text)) {
		return;
	}

	const device = selectedDevice(popup);
	switch (text) {
		case 'k':
		case 'j':
			devicesKey(core, popup, {type: 'action', action: text === 'k' ? 'up' : 'down'});
			break;
		case 't':
			decide(core, popup, device, 'trusted');
			break;
		case 'd':
			decide(core, popup, device, 'distrusted');
			break;
		case 'v':
			verify(core, popup, device);
			break;
		case 'x':
			remove(core, popup, device);
			break;
		case 'r':
			openPopup(core, {...popup, asking: true, touched: true});
			void fill(core, popup.scope, popup.owners, true);
			break;
		case 'p':
			openPopup(core, {...popup, pasting: emptyEditor, touched: true});
			break;
		case 'q':
			showCode(core, popup);
			break;
		default:
			break;
	}
}

function say(core: Core, popup: DevicesPopup, level: 'info' | 'error', text: string): void {
	const now = core.view().popup;
	openPopup(core, {...(now?.type === 'devices' ? now : popup), touched: true, said: {level, text}});
}

/** The device if something can be decided about it; else it is said why not. */
function decidable(core: Core, popup: DevicesPopup, device: Device | undefined) {
	const fingerprint = device?.fingerprint;
	if (device === undefined || device.isThis === true) {
		say(core, popup, 'error', 'This is the device you use: there is nothing to decide about it.');
	} else if (fingerprint === undefined) {
		say(core, popup, 'error', `The keys of ${deviceText(device)} were never seen: r asks for them.`);
	} else {
		return {...device, fingerprint};
	}

	return undefined;
}

function decide(core: Core, popup: DevicesPopup, chosen: Device | undefined, trust: Trust): void {
	const device = decidable(core, popup, chosen);
	if (device !== undefined) {
		const {account, owner, fingerprint} = device;
		void during(core, popup, async () => {
			await core.actions.setTrust({account, owner, fingerprint, trust});
			await loadDevices(core, account, owner, false);
			return decisionText(device, trust);
		});
	}
}

/** Does something, and says in the popup what came of it, if it is still there. */
async function during(core: Core, popup: DevicesPopup, work: () => Promise<string>): Promise<void> {
	openPopup(core, {...popup, touched: true});
	const said = await work().then(
		text => ({level: 'info' as const, text}),
		(error: unknown) => {
			const {message, hint = ''} = problemOf(error);
			return {level: 'error' as const, text: sentenceOf({message, hint})};
		},
	);
	const now = core.view().popup;
	if (now?.type === 'devices' && now.scope === popup.scope) {
		say(core, popupOf(core, now.scope, now.owners, now), said.level, said.text);
		refreshDevices(core);
	}
}

/** Asks something over the list, which is there again afterwards. */
function ask(core: Core, popup: DevicesPopup, dialog: Dialog): void {
	openDialog(core, dialog);
	const stop = dialog.changed(() => {
		const question = dialog.question();
		if (question.type !== 'end') {
			return;
		}

		stop();
		if (core.view().popup === undefined) {
			const text = question.lines.join(' ');
			openPopup(core, {
				...popupOf(core, popup.scope, popup.owners, {...popup, touched: true}),
				said: {level: 'info', text},
			});
			void fill(core, popup.scope, popup.owners, false);
		}
	});
}

function verify(core: Core, popup: DevicesPopup, chosen: Device | undefined): void {
	const device = decidable(core, popup, chosen);
	if (device !== undefined) {
		ask(core, popup, createVerifyDialog(core.actions, device));
	}
}

function remove(core: Core, popup: DevicesPopup, device: Device | undefined): void {
	const {account} = popup.scope;
	if (device === undefined || device.owner !== account || device.isThis === true) {
		say(core, popup, 'error', 'Only other devices of your own can be removed; d distrusts one of somebody else.');
	} else if (device.active) {
		ask(core, popup, createRemoveDialog(core.actions, {type: 'removeDevice', account, id: device.id}, device));
	} else {
		say(core, popup, 'error', `${deviceText(device)} is not on the list any more.`);
	}
}

function showCode(core: Core, popup: DevicesPopup): void {
	const {account} = popup.scope;
	openPopup(core, {
		type: 'keyCode',
		account,
		devices: devicesOf(core.state(), account, account),
		back: {...popup, touched: true},
	});
}

function pastingKey(
	core: Core,
	popup: DevicesPopup,
	pasting: NonNullable<DevicesPopup['pasting']>,
	meaning: KeyMeaning,
): boolean {
	const {pasting: _, ...rest} = popup;
	switch (meaning.type === 'action' ? meaning.action : undefined) {
		case 'cancel':
			openPopup(core, rest);
			return true;
		case 'send':
			takeKey(core, rest, pasting.text.trim());
			return true;
		case 'redraw':
		case 'suspend':
			return false;
		default: {
			const editor = edited(pasting, meaning);
			if (editor !== undefined) {
				openPopup(core, {...popup, pasting: editor});
			}

			return true;
		}
	}
}

/** Holds a key against those that are known: whoever has it from elsewhere has compared it by that. */
function takeKey(core: Core, popup: DevicesPopup, text: string): void {
	const {scope, sections, owners} = popup;
	openPopup(core, popup);
	const uri = parseKeyUri(text);
	const fingerprint = parseFingerprint(text);
	const {account} = scope;
	if (uri !== undefined) {
		void during(core, popup, async () => {
			const {level, text: said, hint = ''} = await verifyKeys(core.actions, account, uri);
			await loadAll(core, account, [account, ...owners.filter(owner => owner !== account)], false);
			if (level === 'error') {
				throw new Error(`${said} ${hint}`.trim());
			}

			return `${said} ${hint}`.trim();
		});
		return;
	}

	const device = sections
		.flatMap(({rows}) => rows)
		.find(row => fingerprint !== undefined && row.device.fingerprint === fingerprint)?.device;
	if (device !== undefined && device.isThis !== true) {
		decide(core, popup, device, 'verified');
		return;
	}

	say(
		core,
		popup,
		'error',
		device !== undefined
			? 'That is the key of this device: there is nothing to verify.'
			: fingerprint === undefined
				? text === ''
					? 'Nothing was pasted.'
					: 'That is no fingerprint (64 digits) and no xmpp: address with keys.'
				: 'No device here has that key. Compare it once more: one digit that differs makes it another one.',
	);
}
