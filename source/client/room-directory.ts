/** The rooms there are: those that a service lists (XEP-0045 §6.3), and those that a directory finds (XEP-0433). */
import {channelSearch, channelSearchNamespace} from '../extensions/channel-search.js';
import {createSearchPauses} from '../extensions/search-pauses.js';
import {type Information, serviceDiscovery} from '../extensions/service-discovery.js';
import type {RoomListing} from '../model/room.js';
import type {RoomActions} from '../model/room-actions.js';
import type {Clock} from '../shared/clock.js';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, domainOf, localpartOf, parseBareJid} from '../shared/jid.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import type {LiveSession} from './live-session.js';

export type RoomDirectory = Pick<RoomActions, 'listRooms' | 'findRooms'>;

export type RoomDirectoryPorts = {
	readonly clock: Clock;
	/** Address of the directory that the person chose; empty: none. */
	readonly preferred: () => string;
};

/** Of a server with more services no more are asked what they are. */
const mostServices = 50;
/** Milliseconds that the services of the own server have to say that they are a directory. */
const patience = 5000;

/** `liveOf` throws for an account that is not set up or not connected. */
export function createRoomDirectory(
	liveOf: (account: BareJid) => LiveSession,
	{clock, preferred}: RoomDirectoryPorts,
): RoomDirectory {
	const pauses = createSearchPauses(clock);

	const find = async (live: LiveSession, service: BareJid, words: string): Promise<RoomListing> => {
		const {rooms, isCut} = await live.use(channelSearch).search(service, words, pauses);
		return {service, rooms, ...(isCut ? {isCut} : {})};
	};

	return {
		async listRooms({account, service}) {
			const live = liveOf(account);
			const asked = service ?? (await roomServiceOf(live, account));
			if (localpartOf(asked) !== undefined) {
				return find(live, asked, '');
			}

			// A service with rooms of its own is not asked a second question for them.
			const listing = await listed(live, asked).catch((error: unknown) => ({error}));
			if ('rooms' in listing && listing.rooms.length > 0) {
				return listing;
			}

			const mayBeDirectory = !('error' in listing) || isStanzaError(listing.error);
			if (mayBeDirectory && (await isDirectory(live, asked))) {
				return find(live, asked, '');
			}

			if ('error' in listing) {
				throw listing.error;
			}

			return listing;
		},
		async findRooms({account, service, words = ''}) {
			const live = liveOf(account);
			const asked = service ?? (await ownDirectory(live, account, clock)) ?? parseBareJid(preferred());
			if (asked === undefined) {
				throw noDirectory(account);
			}

			return find(live, asked, words);
		},
	};
}

async function listed(live: LiveSession, service: BareJid): Promise<RoomListing> {
	const {items, isCut} = await live.use(serviceDiscovery).allItems(service);
	const rooms = items.flatMap(({jid, name}) => {
		const room = parseBareJid(jid);
		return room === undefined ? [] : [{jid: room, ...(name === undefined ? {} : {name})}];
	});
	return {service, rooms, ...(isCut ? {isCut} : {})};
}

/** The service for rooms of the account's server (XEP-0045 §6.1). */
async function roomServiceOf(live: LiveSession, account: BareJid): Promise<BareJid> {
	for (const service of await servicesOf(live, account)) {
		const information = await informationOf(live, service);
		if (information?.identities.some(({category, type}) => category === 'conference' && type === 'text')) {
			return service;
		}
	}

	throw new XmppcError({
		code: 'no-room-service',
		kind: 'unavailable',
		message: `${domainOf(account)} has no rooms.`,
		hint: '/rooms SERVICE asks another one, such as conference.example.org; /rooms search WORDS finds public ones.',
	});
}

/** The directory of the account's server (XEP-0433 §4.1); of several the first one that says so. */
async function ownDirectory(live: LiveSession, account: BareJid, clock: Clock): Promise<BareJid | undefined> {
	const services = await servicesOf(live, account).catch(() => []);
	const answers = services.map(async service => {
		if (!(await isDirectory(live, service))) {
			throw new Error(`${service} is none`);
		}

		return service;
	});
	let stop = () => {};
	const silence = new Promise<undefined>(resolve => {
		stop = clock.after(patience, () => resolve(undefined));
	});
	// One that never answers must not keep the person waiting for another.
	return Promise.race([Promise.any(answers).catch(() => undefined), silence]).finally(stop);
}

async function isDirectory(live: LiveSession, service: BareJid): Promise<boolean> {
	const information = await informationOf(live, service);
	return information?.features.some(({name}) => name === channelSearchNamespace) === true;
}

/** What a service says it is; who does not answer is nothing that could be used. */
function informationOf(live: LiveSession, service: BareJid): Promise<Information | undefined> {
	return live
		.use(serviceDiscovery)
		.query(service)
		.catch(() => undefined);
}

async function servicesOf(live: LiveSession, account: BareJid): Promise<readonly BareJid[]> {
	const items = await live.use(serviceDiscovery).items(domainOf(account));
	return items.slice(0, mostServices).flatMap(({jid}) => parseBareJid(jid) ?? []);
}

function noDirectory(account: BareJid): XmppcError {
	return new XmppcError({
		code: 'no-directory',
		kind: 'unavailable',
		message: `${domainOf(account)} has no directory of rooms, and rooms.directory names none.`,
		hint: '/unset rooms.directory has the usual public one asked; /rooms SERVICE lists the rooms of a service.',
	});
}
