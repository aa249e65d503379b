import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {
	bareOf,
	domainOf,
	domainpartOf,
	isFullJid,
	localpartOf,
	parseBareJid,
	parseFullJid,
	parseJid,
	resourcepartOf,
	withResource,
} from '../../source/shared/jid.js';

const text = (jid: string | undefined): string | undefined => jid;

for (const [number, example] of [
	[1, 'juliet@example.com'],
	[2, 'juliet@example.com/foo'],
	[3, 'juliet@example.com/foo bar'],
	[4, 'juliet@example.com/foo@bar'],
	[5, 'foo\\20bar@example.com'],
	[6, 'fussball@example.com'],
	[7, 'fu\u00DFball@example.com'],
	[8, '\u03C0@example.com'],
	[11, '\u03C3@example.com'],
	[12, '\u03C2@example.com'],
	[13, 'king@example.com/\u265A'],
	[14, 'example.com'],
	[15, 'example.com/foobar'],
	[16, 'a.example.com/b@example.net'],
] as const) {
	test(`RFC 7622 table 1, example ${number} is an address in its final form`, t => {
		t.is(text(parseJid(example)), example);
	});
}

test('RFC 7622 table 1, examples 9 and 10: upper and lower case are one address', t => {
	t.is(text(parseJid('\u03A3@example.com/foo')), '\u03C3@example.com/foo');
	t.is(parseJid('\u03A3@example.com/foo'), parseJid('\u03C3@example.com/foo'));
});

for (const [number, example] of [
	[17, '"juliet"@example.com'],
	[18, 'foo bar@example.com'],
	[19, 'juliet@example.com/ foo'],
	[20, '@example.com/'],
	[21, 'henry\u2163@example.com'],
	[22, '\u265A@example.com'],
	[23, 'juliet@'],
	[24, '/foobar'],
] as const) {
	// Table 2 calls 19 invalid, but the OpaqueString profile that the RFC refers to allows a leading space.
	test(`RFC 7622 table 2, example ${number} is ${number === 19 ? 'kept as RFC 8265 has it' : 'not an address'}`, t => {
		t.is(text(parseJid(example)), number === 19 ? example : undefined);
	});
}

const refused: ReadonlyArray<readonly [string, string]> = [
	['nothing', ''],
	['an empty resource', 'juliet@example.org/'],
	['an empty localpart', '@example.org'],
	['two at signs', 'x@y@z'],
	['a control character', 'a\u0001@b'],
	['an escape sequence', 'a@b/\u001B[31m'],
	['a C1 control', 'a@b/\u009B31m'],
	['a newline in the resource', 'a@b/one\ntwo'],
	['a lone surrogate', 'a@b/\uD800'],
	['a noncharacter', 'a@b/\uFFFE'],
	['a zero-width space', 'a\u200Bb@example.org'],
	['a right-to-left override', 'a\u202Eb@example.org/x'],
	['a right-to-left override in the resource', 'ab@example.org/\u202Ex'],
	['a soft hyphen', 'a\u00ADb@example.org'],
	['a tag character', 'a\u{E0041}@example.org'],
	['a Hangul filler', '\u3164@example.org'],
	['a Braille blank', '\u2800@example.org'],
	['the Kelvin sign', '\u212Aate@example.org'],
	['an emoji in the localpart', '\u{1F600}@example.org'],
	['a space in the domain', 'a@exam ple.org'],
	['a percent sign in the domain', 'a@ex%61mple.org'],
	['an empty label', 'a@example..org'],
	['only a dot', 'a@.'],
	['two trailing dots', 'a@example.org..'],
	['a label that begins with a hyphen', 'a@-example.org'],
	['a label that ends with a hyphen', 'a@example-.org'],
	['an underscore in the domain', 'a@exa_mple.org'],
	['a port', 'a@example.org:5222'],
	['a label of 64 letters', `a@${'x'.repeat(64)}.org`],
	[
		'a domain of more than 253 letters',
		`a@${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}`,
	],
	['a hexadecimal address', 'a@0x7f.1'],
	['an octal address', 'a@127.0.01'],
	['a short address', 'a@127.1'],
	['a number', 'a@2130706433'],
	['an address in brackets that is none', 'a@[::1'],
	['an IPv6 address without brackets', 'a@::1'],
	['an IPv6 zone', 'a@[fe80::1%eth0]'],
	['a false A-label', 'a@xn--zzzzzzzzzzzzzzzzzz.org'],
	['an A-label of ASCII', 'a@xn--example-.org'],
	['an emoji domain', 'a@\u{1F600}.example'],
	['a domain with a heart', 'a@\u2665.example'],
	['a label that begins with a combining mark', 'a@\u0301example.org'],
	['mixed directions in a label', 'a@abc\u05D0.example'],
	['a digit before right-to-left letters', 'a@1\u05D0.example'],
	['mixed directions in the localpart', 'abc\u05D0@example.org'],
	['both sets of Arabic digits', '\u0627\u0661\u06F1@example.org'],
	['a middle dot not between l and l', 'a\u00B7b@example.org'],
	['a non-joiner between Latin letters', 'a\u200Cb@example.org'],
	['a joiner after a Latin letter', 'a\u200D@example.org'],
];

for (const [what, address] of refused) {
	test(`${what} makes no address`, t => {
		t.is(text(parseJid(address)), undefined);
	});
}

