import type {ExecutionContext} from 'ava';
import {anchorOf} from '../../source/client/archive-position.js';
import type {ArchivePosition, ArchiveState} from '../../source/storage/ports.js';
import type {Profile} from './profile.js';
import {juliet, offlineScene, romeo, type Scene, settled, withRomeo} from './scene.js';

/** A message as it is kept in Juliet's archive; `n` is its text, and `m` and `n` its id. */
export type Line = {
	readonly n: number | string;
	/** Milliseconds before the scene's start. */
	readonly ago?: number;
	/** From one of Juliet's devices. */
	readonly own?: boolean;
	readonly peer?: string;
	readonly type?: string;
	readonly extra?: string;
	readonly id?: string;
};

export const stanzaId = (id: string) => `<stanza-id xmlns='urn:xmpp:sid:0' id='${id}' by='${juliet}'/>`;

export function stanzaOf({n, own = false, peer = romeo, type = 'chat', extra = '', id = `m${n}`}: Line): string {
	const [from, to] = own ? [`${juliet}/phone`, peer] : [`${peer}/orchard`, juliet];
	return `<message xmlns='jabber:client' from='${from}' to='${to}' type='${type}' id='${id}'><body>${n}</body>${extra}</message>`;
}

/** Puts lines into the archive; answers their ids there. */
export function keep(it: Pick<Scene, 'server' | 'clock'>, ...lines: readonly Line[]): readonly string[] {
	return lines.map(line =>
		it.server.archive.add({
			at: it.clock.now() - (line.ago ?? 0),
			peer: line.peer ?? romeo,
			message: stanzaOf(line),
		}),
	);
}

/** So many lines, one a second, the last one `ago` milliseconds before now. */
export function lines(
	count: number,
	{from = 1, ago = 0, ...line}: Partial<Line> & {readonly from?: number} = {},
): Line[] {
	return Array.from({length: count}, (_, index) => ({
		...line,
		n: from + index,
		ago: ago + (count - 1 - index) * 1000,
	}));
}

/** Delivers a line live, archived under `archiveId`, or without one. */
export async function deliver(it: Scene, line: Line, archiveId?: string): Promise<void> {
	const stanza = stanzaOf({...line, extra: `${line.extra ?? ''}${archiveId === undefined ? '' : stanzaId(archiveId)}`});
	await it.server.bring(stanza);
}

/** What is stored of the conversation with Romeo, oldest first. */
export function stored(it: Profile, limit = 10_000): readonly string[] {
	return it.storage.messages.page(withRomeo, {limit}).map(({body}) => body);
}

export const numbers = (count: number, from = 1) => Array.from({length: count}, (_, index) => `${from + index}`);

export const stateOf = (it: Profile): ArchiveState | undefined => it.storage.archives.load(juliet, juliet);
export const anchor = (it: Profile): ArchivePosition | undefined => anchorOf(stateOf(it) ?? {gaps: []});

/** What was asked of the archive since `from`, without the size of the page. */
export function asked(it: Scene, from = 0) {
	return it.server.archive.queries.slice(from).map(({max: _, ...query}) => query);
}

/** Lets everything run that is under way, the background included. */
export async function idle(it: Scene): Promise<void> {
	for (let quiet = 0, seen = -1; quiet < 3; ) {
		await settled();
		quiet = it.server.archive.queries.length === seen ? quiet + 1 : 0;
		seen = it.server.archive.queries.length;
	}
}

export async function connect(it: Scene): Promise<void> {
	await it.actions.connect({account: juliet});
	await idle(it);
}

/** Ends the connection as if the network went, and keeps it so until `connect`. */
export async function leave(it: Scene): Promise<void> {
	await it.actions.disconnect({account: juliet});
	await settled();
}

/** A scene that has been connected once with this in the archive, and is offline again. */
export async function after(t: ExecutionContext, past: readonly Line[], profile?: Profile): Promise<Scene> {
	const it = await offlineScene(t, profile);
	keep(it, ...past);
	await connect(it);
	await leave(it);
	it.clock.advance(3_600_000);
	return it;
}
