/**
 * A private ejabberd on loopback, used like the Prosody beside it: own directory, ports, certificate and accounts;
 * nothing of the system's installation is touched and nothing is left behind. Debian's package serves. Its Erlang is
 * started without distribution: no node name, no cookie, no epmd; accounts and rosters go through its HTTP interface.
 */
import {chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Endpoint, Resolver} from '../../source/xmpp/resolver.js';
import {
	type Authority,
	type Certificate,
	type CertificateRequest,
	createAuthority,
	issueCertificate,
} from './certificates.js';
import {type EjabberdConfiguration, ejabberdConfiguration, inetrc} from './ejabberd-files.js';
import {launch, serverUser} from './ejabberd-process.js';
import {freePorts} from './prosody.js';
import type {RosterItem} from './prosody-files.js';
import {createServerProcess} from './server-process.js';

export type EjabberdOptions = {
	/** XMPP domain, `ejabberd.test` unless given. It is in no DNS: connect to `127.0.0.1` and `port`. */
	readonly domain?: string;
	/** Password by localpart. */
	readonly accounts?: Readonly<Record<string, string>>;
	/** Roster by localpart. Only one side of it: name both ends of a mutual subscription. */
	readonly rosters?: Readonly<Record<string, readonly RosterItem[]>>;
	/** It takes files (XEP-0363), of at most a hundred million bytes. */
	readonly uploads?: boolean;
	/** Who signs its certificate, and whose it trusts: one of its own unless given. */
	readonly authority?: Authority;
	/** Departures from a certificate for the domain that is valid for a month. */
	readonly certificate?: Partial<CertificateRequest>;
} & Pick<EjabberdConfiguration, 'modules' | 'settings' | 'federation' | 'webSocketPort'>;

export type Ejabberd = {
	readonly domain: string;
	/** The rooms' domain, with an archive. */
	readonly roomDomain: string;
	/** STARTTLS. */
	readonly port: number;
	/** TLS from the first byte (XEP-0368). */
	readonly tlsPort: number;
	/** HTTP without TLS: commands, and the pages on which questions of rooms are answered. */
	readonly httpPort: number;
	/** PEM file of the authority that signed the server's certificate. */
	readonly caFile: string;
	readonly caPem: string;
	/** SHA-256 of the server's certificate, lowercase hex. */
	readonly fingerprint: string;
	/** The server's own, for what else is to stand for its domain. */
	readonly certificate: Certificate;
	/** Answers every domain with this server: STARTTLS first, then direct TLS. */
	readonly resolver: Resolver;
	readonly directory: string;
	registerAccount(localpart: string, password: string): Promise<void>;
	/** Before the account logs in: a session that has asked for its roster is told of every item. */
	setRoster(localpart: string, items: readonly RosterItem[]): Promise<void>;
	/** One of the commands of `ejabberdctl help`, its arguments by name. Throws with what the server says against it. */
	command(name: string, input: Readonly<Record<string, unknown>>): Promise<unknown>;
	/** Ends the process; ports, accounts and archive stay for `start`. `hard`: without closing streams. */
	halt(how?: 'hard'): Promise<void>;
	start(): Promise<void>;
	restart(): Promise<void>;
	/** Everything the server has logged. */
	log(): string;
	/** Ends the process and removes all of its files. */
	stop(): Promise<void>;
};

const loopback = '127.0.0.1';

