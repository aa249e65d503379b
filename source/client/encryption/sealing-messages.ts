/** Encrypts what waits in the outbox, as soon as all that it takes is here (`ARCHITECTURE.md`, Outbox). */
import type {BufferId} from '../../model/buffer.js';
import type {MessageEncryption} from '../../omemo/encryption.js';
import {partsOf, type Shown} from '../../omemo/wire/parts.js';
import type {Clock, Dispose} from '../../shared/clock.js';
import {type Problem, problemOf} from '../../shared/errors.js';
import {type BareJid, bareOf} from '../../shared/jid.js';
import type {Log} from '../../shared/log.js';
import type {OmemoStore} from '../../storage/omemo-ports.js';
import type {Element} from '../../xmpp/element.js';
import type {Waiting} from '../outbox-turn.js';
import type {Sealed, Sealing} from '../sealing.js';
import {notEncrypted, reactionExposed, readByOthers, withoutDevices} from './encryption-problems.js';
import {type Plan, type Planning, planPatience} from './planning.js';
import type {Policy} from './policy.js';
import type {Destination, RecipientLists} from './recipients.js';

export type SealingPorts = {
	readonly account: BareJid;
	readonly store: Pick<OmemoStore, 'rememberEncrypted'>;
	readonly policy: Policy;
	readonly recipients: RecipientLists;
	readonly planning: Planning;
	readonly encryption: MessageEncryption;
	/** Makes an own device where there is none; answers why it cannot be used. */
	readonly ensureDevice: () => Promise<Problem | undefined>;
	readonly isConnected: () => boolean;
	/** What waits may go out now. */
	readonly proceed: () => void;
	/** It was found out how a conversation can be encrypted, or why not. */
	readonly prepared: (destination: Destination) => void;
	/** Something waits, and why; told each time it is found to. */
	readonly held: (destination: Destination, problem: Problem) => void;
	/** What the person lets servers see that the legacy version cannot hide. */
	readonly shown: () => Shown;
	readonly clock: Clock;
	readonly log: Log;
};

export type MessageSealing = Sealing & {
	/** Finds out whether a conversation can be encrypted before something is written in it. */
	look(destination: Destination): void;
	/** What holds messages to a conversation back now, as far as that was found out for one. */
	holdOf(destination: Destination): Problem | undefined;
	/** What was known of a conversation is not so any more, or of all of them. */
	stale(buffer?: BufferId): void;
	/** What could not be found out for a reason that may have passed is tried again, at the next message or for what waits. */
	retry(): void;
	stop(): void;
};

/** `people`: absent where they could not be found out. `revision`: the plan was seen to be as of then. */
type Prepared = {readonly people?: readonly BareJid[]; readonly plan: Plan; revision: number};

/** People of a room whose devices are asked for before anything is written in it. */
const mostLookedAt = 50;

