/**
 * Sees to the Debian packages that the demo and the tests run against. On Debian and Ubuntu apt-get installs what is
 * missing: on a terminal it asks first, without one or with `--yes` it says so and goes on. Elsewhere the names are
 * printed. No service is started: a `policy-rc.d` forbids it for as long as apt-get runs.
 */
import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {createInterface} from 'node:readline/promises';

/** A server, and what it needs for TLS and certificates. */
export const serverPackages = ['prosody', 'lua-sec', 'lua-event', 'openssl'];

/** Everything that `npm test` talks to. */
export const testPackages = [
	...serverPackages,
	...['ejabberd', 'erlang-p1-sqlite3'],
	...['hunspell', 'hunspell-en-us'],
	...[
		'prosody-modules',
		'lua-unbound',
		'lua-dbi-sqlite3',
		'go-sendxmpp',
		'profanity',
		'python3-slixmpp',
		...['python3-oldmemo', 'python3-twomemo', 'python3-xmlschema'],
		'tmux',
		'gnome-keyring',
		'dbus',
	],
];

const policyFile = '/usr/sbin/policy-rc.d';
const setAside = `${policyFile}.before-xmppc`;

/** What keeps the packages from being there, in words for a person. */
export class MissingPackages extends Error {}

/**
 * Resolves when every package is installed. Throws {@link MissingPackages} with the next step otherwise.
 * @param {readonly string[]} names Debian's names
 * @param {{yes: boolean}} options `yes`: do not ask
 */
export async function ensurePackages(names, {yes}) {
	if (!isDebian()) {
		requirePrograms(names);
		return;
	}

	const missing = notInstalled(names);
	if (missing.length === 0) {
		return;
	}

	const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...missing];
	const shown = `${isRoot() ? '' : 'sudo '}${install.join(' ')}`;
	if (!isRoot() && spawnSync('sudo', ['--version']).status !== 0) {
		throw new MissingPackages(`needs ${missing.join(', ')}; as root, run: ${install.join(' ')}`);
	}

	process.stderr.write(`These Debian packages are missing: ${missing.join(', ')}\n  ${shown}\n`);
	if (!yes && process.stdin.isTTY && process.stderr.isTTY) {
		if (!(await agrees('Run this command? No service will be started. [Y/n] '))) {
			throw new MissingPackages(`cannot go on without ${missing.join(', ')}; run: ${shown}`);
		}
	} else {
		process.stderr.write('Running it; no service will be started.\n');
	}

	withoutServices(() => {
		asRoot(['apt-get', 'update', '--quiet=2']);
		asRoot(install);
	});
	const still = notInstalled(names);
	if (still.length > 0) {
		throw new MissingPackages(
			`apt-get could not install ${still.join(', ')}; see its messages above, then run: ${shown}`,
		);
	}
}

function isDebian() {
	const file = '/etc/os-release';
	const release = existsSync(file) ? readFileSync(file, 'utf8') : '';
	return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release) && spawnSync('apt-get', ['--version']).status === 0;
}

function isRoot() {
	return process.getuid?.() === 0;
}

/** @param {readonly string[]} names */
function notInstalled(names) {
	// Exits with 1 when it does not know one of them; the list is complete all the same.
	const {stdout} = spawnSync('dpkg-query', ['--status', ...names], {encoding: 'utf8'});
	const installed = new Set(
		stdout
			.split('\n\n')
			.filter(record => /^Status: .* installed$/m.test(record))
			.map(record => /^Package: (.*)$/m.exec(record)?.[1]),
	);
	return names.filter(name => !installed.has(name));
}

/** Where there is no apt-get the person has to install; a package is there when its program is. @param {readonly string[]} names */
function requirePrograms(names) {
	const programs = [
		'prosody',
		'ejabberdctl',
		'go-sendxmpp',
		'profanity',
		'tmux',
		'hunspell',
		'openssl',
		'gnome-keyring-daemon',
		'setpriv',
	];
	const folders = (process.env.PATH ?? '').split(':');
	const missing = programs.filter(
		program =>
			(names.some(name => program.startsWith(name)) || program === 'setpriv') &&
			!folders.some(folder => existsSync(path.join(folder, program))),
	);
	if (missing.length > 0) {
		throw new MissingPackages(
			[
				`needs ${missing.join(', ')}, and only on Debian and Ubuntu can it install them itself.`,
				`Install them with your system's package manager; on Debian they are in: ${names.join(' ')} util-linux`,
			].join('\n'),
		);
	}
}

/** @param {string} question */
async function agrees(question) {
	const terminal = createInterface({input: process.stdin, output: process.stderr});
	try {
		const answer = await terminal.question(question);
		return /^(y|yes|)$/i.test(answer.trim());
	} finally {
		terminal.close();
	}
}

/** @param {readonly string[]} command */
function asRoot(command) {
	const [program = '', ...rest] = [...(isRoot() ? [] : ['sudo']), 'env', 'DEBIAN_FRONTEND=noninteractive', ...command];
	// Its output is for people; stdout carries data only.
	return spawnSync(program, rest, {stdio: ['inherit', 2, 2]}).status === 0;
}

/** Forbids invoke-rc.d to start anything while `work` runs, and leaves things as they were. @param {() => void} work */
function withoutServices(work) {
	const folder = mkdtempSync(path.join(tmpdir(), 'xmppc-policy-'));
	const policy = path.join(folder, 'policy-rc.d');
	writeFileSync(policy, '#!/bin/sh\nexit 101\n');
	// Ctrl+C ends apt-get, not us: the policy has to go again.
	const stay = () => {};
	process.on('SIGINT', stay);
	const existed = existsSync(policyFile);
	try {
		if (existed) {
			asRoot(['mv', policyFile, setAside]);
		}

		asRoot(['install', '-m', '755', policy, policyFile]);
		work();
	} finally {
		if (existed) {
			asRoot(['mv', setAside, policyFile]);
		} else {
			asRoot(['rm', '-f', policyFile]);
		}

		rmSync(folder, {recursive: true});
		process.removeListener('SIGINT', stay);
	}
}
