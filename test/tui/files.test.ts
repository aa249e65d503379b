/** Files: sent, kept and opened, and how far they are, on the screen and in lines. */
import {homedir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {Transfer} from '../../source/model/transfer.js';
import {
	durationText,
	percentOf,
	runningWords,
	secondsLeft,
	transferLines,
} from '../../source/tui/files/transfer-words.js';
import type {LinkOutcome} from '../../source/tui/terminal/link-opener.js';
import {refusal} from './fake-backend.js';
import {lineMode} from './line-mode.js';
import {account, buffer, contact, evening, golden, me, message, minutes, romeo, withRomeo} from './support.js';
import {createTypist, press} from './typist.js';

const people = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Romeo'})],
	buffers: [buffer(romeo)],
	active: withRomeo,
};
const attachment = {name: 'balcony.jpg', mediaType: 'image/jpeg', size: 1_234_567, url: 'https://up.example.net/b.jpg'};
const picture = message(evening - minutes, '[image balcony.jpg]', {direction: 'incoming', attachments: [attachment]});
const said = message(evening, 'But soft', {direction: 'incoming'});
const transfer = (more: Partial<Transfer> = {}): Transfer => ({
	id: 't1',
	account: me,
	buffer: withRomeo,
	direction: 'up',
	name: 'balcony.jpg',
	total: 4_000_000,
	done: 1_000_000,
	state: 'running',
	startedAt: evening,
	...more,
});

const typing = (links?: {openFile(target: string): Promise<LinkOutcome>}) =>
	createTypist(
		people,
		{columns: 80, rows: 24},
		backend => backend.history.set(withRomeo, [picture, said]),
		'',
		links === undefined
			? {}
			: {links: {open: async () => ({type: 'copied'}), copy: async () => ({type: 'copied'}), ...links}},
	);

test('/send sends each file, with its caption, and takes ~ for the home directory', async t => {
	const typist = await typing();
	await typist.type(`/send --caption "By moonlight" ~/balcony.jpg "/tmp/a letter.txt"${press.enter}`);
	t.deepEqual(typist.backend.asked('sendFiles'), [
		{
			account: me,
			to: romeo,
			files: [{path: path.join(homedir(), 'balcony.jpg')}, {path: '/tmp/a letter.txt'}],
			caption: 'By moonlight',
		},
	]);
	t.is(typist.input(), '');
});

test('why a file cannot be sent is said where it was asked, while others are written', async t => {
	const typist = await typing();
	typist.backend.refuse('sendFiles', refusal('no-upload-service', 'example.org takes no files.'));
	await typist.type(`/send /tmp/a${press.enter}`);
	t.regex(typist.screen(), /!!! │ example\.org takes no files\./);
	await typist.type(`/send${press.enter}`);
	t.is(typist.backend.asked('sendFiles').length, 1);
});

test('nobody is sent a file from the console', async t => {
	const typist = await createTypist({accounts: [account()]});
	await typist.type(`/send /tmp/a${press.enter}`);
	t.regex(typist.screen(), /There is nobody here to send it to\./);
	t.deepEqual(typist.backend.asked('sendFiles'), []);
});

test('/save keeps the newest file here and says where; a message without one is refused', async t => {
	const typist = await typing();
	await typist.type(`/save${press.enter}`);
	t.deepEqual(typist.backend.asked('downloadFile'), [{key: picture.key, index: 0}]);
	t.regex(typist.screen(), /Saved: \/home\/juliet\/Downloads\/balcony\.jpg/);
	await typist.type(`/save 1${press.enter}`);
	t.regex(typist.screen(), /There is no file in that message\./);
	await typist.type(`${press.control('u')}${press.control('e')}${press.control('u')}/save 2 /tmp/here${press.enter}`);
	t.deepEqual(typist.backend.asked('downloadFile').at(-1), {key: picture.key, index: 0, path: '/tmp/here'});
});