/** Starts a server and resolves when it is ready for clients. Throws with its log when it does not come up. */
export async function startEjabberd(options: EjabberdOptions = {}): Promise<Ejabberd> {
	const domain = options.domain ?? 'ejabberd.test';
	const roomDomain = `rooms.${domain}`;
	const owner = serverUser();
	const directory = mkdtempSync(path.join(tmpdir(), 'xmppc-ejabberd-'));
	const removeDirectory = () => rmSync(directory, {recursive: true, force: true});
	process.once('exit', removeDirectory);

	/** Makes a file or folder belong to whom the server runs as. */
	const own = (file: string) => {
		if (owner !== undefined) {
			chownSync(file, owner.uid, owner.gid);
		}

		return file;
	};
	const write = (name: string, text: string) => {
		const file = path.join(directory, name);
		writeFileSync(file, text, {mode: 0o600});
		return own(file);
	};
	own(directory);
	const spool = path.join(directory, 'spool');
	mkdirSync(spool, {mode: 0o700});
	own(spool);

	const authority = options.authority ?? (await createAuthority(path.join(directory, 'tls')));
	const certificate = await issueCertificate(authority, {
		names: [domain, roomDomain, loopback],
		...options.certificate,
	});
	const certificateFile = write('server.pem', certificate.key + certificate.certificate + authority.certificate);
	const caFile = write('ca.pem', authority.certificate);
	chmodSync(caFile, 0o644);
	const [port = 0, tlsPort = 0, httpPort = 0, uploadPort = 0] = await freePorts(4);
	const {uploads, ...settings} = options;
	const files = {
		directory,
		spool,
		configuration: write(
			'ejabberd.yml',
			ejabberdConfiguration({
				...settings,
				...(uploads ? {uploads: {port: uploadPort, directory: path.join(spool, 'uploads')}} : {}),
				...{domain, roomDomain, address: loopback, port, tlsPort, httpPort, certificateFile, caFile},
				database: path.join(spool, 'ejabberd.sqlite'),
			}),
		),
		inetrc: write('inetrc', inetrc(options.federation?.dnsPort)),
		log: path.join(directory, 'ejabberd.log'),
		/** What it says before it can log. */
		output: path.join(directory, 'output.txt'),
	};

	const server = createServerProcess({
		name: 'ejabberd',
		place: `port ${httpPort}`,
		launch: () => launch(files, owner !== undefined),
		isReady: () => isReady(httpPort),
		logFiles: [files.log, files.output],
		startTimeout: 30_000,
		endTimeout: 10_000,
	});

	const command = async (name: string, input: Readonly<Record<string, unknown>>): Promise<unknown> => {
		const answer = await fetch(`http://${loopback}:${httpPort}/api/${name}`, {
			method: 'POST',
			body: JSON.stringify(input),
		});
		const said: unknown = await answer.json();
		if (!answer.ok) {
			throw new Error(`ejabberd refuses ${name}: ${JSON.stringify(said)}`);
		}

		return said;
	};

	const stop = async () => {
		await server.halt('hard');
		process.removeListener('exit', removeDirectory);
		removeDirectory();
	};

	const registerAccount = async (localpart: string, password: string) => {
		await command('register', {user: localpart, host: domain, password});
	};
	const setRoster = async (localpart: string, items: readonly RosterItem[]) => {
		for (const {jid, name = '', groups = [], subscription = 'both'} of items) {
			const [user = '', host = ''] = jid.split('@');
			const to = {localuser: localpart, localhost: domain, user, host};
			await command('add_rosteritem', {...to, nick: name, group: groups.join(';'), subs: subscription});
		}
	};

	try {
		await server.start();
		for (const [localpart, password] of Object.entries(options.accounts ?? {})) {
			await registerAccount(localpart, password);
		}

		for (const [localpart, items] of Object.entries(options.rosters ?? {})) {
			await setRoster(localpart, items);
		}
	} catch (error) {
		await stop();
		throw error;
	}

	const endpoints: readonly Endpoint[] = [
		{host: loopback, port, directTls: false},
		{host: loopback, port: tlsPort, directTls: true},
	];
	return {
		domain,
		roomDomain,
		port,
		tlsPort,
		httpPort,
		caFile,
		caPem: authority.certificate,
		fingerprint: certificate.fingerprint,
		certificate,
		resolver: {resolve: async () => endpoints},
		directory,
		registerAccount,
		setRoster,
		command,
		...server,
		stop,
	};
}

/** Its HTTP interface counts sessions only when everything else runs. */
async function isReady(httpPort: number): Promise<boolean> {
	try {
		const answer = await fetch(`http://${loopback}:${httpPort}/api/connected_users_number`, {
			method: 'POST',
			body: '{}',
		});
		await answer.arrayBuffer();
		return answer.ok;
	} catch {
		// Nobody listens yet.
		return false;
	}
}
