import process from 'node:process';
import {version} from '../shared/version.js';

const [first, ...rest] = process.argv.slice(2);
if ((first === '--version' || first === '-V') && rest.length === 0) {
	// Nothing else is loaded: scripts ask this often.
	process.stdout.write(`${version}\n`);
}
