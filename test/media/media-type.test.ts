/** What a file is: by what it is called, by what is said of it, and by what it shows (`protocol.md` §4.4, row 84). */
import test from 'ava';
import {mediaTypeByContent} from '../../source/media/media-signature.js';
import {extensionFor, extensionOf, fileTypeOf, mediaTypeByName, readMediaType} from '../../source/media/media-type.js';
import {isRisky} from '../../source/media/risky-file.js';

test('the extension says the type, whatever its case', t => {
	t.is(mediaTypeByName('a.JPG'), 'image/jpeg');
	t.is(mediaTypeByName('RECORDING_20260101.m4a'), 'audio/mp4');
	t.is(mediaTypeByName('a.unheardof'), undefined);
	t.is(mediaTypeByName('jpg'), undefined);
	t.is(mediaTypeByName('.jpg'), undefined);
});

test('a type gives back the extension that names with it have', t => {
	t.is(extensionFor('image/jpeg'), 'jpg');
	t.is(extensionFor('IMAGE/JPG; q=1'), 'jpg');
	t.is(extensionFor('audio/x-m4a'), 'm4a');
	t.is(extensionFor('application/octet-stream'), undefined);
	t.is(extensionFor(undefined), undefined);
});

test('a type is two words of which nothing else may be part', t => {
	t.is(readMediaType(' Image/PNG;x=1'), 'image/png');
	for (const text of [
		'',
		'image',
		'image/',
		'/png',
		'image/p ng',
		'image/png/x',
		'image/\u202Egnp',
		`a/${'b'.repeat(200)}`,
	]) {
		t.is(readMediaType(text), undefined, text);
	}
});

test('an extension is short and of letters and digits', t => {
	t.is(extensionOf('a.tar.GZ'), 'gz');
	t.is(extensionOf('a.b c'), '');
	t.is(extensionOf('a.'), '');
	t.is(extensionOf('.profile'), '');
});

test('to a person a file is a picture, a film, sound, a voice, a document, an archive or just a file', t => {
	t.is(fileTypeOf({mediaType: 'image/webp'}), 'image');
	t.is(fileTypeOf({mediaType: 'video/mp4'}), 'video');
	t.is(fileTypeOf({mediaType: 'audio/mp4', name: 'song.m4a'}), 'audio');
	t.is(fileTypeOf({mediaType: 'audio/mp4', name: 'RECORDING_20260102_030405678.m4a'}), 'voice');
	t.is(fileTypeOf({name: 'voice-message.ogg'}), 'voice');
	t.is(fileTypeOf({mediaType: 'application/pdf'}), 'document');
	t.is(fileTypeOf({mediaType: 'application/vnd.oasis.opendocument.text'}), 'document');
	t.is(fileTypeOf({mediaType: 'text/x-python'}), 'document');
	t.is(fileTypeOf({mediaType: 'application/zip'}), 'archive');
	t.is(fileTypeOf({mediaType: 'application/octet-stream', name: 'a.png'}), 'image');
	t.is(fileTypeOf({mediaType: 'image/svg+xml'}), 'document', 'it is not drawn');
	t.is(fileTypeOf({}), 'file');
});

