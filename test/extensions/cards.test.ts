import {createHash} from 'node:crypto';
import test from 'ava';
import {pictureHeader} from '../../source/extensions/picture-header.js';
import {vcardElement} from '../../source/extensions/vcard-elements.js';
import type {Vcard} from '../../source/model/vcard.js';
import {createElement} from '../../source/xmpp/element.js';
import {parseElement} from '../../source/xmpp/parser.js';
import {picture} from '../support/pictures.js';

/** What is read of a card with this in it. */
function card(inside: string): Vcard {
	const element = parseElement(`<vCard xmlns='vcard-temp'>${inside}</vCard>`);
	const read = element === undefined ? undefined : vcardElement.decode(element);
	if (read === undefined) {
		throw new Error('the card in the test is not well-formed');
	}

	return read;
}

const photo = (bytes: Uint8Array, type = '') =>
	`<PHOTO>${type === '' ? '' : `<TYPE>${type}</TYPE>`}<BINVAL>${Buffer.from(bytes).toString('base64')}</BINVAL></PHOTO>`;
const values = ({fields}: Vcard) => fields.map(({kind, value}) => [kind, value]);

/** A card with a photo of which the text is never parsed: as large as no stream brings it. */
function cardWith(base64: string): Vcard | undefined {
	const binval = createElement('BINVAL', {}, base64);
	return vcardElement.decode(createElement('vCard', {xmlns: 'vcard-temp'}, createElement('PHOTO', {}, binval)));
}

test('lines keep the order of the card, and lose white space that only lays it out', t => {
	const read = card(
		'<ROLE>nurse</ROLE>\n<FN>\n  Angelica \n the Nurse </FN><DESC>\n one\n   two \n</DESC><NOTE>three</NOTE><URL>https://example.org/</URL>',
	);
	t.deepEqual(values(read), [
		['role', 'nurse'],
		['fullName', 'Angelica the Nurse'],
		['description', 'one\ntwo'],
		['note', 'three'],
		['url', 'https://example.org/'],
	]);
});

test('who has no full name has that of its parts, in the order in which they are said', t => {
	const parts = '<N><FAMILY>Capulet</FAMILY><GIVEN>Juliet</GIVEN><PREFIX>Lady</PREFIX><SUFFIX/></N>';
	t.deepEqual(values(card(`<URL>u</URL>${parts}`)), [
		['fullName', 'Lady Juliet Capulet'],
		['url', 'u'],
	]);
	t.deepEqual(values(card(`${parts}<FN>Juliet</FN>`)), [['fullName', 'Juliet']]);
	t.deepEqual(values(card('<N><FAMILY/></N>')), []);
});

test('numbers and addresses say what they are for', t => {
	const read = card(
		`<TEL><WORK/><FAX/><NUMBER>1</NUMBER></TEL><TEL><CELL/><NUMBER>2</NUMBER></TEL>
		<ADR><HOME/><STREET>Via Cappello 23</STREET><LOCALITY>Verona</LOCALITY><CTRY>Italy</CTRY></ADR>
		<LABEL><LINE>House of Capulet</LINE><LINE>Verona</LINE></LABEL>
		<ORG><ORGNAME>Capulets</ORGNAME><ORGUNIT>Kitchen</ORGUNIT></ORG>`,
	);
	t.deepEqual(read.fields, [
		{kind: 'phone', value: '1', places: ['work', 'fax']},
		{kind: 'phone', value: '2', places: ['mobile']},
		{kind: 'address', value: 'Via Cappello 23, Verona, Italy', places: ['home']},
		{kind: 'address', value: 'House of Capulet, Verona'},
		{kind: 'organisation', value: 'Capulets, Kitchen'},
	]);
});

test('of a broken card that is read which can be', t => {
	const read = card(
		`text <EMAIL>angelica@example.org</EMAIL><TEL>555</TEL><TEL><NUMBER/></TEL><BDAY/><constructor>x</constructor><fn>small</fn>
		<FN xmlns='urn:other'>Other</FN><TITLE><B>nested</B> junk <ADR><FN>deep</FN></ADR></TITLE><AGENT><vCard><FN>Agent</FN></vCard></AGENT>
		<ADR><STREET><LOCALITY>Verona</LOCALITY></STREET></ADR><GEO><LAT>1</LAT></GEO>`,
	);
	t.deepEqual(values(read), [
		['email', 'angelica@example.org'],
		['phone', '555'],
		['title', 'junk'],
	]);
});

