import {spawn} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {TestServer} from '../servers.js';
import {makeHome} from './home.js';

export type GoSendxmppOptions = {
	/** TLS from the first byte (its `-t`). True unless given: it is the faster way. */
	readonly directTls?: boolean;
	/** Connect here instead, to a proxy before the server for instance. */
	readonly port?: number;
};

type Sent = {readonly status: number; readonly errors: string};

/** go-sendxmpp set up for one account. */
export type GoSendxmpp = {
	/** Runs it once; resolves with its exit status and what it wrote to stderr. */
	send(to: string, text: string): Promise<Sent>;
	/** Puts a file at the server and sends its address. */
	sendFile(to: string, path: string): Promise<Sent>;
	remove(): void;
};

/** Writes the configuration of go-sendxmpp for an account of `server`. */
export function configureGoSendxmpp(
	server: TestServer,
	localpart: string,
	password: string,
	options: GoSendxmppOptions = {},
): GoSendxmpp {
	const home = makeHome('go-sendxmpp');
	const directTls = options.directTls ?? true;
	const port = options.port ?? (directTls ? server.tlsPort : server.port);
	const folder = path.join(home.environment.XDG_CONFIG_HOME ?? home.directory, 'go-sendxmpp');
	mkdirSync(folder);
	const file = path.join(folder, 'sendxmpprc');
	writeFileSync(file, `username: ${localpart}@${server.domain}\npassword: ${password}\njserver: 127.0.0.1:${port}\n`, {
		mode: 0o600,
	});
	const run = (programArguments: readonly string[], input: string) =>
		new Promise<Sent>((resolve, reject) => {
			const child = spawn('go-sendxmpp', [...(directTls ? ['-t'] : []), '-f', file, ...programArguments], {
				stdio: ['pipe', 'ignore', 'pipe'],
				env: {...home.environment, SSL_CERT_FILE: server.caFile},
			});
			let errors = '';
			child.stderr.setEncoding('utf8').on('data', chunk => {
				errors += chunk;
			});
			child.once('error', reject);
			child.once('close', status => resolve({status: status ?? 1, errors}));
			child.stdin.end(input);
		});
	return {
		send: (to, text) => run([to], text),
		sendFile: (to, sent) => run(['-h', sent, to], ''),
		remove: home.remove,
	};
}
