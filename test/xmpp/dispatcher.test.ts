import test from 'ava';
import {parseFullJid} from '../../source/shared/jid.js';
import {createDispatcher} from '../../source/xmpp/dispatcher.js';
import type {Element} from '../../source/xmpp/element.js';
import {parseElement} from '../../source/xmpp/parser.js';

function setUp() {
	const own = parseFullJid('juliet@example.org/balcony');
	if (own === undefined) {
		throw new Error('the address of this test is not valid');
	}

	const log: string[] = [];
	const notes: string[] = [];
	const dispatcher = createDispatcher({
		own,
		iq: {receive: stanza => log.push(`iq ${stanza.attrs.id}`)},
		log: {note: (_area, text) => notes.push(text), xml() {}},
	});
	return {
		dispatcher,
		log,
		notes,
		dispatch: (...xml: readonly string[]) =>
			dispatcher.dispatch(xml.map(text => parseElement(text)).filter(stanza => stanza !== undefined)),
	};
}

const ids = (stanzas: readonly Element[]) => stanzas.map(stanza => stanza.attrs.id).join(' ');

test('each kind of stanza goes to those who take it', t => {
	const {dispatcher, dispatch, log} = setUp();
	dispatcher.onMessage(messages => {
		log.push(`message ${ids(messages)}`);
	});
	dispatcher.onPresence(presence => {
		log.push(`presence ${presence.attrs.id}`);
	});
	dispatch("<message id='1'/>", "<presence id='2'/>", "<iq id='3'/>");
	t.deepEqual(log, ['message 1', 'presence 2', 'iq 3']);
});

test('messages in a row are given together, and done before what follows them', t => {
	const {dispatcher, dispatch, log} = setUp();
	dispatcher.onMessage(messages => {
		log.push(`recorded ${ids(messages)}`);
	});
	dispatcher.onPresence(presence => {
		log.push(`presence ${presence.attrs.id}`);
	});
	dispatch(
		"<message id='1'/>",
		"<message id='2'/>",
		"<iq id='3'/>",
		"<message id='4'/>",
		"<presence id='5'/>",
		"<message id='6'/>",
	);
	t.deepEqual(log, ['recorded 1 2', 'iq 3', 'recorded 4', 'presence 5', 'recorded 6']);
});

test('listeners of messages are called one after the other', t => {
	const {dispatcher, dispatch, log} = setUp();
	dispatcher.onMessage(() => {
		log.push('first');
	});
	dispatcher.onMessage(() => {
		log.push('second');
	});
	dispatch('<message/>');
	t.deepEqual(log, ['first', 'second']);
});

test('what cannot be recorded is not taken', t => {
	const {dispatcher, dispatch, log} = setUp();
	dispatcher.onMessage(() => {
		throw new Error('disk full');
	});
	t.throws(() => dispatch("<message id='1'/>", "<iq id='2'/>"), {message: 'disk full'});
	t.deepEqual(log, []);
});

test('a presence listener that fails is noted and keeps nobody from the presence', t => {
	const {dispatcher, dispatch, log, notes} = setUp();
	dispatcher.onPresence(() => {
		throw new Error('mine');
	});
	dispatcher.onPresence(() => {
		log.push('heard');
	});
	dispatch('<presence/>');
	t.deepEqual(log, ['heard']);
	t.deepEqual(notes, ['a presence listener failed: mine']);
});

test('a listener that left hears no more', t => {
	const {dispatcher, dispatch, log} = setUp();
	const leave = dispatcher.onMessage(() => {
		log.push('heard');
	});
	dispatch('<message/>');
	leave();
	dispatch('<message/>');
	t.deepEqual(log, ['heard']);
});

for (const to of ['juliet@example.org/balcony', 'juliet@example.org', 'Juliet@EXAMPLE.org', undefined]) {
	test(`a stanza to ${to ?? 'nobody'} is ours`, t => {
		const {dispatch, log} = setUp();
		dispatch(`<iq id='1' ${to === undefined ? '' : `to='${to}'`}/>`);
		t.deepEqual(log, ['iq 1']);
	});
}

for (const to of ['romeo@example.org', 'example.org', 'juliet@example.net', 'not an address', '']) {
	test(`a stanza to ${to || 'an empty address'} is dropped`, t => {
		const {dispatcher, dispatch, log, notes} = setUp();
		dispatcher.onMessage(() => {
			log.push('message');
		});
		dispatch(`<iq id='1' to='${to}'/>`, `<message to='${to}'/>`);
		t.deepEqual(log, []);
		t.is(notes.length, 2);
	});
}

test('a message for another resource is ours where the server brings it here, a question is not', t => {
	const {dispatcher, dispatch, log, notes} = setUp();
	dispatcher.onMessage(messages => {
		log.push(`message ${ids(messages)}`);
	});
	dispatch("<message id='1' to='juliet@example.org/other'/>", "<iq id='2' to='juliet@example.org/other'/>");
	t.deepEqual(log, ['message 1']);
	t.is(notes.length, 1);
});

for (const from of [
	'',
	'@example.net',
	'a\u200Bb@example.net',
	'romeo@example.net/',
	'x@y@z',
	'\u2163@example.net',
	`${'a'.repeat(1024)}@example.net`,
]) {
	test(`a stanza from “${from.slice(0, 20)}” is dropped`, t => {
		const {dispatch, log} = setUp();
		dispatch(`<iq id='1' from='${from}'/>`);
		t.deepEqual(log, []);
	});
}

test('addresses are normalised for all that follows', t => {
	const {dispatcher, dispatch, log} = setUp();
	dispatcher.onMessage(([message]) => {
		log.push(`${message?.attrs.from} ${message?.attrs.to}`);
	});
	dispatch("<message from='ROMEO@Example.NET./Garden' to='JULIET@example.org'/>");
	t.deepEqual(log, ['romeo@example.net/Garden juliet@example.org']);
});

test('a stanza without sender stays without one', t => {
	const {dispatcher, dispatch, log} = setUp();
	dispatcher.onMessage(([message]) => {
		log.push(String(message && 'from' in message.attrs));
	});
	dispatch('<message/>');
	t.deepEqual(log, ['false']);
});

test('the right name in the wrong namespace is no stanza', t => {
	const {dispatcher, dispatch, log} = setUp();
	dispatcher.onMessage(() => {
		log.push('message');
	});
	dispatch(
		"<message xmlns='jabber:server'/>",
		"<iq xmlns='urn:x'/>",
		"<features xmlns='http://etherx.jabber.org/streams'/>",
	);
	t.deepEqual(log, []);
});
