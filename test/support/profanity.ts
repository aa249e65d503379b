/** profanity, another people's terminal client, in tmux with a home of its own (Debian's package). */
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {PeerAccount} from './go-sendxmpp.js';
import type {Prosody} from './prosody.js';
import {startTmux, type Tmux} from './tmux.js';

/** Where profanity keeps an account, and how to start it: for tmux here, for a pseudo-terminal in the benches. */
export type ProfanityHome = {
	readonly command: readonly string[];
	readonly environment: Readonly<Record<string, string>>;
	remove(): Promise<void>;
};

/** Writes settings that log in by themselves. */
export async function makeProfanityHome(server: Prosody, account: PeerAccount): Promise<ProfanityHome> {
	const home = await mkdtemp(path.join(tmpdir(), 'xmppc-profanity-'));
	const jid = `${account.localpart}@${server.domain}`;
	const data = path.join(home, '.local', 'share', 'profanity');
	const config = path.join(home, '.config', 'profanity');
	await mkdir(data, {recursive: true});
	await mkdir(config, {recursive: true});
	await writeFile(
		path.join(data, 'accounts'),
		[
			`[${jid}]`,
			'enabled=true',
			`jid=${jid}`,
			'server=127.0.0.1',
			`port=${server.port}`,
			`password=${account.password}`,
			// It knows no file of authorities per account.
			'tls.policy=trust',
			'resource=profanity',
			'presence.last=online',
			'presence.login=online',
			'',
		].join('\n'),
		{mode: 0o600},
	);
	await writeFile(
		path.join(config, 'profrc'),
		['[ui]', 'splash=false', 'beep=false', '[notifications]', 'message=off', ''].join('\n'),
	);
	return {
		command: ['profanity', '-a', jid],
		environment: {HOME: home},
		remove: () => rm(home, {recursive: true, force: true}),
	};
}

/** Starts it in tmux and resolves when it is logged in. */
export async function startProfanity(server: Prosody, account: PeerAccount): Promise<Tmux> {
	const home = await makeProfanityHome(server, account);
	const tmux = await startTmux(home.command, {environment: home.environment, columns: 100, rows: 30});
	const stop = async () => {
		await tmux.stop();
		await home.remove();
	};
	try {
		await tmux.shows(/logged in successfully/);
	} catch (error) {
		await stop();
		throw error;
	}

	return {...tmux, stop};
}
