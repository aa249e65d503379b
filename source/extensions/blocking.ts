/**
 * XEP-0191: Blocking Command, version 1.3. https://xmpp.org/extensions/xep-0191.html
 *
 * Whom the server keeps away from the account, on all devices. It is asked only where it says that it can.
 */
import {blockOf} from '../model/blocking.js';
import {createEmitter, type Subscribe} from '../shared/emitter.js';
import {messageOf, XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, domainOf, type Jid} from '../shared/jid.js';
import {attribute, type Codec, children, element, optionalChild} from '../xmpp/codec.js';
import {childrenNamed} from '../xmpp/element.js';
import {defineExtension, type ExtensionContext} from '../xmpp/extension.js';
import type {IqRequest} from '../xmpp/iq.js';
import {jid} from '../xmpp/scalars.js';
import {refusal} from '../xmpp/stanza-error.js';
import type {ExtensionPorts} from './ports.js';
import {type Report, report, reportsNamespace} from './reports.js';
import {serviceDiscovery} from './service-discovery.js';

const namespace = 'urn:xmpp:blocking';

const item = element(namespace, 'item', {jid: attribute('jid', jid), report: optionalChild(report)});
const items = {items: children(item)};

/** Everybody who is blocked; also the question for that. */
const blocklist = element(namespace, 'blocklist', items);
const block = element(namespace, 'block', items);
/** Without items: everybody. */
const unblock = element(namespace, 'unblock', items);

/** What an address is kept away with, or why that cannot be. */
export type Blocking = {
	/** As the server told it; undefined: it has not yet, or cannot block anybody. */
	known(): readonly Jid[] | undefined;
	/** The blocked address that keeps out what is for `jid`, as far as that is known. */
	blockOf(jid: Jid): Jid | undefined;
	/** Runs `then` once it is known who is blocked, or that it will not be, as when the session ends: now where it is. */
	whenKnown(then: () => void): void;
	/** Rejects with `no-blocking`, or as a question to the server does. */
	list(): Promise<readonly Jid[]>;
	/** Rejects as `list` does, with `no-reports`, and with the server's stanza error. */
	block(jid: Jid, why?: Report): Promise<void>;
	/** Everybody, without an address. Answers who was; rejects with `not-blocked`. */
	unblock(jid?: Jid): Promise<readonly Jid[]>;
	/** Told when others are blocked than before. */
	readonly changed: Subscribe<readonly Jid[]>;
};

export const blocking = defineExtension<Blocking, ExtensionPorts>({
	name: 'blocking',
	xep: '0191',
	version: '1.3',
	since: '0.2.0',
	status: 'complete',
	features: [],
	codecs: [blocklist, block, unblock],
	requires: [serviceDiscovery],
	attach: context => attachBlocking(context),
});

