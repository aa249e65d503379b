import {existsSync, readdirSync, readFileSync} from 'node:fs';
import test from 'ava';
import {extensions} from '../../source/extensions/index.js';
import {bundleNode} from '../../source/omemo/wire/bundle.js';
import {deviceListNode} from '../../source/omemo/wire/device-list.js';
import {encryptedCodecs} from '../../source/omemo/wire/encrypted.js';
import {envelopeElement} from '../../source/omemo/wire/envelope.js';
import {trustMessage} from '../../source/omemo/wire/trust-message.js';
import {attribute, type Codec, childTexts, element, rawChild, text} from '../../source/xmpp/codec.js';
import {base64} from '../../source/xmpp/scalars.js';
import {checkFixture} from '../support/fixture.js';

/**
 * Adding a case is adding two files: `test/fixtures/xeps/<number>/<name>.xml` and `<name>.json` beside it (`rfc6121`
 * and the like where there is no XEP). Names that end in `.read` are only read. See `support/fixture.ts`.
 */
const directory = new URL('../../../test/fixtures/xeps/', import.meta.url);
/** What belongs to no extension, by XEP. */
const encryption: ReadonlyMap<string, readonly Codec<unknown>[]> = new Map([
	[
		'0384',
		[
			deviceListNode('legacy').payload,
			deviceListNode('omemo2').payload,
			bundleNode('legacy', 1).payload,
			bundleNode('omemo2', 1).payload,
			encryptedCodecs.legacy,
			encryptedCodecs.omemo2,
		],
	],
	['0420', [envelopeElement]],
	['0450', [trustMessage]],
]);
const codecs: readonly Codec<unknown>[] = [
	...extensions.flatMap(extension => extension.codecs),
	...[...encryption.values()].flat(),
];

const files = existsSync(directory)
	? readdirSync(directory, {recursive: true, encoding: 'utf8'}).filter(file => /\.(?:xml|json)$/.test(file))
	: [];
const names = [...new Set(files.map(file => file.replace(/\.(?:xml|json)$/, '')))].sort();
const outcomes = names.map(name => {
	const read = (ending: string) => readFileSync(new URL(`${name}.${ending}`, directory), 'utf8');
	return checkFixture({xml: read('xml'), json: read('json'), readOnly: name.endsWith('.read')}, codecsFor(name));
});

/** Those of the XEP a fixture lies under; without a XEP, those of the extensions that name none. */
function codecsFor(name: string): readonly Codec<unknown>[] {
	const [xep = ''] = name.split('/');
	const beside = encryption.get(xep);
	if (beside !== undefined) {
		return beside;
	}

	const named = extensions.filter(extension => extension.xep === xep);
	return (named.length > 0 ? named : extensions.filter(extension => extension.xep === undefined)).flatMap(
		extension => extension.codecs,
	);
}

for (const [index, name] of names.entries()) {
	test(`${name} is read and written as the fixture says`, t => {
		const outcome = outcomes[index];
		t.not(typeof outcome, 'string', typeof outcome === 'string' ? outcome : undefined);
	});
}

test('every codec is proven by a fixture', t => {
	t.deepEqual(
		codecs.filter(codec => !outcomes.includes(codec)).map(codec => `${codec.name} in ${codec.namespace}`),
		[],
	);
});

const hello = element('urn:hello', 'hello', {to: attribute('to'), also: childTexts('also')});
const check = (xml: string, json: string, readOnly = false) =>
	checkFixture({xml, json, readOnly}, [element('urn:hello', 'hello', {from: attribute('from')}), hello]);
const xml = `
	<message>
		<hello xmlns='urn:hello' to='you'>
			<also>me</also>
			<also>him</also>
		</hello>
	</message>`;

test('the runner finds the element and the codec that fits', t => {
	t.is(check(xml, '{"to": "you", "also": ["me", "him"]}'), hello);
});

test('the runner sees a value that differs', t => {
	t.regex(
		String(check(xml, '{"to": "you", "also": ["him", "me"]}')),
		/decodes to \{"to":"you","also":\["me","him"\]\}/,
	);
	t.regex(String(check(xml, 'null')), /decodes to/);
});

test('the runner sees an element that is not written again', t => {
	const odd = xml.replace("to='you'", "to='you' odd='1'");
	const json = '{"to": "you", "also": ["me", "him"]}';
	t.regex(String(check(odd, json)), /encodes to <hello/);
	t.is(check(odd, json, true), hello);
});

test('the runner takes null for an element that must not decode', t => {
	t.not(typeof check("<hello xmlns='urn:hello'/>", 'null'), 'string');
});

test('the runner refuses XML that is none or that nobody knows', t => {
	t.is(check('<hello>', 'null'), 'the XML is not one well-formed element');
	t.is(check('<bye/>', 'null'), 'no codec knows any element of it');
});

test('the runner shows elements as XML and bytes as base64', t => {
	const data = element('urn:d', 'data', {bytes: text(base64)});
	const wrap = element('urn:w', 'wrap', {message: rawChild('message', 'jabber:client')});
	t.is(
		checkFixture({xml: "<data xmlns='urn:d'>aGk=</data>", json: '{"bytes": "aGk="}', readOnly: false}, [data]),
		data,
	);
	t.is(
		checkFixture(
			{
				xml: "<wrap xmlns='urn:w'><message xmlns='jabber:client' to='b' from='a'/></wrap>",
				json: '{"message": "<message from=\\"a\\" to=\\"b\\"/>"}',
				readOnly: false,
			},
			[wrap],
		),
		wrap,
	);
});
