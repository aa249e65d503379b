import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {createDecoder} from '../../source/xmpp/decoder.js';
import {attributeOf, child, children, Element, namespaceOf, textOf} from '../../source/xmpp/element.js';
import {parseElement, StreamParser} from '../../source/xmpp/parser.js';
import {serialize} from '../../source/xmpp/serialize.js';
import type {ParserLimits} from '../../source/xmpp/stanza-tree.js';

const header =
	"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='s1' from='example.org' version='1.0'>";

type Told = {
	readonly log: string[];
	readonly elements: Element[];
	readonly parser: StreamParser;
};

/** A parser that notes what it tells: `start`, the name of each element, `end`, and the condition of an error. */
function listening(limits: Partial<ParserLimits> = {}): Told {
	const parser = new StreamParser(limits);
	const log: string[] = [];
	const elements: Element[] = [];
	parser.on('start', () => log.push('start'));
	parser.on('element', element => {
		elements.push(element);
		log.push(element.name);
	});
	parser.on('end', () => log.push('end'));
	parser.on('error', fault => log.push(`error: ${fault.condition}`));
	return {log, elements, parser};
}

/** Everything told about a stream that goes on with `text`, after its start. */
function told(text: string, limits: Partial<ParserLimits> = {}): readonly string[] {
	const {log, parser} = listening(limits);
	parser.write(header);
	parser.write(text);
	return log.slice(1);
}

test('a stream is told as its start, its children and its end', t => {
	t.deepEqual(told('<message/> <presence/>\n<iq/></stream:stream>'), ['message', 'presence', 'iq', 'end']);
});

test('the start carries the attributes of the stream header', t => {
	const parser = new StreamParser();
	parser.on('start', root => {
		t.is(root.name, 'stream');
		t.is(root.attrs.id, 's1');
		t.is(root.attrs.from, 'example.org');
		t.is(namespaceOf(root), 'http://etherx.jabber.org/streams');
	});
	t.plan(4);
	parser.write(header);
});

test('elements have local names and their namespace on them', t => {
	const {parser, elements} = listening();
	parser.write(header);
	parser.write("<message to='a'><x:body xmlns:x='jabber:client'>hi</x:body><y xmlns='urn:y'><z/></y></message>");
	const [message] = elements;
	t.assert(message);
	if (message) {
		t.is(textOf(child(message, 'body', 'jabber:client') ?? new Element('none')), 'hi');
		const [, y] = children(message);
		t.is(y?.attrs.xmlns, 'urn:y');
		t.is(y && children(y)[0]?.attrs.xmlns, 'urn:y');
	}
});

test('a stanza is told although every read has one character', t => {
	const {parser, log, elements} = listening();
	for (const character of `${header}<message a='1&amp;2'><body>x &lt; <![CDATA[<!-- ]] ]]> y</body></message></stream:stream>`) {
		parser.write(character);
	}

	t.deepEqual(log, ['start', 'message', 'end']);
	t.is(elements[0] && serialize(elements[0]), '<message a="1&amp;2"><body>x &lt; &lt;!-- ]]  y</body></message>');
});

test('character data may come as CDATA, in one run with the text around it', t => {
	const element = parseElement('<body>a<![CDATA[<b>&amp;]]>c<![CDATA[]]></body>');
	t.deepEqual(element?.children, ['a<b>&amp;c']);
});

for (const [what, text] of [
	['a comment', '<message><!-- hidden --></message>'],
	['an unfinished comment', '<!-'],
	['a comment between stanzas', '<!-- --><message/>'],
	['a document type', '<!DOCTYPE x><message/>'],
	['an unfinished document type', '<!DOCTYPE x ['],
	['entity definitions', '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><message/>'],
	['a processing instruction', '<?php echo 1 ?>'],
	['an unfinished processing instruction', '<message><?x'],
	['an XML declaration in the middle', "<?xml version='1.0'?>"],
] as const) {
	test(`${what} is restricted XML, told at once and never skipped`, t => {
		t.deepEqual(told(text), ['error: restricted-xml']);
		const {parser, log} = listening();
		for (const character of header + text) {
			parser.write(character);
		}

		t.deepEqual(log, ['start', 'error: restricted-xml']);
	});
}

