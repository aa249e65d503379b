/**
 * A private Prosody on loopback: own directory, ports, certificate and accounts; nothing of the system's installation
 * is touched and nothing is left behind. Debian's package serves; `npm test` and `npm run demo` see to it.
 */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {
	chmodSync,
	chownSync,
	closeSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {connect, createServer} from 'node:net';
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
import {accountFile, encodeName, luaString, type RosterItem, rosterFile, type ScramHash} from './prosody-files.js';
import {sasl2ModuleFiles, sasl2Modules} from './prosody-sasl2.js';
import {createServerProcess} from './server-process.js';

export type ProsodyOptions = {
	/** XMPP domain, `example.test` unless given. It is in no DNS: connect to `127.0.0.1` and `port`. */
	readonly domain?: string;
	/** Password by localpart. */
	readonly accounts?: Readonly<Record<string, string>>;
	/** Roster by localpart. Only Prosody's side of it: name both ends of a mutual subscription. */
	readonly rosters?: Readonly<Record<string, readonly RosterItem[]>>;
	/** What passwords are stored as, and with it the SCRAM mechanism offered. `SHA-1` as in Debian. */
	readonly scram?: ScramHash;
	readonly scramIterations?: number;
	/** False: the server offers no encryption at all. */
	readonly tls?: boolean;
	/** Who signs its certificate: one of its own unless given. */
	readonly authority?: Authority;
	/** Departures from a certificate for the domain that is valid for a month. */
	readonly certificate?: Partial<CertificateRequest>;
	/** SASL2, Bind 2 and FAST (XEP-0388, XEP-0386, XEP-0484), without inline resumption. */
	readonly sasl2?: boolean;
	/** It takes files (XEP-0363), of at most a hundred million bytes. */
	readonly uploads?: boolean;
	readonly enable?: readonly string[];
	readonly disable?: readonly string[];
	/** Lua lines put into the global section. */
	readonly settings?: string;
};

export type Prosody = {
	readonly domain: string;
	/** The rooms' domain, with an archive. */
	readonly roomDomain: string;
	/** STARTTLS. */
	readonly port: number;
	/** TLS from the first byte (XEP-0368). */
	readonly tlsPort: number;
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
	/** Also while the server runs. */
	registerAccount(localpart: string, password: string): void;
	/** Before the account logs in: Prosody keeps a roster in memory from then on. */
	setRoster(localpart: string, items: readonly RosterItem[]): void;
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

const modules = [
	...['roster', 'saslauth', 'tls', 'disco', 'carbons', 'mam', 'smacks', 'csi', 'csi_simple', 'ping', 'pep'],
	...['blocklist', 'vcard4', 'vcard_legacy', 'offline', 'version', 'private', 'time'],
];

/** Starts a server and resolves when it accepts connections. Throws with its log when it does not come up. */
export async function startProsody(options: ProsodyOptions = {}): Promise<Prosody> {
	const domain = options.domain ?? 'example.test';
	const scram = options.scram ?? 'SHA-1';
	const directory = mkdtempSync(path.join(tmpdir(), 'xmppc-prosody-'));
	const owner = serverUser();
	const removeDirectory = () => rmSync(directory, {recursive: true, force: true});
	process.once('exit', removeDirectory);

	/** Makes a file or folder belong to whom the server runs as. */
	const own = (file: string) => {
		if (owner !== undefined) {
			chownSync(file, owner.uid, owner.gid);
		}
	};
	const folder = (...names: readonly string[]) => {
		let at = directory;
		for (const name of names) {
			at = path.join(at, name);
			if (!existsSync(at)) {
				mkdirSync(at, {mode: 0o700});
				own(at);
			}
		}

		return at;
	};
	const write = (file: string, text: string) => {
		writeFileSync(file, text, {mode: 0o600});
		own(file);
	};
	own(directory);

	const authority = options.authority ?? (await createAuthority(folder('tls')));
	const certificate = await issueCertificate(authority, {
		names: [domain, `rooms.${domain}`, loopback],
		...options.certificate,
	});
	const files = {
		config: path.join(directory, 'prosody.cfg.lua'),
		log: path.join(directory, 'prosody.log'),
		/** What it says before it can log. */
		output: path.join(directory, 'output.txt'),
		certificate: path.join(folder('server'), 'server.crt'),
		key: path.join(folder('server'), 'server.key'),
		ca: path.join(directory, 'ca.pem'),
	};
	write(files.certificate, certificate.certificate);
	write(files.key, certificate.key);
	write(files.ca, authority.certificate);
	chmodSync(files.ca, 0o644);

	const registerAccount = (localpart: string, password: string) => {
		const accounts = folder('data', encodeName(domain), 'accounts');
		write(
			path.join(accounts, `${encodeName(localpart)}.dat`),
			accountFile(password, scram, options.scramIterations ?? 4096),
		);
	};
	const setRoster = (localpart: string, items: readonly RosterItem[]) => {
		write(path.join(folder('data', encodeName(domain), 'roster'), `${encodeName(localpart)}.dat`), rosterFile(items));
	};
	folder('data');
	for (const [localpart, password] of Object.entries(options.accounts ?? {})) {
		registerAccount(localpart, password);
	}

	for (const [localpart, items] of Object.entries(options.rosters ?? {})) {
		setRoster(localpart, items);
	}

	const [port, tlsPort, httpsPort] = await freePorts(3);
	if (port === undefined || tlsPort === undefined || httpsPort === undefined) {
		throw new Error('no free port on loopback');
	}

	const sasl2 = options.sasl2 ? sasl2Modules : [];
	for (const [name, text] of options.sasl2 ? sasl2ModuleFiles() : []) {
		write(path.join(folder('plugins'), name), text);
	}

	const enabled = [...modules, ...sasl2, ...(options.enable ?? [])].filter(
		name => !(options.disable ?? []).includes(name) && (options.tls !== false || name !== 'tls'),
	);
	write(
		files.config,
		[
			`interfaces = { "${loopback}" }`,
			`c2s_ports = { ${port} }`,
			`c2s_direct_tls_ports = { ${options.tls === false ? '' : tlsPort} }`,
			...(options.sasl2 ? [`plugin_paths = { ${luaString(path.join(directory, 'plugins'))} }`] : []),
			`data_path = ${luaString(path.join(directory, 'data'))}`,
			`pidfile = ${luaString(path.join(directory, 'prosody.pid'))}`,
			`log = { { levels = { min = "debug" }, to = "file", filename = ${luaString(files.log)} } }`,
			`modules_enabled = { ${enabled.map(luaString).join('; ')} }`,
			'modules_disabled = { "s2s"; "admin_socket"; "admin_shell"; "offline_count" }',
			'authentication = "internal_hashed"',
			`password_hash = "${scram}"`,
			'storage = "internal"',
			`c2s_require_encryption = ${options.tls !== false}`,
			`allow_unencrypted_plain_auth = ${options.tls === false}`,
			`ssl = { certificate = ${luaString(files.certificate)}; key = ${luaString(files.key)} }`,
			`c2s_direct_tls_ssl = { certificate = ${luaString(files.certificate)}; key = ${luaString(files.key)} }`,
			'certificates = "server"',
			...(options.uploads ? httpsLines(httpsPort, files) : []),
			'archive_expires_after = "never"',
			'smacks_hibernation_time = 60',
			options.settings ?? '',
			`VirtualHost ${luaString(domain)}`,
			`Component ${luaString(`rooms.${domain}`)} "muc"`,
			'modules_enabled = { "muc_mam"; "vcard_muc"; "muc_moderation" }',
			'muc_room_default_public = true',
			...(options.uploads ? uploadLines(domain, httpsPort) : []),
			'',
		].join('\n'),
	);

	const server = createServerProcess({
		name: 'Prosody',
		place: `port ${port}`,
		launch: () => launch(files, owner !== undefined),
		isReady: async () => (await accepts(port)) && (options.tls === false || (await accepts(tlsPort))),
		logFiles: [files.log, files.output],
		startTimeout: 15_000,
		endTimeout: 3000,
	});

	const stop = async () => {
		await server.halt('hard');
		process.removeListener('exit', removeDirectory);
		removeDirectory();
	};

	const endpoints: readonly Endpoint[] = [
		{host: loopback, port, directTls: false},
		...(options.tls === false ? [] : [{host: loopback, port: tlsPort, directTls: true}]),
	];

	try {
		await server.start();
	} catch (error) {
		await stop();
		throw error;
	}

	return {
		domain,
		roomDomain: `rooms.${domain}`,
		port,
		tlsPort,
		caFile: files.ca,
		caPem: authority.certificate,
		fingerprint: certificate.fingerprint,
		certificate,
		resolver: {resolve: async () => endpoints},
		directory,
		registerAccount,
		setRoster,
		...server,
		stop,
	};
}

/** Prosody refuses to run as root: then it runs as the user its package made. */
function serverUser(): {readonly uid: number; readonly gid: number} | undefined {
	if (process.getuid?.() !== 0) {
		return undefined;
	}

	const number = (option: string) => Number(execFileSync('id', [option, 'prosody'], {encoding: 'utf8'}));
	try {
		return {uid: number('-u'), gid: number('-g')};
	} catch (error) {
		throw new Error('Prosody is not installed: there is no user "prosody" (run "npm test": it installs it)', {
			cause: error,
		});
	}
}

/** The kernel ends the server when the process that started it dies, however that happens. */
function launch({config, output}: {readonly config: string; readonly output: string}, asRoot: boolean): ChildProcess {
	const said = openSync(output, 'a');
	const identity = asRoot ? ['--reuid=prosody', '--regid=prosody', '--clear-groups'] : [];
	const child = spawn('setpriv', [...identity, '--pdeathsig=KILL', 'prosody', '--config', config, '-F'], {
		stdio: ['ignore', said, said],
		cwd: '/',
	});
	closeSync(said);
	return child;
}

function accepts(port: number): Promise<boolean> {
	return new Promise(resolve => {
		const socket = connect(port, loopback);
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => resolve(false));
	});
}

/** Ports nobody listens on at the moment. All are held at once, so that they differ. */
export async function freePorts(count: number): Promise<readonly number[]> {
	const servers = await Promise.all(
		Array.from({length: count}, async () => {
			const server = createServer();
			await new Promise<void>((resolve, reject) => {
				server.once('error', reject);
				server.listen(0, loopback, resolve);
			});
			return server;
		}),
	);
	const ports = servers.map(server => {
		const address = server.address();
		return typeof address === 'object' && address !== null ? address.port : 0;
	});
	await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
	return ports;
}

function httpsLines(port: number, {certificate, key}: {readonly certificate: string; readonly key: string}) {
	return [
		'http_ports = {}',
		`https_ports = { ${port} }`,
		`https_interfaces = { "${loopback}" }`,
		`https_ssl = { certificate = ${luaString(certificate)}; key = ${luaString(key)} }`,
	];
}

function uploadLines(domain: string, port: number) {
	return [
		`Component ${luaString(`upload.${domain}`)} "http_file_share"`,
		`http_host = "${loopback}"`,
		`http_external_url = "https://${loopback}:${port}/"`,
		'http_file_share_size_limit = 100000000',
	];
}
