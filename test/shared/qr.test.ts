import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {formatBits, qrCode, qrLines, versionBits} from '../../source/shared/qr.js';
import {alignmentCentres, codewordCount} from '../../source/shared/qr-tables.js';
import {readQr} from './qr-reader.js';

const address = `xmpp:juliet@example.org?omemo-sid-1234567890=${'0123456789abcdef'.repeat(4)}`;

test('what the standard gives as examples comes out', t => {
	// Annex C: level M, mask 5; annex D: version 7.
	t.is(formatBits('M', 5).toString(2).padStart(15, '0'), '100000011001110');
	t.is(formatBits('L', 0).toString(2), '111011111000100');
	t.is(versionBits(7).toString(2).padStart(18, '0'), '000111110010010100');
	// Table E.1 and table 1.
	t.deepEqual(alignmentCentres(2), [6, 18]);
	t.deepEqual(alignmentCentres(7), [6, 22, 38]);
	t.deepEqual(alignmentCentres(14), [6, 26, 46, 66]);
	t.deepEqual(alignmentCentres(15), [6, 26, 48, 70]);
	t.deepEqual([1, 2, 6, 7, 10, 14, 15].map(codewordCount), [26, 44, 172, 196, 346, 581, 655]);
});

test('a text takes the smallest code, and the better corrected one where that is no larger', t => {
	t.like(qrCode('a'.repeat(14)), {version: 1, level: 'M'});
	t.like(qrCode('a'.repeat(15)), {version: 1, level: 'L'});
	t.like(qrCode('a'.repeat(18)), {version: 2, level: 'M'});
	t.like(qrCode(address), {version: 6, level: 'L'});
	t.is(qrCode('a'.repeat(520))?.version, 15);
	t.is(qrCode('a'.repeat(521)), undefined);
});

testProp(
	'whatever is written is read again, and every block is free of faults',
	[fc.string({unit: 'binary', maxLength: 170})],
	(t, text) => {
		const code = qrCode(text);
		t.is(code === undefined ? undefined : readQr(code.dark), text);
	},
	{numRuns: 60},
);

test('codes of every size are read again', t => {
	for (let length = 1; length <= 520; length += 21) {
		const text = address.repeat(6).slice(0, length);
		const code = qrCode(text);
		t.is(code === undefined ? undefined : readQr(code.dark), text);
	}
});

test('two rows of squares make a line, with light around them, and a dark ground is drawn the other way round', t => {
	const code = qrCode('a');
	if (code === undefined) {
		t.fail();
		return;
	}

	const lines = qrLines(code, 2);
	t.is(lines.length, 13);
	t.true(lines.every(line => line.length === 25));
	t.is(lines[0]?.trim(), '');
	t.is(lines[1]?.slice(0, 9), '  █▀▀▀▀▀█');
	t.is(qrLines(code, 2, true)[1]?.slice(0, 9), '██ ▄▄▄▄▄ ');
});
