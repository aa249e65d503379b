import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {TestServer} from '../servers.js';
import {startTerminal, type Terminal} from '../terminal.js';
import {type Home, makeHome, trustDirectory} from './home.js';

export type ProfanityOptions = {
	readonly columns?: number;
	readonly rows?: number;
	/** Called once the process has been started, before it has painted anything. */
	readonly onStart?: (terminal: Terminal) => void;
};

/** profanity 0.13, logged in, driven by its own keyboard. */
export type Profanity = {
	readonly terminal: Terminal;
	/** A line typed at its prompt: a command, or text for the open conversation. */
	enter(line: string): void;
	/** Opens a conversation with a bare JID. */
	opens(jid: string): Promise<void>;
	stop(): Promise<void>;
};

/** Starts profanity as an account of `server` and resolves when it is online. */
export async function startProfanity(
	server: TestServer,
	localpart: string,
	password: string,
	options: ProfanityOptions = {},
): Promise<Profanity> {
	const home = makeHome('profanity');
	const jid = `${localpart}@${server.domain}`;
	await configure(home, server, jid, password);
	const terminal = startTerminal(['profanity', '--account', jid], {...options, environment: home.environment});
	options.onStart?.(terminal);
	const stop = async () => {
		await terminal.stop();
		home.remove();
	};
	try {
		await terminal.shows(screen => /\[online\]/.test(screen) && screen.includes('logged in'));
	} catch (error) {
		await stop();
		throw error;
	}

	return {
		terminal,
		enter: line => terminal.type(`${line}\r`),
		async opens(contact) {
			terminal.type(`/msg ${contact}\r`);
			await terminal.shows(screen => screen.split('\n')[0]?.includes(contact) === true);
		},
		stop,
	};
}

/** No splash, no typing notices, no sound: only what the conversation needs is painted. */
async function configure(home: Home, server: TestServer, jid: string, password: string): Promise<void> {
	const folder = (variable: 'XDG_CONFIG_HOME' | 'XDG_DATA_HOME') => {
		const directory = path.join(home.environment[variable] ?? home.directory, 'profanity');
		mkdirSync(directory, {recursive: true});
		return directory;
	};
	const trusted = await trustDirectory(home, server.caFile);
	writeFileSync(
		path.join(folder('XDG_CONFIG_HOME'), 'profrc'),
		[
			...['[ui]', 'splash=false', 'beep=false', 'flash=false', 'vercheck=false', 'intype=false'],
			...['[notifications]', 'message=false', 'room=false', 'typing=false', 'invite=false', 'sub=false'],
			...['[chatstates]', 'enabled=false', 'outtype=false'],
			...['[connection]', `tls.certpath=${trusted}`, 'reconnect=0', ''],
		].join('\n'),
	);
	writeFileSync(
		path.join(folder('XDG_DATA_HOME'), 'accounts'),
		[
			...[`[${jid}]`, 'enabled=true', `jid=${jid}`, 'resource=profanity', `password=${password}`],
			...['server=127.0.0.1', `port=${server.port}`, 'tls.policy=force', ''],
		].join('\n'),
		{mode: 0o600},
	);
}
