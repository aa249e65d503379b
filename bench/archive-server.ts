/**
 * A program of its own: a server for one account whose archive holds as many messages as the first argument says. It
 * answers every page at once, and tells its parent where it listens, and when the archive is asked and has been read.
 */
import process from 'node:process';
import {testCertificates} from '../test/support/certificates.js';
import {answersHeader, answersScram, headerWith, offer} from '../test/support/scripted-login.js';
import {type ScriptedConnection, startScriptedServer} from '../test/support/scripted-server.js';

/** What the parent is told. */
export type ArchiveServerNews =
	| {readonly type: 'listening'; readonly port: number; readonly caFile: string}
	/** The first page is asked for. */
	| {readonly type: 'asked'}
	/** The last page has arrived. */
	| {readonly type: 'read'};

const account = 'juliet@example.test';
const count = Number(process.argv[2]);
const beginning = Date.UTC(2026, 0, 1);
const archive = 'urn:xmpp:mam:2';
const stanza = /<(iq|message|presence)\b(?:[^>]*\/>|.*?<\/\1>)|<(?:r|a|enable)\b[^>]*\/>|<\/stream:stream>/s;

const tell = (news: ArchiveServerNews) => process.send?.(news);
const attribute = (xml: string, name: string) => new RegExp(` ${name}=["']([^"']*)`).exec(xml)?.[1];

/** Contents of an element by its name; an empty one is ''. */
const content = (xml: string, name: string) => {
	const match = new RegExp(`<${name}\\b[^>]*?(?:/>|>([^<]*)</${name}>)`).exec(xml);
	return match === null ? undefined : (match[1] ?? '');
};

function result(index: number, query: string): string {
	const stamp = new Date(beginning + index * 60_000).toISOString();
	const contact = `contact${index % 20}@example.test`;
	const [from, to] = index % 3 === 0 ? [`${account}/desk`, contact] : [`${contact}/phone`, account];
	return `<message to='${account}'><result xmlns='${archive}' queryid='${query}' id='a${index}'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='${stamp}'/><message xmlns='jabber:client' type='chat' from='${from}' to='${to}' id='m${index}'><body>archived number ${index}, and some words as people write them</body><origin-id xmlns='urn:xmpp:sid:0' id='m${index}'/></message></forwarded></result></message>`;
}

/** One page as XEP-0059 has it; every message has an index, its id is that with an `a`. */
function page(query: string): {readonly stanzas: string; readonly fin: string; readonly isOldest: boolean} {
	const most = Number(content(query, 'max') ?? 100);
	const [before, after] = [content(query, 'before'), content(query, 'after')];
	const index = (id: string) => Number(id.slice(1));
	const start =
		after !== undefined
			? index(after) + 1
			: before === undefined
				? 0
				: Math.max(0, (before === '' ? count : index(before)) - most);
	const end = before === undefined || before === '' ? Math.min(count, start + most) : index(before);
	const id = attribute(query.slice(query.indexOf('<query')), 'queryid') ?? '';
	let stanzas = '';
	for (let number = start; number < end; number += 1) {
		stanzas += result(number, id);
	}

	const isComplete = before === undefined ? end === count : start === 0;
	const set = `<set xmlns='http://jabber.org/protocol/rsm'>${start < end ? `<first index='${start}'>a${start}</first><last>a${end - 1}</last>` : ''}<count>${count}</count></set>`;
	return {
		stanzas,
		fin: `<fin xmlns='${archive}'${isComplete ? " complete='true'" : ''}>${set}</fin>`,
		isOldest: start === 0,
	};
}

/** What a fresh session asks besides the archive. */
function answer(iq: string): string {
	if (iq.includes('disco#info')) {
		const feature = iq.includes(`to="${account}"`)
			? `<feature var='${archive}'/>`
			: "<feature var='urn:xmpp:carbons:2'/>";
		return `<query xmlns='http://jabber.org/protocol/disco#info'><identity category='account' type='registered'/>${feature}</query>`;
	}

	return iq.includes('jabber:iq:roster')
		? `<query xmlns='jabber:iq:roster'>${Array.from({length: 20}, (_, index) => `<item jid='contact${index}@example.test' subscription='both'/>`).join('')}</query>`
		: '';
}

async function serve(connection: ScriptedConnection): Promise<void> {
	await answersHeader(connection, offer.mechanisms('SCRAM-SHA-256'));
	await answersScram(connection, {hash: 'SHA-256', password: 'secret'});
	await connection.expects(/<stream:stream[^>]*>/);
	connection.replies(headerWith(offer.bind, offer.streamManagement));
	let [handled, pages, isRead] = [0, 0, false];
	for (;;) {
		const written = (await connection.expects(stanza)).trimStart();
		const [xml = ''] = stanza.exec(written) ?? [];
		if (xml.startsWith('</')) {
			connection.replies('</stream:stream>');
			connection.closes();
			return;
		}

		if (xml.startsWith('<enable')) {
			connection.replies("<enabled xmlns='urn:xmpp:sm:3'/>");
		} else if (xml.startsWith('<r')) {
			connection.replies(`<a xmlns='urn:xmpp:sm:3' h='${handled}'/>`);
		} else if (xml.startsWith('<a ')) {
			if (isRead) {
				tell({type: 'read'});
				isRead = false;
			}
		} else if (xml.startsWith('<iq') && /type="(get|set)"/.test(xml)) {
			handled += 1;
			const head = `<iq type='result' id='${attribute(xml, 'id')}'${attribute(xml, 'to') === undefined ? '' : ` from='${attribute(xml, 'to')}'`}`;
			if (xml.includes('xmpp-bind')) {
				handled = 0;
				connection.replies(
					`${head}><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${account}/bench</jid></bind></iq>`,
				);
			} else if (xml.includes(archive) && xml.includes('<query')) {
				if (pages === 0) {
					tell({type: 'asked'});
				}

				pages += 1;
				const {stanzas, fin, isOldest} = page(xml);
				isRead = isOldest;
				connection.replies(`${stanzas}${head}>${fin}</iq>${isOldest ? "<r xmlns='urn:xmpp:sm:3'/>" : ''}`);
			} else {
				connection.replies(`${head}>${answer(xml)}</iq>`);
			}
		} else {
			handled += 1;
		}
	}
}

const {authority, good} = await testCertificates();
const server = await startScriptedServer(serve, {directTls: good});
tell({type: 'listening', port: server.port, caFile: authority.certificateFile});
