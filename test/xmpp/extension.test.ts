import test from 'ava';
import type {Event} from '../../source/model/events.js';
import {parseFullJid} from '../../source/shared/jid.js';
import {attribute, element} from '../../source/xmpp/codec.js';
import {createDispatcher} from '../../source/xmpp/dispatcher.js';
import {createElement, type Element} from '../../source/xmpp/element.js';
import {
	attachExtensions,
	defineExtension,
	type Extension,
	type ExtensionContext,
	inOrder,
} from '../../source/xmpp/extension.js';
import {createIq} from '../../source/xmpp/iq.js';
import {parseElement} from '../../source/xmpp/parser.js';
import {serialize} from '../../source/xmpp/serialize.js';
import type {Session} from '../../source/xmpp/session.js';
import {createManualClock} from '../support/manual-clock.js';

type Ports = {readonly names: ReadonlyMap<string, string>};

function setUp() {
	const jid = parseFullJid('juliet@example.org/balcony');
	if (jid === undefined) {
		throw new Error('the address of this test is not valid');
	}

	const sent: Element[] = [];
	const notes: string[] = [];
	const published: Event[] = [];
	const clock = createManualClock();
	const log = {note: (_area: string, text: string) => notes.push(text), xml() {}};
	const session: Session = {
		jid,
		features: {rosterVersioning: false, preApproval: false, clientState: false, streamManagement: false},
		isCounted: true,
		security: {tls: 'TLSv1.3', mechanism: 'SCRAM-SHA-256', certificate: ''},
		send: stanza => sent.push(stanza),
		flush: async () => {},
		sendNonza() {},
		onEnd: () => () => {},
		onInterrupt: () => () => {},
		probe: () => undefined,
		end: async () => {},
	};
	const iq = createIq({session, clock, log});
	const dispatcher = createDispatcher({own: jid, iq, log});
	const ports: Ports = {names: new Map([['romeo', 'Romeo Montague']])};
	const host = {session, iq, dispatcher, ports, clock, log, publish: (event: Event) => published.push(event)};
	return {
		host,
		notes,
		published,
		written: () => sent.map(stanza => serialize(stanza)),
		async receive(xml: string) {
			const stanza = parseElement(xml);
			dispatcher.dispatch(stanza ? [stanza] : []);
			await new Promise(resolve => setImmediate(resolve));
		},
	};
}

/** An extension for these tests: all header fields that do not matter are filled in. */
function extension<Api, Needs = unknown>(
	name: string,
	attach: (context: ExtensionContext<Needs>) => Api,
	rest: Partial<Extension<Api, Needs>> = {},
): Extension<Api, Needs> {
	return defineExtension({
		name,
		since: '0.1.0',
		status: 'complete',
		features: [],
		requires: [],
		codecs: [],
		...rest,
		attach,
	});
}

const greeter = defineExtension({
	name: 'greeter',
	xep: '9999',
	version: '1.0',
	since: '0.1.0',
	status: 'complete',
	features: ['urn:greet'],
	requires: [],
	codecs: [element('urn:greet', 'hello', {to: attribute('to')})],
	attach({ports}: ExtensionContext<Ports>) {
		return {greet: (name: string) => `Hello, ${ports.names.get(name)}`};
	},
});

test('an extension is asked for by its value and typed by it', t => {
	const {host} = setUp();
	const {use} = attachExtensions([greeter], host);
	const greeting: string = use(greeter).greet('romeo');
	t.is(greeting, 'Hello, Romeo Montague');
});

test('the header of an extension can be read without attaching it', t => {
	t.is(greeter.xep, '9999');
	t.deepEqual(
		greeter.codecs.map(codec => codec.name),
		['hello'],
	);
});

test('an extension uses those it requires, wherever they are listed', t => {
	const {host} = setUp();
	const polite = extension('polite', ({use}) => ({say: () => `${use(greeter).greet('romeo')}!`}), {
		requires: [greeter],
	});
	const {use} = attachExtensions([polite, greeter], host);
	t.is(use(polite).say(), 'Hello, Romeo Montague!');
});

test('an extension cannot use what it does not require', t => {
	const {host} = setUp();
	const careless = extension('careless', ({use}) => use(greeter));
	t.throws(() => attachExtensions([greeter, careless], host), {
		message: /“careless” uses “greeter” without requiring it/,
	});
});

test('what is not attached cannot be used', t => {
	const {host} = setUp();
	t.throws(() => attachExtensions([], host).use(greeter), {message: /“greeter” is not attached/});
});

test('extensions keep the order of the list where nothing is required', t => {
	const [a, b, c] = ['a', 'b', 'c'].map(name => extension(name, () => undefined));
	t.assert(a && b && c);
	if (a && b && c) {
		const d = extension('d', () => undefined, {requires: [c]});
		t.deepEqual(
			inOrder([b, d, a, c]).map(({name}) => name),
			['b', 'c', 'd', 'a'],
		);
	}
});

test('a circle of requirements is refused and named', t => {
	const requires: Array<Extension<unknown>> = [];
	const first = extension('first', () => undefined, {requires});
	const second = extension('second', () => undefined, {requires: [first]});
	requires.push(second);
	t.throws(() => inOrder([first, second]), {message: /first → second → first/});
});

