/**
 * `npm run bench`: takes every figure the project holds itself to, beside other clients where they are installed, and
 * prints one table. `npm run bench -- typing send` takes only those.
 */
import {loadavg} from 'node:os';
import process from 'node:process';
import {beside} from './beside.js';
import {buffers} from './buffers.js';
import {catchUp} from './catch-up.js';
import {contestants} from './clients.js';
import {type Figure, formatTable} from './figures.js';
import {files} from './files.js';
import {flood} from './flood.js';
import {historyMillion} from './history-million.js';
import {idle} from './idle.js';
import {incoming} from './incoming.js';
import {load} from './load.js';
import {omemo} from './omemo.js';
import {omemoStore} from './omemo-store.js';
import {relationFigures} from './relations.js';
import {roomFigures} from './rooms.js';
import {roster} from './roster.js';
import {screen} from './screen.js';
import {search} from './search.js';
import {send} from './send.js';
import {start} from './start.js';
import {type Surroundings, startSurroundings} from './surroundings.js';
import {typing} from './typing.js';

const families: Readonly<Record<string, (surroundings: Surroundings) => Promise<readonly Figure[]>>> = {
	typing,
	incoming,
	buffers,
	screen,
	idle,
	load,
	send,
	beside,
	start,
	flood,
	'catch-up': catchUp,
	roster,
	rooms: roomFigures,
	search,
	relations: relationFigures,
	omemo,
	'omemo-store': omemoStore,
	files,
	'history-million': historyMillion,
};

async function main(names: readonly string[]): Promise<number> {
	const unknown = names.find(name => !(name in families));
	if (unknown !== undefined) {
		process.stderr.write(`bench: no figures are called ${unknown}; there are ${Object.keys(families).join(', ')}\n`);
		return 64;
	}

	const chosen = Object.entries(families).filter(([name]) => names.length === 0 || names.includes(name));
	if (contestants().length === 1) {
		process.stderr.write('bench: profanity is not installed; its column stays empty\n');
	}

	const [busy = 0] = loadavg();
	if (busy > 0.7) {
		process.stderr.write(`bench: the machine is busy (load ${busy.toFixed(1)}); times will be too high\n`);
	}

	const figures: Figure[] = [];
	const surroundings = await startSurroundings();
	try {
		for (const [name, take] of chosen) {
			const started = performance.now();
			process.stderr.write(`bench: ${name} ... `);
			figures.push(...(await take(surroundings)));
			process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0)} s\n`);
		}
	} finally {
		await surroundings.close();
	}

	process.stdout.write(`${formatTable(figures)}\n`);
	return figures.some(figure => figure.xmppc === undefined) ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
