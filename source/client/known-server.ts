/**
 * What logins found out about an account's server, kept for the next one and no longer than it is good for. Nothing of it is
 * trusted: whatever is wrong costs time, and is forgotten (`docs/decisions/0014-round-trips.md`).
 */
import {isDeepStrictEqual} from 'node:util';
import type {Clock} from '../shared/clock.js';
import {messageOf} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {Storage} from '../storage/ports.js';
import type {Endpoint} from '../xmpp/resolver.js';
import type {Sasl2Offer} from '../xmpp/sasl/sasl2.js';
import type {KnownServer, ServerMemory} from '../xmpp/session.js';

const hour = 3_600_000;
/**
 * Milliseconds that each part is good for. DNS has a say every day, since the place of yesterday may answer for years after
 * the service has moved. What the archive keeps may have been changed by another device, and may have been thrown away by
 * the server while nobody was here: a week is all that many give it.
 */
const lifetimes = {endpoint: 24 * hour, offer: 30 * 24 * hour, keepsEverything: 48 * hour} as const;

/** An offer that a login could not be made of is not tried for so long again: the server may not take logins that early. */
const distrust = 24 * hour;

type Part = keyof typeof lifetimes;
/** What there is to remember, each part until it is too old: wall-clock milliseconds. */
type Facts = {readonly [P in Part]?: {readonly value: unknown; readonly until: number}};

export type KnownServerPorts = {
	readonly storage: {readonly servers: Pick<Storage['servers'], 'loginFacts' | 'rememberLoginFacts'>};
	readonly clock: Pick<Clock, 'now'>;
	readonly log: Log;
};

export type ServerKnowledge = ServerMemory & {
	/** Whether the account's archive has every message until now, as far as is known: then it may stand in for what waits. */
	archiveKeepsEverything(): boolean;
	noteArchive(keepsEverything: boolean): void;
};

export function createServerKnowledge(
	account: BareJid,
	{storage: {servers}, clock, log}: KnownServerPorts,
): ServerKnowledge {
	const complain = (error: unknown) => log.note('session', `what is known of the server: ${messageOf(error)}`);

	const load = (): Facts => {
		try {
			return readFacts(servers.loginFacts(account));
		} catch (error) {
			complain(error);
			return {};
		}
	};

	const store = (facts: Facts) => {
		try {
			servers.rememberLoginFacts(account, facts);
		} catch (error) {
			complain(error);
		}
	};

	const currentOf = (facts: Facts, part: Part): unknown => {
		const fact = facts[part];
		const now = clock.now();
		// Further ahead than it can be: the clock was wrong then, or is now.
		return fact !== undefined && fact.until > now && fact.until <= now + lifetimes[part] ? fact.value : undefined;
	};

	/** Every write costs the disk something: what is known already is written again only when it gets old. */
	const note = (part: Part, value: unknown) => {
		const facts = load();
		const until = clock.now() + lifetimes[part];
		if (currentOf(facts, part) === null) {
			return;
		}

		const isFresh = (facts[part]?.until ?? 0) > until - lifetimes[part] / 4;
		if (!isFresh || !isDeepStrictEqual(currentOf(facts, part), value)) {
			store({...facts, [part]: {value, until}});
		}
	};

	return {
		read() {
			const facts = load();
			const endpoint = readEndpoint(currentOf(facts, 'endpoint'));
			const offer = readOffer(currentOf(facts, 'offer'));
			return {...(endpoint ? {endpoint} : {}), ...(offer ? {offer} : {})};
		},
		save({endpoint, offer}: KnownServer) {
			if (endpoint) {
				const {host, port, directTls} = endpoint;
				note('endpoint', {host, port, directTls});
			}

			if (offer) {
				note('offer', inOrder(offer));
			}
		},
		forget(part) {
			const {[part]: known, ...rest} = load();
			if (part === 'offer') {
				store({...rest, offer: {value: null, until: clock.now() + distrust}});
			} else if (known !== undefined) {
				store(rest);
			}
		},
		archiveKeepsEverything: () => currentOf(load(), 'keepsEverything') === true,
		noteArchive: keepsEverything => note('keepsEverything', keepsEverything),
	};
}

/** There are servers that name the same in another order each time, which is no news. */
function inOrder({mechanisms, tokenMechanisms, bind, ...rest}: Sasl2Offer): Sasl2Offer {
	return {
		mechanisms: [...mechanisms].sort(),
		tokenMechanisms: [...tokenMechanisms].sort(),
		...(bind ? {bind: [...bind].sort()} : {}),
		...rest,
	};
}

/** What is stored, as far as it is what was written here. */
function readFacts(stored: unknown): Facts {
	if (!isRecord(stored)) {
		return {};
	}

	const facts: Record<string, {readonly value: unknown; readonly until: number}> = {};
	for (const part of Object.keys(lifetimes)) {
		const fact = stored[part];
		if (isRecord(fact) && typeof fact.until === 'number') {
			facts[part] = {value: fact.value, until: fact.until};
		}
	}

	return facts;
}

function readEndpoint(value: unknown): Endpoint | undefined {
	if (!isRecord(value)) {
		return undefined;
	}

	const {host, port, directTls} = value;
	return typeof host === 'string' && typeof port === 'number' && typeof directTls === 'boolean'
		? {host, port, directTls}
		: undefined;
}

function readOffer(value: unknown): Sasl2Offer | undefined {
	if (!isRecord(value)) {
		return undefined;
	}

	const {mechanisms, tokenMechanisms, bind, streamManagement, version} = value;
	if (!isTexts(mechanisms) || !isTexts(tokenMechanisms) || typeof streamManagement !== 'boolean') {
		return undefined;
	}

	return {
		mechanisms,
		tokenMechanisms,
		streamManagement,
		...(isTexts(bind) ? {bind} : {}),
		...(isRecord(version) && typeof version.value === 'string'
			? {
					version: {
						value: version.value,
						...(typeof version.scheme === 'string' ? {scheme: version.scheme} : {}),
					},
				}
			: {}),
	};
}

function isTexts(value: unknown): value is readonly string[] {
	return Array.isArray(value) && value.every(each => typeof each === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
