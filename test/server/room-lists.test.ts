/** The rooms of a service at real servers: with pages (XEP-0059) and without. */
import {multiUserChat} from '../../source/extensions/multi-user-chat.js';
import {roomAdministration} from '../../source/extensions/room-administration.js';
import {serviceDiscovery} from '../../source/extensions/service-discovery.js';
import type {BareJid} from '../../source/shared/jid.js';
import {everyServer} from '../support/servers.js';
import {online} from './live-session.js';

const password = 'pencil';
const people = ['juliet', 'romeo', 'nurse'] as const;
/** Nobody may be in more at ejabberd, and together they are more than a page. */
const roomsEach = 70;
const together = 10;

const onEveryServer = everyServer({accounts: Object.fromEntries(people.map(name => [name, password]))});

onEveryServer('hundreds of rooms of a service are all listed, each once', async (t, serve) => {
	const server = await serve();
	const service = server.roomDomain as BareJid;
	const made = await Promise.all(
		people.map(async name => {
			const {live} = await online(t, server, name, password);
			const rooms = Array.from({length: roomsEach}, (_, index) => `${name}${index}@${service}` as BareJid);
			for (let first = 0; first < rooms.length; first += together) {
				const batch = rooms.slice(first, first + together);
				await Promise.all(
					batch.map(async room => {
						await live.use(multiUserChat).join(room, {nick: name});
						await live.use(roomAdministration).acceptDefaults(room);
					}),
				);
			}

			return {live, rooms};
		}),
	);
	const {items, isCut} = (await made[0]?.live.use(serviceDiscovery).allItems(service)) ?? {};
	t.deepEqual(items?.map(({jid}) => jid).toSorted(), made.flatMap(({rooms}) => rooms).toSorted());
	t.false(isCut);
});