test('a document type before the stream is restricted XML', t => {
	const {parser, log} = listening();
	parser.write("<?xml version='1.0'?><!DOCTYPE stream:stream SYSTEM 'file:///etc/passwd'>");
	t.deepEqual(log, ['error: restricted-xml']);
});

for (const [what, text] of [
	['an undefined entity', '<message>&nbsp;</message>'],
	['an entity named like a property', '<message>&constructor;&__proto__;&toString;</message>'],
	['a reference to NUL', '<message>&#0;</message>'],
	['a reference to ESC', '<message>&#27;</message>'],
	['a hexadecimal reference to ESC', '<message>&#x1b;</message>'],
	['a reference to a surrogate', '<message>&#xD800;</message>'],
	['a reference beyond Unicode', '<message>&#x110000;</message>'],
	['a reference to U+FFFE', '<message>&#xFFFE;</message>'],
	['an empty reference', '<message>&#;</message>'],
	['an unfinished reference', '<message>&amp</message>;'],
	['a lone ampersand', '<message>a & b;</message>'],
	['a raw ESC', '<message>\u001B[31m</message>'],
	['a raw ESC in an attribute', "<message a='\u001B'/>"],
	['a raw NUL', '<message>\0</message>'],
	['a raw U+FFFF', '<message>\uFFFF</message>'],
	['a duplicate attribute', "<message a='1' a='2'/>"],
	['an attribute twice under two prefixes', "<message xmlns:p='urn:u' xmlns:q='urn:u' p:a='1' q:a='2'/>"],
	['an attribute without quotes', '<message a=1/>'],
	['an attribute without value', '<message a/>'],
	['a less-than sign in an attribute', "<message a='<'/>"],
	['no space between attributes', "<message a='1'b='2'/>"],
	['a slash in a tag', '<a/b>'],
	['a name that begins with a digit', '<1a/>'],
	['two colons in a name', '<a:b:c/>'],
	['a name that begins with a colon', '<:a/>'],
	['elements closed crosswise', '<message><a><b></a></b></message>'],
	['an end tag without a start', '</message>'],
	['an end tag with attributes', "<message></message a='1'>"],
	['the end of CDATA in text', '<message>]]></message>'],
	['a marked section that is not CDATA', '<message><![INCLUDE[x]]></message>'],
] as const) {
	test(`${what} is not well-formed`, t => {
		t.deepEqual(told(text), ['error: not-well-formed']);
	});
}

for (const [what, text] of [
	['an undeclared prefix of an element', '<x:message/>'],
	['an undeclared prefix named like a property', '<constructor:message/>'],
	['an undeclared prefix named __proto__', '<__proto__:message/>'],
	['an undeclared prefix of an attribute', "<message x:a='1'/>"],
	['the prefix xml bound to something else', "<message xmlns:xml='urn:x'/>"],
	['the namespace of XML bound to another prefix', "<message xmlns:x='http://www.w3.org/XML/1998/namespace'/>"],
	['the prefix xmlns declared', "<message xmlns:xmlns='urn:x'/>"],
	['an element in the namespace of XML', '<xml:message/>'],
	['a prefix undeclared again', "<message xmlns:x=''/>"],
] as const) {
	test(`${what} is refused`, t => {
		t.deepEqual(told(text), ['error: bad-namespace-prefix']);
	});
}

test('a stanza that the end of the stream cuts short is never told', t => {
	t.deepEqual(told('<message><body>half</body></stream:stream>'), ['error: not-well-formed']);
	t.deepEqual(told('<message><body>half</message></stream:stream>'), ['error: not-well-formed']);
});

test('what was complete before an error is told before it', t => {
	t.deepEqual(told('<message/><presence/>&'), ['message', 'presence']);
	t.deepEqual(told('<message/><presence/>&x;'), ['message', 'presence', 'error: not-well-formed']);
	t.deepEqual(told('<message/></presence>'), ['message', 'error: not-well-formed']);
});

test('text between stanzas is refused unless it is white space', t => {
	t.deepEqual(told(' \t\r\n<message/>'), ['message']);
	t.deepEqual(told('hello<message/>'), ['error: bad-format']);
	t.deepEqual(told('<![CDATA[x]]>'), ['error: bad-format']);
	t.deepEqual(told('\u00A0<message/>'), ['error: bad-format']);
});

