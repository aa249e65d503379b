import {IncomingMessage} from 'node:http';
import {Socket} from 'node:net';
import test from 'ava';
import {createPieceWriter} from '../../source/media/piece-writer.js';

/** A request of which the test says when its pieces left. */
function createRequest() {
	const waiting: Array<(error?: Error) => void> = [];
	const write = (_bytes: unknown, left: unknown) => {
		waiting.push(left as (error?: Error) => void);
		return false;
	};
	return {request: {write}, left: (error?: Error) => waiting.shift()?.(error), waiting};
}

const answered = () => Promise.resolve(new IncomingMessage(new Socket()));
const never = new Promise<IncomingMessage>(() => undefined);
const piece = Buffer.alloc(10);

test('a piece is waited for until it left', async t => {
	const {request, left} = createRequest();
	const writer = createPieceWriter(request, never, 20);
	let isLeft = false;
	const writing = writer.write(piece).then(() => {
		isLeft = true;
	});
	await new Promise(resolve => setImmediate(resolve));
	t.false(isLeft);
	left();
	await writing;
	t.true(isLeft);
});

test('an answer before the last piece ends the writing', async t => {
	const {request} = createRequest();
	const writer = createPieceWriter(request, answered(), 20);
	await t.throwsAsync(writer.write(piece));
	t.truthy(writer.early());
	await t.throwsAsync(writer.write(piece));
});

test('an answer right behind the last piece is not early, and says that it left', async t => {
	const {request, waiting} = createRequest();
	const writer = createPieceWriter(request, answered(), 10);
	await writer.write(piece);
	t.is(writer.early(), undefined);
	t.is(waiting.length, 1);
});

test('what ends the request ends a write of which nothing is heard', async t => {
	const {request} = createRequest();
	const writer = createPieceWriter(request, Promise.reject(new Error('reset')), 20);
	await t.throwsAsync(writer.write(piece), {message: 'reset'});
});
