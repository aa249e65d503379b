import {randomUUID} from 'node:crypto';
import {open, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fc, testProp} from '@fast-check/ava';
import {blockBytes, createBlockWriter, readBlocks} from '../../source/media/blocks.js';
import {content} from './files.js';

const bytes = content(3 * blockBytes + 77);
const size = fc.oneof(
	fc.integer({min: 0, max: bytes.length}),
	fc.constantFrom(0, 1, blockBytes, 2 * blockBytes, 3 * blockBytes),
);

testProp(
	'whatever the sizes of what is added, the same is written, seen and read again',
	[
		size,
		size,
		fc.array(fc.oneof(fc.integer({min: 0, max: 20_000}), fc.integer({min: 0, max: 2 * blockBytes})), {maxLength: 30}),
	],
	async (t, length, from, sizes) => {
		const name = path.join(tmpdir(), `xmppc-blocks-${randomUUID()}`);
		const file = await open(name, 'wx+', 0o600);
		try {
			const seen: Buffer[] = [];
			const writer = createBlockWriter(file, 0, block => seen.push(Buffer.from(block)));
			const wanted = bytes.subarray(0, length);
			let at = 0;
			for (const part of [...sizes, length]) {
				const piece = wanted.subarray(at, at + part);
				at += piece.length;
				await writer.add(piece);
			}

			t.is(writer.end, length);
			await writer.flush();
			t.true(Buffer.concat(seen).equals(wanted));
			const read: Buffer[] = [];
			for await (const block of readBlocks(file, from, bytes.length)) {
				t.true(block.length <= blockBytes);
				read.push(Buffer.from(block));
			}

			t.true(Buffer.concat(read).equals(wanted.subarray(from)));
		} finally {
			await file.close();
			await rm(name);
		}
	},
	{numRuns: 40},
);
