/** Dino 0.4: its own database, filled before it logs in, and keys and a pointer that are moved for it. */
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {
	checkProtection,
	cleared,
	databaseOf,
	entered,
	type GuiAccount,
	type GuiClient,
	type GuiClientKind,
	must,
	press,
	startPatience,
	typed,
} from './client.js';
import {type Desktop, until} from './desktop.js';

export const dino: GuiClientKind = {
	name: 'Dino',
	packageName: 'dino-im',
	knows: {reactions: true, answers: true},
	needs: [
		['dino-im', 'dino-im'],
		['xdotool', 'xdotool'],
	],
	start,
};

/** As of `libdino/src/entity/`. */
const [incoming, outgoing] = [0, 1];
const [none, omemo] = [0, 2];
const [received, read] = [1, 2];
/** A content item that is a message. */
const text = 1;
/** A body without what `body_meta` says is there for programs that know no answers. */
const withoutQuotation = `substr(body, 1 + coalesce(
	(SELECT to_char FROM body_meta WHERE message_id = message.id AND from_char = 0), 0))`;

async function start(desktop: Desktop, account: GuiAccount): Promise<GuiClient> {
	const launch = () => desktop.start('dino', ['dino-im', '--print-xmpp=all']);
	let running = launch();
	const database = databaseOf(desktop, 'data/dino/dino.db');
	const patience = () => ({timeout: startPatience, unless: () => running.problem()});
	// It makes its tables when it is started first; this is the last thing of them.
	await until(
		'Dino has a database',
		() =>
			database
				.rows("SELECT 1 FROM sqlite_schema WHERE name = 'settings_conversationid_key'")
				.then(rows => rows.length > 0)
				.catch(() => false),
		patience(),
	);
	await running.end();
	await database.run(rowsOf(account));
	running = launch();

	const isEncrypted = (jid: string) => account.contacts.find(contact => contact.jid === jid)?.isEncrypted === true;
	/** Its rows of a text there; `direction` is any where it is not given. */
	const stored = async (jid: string, body: string, direction?: number) => {
		const rows = await database.rows(
			`SELECT message.id, stanza_id AS stanza, encryption, marked, content_item.id AS item FROM message
			JOIN jid ON jid.id = counterpart_id
			LEFT JOIN content_item ON content_type = ${text} AND foreign_id = message.id AND hide = 0
			WHERE bare_jid = ? AND ${withoutQuotation} = ? AND ? IN (direction, -1) ORDER BY message.id`,
			...[jid, body, direction ?? -1],
		);
		return rows.map(({id, stanza, encryption, marked, item}) => ({
			...{id: Number(id), stanza: String(stanza), marked: Number(marked)},
			...{isEncrypted: Number(encryption) === omemo, item: item === null ? undefined : Number(item)},
		}));
	};
	const isStored = async (jid: string, body: string, direction: number) => {
		const found = (await stored(jid, body, direction)).at(-1);
		if (found !== undefined) {
			checkProtection(found.isEncrypted, isEncrypted(jid));
		}

		return found !== undefined;
	};
	/** Whether the one text is shown in the place of the other. */
	const isCorrected = async (jid: string, first: string, second: string, direction: number) => {
		const old = (await stored(jid, first, direction)).at(-1);
		const now = (await stored(jid, second, direction)).at(-1);
		const rows = await database.rows('SELECT to_stanza_id FROM message_correction WHERE message_id = ?', now?.id ?? -1);
		const isMeant = old !== undefined && rows[0]?.to_stanza_id === old.stanza;
		return isMeant && old.item === undefined && now?.item !== undefined && isStored(jid, second, direction);
	};
	/** All that is thought of a text. */
	const reactionsTo = async (jid: string, body: string) => {
		const item = (await stored(jid, body)).at(-1)?.item;
		const rows = await database.rows(
			`SELECT bare_jid, emojis FROM reaction JOIN jid ON jid.id = reaction.jid_id WHERE content_item_id = ?`,
			item ?? -1,
		);
		return new Map(rows.map(row => [String(row.bare_jid), String(row.emojis ?? '')]));
	};
	const isAnswer = async (jid: string, target: string, body: string, direction: number) => {
		const answered = (await stored(jid, target)).at(-1);
		const answer = (await stored(jid, body, direction)).at(-1);
		const rows = await database.rows(
			'SELECT quoted_message_id AS item FROM reply WHERE message_id = ?',
			answer?.id ?? -1,
		);
		const isMeant = answered?.item !== undefined && rows[0]?.item === answered.item;
		return isMeant && isStored(jid, body, direction);
	};
	const opens = async (jid: string): Promise<string> => {
		const window = await until('Dino has a window', () => windowOf(desktop), patience());
		await must(desktop, ['dino-im', `xmpp:${jid}?message`]);
		// Nothing tells when it is in view.
		await press(desktop, 'windowfocus', '--sync', window, 'sleep', '2');
		return window;
	};
	/**
	 * Clicks what appears over the right end of the newest text when the pointer is on it, `left` pixels from the edge. The text has to
	 * have its author above it: it has not right behind another one of theirs.
	 */
	const pick = async (jid: string, left: number) => {
		const window = await opens(jid);
		const geometry = await must(desktop, ['xdotool', 'getwindowgeometry', '--shell', window]);
		const [width, height] = ['WIDTH', 'HEIGHT'].map(name => Number(new RegExp(`${name}=(\\d+)`).exec(geometry)?.[1]));
		const at = (x: number, y: number) => [
			...['mousemove', '--window', window, String((width ?? 0) - x), String((height ?? 0) - y), 'sleep', '0.5'],
		];
		await press(desktop, ...at(410, 89), ...at(405, 86), ...at(left, 114), 'click', '1', 'sleep', '1');
	};
	const writeInView = async (to: string, body: string) => {
		await press(desktop, ...typed(body), 'key', 'Return');
		await until(`Dino writes "${body}"`, () => isStored(to, body, outgoing), patience());
	};

	return {
		opens: jid => opens(jid).then(() => {}),
		reads: (from, body) =>
			until(`Dino shows "${body}"`, () => isStored(from, body, incoming), patience()).then(() => {}),
		async writes(to, body) {
			await opens(to);
			await writeInView(to, body);
		},
		async misses(meanwhile) {
			await running.end();
			await meanwhile();
			running = launch();
		},
		async shown(from) {
			const rows = await database.rows(
				`SELECT ${withoutQuotation} AS body FROM message JOIN jid ON jid.id = counterpart_id
				JOIN content_item ON content_type = ${text} AND foreign_id = message.id AND hide = 0
				WHERE bare_jid = ? AND direction = ? ORDER BY content_item.id`,
				...[from, incoming],
			);
			return rows.map(({body}) => String(body));
		},
		async readsCorrection(from, first, second) {
			const isDone = () => isCorrected(from, first, second, incoming);
			await until(`Dino shows "${second}" for "${first}"`, isDone, patience());
		},
		async corrects(to, first, meanwhile, second) {
			await opens(to);
			await writeInView(to, first);
			await meanwhile();
			await press(desktop, 'key', 'Up', 'sleep', '0.5', ...typed(second), 'key', 'Return');
			await until(`Dino writes "${second}"`, () => isCorrected(to, first, second, outgoing), patience());
		},
		async learns(what, to, body) {
			const wanted = what === 'received' ? [received, read] : [read];
			const isKnown = async () => wanted.includes((await stored(to, body, outgoing)).at(-1)?.marked ?? -1);
			await until(`Dino has "${body}" as ${what}`, isKnown, patience());
		},
		async learnsTyping(from) {
			const told = new RegExp(`from='${from}/[^']*'[^>]*>\\s*<[^>]*chatstates\\}:composing `);
			const isTold = () => told.test(readFileSync(path.join(desktop.directory, 'dino.txt'), 'utf8'));
			await until('Dino is told that somebody writes', isTold, patience());
		},
		async types(to, meanwhile) {
			await opens(to);
			await press(desktop, ...typed('But soft'));
			await meanwhile();
			await press(desktop, ...cleared);
		},
		reactions: {
			async reads(from, body, emoji) {
				const isShown = async () => ((await reactionsTo(from, body)).get(from) ?? '') === emoji.join(',');
				await until(`Dino shows "${emoji}" with "${body}"`, isShown, patience());
			},
			async gives(to, body) {
				await pick(to, 34);
				// The first one of those that are offered.
				await press(desktop, 'key', 'Down', 'sleep', '0.3', 'key', 'Return');
				const isGiven = async () => [...(await reactionsTo(to, body)).keys()].some(by => by !== to);
				await until(`Dino reacts to "${body}"`, isGiven, patience());
			},
		},
		answers: {
			async reads(from, target, body) {
				const isShown = () => isAnswer(from, target, body, incoming);
				await until(`Dino shows "${body}" as an answer to "${target}"`, isShown, patience());
			},
			async writes(to, target, body) {
				await pick(to, 68);
				// Not after BackSpace: in an empty input that lets go of what is to be answered.
				await press(desktop, ...entered(body), 'key', 'Return');
				await until(`Dino writes "${body}"`, () => isStored(to, body, outgoing), patience());
				if (!(await isAnswer(to, target, body, outgoing))) {
					throw new Error(`Dino has "${body}" as no answer to "${target}"`);
				}
			},
		},
	};
}

/** An account that logs in, and conversations that are encrypted. */
function rowsOf({server, localpart, password, contacts}: GuiAccount) {
	return [
		[
			'INSERT INTO account (id, bare_jid, resourcepart, password, alias, enabled) VALUES (1, ?, ?, ?, ?, 1)',
			...[`${localpart}@${server.domain}`, 'dino', password, ''],
		],
		...contacts.flatMap(({jid, isEncrypted}, index) => [
			['INSERT INTO jid (id, bare_jid) VALUES (?, ?)', index + 1, jid] as const,
			[
				`INSERT INTO conversation (account_id, jid_id, active, last_active, type, encryption, notification,
				send_typing, send_marker) VALUES (1, ?, 1, unixepoch(), 0, ?, 0, 0, 0)`,
				...[index + 1, isEncrypted ? omemo : none],
			] as const,
		]),
	] as const satisfies ReadonlyArray<readonly [string, ...ReadonlyArray<string | number>]>;
}

async function windowOf(desktop: Desktop): Promise<string | undefined> {
	const {output} = await desktop.run(['xdotool', 'search', '--onlyvisible', '--name', '^Dino']);
	return /^\d+/.exec(output)?.[0];
}
