/** ejabberd as a process: Debian's files, started by ourselves. */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {closeSync, existsSync, openSync, readFileSync} from 'node:fs';

/** Debian's start script: it knows where the libraries of this architecture are. */
const startScript = '/usr/sbin/ejabberdctl';

/** As root the server runs as the user its package made. */
export function serverUser(): {readonly uid: number; readonly gid: number} | undefined {
	if (!existsSync(startScript)) {
		throw new Error('ejabberd is not installed (run "npm test": it installs it)');
	}

	if (process.getuid?.() !== 0) {
		return undefined;
	}

	const number = (option: string) => Number(execFileSync('id', [option, 'ejabberd'], {encoding: 'utf8'}));
	return {uid: number('-u'), gid: number('-g')};
}

export type LaunchFiles = Readonly<
	Record<'directory' | 'spool' | 'configuration' | 'inetrc' | 'log' | 'output', string>
>;

/** The kernel ends the server when the process that started it dies, however that happens. */
export function launch(files: LaunchFiles, asRoot: boolean): ChildProcess {
	const said = openSync(files.output, 'a');
	const identity = asRoot ? ['--reuid=ejabberd', '--regid=ejabberd', '--clear-groups'] : [];
	const libraries = /^ERL_LIBS='(.*)'$/m.exec(readFileSync(startScript, 'utf8'))?.[1];
	const erlang = [
		// Several servers and clients share few cores: no spinning while there is nothing to do.
		...['erl', '+K', 'true', '+sbwt', 'none', '+sbwtdcpu', 'none', '+sbwtdio', 'none', '-noinput'],
		...['-mnesia', 'dir', `"${files.spool}"`, '-s', 'ejabberd'],
	];
	const child = spawn('setpriv', [...identity, '--pdeathsig=KILL', ...erlang], {
		stdio: ['ignore', said, said],
		cwd: files.spool,
		env: {
			PATH: process.env.PATH,
			HOME: files.directory,
			ERL_LIBS: libraries,
			ERL_INETRC: files.inetrc,
			ERL_CRASH_DUMP_BYTES: '0',
			EJABBERD_CONFIG_PATH: files.configuration,
			EJABBERD_LOG_PATH: files.log,
		},
	});
	closeSync(said);
	return child;
}
