import {homedir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {refusal} from './fake-backend.js';
import {lineMode} from './line-mode.js';
import {buffer, contact, romeo, withRomeo} from './support.js';
import {createTypist} from './typist.js';

const talk = {contacts: [contact(romeo)], buffers: [buffer(romeo)], active: withRomeo};
const written = path.join(homedir(), 'romeo.html');

test('/export says where the conversation is, and what went wrong', async t => {
	const {type, backend, screen} = await createTypist(talk, {columns: 100, rows: 24});
	await type('/export ~/romeo.html\r');
	t.deepEqual(backend.asked('exportHistory'), [{buffer: withRomeo, format: 'html', path: written}]);
	t.true(screen().includes(`0 messages are in ${written}, which only you may read.`), screen());
	backend.refuse(
		'exportHistory',
		refusal('file-exists', 'It is there already; it was not overwritten.', 'Choose another name.'),
	);
	await type('/export romeo.txt\r');
	t.regex(screen(), /It is there already; it was not overwritten\./);
	t.like(backend.asked('exportHistory').at(-1), {path: path.resolve('romeo.txt'), format: 'text'});
});

test('the same in lines', async t => {
	const it = lineMode(talk, false);
	await it.settle();
	await it.type('/buffer 2');
	await it.type('/export --format markdown ~/romeo.html');
	t.deepEqual(it.backend.asked('exportHistory'), [{buffer: withRomeo, format: 'markdown', path: written}]);
	t.true(it.text().includes(`messages are in ${written}`));
	await it.end();
});
