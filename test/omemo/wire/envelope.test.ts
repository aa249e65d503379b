import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {
	decodeEnvelope,
	type Envelope,
	type Expected,
	encodeEnvelope,
	envelopeElement,
	type Random,
} from '../../../source/omemo/wire/envelope.js';
import {createElement, type Element, textOf} from '../../../source/xmpp/element.js';
import {serialize} from '../../../source/xmpp/serialize.js';
import {balcony, damaged, garbage, juliet, nurse, romeo, xml} from './arbitrary.js';

const noon = Date.UTC(2026, 6, 1, 12);
const body = (text: string) => createElement('body', {}, text);
const said: Envelope = {content: [body('Wherefore art thou?')], from: juliet, to: romeo, time: noon};
const expected: Expected = {from: juliet, to: romeo, isGroup: false, at: noon};
const inRoom: Expected = {from: juliet, to: balcony, isGroup: true, at: noon};
/** Bytes that are all the same. */
const always =
	(byte: number): Random =>
	length =>
		new Uint8Array(length).fill(byte);
const text = (value: string) => new TextEncoder().encode(value);
const envelope = (inner: string) => text(`<envelope xmlns='urn:xmpp:sce:1'>${inner}</envelope>`);
const written = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
const contentOf = (bytes: Uint8Array, wanted = expected) => {
	const opened = decodeEnvelope(bytes, wanted);
	return opened.ok ? opened.content.map(element => serialize(element)) : opened.reason;
};

test('an envelope carries its content, who says it to whom, and when', t => {
	const xmlText = written(encodeEnvelope(said, always(0)));
	t.regex(
		xmlText,
		/^<envelope xmlns="urn:xmpp:sce:1"><content><body xmlns="jabber:client">Wherefore art thou\?<\/body><\/content>/,
	);
	t.regex(xmlText, /<from jid="juliet@example\.org"\/><to jid="romeo@example\.net"\/>/);
	t.regex(xmlText, /<time stamp="2026-07-01T12:00:00Z"\/><rpad>A+<\/rpad><\/envelope>$/);
});

test('an envelope is read as it was written', t => {
	const opened = decodeEnvelope(encodeEnvelope(said, always(7)), expected);
	t.true(opened.ok);
	t.like(opened, {time: noon, isTimeDoubtful: false});
	t.deepEqual(contentOf(encodeEnvelope(said, always(7))), ['<body>Wherefore art thou?</body>']);
});

test('short texts are equally long, but for the random part', t => {
	const length = (value: string, random: Random) => encodeEnvelope({...said, content: [body(value)]}, random).length;
	t.is(length('No', always(0)), 512);
	t.is(length('Yes, and with all my heart', always(0)), 512);
	t.is(length('é€🌹', always(0)), 512);
	t.true(length('x'.repeat(600), always(0)) > 800);
});

test('the random part has up to two hundred characters, none of them the same each time', t => {
	const random =
		(first: number): Random =>
		length =>
			length === 4 ? new Uint8Array([0, 0, 0, first]) : new Uint8Array(length).map((_, index) => index * 37);
	const lengths = [0, 1, 200, 201].map(first => encodeEnvelope(said, random(first)).length);
	t.deepEqual(lengths, [512, 513, 712, 512]);
	const [, padding = ''] = /<rpad>([^<]*)<\/rpad>/.exec(written(encodeEnvelope(said, random(200)))) ?? [];
	t.regex(padding, /^[\w-]+$/);
	t.true(new Set(padding).size > 30);
});

test('a padding longer than ours is no reason to refuse', t => {
	t.deepEqual(contentOf(envelope(`<content/><rpad>${'x'.repeat(100_000)}</rpad>`)), []);
});

test('an envelope of another sender is refused', t => {
	const bytes = encodeEnvelope(said, always(0));
	t.deepEqual(decodeEnvelope(bytes, {...expected, from: nurse}), {ok: false, reason: 'wrong-sender'});
});

test('an envelope for somebody else is refused', t => {
	const bytes = encodeEnvelope(said, always(0));
	t.deepEqual(decodeEnvelope(bytes, {...expected, to: nurse}), {ok: false, reason: 'wrong-recipient'});
});

