/** What others call a file, made a name on this disk (`protocol.md` §4.4, row 83). */
import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {localFileName, numberedName, serverFileName} from '../../source/media/file-name.js';

const names: ReadonlyArray<readonly [string, string, string]> = [
	['a plain name stays', 'photo.jpg', 'photo.jpg'],
	['so does one in any script', 'Größe 写真.jpg', 'Größe 写真.jpg'],
	['a path loses its directories', '../../.ssh/authorized_keys', 'authorized_keys'],
	['an absolute path too', '/etc/passwd', 'passwd'],
	['and one of Windows', 'C:\\Windows\\system32\\a.dll', 'a.dll'],
	['what ends in a slash has a name before it', 'photos/', 'photos'],
	['dots alone are no name', '..', 'file'],
	['nor are dots with a slash', '../', 'file'],
	['a hidden file is seen', '.bashrc', 'bashrc'],
	['an option is none', '-rf', 'rf'],
	['nor is one behind a dot', '.-rf', 'rf'],
	['a home is none', '~root', 'root'],
	['control characters go', 'a\u0000b\u001B[31mc\u007F\u009B.txt', 'ab[31mc.txt'],
	['a line end becomes a space', 'a\nb.txt', 'a b.txt'],
	['a direction override cannot turn the extension', 'photo\u202Egpj.exe', 'photogpj.exe'],
	['nothing invisible hides', 'a\u200B\u2066\u00AD\uFEFF\u3164b.txt', 'ab.txt'],
	['what stood apart becomes one character', 'a\u0000\u0301.txt', '\u00E1.txt'],
	['half a character goes', 'a\uD800b.txt', 'ab.txt'],
	['a mark has nothing to go to', '\u0301a.txt', 'a.txt'],
	['devices of Windows are files', 'CON', '_CON'],
	['with an extension too', 'nul.txt', '_nul.txt'],
	['and with a number', 'com1.tar.gz', '_com1.tar.gz'],
	['what only begins like one is none', 'console.txt', 'console.txt'],
	['dots and spaces at the end go', 'a.txt. . ', 'a.txt'],
	['what Windows cannot write is replaced', 'a<b>:"|?*.txt', 'a_b______.txt'],
	['only what is unfinished ends in .part', 'film.part', 'film.part_'],
	['nothing is a file', '', 'file'],
	['white space is nothing', ' \u00A0\u2003 ', 'file'],
];

for (const [says, given, wanted] of names) {
	test(`a name: ${says}`, t => {
		t.is(localFileName({name: given}), wanted);
	});
}

test('without a name the last part of the address is one, with its escapes read', t => {
	t.is(localFileName({url: 'https://example.org/a/tr%C3%A8s%20cool.jpg?x=/y.exe'}), 'très cool.jpg');
	t.is(localFileName({name: '...', url: 'https://example.org/a/b.jpg'}), 'b.jpg');
	t.is(localFileName({url: 'https://example.org/a/..%2F..%2F.ssh%2Fid'}), 'id');
	t.is(localFileName({url: 'https://example.org/100%'}), '100%');
	t.is(localFileName({url: 'https://example.org/'}), 'file');
	t.is(localFileName({url: 'nonsense'}), 'file');
});

test('an extension comes from the media type where the name has none', t => {
	t.is(localFileName({name: 'photo', mediaType: 'image/jpeg'}), 'photo.jpg');
	t.is(localFileName({mediaType: 'audio/mp4; codecs=x'}), 'file.m4a');
	t.is(localFileName({name: 'photo.png', mediaType: 'image/jpeg'}), 'photo.png');
	t.is(localFileName({name: 'photo', mediaType: 'application/octet-stream'}), 'photo');
	t.is(localFileName({name: 'photo', mediaType: '../../x'}), 'photo');
});

test('a long name is cut before its extension, between characters', t => {
	t.is(localFileName({name: `${'a'.repeat(4000)}.jpg`}), `${'a'.repeat(116)}.jpg`);
	t.is(localFileName({name: `${'a'.repeat(300)}.tar.gz`}), `${'a'.repeat(113)}.tar.gz`);
	t.is(localFileName({name: `${'ü'.repeat(200)}.jpg`}), `${'ü'.repeat(58)}.jpg`);
	t.is(localFileName({name: `${'🎉'.repeat(200)}.jpg`}), `${'🎉'.repeat(29)}.jpg`);
});

const anyName = fc.oneof(
	fc.string({unit: 'binary', maxLength: 300}),
	fc.string({unit: 'grapheme', maxLength: 200}),
	fc
		.array(
			fc.constantFrom(
				'.',
				'-',
				'/',
				'\\',
				' ',
				'~',
				'con',
				'NUL',
				'.part',
				'\u202E',
				'\u0000',
				'\u0301',
				'a',
				'é',
				'.jpg',
				'🎉',
				'\uD800',
			),
			{maxLength: 80},
		)
		.map(parts => parts.join('')),
);

testProp(
	'whatever the name: one component, short, without anything unseen, neither hidden nor an option',
	[anyName, fc.option(fc.constantFrom('image/png', 'text/html', 'x'), {nil: undefined})],
	(t, name, mediaType) => {
		const made = localFileName({name, mediaType});
		t.true(Buffer.byteLength(made) <= 120);
		t.true(made.length > 0);
		t.notRegex(made, /[/\\<>:"|?*]|[\p{C}\p{Zl}\p{Zp}\p{DI}]/u);
		t.notRegex(made, /^[\s.~-]|[\s.]$|\.part$/);
		t.notRegex(made, /^(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)/i);
		t.is(localFileName({name: made}), made, 'a second time changes nothing');
	},
);

test('what has a name already gets the next number, before the extension', t => {
	t.deepEqual(
		[0, 1, 2].map(taken => numberedName('photo.jpg', taken)),
		['photo.jpg', 'photo-1.jpg', 'photo-2.jpg'],
	);
	t.is(numberedName('a.tar.gz', 1), 'a-1.tar.gz');
	t.is(numberedName('README', 3), 'README-3');
});

test('a server sees a random name with the extension, another one each time', t => {
	const one = serverFileName({name: 'My will.pdf', mediaType: 'application/pdf'});
	t.regex(one, /^[0-9a-f]{32}\.pdf$/);
	t.not(serverFileName({name: 'My will.pdf'}), one);
	t.regex(serverFileName({mediaType: 'image/png'}), /^[0-9a-f]{32}\.png$/);
	t.regex(serverFileName({name: 'secret'}), /^[0-9a-f]{32}$/);
	t.regex(serverFileName({name: 'a.not an extension'}), /^[0-9a-f]{32}$/);
});
