import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {isXmppcError} from '../../source/shared/errors.js';
import {sanitizeOutgoing} from '../../source/shared/text.js';
import {append, child, createElement, detached, Element, namespaceOf} from '../../source/xmpp/element.js';
import {parseElement} from '../../source/xmpp/parser.js';
import {serialize} from '../../source/xmpp/serialize.js';

test('an element is written with its attributes, text and children', t => {
	const message = createElement(
		'message',
		{to: 'a@b', id: undefined, n: 1, ok: true},
		createElement('body', {}, 'hi'),
		undefined,
		'',
	);
	t.is(serialize(message), '<message to="a@b" n="1" ok="true"><body>hi</body></message>');
});

test('what means something in XML is escaped', t => {
	const element = createElement('x', {a: `<>&"'\t\n\r`}, '<>&"\'\t\n\r]]>');
	t.is(serialize(element), '<x a="&lt;&gt;&amp;&quot;&apos;&#9;&#10;&#13;">&lt;&gt;&amp;"\'\t\n&#13;]]&gt;</x>');
});

test('a namespace is declared where it changes and nowhere else', t => {
	const element = createElement(
		'message',
		{xmlns: 'jabber:client'},
		createElement('a', {xmlns: 'urn:a'}, createElement('b', {xmlns: 'urn:a'}), createElement('c')),
		createElement('body', {xmlns: 'jabber:client'}),
	);
	t.is(serialize(element), '<message><a xmlns="urn:a"><b/><c/></a><body/></message>');
	t.is(
		serialize(element, 'urn:other'),
		'<message xmlns="jabber:client"><a xmlns="urn:a"><b/><c/></a><body/></message>',
	);
});

test('an element of @xmpp/xml with a prefix is written as it is', t => {
	const element = new Element('stream:features', {'xmlns:stream': 'http://etherx.jabber.org/streams'});
	append(element, [createElement('a')]);
	t.is(namespaceOf(element), 'http://etherx.jabber.org/streams');
	t.is(serialize(element), '<stream:features xmlns:stream="http://etherx.jabber.org/streams"><a/></stream:features>');
});

for (const [what, text] of [
	['NUL', 'a\0b'],
	['ESC', '\u001B[31m'],
	['a lone high surrogate', 'a\uD800'],
	['a lone low surrogate', '\uDC00a'],
	['U+FFFE', '\uFFFE'],
	['U+FFFF', '\uFFFF'],
] as const) {
	test(`${what} is never written`, t => {
		for (const element of [
			createElement('body', {}, text),
			createElement('x', {a: text}),
			createElement('x', {xmlns: text}),
		]) {
			const error = t.throws(() => serialize(element));
			t.true(isXmppcError(error) && error.code === 'illegal-character' && error.kind === 'badData');
		}

		t.notThrows(() => serialize(createElement('body', {}, sanitizeOutgoing(text))));
	});
}

test('a name cannot smuggle markup', t => {
	t.throws(() => serialize(createElement('a><b')), {code: 'illegal-name'});
	t.throws(() => serialize(createElement('a', {'x="1" y': '2'})), {code: 'illegal-name'});
});

test('a tree of any depth is written', t => {
	let element = createElement('a');
	for (let depth = 0; depth < 100_000; depth++) {
		element = createElement('a', {}, element);
	}

	t.is(serialize(element).length, '<a>'.length * 100_000 * 2 + 100_000 + '<a/>'.length);
});

test('every name that can be read can be written', t => {
	for (const name of ['a\u200Cb', '\u2070', 'a\u203Fb', '\u{10000}', '\u0100\u0301']) {
		const xml = `<message><${name} xmlns="urn:a" ${name}="1"/></message>`;
		const read = parseElement(xml);
		t.is(read && serialize(read), xml);
	}
});

test('an element taken out of its place keeps its namespace', t => {
	const outer = parseElement(
		"<message><f xmlns='urn:f'><message xmlns='jabber:client'><body>hi</body></message><g/></f></message>",
	);
	const f = outer && child(outer, 'f', 'urn:f');
	const g = f && child(f, 'g', 'urn:f');
	t.is(g && serialize(detached(g)), '<g xmlns="urn:f"/>');
	t.is(
		f && serialize(detached(f)),
		'<f xmlns="urn:f"><message xmlns="jabber:client"><body>hi</body></message><g/></f>',
	);
	t.is(g?.parent, f);
	const made = createElement('x', {xmlns: 'urn:x'}, createElement('y'));
	t.is(serialize(detached(child(made, 'y', 'urn:x') ?? made)), '<y xmlns="urn:x"/>');
});

const xmlText = fc.string({unit: 'binary', maxLength: 20}).map(text => sanitizeOutgoing(text));
const name = fc.constantFrom('a', 'body', 'x-1', 'é', '_z');
const namespace = fc.constantFrom('jabber:client', 'urn:a', 'urn:b<&">', '');
const tree = fc.letrec<{element: Element}>(tie => ({
	element: fc
		.tuple(
			name,
			namespace,
			fc.dictionary(fc.constantFrom('id', 'to', '__proto__', 'constructor', 'xml:lang'), xmlText, {maxKeys: 3}),
			fc.array(fc.oneof({maxDepth: 3}, xmlText, tie('element')), {maxLength: 3}),
		)
		.map(([tag, xmlns, attributes, content]) => createElement(tag, {...attributes, xmlns}, ...content)),
})).element;

testProp('what is written is read back the same', [tree], (t, element) => {
	const written = serialize(element);
	const read = parseElement(written);
	t.assert(read, written);
	t.is(read && serialize(read), written);
});
