/** All that the palette can lead to: buffers, contacts, accounts, commands, settings. */
import {registry} from '../../commands/definitions/index.js';
import {type BufferId, bufferId} from '../../model/buffer.js';
import {settingTable} from '../../model/settings.js';
import type {BareJid, Jid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {bufferOf, contactsOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {bufferName, listedName} from '../panes/words.js';
import {type Target, targetOf} from './fuzzy.js';

/** What Enter does. */
export type PaletteAct =
	| {readonly type: 'buffer'; readonly id: BufferId}
	| {readonly type: 'input'; readonly text: string};

export type PaletteKind = 'console' | 'chat' | 'room' | 'contact' | 'account' | 'command' | 'setting';

export type PaletteItem = {
	readonly kind: PaletteKind;
	readonly label: string;
	/** Stands behind it, and is looked in too: a JID, what a command does. */
	readonly note: string;
	readonly unread: number;
	/** Added to how well it fits. */
	readonly bonus: number;
	readonly act: PaletteAct;
	readonly targets: readonly [Target, Target];
};

function item(part: Omit<PaletteItem, 'targets' | 'bonus' | 'unread'> & Partial<PaletteItem>): PaletteItem {
	return {unread: 0, bonus: 0, ...part, targets: [targetOf(part.label), targetOf(part.note)]};
}

/** Unread buffers first, then the most recent, contacts without a buffer, and what has no people; last where the person is. */
export function paletteItems(state: State, active: BufferId): readonly PaletteItem[] {
	const people = [...openBuffers(state), ...contacts(state)];
	const isHere = ({act}: PaletteItem) => act.type === 'buffer' && act.id === active;
	return [
		...people.filter(each => !isHere(each)),
		...people.filter(isHere).map(each => ({...each, bonus: -20})),
		...accounts(state),
		...programItems(),
	];
}

function openBuffers(state: State): readonly PaletteItem[] {
	return state.order
		.flatMap(id => bufferOf(state, id)?.info ?? [])
		.sort((one, other) => rankOfUnread(other) - rankOfUnread(one) || other.lastActivity - one.lastActivity)
		.map((info, index) => {
			const label = bufferName(state, info);
			const bonus = 6 * rankOfUnread(info) + Math.max(0, 8 - index);
			return item({
				kind: info.kind === 'room' || info.kind === 'console' ? info.kind : 'chat',
				label,
				note: noteOn(state, label, info.account, info.jid),
				unread: info.muted === true ? 0 : info.unread,
				bonus,
				act: {type: 'buffer', id: info.id},
			});
		});
}

function rankOfUnread({unread, highlights, muted}: {unread: number; highlights: number; muted?: boolean}): number {
	return muted === true || unread === 0 ? 0 : highlights > 0 ? 2 : 1;
}

function contacts(state: State): readonly PaletteItem[] {
	return contactsOf(state).flatMap(contact => {
		const id = bufferId(contact.account, 'chat', contact.jid);
		if (state.buffers[id] !== undefined) {
			return [];
		}

		const label = listedName(state, contact, contact.jid);
		return [
			item({
				kind: 'contact',
				label,
				note: noteOn(state, label, contact.account, contact.jid),
				act: {type: 'buffer', id},
			}),
		];
	});
}

function accounts(state: State): readonly PaletteItem[] {
	return state.accounts.map(({jid, status}) => {
		const text = `/${status === 'online' ? 'disconnect' : 'connect'} ${jid}`;
		return item({kind: 'account', label: jid, note: `${status}: ${text}`, bonus: -4, act: {type: 'input', text}});
	});
}

/** The JID where the name is another, and whose contact it is where there are several accounts. */
function noteOn({accounts}: State, label: string, account: BareJid | undefined, jid: Jid | undefined): string {
	const address = jid === undefined ? '' : printable(jid, 'identifier');
	const owner = account === undefined || accounts.length < 2 ? '' : `as ${account}`;
	return [address === label ? '' : address, owner].filter(part => part !== '').join('  ');
}

/** What the program itself can do. */
function programItems(): readonly PaletteItem[] {
	return [
		...registry.commands.map(({name, summary, parameters}) =>
			item({
				kind: 'command',
				label: `/${name}`,
				note: summary,
				bonus: -6,
				act: {type: 'input', text: `/${name}${Object.keys(parameters).length === 0 ? '' : ' '}`},
			}),
		),
		...Object.entries(settingTable).map(([name, {help}]) =>
			item({kind: 'setting', label: name, note: help, bonus: -8, act: {type: 'input', text: `/set ${name} `}}),
		),
	];
}
