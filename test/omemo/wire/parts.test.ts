import test from 'ava';
import type {OmemoVersion} from '../../../source/model/device.js';
import {legacyText, type Parts, partsOf, rebuilt, type Shown} from '../../../source/omemo/wire/parts.js';
import {children, createElement, type Element} from '../../../source/xmpp/element.js';
import {serialize} from '../../../source/xmpp/serialize.js';
import {xml} from './arbitrary.js';

const said = {
	body: '<body>Wherefore art thou?</body>',
	subject: '<subject>Names</subject>',
	thread: '<thread>orchard</thread>',
	originId: '<origin-id xmlns="urn:xmpp:sid:0" id="1"/>',
	store: '<store xmlns="urn:xmpp:hints"/>',
	request: '<request xmlns="urn:xmpp:receipts"/>',
	markable: '<markable xmlns="urn:xmpp:chat-markers:0"/>',
	active: '<active xmlns="http://jabber.org/protocol/chatstates"/>',
	replace: '<replace xmlns="urn:xmpp:message-correct:0" id="0"/>',
	retract: '<retract xmlns="urn:xmpp:message-retract:1" id="0"/>',
	reply: '<reply xmlns="urn:xmpp:reply:0" to="romeo@example.net" id="0"/>',
	fallback: '<fallback xmlns="urn:xmpp:fallback:0" for="urn:xmpp:reply:0"><body start="0" end="9"/></fallback>',
	filler: '<fallback xmlns="urn:xmpp:fallback:0" for="urn:xmpp:sfs:0"><body/></fallback>',
	reactions: '<reactions xmlns="urn:xmpp:reactions:0" id="0"><reaction>🌹</reaction></reactions>',
	oob: '<x xmlns="jabber:x:oob"><url>https://example.org/rose.jpg</url></x>',
	sharing: '<file-sharing xmlns="urn:xmpp:sfs:0"><sources/></file-sharing>',
	mention: '<reference xmlns="urn:xmpp:reference:0" type="mention" uri="xmpp:romeo@example.net"/>',
	invitation: '<x xmlns="jabber:x:conference" jid="balcony@rooms.example.org" password="rose"/>',
	unknown: '<new xmlns="urn:example:new"/>',
	forwarded: '<forwarded xmlns="urn:xmpp:forward:0"><message/></forwarded>',
} as const;
type Kind = keyof typeof said;
const kinds = Object.keys(said) as readonly Kind[];

const whole = xml(`<message id='1' type='chat'>${Object.values(said).join('')}</message>`);
const kindsIn = (elements: readonly Element[]) =>
	elements.map(element => {
		const written = serialize(element);
		return kinds.find(kind => said[kind] === written) ?? written;
	});
const partKinds = (version: OmemoVersion, shown?: Shown) => {
	const {inside, outside, withheld}: Parts = partsOf(whole, version, shown);
	return {inside: kindsIn(inside), outside: kindsIn(outside), withheld: kindsIn(withheld)};
};

test('in today’s version everything is hidden but what servers need', t => {
	t.deepEqual(partKinds('omemo2'), {
		inside: kinds.filter(kind => !['originId', 'store', 'forwarded'].includes(kind)),
		outside: ['originId', 'store'],
		withheld: ['forwarded'],
	});
});

test('in the legacy version one text is hidden, and what says nothing of its own stays outside', t => {
	t.deepEqual(partKinds('legacy'), {
		inside: ['body'],
		outside: ['originId', 'store', 'request', 'markable', 'active', 'replace', 'retract'],
		withheld: [
			...(['subject', 'thread', 'reply', 'fallback', 'filler', 'reactions'] as const),
			...(['oob', 'sharing', 'mention', 'invitation', 'unknown', 'forwarded'] as const),
		],
	});
});

test('in the legacy version answers and reactions are shown to servers where the person allows it', t => {
	const added = (shown: Shown) =>
		partKinds('legacy', shown).outside.filter(kind => !partKinds('legacy').outside.includes(kind));
	t.deepEqual(added({replies: true}), ['thread', 'reply', 'fallback']);
	t.deepEqual(added({reactions: true}), ['reactions']);
	t.deepEqual(partKinds('legacy', {replies: true, reactions: true}).inside, ['body']);
});

test('no element is lost or doubled when a message is taken apart', t => {
	for (const version of ['legacy', 'omemo2'] as const) {
		const {inside, outside, withheld} = partKinds(version);
		t.deepEqual([...inside, ...outside, ...withheld].sort(), [...kinds].sort());
	}
});

test('what can be seen of a text, a link or a file is nowhere outside, whatever the person allows', t => {
	for (const version of ['legacy', 'omemo2'] as const) {
		const {outside} = partsOf(whole, version, {replies: true, reactions: true});
		t.notRegex(outside.map(element => serialize(element)).join(''), /Wherefore|Names|rose\.jpg|sources|password/);
	}
});

