import {type SrvRecord as DnsSrvRecord, promises as dns} from 'node:dns';
import net, {type LookupFunction} from 'node:net';
import {messageOf, XmppcError} from '../shared/errors.js';
import type {Log} from '../shared/log.js';
import {defaultPort, type Endpoint, type Resolver} from './resolver.js';

export type DnsResolverOptions = {
	readonly log: Log;
	/** `address` or `address:port` of the only DNS server to ask; absent: those of the system. */
	readonly server?: string;
	/** From 0 up to 1, for choosing among records of equal priority. */
	readonly random: () => number;
	/** Of the web servers that are asked for places of XMPP over WebSocket; absent: HTTPS's own. */
	readonly webPort?: number;
};

/** One SRV record together with the kind of service it was found for. */
export type ServiceRecord = Endpoint & {readonly priority: number; readonly weight: number};

/** Asks DNS. Two questions at once, each at most four seconds. */
export function createDnsResolver(options: DnsResolverOptions): Resolver {
	const resolver = new dns.Resolver({timeout: 2000, tries: 2});
	if (options.server !== undefined) {
		resolver.setServers([options.server]);
	}

	const services = async (name: string): Promise<readonly DnsSrvRecord[]> => {
		try {
			return await resolver.resolveSrv(name);
		} catch (error) {
			// "There is none" and "nobody answers" lead to the same next step: the domain itself, checked by its certificate.
			options.log.note('resolver', `no SRV answer for ${name}: ${messageOf(error)}`);
			return [];
		}
	};

	return {
		async resolve(domain) {
			const byItself = [{host: domain, port: defaultPort, directTls: false}];
			if (net.isIP(domain) || /(?:^|\.)localhost$/.test(domain)) {
				return byItself;
			}

			const [direct, startTls] = await Promise.all([
				services(`_xmpps-client._tcp.${domain}`),
				services(`_xmpp-client._tcp.${domain}`),
			]);
			const records = [
				...direct.map(record => serviceRecord(record, true)),
				...startTls.map(record => serviceRecord(record, false)),
			];
			if (records.length === 0) {
				return byItself;
			}

			const endpoints = orderRecords(records, options.random);
			if (endpoints.length === 0) {
				throw new XmppcError({
					code: 'not-offered',
					kind: 'noSuchHost',
					message: `${domain} says that it offers no XMPP service.`,
					hint: 'Check the part of the address after the @.',
				});
			}

			return endpoints;
		},
		...(options.server === undefined ? {} : {lookup: lookupThrough(resolver)}),
		async webSockets(domain, query) {
			const {readHostMeta} = await import('./host-meta.js');
			const port = options.webPort === undefined ? {} : {port: options.webPort};
			return readHostMeta(domain, {...query, ...port, log: options.log});
		},
	};
}

function serviceRecord(record: DnsSrvRecord, directTls: boolean): ServiceRecord {
	return {host: record.name, port: record.port, priority: record.priority, weight: record.weight, directTls};
}

/**
 * Both kinds of records as one list, lowest priority first, and among equals a weighted draw without putting back
 * (RFC 2782, XEP-0368 §3). A target of `.` means "not offered" and falls out.
 */
export function orderRecords(records: readonly ServiceRecord[], random: () => number): readonly Endpoint[] {
	const offered = records.filter(record => record.host !== '' && record.host !== '.');
	const priorities = [...new Set(offered.map(record => record.priority))].sort((a, b) => a - b);
	return priorities
		.flatMap(priority =>
			drawByWeight(
				offered.filter(record => record.priority === priority),
				random,
			),
		)
		.map(({host, port, directTls}) => ({host: host.replace(/\.$/, ''), port, directTls}));
}

function drawByWeight(records: readonly ServiceRecord[], random: () => number): readonly ServiceRecord[] {
	// Weight 0 comes first, so that it keeps the small chance that RFC 2782 wants for it.
	const left = [...records].sort((a, b) => a.weight - b.weight);
	const drawn: ServiceRecord[] = [];
	while (left.length > 0) {
		const total = left.reduce((sum, record) => sum + record.weight, 0);
		const mark = Math.floor(random() * (total + 1));
		let sum = 0;
		const index = left.findIndex(record => {
			sum += record.weight;
			return sum >= mark;
		});
		drawn.push(...left.splice(index, 1));
	}

	return drawn;
}

/** Addresses from the given DNS server alone, past the hosts file of the system. */
function lookupThrough(resolver: dns.Resolver): LookupFunction {
	return (hostname, options, callback) => {
		const ask = async () => {
			const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
			return answers.flatMap((answer, index) =>
				answer.status === 'fulfilled' ? answer.value.map(address => ({address, family: index === 0 ? 4 : 6})) : [],
			);
		};

		void ask().then(addresses => {
			const first = addresses[0];
			if (!first) {
				callback(Object.assign(new Error(`no address for ${hostname}`), {code: 'ENOTFOUND'}), '');
			} else if (options.all) {
				callback(null, addresses);
			} else {
				callback(null, first.address, first.family);
			}
		});
	};
}
