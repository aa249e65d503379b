import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {setTimeout as wait} from 'node:timers/promises';
import {promisify} from 'node:util';

/** A D-Bus session of a test's own, with or without a real gnome-keyring on it. */
export type KeyringSession = {
	/** For processes that are to see this session and nothing of the person's own. */
	readonly environment: Readonly<Record<string, string>>;
	/** Locks the login keyring. There is no prompter, so nobody can be asked to unlock it. */
	lock(): Promise<void>;
	/** The service keeps its name and answers no more. */
	freeze(): void;
	stop(): Promise<void>;
};

/** No `<include>` and no service directory: nothing is started by itself, in particular not the system's keyring. */
const busConfiguration = (socket: string) => `<!DOCTYPE busconfig PUBLIC
	"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
	"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
	<type>session</type>
	<listen>unix:path=${socket}</listen>
	<auth>EXTERNAL</auth>
	<policy context="default">
		<allow send_destination="*"/>
		<allow receive_sender="*"/>
		<allow own="*"/>
	</policy>
</busconfig>
`;

/**
 * Starts a private bus and, unless `service` is false, gnome-keyring with an unlocked login keyring. Needs the Debian
 * packages dbus and gnome-keyring.
 */
export async function startKeyringSession({service = true} = {}): Promise<KeyringSession> {
	const home = mkdtempSync(join(tmpdir(), 'xmppc-keyring-'));
	const runtime = join(home, 'run');
	mkdirSync(runtime, {mode: 0o700});
	const configuration = join(home, 'bus.conf');
	writeFileSync(configuration, busConfiguration(join(runtime, 'bus')));

	const children: ChildProcess[] = [];
	const stop = async (): Promise<void> => {
		// The keyring first: it complains loudly when its bus goes away.
		for (const child of children.splice(0).reverse()) {
			if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
				const ended = once(child, 'exit');
				child.kill('SIGKILL');
				await ended;
			}
		}

		rmSync(home, {recursive: true, force: true});
	};

	try {
		const bare = {
			PATH: process.env.PATH ?? '/usr/bin:/bin',
			HOME: home,
			XDG_RUNTIME_DIR: runtime,
			XDG_DATA_HOME: join(home, 'data'),
			XDG_CONFIG_HOME: join(home, 'config'),
			XDG_CACHE_HOME: join(home, 'cache'),
		};
		const bus = run(
			'dbus-daemon',
			[`--config-file=${configuration}`, '--nofork', '--nopidfile', '--print-address=1'],
			bare,
		);
		children.push(bus);
		const environment = {...bare, DBUS_SESSION_BUS_ADDRESS: await line(bus, 'dbus-daemon')};
		const keyring = service ? await startKeyring(environment, children) : undefined;
		return {
			environment,
			lock: async () => {
				await call(environment, 'org.freedesktop.secrets', '/org/freedesktop/secrets', [
					'org.freedesktop.Secret.Service.Lock',
					'array:objpath:/org/freedesktop/secrets/collection/login',
				]);
			},
			freeze: () => {
				keyring?.kill('SIGSTOP');
			},
			stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

async function startKeyring(
	environment: Readonly<Record<string, string>>,
	children: ChildProcess[],
): Promise<ChildProcess> {
	const keyring = run(
		'gnome-keyring-daemon',
		['--foreground', '--unlock', '--components=secrets', `--control-directory=${environment.XDG_RUNTIME_DIR}/keyring`],
		environment,
	);
	children.push(keyring);
	// The password of the login keyring, which is created with it.
	keyring.stdin?.end('test');
	for (let tries = 0; tries < 100; tries += 1) {
		const answer = await call(environment, 'org.freedesktop.DBus', '/', [
			'org.freedesktop.DBus.NameHasOwner',
			'string:org.freedesktop.secrets',
		]);
		if (answer.includes('boolean true')) {
			return keyring;
		}

		await wait(50);
	}

	throw new Error('gnome-keyring-daemon did not appear on the bus within 5 s.');
}

function run(
	program: string,
	argumentList: readonly string[],
	environment: Readonly<Record<string, string>>,
): ChildProcess {
	// The kernel ends them with us, however that happens.
	const tied = ['--pdeathsig', 'KILL', program, ...argumentList];
	return spawn('setpriv', tied, {env: environment, stdio: ['pipe', 'pipe', 'ignore']});
}

async function line(child: ChildProcess, program: string): Promise<string> {
	if (child.stdout === null) {
		throw new Error(`${program} has no output.`);
	}

	const lines = createInterface({input: child.stdout});
	const failed = once(child, 'exit').then(() => {
		throw new Error(`${program} ended before it was ready: is it installed?`);
	});
	const [first] = await Promise.race([once(lines, 'line'), failed]);
	return String(first);
}

async function call(
	environment: Readonly<Record<string, string>>,
	destination: string,
	path: string,
	rest: readonly string[],
): Promise<string> {
	const {stdout} = await promisify(execFile)(
		'dbus-send',
		['--session', '--print-reply', '--reply-timeout=5000', `--dest=${destination}`, path, ...rest],
		{env: environment},
	);
	return stdout;
}