test('a second body in the legacy version has no place', t => {
	const translated = xml("<message><body>Hark</body><body xml:lang='de'>Horch</body></message>");
	const {inside, withheld} = partsOf(translated, 'legacy');
	t.deepEqual(
		[inside, withheld].map(elements => elements.map(element => serialize(element))),
		[['<body>Hark</body>'], ['<body xml:lang="de">Horch</body>']],
	);
});

test('the parts are copies that keep the namespace they were in', t => {
	const message = createElement('message', {}, createElement('body', {}, 'Hark'));
	const [body] = partsOf(message, 'omemo2').inside;
	t.is(body?.attrs.xmlns, 'jabber:client');
	t.not(body, children(message)[0]);
	t.is(children(message)[0]?.parent, message);
});

const received = xml(
	`<message from='romeo@example.net/orchard' to='juliet@example.org' id='1' type='chat' xml:lang='en'>
		<body>A sentence for clients that cannot decrypt.</body>
		<encrypted xmlns='urn:xmpp:omemo:2'/>
		<encrypted xmlns='eu.siacs.conversations.axolotl'/>
		<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2'/>
		<stanza-id xmlns='urn:xmpp:sid:0' id='2' by='juliet@example.org'/>
		<occupant-id xmlns='urn:xmpp:occupant-id:0' id='3'/>
		<delay xmlns='urn:xmpp:delay' stamp='2026-07-01T12:00:00Z'/>
		<envelope xmlns='urn:xmpp:sce:1'><content><body xmlns='jabber:client'>in clear</body></content></envelope>
		<trust-message xmlns='urn:xmpp:tm:1'/>
		${Object.entries(said)
			.filter(([kind]) => kind !== 'body')
			.map(([, written]) => written)
			.join('')}
	</message>`,
);
const hidden = xml('<body>Wherefore art thou?</body>');
const outer = ['stanza-id', 'occupant-id', 'delay'];
const namesIn = (element: Element) => children(element).map(({name}) => name);

test('a rebuilt message of today’s version has what was inside, and of the outside what servers vouch for', t => {
	const reply = xml(said.reply);
	const message = rebuilt(received, [hidden, reply], 'omemo2');
	t.deepEqual(namesIn(message), [...outer, 'origin-id', 'store', 'body', 'reply']);
	t.regex(serialize(message), /<body>Wherefore art thou\?<\/body>/);
});

test('a rebuilt message of the legacy version has what its clients cannot hide, too', t => {
	t.deepEqual(namesIn(rebuilt(received, [hidden], 'legacy')), [
		...outer,
		...['thread', 'origin-id', 'store', 'request', 'markable', 'active', 'replace', 'retract'],
		...['reply', 'fallback', 'reactions', 'body'],
	]);
});

test('a rebuilt message is the stanza it came in, but for its children', t => {
	const message = rebuilt(received, [hidden], 'omemo2');
	t.deepEqual({...message.attrs}, {...received.attrs});
	t.is(message.name, 'message');
	t.true(message.children.every(node => typeof node !== 'string'));
});

test('the sender’s own id inside overrules the one outside', t => {
	const inner = xml('<origin-id xmlns="urn:xmpp:sid:0" id="inside"/>');
	const message = rebuilt(received, [inner], 'omemo2');
	t.deepEqual(
		children(message)
			.filter(({name}) => name === 'origin-id')
			.map(({attrs}) => attrs.id),
		['inside'],
	);
});

test('rebuilding changes neither the stanza nor what was inside', t => {
	const before = serialize(received);
	rebuilt(received, [hidden], 'omemo2');
	t.is(serialize(received), before);
	t.is(hidden.parent, null);
});

test('what was taken apart is whole again', t => {
	const {inside, outside} = partsOf(whole, 'omemo2');
	const stanza = createElement('message', {...whole.attrs}, ...outside);
	const again = kindsIn(children(rebuilt(stanza, inside, 'omemo2')));
	t.deepEqual([...again].sort(), kinds.filter(kind => kind !== 'forwarded').sort());
});

test('in the legacy version a hint that a text is to be opened first is folded into it, and beside it nobody sees it', t => {
	const message = (more: string) => xml(`<message><body>They die</body>${more}</message>`);
	const spoiler = "<spoiler xmlns='urn:xmpp:spoiler:0'>The end</spoiler>";
	const written = (more: string) => legacyText(message(more), partsOf(message(more), 'legacy').inside);
	t.is(written(spoiler), 'Spoiler: The end\n\nThey die');
	t.is(written("<spoiler xmlns='urn:xmpp:spoiler:0'/>"), 'Spoiler\n\nThey die');
	t.is(written(''), 'They die');
	t.is(written(spoiler + said.fallback), 'They die');
	t.deepEqual(kindsIn(partsOf(message(spoiler), 'legacy').outside), []);
	t.is(partsOf(message(spoiler), 'omemo2').inside.length, 2);
});
