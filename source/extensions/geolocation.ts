/**
 * XEP-0080: User Location, version 1.10.0, in messages, and the geo URIs of RFC 5870 that others send instead.
 * https://xmpp.org/extensions/xep-0080.html
 *
 * Where somebody is, is only read. Numbers that are none, or are no place on Earth, are not there.
 */
import {shortened} from '../shared/text.js';
import {type Decoded, element, optionalChildText} from '../xmpp/codec.js';
import type {Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {decimal} from '../xmpp/scalars.js';

const geoloc = element('http://jabber.org/protocol/geoloc', 'geoloc', {
	accuracy: optionalChildText('accuracy', decimal(0, 100_000_000)),
	alt: optionalChildText('alt', decimal(-100_000, 100_000_000)),
	area: optionalChildText('area'),
	building: optionalChildText('building'),
	country: optionalChildText('country'),
	datum: optionalChildText('datum'),
	description: optionalChildText('description'),
	lat: optionalChildText('lat', decimal(-90, 90)),
	locality: optionalChildText('locality'),
	lon: optionalChildText('lon', decimal(-180, 180)),
	region: optionalChildText('region'),
	street: optionalChildText('street'),
	text: optionalChildText('text'),
});

export const geolocation = defineExtension<void>({
	name: 'locations',
	xep: '0080',
	version: '1.10.0',
	since: '0.4.0',
	status: 'partial',
	features: [],
	codecs: [geoloc],
	requires: [],
	attach() {},
});

/** A point in WGS 84: degrees, and metres. */
type Point = {readonly lat: number; readonly lon: number; readonly alt?: number; readonly accuracy?: number};

/** From the smallest to the largest; what people call a place comes first. */
const names = ['description', 'building', 'street', 'area', 'locality', 'region', 'country', 'text'] as const;
/** Code points of one of them. */
const longestName = 100;

/**
 * A location as a line, with the URI that opens it at its end: `Location: 55.7558, 37.6173 (accuracy 20 m)
 * geo:55.7558,37.6173;u=20`. Nothing for an empty one, which says that somebody stopped telling (§4.1).
 */
export function locationIn(message: Element): {readonly text: string; readonly uri?: string} | undefined {
	const found = geoloc.find(message);
	return found === undefined ? undefined : worded(found);
}

function worded({datum = '', ...place}: Decoded<typeof geoloc>): ReturnType<typeof locationIn> {
	const {lat, lon, alt, accuracy} = place;
	const called = names.map(name => oneLine(place[name] ?? '')).filter(text => text !== '');
	if (lat === undefined || lon === undefined) {
		return called.length === 0 ? undefined : {text: `Location: ${called.join(', ')}`};
	}

	const point = {lat, lon, ...(alt === undefined ? {} : {alt}), ...(accuracy === undefined ? {} : {accuracy})};
	// In another datum the same numbers are another place: a map would show it hundreds of metres off.
	return isUsual(datum)
		? pointWords(point, called)
		: {text: `Location: ${[...numbersOf(point), `by ${oneLine(datum)}`, ...called].join(', ')}`};
}

function isUsual(datum: string): boolean {
	return datum.trim() === '' || /^WGS[ -]?(?:19)?84$/iu.test(datum.trim());
}

function pointWords(point: Point, called: readonly string[] = []): {readonly text: string; readonly uri: string} {
	const {accuracy} = point;
	const uri = uriOf(point);
	const coordinates = `${numbersOf(point).join(', ')}${accuracy === undefined ? '' : ` (accuracy ${rounded(accuracy, 1)} m)`}`;
	return {text: `Location: ${[coordinates, ...called].join(', ')} ${uri}`, uri};
}

function numbersOf({lat, lon}: Point): readonly string[] {
	return [rounded(lat, 6), rounded(lon, 6)];
}

function uriOf({lat, lon, alt, accuracy}: Point): string {
	const coordinates = [rounded(lat, 6), rounded(lon, 6), ...(alt === undefined ? [] : [rounded(alt, 1)])].join(',');
	return `geo:${coordinates}${accuracy === undefined ? '' : `;u=${rounded(accuracy, 1)}`}`;
}

/** Never in the notation with an exponent, and no `-0`. */
function rounded(value: number, digits: number): string {
	return (
		value
			.toFixed(digits)
			.replace(/\.?0+$/u, '')
			.replace(/^-0$/u, '0') || '0'
	);
}

function oneLine(text: string): string {
	return shortened(
		text
			.slice(0, 4 * longestName)
			.replace(/\s+/gu, ' ')
			.trim(),
		longestName,
	);
}

/** Longer ones are no places. */
const longestUri = 200;
const geoUri = /^geo:([^,;?]+),([^,;?]+)(?:,([^,;?]+))?((?:;[^;?]*)*)(?:\?.*)?$/iu;

/** A text that is nothing but a geo URI (RFC 5870 §3.3), as {@link locationIn} words it. */
export function locationNamedBy(text: string): {readonly text: string; readonly uri: string} | undefined {
	const uri = text.length > 2 * longestUri ? '' : text.trim();
	const match = uri.length > longestUri || /\s/u.test(uri) ? null : geoUri.exec(uri);
	if (match === null) {
		return undefined;
	}

	const [, latitude = '', longitude = '', altitude, parameters = ''] = match;
	const lat = decimal(-90, 90).parse(latitude);
	const lon = decimal(-180, 180).parse(longitude);
	const crs = parameterOf(parameters, 'crs');
	if (lat === undefined || lon === undefined || (crs !== undefined && crs.toLowerCase() !== 'wgs84')) {
		return undefined;
	}

	const alt = altitude === undefined ? undefined : decimal(-100_000, 100_000_000).parse(altitude);
	const accuracy = decimal(0, 100_000_000).parse(parameterOf(parameters, 'u') ?? '');
	return pointWords({
		lat,
		lon,
		...(alt === undefined ? {} : {alt}),
		...(accuracy === undefined ? {} : {accuracy}),
	});
}

function parameterOf(parameters: string, wanted: string): string | undefined {
	const found = parameters.split(';').find(each => each.toLowerCase().startsWith(`${wanted}=`));
	return found?.slice(wanted.length + 1);
}
