/** What happens in one run, made from its seed: the same seed, the same steps. When they meet what, the machine decides. */
import {createRandom, type Random} from '../chaos/random.js';
import type {Direction, Manner} from '../support/proxy.js';

/** Two devices of Juliet's account and one of Romeo's. */
export const deviceNames = ['desk', 'pocket', 'romeo'] as const;
export type DeviceName = (typeof deviceNames)[number];

/** What a device runs as: without a screen, in lines, or in a terminal. */
export const frontEnds = ['daemon', 'plain', 'screen'] as const;
export type FrontEnd = (typeof frontEnds)[number];

export type Step =
	/** Through the client that runs, in the background. */
	| {readonly do: 'say' | 'say in room'; readonly device: DeviceName; readonly count: number}
	/**
	 * By an `xmppc send` of its own, in the background; without a running client it logs in itself. `killed`: after so many
	 * milliseconds, if it still runs.
	 */
	| {readonly do: 'send'; readonly device: DeviceName; readonly wait: 'queued' | 'acked'; readonly killed?: number}
	| {readonly do: 'start'; readonly device: DeviceName; readonly as: FrontEnd}
	/** `kill -9`. */
	| {readonly do: 'kill'; readonly device: DeviceName}
	| {readonly do: 'quit'; readonly device: DeviceName}
	/** Its files are copied when nothing of it is on its way; then it runs, also if it did not before. */
	| {readonly do: 'back up'; readonly device: DeviceName; readonly as: FrontEnd}
	/** Until nothing of it is on its way. */
	| {readonly do: 'calm'; readonly device: DeviceName}
	/** `kill -9`, and the copy is put back; then it runs. */
	| {readonly do: 'restore'; readonly device: DeviceName; readonly as: FrontEnd}
	/** What a person does who is told that it encrypts nothing any more. */
	| {readonly do: 'renew'; readonly device: DeviceName}
	/** What a person does who is tired of the countdown. */
	| {readonly do: 'reconnect'; readonly device: DeviceName}
	| {readonly do: 'cut' | 'flow' | 'refuse' | 'admit'; readonly device: DeviceName}
	| {readonly do: 'stall' | 'swallow'; readonly device: DeviceName; readonly direction: Direction}
	| {readonly do: 'half-close'; readonly device: DeviceName; readonly direction: 'up' | 'down'}
	| {readonly do: 'travel'; readonly device: DeviceName; readonly manner: Manner}
	| {readonly do: 'stop server'; readonly how: 'clean' | 'hard'}
	| {readonly do: 'start server'}
	| {readonly do: 'wait'; readonly milliseconds: number};

export type Plan = {
	readonly seed: number;
	/** Seconds for which the server keeps the session of a lost connection. */
	readonly hibernation: number;
	/** Whether the server offers SASL2, Bind 2 and FAST. */
	readonly sasl2: boolean;
	/** Whether everybody encrypts. */
	readonly encrypted: boolean;
	readonly first: Readonly<Record<DeviceName, FrontEnd>>;
	readonly steps: readonly Step[];
};

/** Steps, half of them pauses. */
const length = 100;
/** Where among them the copy of a database is made, and put back. */
const backup = {from: 4, to: 40};
const restoration = {from: 50, to: 80};
/** More than a page of the archive. */
const flood = {from: 105, to: 230};

/** Possible steps with their weights, by what is so at the moment. */
type Situation = {readonly running: ReadonlySet<DeviceName>; readonly serverRuns: boolean; readonly flooded: boolean};

