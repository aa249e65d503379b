import type {Command} from 'commander';
import {deviceCommands} from './omemo-devices.js';
import {doctorCommands} from './omemo-doctor.js';
import {keyCommands} from './omemo-keys.js';
import type {Shell} from './shell.js';

const explanation = `
A device is named by its number or, better, by its fingerprint. Where an xmppc is
running with the profile, it does what is asked; else this logs in by itself, and
only where the servers have to be asked.

  xmppc omemo devices romeo@example.org --refresh
  xmppc omemo fingerprint
  xmppc omemo verify romeo@example.org a1b2c3d4 … (all eight groups)
  xmppc omemo trust romeo@example.org 1234567890
  xmppc omemo doctor romeo@example.org && echo "He can read me"
  xmppc omemo export keys.xmppc
  xmppc omemo import keys.xmppc --passphrase-fd 3 3< passphrase.txt`;

/** `xmppc omemo …`: devices, keys and what stands in the way of end-to-end encryption. */
export function omemoCommand(program: Command, shell: Shell): void {
	const omemo = program
		.command('omemo')
		.description('devices and keys of end-to-end encryption')
		.addHelpText('after', explanation);
	deviceCommands(omemo, shell);
	doctorCommands(omemo, shell);
	keyCommands(omemo, shell);
}
