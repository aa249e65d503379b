import test from 'ava';
import type {Attachment, FileType} from '../../source/model/attachment.js';
import {
	attachmentWords,
	captionOf,
	durationText,
	messageText,
	searchedWords,
} from '../../source/model/attachment-words.js';
import {fileTypeOf} from '../../source/model/file-type.js';

const url = 'https://upload.example.net/4a77/photo.jpg';
const key = {key: 'SuRJ2agVm/pQbJQlPq/B23Xt1YOOJCcEGJA5HrcYOGQ=', iv: 'T8RDMBaiqn6Ci4Nw'};
const words = (attachment: Attachment) => attachmentWords({url, ...attachment});

test('a file is said in one line: what it is, how large, what it is called', t => {
	t.is(words({name: 'photo.jpg', size: 1_234_567, width: 1024, height: 768}), '[image 1.2 MB 1024x768 photo.jpg]');
	t.is(words({name: 'report.pdf', size: 300_000}), '[file 300 kB report.pdf]');
	t.is(words({name: 'RECORDING_20260301.m4a', size: 90_000, duration: 12_300}), '[voice message 0:12]');
	t.is(words({name: 'RECORDING_20260301.m4a', size: 90_000}), '[voice message 90 kB RECORDING_20260301.m4a]');
	t.is(words({name: 'song.mp3', duration: 3_723_000}), '[audio 1:02:03 song.mp3]');
	t.is(words({mediaType: 'video/mp4', duration: 60_000, size: 0}), '[video 0 B 1:00]');
	t.is(words({}), '[file]');
	t.is(words({name: 'a.png', description: 'The\n balcony'}), '[image a.png: The balcony]');
	t.is(words({isSticker: true, description: '😘'}), '[sticker: 😘]');
	t.is(attachmentWords({name: 'a.png'}), '[image a.png, not available]');
});

test('neither where a file lies nor its key is in its words, in the search or in a caption', t => {
	const attachments = [{url, key, name: 'photo.jpg'}];
	const message = {body: attachmentWords({url, key, name: 'photo.jpg'}), attachments};
	const said = [messageText(message), captionOf(message), searchedWords(attachments)].join('\n');
	t.notRegex(said, /https|upload|4a77|SuRJ|T8RD|aesgcm/);
});

test('nothing in a name or a description leaves its line, or hides', t => {
	const said = words({name: 'a\nb\u202e\u{1b}[2J.exe', description: 'x\r\n\u{1b}]0;y'});
	t.true([...said].every(character => character >= ' ' && character !== '\u{7f}' && character !== '\u202e'));
	const long = words({name: `${'x'.repeat(250)}.jpg`, description: 'y'.repeat(5000)});
	t.true(long.length < 320);
	t.true(long.includes('xx.jpg: yy'));
});

test('a message says its files and then its caption; without one its text is what is said of them', t => {
	const attachments = [
		{url, name: 'a.jpg'},
		{url, name: 'b.pdf'},
	];
	const files = '[image a.jpg]\n[file b.pdf]';
	t.deepEqual(
		[messageText({body: 'Look', attachments}), captionOf({body: 'Look', attachments})],
		[`${files}\nLook`, 'Look'],
	);
	t.deepEqual([messageText({body: files, attachments}), captionOf({body: files, attachments})], [files, '']);
	t.deepEqual([messageText({body: 'Look'}), captionOf({body: 'Look'})], ['Look', 'Look']);
	t.is(messageText({body: files}), files);
});

test('what a file is, its media type says, else how its name ends', t => {
	const types: ReadonlyArray<readonly [Attachment, FileType]> = [
		[{name: 'a.pdf', mediaType: 'image/png'}, 'image'],
		[{name: 'a.PNG', mediaType: 'application/octet-stream'}, 'image'],
		[{name: 'a.svg', mediaType: 'image/svg+xml'}, 'file'],
		[{name: 'song.ogg'}, 'audio'],
		[{name: 'song.ogg', isInline: true}, 'voice'],
		[{name: 'voice-message-3.ogg'}, 'voice'],
		[{name: 'clip.mp4'}, 'video'],
		[{name: 'a.zip'}, 'archive'],
		[{mediaType: 'application/zip'}, 'archive'],
		[{mediaType: 'text/plain'}, 'document'],
		[{name: 'a.exe'}, 'file'],
		[{}, 'file'],
	];
	for (const [attachment, type] of types) {
		t.is(fileTypeOf(attachment), type, JSON.stringify(attachment));
	}
});

test('a length is minutes and seconds, or hours too', t => {
	t.deepEqual([0, 499, 59_600, 3_599_000, 36_000_000].map(durationText), ['0:00', '0:00', '1:00', '59:59', '10:00:00']);
});
