import {existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {exportConversation} from '../../source/client/export/export.js';
import {bufferId} from '../../source/model/buffer.js';
import {type ExportFormat, exportFormats, formatOf} from '../../source/model/export.js';
import type {Message} from '../../source/model/message.js';
import type {BareJid, Jid} from '../../source/shared/jid.js';
import type {Storage} from '../../source/storage/ports.js';
import {incoming, juliet, now, outgoing, romeo, temporaryStorage, withRomeo} from '../storage/temporary-profile.js';

const stampOf = (moment: number) => new Date(moment).toISOString().slice(0, 19).replace('T', ' ');
const romeoContact = {
	account: juliet,
	jid: romeo,
	name: 'Romeo <b>',
	subscription: 'both',
	asking: false,
	approved: false,
	groups: [],
} as const;

function folder(t: ExecutionContext): string {
	const made = mkdtempSync(path.join(tmpdir(), 'xmppc-export-'));
	t.teardown(() => rmSync(made, {recursive: true, force: true}));
	return made;
}

/** A conversation as the store gives it out again. */
function holding(...messages: ReadonlyArray<Partial<Message>>): Pick<Storage, 'messages' | 'rosters'> {
	const all = messages.map(
		(message, index): Message => ({...incoming({receivedAt: now + index * 1000}), key: index + 1, ...message}),
	);
	return {
		messages: {
			pageAfter: (_: unknown, {after, limit}: {readonly after: number; readonly limit: number}) =>
				all.filter(({key}) => key > after).slice(0, limit),
		} as unknown as Storage['messages'],
		rosters: {load: () => ({version: undefined, contacts: [romeoContact]})} as unknown as Storage['rosters'],
	};
}

async function exportedAs(
	t: ExecutionContext,
	format: ExportFormat,
	storage: Pick<Storage, 'messages' | 'rosters'>,
	buffer = withRomeo,
): Promise<string> {
	const file = path.join(folder(t), 'out');
	await exportConversation({buffer, format, path: file}, {storage, stampOf});
	return readFileSync(file, 'utf8');
}

const hostile =
	'<script>alert(1)</script> & "quotes" \u001b[2J\u202e ![x](https://evil.example/i.png)\n# Title\n    code\n2026-11-01 10:00:00 Nurse: forged';
const example = holding(
	{body: 'But soft'},
	{body: hostile, encryption: 'omemo'},
	{
		...outgoing({body: 'It is the East', state: 'acked'}),
		key: 3,
		receivedAt: now + 2000,
		edited: {times: 2, at: now + 3000},
	},
	{
		body: 'secret words',
		retracted: {by: 'author', at: now + 5000},
		reactions: [{by: 'x', speaker: 'x', emoji: ['🌹'], said: 1}],
	},
	{body: 'They die', spoiler: 'The <end>', unprotected: true},
	{body: 'Nice', reactions: [{by: juliet, speaker: juliet, own: true, emoji: ['🌹', '👍'], said: 9}]},
	{body: 'only about another one', hidden: true},
	{body: 'of somebody who is not heard', ignored: true},
);

test('text has a message a line, and whatever belongs to it behind white space', async t => {
	const text = await exportedAs(t, 'text', example);
	t.is(text.split('\n')[0], `Conversation with Romeo <b> (${romeo}), ${juliet}`);
	const rows = text.split('\n').slice(2, -1);
	t.true(
		rows.every(row => /^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:Romeo <b>|juliet): | {4}|$)/.test(row)),
		text,
	);
	t.regex(text, /\n {4}2026-11-01 10:00:00 Nurse: forged\n/);
	t.regex(text, / juliet: \[edited\] It is the East\n/);
	t.regex(text, / Romeo <b>: \[encrypted\] <script>/);
	t.regex(text, / Romeo <b>: \[taken back by its author\]\n/);
	t.regex(text, /\[not encrypted, in an encrypted conversation, spoiler: The <end>\] They die\n/);
	t.regex(text, /Nice\n {4}juliet@example\.org: 🌹 👍\n/);
});

