/**
 * I7, of what the server has on record: what was to be encrypted is so, by a device that is in use once only and with a key
 * that is used once only; and whoever it was encrypted for reads it.
 */
import {parseElement} from '../../source/xmpp/parser.js';
import {placesIn, type RatchetPlace} from '../chaos/ratchet-places.js';
import type {ArchiveEntry} from '../support/server-archive.js';
import type {Finding} from './check.js';
import {type Evidence, ownerOf} from './evidence.js';
import {deviceNames} from './plan.js';

/** What is said, in whichever place. */
const words = new RegExp(`\\b(${deviceNames.join('|')}) \\d+\\b`);

export function checkSecrets(evidence: Evidence): readonly Finding[] {
	return evidence.secrecy === undefined
		? []
		: [...inTheClear(evidence), ...keysOf(evidence), ...unreadable(evidence), ...heardByAll(evidence)];
}

/** What its sender has as encrypted, or wrote when the conversation was, and others can read. */
function inTheClear({archives, histories, remains, sent}: Evidence): readonly Finding[] {
	const entries = [...archives.juliet, ...archives.romeo];
	const clear = new Set(entries.flatMap(({body, recipients}) => (recipients === undefined ? (body ?? []) : [])));
	const sealed = new Set(entries.flatMap(({body, recipients}) => (recipients === undefined ? [] : (body ?? []))));
	const marked = deviceNames.flatMap(device =>
		[histories[device], ...remains.filter(each => each.device === device).map(({history}) => history)]
			.flat()
			.filter(({isOwn, encryption}) => isOwn && encryption !== undefined)
			.map(({body}) => body),
	);
	return [
		...[...new Set(marked)]
			.filter(body => clear.has(body))
			.map(body => exposed(`"${body}" is in clear in the archive, and was to be encrypted`)),
		...deviceNames.flatMap(device => {
			const own = sent.filter(each => each.device === device);
			const since = Math.min(...own.filter(({body}) => sealed.has(body)).map(({ended}) => ended));
			return own
				.filter(({body, begun}) => begun > since && clear.has(body))
				.map(({body}) => exposed(`"${body}" of ${device} is in clear, in a conversation that was encrypted`));
		}),
		...entries
			.filter(({stanza}) => stanza !== undefined && words.test(stanza))
			.map(({id}) => exposed(`what is encrypted can be read in the message ${id}`)),
	];
}

/** Keys that are used twice, and devices that came out of a copy. */
function keysOf({archives, restorations}: Evidence): readonly Finding[] {
	const used = new Map<string, string>();
	const former = new Map(restorations.map(each => [each.former, each]));
	return [...archives.juliet, ...archives.romeo].flatMap(entry => {
		const places = placesOf(entry);
		const restoration = former.get(places[0]?.sender);
		const [author] = entry.from.split('@', 1);
		const isLate = restoration !== undefined && entry.body !== undefined && !restoration.written.includes(entry.body);
		return [
			...places.flatMap(({recipient, place, content}) => {
				if (place === undefined) {
					return [exposed(`"${entry.body}" has a key for ${recipient} that nobody can read`)];
				}

				const before = used.get(`${author} ${place}`) ?? content;
				used.set(`${author} ${place}`, before);
				return before === content ? [] : [exposed(`"${entry.body}" uses a message key twice: ${place}`)];
			}),
			...(isLate ? [exposed(`"${entry.body}" is of ${restoration.device} as it came out of the copy`)] : []),
		];
	});
}

function placesOf({stanza}: ArchiveEntry): readonly RatchetPlace[] {
	const element = stanza === undefined ? undefined : parseElement(stanza);
	return element === undefined ? [] : placesIn(element);
}

/** What is one line that it cannot be read, though it was for that device; and what nobody has read or written. */
function unreadable({archives, histories, secrecy}: Evidence): readonly Finding[] {
	return [
		...deviceNames.flatMap(device => {
			const own = secrecy?.devices[device];
			const entries = new Map(archives[ownerOf[device]].map(entry => [entry.body, entry]));
			return histories[device]
				.filter(({encryption}) => encryption === 'unread')
				.filter(({body}) => own !== undefined && entries.get(body)?.recipients?.includes(own))
				.map(({body}) => lost(`"${body}" was encrypted for ${device}, which cannot read it`));
		}),
		...[...archives.juliet, ...archives.romeo]
			.filter(({body, stanza}) => body === undefined && stanza?.includes('<payload') === true)
			.map(({id}) => lost(`nobody knows what the encrypted message ${id} says`)),
	];
}

/** What was said when all was well. */
function heardByAll({archives, histories, secrecy}: Evidence): readonly Finding[] {
	const talk = secrecy?.talk ?? [];
	return deviceNames.flatMap(device => {
		const sealed = new Set(
			archives[ownerOf[device]].flatMap(({body, recipients}) => (recipients === undefined ? [] : (body ?? []))),
		);
		const read = new Set(histories[device].filter(({encryption}) => encryption === 'read').map(({body}) => body));
		return [
			...talk.filter(body => !sealed.has(body)).map(body => exposed(`"${body}" of the end is in clear at ${device}`)),
			...talk.filter(body => !read.has(body)).map(body => lost(`"${body}" of the end is not read at ${device}`)),
		];
	});
}

const lost = (text: string): Finding => ({kind: 'lost', text});
const exposed = (text: string): Finding => ({kind: 'exposed', text});
