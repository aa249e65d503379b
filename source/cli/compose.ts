/** The composition root: where the parts of the program meet. */
import process from 'node:process';
import type {ControlServer} from '../control/server.js';
import {controlSocketPath} from '../control/socket-path.js';
import {systemClock} from '../shared/clock.js';
import {type Log, silentLog} from '../shared/log.js';
import {type ProfileDirectories, profileDirectories} from '../storage/directories.js';
import {takeProfileLock} from '../storage/lock.js';
import {openStorage} from '../storage/open.js';
import {createSecretStores} from '../storage/secrets/stores.js';
import {openSettings} from '../storage/settings.js';
import type {Resolver} from '../xmpp/resolver.js';
import {openDebugLog} from './debug-log.js';
import {readSecretDescriptor} from './input.js';
import type {Composition, Person, ProfileOptions} from './shell.js';

/** @param person who can be asked for a passphrase and told what was noticed on disk. */
export function createComposition(person: Person): Composition {
	return {
		settings: ({profile}) => openSettings(profileDirectories(process.env, profile)).read(),
		changeSetting: ({profile}, change) =>
			withLock(profile, person, async directories => {
				const {changeSetting, createLiveSettings} = await import('../client/live-settings.js');
				await changeSetting(createLiveSettings(openSettings(directories, {notice: person.tell})), change);
			}),
		checkHistory: ({profile}) =>
			withLock(profile, person, async directories => (await import('../storage/rebuild.js')).checkHistory(directories)),
		rebuildHistory: ({profile}) =>
			withLock(profile, person, async directories =>
				(await import('../storage/rebuild.js')).rebuildHistory(directories, systemClock),
			),
		async openClient(options) {
			const ports = await openProfile(options, person);
			try {
				// What is needed first: damage that is met here is met while a person can be asked what to do about it.
				ports.storage.buffers.list();
			} catch (error) {
				ports.close();
				throw error;
			}

			const {createClient} = await import('../client/actions.js');
			const client = createClient(ports);
			const {actions, events, start} = client;
			let control: ControlServer | undefined;
			return {
				actions,
				events,
				start,
				log: ports.log,
				async serve() {
					const {clock, log, directories} = ports;
					const {startControlServer} = await import('../control/server.js');
					control = await startControlServer({
						path: controlSocketPath(directories),
						profile: directories.data,
						actions,
						events,
						watchXml: client.watchXml,
						watch: client.watch,
						arrive: client.arrive,
						clock,
						log,
					});
				},
				async close() {
					// Whoever asks from now on waits for the profile.
					await control?.close();
					await client.stop();
					ports.close();
				},
			};
		},
		async send(options, message) {
			const ports = await openProfile(options, person);
			try {
				const {sendOnce} = await import('../client/one-shot.js');
				return await sendOnce(message, ports);
			} finally {
				ports.close();
			}
		},
	};
}

/** Works on the files of a profile while nobody else can. */
async function withLock<Result>(
	profile: string,
	{tell}: Person,
	work: (directories: ProfileDirectories) => Promise<Result>,
): Promise<Result> {
	const directories = profileDirectories(process.env, profile);
	const lock = await takeProfileLock(directories, {notice: tell});
	try {
		return await work(directories);
	} finally {
		lock.release();
	}
}

/** Takes the profile for this process and opens everything in it. */
async function openProfile({profile, debug, passphraseFd}: ProfileOptions, {ask, tell}: Person) {
	const clock = systemClock;
	const directories = profileDirectories(process.env, profile);
	const debugLog = debug === undefined ? undefined : openDebugLog(debug, clock);
	const log = debugLog?.log ?? silentLog;
	const notice = (text: string) => {
		log.note('storage', text);
		tell(text);
	};
	const settings = openSettings(directories, {notice});
	// Before the lock: whoever finds the settings damaged need not wait for another program to learn it.
	settings.read();
	const lock = await takeProfileLock(directories, {notice});
	try {
		const storage = await openStorage(directories, {clock, notice});
		const askPassphrase = passphraseFd === undefined ? ask : async () => readSecretDescriptor(passphraseFd);
		return {
			directories,
			clock,
			log,
			settings,
			storage,
			secrets: createSecretStores({
				directories,
				clock,
				notice,
				...(askPassphrase === undefined ? {} : {askPassphrase}),
			}),
			resolver: createLateResolver(log),
			close() {
				storage.close();
				lock.release();
				debugLog?.close();
			},
		};
	} catch (error) {
		lock.release();
		throw error;
	}
}

/** DNS is loaded at the first question: an account with a host of its own has none. */
function createLateResolver(log: Log): Resolver {
	let resolver: Resolver | undefined;
	const loaded = async () => {
		const {createDnsResolver} = await import('../xmpp/dns-resolver.js');
		resolver ??= createDnsResolver({log, random: Math.random});
		return resolver;
	};
	return {
		resolve: async domain => (await loaded()).resolve(domain),
		webSockets: async (domain, query) => (await (await loaded()).webSockets?.(domain, query)) ?? [],
	};
}