test('after an error nothing more is told', t => {
	const {parser, log} = listening();
	parser.write(header);
	parser.write('<a/b>');
	parser.write('<message/></stream:stream>');
	parser.end('<message/>');
	t.deepEqual(log, ['start', 'error: not-well-formed']);
	t.true(parser.dead);
});

test('after the end of the stream nothing more is told', t => {
	t.deepEqual(told('</stream:stream><message/>'), ['end']);
});

test('an error without a listener is kept and not thrown', t => {
	const parser = new StreamParser();
	t.notThrows(() => parser.write('<html>'));
	t.is(parser.fault?.condition, 'invalid-namespace');
	t.is(parser.fault?.kind, 'protocol');
});

test('something other than a stream is refused', t => {
	for (const start of ['<html><p>', "<stream:stream xmlns:stream='urn:other'>", "<stream xmlns='jabber:client'>"]) {
		const {parser, log} = listening();
		parser.write(start);
		t.deepEqual(log, ['error: invalid-namespace']);
	}
});

test('an answer in another protocol is refused', t => {
	const {parser, log} = listening();
	parser.write('HTTP/1.1 400 Bad Request\r\n\r\n');
	t.deepEqual(log, ['error: not-well-formed']);
});

test('another encoding or version in the declaration is refused', t => {
	const conditionOf = (start: string) => {
		const {parser} = listening();
		parser.write(start);
		return parser.fault?.condition;
	};
	t.is(conditionOf("<?xml version='1.0' encoding='ISO-8859-1'?>"), 'unsupported-encoding');
	t.is(conditionOf("<?xml version='1.1'?>"), 'bad-format');
	t.is(conditionOf("<?xml version='1.0' encoding='utf-8'?>"), undefined);
});

test('a listener can stop the parser between two stanzas of one read', t => {
	const {parser, log} = listening();
	parser.on('element', () => parser.stop());
	parser.write(`${header}<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><message/>`);
	t.deepEqual(log, ['start', 'proceed']);
	t.is(parser.fault, undefined);
});

test('a listener sees whether the other side went on talking behind an element', t => {
	const pending: number[] = [];
	for (const rest of ['', ' ', '<message/>', '<!']) {
		const parser = new StreamParser();
		parser.once('element', () => pending.push(parser.pending));
		parser.write(`${header}<proceed/>${rest}`);
	}

	t.deepEqual(pending, [0, 1, 10, 2]);
});

test("a listener's exception reaches whoever wrote, and ends the parser", t => {
	const {parser} = listening();
	parser.on('element', () => {
		throw new Error('mine');
	});
	t.throws(() => parser.write(`${header}<message/>`), {message: 'mine'});
	t.true(parser.dead);
	t.is(parser.fault, undefined);
});

test('an attribute called __proto__ survives', t => {
	const element = parseElement("<x __proto__='1' constructor='2' hasOwnProperty='3'/>");
	t.assert(element);
	if (element) {
		t.is(attributeOf(element, '__proto__'), '1');
		t.is(attributeOf(element, 'constructor'), '2');
		t.is(attributeOf(element, 'toString'), undefined);
		t.is(serialize(element), '<x __proto__="1" constructor="2" hasOwnProperty="3"/>');
	}
});

test('attributes with a prefix keep it and its declaration', t => {
	const element = parseElement("<x xmlns:p='urn:p' xmlns:unused='urn:u' p:a='1' xml:lang='de'/>");
	t.is(element && serialize(element), '<x p:a="1" xmlns:p="urn:p" xml:lang="de"/>');
});

test('a namespace can be taken away', t => {
	const element = parseElement("<a xmlns='urn:a'><b xmlns=''/></a>");
	t.is(element && namespaceOf(children(element)[0] ?? element), '');
	t.is(element && serialize(element), '<a xmlns="urn:a"><b xmlns=""/></a>');
});

test('line ends are one newline, and references to others are kept', t => {
	t.deepEqual(parseElement('<x>a\r\nb\rc&#13;d</x>')?.children, ['a\nb\nc\rd']);
});

