import test from 'ava';
import {XmppcError} from '../../source/shared/errors.js';
import {type FullJid, type Jid, parseFullJid, parseJid} from '../../source/shared/jid.js';
import type {Log} from '../../source/shared/log.js';
import {createElement, type Element} from '../../source/xmpp/element.js';
import {createIq} from '../../source/xmpp/iq.js';
import {parseElement} from '../../source/xmpp/parser.js';
import {serialize} from '../../source/xmpp/serialize.js';
import type {SessionEnd} from '../../source/xmpp/session.js';
import {isStanzaError, refusal} from '../../source/xmpp/stanza-error.js';
import {createManualClock} from '../support/manual-clock.js';

const own = parseFullJid('juliet@example.org/balcony') ?? missing();
const romeo = parseJid('romeo@example.net/garden') ?? missing();
const server = parseJid('example.org') ?? missing();
const account = parseJid('juliet@example.org') ?? missing();

function missing(): never {
	throw new Error('an address of this test is not valid');
}

function setUp() {
	const sent: Element[] = [];
	const notes: string[] = [];
	const endListeners: Array<(end: SessionEnd) => void> = [];
	const clock = createManualClock();
	const log: Log = {note: (_area, text) => notes.push(text), xml() {}};
	const session = {
		jid: own as FullJid,
		send(stanza: Element) {
			serialize(stanza);
			sent.push(stanza);
		},
		onEnd(listener: (end: SessionEnd) => void) {
			endListeners.push(listener);
			return () => {};
		},
	};
	const iq = createIq({session, clock, log});
	return {
		iq,
		clock,
		notes,
		sent,
		written: () => sent.map(stanza => serialize(stanza).replace(/ id="[0-9a-f-]{36}"/, '')),
		receive(xml: string) {
			const stanza = parseElement(xml);
			if (stanza) {
				iq.receive(stanza);
			}
		},
		end() {
			for (const listener of endListeners) {
				listener({recoverable: true});
			}
		},
	};
}

const ping = () => createElement('ping', {xmlns: 'urn:xmpp:ping'});
const settled = () => new Promise(resolve => setImmediate(resolve));

