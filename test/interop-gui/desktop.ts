/**
 * A screen, a session bus and a home for one program with windows. It runs as somebody who owns nothing else, and sees the machine
 * as the test wants it: the names, the resolver and the trusted authorities are put over the machine's files in a mount
 * namespace of its own, which ends with the process.
 */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {closeSync, existsSync, openSync, readFileSync, writeFileSync} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {text} from 'node:stream/consumers';
import {setTimeout as sleep} from 'node:timers/promises';
import {makeHome} from '../support/peers/home.js';
import {type Finished, runProgram} from '../support/peers/xmppc.js';
import type {Prosody} from '../support/prosody.js';

export type Desktop = {
	/** The home: `config`, `data` and the other XDG directories are below it. */
	readonly directory: string;
	/** Starts a program that goes on until it is ended. What it writes is in `<name>.txt` in the home. */
	start(name: string, command: readonly string[]): Running;
	/** Runs a program to its end. */
	run(command: readonly string[]): Promise<Finished>;
	/** Hands over what was written into the home from here. */
	giveAway(): void;
	/** Ends the screen, the bus and what is left, and removes the home. */
	stop(): Promise<void>;
};

export type Running = {
	/** Why it is not there any more. */
	readonly problem: () => string | undefined;
	end(): Promise<void>;
};

/** Where a client looks for a server that no DNS knows: Dino takes no other port. */
const clientPort = 5222;
/** On loopback, and not the address that a server of the machine listens on. */
const doorAddress = '127.0.0.77';

/** Makes the server reachable where clients look for it that cannot be told where it is; the result closes it again. */
export async function openDoor(server: Prosody): Promise<() => Promise<void>> {
	const sockets = new Set<net.Socket>();
	const door = net.createServer(client => {
		const upstream = net.connect(server.port, '127.0.0.1');
		for (const [socket, other] of [
			[client, upstream],
			[upstream, client],
		] as const) {
			sockets.add(socket);
			socket.pipe(other);
			socket.on('error', () => other.destroy());
			socket.on('close', () => sockets.delete(socket));
		}
	});
	await new Promise<void>((resolve, reject) => {
		door.once('error', reject);
		door.listen(clientPort, doorAddress, resolve);
	});
	return async () => {
		const closed = new Promise(resolve => door.close(resolve));
		for (const socket of sockets) {
			socket.destroy();
		}

		await closed;
	};
}