/** The plan of a seed. It leaves disturbed what it disturbed: whoever plays it heals everything afterwards. */
export function planOf(seed: number): Plan {
	const random = createRandom(seed);
	const running = new Set<DeviceName>(deviceNames);
	let serverRuns = true;
	let flooded = false;
	const first = {desk: random.pick(frontEnds), pocket: random.pick(frontEnds), romeo: random.pick(frontEnds)};
	const ordained = restorationOf(createRandom(-seed));
	const steps: Step[] = [];
	while (steps.length < length) {
		const step: Step = ordained.get(steps.length) ?? draw(random, {running, serverRuns, flooded});
		steps.push(step, {do: 'wait', milliseconds: random.below(random.chance(0.2) ? 400 : 60)});
		switch (step.do) {
			case 'start':
			case 'restore':
				running.add(step.device);
				break;
			case 'back up':
				running.add(step.device);
				serverRuns = true;
				break;
			case 'kill':
			case 'quit':
				running.delete(step.device);
				break;
			case 'stop server':
				serverRuns = false;
				break;
			case 'start server':
				serverRuns = true;
				break;
			case 'say':
				flooded ||= step.count >= flood.from;
				break;
			default:
		}
	}

	const [hibernation, sasl2] = [random.pick([2, 60, 60]), random.chance(0.3)];
	return {seed, hibernation, sasl2, encrypted: random.chance(0.5), first, steps};
}

/** What happens to a copy of a database, by the place among the steps: every run has one. */
function restorationOf(random: Random): ReadonlyMap<number, Step> {
	const device = random.pick(deviceNames);
	const place = ({from, to}: typeof backup) => 2 * random.between(from / 2, to / 2);
	const [made, putBack] = [place(backup), place(restoration)];
	const steps: ReadonlyArray<readonly [number, Step]> = [
		[made, {do: 'back up', device, as: random.pick(frontEnds)}],
		[made + 2, {do: 'say', device, count: random.between(1, 8)}],
		[putBack, {do: 'restore', device, as: random.pick(frontEnds)}],
		[putBack + 2, {do: 'say', device, count: random.between(1, 3)}],
	];
	const renewal = putBack + 2 * random.between(2, 10);
	return new Map([...steps, ...(random.chance(0.5) ? [[renewal, {do: 'renew', device}] as const] : [])]);
}

function draw(random: Random, situation: Situation): Step {
	const device = random.pick(deviceNames);
	const isRunning = situation.running.has(device);
	const kinds: ReadonlyArray<readonly [number, () => Step]> = [
		[isRunning ? 18 : 0, () => ({do: 'say', device, count: random.between(1, 8)})],
		[
			isRunning && !situation.flooded ? 0.5 : 0,
			() => ({do: 'say', device, count: random.between(flood.from, flood.to)}),
		],
		[isRunning ? 8 : 0, () => ({do: 'say in room', device, count: random.between(1, 8)})],
		[2, () => ({do: 'send', device, wait: random.pick(['queued', 'acked'])})],
		[1, () => ({do: 'send', device, wait: 'acked', killed: random.between(60, 400)})],
		[isRunning ? 3 : 0, () => ({do: 'kill', device})],
		[isRunning ? 1 : 0, () => ({do: 'quit', device})],
		[isRunning ? 0 : 20, () => ({do: 'start', device, as: random.pick(frontEnds)})],
		[isRunning ? 4 : 0, () => ({do: 'reconnect', device})],
		[2, () => ({do: 'cut', device})],
		[1, () => ({do: 'stall', device, direction: random.pick(['up', 'down', 'both'])})],
		[2, () => ({do: 'flow', device})],
		[1, () => ({do: 'swallow', device, direction: random.pick(['up', 'down', 'both'])})],
		[1, () => ({do: 'half-close', device, direction: random.pick(['up', 'down'])})],
		[1, () => ({do: 'travel', device, manner: {delay: random.between(5, 80)}})],
		[1, () => ({do: 'travel', device, manner: {piece: random.between(1, 40)}})],
		[1, () => ({do: 'travel', device, manner: {}})],
		[0.5, () => ({do: 'refuse', device})],
		[2, () => ({do: 'admit', device})],
		[situation.serverRuns ? 2 : 0, () => ({do: 'stop server', how: random.pick(['clean', 'hard', 'hard'])})],
		[situation.serverRuns ? 0 : 12, () => ({do: 'start server'})],
	];
	let drawn = random.fraction() * kinds.reduce((sum, [weight]) => sum + weight, 0);
	for (const [weight, make] of kinds) {
		drawn -= weight;
		if (drawn < 0) {
			return make();
		}
	}

	return {do: 'flow', device};
}

/** A step in a line, for people. */
export function stepLine(step: Step): string {
	return Object.values(step)
		.map(value => (typeof value === 'object' ? JSON.stringify(value) : String(value)))
		.join(' ');
}
