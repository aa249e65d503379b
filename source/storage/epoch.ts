/**
 * Whether the database is where and when it was left (`ARCHITECTURE.md`, Clone and rollback). Each start makes a mark: a number
 * that rises, and a random value. It is written in two places, the database first:
 *
 * 1. `{mark: new, before: the mark outside}` in the database, committed.
 * 2. `new` outside, on the disk.
 *
 * Nothing is encrypted before both are done. The next start goes on where the mark outside is either of the two in the
 * database. Killed before 1, nothing has changed; killed between, the mark outside is `before`; killed after 2, it is `mark`.
 * A database from an earlier start has neither: its `mark` has been outside, but at least one start has written over it. What
 * was copied while the program ran and is put back before the next start is not found out: nothing outside has changed since.
 */
import {createHash, randomBytes} from 'node:crypto';
import {readFileSync, realpathSync} from 'node:fs';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {XmppcError} from '../shared/errors.js';
import {ensurePrivateDirectory, type Notice, type ProfileDirectories} from './directories.js';
import {errorNumberName, fileError} from './file-errors.js';
import type {Epoch, EpochVerdict} from './omemo-ports.js';
import {readPrivateFile, writePrivateFile} from './private-file.js';
import type {Database} from './sqlite.js';

/** The place outside the database. */
export type EpochKeeper = {
	/** Tells this machine and profile from others; the same at each start. */
	place(): string;
	/** What was written last; undefined: nothing. */
	read(): string | undefined;
	/** On return it is on the disk, whole. */
	write(text: string): void;
};

type Mark = {readonly count: number; readonly random: string};
type Inside = {readonly mark: Mark; readonly before?: Mark; readonly place: string};
type Outside = {readonly mark: Mark; readonly place: string};

/** The name of the row in `meta`. */
export const epochName = 'epoch';

export function createEpoch(database: Database, keeper: EpochKeeper): Epoch {
	let verdict: EpochVerdict | undefined;
	/** What was there when it was found out, of which nothing may stay. */
	let devices: readonly string[] = [];

	const ownDevices = () => database.all('SELECT account, id FROM omemo_own').map(({account, id}) => `${account}/${id}`);
	const inside = () => insideIn(parsed(database.get('SELECT value FROM meta WHERE name = ?', epochName)?.value));
	const outside = () => outsideIn(parsed(keeper.read()));

	const advance = (found: Inside | undefined, kept: Outside | undefined) => {
		const place = keeper.place();
		const count = Math.max(found?.mark.count ?? 0, kept?.mark.count ?? 0) + 1;
		const mark: Mark = {count, random: randomBytes(16).toString('hex')};
		const next: Inside = {mark, ...(kept === undefined ? {} : {before: kept.mark}), place};
		database.run('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)', epochName, JSON.stringify(next));
		keeper.write(`${JSON.stringify({version: 1, ...mark, place})}\n`);
	};

	const begin = (): EpochVerdict => {
		if (verdict === undefined) {
			const [found, kept] = [inside(), outside()];
			devices = ownDevices();
			const judged = judge(found, kept, keeper.place(), devices.length > 0);
			if (goesOn(judged)) {
				advance(found, kept);
			}

			verdict = judged;
		}

		return verdict;
	};

	return {
		begin,
		accept() {
			if (goesOn(begin())) {
				return;
			}

			const old = ownDevices().find(device => devices.includes(device));
			if (old !== undefined) {
				throw new XmppcError({
					code: 'devices-not-renewed',
					kind: 'notPermitted',
					message: `The encryption device of ${old.split('/', 1)[0]} is still the one that may be in use elsewhere.`,
					hint: 'Make a new device for this account first.',
				});
			}

			advance(inside(), outside());
			verdict = 'same';
		},
	};
}

function goesOn(verdict: EpochVerdict): boolean {
	return verdict === 'fresh' || verdict === 'same';
}

/** Without an own device there is nothing that must not be used twice, whatever the marks say. */
function judge(
	inside: Inside | undefined,
	outside: Outside | undefined,
	here: string,
	hasDevices: boolean,
): EpochVerdict {
	const isElsewhere = [inside, outside].some(found => found !== undefined && found.place !== here);
	if (!isElsewhere && inside !== undefined && outside !== undefined) {
		if (isSame(outside.mark, inside.mark) || isSame(outside.mark, inside.before)) {
			return 'same';
		}
	}

	if (!hasDevices) {
		return 'fresh';
	}

	// With neither mark known, a database that is not older than what is outside has another past.
	const isOlder = inside === undefined || outside === undefined || inside.mark.count < outside.mark.count;
	return isElsewhere || !isOlder ? 'copied' : 'rolled-back';
}

function isSame(one: Mark, other: Mark | undefined): boolean {
	return one.count === other?.count && one.random === other.random;
}

/** The file in the state directory: a backup of the data does not hold it. */
export function fileEpochKeeper({data, state}: ProfileDirectories, notice: Notice): EpochKeeper {
	const path = epochPath({state});
	return {
		place: () => placeOf(machineName(), realpathSync(data)),
		read: () => readPrivateFile(path),
		write(text) {
			ensurePrivateDirectory(state, notice);
			writePrivateFile(path, text);
		},
	};
}

/** Where the mark lies outside the database. */
export function epochPath({state}: Pick<ProfileDirectories, 'state'>): string {
	return join(state, 'epoch.json');
}

/** A hash, since the name of a machine is nobody else's business (machine-id(5)). */
export function placeOf(machine: string, path: string): string {
	return createHash('sha256').update(`${machine}\0${path}`).digest('hex');
}

/** What systemd and D-Bus call this machine; without that its host name. */
function machineName(): string {
	try {
		const id = readFileSync('/etc/machine-id', 'utf8').trim();
		// An image that has not been started yet says "uninitialized".
		return /^[0-9a-f]{32}$/.test(id) ? id : hostname();
	} catch (error) {
		if (errorNumberName(error) === 'ENOENT') {
			return hostname();
		}

		throw fileError(error, 'read the name of this machine', '/etc/machine-id');
	}
}

function parsed(text: unknown): Readonly<Record<string, unknown>> | undefined {
	try {
		const value: unknown = typeof text === 'string' ? JSON.parse(text) : undefined;
		return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
	} catch {
		// What cannot be read says as much as what is gone.
		return undefined;
	}
}

function insideIn(value: Readonly<Record<string, unknown>> | undefined): Inside | undefined {
	const mark = markIn(value?.mark);
	const before = markIn(value?.before);
	return mark === undefined || typeof value?.place !== 'string'
		? undefined
		: {mark, ...(before === undefined ? {} : {before}), place: value.place};
}

function outsideIn(value: Readonly<Record<string, unknown>> | undefined): Outside | undefined {
	const mark = markIn(value);
	return mark === undefined || value?.version !== 1 || typeof value.place !== 'string'
		? undefined
		: {mark, place: value.place};
}

function markIn(value: unknown): Mark | undefined {
	if (typeof value !== 'object' || value === null || !('count' in value) || !('random' in value)) {
		return undefined;
	}

	const {count, random} = value;
	return typeof count === 'number' && Number.isSafeInteger(count) && count > 0 && typeof random === 'string'
		? {count, random}
		: undefined;
}
