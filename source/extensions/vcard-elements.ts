/**
 * The element of XEP-0054: vcard-temp, version 1.3.0. https://xmpp.org/extensions/xep-0054.html
 * Cards are written by whoever likes, in many ways: what can be read is, what cannot is left out, and all of it is bounded.
 */
import {createHash} from 'node:crypto';
import type {Vcard, VcardField, VcardFieldKind, VcardPhoto, VcardPlace} from '../model/vcard.js';
import {shortened} from '../shared/text.js';
import {codec} from '../xmpp/codec.js';
import {child, children, childrenNamed, type Element, nameOf, namespaceOf, textOf} from '../xmpp/element.js';
import {base64} from '../xmpp/scalars.js';
import {pictureHeader} from './picture-header.js';

export const vcardNamespace = 'vcard-temp';

/** What is kept of a card: more of it nobody reads. */
const mostFields = 100;
const mostPhotos = 5;
/** Code points of a line, of a text, of what a picture is called. */
const longestLine = 512;
const longestText = 4096;
const longestType = 64;
/** Parts of an organisation or an address that are joined. */
const mostParts = 20;

/** Bytes of the largest picture that is looked at. */
const largestPhoto = 1024 * 1024;
/** Characters of base64 that so many bytes are, and with line breaks and indentation around each 76 of them. */
const longestBase64 = Math.ceil(largestPhoto / 3) * 4;
const longestSpacedBase64 = 2 * longestBase64;

/**
 * A card; without anything in it also the question for one. What is written is made in `vcard-form.ts`: to change a card all
 * of it has to be sent back (§3.2), also what nobody here reads.
 */
export const vcardElement = codec<Vcard>(vcardNamespace, 'vCard', {decode: readCard, encode() {}});

export const emptyCard: Vcard = {fields: [], photos: [], omitted: 0};

type ReadField = (element: Element) => string;

/** The order is that of the card; this is only which of its elements are read, and how. */
const readers: Readonly<Record<string, {readonly kind: VcardFieldKind; readonly read: ReadField}>> = {
	FN: {kind: 'fullName', read: lineOf},
	NICKNAME: {kind: 'nickname', read: lineOf},
	BDAY: {kind: 'birthday', read: lineOf},
	ORG: {kind: 'organisation', read: element => joined(element, ['ORGNAME', 'ORGUNIT'])},
	TITLE: {kind: 'title', read: lineOf},
	ROLE: {kind: 'role', read: lineOf},
	DESC: {kind: 'description', read: proseOf},
	NOTE: {kind: 'note', read: proseOf},
	URL: {kind: 'url', read: lineOf},
	EMAIL: {kind: 'email', read: element => partOf(element, 'USERID')},
	TEL: {kind: 'phone', read: element => partOf(element, 'NUMBER')},
	ADR: {
		kind: 'address',
		// CTRY is the name (§6); some write what the older draft had.
		read: element => joined(element, ['POBOX', 'EXTADD', 'STREET', 'LOCALITY', 'REGION', 'PCODE', 'CTRY', 'COUNTRY']),
	},
	LABEL: {kind: 'address', read: element => joined(element, ['LINE'])},
	JABBERID: {kind: 'jid', read: lineOf},
};

const places: ReadonlyArray<readonly [name: string, place: VcardPlace]> = [
	['HOME', 'home'],
	['WORK', 'work'],
	['CELL', 'mobile'],
	['FAX', 'fax'],
	['PAGER', 'pager'],
];

function readCard(card: Element): Vcard {
	const fields: VcardField[] = [];
	const photos: VcardPhoto[] = [];
	let omitted = 0;
	for (const element of children(card)) {
		if (namespaceOf(element) !== vcardNamespace) {
			continue;
		}

		if (nameOf(element) === 'PHOTO') {
			// Beyond the bound none is even decoded.
			const photo = photos.length < mostPhotos ? readPhoto(element) : undefined;
			if (photo !== undefined) {
				photos.push(photo);
			} else if (photos.length >= mostPhotos) {
				omitted++;
			}

			continue;
		}

		const field = readField(element);
		if (field !== undefined && fields.length < mostFields) {
			fields.push(field);
		} else if (field !== undefined) {
			omitted++;
		}
	}

	return {fields: withName(fields, card), photos, omitted};
}

