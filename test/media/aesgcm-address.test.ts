/** Addresses of encrypted files (XEP-0454; `protocol.md` §2.12 and §4.4, row 79). */
import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {encryptedFileIn, formatAesgcmAddress, readAesgcmAddress} from '../../source/media/aesgcm-address.js';

const iv = '8c3d050e9386ec173861778f';
const key = '68e9af38a97aaf82faa4063b4d0878a61261534410c8a84331eaac851759f587';
const path = '/4a771ac1-f0b2-4a4a-9700-f2a26fa2bb67/tr%C3%A8s%20cool.jpg';
const address = `aesgcm://download.montague.tld${path}#${iv}${key}`;
const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');

test("the address of XEP-0454's example is read, and written again the same", t => {
	const file = readAesgcmAddress(address);
	t.deepEqual(file, {
		url: `https://download.montague.tld${path}`,
		key: {iv: base64(iv), key: base64(key)},
	});
	t.is(file && formatAesgcmAddress(file), address);
});

test('an IV of 16 bytes is read, as older clients make it', t => {
	const long = `${iv}01020304`;
	t.deepEqual(readAesgcmAddress(address.replace(iv, long))?.key, {iv: base64(long), key: base64(key)});
});

test('digits in upper case, a port and a query are taken', t => {
	t.deepEqual(readAesgcmAddress(address.replace(iv + key, `${iv}${key}`.toUpperCase()))?.key.key, base64(key));
	t.is(readAesgcmAddress(`aesgcm://example.org:5281/a.jpg?v=1#${iv}${key}`)?.url, 'https://example.org:5281/a.jpg?v=1');
	t.is(readAesgcmAddress(`AESGCM://example.org/a#${iv}${key}`)?.url, 'https://example.org/a');
	t.is(readAesgcmAddress(`aesgcm://[2001:db8::1]/a#${iv}${key}`)?.url, 'https://[2001:db8::1]/a');
});

const refused: Readonly<Record<string, string>> = {
	'another scheme': `https://example.org/a#${iv}${key}`,
	'http in front': `http+aesgcm://example.org/a#${iv}${key}`,
	'no host': `aesgcm:///a#${iv}${key}`,
	'no path': `aesgcm://example.org#${iv}${key}`,
	'an empty path': `aesgcm://example.org/#${iv}${key}`,
	'a user': `aesgcm://romeo@example.org/a#${iv}${key}`,
	'an empty user': `aesgcm://@example.org/a#${iv}${key}`,
	'a password': `aesgcm://romeo:pass@example.org/a#${iv}${key}`,
	'no fragment': 'aesgcm://example.org/a',
	'an empty fragment': 'aesgcm://example.org/a#',
	'a digit too few': `aesgcm://example.org/a#${iv}${key}`.slice(0, -1),
	'a digit too many': `aesgcm://example.org/a#${iv}${key}0`,
	'something between both lengths': `aesgcm://example.org/a#${iv}${key}0000`,
	'what is no digit': `aesgcm://example.org/a#${iv}${key.slice(1)}g`,
	'a second fragment': `aesgcm://example.org/a#b#${iv}${key}`,
	'a port that is none': `aesgcm://example.org:70000/a#${iv}${key}`,
	'a back slash': `aesgcm://example.org\\@evil.example/a#${iv}${key}`,
	'white space': `aesgcm://example.org/a b#${iv}${key}`,
	'white space in front': ` ${address}`,
	'white space behind': `${address} `,
	'a line end': `aesgcm://exam\nple.org/a#${iv}${key}`,
	'a tabulator': `aesgcm://exam\tple.org/a#${iv}${key}`,
	'a direction mark': `aesgcm://example.org/\u202Egpj.exe#${iv}${key}`,
	'five thousand characters': `aesgcm://example.org/${'a'.repeat(5000)}#${iv}${key}`,
};

for (const [what, text] of Object.entries(refused)) {
	test(`no address: ${what}`, t => {
		t.is(readAesgcmAddress(text), undefined);
	});
}

test('a body is a file when it is nothing but its address', t => {
	t.truthy(encryptedFileIn(address));
	t.is(encryptedFileIn(`look: ${address}`), undefined);
	t.is(encryptedFileIn(`${address} nice, is it not?`), undefined);
	t.is(encryptedFileIn(`${address}\nnice, is it not?`), undefined);
	t.is(encryptedFileIn(`${address}\n${address}`), undefined);
	t.is(encryptedFileIn(`${address}\n`), undefined);
	t.is(encryptedFileIn(''), undefined);
});

test('a thumbnail behind the address is passed over, and nothing behind it', t => {
	const picture = 'data:image/jpeg,/9j/4AAQSkZJRgABAQEBLAEsAAD';
	t.deepEqual(encryptedFileIn(`${address}\n${picture}`), readAesgcmAddress(address));
	t.deepEqual(encryptedFileIn(`${address}\ndata:image/png;base64,AAAA`), readAesgcmAddress(address));
	t.is(encryptedFileIn(`${address}\n${picture}\nand more`), undefined);
	t.is(encryptedFileIn(`${address}\n\n${picture}`), undefined);
	t.is(encryptedFileIn(`${address}\ndata:text/html,<b>`), undefined);
	t.is(encryptedFileIn(`${address}\n${picture}${'A'.repeat(300_000)}`), undefined);
});

test('nothing is written that would not be read', t => {
	const good = {iv: base64(iv), key: base64(key)};
	t.is(formatAesgcmAddress({url: 'http://example.org/a', key: good}), undefined);
	t.is(formatAesgcmAddress({url: 'https://example.org/a#b', key: good}), undefined);
	t.is(formatAesgcmAddress({url: 'https://romeo@example.org/a', key: good}), undefined);
	t.is(formatAesgcmAddress({url: 'https://example.org/a', key: {iv: good.iv, key: good.iv}}), undefined);
});

testProp(
	'every key comes back as it went',
	[
		fc.constantFrom(12, 16).chain(n => fc.uint8Array({minLength: n, maxLength: n})),
		fc.uint8Array({minLength: 32, maxLength: 32}),
	],
	(t, ivBytes, keyBytes) => {
		const file = {
			url: 'https://example.org/a.jpg',
			key: {iv: Buffer.from(ivBytes).toString('base64'), key: Buffer.from(keyBytes).toString('base64')},
		};
		t.deepEqual(encryptedFileIn(formatAesgcmAddress(file) ?? ''), file);
	},
);
