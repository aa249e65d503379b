/** Plays a plan with real processes and a real server, heals everything, and gathers what is left. */
import {setTimeout as sleep} from 'node:timers/promises';
import {messageOf} from '../../source/shared/errors.js';
import {makeXmppcAccount} from '../support/peers/xmppc.js';
import {type Prosody, startProsody} from '../support/prosody.js';
import {type Detour, startProxy} from '../support/proxy.js';
import {addressOf} from '../support/scripted-session.js';
import {type ArchiveEntry, readServerArchive} from '../support/server-archive.js';
import {check, type Finding, type Verdict} from './check.js';
import {createDevice, type Device, unreadName} from './device.js';
import {type Evidence, type Owner, ownerOf, type Recorded, type Remains} from './evidence.js';
import {keepEvidence} from './keep.js';
import {type DeviceName, deviceNames, type Plan, type Step} from './plan.js';

export type Run = {
	readonly seed: number;
	readonly verdict: Verdict;
	/** Messages that were sent to one person. */
	readonly messages: number;
	/** Messages that were sent to the room. */
	readonly inRoom: number;
	/** Where everything about it was kept; only of a run that failed. */
	readonly kept?: string;
};

const password = 'pencil';
const peerOf: Readonly<Record<Owner, Owner>> = {juliet: 'romeo', romeo: 'juliet'};
/** Milliseconds for everything to be well again. */
const healing = 60_000;

/** A link that swallowed bytes is of no use any more. */
type Place = {readonly device: Device; readonly link: Detour; swallowed: boolean};
type World = {
	readonly server: Prosody;
	readonly encrypted: boolean;
	readonly sabotage: Sabotage | undefined;
	readonly places: Readonly<Record<DeviceName, Place>>;
	hardKills: number;
	readonly remains: Remains[];
	/** What was said when all was well. */
	readonly talk: string[];
};

/** `mark put back`: with the database goes what is kept outside it to find that out, so that nobody can. */
export type Sabotage = 'mark put back';

export async function play(plan: Plan, sabotage?: Sabotage): Promise<Run> {
	const server = await startProsody({
		accounts: {juliet: password, romeo: password},
		rosters: {
			juliet: [{jid: 'romeo@example.test', subscription: 'both'}],
			romeo: [{jid: 'juliet@example.test', subscription: 'both'}],
		},
		scram: 'SHA-256',
		sasl2: plan.sasl2,
		settings: [
			`smacks_hibernation_time = ${plan.hibernation}`,
			'muc_room_default_persistent = true',
			'muc_log_by_default = true',
			'muc_room_locking = false',
		].join('\n'),
	});
	const made: Place[] = [];
	try {
		const placeOf = async (name: DeviceName): Promise<Place> => {
			const place = await settle(server, name, plan.encrypted);
			made.push(place);
			return place;
		};
		const [desk, pocket, romeo] = await Promise.all([placeOf('desk'), placeOf('pocket'), placeOf('romeo')]);
		const {encrypted} = plan;
		const places = {desk, pocket, romeo};
		const world: World = {server, encrypted, sabotage, places, hardKills: 0, remains: [], talk: []};
		await Promise.all(deviceNames.map(name => world.places[name].device.start(plan.first[name])));
		await Promise.all(deviceNames.map(name => world.places[name].device.enter()));
		let problem: string | undefined;
		try {
			await playSteps(plan.steps, world);
			await within(healing, heal(plan, world));
		} catch (error) {
			problem = messageOf(error);
		}

		const evidence = await gather(plan.seed, world);
		const checked = check(evidence);
		const verdict: Verdict =
			problem === undefined
				? checked
				: {...checked, findings: [...checked.findings, {kind: 'lost', text: `it did not become well: ${problem}`}]};
		const [messages, inRoom] = [evidence.sent.length, evidence.room?.sent.length ?? 0];
		return verdict.findings.length === 0
			? {seed: plan.seed, verdict, messages, inRoom}
			: {
					seed: plan.seed,
					verdict,
					messages,
					inRoom,
					kept: keepEvidence({plan, evidence, verdict, server, devices: made.map(({device}) => device)}),
				};
	} finally {
		await Promise.all(
			made.map(async ({device, link}) => {
				await device.close();
				await link.close();
				device.xmppc.remove();
			}),
		);
		await server.stop();
	}
}

const roomOf = ({roomDomain}: Prosody) => addressOf(`den@${roomDomain}`);

