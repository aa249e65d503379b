import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {Message} from '../../source/model/message.js';
import type {Clock} from '../../source/shared/clock.js';
import type {BareJid, FullJid} from '../../source/shared/jid.js';
import {type ProfileDirectories, profileDirectories} from '../../source/storage/directories.js';
import type {EpochKeeper} from '../../source/storage/epoch.js';
import {openStorage} from '../../source/storage/open.js';
import type {Storage} from '../../source/storage/ports.js';

export const juliet = 'juliet@example.org' as BareJid;
export const romeo = 'romeo@example.net' as BareJid;
export const romeoAtHome = 'romeo@example.net/orchard' as FullJid;
export const withRomeo = bufferId(juliet, 'chat', romeo);

/** A point in time that the tests call now: 2026-01-01T00:00:00Z. */
export const now = 1_767_225_600_000;

/** A clock that stands still; its timers never fire. */
export const stoppedClock: Clock = {now: () => now, monotonic: () => 0, after: () => () => {}};

/** The directories of a profile in a temporary place that goes away with the test. */
export function temporaryProfile(t: Pick<ExecutionContext, 'teardown'>, profile = 'default'): ProfileDirectories {
	const home = mkdtempSync(join(tmpdir(), 'xmppc-test-'));
	t.teardown(() => rmSync(home, {recursive: true, force: true}));
	return profileDirectories({HOME: home}, profile);
}

/** An empty database, closed after the test. */
export async function temporaryStorage(
	t: Pick<ExecutionContext, 'teardown'>,
	directories = temporaryProfile(t),
): Promise<Storage> {
	const storage = await openStorage(directories, {clock: stoppedClock});
	t.teardown(() => storage.close());
	return storage;
}

/** A message of Romeo's to Juliet, apart from what the test says about it. */
export function incoming(part: Partial<Message> = {}): Omit<Message, 'key'> {
	return {
		account: juliet,
		buffer: withRomeo,
		kind: 'chat',
		direction: 'incoming',
		author: romeoAtHome,
		body: 'Good morrow',
		receivedAt: now,
		via: 'live',
		...part,
	};
}

/** A message of Juliet's to Romeo. */
export function outgoing(part: Partial<Message> = {}): Omit<Message, 'key'> {
	return incoming({direction: 'outgoing', author: juliet, via: 'local', state: 'queued', ...part});
}

/** The place outside a database, in memory. */
export function memoryEpochKeeper(place = 'here'): EpochKeeper {
	let kept: string | undefined;
	return {
		place: () => place,
		read: () => kept,
		write(text) {
			kept = text;
		},
	};
}
