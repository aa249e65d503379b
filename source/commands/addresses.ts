import type {BufferId} from '../model/buffer.js';
import type {Contact} from '../model/contact.js';
import {type BareJid, bareOf, type Jid, localpartOf, parseBareJid, parseJid} from '../shared/jid.js';
import {bad, type Candidate, good, type Parameter, type Read} from './command.js';
import type {CommandContext, Peer} from './context.js';
import {didYouMean, missing} from './parameters.js';
import {quoted} from './words.js';

/** Any JID, with or without a resource; a contact may be named. */
export function jid(): Parameter<Jid> {
	return {
		takes: 'word',
		optional: false,
		what: 'a JID, or the name of a contact',
		read(given, context) {
			// A name without a dot is hardly a server, though it could be one.
			const [match, ...others] = /[@.]/u.test(given) ? [] : namesakes(given, undefined, context);
			return match !== undefined && others.length === 0
				? good(match.jid)
				: orElse(parseJid(given), () => notJid(given));
		},
		absent: missing,
		candidates: context => [...contactCandidates(context), ...contactResources(context)],
	};
}

/** A JID without a resource, of somebody who need not be a contact. `known` completes it. */
export function bareAddress(
	known: (context: CommandContext) => readonly Candidate[] = context => [
		...requestJids(context),
		...strangers(context),
	],
): Parameter<BareJid> {
	return {
		takes: 'word',
		optional: false,
		what: 'a JID without a resource',
		read(given) {
			const bare = parseBareJid(given);
			// A domain is a valid JID, but without a dot it is a name somebody hoped to be enough.
			return bare === undefined || !/[@.]/u.test(bare) ? notBareJid(given) : good(bare);
		},
		absent: missing,
		candidates: known,
	};
}

/**
 * A contact by JID or by roster name; or the JID of anybody else, seen from the account in use. Left out, with
 * `fallback: 'buffer'`: whom the buffer is about.
 */
export function contact(
	fallback: 'buffer' | 'none' = 'none',
	known: (context: CommandContext) => readonly Candidate[] = everybody,
): Parameter<Peer> {
	return {
		takes: 'word',
		optional: fallback === 'buffer',
		what: 'a contact: JID or name',
		read: readPeer,
		absent(context) {
			const {account, jid: address, source} = context;
			if (fallback === 'buffer' && account !== undefined && address !== undefined) {
				return good({account, jid: bareOf(address)});
			}

			const waiting = source.requests().map(each => each.jid);
			const hint = waiting.length === 0 ? undefined : `Waiting for an answer: ${waiting.join(', ')}`;
			return bad('missing-word', 'Whom? This buffer is about nobody.', hint);
		},
		candidates: known,
	};
}

/** An account set up here, by JID or an unambiguous beginning of it. Left out: the account in use. */
export function account(fallback: 'current' | 'none' = 'none'): Parameter<BareJid> {
	return {
		takes: 'word',
		optional: fallback === 'current',
		what: 'an account',
		read(given, {source}) {
			const all = source.accounts();
			const matches = all.filter(each => each.startsWith(given.toLowerCase()));
			const match = all.find(each => each === given.toLowerCase()) ?? (matches.length === 1 ? matches[0] : undefined);
			if (match !== undefined) {
				return good(match);
			}

			return bad(
				'no-such-account',
				`${matches.length > 1 ? 'More than one account begins with' : 'There is no account'} “${given}”.`,
				all.length === 0 ? '/account add sets one up.' : (didYouMean(given, all) ?? `Accounts: ${all.join(', ')}`),
			);
		},
		absent: context => (context.account === undefined ? noAccount() : good(context.account)),
		candidates: ({source}) => source.accounts().map(each => ({insert: each, label: each, note: 'account'})),
	};
}

export type BufferReference = number | string | 'next' | 'previous' | 'last' | 'unread';

/** A buffer by number, JID, name, or relative to this one. */
export function buffer(): Parameter<BufferReference> {
	return {
		takes: 'word',
		optional: false,
		what: 'a number, a JID, a name, or next, previous, last, unread',
		read: given => good(/^\d{1,6}$/u.test(given) ? Number(given) : given),
		absent: missing,
		candidates: ({source}) => [
			...source.buffers().map(each => ({insert: quoted(each.label), label: each.label, note: String(each.number)})),
			{insert: 'unread', label: 'unread', note: 'where something new is'},
			{insert: 'next', label: 'next', note: 'the one below'},
			{insert: 'previous', label: 'previous', note: 'the one above'},
			{insert: 'last', label: 'last', note: 'the one before this'},
		],
	};
}

/** An open buffer, by number, JID or name. Left out: this one. */
export function openBuffer(): Parameter<BufferId> {
	return {
		takes: 'word',
		optional: true,
		what: 'an open buffer: number, JID or name',
		read(given, {source}) {
			const [found, ...others] = buffersNamed(given, source.buffers());
			if (found === undefined) {
				const near = didYouMean(
					given,
					source.buffers().map(each => each.label),
				);
				return bad('no-such-buffer', `No open buffer is called “${given}”.`, near ?? '/buffer lists them.');
			}

			return others.length === 0
				? good(found.id)
				: bad(
						'ambiguous-buffer',
						`More than one buffer is called “${given}”.`,
						`Give its number: ${[found, ...others].map(each => each.number).join(', ')}.`,
					);
		},
		absent: context => good(context.buffer),
		candidates: ({source}) =>
			source.buffers().map(each => ({insert: quoted(each.label), label: each.label, note: String(each.number)})),
	};
}