test('what was said in a room is not taken for a private message, nor the reverse', t => {
	const bytes = encodeEnvelope({...said, to: balcony}, always(0));
	t.is(contentOf(bytes), 'wrong-recipient');
	t.deepEqual(contentOf(bytes, inRoom), ['<body>Wherefore art thou?</body>']);
	t.is(contentOf(encodeEnvelope(said, always(0)), inRoom), 'wrong-recipient');
});

test('without a recipient an envelope is good for two people, but not for a room', t => {
	const bytes = envelope("<content/><from jid='juliet@example.org'/>");
	t.deepEqual(contentOf(bytes), []);
	t.is(contentOf(bytes, inRoom), 'recipient-missing');
});

test('without a sender an envelope is good, and a full address means the account', t => {
	t.deepEqual(contentOf(envelope('<content/>')), []);
	t.deepEqual(
		contentOf(envelope("<content/><from jid='juliet@example.org/phone'/><to jid='ROMEO@example.net/phone'/>")),
		[],
	);
});

test('a time far from the stanza’s, or none at all where one should be, is doubtful and no more', t => {
	const doubt = (stamp: string, tolerance?: number) => {
		const opened = decodeEnvelope(
			envelope(`<content/><time stamp='${stamp}'/>`),
			tolerance === undefined ? expected : {...expected, tolerance},
		);
		return opened.ok && opened.isTimeDoubtful;
	};
	t.false(doubt('2026-07-01T12:15:00Z'));
	t.true(doubt('2026-07-01T12:15:01Z'));
	t.false(doubt('2026-07-01T11:45:00Z'));
	t.true(doubt('2026-07-01T11:44:59Z'));
	t.false(doubt('2026-07-01T14:00:00+02:00'));
	t.false(doubt('2026-07-01T11:44:59Z', 3_600_000));
	t.true(doubt('2026-07-01T12:00:00'));
	t.true(doubt(''));
	t.like(decodeEnvelope(envelope('<content/>'), expected), {isTimeDoubtful: false});
});

test('what is not exactly one envelope is malformed', t => {
	const wrong = [
		'',
		' ',
		'Wherefore art thou?',
		'<envelope/>',
		"<envelope xmlns='urn:xmpp:sce:0'><content/></envelope>",
		"<content xmlns='urn:xmpp:sce:1'/>",
		"<envelope xmlns='urn:xmpp:sce:1'><content></envelope>",
		"<envelope xmlns='urn:xmpp:sce:1'><content/></envelope><envelope xmlns='urn:xmpp:sce:1'><content/></envelope>",
		"<!DOCTYPE x [<!ENTITY a 'b'>]><envelope xmlns='urn:xmpp:sce:1'><content>&a;</content></envelope>",
		"<envelope xmlns='urn:xmpp:sce:1'><content/><!-- hidden --></envelope>",
		"<envelope xmlns='urn:xmpp:sce:1'><content/></envelope></stream:stream>",
		"\uFEFF<envelope xmlns='urn:xmpp:sce:1'><content/></envelope>",
		"<envelope xmlns='urn:xmpp:sce:1'><content>\u0007</content></envelope>",
		`<envelope xmlns='urn:xmpp:sce:1'><content>${'<a>'.repeat(80)}${'</a>'.repeat(80)}</content></envelope>`,
	];
	for (const value of wrong) {
		t.is(contentOf(text(value)), 'malformed', value.slice(0, 80));
	}
});

test('bytes that are no UTF-8 are malformed', t => {
	const bytes = envelope('<content/><rpad>x</rpad>');
	t.deepEqual(contentOf(bytes), []);
	for (const bad of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
		const at = written(bytes).indexOf('x</rpad>');
		t.is(contentOf(new Uint8Array([...bytes.slice(0, at), ...bad, ...bytes.slice(at)])), 'malformed');
	}
});

