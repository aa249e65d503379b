import test from 'ava';
import {here, juliet, romeo, type Scene, scene, withRomeo} from './scene.js';

const orchard = `${romeo}/orchard`;
const body = (text: string) => `<body>${text}</body>`;
let count = 0;
const fromRomeo = (content: string, attributes = "type='chat'") =>
	`<message from='${orchard}' to='${here}' id='p${count++}' ${attributes}>${content}</message>`;
const texts = ({storage}: Scene) => storage.messages.page(withRomeo, {limit: 50}).map(({body}) => body);

/** What is shown of messages, one after the other. */
async function shownOf(it: Scene, ...contents: readonly string[]): Promise<readonly string[]> {
	const before = texts(it).length;
	await it.server.bring(...contents.map(content => fromRomeo(content)));
	return texts(it).slice(before);
}

const geoloc = (inner: string) => `<geoloc xmlns='http://jabber.org/protocol/geoloc'>${inner}</geoloc>`;
const oob = (url: string, desc = '') =>
	`<x xmlns='jabber:x:oob'><url>${url}</url>${desc === '' ? '' : `<desc>${desc}</desc>`}</x>`;

test('a location says where that is, in numbers and in names, with a URI that opens it', async t => {
	t.deepEqual(
		await shownOf(
			await scene(t),
			geoloc('<lat>55.7558</lat><lon>37.6173</lon><accuracy>20</accuracy>'),
			geoloc('<lat>45.44</lat><lon>-12.33</lon><country>Italy</country><locality>Venice</locality>'),
			geoloc('<description>The balcony,\n next to the orchard</description>'),
			geoloc('<lat>+00.0000001</lat><lon>-0</lon><alt>1609.25</alt>'),
		),
		[
			'Location: 55.7558, 37.6173 (accuracy 20 m) geo:55.7558,37.6173;u=20',
			'Location: 45.44, -12.33, Venice, Italy geo:45.44,-12.33',
			'Location: The balcony, next to the orchard',
			'Location: 0, 0 geo:0,0,1609.3',
		],
	);
});

test('a text that is nothing but a geo URI is a location, with what stands beside it; another text stays as it is', async t => {
	const place = geoloc('<lat>55.7558</lat><lon>37.6173</lon><accuracy>20</accuracy><locality>Moscow</locality>');
	t.deepEqual(
		await shownOf(
			await scene(t),
			body('geo:55.7558,37.6173;u=20'),
			body(' GEO:-1.5,.5,12;crs=wgs84?z=3 '),
			body('geo:55.7558,37.6173') + place,
			body('I am here') + place,
			body('geo:1,2') + place,
			body('I am at geo:1,2'),
		),
		[
			'Location: 55.7558, 37.6173 (accuracy 20 m) geo:55.7558,37.6173;u=20',
			'Location: -1.5, 0.5 geo:-1.5,0.5,12',
			'Location: 55.7558, 37.6173 (accuracy 20 m), Moscow geo:55.7558,37.6173;u=20',
			'I am here\nLocation: 55.7558, 37.6173 (accuracy 20 m), Moscow geo:55.7558,37.6173;u=20',
			'Location: 1, 2 geo:1,2\nLocation: 55.7558, 37.6173 (accuracy 20 m), Moscow geo:55.7558,37.6173;u=20',
			'I am at geo:1,2',
		],
	);
});

test('what is no place on Earth is no location', async t => {
	const odd = ['geo:1e1,2', 'geo:91,0', 'geo:0,181', 'geo:,', 'geo:1', 'geo:1,2;crs=nad27', 'geo:0x1,2', 'geo:1,NaN'];
	const it = await scene(t);
	t.deepEqual(await shownOf(it, ...odd.map(body)), odd);
	t.deepEqual(
		await shownOf(
			it,
			geoloc(''),
			geoloc('<lat>91</lat><lon>0</lon>'),
			geoloc('<lat>1e1</lat><lon>1</lon>'),
			geoloc('<lat>1</lat>'),
			geoloc(`<lat>${'1'.repeat(10_000)}</lat><lon>1</lon>`),
			geoloc('<place><lat>1</lat><lon>1</lon></place>'),
			"<geoloc xmlns='urn:other'><lat>1</lat><lon>1</lon></geoloc>",
		),
		[],
	);
	t.deepEqual(await shownOf(it, geoloc('<lat>1</lat><lon>2</lon><datum>NAD27</datum><accuracy>-5</accuracy>')), [
		'Location: 1, 2, by NAD27',
	]);
});

test('the names of a place are short, on one line, and never many', async t => {
	const [text = ''] = await shownOf(await scene(t), geoloc(`<text>${'x\n'.repeat(100_000)}</text>`));
	t.true(text.length < 150);
	t.false(text.includes('\n'));
});

