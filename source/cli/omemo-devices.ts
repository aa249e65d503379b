/** `xmppc omemo devices|fingerprint|trust|verify|distrust|remove|label`: whose devices there are, and what is thought of them. */
import type {Command} from 'commander';
import {fingerprintGroups, type Trust} from '../model/device.js';
import {deviceText, inDeviceOrder} from '../model/device-words.js';
import {XmppcError} from '../shared/errors.js';
import {withAccount, withOmemoOptions} from './omemo-access.js';
import {type DeviceMeant, deviceMeant, readDeviceId, readOwner} from './omemo-device.js';
import {deviceLines, fingerprintLines, withKeys} from './omemo-output.js';
import type {Shell} from './shell.js';

export function deviceCommands(omemo: Command, shell: Shell): void {
	const devices = withOmemoOptions(
		omemo
			.command('devices')
			.description('list the devices of somebody, or your own')
			.argument('[jid]', 'whose; without it your own')
			.option('--refresh', 'ask their server first'),
	);
	devices.action((jid: string | undefined, {refresh}: {readonly refresh?: boolean}) =>
		withAccount(devices, shell, async ({actions, account, output, online}) => {
			const owner = jid === undefined ? account : readOwner(jid);
			await (refresh === true ? online() : undefined);
			const found = await actions.listDevices({account, owner, ...(refresh === true ? {refresh} : {})});
			const sorted = inDeviceOrder(found);
			if (output.json) {
				sorted.forEach(output.record);
			} else {
				deviceLines(sorted).forEach(output.line);
			}

			if (found.length === 0) {
				output.remark(
					refresh === true
						? `${owner} has no device that encrypts`
						: `No device of ${owner} is known here; --refresh asks their server`,
				);
			}
		}),
	);

	const fingerprint = withOmemoOptions(
		omemo
			.command('fingerprint')
			.description('print fingerprints, to be compared over another channel')
			.argument('[jid]', 'whose; without it your own'),
	);
	fingerprint.action((jid: string | undefined) =>
		withAccount(fingerprint, shell, async ({actions, account, output}) => {
			const owner = jid === undefined ? account : readOwner(jid);
			const known = withKeys(await actions.listDevices({account, owner}));
			if (output.json) {
				for (const {id, fingerprint: key, trust} of known) {
					output.record({owner, id, fingerprint: key, trust});
				}
			} else {
				fingerprintLines(known).forEach(output.line);
			}

			if (known.length === 0) {
				output.remark(`No fingerprint of ${owner} is known here`);
			}
		}),
	);

	decision(omemo, shell, 'trust', 'trusted', 'use a device although its fingerprint was not compared');
	decision(omemo, shell, 'verify', 'verified', 'use a device whose fingerprint you compared');
	decision(omemo, shell, 'distrust', 'distrusted', 'encrypt nothing for a device any more');

	const remove = withOmemoOptions(
		omemo
			.command('remove')
			.description('take one of your other devices off your list')
			.argument('<number>', 'the number of the device'),
	);
	remove.action((typed: string) =>
		withAccount(remove, shell, async ({actions, account, output, online}) => {
			const id = readDeviceId(typed);
			await online();
			const own = await actions.listDevices({account, refresh: true});
			const device = own.find(each => each.id === id);
			if (device === undefined) {
				throw new XmppcError({
					code: 'no-such-device',
					kind: 'usage',
					message: `${account} has no device ${id}; nothing was changed.`,
					hint: 'xmppc omemo devices lists yours.',
				});
			}

			await actions.removeDevice({account, id});
			output.remark(`${deviceText(device)} is off the list of ${account}: nobody encrypts for it any more`);
		}),
	);

	const label = withOmemoOptions(
		omemo
			.command('label')
			.description('name this device for others; only programs with OMEMO 2 show it')
			.argument('[text]', 'everybody can read it, the servers too')
			.option('--clear', 'take the name away'),
	);
	label.action((text: string | undefined, {clear}: {readonly clear?: boolean}) => {
		const named = text?.trim() ?? '';
		if ((named === '') !== (clear === true)) {
			throw new XmppcError({
				code: 'usage',
				kind: 'usage',
				message: named === '' ? 'What is the device to be called?' : 'A name and --clear contradict each other.',
				hint: 'see xmppc omemo label --help',
			});
		}

		return withAccount(label, shell, async ({actions, account, online}) => {
			await online();
			await actions.labelDevice({account, label: named});
		});
	});
}

/** A subcommand that says what is thought of a device. */
function decision(omemo: Command, shell: Shell, name: string, trust: Trust, what: string): void {
	const command = withOmemoOptions(
		omemo
			.command(name)
			.description(what)
			.argument('<jid>', 'whose device it is')
			.argument('<device...>', 'its fingerprint, in groups or not, or its number'),
	);
	if (trust === 'verified') {
		command.option('--yes', 'with a number: you have compared the fingerprint');
	}

	command.action((jid: string, typed: readonly string[], {yes}: {readonly yes?: boolean}) =>
		withAccount(command, shell, async ({actions, account, output}) => {
			const owner = readOwner(jid);
			const device = await deviceMeant(actions, account, owner, typed);
			if (trust === 'verified' && !device.byKey && yes !== true) {
				throw notCompared(device);
			}

			await actions.setTrust({account, owner, fingerprint: device.fingerprint, trust});
			output.remark(`${deviceText(device)} of ${owner} is ${trust}`);
		}),
	);
}

function notCompared({owner, fingerprint, ...device}: DeviceMeant): XmppcError {
	return new XmppcError({
		code: 'consent-needed',
		kind: 'usage',
		message: `${deviceText(device)} of ${owner} has the fingerprint ${fingerprintGroups(fingerprint).join(' ')}; nothing was changed.`,
		hint: 'compare it over another channel, such as the telephone, and add --yes, or give the fingerprint instead of the number',
	});
}