test('a stanza longer than the limit ends the stream, finished or not', t => {
	const limits = {stanza: 200};
	const long = 'x'.repeat(200);
	t.deepEqual(told(`<m>${long.slice('<m></m>'.length)}</m>`.repeat(5), limits), ['m', 'm', 'm', 'm', 'm']);
	t.deepEqual(told(`<m>${long}</m>`, limits), ['error: policy-violation']);
	t.deepEqual(told(`<m>${long}`, limits), ['error: policy-violation']);
	t.deepEqual(told(`<m a='${long}`, limits), ['error: policy-violation']);
	t.deepEqual(told(`<${long}`, limits), ['error: policy-violation']);
	t.deepEqual(told(`<m>&${long}`, limits), ['error: policy-violation']);
	t.deepEqual(told(' '.repeat(201), limits), ['error: policy-violation']);
});

test('a stream header without end is refused', t => {
	const {parser, log} = listening({stanza: 100});
	parser.write(`<stream:stream a='${'x'.repeat(200)}`);
	t.deepEqual(log, ['error: policy-violation']);
});

test('a stanza of 2 MiB is read and one of more is not', t => {
	const megabyte = 'x'.repeat(1024 * 1024 - 20);
	t.deepEqual(told(`<m><a>${megabyte}</a><a>${megabyte}</a></m>`), ['m']);
	t.deepEqual(told(`<m><a>${megabyte}</a><a>${megabyte}</a><a>and one more sentence</a></m>`), [
		'error: policy-violation',
	]);
});

test('64 levels are read and 65 are not', t => {
	t.deepEqual(told('<a>'.repeat(64) + '</a>'.repeat(64)), ['a']);
	t.deepEqual(told('<a>'.repeat(65)), ['error: policy-violation']);
});

test('256 attributes are read and 257 are not', t => {
	const attributes = (count: number) => Array.from({length: count}, (_, index) => `a${index}='1'`).join(' ');
	t.deepEqual(told(`<m ${attributes(256)}/>`), ['m']);
	t.deepEqual(told(`<m ${attributes(257)}/>`), ['error: policy-violation']);
});

test('20 000 children are read and one more is not', t => {
	t.deepEqual(told(`<m>${'<a/>'.repeat(20_000)}</m><m>${'<a/>'.repeat(20_000)}</m>`), ['m', 'm']);
	t.deepEqual(told(`<m>${'<a/>'.repeat(20_001)}</m>`), ['error: policy-violation']);
});

test('a tree of more than 100 000 elements is not read, however it is shaped', t => {
	const branch = `<b>${'<a/>'.repeat(19_999)}</b>`;
	t.deepEqual(told(`<m>${branch.repeat(4)}</m>`), ['m']);
	t.deepEqual(told(`<m>${branch.repeat(6)}</m>`), ['error: policy-violation']);
});

test('a text or attribute of 1 MiB is read and a longer one is not', t => {
	const limit = 1024 * 1024;
	t.deepEqual(told(`<m>${'x'.repeat(limit)}</m>`), ['m']);
	t.deepEqual(told(`<m>${'x'.repeat(limit + 1)}</m>`), ['error: policy-violation']);
	t.deepEqual(told(`<m a='${'x'.repeat(limit)}'/>`), ['m']);
	t.deepEqual(told(`<m a='${'x'.repeat(limit + 1)}'/>`), ['error: policy-violation']);
});

test('eight megabytes without an end are refused quickly', t => {
	const {parser, log} = listening();
	parser.write(`${header}<m>`);
	const started = performance.now();
	for (let written = 0; written < 8 * 1024 && !parser.dead; written++) {
		parser.write('x'.repeat(1024));
	}

	t.deepEqual(log, ['start', 'error: policy-violation']);
	t.true(performance.now() - started < 5000);
});

test('a character cut in two by TCP is put together', t => {
	const {parser, elements} = listening();
	for (const byte of Buffer.from(`${header}<m>é漢😀</m>`)) {
		parser.writeBytes(Buffer.from([byte]));
	}

	t.deepEqual(elements[0]?.children, ['é漢😀']);
});

for (const [what, bytes] of [
	['a byte that begins nothing', [0xff]],
	['an overlong slash', [0xc0, 0xaf]],
	['an overlong NUL', [0xc0, 0x80]],
	['an encoded surrogate', [0xed, 0xa0, 0x80]],
	['a character cut short', [0xc3, 0x28]],
	['a character beyond Unicode', [0xf5, 0x80, 0x80, 0x80]],
] as const) {
	test(`${what} is not UTF-8 and ends the stream`, t => {
		const {parser, log} = listening();
		parser.writeBytes(Buffer.from(`${header}<m>`));
		parser.writeBytes(Buffer.from(bytes));
		parser.writeBytes(Buffer.from('</m>'));
		t.deepEqual(log, ['start', 'error: unsupported-encoding']);
	});
}