async function settle(server: Prosody, name: DeviceName, encrypted: boolean): Promise<Place> {
	const owner = ownerOf[name];
	const link = await startProxy(server.port);
	const xmppc = await makeXmppcAccount(server, owner, password, {port: link.port});
	await xmppc.run(['set', 'omemo.default', encrypted ? 'on' : 'off']);
	const address = (who: Owner) => addressOf(`${who}@${server.domain}`);
	const whose = {account: address(owner), peer: address(peerOf[owner]), room: roomOf(server), encrypts: encrypted};
	return {device: createDevice(name, whose, xmppc), link, swallowed: false};
}

async function playSteps(steps: readonly Step[], world: World): Promise<void> {
	for (const step of steps) {
		await perform(step, world);
	}
}

async function perform(step: Step, world: World): Promise<void> {
	if (step.do === 'wait') {
		await sleep(step.milliseconds);
	} else if (step.do === 'start server') {
		await world.server.start();
	} else if (step.do === 'stop server') {
		world.hardKills += step.how === 'hard' ? 1 : 0;
		await world.server.halt(step.how === 'hard' ? 'hard' : undefined);
	} else if (step.do === 'back up') {
		await world.server.start();
		const place = world.places[step.device];
		mend(place);
		await within(healing, place.device.backUp(step.as));
	} else {
		await disturb(step, world.places[step.device], world);
	}
}

/** Its link is as good as new. */
function mend(place: Place): void {
	const {link, swallowed} = place;
	link.travel({});
	link.open(true);
	link.flow();
	if (swallowed) {
		link.cut();
		place.swallowed = false;
	}
}

type Disturbance = Exclude<Extract<Step, {device: DeviceName}>, {do: 'back up'}>;

async function disturb(step: Disturbance, place: Place, world: World): Promise<void> {
	const {device, link} = place;
	switch (step.do) {
		case 'say':
			device.say(step.count);
			break;
		case 'say in room':
			device.sayInRoom(step.count);
			break;
		case 'send':
			device.send(step.wait, step.killed);
			break;
		case 'start':
			await device.start(step.as);
			break;
		case 'kill':
			world.remains.push(await device.kill());
			break;
		case 'quit':
			await device.quit();
			break;
		case 'restore':
			world.remains.push(await device.restore(step.as, world.sabotage === 'mark put back'));
			break;
		case 'renew':
			device.renew();
			break;
		case 'calm':
			await within(healing, device.calm());
			break;
		case 'reconnect':
			device.reconnect();
			break;
		case 'cut':
			link.cut();
			place.swallowed = false;
			break;
		case 'flow':
			link.flow();
			break;
		case 'refuse':
		case 'admit':
			link.open(step.do === 'admit');
			break;
		case 'stall':
			link.stall(step.direction);
			break;
		case 'swallow':
			link.freeze(step.direction);
			place.swallowed = true;
			break;
		case 'half-close':
			link.halfClose(step.direction);
			break;
		case 'travel':
			link.travel(step.manner);
			break;
	}
}

/** Everything works again, and goes on until nothing is left to do. */
async function heal(plan: Plan, world: World): Promise<void> {
	await world.server.start();
	const places = deviceNames.map(name => world.places[name]);
	places.forEach(mend);

	await Promise.all(
		places.map(async ({device}) => {
			if (!device.isRunning) {
				await device.start(plan.first[device.name]);
			}

			await device.online();
			await device.enter();
			await device.quiet();
			await leaveDoubt(device);
		}),
	);
	await settled(plan, world);
	// Whatever was: everybody can still talk.
	for (const {device} of places) {
		device.say(1);
		await device.quiet();
		world.talk.push(device.sent.at(-1)?.body ?? '');
	}

	await settled(plan, world);

	// What the servers still have to say comes before the answers.
	await Promise.all(places.map(({device}) => device.ping()));
	await Promise.all(places.map(({device}) => device.quit()));
}

/** Whoever has an old copy writes once more, and makes a new device. */
async function leaveDoubt(device: Device): Promise<void> {
	if (await device.isInDoubt()) {
		await device.attempt();
	}

	while (await device.isInDoubt()) {
		device.renew();
		await device.quiet();
	}
}

async function settled({seed}: Plan, world: World): Promise<void> {
	while (!(await isSettled(seed, world))) {
		await sleep(150);
	}
}

