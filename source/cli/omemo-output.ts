/** Devices and findings for people: lines that stand below each other. */
import {type Device, fingerprintGroups} from '../model/device.js';
import type {EncryptionFinding} from '../model/device-actions.js';
import {deviceText, stateText} from '../model/device-words.js';
import {inShellWords} from './shell-hints.js';

/** A line for each device, and one with its fingerprint below it. */
export function deviceLines(devices: readonly Device[]): readonly string[] {
	const ids = widest(devices.map(({id}) => String(id)));
	const states = widest(devices.map(stateText));
	return devices.flatMap(device => {
		const {id, fingerprint, problem, label} = device;
		const more = [
			...(label === undefined ? [] : [deviceText(device).replace(` (device ${id})`, '')]),
			...(device.isThis === true ? [] : [seenText(device)]),
			...(problem === undefined ? [] : [problem]),
		].join(', ');
		return [
			`${String(id).padStart(ids)}  ${stateText(device).padEnd(states)}  ${more}`.trimEnd(),
			...(fingerprint === undefined ? [] : [`  ${fingerprintGroups(fingerprint).join(' ')}`]),
		];
	});
}

/** The fingerprints of those that are in use, to be read out: the number of the device, and below it its key. */
export function fingerprintLines(devices: readonly Device[]): readonly string[] {
	return withKeys(devices).flatMap(device => [
		`${device.id}  ${stateText(device)}`,
		`  ${fingerprintGroups(device.fingerprint).join(' ')}`,
	]);
}

/** Those that are in use and whose key was seen. */
export function withKeys<Some extends Device>(
	devices: readonly Some[],
): ReadonlyArray<Some & {readonly fingerprint: NonNullable<Device['fingerprint']>}> {
	return devices.flatMap(device =>
		device.active && device.fingerprint !== undefined ? [{...device, fingerprint: device.fingerprint}] : [],
	);
}

const levels: Readonly<Record<EncryptionFinding['level'], string>> = {ok: 'ok', warning: 'warning', error: 'WRONG'};

/** What was found out, in the order in which it was looked for. */
export function findingLines(findings: readonly EncryptionFinding[]): readonly string[] {
	const width = widest(Object.values(levels)) + 2;
	return findings.flatMap(({level, text, hint}) => [
		`${levels[level].padEnd(width)}${text}`,
		...(hint === undefined ? [] : [`${' '.repeat(width)}${inShellWords(hint)}`]),
	]);
}

function seenText({lastSeen}: Device): string {
	return lastSeen === undefined
		? 'nothing came from it yet'
		: `seen ${new Date(lastSeen).toISOString().replace('T', ' ').slice(0, 16)} UTC`;
}

function widest(texts: readonly string[]): number {
	return Math.max(0, ...texts.map(({length}) => length));
}
