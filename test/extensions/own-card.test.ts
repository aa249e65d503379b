import test from 'ava';
import {filledCard, formOfCard} from '../../source/extensions/vcard-form.js';
import {vcards4} from '../../source/extensions/vcard4.js';
import type {Element} from '../../source/xmpp/element.js';
import {parseElement} from '../../source/xmpp/parser.js';
import {serialize} from '../../source/xmpp/serialize.js';

function card(inside: string): Element {
	const element = parseElement(`<vCard xmlns='vcard-temp'>${inside}</vCard>`);
	if (element === undefined) {
		throw new Error('the card in the test is not well-formed');
	}

	return element;
}

const inside = (element: Element) => serialize(element).replace(/^<vCard xmlns="vcard-temp">|<\/vCard>$/g, '');
const answers = (element: Element | undefined) =>
	Object.fromEntries(
		formOfCard(element)
			.fields.filter(({values}) => values.some(value => value !== ''))
			.map(({name, values}) => [name, values]),
	);

test('the form has what the card says, of several lines of a kind the first', t => {
	const full = card(`<FN> Juliet\n Capulet</FN><EMAIL><HOME/><USERID>juliet@example.org</USERID></EMAIL>
		<EMAIL><USERID>other@example.org</USERID></EMAIL><ORG><ORGNAME>Capulets</ORGNAME><ORGUNIT>Tower</ORGUNIT></ORG>
		<DESC>one\ntwo</DESC><FN>Another</FN>`);
	t.deepEqual(answers(full), {
		FN: ['Juliet Capulet'],
		EMAIL: ['juliet@example.org'],
		ORG: ['Capulets'],
		DESC: ['one', 'two'],
	});
	t.deepEqual(answers(undefined), {});
});

test('what is filled in takes the place of what was there, and all the rest stays', t => {
	const before = `<VERSION>3.0</VERSION><FN>Juliet</FN><PHOTO><TYPE>image/png</TYPE><BINVAL>aGk=</BINVAL></PHOTO>
		<EMAIL><HOME/><USERID>old@example.org</USERID></EMAIL><EMAIL><USERID>second@example.org</USERID></EMAIL>
		<X-NEW xmlns="urn:example:new"><deep a="1"/></X-NEW><ORG><ORGNAME>C</ORGNAME><ORGUNIT>Tower</ORGUNIT></ORG>`;
	const original = card(before);
	const filled = filledCard(original, {FN: ['Juliet C.'], EMAIL: ['new@example.org'], ORG: ['Montagues']});
	t.is(
		inside(filled),
		inside(card(before)).replace('>Juliet<', '>Juliet C.<').replace('old@', 'new@').replace('>C<', '>Montagues<'),
	);
	t.is(inside(original), inside(card(before)));
});

test('an empty answer takes the line out, and what was not answered or not changed stays as it is written', t => {
	const before = '<FN> Juliet\n  Capulet </FN><NICKNAME>Jule</NICKNAME><DESC>a\nb</DESC>';
	t.is(
		inside(filledCard(card(before), {FN: ['Juliet Capulet'], NICKNAME: [''], DESC: ['a', 'b']})),
		'<FN> Juliet\n  Capulet </FN><DESC>a\nb</DESC>',
	);
	t.is(inside(filledCard(card(before), {})), inside(card(before)));
});

test('a new line is written as the protocol wants it', t => {
	t.is(
		serialize(filledCard(undefined, {FN: ['Juliet'], EMAIL: ['juliet@example.org'], TEL: ['+39'], ORG: ['']})),
		'<vCard xmlns="vcard-temp"><FN>Juliet</FN><EMAIL><INTERNET/><USERID>juliet@example.org</USERID></EMAIL><TEL><VOICE/><NUMBER>+39</NUMBER></TEL></vCard>',
	);
});

test('answers are of a sane length, of one line where one is asked for, and nothing that XML cannot carry', t => {
	const filled = filledCard(undefined, {
		FN: ['Ju\u0000li\net\ud800'],
		DESC: ['one', 'two'],
		ROLE: ['x'.repeat(100_000)],
		constructor: ['odd'],
		PHOTO: ['odd'],
	});
	const {ROLE: [role = ''] = [], ...others} = answers(filled);
	t.deepEqual(others, {FN: ['Juli et\uFFFD'], DESC: ['one', 'two']});
	t.is([...role].length, 4096);
	t.notRegex(serialize(filled), /odd/);
});

const newer = (content: string) => {
	const element = parseElement(`<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'>${content}</vcard>`);
	const [codec] = vcards4.codecs;
	return (element && codec?.decode(element)) as {
		readonly fields: readonly unknown[];
		readonly photos: readonly unknown[];
		readonly omitted: number;
	};
};

test('of a card of the newer kind what is too much is left out', t => {
	const {fields, photos, omitted} = newer(
		'<note><text>x</text></note>'.repeat(130) + '<photo><uri>https://example.org/a</uri></photo>'.repeat(8),
	);
	t.deepEqual([fields.length, photos.length, omitted], [100, 5, 33]);
	const long = newer(`<fn><text>${'x'.repeat(200_000)}</text></fn>`).fields as ReadonlyArray<{readonly value: string}>;
	t.is([...(long[0]?.value ?? '')].length, 512);
});

test('a card of the newer kind is read by names in its namespace only, and pictures in it are not decoded', t => {
	t.deepEqual(
		newer("<fn xmlns='urn:other'><text>x</text></fn><fn>bare</fn><constructor><text>y</text></constructor>"),
		{
			fields: [],
			photos: [],
			omitted: 0,
		},
	);
	t.like(newer('<photo><uri>data:image/png;base64,aGk=</uri></photo>').photos[0], {
		where: 'inside',
		type: 'unknown',
		bytes: 2,
	});
	t.like(newer('<photo><uri>data:image/png;base64,%%</uri></photo>').photos[0], {where: 'unread', why: 'damaged'});
});
