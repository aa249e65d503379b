import {writeFileSync} from 'node:fs';
import {setImmediate} from 'node:timers/promises';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {systemClock} from '../../source/shared/clock.js';
import {problemOf} from '../../source/shared/errors.js';
import type {BareJid} from '../../source/shared/jid.js';
import {profileDirectories} from '../../source/storage/directories.js';
import {createEpoch, epochPath, fileEpochKeeper} from '../../source/storage/epoch.js';
import {takeProfileLock} from '../../source/storage/lock.js';
import {openHistory, openStorage} from '../../source/storage/open.js';
import {openSettings} from '../../source/storage/settings.js';
import type {Database} from '../../source/storage/sqlite.js';
import {incoming, now, outgoing, withRomeo} from './temporary-profile.js';

/** What another process does to a profile, for tests that need one: `node storage-process.js JOB HOME`. */
const jobs = {
	/** Holds the lock until it is killed. */
	async lock(home: string) {
		await takeProfileLock(profileDirectories({HOME: home}, 'default'));
		// Nobody refers to the lock any more: it must not be collected.
		setFlagsFromString('--expose-gc');
		const collectGarbage: () => void = runInNewContext('gc');
		for (let n = 0; n < 5; n += 1) {
			collectGarbage();
			await setImmediate();
		}

		setInterval(() => {}, 60_000);
	},

	/** Writes one transaction after the other, telling the number of each once it is committed. */
	async write(home: string) {
		const storage = await openStorage(profileDirectories({HOME: home}, 'default'), {clock: systemClock});
		const account = withRomeo.split(' ', 1)[0] as BareJid;
		for (let n = 0; ; n += 1) {
			storage.transaction(() => {
				storage.messages.insert(incoming({receivedAt: now + n, body: `first of ${n}`}));
				const {key} = storage.messages.insert(outgoing({receivedAt: now + n, body: `second of ${n}`}));
				storage.outbox.put({key, account, to: account, stanza: 'x'.repeat(20_000)});
			});
			process.stdout.write(`${n}\n`);
		}
	},

	/** Indexes messages lot by lot, telling each time it is committed, and goes on with more messages. */
	async index(home: string) {
		const storage = await openStorage(profileDirectories({HOME: home}, 'default'), {clock: systemClock});
		for (let n = 0; ; n += 1) {
			storage.transaction(() => {
				for (let m = 0; m < 120; m += 1) {
					storage.messages.insert(incoming({receivedAt: now + n, body: `rose n${n} m${m}`}));
				}
			});
			storage.search.advance(0);
			process.stdout.write(`${n}\n`);
		}
	},

	async settings(home: string) {
		await openSettings(profileDirectories({HOME: home}, 'default')).update(settings => ({...settings, theme: 'light'}));
	},

	/** Writes more than 4 kB of settings, and lives on when it may not write so much. */
	async 'large-settings'(home: string) {
		process.on('SIGXFSZ', () => {});
		await openSettings(profileDirectories({HOME: home}, 'default')).update(settings => ({
			...settings,
			theme: 'x'.repeat(6000),
		}));
	},

	/** Begins an epoch, or goes on from one with new devices, and is killed where it writes. */
	async epoch(home: string, cut: string) {
		const directories = profileDirectories({HOME: home}, 'default');
		const die = (here: string) => {
			if (cut === here) {
				process.kill(process.pid, 'SIGKILL');
			}
		};
		const database = await openHistory(directories, () => {});
		const keeper = fileEpochKeeper(directories, () => {});
		const run: Database['run'] = (sql, ...values) => {
			die('before');
			const changed = database.transaction(() => {
				const count = database.run(sql, ...values);
				die('in-transaction');
				return count;
			});
			die('committed');
			return changed;
		};
		const write = (text: string) => {
			if (cut === 'half-written') {
				writeFileSync(`${epochPath(directories)}.000000000000.new`, text.slice(0, 20));
			}

			die('half-written');
			keeper.write(text);
			die('after');
		};
		const epoch = createEpoch({...database, run}, {...keeper, write});
		if (['rolled-back', 'copied'].includes(epoch.begin())) {
			database.run('DELETE FROM omemo_own');
			epoch.accept();
		}
	},

	async storage(home: string) {
		const storage = await openStorage(profileDirectories({HOME: home}, 'default'), {clock: systemClock});
		storage.close();
	},
};

const [, , job, home, detail] = process.argv;
try {
	const run = Object.entries(jobs).find(([name]) => name === job)?.[1];
	await run?.(home ?? '', detail ?? '');
	process.stdout.write('done\n');
} catch (error) {
	process.stdout.write(`${JSON.stringify(problemOf(error))}\n`);
}
