import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {
	attribute,
	type Codec,
	child,
	children,
	childText,
	childTexts,
	type Decoded,
	element,
	flag,
	optionalAttribute,
	optionalChild,
	optionalChildText,
	rawChild,
	text,
} from '../../source/xmpp/codec.js';
import {createElement, type Element} from '../../source/xmpp/element.js';
import {parseElement} from '../../source/xmpp/parser.js';
import {
	bareJid,
	base64,
	boolean,
	choice,
	dateTime,
	integer,
	jid,
	nonEmpty,
	type Scalar,
	string,
} from '../../source/xmpp/scalars.js';
import {serialize} from '../../source/xmpp/serialize.js';

const parse = (xml: string): Element => parseElement(xml) ?? createElement('not-xml');

const identity = element('urn:d', 'identity', {category: attribute('category'), name: optionalAttribute('name')});
const everything = element('urn:e', 'everything', {
	id: attribute('id'),
	kind: attribute('kind', choice('one', 'two')),
	count: optionalAttribute('count', integer(0, 10)),
	on: optionalAttribute('on', boolean),
	at: optionalAttribute('at', dateTime),
	to: optionalAttribute('to', jid),
	title: childText('title'),
	note: optionalChildText('note', nonEmpty),
	groups: childTexts('group'),
	identity: child(identity),
	main: optionalChild(element('urn:e', 'main', {value: text()})),
	identities: children(element('urn:e', 'item', {n: attribute('n', integer())})),
	required: flag('required'),
});

const full = `<everything xmlns="urn:e" id="1" kind="two" count="10" on="true" at="2026-01-02T03:04:05Z" to="a@b/c"><title>T</title><note>N</note><group>g1</group><group>g2</group><identity xmlns="urn:d" category="client"/><main>M</main><item n="1"/><item n="2"/><required/></everything>`;
const fullValue: Decoded<typeof everything> = {
	id: '1',
	kind: 'two',
	count: 10,
	on: true,
	at: Date.UTC(2026, 0, 2, 3, 4, 5),
	...(jid.parse('a@b/c') === undefined ? {} : {to: jid.parse('a@b/c') ?? neverCalled()}),
	title: 'T',
	note: 'N',
	groups: ['g1', 'g2'],
	identity: {category: 'client'},
	main: {value: 'M'},
	identities: [{n: 1}, {n: 2}],
	required: true,
};

function neverCalled(): never {
	throw new Error('a valid address was refused');
}

test('an element with all its parts decodes to plain data', t => {
	t.deepEqual(everything.decode(parse(full)), fullValue);
});

test('plain data encodes to the element it came from', t => {
	t.is(serialize(everything.encode(fullValue)), full);
});

test('optional parts may be missing, and then are not in the value', t => {
	const value = everything.decode(
		parse('<everything xmlns="urn:e" id="1" kind="one"><title/><identity xmlns="urn:d" category="c"/></everything>'),
	);
	t.deepEqual(value, {
		id: '1',
		kind: 'one',
		title: '',
		groups: [],
		identity: {category: 'c'},
		identities: [],
		required: false,
	});
	t.deepEqual(Object.keys(value ?? {}), ['id', 'kind', 'title', 'groups', 'identity', 'identities', 'required']);
});

for (const [what, from, to] of [
	['a required attribute is missing', ' id="1"', ''],
	['an attribute is not one of the words allowed', 'kind="two"', 'kind="three"'],
	['a number is out of range', 'count="10"', 'count="11"'],
	['a date is malformed', '2026-01-02T03', '2026-13-02T03'],
	['an address is malformed', 'to="a@b/c"', 'to="@b"'],
	['a required child text is missing', '<title>T</title>', ''],
	['a required child is missing', '<identity xmlns="urn:d" category="client"/>', ''],
	['a required child does not decode', 'category="client"', 'kategory="client"'],
	['a required child is in another namespace', 'xmlns="urn:d"', 'xmlns="urn:other"'],
	['the namespace is another', 'xmlns="urn:e"', 'xmlns="urn:f"'],
	['the name is another', /everything/g, 'anything'],
] as const) {
	test(`an element decodes to nothing when ${what}`, t => {
		t.is(everything.decode(parse(full.replace(from, to))), undefined);
	});
}

