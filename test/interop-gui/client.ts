/** What the clients with windows have in common: where they keep what came and went, and how they are asked to do something. */
import path from 'node:path';
import {loadSqlite} from '../../source/storage/sqlite.js';
import type {Prosody} from '../support/prosody.js';
import type {Desktop} from './desktop.js';

/**
 * A client of others at an account, with an OMEMO device of its own. What it is asked for resolves when its own records say so; it
 * fails where something came or went in clear that was to be encrypted, or the other way round.
 */
export type GuiClient = {
	/** This text came from there, and is shown. */
	reads(from: string, body: string): Promise<void>;
	/** Has it write this; it went. */
	writes(to: string, body: string): Promise<void>;
	/** Ends and starts again; what `meanwhile` does it misses. */
	misses(meanwhile: () => Promise<void>): Promise<void>;
	/** Shows the conversation, so that what is new in it is read. */
	opens(jid: string): Promise<void>;
	/** The texts that are shown from there, the oldest first. */
	shown(from: string): Promise<readonly string[]>;
	/** Something that it shows from there has the second text now, where it had the first. */
	readsCorrection(from: string, first: string, second: string): Promise<void>;
	/** Has it write the first text, do that, and put the second one in its place. */
	corrects(to: string, first: string, meanwhile: () => Promise<void>, second: string): Promise<void>;
	/** It knows of what it wrote that it came, or was read. */
	learns(what: 'received' | 'displayed', to: string, body: string): Promise<void>;
	/** It was told that somebody is writing there. */
	learnsTyping(from: string): Promise<void>;
	/** Presses keys in a conversation, does that, and takes the text away unsent. */
	types(to: string, meanwhile: () => Promise<void>): Promise<void>;
	/** Absent: it knows no reactions (XEP-0444). */
	readonly reactions?: {
		/** It shows just these of the one there with the text, whoever wrote that. */
		reads(from: string, body: string, emoji: readonly string[]): Promise<void>;
		/** Has it react with a 😀 to the newest text of the conversation, which is this, behind one that it wrote. */
		gives(to: string, body: string): Promise<void>;
	};
	/** Absent: it knows no answers (XEP-0461). */
	readonly answers?: {
		/** The text came as an answer to that one, and without its words. */
		reads(from: string, target: string, body: string): Promise<void>;
		/** Has it answer the newest text of the conversation, which is `target`, behind one that it wrote. */
		writes(to: string, target: string, body: string): Promise<void>;
	};
};

export type GuiClientKind = {
	/** As Debian's package and people call it. */
	readonly name: string;
	readonly packageName: string;
	/** What it takes beside what all need: a program or a file, and the package it is in. */
	readonly needs: ReadonlyArray<readonly [file: string, packageName: string]>;
	/** What not all of them do (XEP-0444, XEP-0461). */
	readonly knows: {readonly reactions: boolean; readonly answers: boolean};
	/** Starts it there, with conversations of which some are to be encrypted. It is online some seconds later. */
	readonly start: (desktop: Desktop, account: GuiAccount) => Promise<GuiClient>;
};

export type GuiAccount = {
	readonly server: Prosody;
	readonly localpart: string;
	readonly password: string;
	/** Those it writes with. */
	readonly contacts: readonly GuiContact[];
};

export type GuiContact = {
	/** Bare. */
	readonly jid: string;
	/** Whether what it writes there is to be encrypted, and what comes from there is. */
	readonly isEncrypted: boolean;
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

/** Runs a program on a desktop; fails with what it said where it fails. */
export async function must(desktop: Desktop, command: readonly string[]): Promise<string> {
	const {status, output, errors} = await desktop.run(command);
	if (status !== 0) {
		throw new Error(`${command[0]} ended with ${status}: ${errors.trim()}`);
	}

	return output;
}

/** Says so where a text went otherwise than the conversation has it. */
export function checkProtection(isEncrypted: boolean, expected: boolean): void {
	if (isEncrypted !== expected) {
		throw new Error(expected ? 'it came or went in clear' : 'it came or went encrypted');
	}
}

/** Milliseconds between two keys. */
const pace = '30';

/** Moves the pointer and presses keys, as `xdotool` has it. */
export async function press(desktop: Desktop, ...chain: readonly string[]): Promise<void> {
	await must(desktop, ['xdotool', ...chain]);
}

/** As arguments of `xdotool`: the text. Without `--args` it would type the rest of them too. */
export function entered(text: string): readonly string[] {
	return ['type', '--args', '1', '--delay', pace, text];
}

/** As arguments of `xdotool`: the text in place of what is in the input. */
export function typed(text: string): readonly string[] {
	return [...cleared, ...entered(text)];
}

/** As arguments of `xdotool`: nothing in place of what is in the input. */
export const cleared: readonly string[] = ['key', 'ctrl+a', 'key', 'BackSpace'];