test('/open opens what was got, and asks first where that could start a program', async t => {
	const opened: string[] = [];
	const links = {
		async openFile(target: string): Promise<LinkOutcome> {
			opened.push(target);
			return {type: 'opened', program: 'xdg-open'};
		},
	};
	const typist = await typing(links);
	await typist.type(`/open${press.enter}`);
	t.deepEqual(opened, ['/home/juliet/Downloads/balcony.jpg']);
	t.regex(typist.screen(), /Opened with xdg-open/);
	Object.assign(typist.backend.saved, {path: '/home/juliet/Downloads/run.sh', isRisky: true});
	await typist.type(`/open${press.enter}`);
	t.is(opened.length, 1);
	t.regex(typist.popup() ?? '', /Open “run\.sh”\?/);
	await typist.type(press.enter);
	t.is(opened.length, 1, 'what is chosen at first keeps it closed');
	await typist.type(`/open${press.enter}`);
	await typist.type(press.down + press.enter);
	t.is(opened.at(-1), '/home/juliet/Downloads/run.sh');
});

test('how far a file is stands in the status bar of its buffer, and goes when it is there', async t => {
	const typist = await typing();
	typist.backend.emit({type: 'transfer.changed', transfer: transfer({rate: 500_000})});
	await typist.settle();
	t.regex(typist.row(22), /↑ balcony\.jpg 25 % 500 kB\/s 0:06/);
	await typist.type(press.alt('1'));
	t.notRegex(typist.row(22), /balcony/);
	await typist.type(press.alt('2'));
	typist.backend.emit({type: 'transfer.changed', transfer: transfer({state: 'done', done: 4_000_000})});
	await typist.settle();
	t.notRegex(typist.row(22), /balcony/);
});

test('/transfers lists what is on its way, ends it and begins it anew by number', async t => {
	const typist = await typing();
	for (const each of [
		transfer({rate: 500_000}),
		transfer({
			id: 't2',
			name: 'evil\u001b[2J\u202Egpj.exe',
			direction: 'down',
			state: 'failed',
			problem: {code: 'file-gone', kind: 'unavailable', message: 'up.example.net does not have it any more.'},
		}),
		transfer({
			id: 't3',
			name: 'letter.txt',
			direction: 'down',
			state: 'done',
			path: '/home/juliet/Downloads/letter.txt',
		}),
		transfer({id: 't4', name: 'other', buffer: bufferId(me, 'chat', 'nurse@example.org' as never), state: 'cancelled'}),
	]) {
		typist.backend.emit({type: 'transfer.changed', transfer: each});
	}

	await typist.type(`/transfers${press.enter}`);
	t.is(typist.popup(), golden('transfers', typist.popup() ?? ''));
	await typist.type(press.escape);
	await typist.type(`/transfers cancel${press.enter}`);
	t.deepEqual(typist.backend.asked('cancelTransfer'), [{id: 't1'}]);
	await typist.type(`/transfers retry${press.enter}`);
	t.deepEqual(typist.backend.asked('retryTransfer'), [{id: 't2'}]);
	await typist.type(`/transfers retry 4${press.enter}`);
	t.deepEqual(typist.backend.asked('retryTransfer').at(-1), {id: 't4'});
	await typist.type(`/transfers cancel 9${press.enter}`);
	t.regex(typist.screen(), /There is no transfer with the number 9\./);
});

test('in lines files are sent and kept too; nothing is opened from there', async t => {
	const lines = lineMode(people);
	lines.backend.history.set(withRomeo, [picture, said]);
	await lines.settle();
	await lines.type(`/query ${romeo}`);
	await lines.type('/send /tmp/a');
	t.like(lines.backend.asked('sendFiles')[0], {files: [{path: '/tmp/a'}]});
	await lines.type('/transfers');
	t.regex(lines.text(), /No file is on its way\./);
});

test('sizes, times and shares are told as people tell them', t => {
	t.is(percentOf({done: 999, total: 1000}), 99);
	t.is(percentOf({done: 5}), undefined);
	t.is(percentOf({done: 0, total: 0}), undefined);
	t.is(secondsLeft({done: 0, total: 1000, rate: 300}), 4);
	t.is(secondsLeft({done: 0, total: 1000, rate: 0}), undefined);
	t.deepEqual([5, 65, 3725].map(durationText), ['0:05', '1:05', '1:02:05']);
	t.deepEqual(runningWords([]), []);
	t.deepEqual(runningWords([transfer(), transfer({id: 't2'})]), [
		'↑ balcony.jpg 25 % +1',
		'↑ balcony.jpg 25 % +1',
		'↑ 25 % +1',
	]);
	t.deepEqual(transferLines(transfer({state: 'waiting'}), 3, 'Romeo'), [' 3  balcony.jpg, to Romeo: waits']);
});