for (const [what, from, to, expected] of [
	['an optional child text that is malformed', '<note>N</note>', '<note/>', {note: undefined}],
	['an optional child that is another element', '<main>M</main>', '<main xmlns="urn:x">M</main>', {main: undefined}],
	['an entry of a list that does not decode', '<item n="1"/>', '<item n="-1"/>', {identities: [{n: 2}]}],
	['an unknown attribute', 'id="1"', 'id="1" x="2"', {}],
	['an unknown child', '<required/>', '<required/><unknown/>', {}],
	['a flag in another namespace', '<required/>', '<required xmlns="urn:x"/>', {required: false}],
] as const) {
	test(`${what} counts as not there`, t => {
		const value = everything.decode(parse(full.replace(from, to)));
		t.deepEqual(
			{...value},
			Object.fromEntries(Object.entries({...fullValue, ...expected}).filter(([, part]) => part !== undefined)),
		);
	});
}

test('a codec finds its element among the direct children only', t => {
	const parent = parse(
		'<message><wrap><identity xmlns="urn:d" category="deep"/></wrap><identity category="wrong"/><identity xmlns="urn:d"/><identity xmlns="urn:d" category="a"/><identity xmlns="urn:d" category="b"/></message>',
	);
	t.deepEqual(identity.find(parent), {category: 'a'});
	t.deepEqual(identity.findAll(parent), [{category: 'a'}, {category: 'b'}]);
	t.is(identity.find(parse('<message/>')), undefined);
});

test('the first of two equal children counts', t => {
	const query = element('urn:q', 'query', {title: childText('title')});
	t.deepEqual(query.decode(parse('<query xmlns="urn:q"><title>1</title><title>2</title></query>')), {title: '1'});
});

test('an element may be kept as it is, with its namespace', t => {
	const forwarded = element('urn:xmpp:forward:0', 'forwarded', {message: rawChild('message', 'jabber:client')});
	const xml =
		'<forwarded xmlns="urn:xmpp:forward:0"><message xmlns="jabber:client"><body>hi</body></message></forwarded>';
	const value = forwarded.decode(parse(xml));
	t.is(value?.message && serialize(value.message), '<message><body>hi</body></message>');
	t.is(value && serialize(forwarded.encode(value)), xml);
	t.is(value?.message?.parent?.name, 'forwarded');
});

test('field names like those of Object are only names', t => {
	const odd = element('urn:o', 'odd', {constructor: attribute('constructor'), toString: optionalAttribute('toString')});
	t.deepEqual({...odd.decode(parse('<odd xmlns="urn:o" constructor="1"/>'))}, {constructor: '1'});
	t.is(odd.decode(parse('<odd xmlns="urn:o"/>')), undefined);
});

function readings<Value>(scalar: Scalar<Value>, ...texts: readonly string[]): readonly (Value | undefined)[] {
	return texts.map(piece => scalar.parse(piece));
}

test('numbers are decimal, whole and within bounds', t => {
	t.deepEqual(readings(integer(-5, 300), '0', '300', '-5', '007', '-0'), [0, 300, -5, 7, 0]);
	t.deepEqual(
		readings(integer(-5, 300), '301', '-6', '', ' 1', '1 ', '+1', '1.0', '1e2', '0x10', 'NaN', 'Infinity', '١'),
		Array.from({length: 12}, () => undefined),
	);
	t.deepEqual(readings(integer(), '9007199254740991', '9007199254740993', '-1', '99999999999999999999'), [
		Number.MAX_SAFE_INTEGER,
		undefined,
		undefined,
		undefined,
	]);
});

test('truth is written in four ways', t => {
	t.deepEqual(readings(boolean, 'true', '1', 'false', '0'), [true, true, false, false]);
	t.deepEqual(readings(boolean, 'True', 'yes', '', '01'), [undefined, undefined, undefined, undefined]);
});

