/** What a card says, for a page of the screen and for the line mode. All of it is user text, made harmless here. */
import type {HelpLine} from '../../commands/help-line.js';
import type {PictureType, Vcard, VcardField, VcardFieldKind, VcardPhoto} from '../../model/vcard.js';
import {printable} from '../../shared/text.js';

const labels: Readonly<Record<VcardFieldKind, string>> = {
	fullName: 'Full name',
	nickname: 'Nickname',
	birthday: 'Birthday',
	organisation: 'Organisation',
	title: 'Title',
	role: 'Role',
	description: 'Description',
	note: 'Note',
	url: 'Web page',
	email: 'E-mail',
	phone: 'Phone',
	address: 'Address',
	jid: 'JID',
};

/** Kinds that people go by: nothing invisible may hide in them. */
const identifying: readonly VcardFieldKind[] = ['url', 'email', 'jid'];

/** `announced`: SHA-1 of the pictures that there should be. */
export function cardLines(card: Vcard | undefined, announced: readonly string[]): readonly HelpLine[] {
	const {fields = [], photos = [], omitted = 0} = card ?? {};
	return [
		...fields.flatMap(fieldLines),
		...photos.flatMap(photo => photoLines(photo, announced)),
		...missingLines(photos, announced),
		...(omitted === 0
			? []
			: [row(`It goes on: ${omitted === 1 ? 'a line more is' : `${omitted} more lines are`} left out.`)]),
	];
}

function fieldLines({kind, value, places = []}: VcardField): readonly HelpLine[] {
	const label = places.length === 0 ? labels[kind] : `${labels[kind]} (${places.join(', ')})`;
	return identifying.includes(kind) ? [row(`${label}: ${printable(value, 'identifier')}`)] : labelled(label, value);
}

/** A text behind its label, further lines below it. */
export function labelled(label: string, text: string): readonly HelpLine[] {
	const [first = '', ...more] = printable(text, 'body').split('\n');
	return [row(`${label}: ${first}`), ...more.filter(line => line !== '').map(line => row(`  ${line}`))];
}

/** A row of such a page. */
export function row(text: string): HelpLine {
	return {text: `  ${text}`, hang: 4};
}

function photoLines(photo: VcardPhoto, announced: readonly string[]): readonly HelpLine[] {
	switch (photo.where) {
		case 'elsewhere':
			return [row(`Picture: not in the card, but at ${printable(photo.address, 'identifier')}`)];
		case 'unread':
			return [
				row(
					photo.why === 'too large' ? 'Picture: larger than 1 MiB, not looked at' : 'Picture: damaged, cannot be read',
				),
			];
		case 'inside': {
			const {type, bytes, sha1, width, height, claimed} = photo;
			const size = width === undefined || height === undefined ? [] : [`${width}x${height}`];
			const isAnnounced = announced.includes(sha1);
			return [
				row(`Picture: ${[kindText(type, claimed), ...size, sizeText(bytes)].join(', ')}`),
				row(`SHA-1: ${sha1}${isAnnounced ? ', as announced' : ''}`),
			];
		}
	}
}

/** What is announced and not there: a hash is a hint, and here it misleads. */
function missingLines(photos: readonly VcardPhoto[], announced: readonly string[]): readonly HelpLine[] {
	const known = photos.flatMap(photo => (photo.where === 'inside' ? [photo.sha1] : []));
	const isOther = known.some(hash => !announced.includes(hash));
	const what = isOther ? 'Another picture is announced' : 'A picture is announced that the card does not have';
	return announced.filter(hash => !known.includes(hash)).map(hash => row(`${what}: SHA-1 ${hash}`));
}

/** What cards may call a kind of picture. */
const mediaTypes: Readonly<Record<PictureType, readonly string[]>> = {
	PNG: ['image/png', 'image/x-png'],
	JPEG: ['image/jpeg', 'image/jpg', 'image/pjpeg'],
	GIF: ['image/gif'],
	WebP: ['image/webp'],
	unknown: [],
};

function kindText(type: PictureType, claimed: string | undefined): string {
	const kind = type === 'unknown' ? 'of no known kind' : type;
	return claimed === undefined || mediaTypes[type].includes(claimed.toLowerCase())
		? kind
		: `${kind}, though the card says ${printable(claimed, 'identifier')}`;
}

/** `512 bytes`, `4.1 kB`. */
function sizeText(bytes: number): string {
	return bytes < kilobyte ? `${bytes} bytes` : `${(bytes / kilobyte).toFixed(1)} kB`;
}

const kilobyte = 1000;