const bytes = (text: string) => Buffer.from(text, 'latin1');
const iso = (brand: string) => bytes(`\u0000\u0000\u0000\u0020ftyp${brand}\u0000\u0000\u0002\u0000`);
const contents: ReadonlyArray<readonly [string, Buffer]> = [
	['image/png', bytes('\u0089PNG\r\n\u001A\n\u0000')],
	['image/jpeg', bytes('\u00FF\u00D8\u00FF\u00E0\u0000\u0010JFIF')],
	['image/gif', bytes('GIF89a')],
	['image/webp', bytes('RIFF\u0010\u0000\u0000\u0000WEBPVP8 ')],
	['audio/wav', bytes('RIFF\u0010\u0000\u0000\u0000WAVEfmt ')],
	['image/avif', iso('avif')],
	['image/heic', iso('heic')],
	['audio/mp4', iso('M4A ')],
	['video/mp4', iso('isom')],
	['video/quicktime', iso('qt  ')],
	['video/webm', bytes('\u001AE\u00DF\u00A3\u0001\u0000webm')],
	['video/x-matroska', bytes('\u001AE\u00DF\u00A3\u0001\u0000matroska')],
	['audio/ogg', bytes('OggS\u0000\u0002........................OpusHead')],
	['video/ogg', bytes('OggS\u0000\u0002........................\u0080theora')],
	['audio/mpeg', bytes('ID3\u0004')],
	['audio/flac', bytes('fLaC')],
	['application/pdf', bytes('%PDF-1.7')],
	['application/zip', bytes('PK\u0003\u0004')],
	['application/gzip', bytes('\u001F\u008B\u0008')],
	['application/x-tar', Buffer.concat([Buffer.alloc(257), bytes('ustar\u0000')])],
	['application/x-executable', bytes('\u007FELF\u0002')],
	['application/vnd.microsoft.portable-executable', bytes('MZ\u0090\u0000')],
	['text/x-shellscript', bytes('#!/bin/sh\n')],
	['text/html', bytes('\u00EF\u00BB\u00BF \n<!-- hello --><!DOCTYPE HTML><html>')],
	['text/html', Buffer.from('<html>', 'utf16le')],
	['image/svg+xml', bytes('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">')],
	['application/x-desktop', bytes('# hello\n[Desktop Entry]\nExec=rm')],
];

for (const [type, content] of contents) {
	test(`the first bytes show ${type}: ${JSON.stringify(content.toString('latin1', 0, 12))}`, t => {
		t.is(mediaTypeByContent(content), type);
	});
}

test('what shows nothing is nothing, however short', t => {
	t.is(mediaTypeByContent(Buffer.alloc(0)), undefined);
	t.is(mediaTypeByContent(bytes('just words')), undefined);
	t.is(mediaTypeByContent(bytes('a < b')), undefined);
	for (const [, content] of contents) {
		t.is(mediaTypeByContent(content.subarray(0, 1)), undefined);
	}
});

test('only the beginning is looked at', t => {
	t.is(mediaTypeByContent(Buffer.concat([bytes('<a>'.padEnd(2000)), bytes('<html>')])), undefined);
});

test('what could run when it is opened is risky, by its name', t => {
	for (const name of [
		...['a.exe', 'photo.jpg.EXE', 'a.desktop', 'a.jar', 'a.sh', 'a.html', 'a.svg', 'a.docm', 'a.doc', 'a.xls', 'a.py'],
		...[
			'a.js',
			'a.appimage',
			'a.deb',
			'a.lnk',
			'a.url',
			'a.scr',
			'a.apk',
			'a.iso',
			'a.mhtml',
			'a.ps1',
			'a.dmg',
			'a.xml',
		],
	]) {
		t.true(isRisky(name, 'image/jpeg'), name);
	}
});

test('what could run is risky by its type too, said or shown', t => {
	for (const type of [
		...['text/html', 'image/svg+xml', 'application/x-desktop', 'application/x-executable', 'text/x-shellscript'],
		...['application/java-archive', 'application/vnd.ms-excel.sheet.macroEnabled.12', 'TEXT/HTML; charset=utf-8'],
	]) {
		t.true(isRisky('photo.jpg', type), type);
		t.true(isRisky('photo.jpg', 'image/jpeg', type), type);
	}
});

test('pictures, sound, films and plain documents are not', t => {
	for (const name of [
		'a.jpg',
		'a.png',
		'a.m4a',
		'a.mp4',
		'a.pdf',
		'a.txt',
		'a.odt',
		'a.docx',
		'a.zip',
		'a.unheardof',
	]) {
		t.false(isRisky(name, mediaTypeByName(name)), name);
	}

	t.false(isRisky('README', 'text/plain'));
});

test('what nothing is known of is risky', t => {
	t.true(isRisky('README'));
	t.true(isRisky('README', undefined, 'application/octet-stream'));
});
