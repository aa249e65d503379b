/** What is said about messages while the network misbehaves: everybody comes to the same view of a chat and of a room. */
import {setTimeout as sleep} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {Message} from '../../source/model/message.js';
import {isXmppcError} from '../../source/shared/errors.js';
import type {BareJid} from '../../source/shared/jid.js';
import {createRandom} from '../chaos/random.js';
import {profileWith} from '../client/profile.js';
import {type Detour, startProxy} from '../support/proxy.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer, type TestServer} from '../support/servers.js';
import {clientOf, type Person, settingsAt} from './person.js';

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');
const onEveryServer = everyServer({
	accounts: {juliet: 'pencil', romeo: 'pencil'},
	rosters: {
		juliet: [{jid: 'romeo@example.test', name: 'Romeo'}],
		romeo: [{jid: 'juliet@example.test', name: 'Juliet'}],
	},
});
const steps = 70;
const patience = 60_000;
const emoji = ['👍', '🎉', '❤️', '😂'] as const;

type Player = Person & {readonly detour: Detour; readonly nick: string};
type Place = {readonly kind: 'chat' | 'room'; jidFor(player: Player): BareJid};

async function player(t: ExecutionContext, server: TestServer, jid: BareJid, nick: string): Promise<Player> {
	const detour = await startProxy(server.port);
	t.teardown(() => detour.close());
	const settings = {...settingsAt(server, jid), port: detour.port};
	const person = clientOf(t, server, jid, await profileWith(t, [settings], {'omemo.default': 'off'}));
	await person.actions.connect({account: jid});
	return {...person, detour, nick};
}

const bufferOf = (player: Player, place: Place) => bufferId(player.jid, place.kind, place.jidFor(player));
const shown = (player: Player, place: Place) =>
	// What was taken back before it went out is only its author's.
	player.storage.messages.page(bufferOf(player, place), {limit: 500}).filter(({state}) => state !== 'failed');

/** What everybody should see alike. */
function seen({body, edited, retracted, reactions}: Message): string {
	const said = (reactions ?? []).map(({emoji: all, by}) => `${by} ${all.join('')}`).toSorted();
	return JSON.stringify([retracted === undefined ? body : 'retracted', edited?.times ?? 0, said]);
}

for (const seed of [11]) {
	onEveryServer(
		`two devices and a contact see the same in the end, whatever the network does (${seed})`,
		async (t, serve, {name}) => {
			const server = await serve();
			const random = createRandom(seed);
			const den = `den@${server.roomDomain}` as BareJid;
			const desk = await player(t, server, juliet, 'Desk');
			const phone = await player(t, server, juliet, 'Phone');
			const his = await player(t, server, romeo, 'Romeo');
			const players: readonly [Player, ...Player[]] = [desk, phone, his];
			for (const {actions, jid, nick} of players) {
				// Its bookmark brings the other device in as well.
				await actions.joinRoom({account: jid, room: den, nick}).catch((error: unknown) => {
					if (!isXmppcError(error) || error.code !== 'room-joined') {
						throw error;
					}
				});
			}

			const chat: Place = {kind: 'chat', jidFor: ({jid}) => (jid === juliet ? romeo : juliet)};
			const room: Place = {kind: 'room', jidFor: () => den};
			// Who came back into a room that gives its people no ids may be anybody, and corrects nothing of before.
			const places: readonly [Place, ...Place[]] = name === 'Prosody' ? [chat, room] : [chat];
			for (let step = 0; step < steps; step++) {
				const who = random.pick(players);
				const place = random.pick(places);
				const doing = random.between(0, 11);
				if (doing < 2) {
					who.detour.cut();
				} else {
					// In a chat nobody tells a device where in the archive its own words stand: of two that say something of the same
					// message in the same moment each believes itself the last.
					const isFollower = who === phone && place === chat;
					await act(who, place, isFollower && doing < 10 ? 2 : doing, step, random);
				}

				await sleep(random.between(0, 40));
			}

			const views = () => places.map(place => players.map(each => shown(each, place).map(seen).toSorted().join('\n')));
			const isSame = () =>
				views().every(([first = '', ...others]) => first !== '' && others.every(view => view === first));
			/** How many messages the own devices have yet to be read. */
			const unread = () =>
				places.map(place =>
					[desk, phone].map(
						({storage, jid}) => storage.buffers.get(bufferId(jid, place.kind, place.jidFor(desk)))?.unread,
					),
				);
			const isRead = () => unread().every(([here, there]) => here === there);
			const isSent = () => players.every(({storage, jid}) => storage.outbox.waiting(jid).length === 0);
			for (const end = performance.now() + patience; !(isSent() && isSame() && isRead()) && performance.now() < end; ) {
				await sleep(200);
			}

			t.true(isSent());
			for (const [first = '', ...others] of views()) {
				for (const view of others) {
					t.is(view, first);
				}
			}

			for (const [here, there] of unread()) {
				t.is(here, there);
			}

			const all = places.flatMap(place => shown(desk, place));
			t.true(all.some(({edited}) => edited !== undefined) && all.some(({reactions}) => reactions !== undefined));
		},
	);
}

async function act(
	who: Player,
	place: Place,
	doing: number,
	step: number,
	random: ReturnType<typeof createRandom>,
): Promise<void> {
	const {actions, jid: account} = who;
	const messages = shown(who, place).filter(({retracted}) => retracted === undefined);
	const own = messages.filter(({direction}) => direction === 'outgoing');
	const target = pickOf(messages, random);
	const mine = pickOf(own, random);
	try {
		if (doing < 5 || target === undefined || mine === undefined) {
			const kind = place.kind === 'room' ? 'groupchat' : 'chat';
			await actions.sendMessage({account, to: place.jidFor(who), body: `${who.nick} ${step}`, kind});
		} else if (doing < 7) {
			await actions.react({account, key: target.key, emoji: random.between(0, 3) === 0 ? [] : [random.pick(emoji)]});
		} else if (doing < 9) {
			await actions.correctMessage({account, key: mine.key, body: `${who.nick} ${step}, corrected`});
		} else if (doing > 9) {
			await actions.markRead({
				buffer: bufferOf(who, place),
				upTo: messages.findLast(({direction}) => direction === 'incoming')?.key ?? 0,
			});
		} else {
			await actions.retractMessage({account, key: mine.key});
		}
	} catch (error) {
		// What is on its way has no id in the room yet; who is thrown out of one cannot speak there.
		if (!isXmppcError(error) || !['message-nameless', 'room-not-joined', 'message-unsent'].includes(error.code)) {
			throw error;
		}
	}
}

function pickOf<Item>([first, ...others]: readonly Item[], random: ReturnType<typeof createRandom>): Item | undefined {
	return first === undefined ? undefined : random.pick([first, ...others]);
}
