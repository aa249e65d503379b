import test from 'ava';
import type {Fingerprint} from '../../source/model/device.js';
import {keyUri, parseKeyUri} from '../../source/model/key-uri.js';
import type {BareJid} from '../../source/shared/jid.js';

const jid = 'juliet@example.org' as BareJid;
const one = 'a1b2c3d4'.repeat(8) as Fingerprint;
const other = '0123456789abcdef'.repeat(4) as Fingerprint;

test('the keys in an address are read as others write them, and written so', t => {
	const keys = [
		{id: 123, fingerprint: one},
		{id: 2_147_483_647, fingerprint: other},
	];
	const written = `xmpp:juliet@example.org?omemo-sid-123=${one};omemo-sid-2147483647=${other}`;
	t.is(keyUri({jid, keys}), written);
	t.deepEqual(parseKeyUri(written), {jid, keys});
	t.deepEqual(parseKeyUri(`  XMPP:Juliet@Example.org?message;OMEMO-SID-123=${one.toUpperCase()}&x=1#top`), {
		jid,
		keys: [{id: 123, fingerprint: one}],
	});
	t.deepEqual(
		parseKeyUri(keyUri({jid: 'd\\27artagnan@example.org' as BareJid, keys}))?.jid,
		'd\\27artagnan@example.org',
	);
});

test('an address with a key that cannot be read is refused as a whole', t => {
	for (const text of [
		'',
		'xmpp:juliet@example.org',
		'xmpp:juliet@example.org?message',
		`xmpp:?omemo-sid-1=${one}`,
		`juliet@example.org?omemo-sid-1=${one}`,
		`xmpp:juliet@example.org?omemo-sid-0=${one}`,
		`xmpp:juliet@example.org?omemo-sid-2147483648=${one}`,
		`xmpp:juliet@example.org?omemo-sid-1=${one.slice(1)}`,
		`xmpp:juliet@example.org?omemo-sid-1=${one};omemo-sid-2=${one}0`,
		`xmpp:juliet@example.org/balcony?omemo-sid-1=${one}`,
		`xmpp:juliet@example.org?${Array.from({length: 51}, (_, id) => `omemo-sid-${id + 1}=${one}`).join(';')}`,
		'xmpp:%E0%A4%A@?omemo-sid-1=%zz',
	]) {
		t.is(parseKeyUri(text), undefined, text);
	}
});
