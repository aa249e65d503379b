/**
 * What a server lacks that people would otherwise take for a fault of the program. Each is told once, and again only after
 * the server had it in between.
 */
import {archive} from '../extensions/archive.js';
import {archivePreferences} from '../extensions/archive-preferences.js';
import {carbons} from '../extensions/carbons.js';
import type {Clock} from '../shared/clock.js';
import {messageOf} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {Storage} from '../storage/ports.js';
import type {Use} from '../xmpp/extension.js';
import type {Session} from '../xmpp/session.js';
import type {Journal} from './journal.js';

/** Stored by these names: one that is published keeps its meaning. */
export type Shortcoming = 'no-carbons' | 'no-archive' | 'archive-off' | 'no-acknowledgements';

/** What is missing in a session that has started. */
export async function shortcomingsOf(session: Pick<Session, 'isCounted'>, use: Use): Promise<readonly Shortcoming[]> {
	const {keepsEverything, policy} = use(archivePreferences);
	const isOff = use(archive).isAvailable() && keepsEverything() !== true && (await policy()) === 'never';
	return [
		...(use(carbons).isRefused() ? (['no-carbons'] as const) : []),
		...(use(archive).isMissing() ? (['no-archive'] as const) : []),
		...(isOff ? (['archive-off'] as const) : []),
		...(session.isCounted ? [] : (['no-acknowledgements'] as const)),
	];
}

type Words = {readonly text: string; readonly hint: string};

const words: Readonly<Record<Shortcoming, (account: BareJid, isArchived: boolean) => Words>> = {
	'no-carbons': (account, isArchived) => ({
		text: `The server of ${account} does not copy messages to all devices: what you write and get on others ${isArchived ? 'appears here at the next login only' : 'does not appear here'}.`,
		hint: 'Only its operator can change it (XEP-0280).',
	}),
	'no-archive': account => ({
		text: `The server of ${account} keeps no archive: what you write and get on other devices while this one is offline does not appear here.`,
		hint: 'A message whose connection breaks at the wrong moment stays marked as uncertain. Only the operator can change it (XEP-0313).',
	}),
	'archive-off': account => ({
		text: `The archive of ${account} is switched off: what you write and get on other devices while this one is offline does not appear here.`,
		hint: `Switch it on with \`xmppc account archive ${account} always\`; \`roster\` keeps what contacts write only.`,
	}),
	'no-acknowledgements': account => ({
		text: `The server of ${account} does not count what it gets: xmppc asks about each message instead, and a connection that breaks begins anew.`,
		hint: 'It works, a little slower. Only the operator can change it (XEP-0198).',
	}),
};

/** Says what is new of it, and remembers that. */
function tell(account: BareJid, found: readonly Shortcoming[], {storage, journal, clock}: ShortcomingPorts): void {
	const told = storage.servers.told(account);
	const isSame = found.length === told.length && found.every(topic => told.includes(topic));
	if (isSame) {
		return;
	}

	const isArchived = !found.includes('no-archive') && !found.includes('archive-off');
	journal.commit(() => {
		storage.servers.rememberTold(account, found);
		for (const topic of found) {
			if (!told.includes(topic)) {
				journal.emit({
					type: 'notice',
					level: 'warning',
					...words[topic](account, isArchived),
					account,
					at: clock.now(),
				});
			}
		}
	});
}

export type ShortcomingPorts = {
	readonly storage: Pick<Storage, 'servers'>;
	readonly journal: Journal;
	readonly clock: Pick<Clock, 'now'>;
	readonly log: Pick<Log, 'note'>;
};

/** Asks a session that has started what is missing, and says what is new of it. Not worth waiting for: it never fails. */
export async function tellShortcomings(
	account: BareJid,
	shortcomings: () => Promise<readonly Shortcoming[]>,
	ports: ShortcomingPorts,
): Promise<void> {
	try {
		tell(account, await shortcomings(), ports);
	} catch (error) {
		ports.log.note('account', `what the server lacks was not found out: ${messageOf(error)}`);
	}
}
