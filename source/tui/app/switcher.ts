import type {BufferId} from '../../model/buffer.js';
import {bufferId} from '../../model/buffer.js';
import type {BareJid, Jid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {bufferOf, contactsOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {type Editor, emptyEditor} from '../input/editor.js';
import {bufferName, listedName} from '../panes/words.js';
import type {Popup} from '../popups/popup.js';

type Switcher = Extract<Popup, {type: 'switcher'}>;
type Match = Switcher['matches'][number];

const mostMatches = 100;

/** Finds a buffer, or a contact without one, by a few letters of its name or JID. */
export function openedSwitcher(state: State, active: BufferId): Switcher {
	return searched(state, {type: 'switcher', active, editor: emptyEditor, matches: [], selected: 0}, emptyEditor);
}

/** The switcher after its input changed. */
export function searched(state: State, popup: Switcher, editor: Editor): Switcher {
	const query = editor.text.toLowerCase().replace(/\s/gu, '');
	const matches = candidates(state, popup.active).filter(each =>
		isSubsequence(query, `${each.label}${each.note}`.toLowerCase()),
	);
	return {...popup, editor, matches: matches.slice(0, mostMatches), selected: 0};
}

/** Unread buffers first, then the most recent, then contacts without a buffer; last where the person is already. */
function candidates(state: State, active: BufferId): readonly Match[] {
	const open = state.order
		.flatMap(id => bufferOf(state, id)?.info ?? [])
		.sort((one, other) => Number(other.unread > 0) - Number(one.unread > 0) || other.lastActivity - one.lastActivity)
		.map(info => ({
			id: info.id,
			label: bufferName(state, info),
			note: noteOn(state, bufferName(state, info), info.account, info.jid),
		}));
	const known = new Set<BufferId>(open.map(each => each.id));
	const closed = contactsOf(state)
		.map(contact => ({
			id: bufferId(contact.account, 'chat', contact.jid),
			label: listedName(state, contact, contact.jid),
			note: noteOn(state, listedName(state, contact, contact.jid), contact.account, contact.jid),
		}))
		.filter(each => !known.has(each.id));
	const all = [...open, ...closed];
	return [...all.filter(each => each.id !== active), ...all.filter(each => each.id === active)];
}

/** The JID where the name is another, and whose contact it is where there are several accounts. */
function noteOn({accounts}: State, label: string, account: BareJid | undefined, jid: Jid | undefined): string {
	const address = jid === undefined ? '' : printable(jid, 'identifier');
	const owner = account === undefined || accounts.length < 2 ? '' : `as ${account}`;
	return [address === label ? '' : address, owner].filter(part => part !== '').join('  ');
}

function isSubsequence(query: string, text: string): boolean {
	let at = 0;
	for (const character of query) {
		at = text.indexOf(character, at);
		if (at < 0) {
			return false;
		}

		at += character.length;
	}

	return true;
}
