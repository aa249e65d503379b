import type {CommandContext, CompletionSource} from '../../commands/context.js';
import type {BufferId} from '../../model/buffer.js';
import {emojiBeginning} from '../../shared/emoji.js';
import type {BareJid} from '../../shared/jid.js';
import {withResource} from '../../shared/jid.js';
import {confusingNicks} from '../../store/confusing-nicks.js';
import {devicesAround, devicesOf} from '../../store/devices.js';
import {bufferOf, byNumber, numberOf, presenceOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {contactsInOrder} from '../panes/contact-order.js';
import {bufferName} from '../panes/words.js';
import type {ThemesPopup} from '../popups/popup.js';
import {helpTopics} from './help-topics.js';
import {listedMessages} from './listed-messages.js';
import {listedThemes, noThemes} from './looks.js';
import {ignoredIn, nicksIn} from './nicks.js';
import {settingValues} from './setting-values.js';

/**
 * What the commands may know of the State. In the console the account in use is `lastAccount`, the one whose buffer was
 * shown last, else the first. `files` is only asked by the completion, `themes` where a theme is named.
 */
export function commandContext(
	state: State,
	active: BufferId,
	lastAccount?: BareJid,
	files: CompletionSource['files'] = () => [],
	themes: () => ThemesPopup['themes'] = () => listedThemes(noThemes),
): CommandContext {
	const info = bufferOf(state, active)?.info;
	const known = state.accounts.find(account => account.jid === lastAccount) ?? state.accounts[0];
	const account = info?.account ?? known?.jid;
	return {
		buffer: active,
		kind: info?.kind ?? 'console',
		...(account === undefined ? {} : {account}),
		...(info?.jid === undefined ? {} : {jid: info.jid}),
		source: {
			accounts: () => state.accounts.map(each => each.jid),
			contacts: () => contactsInOrder(state),
			requests: () => state.requests,
			messageRequests: () => state.messageRequests,
			blocked: owner => state.blocked[owner] ?? [],
			buffers: () =>
				byNumber(state).flatMap(id => {
					const buffer = bufferOf(state, id);
					if (buffer === undefined) {
						return [];
					}

					const {jid} = buffer.info;
					const label = bufferName(state, buffer.info);
					return [{number: numberOf(state, id) ?? 0, id, label, ...(jid === undefined ? {} : {jid})}];
				}),
			topics: helpTopics,
			rooms: () => Object.values(state.rooms).map(({room}) => room),
			bookmarks: () => Object.values(state.bookmarks).flat(),
			invitations: () => state.invitations,
			nicks: () => nicksIn(state, active),
			looksLikeAnother: nick => confusingNicks(state, active).has(nick),
			ignored: () => ignoredIn(state, active),
			devices(owner) {
				const around = info?.account === undefined ? account : undefined;
				return account === undefined
					? []
					: owner !== undefined || info === undefined || around !== undefined
						? devicesOf(state, account, owner ?? account)
						: devicesAround(state, info);
			},
			emoji: emojiBeginning,
			files,
			messages: () => listedMessages(state, active),
			preferences: () => state.preferences,
			settingValues: name => settingValues(name, themes),
			resources: (owner, jid) =>
				[...presenceOf(state, owner, jid)]
					.sort((one, other) => other.priority - one.priority || other.since - one.since)
					.flatMap(each => withResource(jid, each.resource) ?? []),
		},
	};
}