test('a decoder that failed stays failed', t => {
	const decoder = createDecoder();
	t.is(decoder.decode(Buffer.from('a')), 'a');
	t.is(decoder.decode(Buffer.from([0xff])), undefined);
	t.is(decoder.decode(Buffer.from('a')), undefined);
});

test('a byte order mark is refused between stanzas and is a character inside text', t => {
	const {parser, log} = listening();
	parser.writeBytes(Buffer.from(`\uFEFF${header}`));
	t.deepEqual(log, ['error: bad-format']);
	t.deepEqual(told('\uFEFF<message/>'), ['error: bad-format']);
	t.deepEqual(parseElement('<body>a\uFEFFb</body>')?.children, ['a\uFEFFb']);
});

test('one element is read on its own, in the namespace of stanzas', t => {
	t.is(namespaceOf(parseElement("<message xml:lang='en'/>") ?? new Element('none')), 'jabber:client');
	t.is(parseElement(' <a/> ')?.name, 'a');
	for (const text of [
		'',
		' ',
		'text',
		'<a/><b/>',
		'<a/>text',
		'<a>',
		'</a>',
		'<a></stream:stream>',
		'<a/></stream:stream>',
		"<?xml version='1.0'?><a/>",
		'<a/><!-- -->',
		'<a>&x;</a>',
		'\uFEFF<a/>',
		'<a/><b',
		'<a/>&',
		'<a>\uD800</a>',
	]) {
		t.is(parseElement(text), undefined, text);
	}
});

const fragments = fc.array(
	fc.constantFrom(
		'<',
		'>',
		'/',
		'<a>',
		'</a>',
		'<a/>',
		'<b c="d">',
		'</b>',
		'&',
		';',
		'&amp;',
		'&#27;',
		'<!',
		'<!--',
		'-->',
		'<![CDATA[',
		']]>',
		']',
		'<?',
		'?>',
		"'",
		'"',
		' ',
		'=',
		'xmlns',
		':',
		'x',
		'\u001B',
		'\r',
		'\n',
		'\uD83D',
		'\uDE00',
		'</stream:stream>',
	),
	{maxLength: 40},
);

testProp('no input makes the parser throw', [fragments], (t, parts) => {
	const {parser, log} = listening();
	t.notThrows(() => {
		parser.write(header);
		for (const part of parts) {
			parser.write(part);
		}
	});
	t.true(log.filter(entry => entry.startsWith('error') || entry === 'end').length <= 1);
});

testProp('where reads are cut changes nothing', [fragments, fc.array(fc.nat(30))], (t, parts, cuts) => {
	const text = parts.join('');
	const whole = listening();
	whole.parser.write(header);
	whole.parser.write(text);
	const cut = listening();
	cut.parser.write(header);
	let from = 0;
	for (const length of cuts) {
		cut.parser.write(text.slice(from, from + length));
		from += length;
	}

	cut.parser.write(text.slice(from));
	t.deepEqual(cut.log, whole.log);
	// Half of a character cannot be written again, which must not depend on the cuts either.
	const written = (element: Element): string => {
		try {
			return serialize(element);
		} catch (error) {
			return String(error);
		}
	};
	t.deepEqual(cut.elements.map(written), whole.elements.map(written));
});

testProp('bytes cut anywhere give the same text', [fc.string({unit: 'grapheme'}), fc.nat(20)], (t, text, size) => {
	const bytes = Buffer.from(text);
	const decoder = createDecoder();
	let out = '';
	for (let from = 0; from < bytes.length; from += size + 1) {
		out += decoder.decode(bytes.subarray(from, from + size + 1));
	}

	t.is(out, text);
});

test('a text of many CDATA sections costs no more than its length', t => {
	const started = performance.now();
	const element = parseElement(`<a>${'<![CDATA[x]]>'.repeat(100_000)}</a>`);
	t.is(element && textOf(element).length, 100_000);
	// Searching the whole rest behind every section took a minute.
	t.true(performance.now() - started < 3000);
});