const normalised: ReadonlyArray<readonly [string, string, string]> = [
	['upper case in the localpart and domain', 'Juliet@Example.ORG/Balcony', 'juliet@example.org/Balcony'],
	['a trailing dot', 'juliet@example.org.', 'juliet@example.org'],
	['full-width letters', '\uFF2A\uFF35@example.org', 'ju@example.org'],
	['a full-width domain', 'a@\uFF45\uFF58.org', 'a@ex.org'],
	['an ideographic full stop', 'a@b\u3002org', 'a@b.org'],
	['half-width katakana', '\uFF76@example.org', '\u30AB@example.org'],
	['decomposed letters', 'cafe\u0301@example.org', 'caf\u00E9@example.org'],
	['decomposed letters in the resource', 'a@b/cafe\u0301', 'a@b/caf\u00E9'],
	['an upper-case umlaut in the domain', 'a@B\u00DCCHER.example', 'a@b\u00FCcher.example'],
	['an A-label', 'a@xn--bcher-kva.example', 'a@b\u00FCcher.example'],
	['a no-break space in the resource', 'a@b/one\u00A0two', 'a@b/one two'],
	['an IPv4 address', 'a@127.0.0.1', 'a@127.0.0.1'],
	['an IPv6 address', 'a@[::1]/x', 'a@[::1]/x'],
	['an emoji in the resource', 'a@b/\u{1F600}', 'a@b/\u{1F600}'],
	['Hebrew', '\u05D0\u05D1@\u05D0\u05D1.example', '\u05D0\u05D1@\u05D0\u05D1.example'],
	['a middle dot between l and l', 'l\u00B7l@example.org', 'l\u00B7l@example.org'],
	['a Persian non-joiner', '\u0645\u06CC\u200C\u062E@example.org', '\u0645\u06CC\u200C\u062E@example.org'],
	['a joiner after a virama', '\u0915\u094D\u200D@example.org', '\u0915\u094D\u200D@example.org'],
	['a katakana middle dot', '\u30AB\u30FB@example.org', '\u30AB\u30FB@example.org'],
	['the German sharp s in a domain', 'a@fa\u00DF.de', 'a@fa\u00DF.de'],
];

for (const [what, address, expected] of normalised) {
	test(`${what} is brought to its one form`, t => {
		t.is(text(parseJid(address)), expected);
		t.is(text(parseJid(expected)), expected);
	});
}

test('a part has at most 1023 octets, not characters', t => {
	t.is(parseJid(`${'a'.repeat(1023)}@example.org`)?.length, 1035);
	t.is(parseJid(`${'a'.repeat(1024)}@example.org`), undefined);
	t.is(parseJid(`a@b/${'\u00E9'.repeat(512)}`), undefined);
	t.truthy(parseJid(`a@b/${'\u00E9'.repeat(511)}`));
	t.is(parseJid('a'.repeat(10_000_000)), undefined);
});

test('a bare address is told from a full one', t => {
	t.is(text(parseBareJid('juliet@example.org')), 'juliet@example.org');
	t.is(parseBareJid('juliet@example.org/balcony'), undefined);
	t.is(text(parseFullJid('juliet@example.org/balcony')), 'juliet@example.org/balcony');
	t.is(parseFullJid('juliet@example.org'), undefined);
});

test('an address comes apart at the first slash and the at sign before it', t => {
	const jid = parseJid('juliet@example.org/a@b/c');
	t.assert(jid);
	if (jid) {
		t.true(isFullJid(jid));
		t.is(text(bareOf(jid)), 'juliet@example.org');
		t.is(localpartOf(jid), 'juliet');
		t.is(domainpartOf(jid), 'example.org');
		t.is(text(domainOf(jid)), 'example.org');
		t.is(resourcepartOf(jid), 'a@b/c');
	}

	const domain = parseJid('example.org/x@y');
	t.assert(domain);
	if (domain) {
		t.is(localpartOf(domain), undefined);
		t.is(domainpartOf(domain), 'example.org');
	}
});

test('a nick becomes a resource, or nothing', t => {
	const room = parseBareJid('lounge@muc.example.org');
	t.assert(room);
	if (room) {
		t.is(text(withResource(room, 'J\u00FCrgen')), 'lounge@muc.example.org/J\u00FCrgen');
		t.is(withResource(room, ''), undefined);
		t.is(withResource(room, 'a\u0007b'), undefined);
	}
});

testProp(
	'an address in its final form stays as it is',
	[fc.string({unit: 'binary'}), fc.string({unit: 'binary'})],
	(t, local, resource) => {
		const jid = parseJid(`${local}@example.org/${resource}`);
		if (jid !== undefined) {
			t.is(parseJid(jid), jid);
		}

		t.pass();
	},
);

testProp('no text makes the parser throw', [fc.string({unit: 'binary'})], (t, any) => {
	t.notThrows(() => parseJid(any));
});

testProp('a domain of letters keeps its form when parsed again', [fc.domain()], (t, domain) => {
	const jid = parseJid(domain);
	t.is(text(jid), jid === undefined ? undefined : domain.toLowerCase());
});

for (const [what, text] of [
	['digits that may not be mixed', '\u0660'.repeat(12_000)],
	['middle dots that need another letter', `${'\u30FB'.repeat(12_000)}\u30A2`],
] as const) {
	test(`an address of thousands of ${what} costs no more than its length`, t => {
		const started = performance.now();
		for (const jid of [`${text}@example.org`, `a@${text}`, `a@example.org/${text}`]) {
			t.is(parseJid(jid), undefined);
		}

		// Looking at every character for each of them took ten seconds.
		t.true(performance.now() - started < 1000);
	});
}
