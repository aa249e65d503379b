/**
 * A directory of rooms at a real server: a domain of its own (XEP-0114) that is searched by words (XEP-0433), two rooms a
 * page. It refuses words of less than three letters, and everything where it is busy.
 */
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';

export type DirectoryRoom = {
	readonly address: string;
	readonly name: string;
	readonly description: string;
	readonly people: number;
	readonly isOpen: boolean;
};

export type RoomDirectory = {
	/** What was searched for, in order; empty: everything. */
	readonly searched: readonly string[];
	/** Seconds that it wants to be left alone from now on. */
	busy(seconds: number): void;
	stop(): void;
};

const pageSize = 2;
const namespace = 'urn:xmpp:channel-search:0';

/** What has to stand in the configuration of Prosody: the section of the component stays open to the end of these lines. */
export function directorySettings(port: number, domain: string, secret: string): string {
	return `component_ports = { ${port} }\nComponent "${domain}"\ncomponent_secret = "${secret}"`;
}

/** Resolves when the server has let it in. */
export async function startRoomDirectory(
	{port, domain, secret}: {readonly port: number; readonly domain: string; readonly secret: string},
	rooms: readonly DirectoryRoom[],
): Promise<RoomDirectory> {
	const searched: string[] = [];
	let pause = 0;
	const socket = await connected(port);
	const {promise: accepted, resolve: accept} = withResolver();
	let text = '';
	let isAccepted = false;
	socket.setEncoding('utf8').on('data', (chunk: string) => {
		text += chunk;
		const id = isAccepted ? undefined : /<stream:stream[^>]* id=["']([^"']*)/.exec(text)?.[1];
		if (id !== undefined) {
			isAccepted = true;
			text = '';
			socket.write(`<handshake>${createHash('sha1').update(`${id}${secret}`).digest('hex')}</handshake>`);
			return;
		}

		const handshake = /^\s*<handshake\s*\/>/.exec(text);
		if (handshake !== null) {
			text = text.slice(handshake[0].length);
			accept();
		}

		let end = 0;
		for (const match of text.matchAll(/<(iq|message|presence)\b(?:[^>]*\/>|.*?<\/\1>)/gs)) {
			socket.write(answer(match[0]));
			end = match.index + match[0].length;
		}

		text = text.slice(end);
	});
	socket.write(
		`<stream:stream to='${domain}' xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>`,
	);

	/** What it has to say to one stanza. */
	const answer = (stanza: string): string => {
		const [from, to, id, type] = ['from', 'to', 'id', 'type'].map(name => attribute(stanza, name));
		if (!stanza.startsWith('<iq') || type !== 'get') {
			return '';
		}

		const content = contentFor(stanza);
		const kind = content.startsWith('<error') ? 'error' : 'result';
		return `<iq type='${kind}' id='${id}' from='${to}' to='${from}'>${content}</iq>`;
	};

	const contentFor = (stanza: string): string => {
		if (stanza.includes('disco#info')) {
			return `<query xmlns='http://jabber.org/protocol/disco#info'><identity category='directory' type='chatroom' name='Rooms'/><feature var='${namespace}:search'/></query>`;
		}

		if (!stanza.includes(`${namespace}:search`)) {
			return refusal('cancel', 'service-unavailable');
		}

		if (pause > 0) {
			return refusal('wait', 'resource-constraint', `<rate-limit xmlns='${namespace}:error' retry-after='${pause}'/>`);
		}

		return stanza.includes('jabber:x:data') ? found(stanza) : form;
	};

	const found = (stanza: string): string => {
		const words = field(stanza, 'q') ?? '';
		const isAll = field(stanza, 'all') === 'true';
		const after = /<after>([^<]*)<\/after>/.exec(stanza)?.[1];
		if (after === undefined) {
			searched.push(words);
		}

		if (!isAll && words.length < 3) {
			return refusal(
				'modify',
				'bad-request',
				`<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>Search terms must have at least three characters.</text><invalid-search-terms xmlns='${namespace}:error'/>`,
			);
		}

		const fitting = rooms.filter(
			room => isAll || `${room.address} ${room.name} ${room.description}`.toLowerCase().includes(words.toLowerCase()),
		);
		const begin = after === undefined ? 0 : fitting.findIndex(({address}) => address === after) + 1;
		const page = fitting.slice(begin, begin + pageSize);
		const last = page.at(-1)?.address;
		const set = `<set xmlns='http://jabber.org/protocol/rsm'>${last === undefined ? '' : `<last>${last}</last>`}<max>${pageSize}</max></set>`;
		return `<result xmlns='${namespace}:search'>${page.map(itemOf).join('')}${set}</result>`;
	};

	await accepted;
	return {
		searched,
		busy(seconds) {
			pause = seconds;
		},
		stop: () => socket.destroy(),
	};
}

const form = `<search xmlns='${namespace}:search'><x xmlns='jabber:x:data' type='form'><field type='hidden' var='FORM_TYPE'><value>${namespace}:search-params</value></field><field type='text-single' var='q'/><field type='boolean' var='all'/><field type='boolean' var='sinname'/><field type='boolean' var='sindescription'/><field type='boolean' var='sinaddress'/><field type='list-single' var='key'><option><value>{${namespace}:order}nusers</value></option></field></x></search>`;

function itemOf({address, name, description, people, isOpen}: DirectoryRoom): string {
	return `<item address='${address}'><name>${name}</name><description>${description}</description><nusers>${people}</nusers><is-open>${isOpen}</is-open></item>`;
}

function refusal(type: string, condition: string, detail = ''): string {
	return `<error type='${type}'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>${detail}</error>`;
}

function attribute(xml: string, name: string): string {
	return new RegExp(` ${name}=["']([^"']*)`).exec(xml)?.[1] ?? '';
}

function field(xml: string, name: string): string | undefined {
	return new RegExp(`<field\\b[^>]* var=["']${name}["'][^>]*><value>([^<]*)`).exec(xml)?.[1];
}

/** The server may not listen for components yet when it does for clients. */
async function connected(port: number): Promise<Socket> {
	for (let attempt = 0; attempt < 200; attempt++) {
		const socket = connect(port, '127.0.0.1');
		try {
			await once(socket, 'connect');
			return socket;
		} catch {
			await sleep(50);
		}
	}

	throw new Error(`nobody listens for components on port ${port}`);
}

function withResolver(): {readonly promise: Promise<void>; resolve(): void} {
	let resolve = () => {};
	const promise = new Promise<void>(done => {
		resolve = done;
	});
	return {promise, resolve: () => resolve()};
}
