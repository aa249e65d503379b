import process from 'node:process';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {loadAround, loadFollowing, loadHistory} from '../source/client/history.js';
import {createJournal} from '../source/client/journal.js';
import {createSearch} from '../source/client/search.js';
import {systemClock} from '../source/shared/clock.js';
import {silentLog} from '../source/shared/log.js';
import {account, buffer, contact} from '../test/tui/support.js';
import {createTypist, press, type Typist} from '../test/tui/typist.js';
import {type Figure, percentile} from './figures.js';
import {bigBuffer, friend, me, millionHistory} from './million.js';

const size = {columns: 200, rows: 50};
const rounds = 30;
/** Pages turned before memory is looked at, when the window is as large as it gets, and after that. */
const warmUp = 400;
const pages = 2500;

/** A conversation of a million messages on the screen, at 200x50: opening it, going through it, jumping in it. */
export async function historyMillion(): Promise<readonly Figure[]> {
	const {storage, words} = await millionHistory();
	const typist = await typistOn(storage);
	const opening = await times(rounds, async () => {
		await typist.type(press.alt('1'));
		typist.app.hear({type: 'buffer.closed', buffer: bigBuffer});
		typist.app.hear({type: 'buffer.opened', buffer: buffer(friend)});
		await typist.settle();
		const taken = await timed(() => typist.type(press.alt('2')));
		if (typist.app.view().active !== bigBuffer || !typist.row(size.rows - 3).includes('│')) {
			throw new Error('the conversation is not on the screen');
		}

		return taken;
	});
	const turning: number[] = [];
	const turn = async (count: number) => {
		for (let page = 0; page < count; page += 1) {
			turning.push(await timed(() => typist.type(press.pageUp)));
		}
	};
	await turn(warmUp);
	const before = heap();
	await turn(pages);
	const grown = heap() - before;
	const jumping = await times(rounds, async round => {
		const taken = await timed(() => typist.type(`/goto 2025-${String((round % 12) + 1).padStart(2, '0')}-15 12:00\r`));
		await typist.type('/back\r');
		return taken;
	});
	const finding = await times(rounds, async round => {
		await typist.type('\u0013');
		const taken = await timed(() => typist.type(words[2000 + round] ?? ''));
		await typist.type(press.escape);
		await typist.settle();
		return taken;
	});
	typist.app.close();
	return [
		{name: 'a million messages: opening the buffer, p50', unit: 'ms', xmppc: percentile(opening, 50)},
		{name: 'a million messages: opening the buffer, p95', unit: 'ms', target: 30, xmppc: percentile(opening, 95)},
		{name: 'a million messages: a page up, p95', unit: 'ms', target: 30, xmppc: percentile(turning, 95)},
		{name: 'a million messages: heap after 2,500 pages', unit: 'MB more', target: 10, xmppc: Math.max(0, grown / 1e6)},
		{name: 'a million messages: going to a date, p95', unit: 'ms', target: 50, xmppc: percentile(jumping, 95)},
		{name: 'a million messages: finding a word here, p95', unit: 'ms', target: 50, xmppc: percentile(finding, 95)},
	];
}

/** A person at the app, whose history is a real one. */
function typistOn(storage: Awaited<ReturnType<typeof millionHistory>>['storage']): Promise<Typist> {
	storage.buffers.open({id: bigBuffer, kind: 'chat', account: me, jid: friend});
	const finder = createSearch({storage, clock: systemClock, log: silentLog});
	return createTypist(
		{accounts: [account()], contacts: [contact(friend)], buffers: [buffer(friend)]},
		size,
		backend => {
			const journal = createJournal(storage, backend.emit);
			const ports = {storage, journal, log: silentLog, archiveOf: () => undefined};
			Object.assign(backend.actions, {
				async loadHistory({
					buffer: id,
					before,
					after,
					around,
					limit,
				}: Parameters<typeof backend.actions.loadHistory>[0]) {
					if (around !== undefined) {
						loadAround({buffer: id, around, limit}, ports);
					} else if (after === undefined) {
						await loadHistory({buffer: id, before, limit}, ports);
					} else {
						loadFollowing({buffer: id, after, limit}, ports);
					}
				},
				async searchMessages({query, ...range}: Parameters<typeof backend.actions.searchMessages>[0]) {
					return finder.find(query, range, [me]);
				},
			});
		},
	);
}

async function times(count: number, take: (round: number) => Promise<number>): Promise<readonly number[]> {
	const taken: number[] = [];
	for (let round = 0; round < count; round += 1) {
		taken.push(await take(round));
	}

	return taken;
}

/** Milliseconds until all that follows is done and painted. */
async function timed(work: () => Promise<void>): Promise<number> {
	const started = performance.now();
	await work();
	return performance.now() - started;
}

/** Bytes in use after everything that is not has been given up. */
function heap(): number {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	collect();
	return process.memoryUsage().heapUsed;
}