/** A desktop from where the server is found at its domain and its certificate is good. */
export async function startDesktop(name: string, server: Prosody): Promise<Desktop> {
	const home = makeHome(name);
	const {directory} = home;
	const inHome = (file: string) => path.join(directory, file);
	const user = unprivileged();
	const giveAway = () => {
		if (user !== undefined) {
			execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, directory]);
		}
	};

	writeFileSync(inHome('hosts'), `127.0.0.1 localhost\n${doorAddress} ${server.domain}\n`);
	// Nobody answers there: it is known at once that there are no SRV records.
	writeFileSync(inHome('resolv.conf'), 'nameserver 127.0.0.1\n');
	const socket = path.join(home.environment.XDG_RUNTIME_DIR ?? directory, 'bus');
	writeFileSync(inHome('bus.conf'), busConfiguration(socket));
	giveAway();

	const views: ReadonlyArray<readonly [string, string]> = [
		[inHome('hosts'), '/etc/hosts'],
		[inHome('resolv.conf'), '/etc/resolv.conf'],
		[server.caFile, '/etc/ssl/certs/ca-certificates.crt'],
	];
	const enter = (command: readonly string[]) => [
		...['unshare', ...(user === undefined ? ['--user', '--map-current-user', '--keep-caps'] : [])],
		...['--mount', '--propagation', 'private', 'sh', '-c'],
		'mount --bind "$1" "$2" && mount --bind "$3" "$4" && mount --bind "$5" "$6" && cd "$7" && shift 7 && exec "$@"',
		...['sh', ...views.flat(), directory],
		...['setpriv', '--pdeathsig=KILL', '--inh-caps=-all'],
		...(user === undefined
			? ['--ambient-caps=-all']
			: [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups']),
		...command,
	];
	let environment: Readonly<Record<string, string>> = {
		...home.environment,
		DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}`,
		GDK_BACKEND: 'x11',
		GSETTINGS_BACKEND: 'memory',
		// Neither accessibility nor file systems: nobody serves them on this bus.
		NO_AT_BRIDGE: '1',
		GTK_A11Y: 'none',
		GIO_USE_VFS: 'local',
	};

	const started: Running[] = [];
	const launch = (as: string, command: readonly string[], pipes: readonly 'pipe'[] = []) => {
		const [program = '', ...programArguments] = enter(command);
		const output = openSync(inHome(`${as}.txt`), 'a');
		const child = spawn(program, programArguments, {env: environment, stdio: ['ignore', output, output, ...pipes]});
		closeSync(output);
		const running = runningOf(child, () => readFileSync(inHome(`${as}.txt`), 'utf8'));
		started.push(running);
		return {child, running};
	};
	const stop = async () => {
		for (const running of started.reverse()) {
			await running.end();
		}

		home.remove();
	};

	try {
		const screen = launch(
			'screen',
			['Xvfb', '-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'],
			['pipe'],
		);
		environment = {...environment, DISPLAY: `:${await displayOf(screen.child)}`};
		const bus = launch('bus', ['dbus-daemon', `--config-file=${inHome('bus.conf')}`, '--nofork', '--nopidfile']);
		await until('the session bus is there', () => existsSync(socket), {unless: bus.running.problem});
	} catch (error) {
		await stop();
		throw error;
	}

	return {
		directory,
		start: (as, command) => launch(as, command).running,
		run: command => runProgram(enter(command), environment),
		giveAway,
		stop,
	};
}

export type Patience = {
	/** Milliseconds. */
	readonly timeout?: number;
	/** Why it can never be. */
	readonly unless?: () => string | undefined;
};

/** Resolves with what `look` finds, as soon as that is something. Programs of others do not call: it looks again and again. */
export async function until<Found>(
	what: string,
	look: () => Found | Promise<Found>,
	{timeout = 30_000, unless = () => undefined}: Patience = {},
): Promise<NonNullable<Exclude<Found, false>>> {
	const end = performance.now() + timeout;
	for (;;) {
		const found = await look();
		if (found !== undefined && found !== null && found !== false) {
			return found as NonNullable<Exclude<Found, false>>;
		}

		const problem = unless() ?? (performance.now() > end ? `after ${timeout / 1000} s` : undefined);
		if (problem !== undefined) {
			throw new Error(`not yet: ${what}; ${problem}`);
		}

		await sleep(100);
	}
}

/** Who a client runs as where we are root, as which Gajim does not start. */
function unprivileged(): {readonly uid: number; readonly gid: number} | undefined {
	const number = (option: string) => Number(execFileSync('id', [option, 'nobody'], {encoding: 'utf8'}));
	return process.getuid?.() === 0 ? {uid: number('-u'), gid: number('-g')} : undefined;
}

/** No service files: the bus starts nothing by itself, and nothing of it is left. */
function busConfiguration(socket: string): string {
	return [
		'<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"',
		' "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">',
		`<busconfig><type>session</type><listen>unix:path=${socket}</listen><auth>EXTERNAL</auth>`,
		'<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>',
		'',
	].join('\n');
}

/** Xvfb looks for a number that is free, and tells it when it accepts programs. */
async function displayOf(child: ChildProcess): Promise<string> {
	const pipe = child.stdio[3];
	const display = pipe === undefined || pipe === null || !('read' in pipe) ? '' : (await text(pipe)).trim();
	if (!/^\d+$/.test(display)) {
		throw new Error('Xvfb did not start');
	}

	return display;
}

function runningOf(child: ChildProcess, output: () => string): Running {
	let problem: string | undefined;
	const ended = new Promise<void>(resolve => {
		child.once('error', error => {
			problem = error.message;
			resolve();
		});
		child.once('exit', (status, signal) => {
			problem = `it ended with ${status ?? signal}: ${output().trim().split('\n').at(-1)}`;
			resolve();
		});
	});
	return {
		problem: () => problem,
		async end() {
			child.kill('SIGTERM');
			const patience = setTimeout(() => child.kill('SIGKILL'), 3000);
			await ended;
			clearTimeout(patience);
		},
	};
}
