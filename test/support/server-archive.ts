/**
 * What a server's archive of an account holds (XEP-0313), asked by a stream of its own that shares no code with the
 * client: the truth that clients are compared with.
 */
import {openPeerStream, type PeerServer, unescaped} from './peers/chat-peer.js';

/** A message as it lies in the archive. */
export type ArchiveEntry = {
	/** The archive's id. */
	readonly id: string;
	/** Full JID of the sender. */
	readonly from: string;
	readonly to: string;
	/** Absent where there is nothing to read: a receipt, for instance. */
	readonly body?: string;
	/** The sender's id. */
	readonly messageId?: string;
	/** The devices for which it is encrypted (OMEMO); absent: it is not. */
	readonly recipients?: readonly number[];
	/** The whole stanza, where it is encrypted. */
	readonly stanza?: string;
};

const pageSize = 250;

/**
 * All of the account's archive, or of a room's, oldest first. Leaves alone what waits for the account's next presence.
 */
export async function readServerArchive(
	server: PeerServer,
	localpart: string,
	password: string,
	room?: string,
	resource = 'archive-reader',
): Promise<readonly ArchiveEntry[]> {
	const {socket, stream} = await openPeerStream(server, localpart, password, resource);
	const entries: ArchiveEntry[] = [];
	let after: string | undefined;
	for (let page = 1; ; page++) {
		const position = after === undefined ? '' : `<after>${after}</after>`;
		socket.write(
			`<iq type='set'${room === undefined ? '' : ` to='${room}'`} id='page-${page}'><query xmlns='urn:xmpp:mam:2' queryid='page-${page}'>` +
				`<set xmlns='http://jabber.org/protocol/rsm'><max>${pageSize}</max>${position}</set></query></iq>`,
		);
		const said = await stream.reads(new RegExp(`<iq\\b[^>]*\\bid=['"]page-${page}['"].*?</iq>`, 's'));
		const end = /<fin\b[^>]*>.*<\/fin>/s.exec(said)?.[0];
		if (end === undefined) {
			throw new Error(`the archive of ${localpart} cannot be read: ${said.slice(-500)}`);
		}

		entries.push(...entriesOf(said));
		after = /<last>([^<]*)<\/last>/.exec(end)?.[1];
		if (after === undefined || /^<fin\b[^>]*\bcomplete=['"]true['"]/.test(end)) {
			break;
		}
	}

	const closed = new Promise(resolve => socket.once('close', resolve));
	socket.end('</stream:stream>');
	setTimeout(() => socket.destroy(), 500).unref();
	await closed;
	return entries;
}

function entriesOf(page: string): readonly ArchiveEntry[] {
	return [...page.matchAll(/<result\b([^>]*)>(.*?)<\/result>/gs)].map(([, attributes = '', content = '']) => {
		const [stanza = '', message = ''] = /<message\b([^>]*)>.*<\/message>/s.exec(content) ?? [];
		const body = /<body>([^<]*)<\/body>/.exec(content)?.[1];
		const recipients = [...content.matchAll(/<key\b[^>]*\brid=['"](\d+)['"]/g)].map(([, id]) => Number(id));
		const messageId = attribute(message, 'id');
		return {
			id: attribute(attributes, 'id'),
			from: attribute(message, 'from'),
			to: attribute(message, 'to'),
			...(body === undefined ? {} : {body: unescaped(body)}),
			...(messageId === '' ? {} : {messageId}),
			...(/<encrypted\b/.test(content) ? {recipients, stanza} : {}),
		};
	});
}

function attribute(attributes: string, name: string): string {
	return new RegExp(`(?:^|\\s)${name}=['"]([^'"]*)['"]`).exec(attributes)?.[1] ?? '';
}
