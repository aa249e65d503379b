/** What the clients with windows have in common: where they keep what came and went, and how they are asked to do something. */
import path from 'node:path';
import {loadSqlite} from '../../source/storage/sqlite.js';
import type {Prosody} from '../support/prosody.js';
import type {Desktop} from './desktop.js';

/** A client of others at an account, with an OMEMO device of its own. */
export type GuiClient = {
	/** Resolves when its database says that this came, encrypted and from there. */
	reads(from: string, body: string): Promise<void>;
	/** Has it write; resolves when its database says that it went, encrypted. */
	writes(to: string, body: string): Promise<void>;
	/** Ends and starts again; what `meanwhile` does it misses. */
	misses(meanwhile: () => Promise<void>): Promise<void>;
};

export type GuiClientKind = {
	/** As Debian's package and people call it. */
	readonly name: string;
	readonly packageName: string;
	/** What it takes beside what all need: a program or a file, and the package it is in. */
	readonly needs: ReadonlyArray<readonly [file: string, packageName: string]>;
	/** Starts it there, with conversations that are to be encrypted. It is online some seconds later. */
	readonly start: (desktop: Desktop, account: GuiAccount) => Promise<GuiClient>;
};

export type GuiAccount = {
	readonly server: Prosody;
	readonly localpart: string;
	readonly password: string;
	/** Bare JIDs of those it writes with. */
	readonly contacts: readonly string[];
};

/** Milliseconds for a client that has just been started: it logs in and makes its keys. */
export const startPatience = 30_000;

export type Value = string | number | null;
export type Rows = ReadonlyArray<Readonly<Record<string, unknown>>>;

/** A database file in the home of a desktop, opened for one statement only: it belongs to somebody else. */
export function databaseOf(desktop: Desktop, file: string) {
	const open = async (readOnly: boolean) => {
		const {DatabaseSync} = await loadSqlite();
		return new DatabaseSync(path.join(desktop.directory, file), {timeout: 5000, readOnly});
	};
	return {
		async rows(query: string, ...values: readonly Value[]): Promise<Rows> {
			const database = await open(true);
			try {
				return database.prepare(query).all(...values) as Rows;
			} finally {
				database.close();
			}
		},
		/** Writes; the file is given to whom the desktop belongs to. */
		async run(statements: ReadonlyArray<readonly [query: string, ...values: readonly Value[]]>): Promise<void> {
			const database = await open(false);
			try {
				for (const [query, ...values] of statements) {
					database.prepare(query).run(...values);
				}
			} finally {
				database.close();
			}

			desktop.giveAway();
		},
	};
}
