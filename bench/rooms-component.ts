/**
 * A program of its own: a domain (XEP-0114) that is two things. To whoever enters `crowd` there, a room with as many occupants
 * as its parent says; and people who enter rooms of another service and talk there. Arguments: port, domain, secret, occupants.
 * It tells its parent `ready`, does what it is told (`Order`), and tells the order when that is done.
 */
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import process from 'node:process';

/** What the parent may ask for. */
export type Order =
	/** One occupant of the crowd is away, or back. */
	| {readonly type: 'change'; readonly occupant: number; readonly away: boolean}
	/** People enter each of these rooms. */
	| {readonly type: 'enter'; readonly rooms: readonly string[]; readonly people: number}
	/** Somebody with this nick comes to so many of the rooms that the people are in, from now on. */
	| {readonly type: 'arrive'; readonly nick: string; readonly count: number}
	/** The first of the people talks in these rooms in turn, so many messages a second. */
	| {readonly type: 'talk'; readonly rooms: readonly string[]; readonly rate: number; readonly seconds: number};

const [, , port, domain = '', secret = '', size = '0'] = process.argv;
const crowd = `crowd@${domain}`;
const occupants = Number(size);

const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds));
const attribute = (xml: string, name: string) => new RegExp(` ${name}=["']([^"']*)`).exec(xml)?.[1] ?? '';
const presence = (nick: string, to: string, {away = false, self = false} = {}) =>
	`<presence from='${crowd}/${nick}' to='${to}'>${away ? '<show>away</show>' : ''}<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='${nick.endsWith('7') ? 'member' : 'none'}' role='participant'/>${self ? "<status code='110'/>" : ''}</x></presence>`;
const nickOf = (index: number) => `occupant${index}`;

/** Who is in the crowd besides those that make it up. */
const visitors = new Map<string, string>();
let answers = '';
const entered = new Set<string>();
/** Who came to which rooms, as the first of the people sees it; `room/nick`. */
let arrived = new Set<string>();

function answer(stanza: string): void {
	const [from, to, id, type] = [
		attribute(stanza, 'from'),
		attribute(stanza, 'to'),
		attribute(stanza, 'id'),
		attribute(stanza, 'type'),
	];
	const [room = '', nick = ''] = to.split('/');
	if (stanza.startsWith('<presence') && room === crowd) {
		if (type === 'unavailable') {
			visitors.delete(from);
			answers += `<presence type='unavailable' from='${to}' to='${from}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/><status code='110'/></x></presence>`;
		} else if (!visitors.has(from)) {
			visitors.set(from, nick);
			for (let index = 0; index < occupants; index += 1) {
				answers += presence(nickOf(index), from);
			}

			answers += `${presence(nick, from, {self: true})}<message type='groupchat' from='${crowd}' to='${from}'><subject>A crowd</subject></message>`;
		}
	} else if (stanza.startsWith('<presence') && /code=["']110/.test(stanza)) {
		entered.add(`${from.split('/')[0]} ${to}`);
		if (/code=["']201/.test(stanza)) {
			// A new room is locked until its owner takes it as it is (XEP-0045 §10.1.2).
			answers += `<iq type='set' id='unlock' from='${to}' to='${from.split('/')[0]}'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query></iq>`;
		}
	} else if (stanza.startsWith('<presence') && type === '' && to.startsWith('person0@')) {
		arrived.add(from);
	} else if (stanza.startsWith('<message') && room === crowd && type === 'groupchat') {
		const body = /<body>.*<\/body>/s.exec(stanza)?.[0] ?? '';
		for (const [visitor] of visitors) {
			answers += `<message type='groupchat' id='${id}' from='${crowd}/${visitors.get(from) ?? ''}' to='${visitor}'>${body}</message>`;
		}
	} else if (stanza.startsWith('<iq') && stanza.includes('disco#info')) {
		answers += `<iq type='result' id='${id}' from='${to}' to='${from}'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text' name='A crowd'/><feature var='http://jabber.org/protocol/muc'/><feature var='muc_open'/><feature var='muc_semianonymous'/></query></iq>`;
	} else if (stanza.startsWith('<iq') && /type=["'](get|set)/.test(stanza)) {
		answers += `<iq type='error' id='${id}' from='${to}' to='${from}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`;
	}
}

/** The server may not listen for components yet when it does for clients. */
async function connected(): Promise<Socket> {
	for (;;) {
		const socket = connect(Number(port), '127.0.0.1');
		try {
			await once(socket, 'connect');
			return socket;
		} catch {
			await pause(50);
		}
	}
}

const socket = await connected();
socket.setEncoding('utf8').setNoDelay(true);
socket.write(
	`<stream:stream to='${domain}' xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>`,
);

let text = '';
let isServing = false;
socket.on('data', (chunk: string) => {
	text += chunk;
	const id = isServing ? undefined : /<stream:stream[^>]* id=["']([^"']*)/.exec(text)?.[1];
	if (id !== undefined) {
		isServing = true;
		text = '';
		socket.write(`<handshake>${createHash('sha1').update(`${id}${secret}`).digest('hex')}</handshake>`);
		return;
	}

	const handshake = /^\s*<handshake\s*\/>/.exec(text);
	if (handshake !== null) {
		text = text.slice(handshake[0].length);
		process.send?.('ready');
	}

	answers = '';
	let end = 0;
	for (const match of text.matchAll(/<(iq|message|presence)\b(?:[^>]*\/>|.*?<\/\1>)/gs)) {
		answer(match[0]);
		end = match.index + match[0].length;
	}

	text = text.slice(end);
	if (answers !== '') {
		socket.write(answers);
	}
});

async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) {
		await pause(5);
	}
}

async function enter(rooms: readonly string[], people: number): Promise<void> {
	for (const room of rooms) {
		for (let person = 0; person < people; person += 1) {
			if (person === 1) {
				await until(() => entered.has(`${room} person0@${domain}/x`));
			}

			socket.write(
				`<presence from='person${person}@${domain}/x' to='${room}/person${person}'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>`,
			);
		}

		// A room that is crowded with requests is no figure of ours.
		await until(() => entered.size >= people * (rooms.indexOf(room) + 1));
	}
}

async function arrive(nick: string, count: number): Promise<void> {
	arrived = new Set();
	await until(() => [...arrived].filter(each => each.endsWith(`/${nick}`)).length >= count);
}

async function talk(rooms: readonly string[], rate: number, seconds: number): Promise<void> {
	const started = performance.now();
	for (let sent = 0; sent < rate * seconds; ) {
		const due = Math.floor(((performance.now() - started) / 1000) * rate);
		for (; sent < Math.min(due, rate * seconds); sent += 1) {
			const room = rooms[sent % rooms.length];
			socket.write(
				`<message type='groupchat' id='m${sent}' from='person0@${domain}/x' to='${room}'><body>message ${sent} in a room of many</body></message>`,
			);
		}

		await pause(5);
	}
}

process.on('message', (order: Order) => {
	const work = async () => {
		switch (order.type) {
			case 'change':
				for (const [visitor] of visitors) {
					socket.write(presence(nickOf(order.occupant), visitor, {away: order.away}));
				}

				break;
			case 'enter':
				await enter(order.rooms, order.people);
				break;
			case 'arrive':
				await arrive(order.nick, order.count);
				break;
			case 'talk':
				await talk(order.rooms, order.rate, order.seconds);
				break;
		}
	};
	void work().then(() => process.send?.(order.type));
});