function attachBlocking(context: ExtensionContext<ExtensionPorts>): Blocking {
	const {log, publish} = context;
	const account = bareOf(context.jid);
	const changed = createEmitter<readonly Jid[]>();
	let blocked: readonly Jid[] | undefined;
	/** The list that is on its way. Pushes wait for it: one that came behind it in the same read must not be undone by it. */
	let loading: Promise<unknown> | undefined;
	let abilities: Promise<ReadonlySet<string>> | undefined;
	/** What waits for the first answer; undefined once it came. */
	let waiting: Array<() => void> | undefined = [];

	const becomeKnown = () => {
		const ready = waiting ?? [];
		waiting = undefined;
		for (const then of ready) {
			then();
		}
	};

	const set = (next: readonly Jid[]) => {
		const isSame = blocked?.length === next.length && next.every(each => blocked?.includes(each));
		blocked = next;
		if (!isSame) {
			publish({type: 'blocklist.changed', account, blocked: next});
			changed.emit(next);
		}
	};

	/** What the server says it can (§3.1), asked once. */
	const canDo = (): Promise<ReadonlySet<string>> => {
		abilities ??= context
			.use(serviceDiscovery)
			.query(domainOf(account))
			.then(({features}) => new Set(features.map(({name}) => name)))
			.catch((error: unknown) => {
				// Who asks later may be answered.
				abilities = undefined;
				throw error;
			});
		return abilities;
	};

	const check = async (): Promise<void> => {
		if (!(await canDo()).has(namespace)) {
			throw new XmppcError({
				code: 'no-blocking',
				kind: 'unavailable',
				message: `The server of ${account} cannot block anybody.`,
				hint: 'Only its operator can change that (XEP-0191). In a room, /ignore hides what somebody says.',
			});
		}
	};

	const load = async (): Promise<readonly Jid[]> => {
		await check();
		const answer = await context.request(undefined, 'get', blocklist.encode({items: []}));
		const found = answer === undefined ? undefined : blocklist.decode(answer);
		if (found === undefined) {
			throw new XmppcError({
				code: 'malformed-answer',
				kind: 'protocol',
				message: `The server of ${account} answered something else than whom it blocks.`,
			});
		}

		set(unique(found.items.map(each => each.jid)));
		return blocked ?? [];
	};

	/** One question at a time. */
	const list = (): Promise<readonly Jid[]> => {
		const mine = load().finally(() => {
			if (loading === mine) {
				loading = undefined;
			}
		});
		loading = mine;
		return mine;
	};

	/** What a push names; undefined where it names nobody that can be. Only `unblock` may name nobody at all. */
	const named = ({from, payload}: IqRequest, codec: Codec<{readonly items: readonly {readonly jid: Jid}[]}>) => {
		// Anybody may send such an iq; only the own account may change who is blocked (`protocol.md` row 10).
		if (from !== undefined && from !== account) {
			throw refusal('service-unavailable');
		}

		const found = codec.decode(payload)?.items.map(each => each.jid) ?? [];
		const isEmpty = childrenNamed(payload, 'item', namespace).length === 0;
		if (found.length === 0 && (!isEmpty || codec !== unblock)) {
			throw refusal('bad-request');
		}

		return found;
	};

	const settled = async () => {
		await loading?.catch(() => {});
	};

	context.onIq(namespace, 'block', 'set', async push => {
		const found = named(push, block);
		await settled();
		set(unique([...(blocked ?? []), ...found]));
		return undefined;
	});
	context.onIq(namespace, 'unblock', 'set', async push => {
		const found = named(push, unblock);
		await settled();
		set(found.length === 0 ? [] : without(blocked ?? [], found));
		return undefined;
	});
	// Nothing waits for it: the server keeps them away whether we know of it or not.
	context.onStarted(() => {
		list()
			.catch((error: unknown) => log.note('blocking', `who is blocked is not known: ${messageOf(error)}`))
			.finally(becomeKnown);
	});
	context.onDispose(becomeKnown);

	return {
		known: () => blocked,
		blockOf: address => (blocked === undefined ? undefined : blockOf(blocked, address)),
		whenKnown(then) {
			if (waiting === undefined) {
				then();
			} else {
				waiting.push(then);
			}
		},
		list,
		async block(address, why) {
			if (bareOf(address) === account || address === domainOf(account)) {
				throw ownAddress(address, account);
			}

			await check();
			if (why !== undefined && !(await canDo()).has(reportsNamespace)) {
				throw new XmppcError({
					code: 'no-reports',
					kind: 'unavailable',
					message: `The server of ${account} takes no reports.`,
					hint: `/block ${address} keeps them away without one.`,
				});
			}

			const entry = {jid: address, ...(why === undefined ? {} : {report: why})};
			await context.request(undefined, 'set', block.encode({items: [entry]}));
			await settled();
			// The push that says so comes before this answer or after it.
			set(unique([...(blocked ?? []), address]));
		},
		async unblock(address) {
			const before = await list();
			if (address !== undefined && !before.includes(address)) {
				throw notBlocked(address, before);
			}

			if (before.length === 0) {
				return [];
			}

			const entries = address === undefined ? [] : [{jid: address}];
			await context.request(undefined, 'set', unblock.encode({items: entries}));
			await settled();
			set(address === undefined ? [] : without(blocked ?? [], [address]));
			return address === undefined ? before : [address];
		},
		changed: changed.subscribe,
	};
}

function unique(addresses: readonly Jid[]): readonly Jid[] {
	return [...new Set(addresses)];
}

function without(addresses: readonly Jid[], gone: readonly Jid[]): readonly Jid[] {
	return addresses.filter(each => !gone.includes(each));
}

/** Nothing would come any more, not even what would end it. */
function ownAddress(address: Jid, account: BareJid): XmppcError {
	return new XmppcError({
		code: 'own-address',
		kind: 'usage',
		message: address === domainOf(account) ? `${address} is your own server.` : `${address} is your own address.`,
	});
}

function notBlocked(address: Jid, before: readonly Jid[]): XmppcError {
	const by = blockOf(before, address);
	return new XmppcError({
		code: 'not-blocked',
		kind: 'usage',
		message: by === undefined ? `${address} is not blocked.` : `${address} is blocked because ${by} is.`,
		hint: by === undefined ? '/blocked lists who is.' : `/unblock ${by} ends that.`,
	});
}
