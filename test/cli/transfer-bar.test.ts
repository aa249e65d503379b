import test from 'ava';
import {createTransferBar} from '../../source/cli/transfer-bar.js';

test('how far a file is stands on one line that is written over, and is taken away again', t => {
	let written = '';
	const bar = createTransferBar(text => {
		written += text;
	});
	bar.clear();
	t.is(written, '', 'nothing is taken away that was never there');
	bar.show('balcony\u001b[2J\n\u202Egpj.jpg', 250, 1000, 500);
	t.regex(written, /^\r\[######\s{18}\] {2}25 % 250 B, 500 B\/s balcony/u);
	t.notRegex(written, /[\u001b\n\u202E]/u);
	t.true(written.length <= 80);
	bar.show('balcony.jpg', 300);
	t.regex(written, /\r300 B balcony\.jpg +$/);
	bar.clear();
	t.regex(written, /\r +\r$/);
	const {length} = written;
	bar.clear();
	t.is(written.length, length);
});

test('where nobody looks nothing is written', t => {
	const bar = createTransferBar(undefined);
	bar.show('balcony.jpg', 1, 2);
	t.notThrows(bar.clear);
});
