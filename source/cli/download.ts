import {stat} from 'node:fs/promises';
import {basename, dirname, resolve} from 'node:path';
import type {Command} from 'commander';
import {trustedBeside} from '../client/login.js';
import {readAesgcmAddress} from '../media/aesgcm-address.js';
import {fetchFile} from '../media/http-download.js';
import {createProgressMeter, type ProgressMeter} from '../media/progress.js';
import {systemClock} from '../shared/clock.js';
import {exitCodes, problemOf, XmppcError} from '../shared/errors.js';
import {silentLog} from '../shared/log.js';
import {personAt} from './person.js';
import {profileOptions} from './profile-options.js';
import type {Shell} from './shell.js';
import {createTransferBar, type TransferBar} from './transfer-bar.js';
import {readMegabytes} from './values.js';

type Options = {readonly directory?: string; readonly output?: string; readonly limit: number; readonly json?: boolean};

const explanation = `
The address is https: or, of what was encrypted, aesgcm: with its key. It is
checked before it gets its name, nothing is overwritten, and what was
interrupted goes on where it ended. It prints where each file is. Quote
addresses: the shell takes # for the beginning of a comment.

  xmppc download https://upload.example.org/a1b2/balcony.jpg
  xmppc download --directory ~/Downloads 'aesgcm://upload.example.org/a1b2/c3#...'`;

/** `xmppc download <address>…` */
export function downloadCommand(program: Command, shell: Shell): void {
	const command = program
		.command('download')
		.description('get files from their addresses')
		.argument('<address...>', 'https: or aesgcm:')
		.option('-d, --directory <path>', 'where they go; without it the current directory')
		.option('-o, --output <file>', 'what the only file is called')
		.addOption(
			program
				.createOption('--limit <megabytes>', 'refuse larger files')
				.argParser(readMegabytes)
				.default(2_000_000_000, '2000'),
		)
		.option('--json', 'print JSON lines')
		.addHelpText('after', explanation);
	command.action(async (addresses: readonly string[], options: Options) => {
		const output = shell.output(options.json === true);
		const {directory, name} = await whereTo(addresses, options);
		const compose = await shell.compose(personAt(shell, output));
		const ca = trustedBeside(compose.settings(profileOptions(command)).accounts);
		const bar = createTransferBar(shell.overwrite);
		for (const address of addresses) {
			try {
				const {path, size} = await get(
					address,
					{directory, ...(name === undefined ? {} : {name}), ...(ca && {ca})},
					options.limit,
					shell,
					bar,
				);
				bar.clear();
				if (output.json) {
					output.record({path, size});
				} else {
					output.line(path);
				}
			} catch (error) {
				bar.clear();
				const problem = problemOf(error);
				output.problem(problem);
				shell.conclude(exitCodes[problem.kind]);
				if (shell.interrupted.aborted) {
					return;
				}
			}
		}
	});
}

async function whereTo(addresses: readonly string[], {directory, output}: Options) {
	if (output === undefined) {
		return {directory: resolve(directory ?? '.'), name: undefined};
	}

	if (addresses.length > 1 || directory !== undefined) {
		throw new XmppcError({
			code: 'usage',
			kind: 'usage',
			message: '--output names one file, wherever it lies.',
			hint: 'Leave out --directory, and get one file at a time.',
		});
	}

	const path = resolve(output);
	if ((await stat(path).catch(() => undefined)) !== undefined) {
		throw new XmppcError({
			code: 'file-exists',
			kind: 'notPermitted',
			message: `There is a file ${path} already, and it is not overwritten.`,
			hint: 'Give another name.',
		});
	}

	return {directory: dirname(path), name: basename(path)};
}

/** No address with its key in it is part of an error. */
async function get(
	address: string,
	where: {readonly directory: string; readonly name?: string; readonly ca?: string},
	most: number,
	{interrupted}: Shell,
	bar: TransferBar,
) {
	const encrypted = readAesgcmAddress(address);
	const url = encrypted?.url ?? address.replace(/#.*$/su, '');
	if (encrypted === undefined && !/^https:\/\//iu.test(address)) {
		throw new XmppcError({
			code: 'invalid-address',
			kind: 'badData',
			message: 'That is no address of a file.',
			hint: 'It begins with https:// or aesgcm://, which has a key of 88 or 96 digits behind the #.',
		});
	}

	let meter: ProgressMeter | undefined;
	const name = where.name ?? basename(new URL(url).pathname);
	return fetchFile({
		url,
		...where,
		...(encrypted === undefined ? {} : {key: encrypted.key}),
		most,
		addresses: 'any',
		clock: systemClock,
		log: silentLog,
		signal: interrupted,
		onProgress(done, total) {
			// First it is told what an earlier attempt got.
			meter ??= createProgressMeter(systemClock, done);
			const found = meter.reached(done, total);
			if (found !== undefined) {
				bar.show(name, found.done, found.total, found.rate);
			}
		},
	});
}
