/** How elements are laid out in messages of their own (RFC 7395 §3.3), and read from them. */
import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {
	child,
	clientNamespace,
	createElement,
	type Element,
	nameOf,
	namespaceOf,
	textOf,
} from '../../source/xmpp/element.js';
import {FramedParser, frame, openFrame} from '../../source/xmpp/framing.js';
import {webSocketsInJson, webSocketsInXrd} from '../../source/xmpp/host-meta.js';
import {serialize} from '../../source/xmpp/serialize.js';
import {streamErrorText} from '../../source/xmpp/stream-error.js';

const open = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0'/>";

/** What a parser tells of these messages. */
function read(...messages: ReadonlyArray<string | Uint8Array>) {
	const told: string[] = [];
	const elements: Element[] = [];
	const redirections: string[] = [];
	const parser = new FramedParser(uri => redirections.push(uri));
	parser.on('start', () => told.push('start'));
	parser.on('element', element => {
		told.push(nameOf(element));
		elements.push(element);
	});
	parser.on('end', () => told.push('end'));
	parser.on('error', fault => told.push(fault.condition));
	for (const message of messages) {
		parser.writeBytes(Buffer.from(message));
	}

	return {told, elements, redirections};
}

test('an element declares by itself what the root of a stream would have declared', t => {
	const message = createElement('message', {to: 'romeo@example.org'}, createElement('body', {}, 'a > b'));
	t.is(
		frame(serialize(message)),
		'<message xmlns="jabber:client" to="romeo@example.org"><body>a &gt; b</body></message>',
	);
	t.is(frame(serialize(createElement('presence'))), '<presence xmlns="jabber:client"/>');
	t.is(frame(serialize(createElement('r', {xmlns: 'urn:xmpp:sm:3'}))), '<r xmlns="urn:xmpp:sm:3"/>');
	t.is(
		frame(streamErrorText('bad-format')),
		'<stream:error xmlns:stream="http://etherx.jabber.org/streams">' +
			"<bad-format xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
	);
});

test('a beginning says what a header says, and whatever stands in it stays in its attribute', t => {
	const header = createElement('stream:stream', {to: 'a\'"<&>.test', version: '1.0', 'xml:lang': 'en'});
	const {told, elements} = read(openFrame(header), openFrame(header));
	t.deepEqual([told, elements], [['start', 'invalid-namespace'], []]);
	t.is(
		openFrame(header),
		'<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="a&apos;&quot;&lt;&amp;&gt;.test" version="1.0" xml:lang="en"/>',
	);
});

test('elements that declare no namespace are stanzas, as in a stream', t => {
	const {elements} = read(open, '<iq/>', '<stream:features/>', "<a xmlns='urn:xmpp:sm:3' h='1'/>");
	t.deepEqual(elements.map(namespaceOf), ['jabber:client', 'http://etherx.jabber.org/streams', 'urn:xmpp:sm:3']);
});

test('after its end, and after a fault, nothing more is read', t => {
	const close = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>";
	t.deepEqual(read(open, close, '<iq/>', 'x').told, ['start', 'end']);
	t.deepEqual(read(open, 'x', '<iq/>', 'x').told, ['start', 'bad-format']);
	t.deepEqual(read(close).told, ['end']);
	t.deepEqual(read('<iq/>', open).told, ['invalid-namespace']);
	t.deepEqual(read(open, '<iq>', '</iq>').told, ['start', 'not-well-formed']);
});

test('the place to go to is told with the end', t => {
	const close = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing' see-other-uri='wss://b.test/'/>";
	t.deepEqual(read(open, close, close).redirections, ['wss://b.test/']);
});

const pieces = fc.constantFrom(
	...['<a>', '</a>', '<a/>', '<iq/>', ' ', 'text', '<', '>', '&amp;', '&x;', '<?x?>', '<!-- -->', '<![CDATA[x]]>'],
	...['</stream:stream>', open, '<stream:error/>', '\uFEFF', '\u0000', 'é'],
);
const message = fc.oneof(
	fc.array(pieces, {maxLength: 6}).map(parts => parts.join('')),
	fc.string(),
);

testProp(
	'whatever the messages are, each tells one thing at most, and a fault or the end is the last one',
	[fc.array(message)],
	(t, messages) => {
		const {told} = read(open, ...messages);
		t.true(told.length <= messages.length + 1);
		const last = told.findIndex(what => what === 'end' || what.includes('-'));
		t.true(last === -1 || last === told.length - 1, told.join(' '));
	},
);

testProp('bytes that are no text are a fault like others', [fc.uint8Array()], (t, bytes) => {
	t.true(read(open, bytes).told.length <= 2);
});

testProp('a message that is written is read as the same', [fc.string({unit: 'grapheme'})], (t, text) => {
	fc.pre(/^[\t\n -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u.test(text));
	const written = createElement('message', {id: text}, createElement('body', {}, text));
	const {elements} = read(open, frame(serialize(written)));
	t.is(elements.length, 1);
	t.is(elements[0]?.attrs.id, text);
	t.is(elements[0] && textOf(child(elements[0], 'body', clientNamespace) ?? elements[0]), text);
});

testProp('whatever a web server says, reading it throws nothing', [fc.oneof(fc.string(), fc.json())], (t, text) => {
	t.notThrows(() => [webSocketsInJson(text), webSocketsInXrd(text), webSocketsInXrd(`<XRD>${text}</XRD>`)]);
});
