/** Devices, fingerprints and findings as lines to read: on a page of the screen, and in the line mode. */
import type {HelpLine} from '../../commands/help-line.js';
import type {Device} from '../../model/device.js';
import type {EncryptionFinding} from '../../model/device-actions.js';
import {deviceState, deviceText, stateMeaning, stateText} from '../../model/device-words.js';
import {keyUri} from '../../model/key-uri.js';
import type {BareJid} from '../../shared/jid.js';
import {qrCode, qrLines} from '../../shared/qr.js';
import {printable} from '../../shared/text.js';
import type {Here} from '../../shared/when.js';
import type {DeviceSection} from './device-sections.js';
import {fingerprintText, lastSeenText} from './device-text.js';

/** Everything about each device, as sentences; what can be done stands at the end. */
export function deviceLines(sections: readonly DeviceSection[], here: Here): readonly HelpLine[] {
	const others = sections
		.flatMap(({devices}) => devices)
		.filter(each => each.isThis !== true && each.fingerprint !== undefined);
	const sample =
		others.find(each => deviceState(each) === 'undecided') ??
		others.find(each => deviceState(each) === 'blind') ??
		others[0];
	return [
		...sections.flatMap(({heading, devices}, index) => [
			...(index === 0 ? [] : [{text: ''}]),
			{text: heading, heading: true},
			...devices.flatMap(device => linesOf(device, here)),
		]),
		...(sample === undefined
			? []
			: [
					{text: ''},
					{
						text: `/omemo verify ${sample.id} says that you compared a fingerprint, /omemo trust and /omemo distrust decide without.`,
					},
				]),
	];
}

function linesOf(device: Device, here: Here): readonly HelpLine[] {
	const seen = lastSeenText(device, here);
	const state = deviceState(device);
	const words = [deviceText(device), stateText(device), ...(seen === '' ? [] : [seen])].join(', ');
	const isPlain = state === 'verified' || state === 'trusted' || state === 'this';
	return [
		{text: `  ${words}`},
		...(device.fingerprint === undefined ? [] : [{text: `    ${fingerprintText(device)}`, hang: 4}]),
		...(isPlain && device.problem === undefined ? [] : [{text: `    ${stateMeaning(device)}`, hang: 4}]),
	];
}

/** The fingerprints of somebody, this device first, to be read out. */
export function fingerprintLines({owner, heading, devices}: DeviceSection, account: BareJid): readonly HelpLine[] {
	const known = devices.filter(each => each.active && each.fingerprint !== undefined);
	return [
		{text: heading, heading: true},
		...known.flatMap(device => [
			{text: `  ${deviceText(device)}, ${stateText(device)}`},
			{text: `    ${fingerprintText(device)}`, hang: 4},
		]),
		...(known.length === 0 ? [{text: '  No fingerprint of theirs is known.'}] : []),
		{text: ''},
		{
			text:
				owner === account
					? 'Read it to others over another channel, such as the telephone; they compare it with what their program shows. /omemo qr shows it for a camera.'
					: 'Let them read theirs to you over another channel, such as the telephone. If it is the same: /omemo verify and the number of the device.',
		},
	];
}

const levels: Readonly<Record<EncryptionFinding['level'], string>> = {
	ok: 'ok',
	warning: 'warning',
	error: 'WRONG',
};

/** What was found out about why messages cannot be read, what is wrong first. */
export function findingLines(findings: readonly EncryptionFinding[]): readonly HelpLine[] {
	const rank: Readonly<Record<EncryptionFinding['level'], number>> = {error: 0, warning: 1, ok: 2};
	return findings.length === 0
		? [{text: 'Nothing is wrong, as far as that can be seen.'}]
		: findings
				.toSorted((one, other) => rank[one.level] - rank[other.level])
				.flatMap(({level, text, hint}) => [
					{text: `${levels[level].padEnd(9)}${printable(text, 'line')}`, hang: 9, heading: level === 'error'},
					...(hint === undefined ? [] : [{text: `         ${printable(hint, 'line')}`, hang: 9}]),
				]);
}

/** One's own keys as others take them: all that are in use, this device first. */
export function ownKeys(
	devices: readonly Device[],
): ReadonlyArray<Device & {readonly fingerprint: NonNullable<Device['fingerprint']>}> {
	return devices.flatMap(device => {
		const {fingerprint, active, trust} = device;
		return fingerprint === undefined || !active || trust === 'distrusted' || trust === 'undecided'
			? []
			: [{...device, fingerprint}];
	});
}

/** The code, for a dark ground, with what it says below it; whoever listens gets only that. */
export function keyCodeLines(account: BareJid, devices: readonly Device[], spoken: boolean): readonly HelpLine[] {
	const keys = ownKeys(devices);
	if (keys.length === 0) {
		return [{text: 'This device has no key yet.'}];
	}

	const text = keyUri({jid: account, keys});
	const code = spoken ? undefined : qrCode(text);
	return [
		...(code === undefined ? [] : qrLines(code, 4, true).map(line => ({text: line}))),
		{text: 'Another program takes this as your keys:'},
		{text},
	];
}