/** Whether there is nothing more to wait for. What comes too often comes afterwards, too. */
async function isSettled(seed: number, world: World): Promise<boolean> {
	const histories = await byDevice(name => world.places[name].device.history());
	const inRoom = await byDevice(name => world.places[name].device.roomHistory());
	const isOpen = deviceNames.some(name =>
		[...histories[name], ...inRoom[name]].some(
			({state}) => state === 'queued' || state === 'written' || state === 'uncertain',
		),
	);
	const evidence = await evidenceOf(seed, world, histories, inRoom);
	const {findings} = check(evidence);
	const has = (wanted: Finding['kind']) => findings.some(({kind}) => kind === wanted);
	// What is exposed stays so, and what is lost with it may, too.
	return has('exposed') || !(isOpen || has('lost'));
}

async function gather(seed: number, world: World): Promise<Evidence> {
	await world.server.start();
	const left = await byDevice(async name => {
		const {device} = world.places[name];
		await device.close();
		return {...(await device.remains()), room: await device.roomRemains()};
	});
	const {desk, pocket, romeo} = left;
	const evidence = await evidenceOf(
		seed,
		world,
		{desk: desk.history, pocket: pocket.history, romeo: romeo.history},
		{desk: desk.room, pocket: pocket.room, romeo: romeo.room},
	);
	return {...evidence, positions: {desk: desk.archive, pocket: pocket.archive, romeo: romeo.archive}};
}

/** Puts the words in the place of what was encrypted, in archives and where a device could not read it. */
function inWords(evidence: Evidence): Evidence {
	const {archives, histories, shown, remains, restorations} = evidence;
	const words = new Map(
		[...Object.values(histories), ...remains.map(({history}) => history), ...restorations.map(({copy}) => copy)]
			.flat()
			.flatMap(({id, body, encryption}) => (id === undefined || encryption === 'unread' ? [] : [[id, body] as const])),
	);
	const named = new Map([...words].map(([id, body]) => [unreadName(id), body]));
	const read = (text: string) => named.get(text) ?? text;
	const entries = (archive: readonly ArchiveEntry[]) =>
		archive.map(({body, ...entry}) => {
			const known = entry.recipients === undefined ? body : words.get(entry.messageId ?? '');
			return known === undefined ? entry : {...entry, body: known};
		});
	const rows = (history: readonly Recorded[]) => history.map(row => ({...row, body: read(row.body)}));
	return {
		...evidence,
		archives: {juliet: entries(archives.juliet), romeo: entries(archives.romeo)},
		histories: {desk: rows(histories.desk), pocket: rows(histories.pocket), romeo: rows(histories.romeo)},
		shown: {desk: shown.desk.map(read), pocket: shown.pocket.map(read), romeo: shown.romeo.map(read)},
		remains: remains.map(each => ({...each, history: rows(each.history)})),
		restorations: restorations.map(each => ({...each, copy: rows(each.copy), forgotten: rows(each.forgotten)})),
	};
}

async function evidenceOf(
	seed: number,
	world: World,
	histories: Evidence['histories'],
	inRoom: Evidence['histories'],
): Promise<Evidence> {
	const {server, places, hardKills, remains} = world;
	const [juliet, romeo, room] = await Promise.all([
		readServerArchive(server, 'juliet', password),
		readServerArchive(server, 'romeo', password),
		readServerArchive(server, 'juliet', password, roomOf(server), 'room-reader'),
	]);
	const {desk, pocket, romeo: his} = places;
	const devices = world.encrypted ? await byDevice(name => places[name].device.omemoDevice()) : undefined;
	return inWords({
		seed,
		hardKills,
		archives: {juliet, romeo},
		histories,
		positions: {desk: undefined, pocket: undefined, romeo: undefined},
		sent: deviceNames.flatMap(name => places[name].device.sent),
		shown: {desk: desk.device.shown, pocket: pocket.device.shown, romeo: his.device.shown},
		remains,
		restorations: deviceNames.flatMap(name => places[name].device.restorations),
		...(devices && {secrecy: {devices, talk: world.talk}}),
		room: {
			archive: room,
			histories: inRoom,
			sent: deviceNames.flatMap(name => places[name].device.sentInRoom),
			shown: {desk: desk.device.shownInRoom, pocket: pocket.device.shownInRoom, romeo: his.device.shownInRoom},
		},
	});
}

async function byDevice<Value>(ask: (name: DeviceName) => Promise<Value>): Promise<Record<DeviceName, Value>> {
	const [desk, pocket, romeo] = await Promise.all([ask('desk'), ask('pocket'), ask('romeo')]);
	return {desk, pocket, romeo};
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
	const over = new AbortController();
	const ranOut = sleep(milliseconds, undefined, {signal: over.signal}).then(
		() => {
			throw new Error(`not within ${milliseconds / 1000} s`);
		},
		() => undefined,
	);
	try {
		await Promise.race([work, ranOut]);
	} finally {
		over.abort();
	}
}
