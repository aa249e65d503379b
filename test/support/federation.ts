/**
 * A Prosody and an ejabberd that talk to each other on loopback, as strangers on the Internet do: SRV records say where
 * they are, TLS and certificates who they are (SASL EXTERNAL). What one has for the other goes through a proxy each.
 */
import {rmSync} from 'node:fs';
import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {createAuthority} from './certificates.js';
import {startDnsServer} from './dns-server.js';
import {type Ejabberd, startEjabberd} from './ejabberd.js';
import {freePorts, type Prosody, startProsody} from './prosody.js';
import {type Detour, startProxy} from './proxy.js';
import type {TestServer} from './servers.js';

export type Federated = {
	readonly prosody: Prosody;
	readonly ejabberd: Ejabberd;
	/** The connections that Prosody makes to ejabberd. */
	readonly toEjabberd: Detour;
	/** The connections that ejabberd makes to Prosody. */
	readonly toProsody: Detour;
	/** Cuts the connections between the two and lets no new ones through. Resolves when both have noticed. */
	disconnect(): Promise<void>;
	reconnect(): void;
	/** Ends both servers and removes all that was made. */
	stop(): Promise<void>;
};

export type FederatedOptions = {
	/** Password by localpart. */
	readonly prosodyAccounts: Readonly<Record<string, string>>;
	readonly ejabberdAccounts: Readonly<Record<string, string>>;
};

/** Prosody serves `capulet.example`, ejabberd `montague.example`. Nobody has contacts. */
export async function startFederated({prosodyAccounts, ejabberdAccounts}: FederatedOptions): Promise<Federated> {
	// libunbound knows by itself that there is nothing below `test`.
	const [prosodyDomain, ejabberdDomain] = ['capulet.example', 'montague.example'];
	const tls = await mkdtemp(path.join(tmpdir(), 'xmppc-federation-'));
	const started: Array<() => Promise<unknown>> = [async () => rmSync(tls, {recursive: true, force: true})];
	const stop = async () => {
		for (const end of started.splice(0).reverse()) {
			await end();
		}
	};

	try {
		const authority = await createAuthority(tls);
		const [prosodyPort = 0, ejabberdPort = 0] = await freePorts(2);
		const [toProsody, toEjabberd] = [await startProxy(prosodyPort), await startProxy(ejabberdPort)];
		started.push(toProsody.close, toEjabberd.close);
		const at = (port: number) => [{type: 'SRV', priority: 0, weight: 0, port, target: 'localhost'} as const];
		const dns = await startDnsServer({
			[`_xmpp-server._tcp.${prosodyDomain}`]: at(toProsody.port),
			[`_xmpp-server._tcp.rooms.${prosodyDomain}`]: at(toProsody.port),
			[`_xmpp-server._tcp.${ejabberdDomain}`]: at(toEjabberd.port),
			[`_xmpp-server._tcp.rooms.${ejabberdDomain}`]: at(toEjabberd.port),
			// Names above others exist.
			...Object.fromEntries(
				[prosodyDomain, ejabberdDomain]
					.flatMap(name => [name, `rooms.${name}`])
					.flatMap(name => [name, `_tcp.${name}`])
					.map(name => [name, []]),
			),
			localhost: [{type: 'A', address: '127.0.0.1'}],
		});
		started.push(dns.close);
		const dnsPort = Number(dns.address.split(':').at(-1));

		const prosody = await startProsody({
			domain: prosodyDomain,
			accounts: prosodyAccounts,
			authority,
			settings: federationSettings(prosodyPort, dnsPort),
		});
		started.push(prosody.stop);
		const ejabberd = await startEjabberd({
			domain: ejabberdDomain,
			accounts: ejabberdAccounts,
			authority,
			federation: {port: ejabberdPort, dnsPort},
			// Else it refuses for minutes to look again for a server that could not be reached.
			settings: {s2s_max_retry_delay: '1 second'},
		});
		started.push(ejabberd.stop);
		const links = [toEjabberd, toProsody];
		return {
			prosody,
			ejabberd,
			toEjabberd,
			toProsody,
			async disconnect() {
				const closings = [
					nextInLog(prosody, 'Destroying outgoing session'),
					nextInLog(ejabberd, 'Closing outbound s2s connection'),
				];
				for (const link of links) {
					link.open(false);
					link.cut();
				}

				await Promise.all(closings);
			},
			reconnect() {
				for (const link of links) {
					link.open(true);
				}
			},
			stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

/** Waits until a server logs this once more. */
async function nextInLog(server: TestServer, text: string): Promise<void> {
	const start = server.log().length;
	const deadline = performance.now() + 30_000;
	while (!server.log().slice(start).includes(text)) {
		if (performance.now() > deadline) {
			throw new Error(`${server.domain} does not say "${text}":\n${server.log().slice(start)}`);
		}

		await sleep(20);
	}
}

/** Lua lines: Prosody listens for servers, asks our DNS server where they are, and wants their certificates. */
function federationSettings(port: number, dnsPort: number): string {
	return `
modules_disabled = { "admin_socket"; "admin_shell"; "offline_count" }
s2s_ports = { ${port} }
s2s_require_encryption = true
s2s_secure_auth = true
ssl = { certificate = "server/server.crt"; key = "server/server.key"; cafile = "ca.pem" }
unbound = {
	resolvconf = false; hoststxt = false; forward = "127.0.0.1@${dnsPort}";
	options = { ["do-not-query-localhost:"] = "no" }
}`;
}
