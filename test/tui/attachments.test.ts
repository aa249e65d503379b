/** Files in messages as text: on screens, in lines and spoken. */
import test from 'ava';
import type {Snapshot} from '../../source/model/actions.js';
import {defaultPreferences} from '../../source/model/settings.js';
import {dark} from '../../source/themes/dark.js';
import {monochrome} from '../../source/themes/monochrome.js';
import {newestText} from '../../source/tui/app/copying.js';
import {linkTargets} from '../../source/tui/app/possible-deeds.js';
import {failedIn} from '../../source/tui/app/resend.js';
import {initialView, withActive} from '../../source/tui/app/view-state.js';
import {copiedText} from '../../source/tui/messages/quoting.js';
import {briefWords} from '../../source/tui/panes/message-words.js';
import {linkLines} from '../../source/tui/plain/link-lines.js';
import {lineMode} from './line-mode.js';
import {coloredPicture} from './support/colored-picture.js';
import {files, photo} from './support/files.js';
import {
	account,
	buffer,
	contact,
	evening,
	golden,
	me,
	message,
	paint,
	romeo,
	stateAfter,
	withRomeo,
} from './support.js';

const state = stateAfter(
	{type: 'account.changed', account: account()},
	{type: 'roster.loaded', account: me, contacts: [contact(romeo, {name: 'Romeo'})]},
	{type: 'buffer.opened', buffer: buffer(romeo)},
	{type: 'history.loaded', buffer: withRomeo, complete: true, messages: files},
);
const view = withActive(initialView, withRomeo, undefined);
const secrets = /SuRJ|T8RD|upload|4a77|aesgcm/;

test('files stand in words where they were sent, with the sign of what is encrypted', t => {
	for (const [columns, rows] of [
		[80, 24],
		[40, 12],
	] as const) {
		const {text} = paint(state, view, columns, rows);
		t.is(text, golden(`files-${columns}x${rows}`, text));
		t.notRegex(text, secrets);
	}
});

test('in colours, and without any, the same is told', t => {
	for (const theme of [dark, monochrome]) {
		for (const [columns, rows] of [
			[80, 24],
			[40, 12],
		] as const) {
			const picture = coloredPicture(state, view, theme, {}, [columns, rows]);
			t.is(picture, golden(`files-colors-${theme.name}-${columns}x${rows}`, picture));
		}
	}
});

const snapshot: Partial<Snapshot> = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Romeo'})],
	buffers: [buffer(romeo)],
};

for (const spoken of [false, true]) {
	test(`${spoken ? 'spoken' : 'in lines'}, files are told in the same words`, async t => {
		const run = lineMode({...snapshot, preferences: defaultPreferences}, true, {spoken});
		await run.type('/query romeo');
		for (const each of files) {
			run.backend.emit({type: 'message.recorded', message: each});
		}

		await run.settle();
		const text = run.text();
		t.is(text, golden(`files-${spoken ? 'spoken' : 'lines'}`, text));
		t.notRegex(text, secrets);
	});
}

test('what is copied, quoted and told in brief are the words, and the caption', t => {
	const [first, secret, , both] = files;
	t.is(first && copiedText(first), '[image 1.2 MB 1024x768 photo.jpg]');
	t.is(secret && briefWords(secret), '[file 300 kB *report_2026*.pdf]');
	t.is(
		both && copiedText(both),
		'[image 1.2 MB 1024x768 photo.jpg]\n[video 1:03 balcony.mp4]\nThe *balcony*: https://example.org/',
	);
	t.is(newestText(state, withRomeo), '[image 1.2 MB 1024x768 photo.jpg]');
});

test('a browser is led to files that lie there in clear, and never to one that is encrypted', t => {
	const [first, secret, , both] = files;
	t.deepEqual(first && linkTargets(first), ['https://upload.example.net/4a77/x']);
	t.deepEqual(secret && linkTargets(secret), []);
	t.deepEqual(both && linkTargets(both), ['https://upload.example.net/4a77/x', 'https://example.org/']);
	const lines = linkLines(state, withRomeo).map(({text}) => text);
	t.is(lines.length, 2);
	t.true(lines.some(line => line.includes('https://upload.example.net/4a77/x')));
});

test('a file that could not be sent is sent again as what it is', t => {
	const failed = message(evening, 'x', {attachments: [photo], direction: 'outgoing', state: 'failed'});
	const [again] = failedIn(
		stateAfter(
			{type: 'account.changed', account: account()},
			{type: 'buffer.opened', buffer: buffer(romeo)},
			{type: 'history.loaded', buffer: withRomeo, complete: true, messages: [failed]},
		),
		withRomeo,
		false,
		new Set(),
	);
	t.deepEqual(again?.intent, {
		type: 'client',
		action: 'sendMessage',
		input: {account: me, to: romeo, body: '', attachment: photo},
	} as never);
});