for (const format of exportFormats) {
	test(`${format} has neither control characters, nor what was taken back, nor what is not shown`, async t => {
		const text = await exportedAs(t, format, example);
		t.notRegex(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
		t.notRegex(text, /secret words|only about another one|not heard/);
		t.regex(text, /But soft/);
	});
}

test('JSON is one document with documented keys, and texts as they came', async t => {
	const {messages, ...head} = JSON.parse(await exportedAs(t, 'json', example));
	t.deepEqual(head, {
		format: 'xmppc-conversation',
		version: 1,
		account: juliet,
		with: romeo,
		kind: 'chat',
		name: 'Romeo <b>',
	});
	t.is(messages.length, 6);
	t.is(messages[1].body, hostile);
	t.is(messages[1].encryption, 'omemo');
	t.like(messages[2], {direction: 'outgoing', edited: {times: 2, at: new Date(now + 3000).toISOString()}});
	t.deepEqual(messages[3].retracted, {by: 'author', at: new Date(now + 5000).toISOString()});
	t.false('body' in messages[3] || 'reactions' in messages[3]);
	t.deepEqual(messages[5].reactions, [{by: juliet, emoji: ['🌹', '👍']}]);
	t.is(messages[0].at, new Date(now).toISOString());
});

test('in HTML everything is text, and nothing comes from anywhere', async t => {
	const html = await exportedAs(t, 'html', example);
	t.regex(html, /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">/);
	t.notRegex(html, /<(?:script|img|a|iframe|link|object|svg)\b/i);
	t.notRegex(html, / (?:src|href|on\w+)=/i);
	t.regex(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt; &amp; &quot;quotes&quot;/);
	t.regex(html, /<bdi>Romeo &lt;b&gt;<\/bdi>/);
	t.regex(html, /<small>spoiler: The &lt;end&gt;<\/small>/);
	t.is(html.match(/<article /g)?.length, 6);
	t.is(html.match(/<\/article>/g)?.length, 6);
});

test('in Markdown every sign means itself, and a message is a quotation', async t => {
	const markdown = await exportedAs(t, 'markdown', example);
	t.regex(markdown, /\n\*\*Romeo \\<b\\>\*\* \(/);
	t.regex(markdown, /> \\<script\\>alert\\\(1\\\)/);
	t.regex(markdown, /\\!\\\[x\\\]\\\(https/);
	t.regex(markdown, /\n> \\# Title\\\n> &nbsp;&nbsp;&nbsp;&nbsp;code\\\n/);
	t.notRegex(markdown, /(?<!\\)[<[!`]/);
	t.true(
		markdown.split('\n').every(line => line === '' || /^(?:> ?|\*\*|# |- )/.test(line)),
		markdown,
	);
});

test('in a room each is called by their nick', async t => {
	const den = 'den@rooms.example.net' as BareJid;
	const buffer = bufferId(juliet, 'room', den);
	const said = {kind: 'groupchat', buffer, author: `${den}/Ty\u202ebalt` as Jid, body: 'Peace'} as const;
	const text = await exportedAs(t, 'text', holding(said), buffer);
	t.regex(text, /^Room den@rooms\.example\.net, juliet@example\.org\n/);
	t.regex(text, / Ty\\u\{202e\}balt: Peace\n/);
	t.like(JSON.parse(await exportedAs(t, 'json', holding(said), buffer)).messages[0], {nick: 'Ty\u202ebalt'});
});

test('the file is new, nobody else may read it, and nothing is overwritten', async t => {
	const made = folder(t);
	const [file, there, link] = ['out.txt', 'there', 'link'].map(name => path.join(made, name)) as [
		string,
		string,
		string,
	];
	const write = (target: string) =>
		exportConversation({buffer: withRomeo, format: 'text', path: target}, {storage: example});
	t.deepEqual(await write(file), {messages: 6});
	t.is(statSync(file).mode & 0o777, 0o600);
	writeFileSync(there, 'mine');
	symlinkSync(path.join(made, 'elsewhere'), link);
	for (const target of [there, link, file]) {
		t.like(await t.throwsAsync(write(target)), {code: 'file-exists'});
	}

	t.is(readFileSync(there, 'utf8'), 'mine');
	t.false(existsSync(path.join(made, 'elsewhere')));
	t.like(await t.throwsAsync(write('relative.txt')), {code: 'path-not-absolute'});
	t.like(await t.throwsAsync(write(path.join(made, 'no', 'where'))), {
		code: 'no-such-file',
		hint: `Check that ${path.join(made, 'no')} exists.`,
	});
});

test('of what nothing is recorded there is no file, nor where it could not be written to its end', async t => {
	const made = folder(t);
	const file = path.join(made, 'out');
	const write = (storage: Pick<Storage, 'messages' | 'rosters'>, buffer = withRomeo) =>
		exportConversation({buffer, format: 'html', path: file}, {storage});
	t.like(await t.throwsAsync(write(holding())), {code: 'buffer-not-open'});
	t.like(await t.throwsAsync(write(example, 'console' as typeof withRomeo)), {code: 'buffer-not-open'});
	const broken = holding(...Array.from({length: 600}, () => ({body: 'x'})));
	let pages = 0;
	const failing = {
		...broken,
		messages: {
			...broken.messages,
			pageAfter: (...input: Parameters<Storage['messages']['pageAfter']>) => {
				if (++pages > 1) {
					throw new Error('the disk is gone');
				}

				return broken.messages.pageAfter(...input);
			},
		},
	};
	await t.throwsAsync(write(failing), {message: 'the disk is gone'});
	t.false(existsSync(file));
});

test('a long conversation is read page by page, and all of it is written in its order', async t => {
	const storage = await temporaryStorage(t);
	const count = 2345;
	storage.transaction(() => {
		for (let index = 0; index < count; index++) {
			storage.messages.insert(incoming({body: `m${index}`, receivedAt: now + index}));
		}
	});
	const limits: number[] = [];
	const watched = {
		...storage,
		messages: {
			...storage.messages,
			pageAfter: (...[buffer, page]: Parameters<Storage['messages']['pageAfter']>) => {
				limits.push(page.limit);
				return storage.messages.pageAfter(buffer, page);
			},
		},
	};
	const {messages} = JSON.parse(await exportedAs(t, 'json', watched));
	t.deepEqual(
		messages.map(({body}: Message) => body),
		Array.from({length: count}, (_, index) => `m${index}`),
	);
	t.true(limits.length > 4 && limits.every(limit => limit <= 500));
});

test('the form is what the name of the file says, else text', t => {
	t.deepEqual(
		['a.json', 'a.MD', 'a.markdown', 'a.html', 'a.htm', 'a.txt', 'a', '.json/a', 'a.constructor'].map(formatOf),
		['json', 'markdown', 'markdown', 'html', 'html', 'text', 'text', 'text', 'text'],
	);
});

test('files are told in words, in JSON with all that is said of them, and their keys nowhere', async t => {
	const url = 'https://upload.example.net/4a77/photo.jpg';
	const key = {key: 'SuRJ2agVm/pQbJQlPq/B23Xt1YOOJCcEGJA5HrcYOGQ=', iv: 'T8RDMBaiqn6Ci4Nw'};
	const files = holding(
		{body: '[image photo.jpg]', attachments: [{url, key, name: 'photo.jpg'}]},
		{body: 'The summit', attachments: [{url, name: 'summit.jpg', size: 3_032_449}]},
		{body: '', attachments: [{url, name: 'gone.jpg'}], retracted: {by: 'author', at: now}},
	);
	for (const format of exportFormats) {
		const text = await exportedAs(t, format, files);
		t.notRegex(text, /SuRJ|T8RD|gone\.jpg/, format);
		t.true(text.includes('The summit'), format);
		t.true(/summit\\?\.jpg/.test(text), format);
	}

	t.true((await exportedAs(t, 'text', files)).includes('[image 3.0 MB summit.jpg]\n    The summit\n'));
	const {messages} = JSON.parse(await exportedAs(t, 'json', files));
	t.deepEqual(
		messages.map((each: {readonly files: unknown}) => each.files),
		[[{url, name: 'photo.jpg', encrypted: true}], [{url, name: 'summit.jpg', size: 3_032_449}], undefined],
	);
});
