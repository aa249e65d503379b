/**
 * A program of its own: a domain full of contacts (XEP-0114). Whoever probes one of them learns that they are online,
 * with one of a few clients (XEP-0115). Arguments: port, domain, secret. It tells its parent how many it has told so, first
 * of all 0: it serves.
 */
import {createHash} from 'node:crypto';
import {connect} from 'node:net';
import process from 'node:process';

const [, , port, domain = '', secret = ''] = process.argv;
const features = ['http://jabber.org/protocol/caps', 'http://jabber.org/protocol/disco#info', 'urn:xmpp:receipts'];
const clients = ['Gajim', 'Dino', 'Conversations', 'profanity', 'Psi'].map(name => {
	const described = `client/pc//${name}<${features.map(feature => `${feature}<`).join('')}`;
	return {name, version: createHash('sha1').update(described).digest('base64')};
});

const attribute = (xml: string, name: string) => new RegExp(` ${name}=["']([^"']*)`).exec(xml)?.[1] ?? '';

/** What the contacts have to say to one stanza. */
function answer(stanza: string): string {
	const [from, to, id] = [attribute(stanza, 'from'), attribute(stanza, 'to'), attribute(stanza, 'id')];
	if (stanza.startsWith('<presence') && attribute(stanza, 'type') === 'probe') {
		told += 1;
		const number = Number(/\d+/.exec(to)?.[0] ?? 0);
		const client = clients[number % clients.length];
		const show = number % 4 === 0 ? '<show>away</show><status>back at five</status>' : '';
		return `<presence from='${to}/phone' to='${from}'>${show}<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://${client?.name}.example' ver='${client?.version}'/></presence>`;
	}

	if (stanza.startsWith('<iq') && stanza.includes('disco#info')) {
		const node = attribute(stanza, 'node');
		const client = clients.find(({version}) => node.endsWith(`#${version}`)) ?? clients[0];
		return `<iq type='result' id='${id}' from='${to}' to='${from}'><query xmlns='http://jabber.org/protocol/disco#info' node='${node}'><identity category='client' type='pc' name='${client?.name}'/>${features.map(feature => `<feature var='${feature}'/>`).join('')}</query></iq>`;
	}

	return stanza.startsWith('<iq') && /type=["'](get|set)/.test(stanza)
		? `<iq type='error' id='${id}' from='${to}' to='${from}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`
		: '';
}

const socket = connect(Number(port), '127.0.0.1');
socket.setEncoding('utf8').setNoDelay(true);
socket.write(
	`<stream:stream to='${domain}' xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>`,
);
let text = '';
let isServing = false;
let told = 0;
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
		process.send?.(told);
	}

	let answers = '';
	let end = 0;
	for (const match of text.matchAll(/<(iq|message|presence)\b(?:[^>]*\/>|.*?<\/\1>)/gs)) {
		answers += answer(match[0]);
		end = match.index + match[0].length;
	}

	text = text.slice(end);
	if (answers !== '') {
		socket.write(answers);
		process.send?.(told);
	}
});