test('a moment is written as XEP-0082 says', t => {
	t.deepEqual(
		readings(
			dateTime,
			'1969-07-21T02:56:15Z',
			'1969-07-20T21:56:15-05:00',
			'2026-01-01T00:00:00.5Z',
			'2026-01-01T00:00:00.123456Z',
			'0001-01-01T00:00:00Z',
			'2016-12-31T23:59:60Z',
		),
		[
			-14159025000,
			-14159025000,
			Date.UTC(2026, 0, 1) + 500,
			Date.UTC(2026, 0, 1) + 123,
			-62135596800000,
			Date.UTC(2017, 0, 1),
		],
	);
	for (const malformed of [
		'',
		'2026-01-01',
		'2026-01-01T00:00:00',
		'2026-02-30T00:00:00Z',
		'2026-00-10T00:00:00Z',
		'2026-01-01T24:00:00Z',
		'2026-01-01T00:60:00Z',
		'2026-01-01T00:00:61Z',
		'2026-01-01T00:00:00+15:00',
		'2026-01-01T00:00:00+0100',
		'20260101T00:00:00',
		'2026-01-01 00:00:00Z',
		'-2026-01-01T00:00:00Z',
		'yesterday',
	]) {
		t.is(dateTime.parse(malformed), undefined, malformed);
	}

	t.is(dateTime.format(Date.UTC(2026, 0, 1)), '2026-01-01T00:00:00Z');
	t.is(dateTime.format(Date.UTC(2026, 0, 1) + 5), '2026-01-01T00:00:00.005Z');
});

test('addresses are normalised', t => {
	t.is(`${jid.parse('A@B.Example/C')}`, 'a@b.example/C');
	t.is(`${bareJid.parse('A@B.Example')}`, 'a@b.example');
	t.is(bareJid.parse('a@b/c'), undefined);
});

test('base64 is strict about everything but white space', t => {
	t.deepEqual(base64.parse('aGV\n sbG8='), new Uint8Array(Buffer.from('hello')));
	t.deepEqual(base64.parse(''), new Uint8Array());
	for (const malformed of ['aGVsbG8', 'aGVsbG8-', 'aG=sbG8=', 'a', '====']) {
		t.is(base64.parse(malformed), undefined, malformed);
	}
});

testProp(
	'every moment is read back as it was written',
	[fc.integer({min: -62135596800000, max: 253402300799999})],
	(t, at) => {
		t.is(dateTime.parse(dateTime.format(at)), at);
	},
);

testProp('bytes are read back as they were written', [fc.uint8Array()], (t, bytes) => {
	t.deepEqual(base64.parse(base64.format(bytes)), bytes);
});

const roundTrip = element('urn:r', 'r', {
	a: attribute('a'),
	b: optionalAttribute('b', integer(-100, 100)),
	c: childTexts('c'),
	d: text(string),
	e: optionalChild(element('urn:e', 'e', {f: flag('f')})),
});
const xmlText = fc.string({maxLength: 10});

testProp(
	'what is encoded, written, read and decoded is the same value',
	[
		fc.record(
			{
				a: xmlText,
				b: fc.integer({min: -100, max: 100}).map(value => value || 0),
				c: fc.array(xmlText, {maxLength: 3}),
				d: xmlText,
				e: fc.record({f: fc.boolean()}),
			},
			{requiredKeys: ['a', 'c', 'd'], noNullPrototype: true},
		),
	],
	(t, value) => {
		t.deepEqual(roundTrip.decode(parse(serialize(roundTrip.encode(value)))), value);
	},
);

testProp(
	'no element makes a codec throw',
	[fc.string(), fc.dictionary(fc.constantFrom('id', 'kind', 'count', 'at', 'to'), fc.string())],
	(t, content, attributes) => {
		const anything: Codec<unknown> = everything;
		t.notThrows(() =>
			anything.decode(
				createElement('everything', {xmlns: 'urn:e', ...attributes}, createElement('title', {}, content)),
			),
		);
	},
);