const forbidden = [
	"<store xmlns='urn:xmpp:hints'/>",
	"<no-copy xmlns='urn:xmpp:hints'/>",
	"<stanza-id xmlns='urn:xmpp:sid:0' id='1' by='romeo@example.net'/>",
	"<delay xmlns='urn:xmpp:delay' stamp='2020-01-01T00:00:00Z'/>",
	"<x xmlns='jabber:x:delay' stamp='20200101T00:00:00'/>",
	"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='1'/>",
	"<x xmlns='http://jabber.org/protocol/muc#user'><invite from='nurse@example.org'/></x>",
	"<private xmlns='urn:xmpp:carbons:2'/>",
	"<sent xmlns='urn:xmpp:carbons:2'/>",
	"<received xmlns='urn:xmpp:carbons:2'/>",
	"<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'/></forwarded>",
	"<result xmlns='urn:xmpp:mam:2' id='1'/>",
	"<result xmlns='urn:xmpp:mam:3' id='1'/>",
	"<encrypted xmlns='eu.siacs.conversations.axolotl'/>",
	"<encrypted xmlns='urn:xmpp:omemo:1'/>",
	"<encrypted xmlns='urn:xmpp:omemo:2'/>",
	"<x xmlns='jabber:x:encrypted'/>",
	"<openpgp xmlns='urn:xmpp:openpgp:0'/>",
	"<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2'/>",
	"<addresses xmlns='http://jabber.org/protocol/address'/>",
	"<envelope xmlns='urn:xmpp:sce:1'/>",
	"<event xmlns='http://jabber.org/protocol/pubsub#event'/>",
	"<moderated xmlns='urn:xmpp:message-moderate:1' by='nurse@example.org'/>",
	"<error xmlns='jabber:client' type='cancel'/>",
	"<message xmlns='jabber:client'/>",
];

for (const element of forbidden) {
	test(`inside an envelope ${element} does not count`, t => {
		const bytes = envelope(`<content>${element}<body xmlns='jabber:client'>Hark</body></content>`);
		t.deepEqual(contentOf(bytes), ['<body>Hark</body>']);
	});
}

test('what nobody has heard of, an own id and an opt-out count inside an envelope', t => {
	const inner = [
		'<new xmlns="urn:example:new"/>',
		'<origin-id xmlns="urn:xmpp:sid:0" id="1"/>',
		'<opt-out xmlns="urn:xmpp:omemo:2"/>',
	];
	t.deepEqual(contentOf(envelope(`<content>${inner.join('')}</content>`)), inner);
});

test('a body without its namespace does not count', t => {
	t.deepEqual(contentOf(envelope('<content><body>Hark</body></content>')), []);
});

test('what a room is about cannot be changed behind its back', t => {
	const inner = "<subject xmlns='jabber:client'>Hark</subject>";
	t.deepEqual(contentOf(envelope(`<content>${inner}</content>`)), ['<subject>Hark</subject>']);
	t.deepEqual(contentOf(envelope(`<content>${inner}</content><to jid='balcony@rooms.example.org'/>`), inRoom), []);
});

testProp(
	'every text arrives as it was said, whatever the padding',
	[fc.string({unit: 'grapheme-composite'}), fc.infiniteStream(fc.nat(255))],
	(t, value, stream) => {
		const random: Random = length => new Uint8Array([...stream.take(length)]);
		const bytes = encodeEnvelope({...said, content: [body(value)]}, random);
		const opened = decodeEnvelope(bytes, expected);
		t.true(bytes.length >= 512);
		t.deepEqual(opened.ok && opened.content.map(textOf), [value]);
	},
);

testProp('no bytes make the reading of an envelope throw', [fc.uint8Array()], (t, bytes) => {
	t.deepEqual(decodeEnvelope(bytes, expected), {ok: false, reason: 'malformed'});
});

const whole: Element = envelopeElement.encode({
	content: [body('Hark'), xml("<replace xmlns='urn:xmpp:message-correct:0' id='1'/>")],
	from: juliet,
	to: romeo,
	stamp: '2026-07-01T12:00:00Z',
	padding: 'x',
});

testProp(
	'whatever an envelope holds, it is refused or has content that may be inside',
	[
		garbage(
			['envelope', 'content', 'from', 'to', 'time', 'rpad', 'encrypted', 'body'],
			['jid', 'stamp'],
			['urn:xmpp:sce:1', 'urn:xmpp:omemo:2', 'jabber:client'],
		),
		damaged(whole),
	],
	(t, ...elements) => {
		for (const element of elements) {
			const opened = decodeEnvelope(text(serialize(element)), expected);
			t.true(!opened.ok || opened.content.every(({name}) => name !== 'encrypted'));
		}
	},
);