test('a requirement that is not listed is refused', t => {
	const needy = extension('needy', () => undefined, {requires: [greeter]});
	t.throws(() => inOrder([needy]), {message: /“needy” requires one that is not in the list/});
});

test('two extensions of one name are refused', t => {
	t.throws(() => inOrder([extension('a', () => undefined), extension('a', () => undefined)]), {message: /called “a”/});
});

test('the features of all extensions are known to each, once', t => {
	const {host} = setUp();
	let seen: readonly string[] = [];
	const first = extension(
		'first',
		({features}) => {
			seen = features;
		},
		{features: ['urn:a', 'urn:b']},
	);
	const attached = attachExtensions(
		[first, extension('second', () => undefined, {features: ['urn:b', 'urn:c']})],
		host,
	);
	t.deepEqual(seen, ['urn:a', 'urn:b', 'urn:c']);
	t.deepEqual(attached.features, seen);
});

test('what an extension registers works until the session is over', async t => {
	const {host, receive, written} = setUp();
	const heard: string[] = [];
	const listening = extension('listening', context => {
		context.onIq('urn:xmpp:ping', 'ping', 'get', () => undefined);
		context.onMessage(() => {
			heard.push('message');
		});
		context.onPresence(() => {
			heard.push('presence');
		});
	});
	const attached = attachExtensions([listening], host);
	const stanzas = ['<message/>', '<presence/>', "<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>"];
	for (const stanza of stanzas) {
		await receive(stanza);
	}

	attached.dispose();
	for (const stanza of stanzas) {
		await receive(stanza);
	}

	t.deepEqual(heard, ['message', 'presence']);
	t.is(written()[0], '<iq type="result" id="1"/>');
	t.true(written()[1]?.includes('service-unavailable'));
});

test('an extension can take a registration back earlier', async t => {
	const {host, receive} = setUp();
	const heard: string[] = [];
	const once = extension('once', ({onPresence}) => {
		const leave = onPresence(() => {
			heard.push('presence');
			leave();
		});
	});
	const attached = attachExtensions([once], host);
	await receive('<presence/>');
	await receive('<presence/>');
	t.notThrows(() => attached.dispose());
	t.deepEqual(heard, ['presence']);
});

test('extensions are taken down last first, and what they register afterwards is taken back at once', t => {
	const {host, published} = setUp();
	const log: string[] = [];
	let late: ExtensionContext | undefined;
	const first = extension('first', ({onDispose}) => onDispose(() => log.push('first')));
	const second = extension('second', context => {
		late = context;
		context.onDispose(() => log.push('second'));
	});
	attachExtensions([first, second], host).dispose();
	t.deepEqual(log, ['second', 'first']);
	late?.onDispose(() => log.push('late'));
	late?.publish({type: 'notice', level: 'info', text: 'late', at: 0});
	t.deepEqual(log, ['second', 'first', 'late']);
	t.deepEqual(published, []);
});

test('an extension that cannot be attached leaves nothing behind', t => {
	const {host} = setUp();
	const log: string[] = [];
	const first = extension('first', ({onDispose}) => onDispose(() => log.push('taken down')));
	const broken = extension('broken', () => {
		throw new Error('no');
	});
	t.throws(() => attachExtensions([first, broken], host), {message: 'no'});
	t.deepEqual(log, ['taken down']);
});

test('started and resumed are two signals, told in order', async t => {
	const {host, notes} = setUp();
	const log: string[] = [];
	const first = extension('first', ({onStarted, onResumed}) => {
		onStarted(async () => {
			log.push('first begins');
			await new Promise(resolve => setImmediate(resolve));
			log.push('first is done');
		});
		onResumed(() => {
			log.push('first resumes');
		});
	});
	const failing = extension('failing', ({onStarted}) => {
		onStarted(() => {
			throw new Error('no answer');
		});
	});
	const second = extension('second', ({onStarted}) => {
		onStarted(() => {
			log.push('second begins');
		});
	});
	const attached = attachExtensions([first, failing, second], host);
	await attached.started();
	t.deepEqual(log, ['first begins', 'second begins', 'first is done']);
	t.deepEqual(notes, ['an extension could not start: no answer']);
	await attached.resumed();
	t.deepEqual(log.slice(3), ['first resumes']);
	attached.dispose();
	await attached.resumed();
	t.is(log.length, 4);
});

test('an extension asks, and says what happened', async t => {
	const {host, written, published, receive} = setUp();
	const asking = extension('asking', ({request, publish}) => ({
		async ask() {
			const answer = await request(undefined, 'get', createElement('query', {xmlns: 'urn:q'}));
			publish({type: 'notice', level: 'info', text: answer?.name ?? 'nothing', at: 0});
		},
	}));
	const {use} = attachExtensions([asking], host);
	const done = use(asking).ask();
	const id = / id="([^"]+)"/.exec(written()[0] ?? '')?.[1];
	await receive(`<iq type='result' id='${id}'><answer xmlns='urn:q'/></iq>`);
	await done;
	t.deepEqual(published, [{type: 'notice', level: 'info', text: 'answer', at: 0}]);
});