type OpenBuffers = ReturnType<CommandContext['source']['buffers']>;

/** By number, then by name or JID, then by the beginning of either. */
function buffersNamed(given: string, buffers: OpenBuffers): OpenBuffers {
	const lower = given.toLowerCase();
	const names = ({label, jid: address}: OpenBuffers[number]) => [label.toLowerCase(), ...(address ? [address] : [])];
	const numbered = buffers.filter(each => String(each.number) === given);
	const exact = buffers.filter(each => names(each).includes(lower));
	const beginning = buffers.filter(each => names(each).some(name => name.startsWith(lower)));
	return [numbered, exact, beginning].find(matches => matches.length > 0) ?? [];
}

/** Contacts: the JID is inserted, the name may be typed. */
export function contactCandidates({source}: CommandContext): readonly Candidate[] {
	return source
		.contacts()
		.map(each => ({insert: each.jid, label: each.jid, note: each.name ?? '', alias: each.name ?? ''}));
}

/** Whom a buffer is about who is no contact. */
function strangers({source}: CommandContext): readonly Candidate[] {
	const known = new Set<string>(source.contacts().map(each => each.jid));
	return source
		.buffers()
		.flatMap(({jid: address}) => (address === undefined || known.has(bareOf(address)) ? [] : [bareOf(address)]))
		.map(address => ({insert: address, label: address, note: 'not a contact'}));
}

/** Contacts, and strangers one talks to. */
function everybody(context: CommandContext): readonly Candidate[] {
	return [...contactCandidates(context), ...strangers(context)];
}

/** Those who wait for an answer. */
export function requestJids({source}: CommandContext): readonly Candidate[] {
	return source.requests().map(each => ({insert: each.jid, label: each.jid, note: 'asks to see your presence'}));
}

/** Every group some contact is in. */
export function groupNames({source}: CommandContext): readonly Candidate[] {
	const groups = new Set(source.contacts().flatMap(each => each.groups));
	return [...groups].sort().map(group => ({insert: quoted(group), label: group, note: 'group'}));
}

function noAccount(): Read<never> {
	return bad('no-account', 'No account is set up.', '/account add sets one up.');
}

function orElse<Value>(value: Value | undefined, otherwise: () => Read<Value>): Read<Value> {
	return value === undefined ? otherwise() : good(value);
}

function notJid(given: string): Read<never> {
	return bad('invalid-jid', `“${given}” is not a valid JID.`, 'A JID looks like name@example.org.');
}

function notBareJid(given: string): Read<never> {
	return parseJid(given) === undefined || !/[@./]/u.test(given)
		? notJid(given)
		: bad('invalid-jid', `“${given}” names one client.`, 'Leave out the part from the slash on.');
}

function readPeer(given: string, context: CommandContext): Read<Peer> {
	const bare = parseBareJid(given);
	const found = namesakes(given, bare, context);
	const [match] = found;
	if (match !== undefined) {
		return found.length === 1 || match.jid === bare
			? good({account: match.account, jid: match.jid})
			: bad(
					'ambiguous-contact',
					`More than one contact is called “${given}”.`,
					`Say which: ${found.map(each => each.jid).join(', ')}`,
				);
	}

	if (bare !== undefined && given.includes('@')) {
		return context.account === undefined ? noAccount() : good({account: context.account, jid: bare});
	}

	return given.includes('@')
		? notBareJid(given)
		: bad(
				'no-such-contact',
				`No contact is called “${given}”.`,
				didYouMean(given, namesOf(context)) ?? 'A JID looks like name@example.org; /add adds a contact.',
			);
}

/** What contacts can be called by. */
function namesOf({source}: CommandContext): readonly string[] {
	const names = source.contacts().flatMap(({jid: address, name}) => [name ?? '', localpartOf(address) ?? address]);
	return [...new Set(names.filter(name => name !== ''))];
}

/**
 * By JID, by roster name, or by the part before the @. A JID always wins over a name: nobody can be mistaken for
 * another by being called like them.
 */
function namesakes(given: string, bare: BareJid | undefined, {account, source}: CommandContext): readonly Contact[] {
	const contacts = source.contacts();
	const lower = given.toLowerCase();
	const found = [
		contacts.filter(each => each.jid === bare),
		contacts.filter(each => each.name?.toLowerCase() === lower),
		contacts.filter(each => localpartOf(each.jid) === lower),
	].find(matches => matches.length > 0);
	const here = found?.filter(each => each.account === account) ?? [];
	return here.length > 0 ? here : (found ?? []);
}

function contactResources({source}: CommandContext): readonly Candidate[] {
	return source
		.contacts()
		.flatMap(each => source.resources(each.account, each.jid))
		.map(each => ({insert: quoted(each), label: each, note: 'online'}));
}
