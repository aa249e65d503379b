import test, {type ExecutionContext} from 'ava';
import {isXmppcError} from '../../source/shared/errors.js';
import {silentLog} from '../../source/shared/log.js';
import {createDnsResolver, orderRecords, type ServiceRecord} from '../../source/xmpp/dns-resolver.js';
import type {Endpoint} from '../../source/xmpp/resolver.js';
import {type DnsRecord, startDnsServer} from '../support/dns-server.js';

const srv = (port: number, target = 'xmpp.example.test', priority = 10, weight = 0): DnsRecord => ({
	type: 'SRV',
	priority,
	weight,
	port,
	target,
});

async function resolve(
	t: ExecutionContext,
	zone: Readonly<Record<string, readonly DnsRecord[]>>,
	domain = 'example.test',
	mood: 'friendly' | 'refusing' = 'friendly',
) {
	const server = await startDnsServer(zone, mood);
	t.teardown(() => server.close());
	const resolver = createDnsResolver({log: silentLog, server: server.address, random: () => 0});
	return {server, resolver, endpoints: () => resolver.resolve(domain)};
}

test('records for STARTTLS and direct TLS are one list, sorted by priority', async t => {
	const {endpoints} = await resolve(t, {
		'_xmpp-client._tcp.example.test': [srv(5222, 'b.example.test', 20), srv(5222, 'd.example.test', 40)],
		'_xmpps-client._tcp.example.test': [srv(443, 'a.example.test', 10), srv(5223, 'c.example.test', 30)],
	});
	t.deepEqual(await endpoints(), [
		{host: 'a.example.test', port: 443, directTls: true},
		{host: 'b.example.test', port: 5222, directTls: false},
		{host: 'c.example.test', port: 5223, directTls: true},
		{host: 'd.example.test', port: 5222, directTls: false},
	]);
});

test('a domain with SRV records needs no address of its own', async t => {
	const {server, endpoints} = await resolve(t, {'_xmpp-client._tcp.example.test': [srv(5222)]});
	t.deepEqual(await endpoints(), [{host: 'xmpp.example.test', port: 5222, directTls: false}]);
	t.deepEqual([...server.questions].sort(), [
		'SRV _xmpp-client._tcp.example.test',
		'SRV _xmpps-client._tcp.example.test',
	]);
});

test('a domain without SRV records is tried itself at port 5222', async t => {
	const {endpoints} = await resolve(t, {'example.test': [{type: 'A', address: '127.0.0.1'}]});
	t.deepEqual(await endpoints(), [{host: 'example.test', port: 5222, directTls: false}]);
});

test('a DNS server that refuses to answer leaves the domain itself', async t => {
	const {endpoints} = await resolve(t, {}, 'example.test', 'refusing');
	t.deepEqual(await endpoints(), [{host: 'example.test', port: 5222, directTls: false}]);
});

test('one kind of service may be declared as not offered', async t => {
	const {endpoints} = await resolve(t, {
		'_xmpp-client._tcp.example.test': [srv(5222)],
		'_xmpps-client._tcp.example.test': [srv(0, '.')],
	});
	t.deepEqual(await endpoints(), [{host: 'xmpp.example.test', port: 5222, directTls: false}]);
});

test('a domain that declares every service as not offered is not tried at all', async t => {
	const {endpoints} = await resolve(t, {
		'_xmpp-client._tcp.example.test': [srv(0, '.')],
		'_xmpps-client._tcp.example.test': [srv(0, '.')],
	});
	const error = await t.throwsAsync(endpoints());
	t.true(isXmppcError(error) && error.code === 'not-offered' && error.message.includes('example.test'));
});

for (const domain of ['127.0.0.1', '::1', 'localhost', 'chat.localhost']) {
	test(`${domain} is not looked up`, async t => {
		const {server, endpoints} = await resolve(t, {}, domain);
		t.deepEqual(await endpoints(), [{host: domain, port: 5222, directTls: false}]);
		t.is(server.questions.length, 0);
	});
}

test('addresses come from the same DNS server', async t => {
	const {resolver} = await resolve(t, {'xmpp.example.test': [{type: 'A', address: '127.0.0.9'}]});
	const look = (name: string) =>
		new Promise(resolve => {
			resolver.lookup?.(name, {all: true}, (error, addresses) => resolve(error?.code ?? addresses));
		});
	t.deepEqual(await look('xmpp.example.test'), [{address: '127.0.0.9', family: 4}]);
	t.is(await look('elsewhere.test'), 'ENOTFOUND');
});

const record = (host: string, weight: number, priority = 1): ServiceRecord => ({
	host,
	port: 5222,
	directTls: false,
	priority,
	weight,
});
const hosts = (endpoints: readonly Endpoint[]) => endpoints.map(endpoint => endpoint.host);

test('among equals a heavier record is drawn first more often, in proportion', t => {
	const records = [record('light', 10), record('heavy', 90)];
	const draws = Array.from({length: 100}, (_, index) => hosts(orderRecords(records, () => index / 100))[0]);
	const heavy = draws.filter(host => host === 'heavy').length;
	t.true(heavy >= 88 && heavy <= 91, String(heavy));
});

test('a record of weight 0 beside others keeps a small chance, and records of weight 0 alone are all tried', t => {
	const mixed = [record('heavy', 100), record('zero', 0)];
	t.deepEqual(hosts(orderRecords(mixed, () => 0)), ['zero', 'heavy']);
	t.deepEqual(hosts(orderRecords(mixed, () => 0.5)), ['heavy', 'zero']);
	t.is(orderRecords([record('a', 0), record('b', 0), record('c', 0)], () => 0.99).length, 3);
});

test('no record is lost and none doubled, whatever is drawn', t => {
	const records = [record('a', 1), record('b', 0), record('c', 65_535), record('d', 5, 2), record('e', 5, 0)];
	for (const drawn of [0, 0.2, 0.5, 0.999_999]) {
		const order = hosts(orderRecords(records, () => drawn));
		t.deepEqual([...order].sort(), ['a', 'b', 'c', 'd', 'e']);
		t.is(order[0], 'e');
		t.is(order[4], 'd');
	}
});