export function createSealing(ports: SealingPorts): MessageSealing {
	const {account, store, policy, recipients, planning, encryption, clock} = ports;
	const {bufferOf} = policy;
	const prepared = new Map<BufferId, Prepared>();
	const preparing = new Set<BufferId>();
	/** Conversations that cannot be prepared now, and when that is tried again. */
	const retries = new Map<BufferId, Dispose>();
	/** Rises whenever everything that is being prepared is so for nothing. */
	let generation = 0;

	const destinationOf = ({row, message}: Waiting): Destination =>
		message.kind === 'groupchat'
			? {kind: 'room', jid: bareOf(row.to)}
			: message.buffer === bufferOf({kind: 'private', jid: row.to})
				? {kind: 'private', jid: row.to}
				: {kind: 'chat', jid: bareOf(row.to)};

	/** Whether a plan is what it would be now. */
	const isAsNow = (found: Prepared, people: readonly BareJid[]): boolean => {
		const revision = planning.revision();
		if (found.revision !== revision && planning.tokenOf(people) !== found.plan.token) {
			return false;
		}

		found.revision = revision;
		return true;
	};

	/** The plan for a conversation where there is one that still holds. */
	const planFor = (destination: Destination): Plan | undefined => {
		const found = prepared.get(bufferOf(destination));
		if (found === undefined || (found.plan.until ?? Infinity) <= clock.monotonic()) {
			return undefined;
		}

		const known = recipients.known(destination);
		if (found.people === undefined) {
			return known?.kind === 'people' || known?.kind === 'open' ? undefined : found.plan;
		}

		return known?.kind === 'people' && isSame(known.people, found.people) && isAsNow(found, found.people)
			? found.plan
			: undefined;
	};

	const hold = (destination: Destination, problem: Problem, until?: number) => {
		const buffer = bufferOf(destination);
		ports.held(destination, problem);
		if (until !== undefined && !retries.has(buffer)) {
			const retry = clock.after(until - clock.monotonic(), () => {
				retries.delete(buffer);
				ports.proceed();
			});
			retries.set(buffer, retry);
		}
	};

	const heldBy = (problem: Problem, token = ''): Plan => ({
		kind: 'held',
		problem,
		token,
		until: clock.monotonic() + planPatience,
	});

	const prepare = async (destination: Destination): Promise<Prepared | undefined> => {
		const found = await recipients.of(destination);
		if (found.kind === 'unknown') {
			return {plan: heldBy(found.problem), revision: planning.revision()};
		}

		if (found.kind === 'open') {
			return undefined;
		}

		// No device is made for the sake of those who have none.
		let plan = await planning.look(found.people);
		if (plan === undefined) {
			const problem = await ports.ensureDevice();
			plan =
				problem === undefined ? await planning.plan(found.people) : heldBy(problem, planning.tokenOf(found.people));
		}

		// The token is what it is as of now, and not of when the last change was: one may have come since.
		return {people: found.people, plan, revision: -1};
	};

	const begin = (destination: Destination) => {
		const buffer = bufferOf(destination);
		if (preparing.has(buffer) || !ports.isConnected()) {
			return;
		}

		preparing.add(buffer);
		const began = generation;
		prepare(destination)
			.catch((error: unknown): Prepared => {
				const {message} = problemOf(error);
				const problem: Problem = {code: 'encryption-failed', kind: 'temporary', message: `Not encrypted: ${message}`};
				return {plan: heldBy(problem), revision: planning.revision()};
			})
			.then(found => {
				preparing.delete(buffer);
				if (began === generation && found !== undefined) {
					prepared.set(buffer, found);
				}

				ports.prepared(destination);
				ports.proceed();
			})
			.catch((error: unknown) => ports.log.note('omemo', `what waits was not looked at: ${problemOf(error).message}`));
	};

	/** What is to become of a row now: written as a plan says, in clear, given up; undefined: it waits. */
	const verdict = (waiting: Waiting): Sealed | {readonly plan: Plan & {kind: 'encrypt'}} | 'clear' | undefined => {
		const destination = destinationOf(waiting);
		const mustBe = waiting.row.seal === 'require' || policy.isBound(destination);
		const known = recipients.known(destination);
		if (known?.kind === 'open') {
			if (!mustBe) {
				return 'clear';
			}

			hold(destination, readByOthers(known.why));
			return undefined;
		}

		const plan = planFor(destination);
		if (plan === undefined) {
			begin(destination);
			return undefined;
		}

		switch (plan.kind) {
			case 'encrypt':
				return {plan};
			case 'failed':
				return {ok: false, problem: plan.problem};
			case 'lacking':
				if (!mustBe && !plan.everHad) {
					return 'clear';
				}

				hold(destination, plan.problem ?? withoutDevices(plan.people, account));
				return undefined;
			case 'held':
				hold(destination, plan.problem, plan.until);
				return undefined;
		}
	};

	/** Whom it is addressed to inside: in a room to the room, through one to who that really is. */
	const addressed = (destination: Destination): BareJid => {
		const known = destination.kind === 'private' ? recipients.known(destination) : undefined;
		const [real] = known?.kind === 'people' ? known.people : [];
		return real ?? bareOf(destination.jid);
	};

	return {
		canSeal: waiting => verdict(waiting) !== undefined,
		seal(waiting, stanza) {
			const found = verdict(waiting);
			if (found === 'clear') {
				return {ok: true, stanza};
			}

			if (found === undefined || 'ok' in found) {
				return found?.ok === false ? found : {ok: false, problem: notEncrypted(waiting.row.to)};
			}

			const {addressees} = found.plan;
			const shown = ports.shown();
			if (saysItAllOutside(stanza) && addressees.some(({version}) => version === 'legacy')) {
				return shown.reactions === true ? {ok: true, stanza} : {ok: false, problem: reactionExposed(waiting.row.to)};
			}

			const destination = destinationOf(waiting);
			const buffer = bufferOf(destination);
			const encrypted = encryption.encrypt({
				stanza,
				to: addressed(destination),
				addressees,
				shown,
			});
			if (encrypted === undefined) {
				// A session that was there is gone or damaged: the next message begins another one.
				prepared.delete(buffer);
				return {ok: false, problem: notEncrypted(waiting.row.to)};
			}

			store.rememberEncrypted(buffer);
			return {ok: true, stanza: encrypted, encryption: 'omemo'};
		},
		look(destination) {
			void recipients.of(destination).then(async found => {
				if (found.kind === 'people' && found.people.length <= mostLookedAt) {
					await planning.look(found.people);
					ports.prepared(destination);
				}
			});
		},
		holdOf(destination) {
			const plan = prepared.has(bufferOf(destination)) ? planFor(destination) : undefined;
			return plan?.kind === 'held' ? plan.problem : undefined;
		},
		stale(buffer) {
			if (buffer === undefined) {
				generation++;
				prepared.clear();
			} else {
				prepared.delete(buffer);
			}
		},
		retry() {
			for (const [buffer, {plan}] of prepared) {
				if (plan.until !== undefined) {
					prepared.delete(buffer);
				}
			}
		},
		stop() {
			generation++;
			prepared.clear();
			for (const dispose of retries.values()) {
				dispose();
			}

			retries.clear();
		},
	};
}

/** A reaction: the legacy version encrypts words alone, and it has none. */
function saysItAllOutside(stanza: Element): boolean {
	const {inside, withheld} = partsOf(stanza, 'legacy');
	return inside.length === 0 && withheld.length > 0;
}

function isSame(one: readonly BareJid[], other: readonly BareJid[]): boolean {
	const others = new Set(other);
	return one.length === other.length && one.every(jid => others.has(jid));
}
