/** Where nothing goes by itself (`protocol.md` §4.4, row 82). */
import test from 'ava';
import {isPublicAddress, isPublicName} from '../../source/media/address-check.js';
import {checkedAddresses, pinnedLookup, type ResolvedAddress} from '../../source/media/pinned-address.js';

const refused: Readonly<Record<string, readonly string[]>> = {
	'this host': ['0.0.0.0', '0.1.2.3', '::'],
	loopback: ['127.0.0.1', '127.255.255.254', '::1'],
	private: ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255'],
	'carrier-grade NAT': ['100.64.0.1', '100.127.255.255'],
	'link-local, where clouds keep their secrets': [
		'169.254.169.254',
		'169.254.0.1',
		'fe80::1',
		'febf::1',
		'fe80::1%eth0',
	],
	'unique local': ['fc00::1', 'fd00::8', 'fdff:ffff::1'],
	'site-local of old': ['fec0::1'],
	multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1'],
	reserved: ['240.0.0.1', '255.255.255.255', '192.0.0.1', '192.88.99.1', '4000::1', 'e000::1', '100::1'],
	'documentation and benchmarks': [
		'192.0.2.1',
		'198.51.100.1',
		'203.0.113.1',
		'198.18.0.1',
		'198.19.255.255',
		'2001:db8::1',
		'3fff::1',
		'2001:2::1',
	],
	'mapped from IPv4': ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '::ffff:7f00:1', '::127.0.0.1'],
	'NAT64, behind which anything may be': ['64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::1'],
	'6to4 and Teredo': ['2002:7f00:1::1', '2002:808:808::1', '2001:0:4136:e378::1'],
	'no address': ['', 'example.org', '1.2.3', '0x7f.1', '127.1', '2130706433', '[::1]', '1.2.3.4.5', ' 8.8.8.8'],
};

for (const [kind, addresses] of Object.entries(refused)) {
	test(`not public: ${kind}`, t => {
		t.deepEqual(
			addresses.filter(address => isPublicAddress(address)),
			[],
		);
	});
}

test('the Internet is public, up to the borders of what is not', t => {
	const addresses = [
		...[
			'8.8.8.8',
			'1.1.1.1',
			'9.255.255.255',
			'11.0.0.0',
			'100.63.255.255',
			'100.128.0.0',
			'126.255.255.255',
			'128.0.0.1',
		],
		...[
			'169.253.255.255',
			'169.255.0.0',
			'172.15.255.255',
			'172.32.0.0',
			'192.167.255.255',
			'192.169.0.0',
			'198.17.255.255',
		],
		...['198.20.0.0', '223.255.255.255', '2000::1', '2001:200::1', '2606:4700::1111', '2a00:1450:4001::1', '3ffe::1'],
	];
	t.deepEqual(
		addresses.filter(address => !isPublicAddress(address)),
		[],
	);
});

test('names that never stand for a machine of the Internet are not asked for', t => {
	for (const name of [
		'localhost',
		'a.localhost',
		'printer.local',
		'PRINTER.LOCAL.',
		'router',
		'nas.home.arpa',
		'git.internal',
		'x.onion',
		'',
	]) {
		t.false(isPublicName(name), name);
	}

	for (const name of [
		'example.org',
		'upload.example.org.',
		'local.example.org',
		'internal.example.net',
		'arpa.example.org',
	]) {
		t.true(isPublicName(name), name);
	}
});

const at = (...addresses: readonly string[]): readonly ResolvedAddress[] =>
	addresses.map(address => ({address, family: address.includes(':') ? 6 : 4}));

test('of what a name stands for only public addresses are connected to', async t => {
	const resolve = async () => at('10.0.0.1', '8.8.8.8', '::1', '2606:4700::1111');
	t.deepEqual(await checkedAddresses('example.org', 'public-only', resolve), at('8.8.8.8', '2606:4700::1111'));
});

test('a name that only stands for private addresses is refused, and nobody is asked about a local one', async t => {
	let asked = 0;
	const resolve = async () => {
		asked++;
		return at('127.0.0.1', 'fd00::8');
	};
	await t.throwsAsync(checkedAddresses('example.org', 'public-only', resolve), {code: 'unsafe-address'});
	t.is(asked, 1);
	await t.throwsAsync(checkedAddresses('printer.local', 'public-only', resolve), {code: 'unsafe-address'});
	t.is(asked, 1);
});

test('an address in place of a name is checked the same', async t => {
	const resolve = async () => t.fail();
	await t.throwsAsync(checkedAddresses('169.254.169.254', 'public-only', resolve as never), {code: 'unsafe-address'});
	await t.throwsAsync(checkedAddresses('::ffff:127.0.0.1', 'public-only', resolve as never), {code: 'unsafe-address'});
	t.deepEqual(await checkedAddresses('8.8.8.8', 'public-only', resolve as never), at('8.8.8.8'));
});

test('who asked for the file goes wherever it lies', async t => {
	t.deepEqual(await checkedAddresses('nas.local', 'any', async () => at('192.168.0.7')), at('192.168.0.7'));
	t.deepEqual(await checkedAddresses('::1', 'any', async () => []), at('::1'));
});

test('a name with a thousand addresses gives only a few', async t => {
	const many = at(...Array.from({length: 1000}, (_, index) => `8.8.${index >> 8}.${index & 255}`));
	t.is((await checkedAddresses('example.org', 'public-only', async () => many)).length, 8);
});

test('what was checked is answered, whoever is asked for', t => {
	const lookup = pinnedLookup(at('8.8.8.8', '2606:4700::1111'));
	lookup('elsewhere.example.org', {all: true}, (_error, found) =>
		t.deepEqual(found, [...at('8.8.8.8', '2606:4700::1111')]),
	);
	lookup('elsewhere.example.org', {}, (_error, found, family) => t.deepEqual([found, family], ['8.8.8.8', 4]));
	t.plan(2);
});
