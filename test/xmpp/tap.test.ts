import test from 'ava';
import {silentLog} from '../../source/shared/log.js';
import {createElement, type Element} from '../../source/xmpp/element.js';
import {parseElement} from '../../source/xmpp/parser.js';
import {logElement, logName} from '../../source/xmpp/redaction.js';
import type {PassedXml} from '../../source/xmpp/tap.js';

/** What somebody sees who watches while this passes. */
function seen(xml: string, direction: '<' | '>' = '<'): PassedXml | undefined {
	const element = parseElement(xml);
	let passed: PassedXml | undefined;
	const tap = {
		isOpen: () => true,
		passed(each: PassedXml) {
			passed = each;
		},
	};
	if (element !== undefined) {
		logElement({log: silentLog, tap}, direction, element);
	}

	return passed;
}

const client = 'jabber:client';

test('a stanza is shown indented, with whom it is from and to', t => {
	t.deepEqual(
		seen(
			`<message xmlns='${client}' from='romeo@example.net/x' to='juliet@example.org' type='chat'><body>a &lt; b</body><active xmlns='urn:a'/><x xmlns='urn:b'><y>1</y><z/></x></message>`,
		),
		{
			direction: 'in',
			name: 'message',
			from: 'romeo@example.net/x',
			to: 'juliet@example.org',
			text: [
				'<message xmlns="jabber:client" from="romeo@example.net/x" to="juliet@example.org" type="chat">',
				'\t<body>a &lt; b</body>',
				'\t<active xmlns="urn:a"/>',
				'\t<x xmlns="urn:b">',
				'\t\t<y>1</y>',
				'\t\t<z/>',
				'\t</x>',
				'</message>',
			].join('\n'),
		},
	);
});

const secret = 's3cr3t';
const secrets: Readonly<Record<string, string>> = {
	'a changed password': `<iq xmlns='${client}'><query xmlns='jabber:iq:register'><password>${secret}</password></query></iq>`,
	'the password of a room': `<presence xmlns='${client}'><x xmlns='http://jabber.org/protocol/muc'><password>${secret}</password></x></presence>`,
	'the password of an invitation': `<message xmlns='${client}'><x xmlns='jabber:x:conference' jid='a@b' password='${secret}'/></message>`,
	'the password of a room in its form': `<iq xmlns='${client}'><x xmlns='jabber:x:data'><field var='muc#roomconfig_roomsecret'><value>${secret}</value></field></x></iq>`,
	'a private field of a form': `<iq xmlns='${client}'><x xmlns='jabber:x:data'><field type='text-private' var='a'><value>${secret}</value></field></x></iq>`,
	'what an upload shows to the store': `<iq xmlns='${client}'><slot xmlns='urn:xmpp:http:upload:0'><put url='https://a'><header name='Authorization'>${secret}</header></put></slot></iq>`,
	'what a relay wants to see': `<iq xmlns='${client}'><services xmlns='urn:xmpp:extdisco:2'><service username='${secret}' password='${secret}'/></services></iq>`,
	'a token of a login': `<success xmlns='urn:xmpp:sasl:2'><token xmlns='urn:xmpp:fast:0' token='${secret}'/></success>`,
	'words of a login': `<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${secret}</response>`,
	'a step of a login within a login': `<authenticate xmlns='urn:xmpp:sasl:2'><initial-response>${secret}</initial-response></authenticate>`,
};

for (const [what, xml] of Object.entries(secrets)) {
	test(`nobody reads over the shoulder ${what}`, t => {
		const text = seen(xml)?.text ?? '';
		t.false(text.includes(secret), text);
		t.true(text.includes('[hidden]'), text);
	});
}

test('of what is written during a login only the name is told', t => {
	const names: string[] = [];
	const tap = {isOpen: () => true, passed: ({text}: PassedXml) => names.push(text)};
	logName({log: silentLog, tap}, '>', createElement('auth', {mechanism: 'PLAIN'}, secret));
	t.deepEqual(names, ['<auth/>']);
});

test('nothing is made of a stanza that nobody watches', t => {
	const element = createElement('message', {}, 'body');
	Object.defineProperty(element, 'children', {
		get: () => t.fail('it was looked into'),
	});
	logElement({log: silentLog, tap: {isOpen: () => false, passed: () => t.fail()}}, '<', element);
	logElement({log: silentLog}, '<', element);
	t.pass();
});

test('a huge stanza is cut, and a deep one too', t => {
	const shown = (element: Element) => {
		const texts: string[] = [];
		const tap = {isOpen: () => true, passed: ({text}: PassedXml) => texts.push(text)};
		logElement({log: silentLog, tap}, '<', element);
		return texts.join();
	};
	const huge = shown(createElement('message', {}, createElement('body', {}, 'x'.repeat(100_000)), createElement('a')));
	t.true(huge.length < 21_000);
	t.true(huge.endsWith('…'));
	const many = shown(
		createElement(
			'message',
			{},
			Array.from({length: 50_000}, () => createElement('a')),
		),
	);
	t.true(many.length < 80_000);
	let deep = createElement('a', {}, 'bottom');
	for (let depth = 0; depth < 2000; depth++) {
		deep = createElement('a', {}, deep);
	}

	t.false(shown(deep).includes('bottom'));
	t.true(shown(deep).includes('…'));
});