test('a link beside the text is a file where the text is nothing else, and is shown with its description where it is not', async t => {
	const url = 'https://example.net/map.png';
	t.deepEqual(
		await shownOf(
			await scene(t),
			body(url) + oob(url, 'A map'),
			body('The way to the orchard') + oob(url, 'A map'),
			oob(url),
			oob(url, 'A\n map') + oob(url) + oob('https://example.net/2'),
			body('Nothing to see') + oob('javascript alert') + oob('') + oob('no-address'),
			body('Odd') + oob(`https://example.net/${'a'.repeat(5000)}`),
		),
		[
			'[image map.png]',
			`The way to the orchard\nA map: ${url}`,
			url,
			`A map: ${url}\nhttps://example.net/2`,
			'Nothing to see',
			'Odd',
		],
	);
});

test('no more than a few links of one message are shown', async t => {
	const many = Array.from({length: 1000}, (_, index) => oob(`https://example.net/${index}`)).join('');
	const [text = ''] = await shownOf(await scene(t), body('Look') + many);
	t.is(text.split('\n').length, 6);
});

const file = "<file xmlns='urn:xmpp:file:metadata:0'>";
const source =
	"<sources><url-data xmlns='http://jabber.org/protocol/url-data' target='https://example.net/s.jpg'/></sources>";

test('a message without a text says what it is, where it is for a person', async t => {
	t.deepEqual(
		await shownOf(
			await scene(t),
			`<file-sharing xmlns='urn:xmpp:sfs:0'>${file}<name>summit.jpg</name><media-type>image/jpeg</media-type><size>3032449</size></file>${source}</file-sharing>`,
			`<file-sharing xmlns='urn:xmpp:sfs:0'>${file}<size>-1</size></file></file-sharing>`,
			`<sticker xmlns='urn:xmpp:stickers:0' pack='x'/><file-sharing xmlns='urn:xmpp:sfs:0'>${file}<desc>😘</desc></file></file-sharing>`,
			"<sticker xmlns='urn:xmpp:stickers:0'/>",
			`<reference xmlns='urn:xmpp:reference:0' type='data'><media-sharing xmlns='urn:xmpp:sims:1'>
				<file xmlns='urn:xmpp:jingle:apps:file-transfer:5'><name>a‮gpj.exe</name></file>
				<sources><reference xmlns='urn:xmpp:reference:0' type='data' uri='https://example.net/a'/></sources></media-sharing></reference>`,
			"<invite xmlns='urn:xmpp:call-invites:0' video='true'><jingle sid='sid1'/></invite>",
			"<attention xmlns='urn:xmpp:attention:0'/>",
			"<confirm xmlns='http://jabber.org/protocol/http-auth' id='a' method='GET' url='https://example.net'/>",
		),
		[
			'[image 3.0 MB summit.jpg]',
			'[file, not available]',
			'[sticker: 😘]',
			'[A sticker]',
			'[file a\\u{202e}gpj.exe]',
			'[Invitation to a video call (calls are not supported by xmppc)]',
			'[Wants your attention]',
			'[Asks you to confirm that you log in to a web site, which xmppc cannot do]',
		],
	);
});

test('what programs tell each other is shown to nobody', async t => {
	const it = await scene(t);
	t.deepEqual(
		await shownOf(
			it,
			"<composing xmlns='http://jabber.org/protocol/chatstates'/>",
			"<displayed xmlns='urn:xmpp:chat-markers:0' id='x'/>",
			"<received xmlns='urn:xmpp:receipts' id='x'/>",
			"<store xmlns='urn:xmpp:hints'/>",
			"<reactions xmlns='urn:xmpp:reactions:0' id='x'/>",
			"<reference xmlns='urn:xmpp:reference:0' type='mention' uri='xmpp:juliet@example.org'/>",
			"<accept xmlns='urn:xmpp:call-invites:0' id='x'/>",
			"<attention xmlns='urn:xmpp:attention:0'/><delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25Z'/>",
			`<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='http://jabber.org/protocol/geoloc'><item id='1'>${geoloc('<lat>1</lat><lon>1</lon>')}</item></items></event>`,
			"<x xmlns='urn:unheard-of'><body>text</body></x>",
		),
		[],
	);
	t.deepEqual(
		it.server.written.slice(-1).filter(text => text.startsWith('<message')),
		[],
	);
});

const described = (about: string, title: string, site = '') =>
	`<rdf:Description xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:og='https://ogp.me/ns#' rdf:about='${about}'>
		<og:title>${title}</og:title>${site === '' ? '' : `<og:site_name>${site}</og:site_name>`}<og:image>https://example.net/i.png</og:image></rdf:Description>`;