/** What a promise became, or `waiting`. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
	return Promise.race([
		promise.then(
			() => 'resolved',
			error => (error instanceof XmppcError ? error.code : 'rejected'),
		),
		settled().then(() => 'waiting'),
	]);
}

test('a request is answered by the entity it was sent to', async t => {
	const {iq, sent, written, receive} = setUp();
	const answer = iq.request(romeo, 'get', ping());
	t.deepEqual(written(), ['<iq type="get" to="romeo@example.net/garden"><ping xmlns="urn:xmpp:ping"/></iq>']);
	receive(`<iq type='result' from='romeo@example.net/garden' id='${sent[0]?.attrs.id}'><query xmlns='urn:q'/></iq>`);
	t.is((await answer)?.name, 'query');
});

test('an answer may be empty', async t => {
	const {iq, sent, receive} = setUp();
	const answer = iq.request(romeo, 'get', ping());
	receive(`<iq type='result' from='${romeo}' id='${sent[0]?.attrs.id}'/>`);
	t.is(await answer, undefined);
});

test('ids are not to be guessed', async t => {
	const {iq, sent, end} = setUp();
	const answers = Array.from({length: 100}, () => iq.request(romeo, 'get', ping()));
	t.is(new Set(sent.map(stanza => stanza.attrs.id)).size, 100);
	t.true(
		sent.every(stanza =>
			/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(stanza.attrs.id ?? ''),
		),
	);
	end();
	await Promise.allSettled(answers);
});

const accepted: ReadonlyArray<readonly [string, Jid | undefined, readonly string[], readonly string[]]> = [
	[
		'a third party',
		romeo,
		["from='romeo@example.net/garden'"],
		[
			'',
			"from='romeo@example.net'",
			"from='example.net'",
			"from='juliet@example.org'",
			"from='example.org'",
			"from='tybalt@example.net/x'",
		],
	],
	[
		'nobody in particular',
		undefined,
		['', "from='juliet@example.org'", "from='juliet@example.org/balcony'", "from='example.org'"],
		["from='romeo@example.net'", "from='juliet@example.org/other'", "from='example.net'"],
	],
	[
		'the own account',
		account,
		['', "from='juliet@example.org'", "from='juliet@example.org/balcony'", "from='example.org'"],
		["from='romeo@example.net'", "from='juliet@example.org/other'"],
	],
	[
		'the own server',
		server,
		['', "from='example.org'"],
		["from='juliet@example.org'", "from='example.net'", "from='x@example.org'"],
	],
];

for (const [whom, to, good, bad] of accepted) {
	for (const from of good) {
		test(`a request to ${whom} is answered by ${from || 'a stanza without sender'}`, async t => {
			const {iq, sent, receive} = setUp();
			const answer = iq.request(to, 'get', ping());
			receive(`<iq type='result' ${from} id='${sent[0]?.attrs.id}'/>`);
			t.is(await stateOf(answer), 'resolved');
		});
	}

	for (const from of bad) {
		test(`a request to ${whom} waits on after an answer by ${from || 'a stanza without sender'}`, async t => {
			const {iq, sent, receive, notes} = setUp();
			const answer = iq.request(to, 'get', ping());
			receive(`<iq type='result' ${from} id='${sent[0]?.attrs.id}'><forged xmlns='urn:f'/></iq>`);
			receive(`<iq type='error' ${from} id='${sent[0]?.attrs.id}'/>`);
			t.is(await stateOf(answer), 'waiting');
			t.is(notes.length, 2);
			receive(`<iq type='result' ${to === undefined ? '' : `from='${to}'`} id='${sent[0]?.attrs.id}'/>`);
			t.is(await stateOf(answer), 'resolved');
		});
	}
}

test('an answer with an unknown id is ignored', t => {
	const {receive, written} = setUp();
	t.notThrows(() => receive("<iq type='result' id='nobody-asked'/>"));
	t.notThrows(() => receive("<iq type='error' id='__proto__'/>"));
	t.notThrows(() => receive("<iq type='result'/>"));
	t.deepEqual(written(), []);
});

test('a second answer changes nothing', async t => {
	const {iq, sent, receive} = setUp();
	const answer = iq.request(romeo, 'get', ping());
	receive(`<iq type='result' from='${romeo}' id='${sent[0]?.attrs.id}'><first xmlns='urn:f'/></iq>`);
	receive(`<iq type='result' from='${romeo}' id='${sent[0]?.attrs.id}'><second xmlns='urn:f'/></iq>`);
	t.is((await answer)?.name, 'first');
});

test('an error answer says who refused what, in words', async t => {
	const {iq, sent, receive} = setUp();
	const answer = iq.request(romeo, 'get', ping());
	receive(
		`<iq type='error' from='${romeo}' id='${sent[0]?.attrs.id}'><ping xmlns='urn:xmpp:ping'/><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>go \u009B away\n</text><own xmlns='urn:own'/></error></iq>`,
	);
	const error = await t.throwsAsync(answer);
	t.true(isStanzaError(error));
	if (isStanzaError(error)) {
		t.is(error.code, 'stanza-forbidden');
		t.is(error.kind, 'notPermitted');
		t.is(error.type, 'auth');
		t.is(error.text, 'go \uFFFD away');
		t.deepEqual(error.detail, {namespace: 'urn:own', name: 'own'});
		t.is(error.message, 'romeo@example.net/garden refused the request: that is not allowed (“go \uFFFD away”).');
	}
});

test('an error answer that names no condition is an error all the same', async t => {
	for (const content of [
		'',
		'<error/>',
		"<error type='x'><toString xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
	]) {
		const {iq, sent, receive} = setUp();
		const answer = iq.request(romeo, 'get', ping());
		receive(`<iq type='error' from='${romeo}' id='${sent[0]?.attrs.id}'>${content}</iq>`);
		await t.throwsAsync(answer, {code: 'stanza-undefined-condition'});
	}
});

test('a request that nobody answers fails after its time', async t => {
	const {iq, clock, sent, receive} = setUp();
	const long = iq.request(romeo, 'get', ping());
	const short = iq.request(romeo, 'get', ping(), {timeout: 1000});
	clock.advance(1000);
	t.is(await stateOf(short), 'iq-timeout');
	clock.advance(28_999);
	t.is(await stateOf(long), 'waiting');
	clock.advance(1);
	t.is(await stateOf(long), 'iq-timeout');
	receive(`<iq type='result' from='${romeo}' id='${sent[0]?.attrs.id}'/>`);
	t.is(await stateOf(long), 'iq-timeout');
});

test('a request that was answered leaves no timer', async t => {
	const {iq, clock, sent, receive} = setUp();
	const answer = iq.request(romeo, 'get', ping());
	receive(`<iq type='result' from='${romeo}' id='${sent[0]?.attrs.id}'/>`);
	await answer;
	t.is(clock.pending, 0);
});

test('all requests fail when the session ends, and later ones at once', async t => {
	const {iq, clock, end, written} = setUp();
	const answers = [iq.request(romeo, 'get', ping()), iq.request(undefined, 'get', ping())];
	end();
	for (const answer of [...answers, iq.request(romeo, 'get', ping())]) {
		t.is(await stateOf(answer), 'disconnected');
	}

	t.is(written().length, 2);
	t.is(clock.pending, 0);
});

test('the thousand-and-first open request is refused', async t => {
	const {iq, end} = setUp();
	const answers = Array.from({length: 1000}, () => iq.request(romeo, 'get', ping()));
	t.is(await stateOf(iq.request(romeo, 'get', ping())), 'iq-overload');
	end();
	await Promise.allSettled(answers);
});

test('a request that cannot be written fails at once', async t => {
	const {iq, clock} = setUp();
	t.is(await stateOf(iq.request(romeo, 'set', createElement('x', {xmlns: 'urn:x'}, '\0'))), 'illegal-character');
	t.is(clock.pending, 0);
});

const unavailable = '<error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>';

test('a request for something unknown is answered with service-unavailable, to anybody', async t => {
	const {receive, sent} = setUp();
	receive("<iq type='get' from='stranger@example.net/x' id='1'><query xmlns='urn:unknown'/></iq>");
	receive("<iq type='set' id='2'><query xmlns='urn:unknown'/></iq>");
	await settled();
	t.deepEqual(
		sent.map(stanza => serialize(stanza)),
		[
			`<iq type="error" id="1" to="stranger@example.net/x">${unavailable}</iq>`,
			`<iq type="error" id="2">${unavailable}</iq>`,
		],
	);
});

test('a registered answer gets the request and gives the payload', async t => {
	const {iq, receive, sent} = setUp();
	iq.register('urn:xmpp:ping', 'ping', 'get', () => undefined);
	iq.register('jabber:iq:version', 'query', 'get', async ({from, type, payload}) =>
		createElement('query', {xmlns: 'jabber:iq:version', from, type, was: payload.name}),
	);
	receive("<iq type='get' from='a@b/c' id='1'><ping xmlns='urn:xmpp:ping'/></iq>");
	receive("<iq type='get' from='a@b/c' id='2'><query xmlns='jabber:iq:version'/></iq>");
	await settled();
	t.deepEqual(
		sent.map(stanza => serialize(stanza)),
		[
			'<iq type="result" id="1" to="a@b/c"/>',
			'<iq type="result" id="2" to="a@b/c"><query xmlns="jabber:iq:version" from="a@b/c" type="get" was="query"/></iq>',
		],
	);
});

test('the type, the name and the namespace of a request all count', async t => {
	const {iq, receive, written} = setUp();
	iq.register('urn:a', 'query', 'get', () => undefined);
	receive("<iq type='set' id='1'><query xmlns='urn:a'/></iq>");
	receive("<iq type='get' id='2'><query xmlns='urn:b'/></iq>");
	receive("<iq type='get' id='3'><other xmlns='urn:a'/></iq>");
	await settled();
	t.is(written().length, 3);
	t.true(written().every(stanza => stanza.includes('service-unavailable')));
});

test('an answer may refuse, and its failure is told nobody but the log', async t => {
	const {iq, receive, written, notes} = setUp();
	iq.register('urn:a', 'refuse', 'get', () => {
		throw refusal('forbidden');
	});
	iq.register('urn:a', 'fail', 'get', async () => {
		throw new Error('secret detail');
	});
	iq.register('urn:a', 'unwritable', 'get', () => createElement('x', {xmlns: 'urn:a'}, '\u001B'));
	receive("<iq type='get' id='1'><refuse xmlns='urn:a'/></iq>");
	receive("<iq type='get' id='2'><fail xmlns='urn:a'/></iq>");
	receive("<iq type='get' id='3'><unwritable xmlns='urn:a'/></iq>");
	await settled();
	const [refused = '', ...failed] = written();
	t.true(refused.includes('<error type="auth"><forbidden'));
	t.is(failed.length, 2);
	for (const stanza of failed) {
		t.true(stanza.includes('internal-server-error'));
		t.false(stanza.includes('secret'));
	}

	t.is(notes.length, 2);
});

test('a request with no payload or two is a bad request', async t => {
	const {receive, written} = setUp();
	receive("<iq type='get' id='1'/>");
	receive("<iq type='get' id='2'><a xmlns='urn:a'/><b xmlns='urn:b'/></iq>");
	await settled();
	t.is(written().filter(stanza => stanza.includes('bad-request')).length, 2);
});

test('what is no proper iq gets no answer', async t => {
	const {receive, sent} = setUp();
	for (const attributes of [
		"type='get'",
		"type='get' id=''",
		"id='1'",
		"type='subscribe' id='1'",
		"type='GET' id='1'",
		"type='result' id='1'",
		"type='error' id='1'",
	]) {
		receive(`<iq ${attributes}><query xmlns='urn:unknown'/></iq>`);
	}

	await settled();
	t.deepEqual(sent, []);
});

test('no answer goes out after the session ended', async t => {
	const {iq, receive, sent, end} = setUp();
	iq.register('urn:a', 'slow', 'get', async () => {
		await settled();
		return undefined;
	});
	receive("<iq type='get' id='1'><slow xmlns='urn:a'/></iq>");
	end();
	await settled();
	await settled();
	t.deepEqual(sent, []);
});

test('two cannot answer the same request, but one can follow the other', t => {
	const {iq} = setUp();
	const dispose = iq.register('urn:a', 'query', 'get', () => undefined);
	t.throws(() => iq.register('urn:a', 'query', 'get', () => undefined), {code: 'internal'});
	dispose();
	t.notThrows(() => iq.register('urn:a', 'query', 'get', () => undefined));
	dispose();
	t.throws(() => iq.register('urn:a', 'query', 'get', () => undefined), {code: 'internal'});
});
