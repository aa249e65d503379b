import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {type Fingerprint, parseFingerprint} from '../../../source/model/device.js';
import {formatFingerprintUri, parseFingerprintUri} from '../../../source/omemo/wire/fingerprint-uri.js';
import {address, deviceIds, juliet} from './arbitrary.js';

function fingerprint(text: string): Fingerprint {
	const found = parseFingerprint(text);
	if (found === undefined) {
		throw new Error(`${text} is no fingerprint`);
	}

	return found;
}

const one = fingerprint('0123456789abcdef'.repeat(4));
const other = fingerprint('fedcba9876543210'.repeat(4));
const desk = {id: 123, fingerprint: one};
const phone = {id: 4567, fingerprint: other};

test('a link names the person and the fingerprint of each device', t => {
	const uri = `xmpp:juliet@example.org?omemo-sid-123=${one};omemo-sid-4567=${other}`;
	t.is(formatFingerprintUri({jid: juliet, devices: [desk, phone]}), uri);
	t.deepEqual(parseFingerprintUri(uri), {jid: juliet, devices: [desk, phone]});
});

test('an action and whatever else a link asks for is ignored', t => {
	const links = [
		`xmpp:juliet@example.org?message;omemo-sid-123=${one}`,
		`xmpp:juliet@example.org?message;body=omemo-sid-9=${other};omemo-sid-123=${one};thread=1`,
		`xmpp:juliet@example.org?omemo-sid-123=${one}&preauth=secret`,
		`xmpp:juliet@example.org?omemo-sid-123=${one}#omemo-sid-9=${other}`,
		`XMPP:Juliet@EXAMPLE.org?omemo-sid-123=${one.toUpperCase()}`,
		`xmpp:juliet%40example.org?omemo-sid-123=${one}`,
	];
	for (const link of links) {
		t.deepEqual(parseFingerprintUri(link), {jid: juliet, devices: [desk]}, link);
	}
});

test('a fingerprint that is none, or of a device that cannot be, is left out', t => {
	const parts = [
		`omemo-sid-0=${one}`,
		`omemo-sid--1=${one}`,
		`omemo-sid-2147483648=${one}`,
		`omemo-sid-=${one}`,
		`omemo-sid-x=${one}`,
		`OMEMO-SID-5=${one}`,
		`omemo-sid-5=${one.slice(1)}`,
		`omemo-sid-5=05${one}`,
		`omemo-sid-5=${one.replace('0', 'g')}`,
		`omemo-sid-5= ${one}`,
		'omemo-sid-5',
		`omemo-sid-4567=${other}`,
	];
	t.deepEqual(parseFingerprintUri(`xmpp:juliet@example.org?${parts.join(';')}`), {jid: juliet, devices: [phone]});
});

test('a device with two different fingerprints has none', t => {
	const link = (...parts: readonly string[]) => parseFingerprintUri(`xmpp:juliet@example.org?${parts.join(';')}`);
	t.deepEqual(link(`omemo-sid-123=${one}`, `omemo-sid-123=${other}`, `omemo-sid-4567=${other}`)?.devices, [phone]);
	t.deepEqual(link(`omemo-sid-123=${one}`, `omemo-sid-123=${one.toUpperCase()}`)?.devices, [desk]);
	t.is(link(`omemo-sid-123=${one}`, `omemo-sid-123=${other}`), undefined);
});

test('what is no such link is none', t => {
	const query = `?omemo-sid-123=${one}`;
	const texts = [
		'',
		'xmpp:',
		'xmpp:juliet@example.org',
		'xmpp:juliet@example.org?message',
		query,
		`xmpp:${query}`,
		`xmpp:@${query}`,
		`xmpp:%${query}`,
		`xmpp://juliet@example.org/romeo@example.net${query}`,
		`xmpp:juliet@example.org/balcony${query}`,
		`mailto:juliet@example.org${query}`,
		` xmpp:juliet@example.org${query}`,
		`juliet@example.org${query}`,
	];
	for (const text of texts) {
		t.is(parseFingerprintUri(text), undefined, text);
	}
});

test('a very long link is none, and of very many devices the first hundred count', t => {
	const link = (count: number) =>
		formatFingerprintUri({
			jid: juliet,
			devices: Array.from({length: count}, (_, index) => ({id: index + 1, fingerprint: one})),
		});
	t.is(parseFingerprintUri(link(100))?.devices.length, 100);
	t.is(parseFingerprintUri(link(101))?.devices.length, 100);
	t.is(parseFingerprintUri(link(10_000)), undefined);
	t.is(parseFingerprintUri(`${link(1)};${'x'.repeat(20_000)}`), undefined);
});

test('an address with characters that a link cannot have is written so that it is read again', t => {
	for (const text of ['jülia?;#%=@example.org', 'juliet@bücher.example', 'example.org']) {
		const jid = address(text);
		const uri = formatFingerprintUri({jid, devices: [desk]});
		t.regex(uri, /^xmpp:[\w%.@-]+\?omemo-sid-123=[0-9a-f]{64}$/);
		t.deepEqual(parseFingerprintUri(uri), {jid, devices: [desk]});
	}
});

const fingerprints = fc
	.uint8Array({minLength: 32, maxLength: 32})
	.map(bytes => fingerprint(Buffer.from(bytes).toString('hex')));

testProp(
	'a link is read as it was written',
	[
		fc.uniqueArray(fc.record({id: deviceIds, fingerprint: fingerprints}, {noNullPrototype: true}), {
			minLength: 1,
			maxLength: 20,
			selector: ({id}) => id,
		}),
	],
	(t, devices) => {
		t.deepEqual(parseFingerprintUri(formatFingerprintUri({jid: juliet, devices})), {jid: juliet, devices});
	},
);

testProp('no text makes the reading of a link throw', [fc.string(), fc.webQueryParameters()], (t, text, query) => {
	t.is(parseFingerprintUri(text), undefined);
	t.notThrows(() => parseFingerprintUri(`xmpp:${text}?${query}`));
});