test('what is said of a link is shown where the person wishes it, and only of links that are in the text', async t => {
	const it = await scene(t);
	const message = body('See https://example.net/a and more') + described('https://example.net/a', 'A title', 'A site');
	t.deepEqual(await shownOf(it, message), ['See https://example.net/a and more']);

	await it.actions.changeSetting({name: 'links.metadata', value: true});
	const asked = it.server.asked.length;
	t.deepEqual(
		await shownOf(
			it,
			message,
			body('https://example.net/a') + described('https://example.net/b', 'Another'),
			body('https://example.net/abc') + described('https://example.net/a', 'A part of it'),
			described('https://example.net/a', 'Without a text'),
			body('https://example.net/a') + described('https://example.net/a', `  T\n${'x'.repeat(100_000)}`),
			body('https://example.net/a') + described('https://example.net/a', '  '),
		),
		[
			'See https://example.net/a and more\n[A title – A site]',
			'https://example.net/a',
			'https://example.net/abc',
			`https://example.net/a\n[T ${'x'.repeat(197)}…]`,
			'https://example.net/a',
		],
	);
	t.is(it.server.asked.length, asked);
});

test('of one link one thing is said, and of many links of a few', async t => {
	const it = await scene(t);
	await it.actions.changeSetting({name: 'links.metadata', value: true});
	const links = [1, 2, 3, 4, 5].map(number => `https://example.net/${number}`);
	const [text = ''] = await shownOf(
		it,
		body(links.join(' ')) + links.map(link => described(link, link.slice(-1)) + described(link, 'again')).join(''),
	);
	t.deepEqual(text.split('\n').slice(1), ['[1]', '[2]', '[3]']);
});

test('a message in an encryption that is not known is called by its namespace’s name, whatever it calls itself', async t => {
	const eme = (namespace: string, name = '') =>
		`<encryption xmlns='urn:xmpp:eme:0' namespace='${namespace}' name='${name}'/>`;
	t.deepEqual(
		await shownOf(
			await scene(t),
			body('secret') + eme('urn:xmpp:openpgp:0', 'Harmless'),
			body('secret') + eme('urn:example:new', 'New\u0085 &#x202E;one'),
			body('secret') + eme('urn:example:new'),
		),
		[
			'[This message is encrypted with OpenPGP. xmppc cannot read OpenPGP yet.]',
			'[This message is encrypted with New\u{FFFD} one. xmppc cannot read New\u{FFFD} one yet.]',
			'[This message is encrypted with urn:example:new. xmppc cannot read urn:example:new yet.]',
		],
	);
});

const spoiler = (hint: string, more = '') => `<spoiler xmlns='urn:xmpp:spoiler:0' ${more}>${hint}</spoiler>`;

test('a text that is to be opened before it is read is recorded as one, with its hint as one short line', async t => {
	const it = await scene(t);
	await it.server.bring(
		fromRomeo(body('They die') + spoiler('The end')),
		fromRomeo(body('They die') + spoiler('')),
		fromRomeo(body('They die') + spoiler('Fi', "xml:lang='ca'") + spoiler('  The\nend ')),
		fromRomeo(body('They die') + spoiler('x'.repeat(100_000))),
		fromRomeo(`${body('*plain*')}<unstyled xmlns='urn:xmpp:styling:0'/>`),
		fromRomeo(body('They live')),
		fromRomeo(spoiler('Nothing to open')),
	);
	const messages = it.storage.messages.page(withRomeo, {limit: 50});
	t.deepEqual(
		messages.map(({spoiler}) => spoiler),
		['The end', '', 'The end', `${'x'.repeat(199)}…`, undefined, undefined],
	);
	t.deepEqual(
		messages.map(({unstyled}) => unstyled),
		[undefined, undefined, undefined, undefined, true, undefined],
	);
	t.deepEqual(
		it.saw.all('message.recorded').map(({message}) => message),
		messages,
	);
});

test('a text that is to be opened first says so on its way', async t => {
	const it = await scene(t);
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'They die', spoiler: ' The\nend\u0000 '});
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'They die', spoiler: ''});
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'They live'});
	const [first = '', second = '', third = ''] = it.server.written.slice(-3);
	t.regex(first, /<body>They die<\/body><spoiler xmlns="urn:xmpp:spoiler:0">The end<\/spoiler>/);
	t.regex(second, /<spoiler xmlns="urn:xmpp:spoiler:0"\/>/);
	t.notRegex(third, /spoiler/);
	t.deepEqual(
		it.storage.messages.page(withRomeo, {limit: 3}).map(({spoiler}) => spoiler),
		['The end', '', undefined],
	);
});