function readField(element: Element): VcardField | undefined {
	const name = nameOf(element);
	const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
	const value = reader?.read(element) ?? '';
	if (reader === undefined || value === '') {
		return undefined;
	}

	const named = places.filter(([each]) => child(element, each, vcardNamespace) !== undefined).map(([, place]) => place);
	return {kind: reader.kind, value, ...(named.length === 0 ? {} : {places: named})};
}

/** Who has no full name in the card may have its parts there. */
function withName(fields: readonly VcardField[], card: Element): readonly VcardField[] {
	const parts = child(card, 'N', vcardNamespace);
	if (parts === undefined || fields.some(({kind}) => kind === 'fullName')) {
		return fields;
	}

	const value = joined(parts, ['PREFIX', 'GIVEN', 'MIDDLE', 'FAMILY', 'SUFFIX'], ' ', 'named');
	return value === '' ? fields : [{kind: 'fullName', value}, ...fields];
}

function lineOf(element: Element): string {
	return trimmed(textOf(element), longestLine).replace(/\s+/gu, ' ');
}

function proseOf(element: Element): string {
	return trimmed(textOf(element), longestText).replace(/[ \t]*\n[ \t]*/gu, '\n');
}

/** No more of a huge text is looked at than can be kept. */
function trimmed(text: string, most: number): string {
	return shortened(text.slice(0, 4 * most).trim(), most);
}

/** The text of a part; some write it without the part (§6 forbids it). */
function partOf(element: Element, name: string): string {
	const part = child(element, name, vcardNamespace);
	return lineOf(part ?? element);
}

/** Texts of parts in the order they stand, or in that of their names. */
function joined(
	element: Element,
	names: readonly string[],
	separator = ', ',
	order: 'written' | 'named' = 'written',
): string {
	const parts = children(element).filter(
		part => namespaceOf(part) === vcardNamespace && names.includes(nameOf(part)) && lineOf(part) !== '',
	);
	const ordered =
		order === 'written'
			? parts
			: parts.toSorted((one, other) => names.indexOf(nameOf(one)) - names.indexOf(nameOf(other)));
	return shortened(ordered.slice(0, mostParts).map(lineOf).join(separator), longestLine);
}

/** A picture without anything in it is none. */
function readPhoto(photo: Element): VcardPhoto | undefined {
	const inside = childrenNamed(photo, 'BINVAL', vcardNamespace)
		.map(textOf)
		.find(text => text !== '');
	const picture = inside === undefined ? undefined : readPicture(inside, photo);
	if (picture !== undefined) {
		return picture;
	}

	const address = child(photo, 'EXTVAL', vcardNamespace);
	const text = address === undefined ? '' : lineOf(address);
	return text === '' ? undefined : {where: 'elsewhere', address: text};
}

function readPicture(text: string, photo: Element): VcardPhoto | undefined {
	const type = child(photo, 'TYPE', vcardNamespace);
	return pictureFrom(text, type === undefined ? '' : textOf(type));
}

/** What base64 of a picture tells without decoding it. `called`: what kind the card says it is, user text. */
export function pictureFrom(text: string, called: string): VcardPhoto | undefined {
	const compact = text.length > longestSpacedBase64 ? undefined : text.replace(/\s+/gu, '');
	if (compact === undefined || compact.length > longestBase64) {
		return {where: 'unread', why: 'too large'};
	}

	const bytes = base64.parse(compact);
	if (bytes === undefined) {
		return {where: 'unread', why: 'damaged'};
	}

	const claimed = trimmed(called, longestType);
	return bytes.length === 0
		? undefined
		: {
				where: 'inside',
				...pictureHeader(bytes),
				bytes: bytes.length,
				sha1: createHash('sha1').update(bytes).digest('hex'),
				...(claimed === '' ? {} : {claimed}),
			};
}