test('of ten thousand lines a hundred are kept, and the others counted', t => {
	const read = card('<NOTE>spam</NOTE>'.repeat(10_000));
	t.is(read.fields.length, 100);
	t.is(read.omitted, 9900);
});

test('a line and a text are kept as far as anybody reads', t => {
	const read = card(
		`<FN>${'a'.repeat(100_000)}</FN><DESC>${'b'.repeat(100_000)}</DESC><ORG>${'<ORGUNIT>unit</ORGUNIT>'.repeat(5000)}</ORG>`,
	);
	const [name, text, organisation] = read.fields.map(({value}) => value);
	t.is(name, `${'a'.repeat(511)}…`);
	t.is(text, `${'b'.repeat(4095)}…`);
	t.true((organisation ?? '').length <= 512 && organisation?.startsWith('unit, unit') === true);
});

test('of a picture its kind, its size and its hash are told, whatever the card calls it', t => {
	const png = picture('PNG', {width: 64, height: 48});
	t.deepEqual(card(photo(png, 'image/gif')).photos, [
		{
			where: 'inside',
			type: 'PNG',
			width: 64,
			height: 48,
			bytes: png.length,
			sha1: createHash('sha1').update(png).digest('hex'),
			claimed: 'image/gif',
		},
	]);
	const html = Buffer.from('<html><script>alert(1)</script></html>');
	t.like(card(photo(html, 'image/png')).photos[0], {type: 'unknown', claimed: 'image/png', bytes: html.length});
	for (const type of ['JPEG', 'GIF', 'WebP'] as const) {
		t.like(card(photo(picture(type))).photos[0], {where: 'inside', type});
	}
});

test('base64 in lines is read', t => {
	const bytes = picture('JPEG');
	const lines = Buffer.from(bytes)
		.toString('base64')
		.replace(/(.{7})/g, '$1\r\n\t\t');
	t.like(card(`<PHOTO><BINVAL>\n${lines}\n</BINVAL></PHOTO>`).photos[0], {type: 'JPEG', bytes: bytes.length});
});

test('a picture that cannot be read is told of, one that is not there is not', t => {
	t.deepEqual(card('<PHOTO><BINVAL>%%%</BINVAL></PHOTO>').photos, [{where: 'unread', why: 'damaged'}]);
	t.deepEqual(card('<PHOTO/><PHOTO><BINVAL/></PHOTO><PHOTO><BINVAL>  </BINVAL></PHOTO>').photos, []);
	t.deepEqual(card('<PHOTO><TYPE>image/png</TYPE><EXTVAL>https://example.org/a.png</EXTVAL></PHOTO>').photos, [
		{where: 'elsewhere', address: 'https://example.org/a.png'},
	]);
});

test('a picture of more than a mebibyte is not looked at', t => {
	const mebibyte = 1024 * 1024;
	const encoded = (length: number) => Buffer.alloc(length).toString('base64');
	t.like(cardWith(encoded(mebibyte))?.photos[0], {where: 'inside', bytes: mebibyte});
	const tooLarge = [{where: 'unread', why: 'too large'}] as const;
	t.deepEqual(cardWith(encoded(mebibyte + 3))?.photos, tooLarge);
	t.deepEqual(cardWith('A'.repeat(100 * mebibyte))?.photos, tooLarge);
	t.deepEqual(cardWith(`${' '.repeat(100 * mebibyte)}AAAA`)?.photos, tooLarge);
});

test('of many pictures five are looked at', t => {
	const read = card(photo(picture('GIF')).repeat(50));
	t.is(read.photos.length, 5);
	t.is(read.omitted, 45);
});

test('a header that lies or ends early tells no size', t => {
	const cut = (length: number) => pictureHeader(picture('PNG').subarray(0, length));
	t.deepEqual(cut(7), {type: 'unknown'});
	t.deepEqual(cut(8), {type: 'PNG'});
	t.deepEqual(cut(23), {type: 'PNG'});
	t.deepEqual(cut(24), {type: 'PNG', width: 1, height: 1});
	t.deepEqual(pictureHeader(picture('PNG', {width: 0, height: 5})), {type: 'PNG'});
	t.deepEqual(pictureHeader(picture('PNG', {width: 2 ** 32 - 1, height: 5})), {type: 'PNG'});
	const other = Buffer.from(picture('PNG'));
	other.write('tEXt', 12);
	t.deepEqual(pictureHeader(other), {type: 'PNG'});
	t.deepEqual(pictureHeader(new Uint8Array()), {type: 'unknown'});
});
