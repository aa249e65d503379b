import {basename, dirname} from 'node:path';
import {XmppcError} from '../shared/errors.js';

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const resultCodes = {busy: 5, locked: 6, readOnly: 8, io: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26};

/** What SQLite said, in our words. A statement that is wrong in itself keeps SQLite's words. */
export function databaseError(error: unknown, path: string): XmppcError {
	const text = error instanceof Error ? error.message : String(error);
	const problem = (code: string, message: string, hint: string, kind: 'storage' | 'temporary' = 'storage') =>
		new XmppcError({code, kind, message, hint}, {cause: error});
	switch (primaryCode(error)) {
		case resultCodes.corrupt:
		case resultCodes.notADatabase:
			return corruptDatabase(path, text, error);
		case resultCodes.busy:
		case resultCodes.locked:
			return problem(
				'database-busy',
				`The database ${path} is in use by another program.`,
				'Close the other program and try again.',
				'temporary',
			);
		case resultCodes.full:
			return problem('disk-full', `No space is left for the database ${path}.`, 'Free some space there.');
		case resultCodes.readOnly:
			return problem(
				'no-permission',
				`The database ${path} cannot be written.`,
				'Check the owner and mode of the file and of its directory, and that the file system is not read-only.',
			);
		case resultCodes.cannotOpen:
			return problem('file-error', `The database ${path} cannot be opened.`, `Check that ${path} is a file of yours.`);
		case resultCodes.io:
			return problem(
				'file-error',
				`Reading or writing the database ${path} failed (${text}).`,
				'Check the disk and that its file system is healthy and not full.',
			);
		default:
			return problem('database-failed', `The database ${path} refused: ${text}.`, 'Please report this as a defect.');
	}
}

/** The message people get for a damaged file; nothing of it is touched. The directory has the profile's name. */
export function corruptDatabase(path: string, reason: string, cause?: unknown): XmppcError {
	const profile = basename(dirname(path));
	const command = `xmppc history rebuild${profile === 'default' ? '' : ` --profile ${profile}`}`;
	return new XmppcError(
		{
			code: 'database-corrupt',
			kind: 'storage',
			message: `The history database ${path} is damaged: ${reason}.`,
			hint:
				`Nothing was changed. Restore ${path} from a backup; or run \`${command}\`: it puts the file aside, under ` +
				'another name, and what the servers keep is fetched again.',
		},
		{cause},
	);
}

/** SQLite's own texts for the codes above: the package leaves the number out where stepping through rows fails. */
const resultTexts: ReadonlyArray<readonly [string, number]> = [
	['database is locked', resultCodes.busy],
	['database table is locked', resultCodes.locked],
	['attempt to write a readonly database', resultCodes.readOnly],
	['disk I/O error', resultCodes.io],
	['database disk image is malformed', resultCodes.corrupt],
	['database or disk is full', resultCodes.full],
	['unable to open database file', resultCodes.cannotOpen],
	['file is not a database', resultCodes.notADatabase],
];

function primaryCode(error: unknown): number | undefined {
	if (!(error instanceof Error)) {
		return undefined;
	}

	return 'errcode' in error && typeof error.errcode === 'number'
		? error.errcode & 0xff
		: resultTexts.find(([text]) => error.message.includes(text))?.[1];
}
