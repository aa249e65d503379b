import type {HelpLine} from '../../commands/help-line.js';
import type {BareJid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {blockedBy} from '../../store/requests.js';
import {bufferOf, byNumber, foremost, numberOf, presenceOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {accountHint, accountStatusText} from '../panes/account-words.js';
import {type Calendar, systemCalendar} from '../panes/calendar.js';
import {contactsInOrder} from '../panes/contact-order.js';
import {idleText} from '../panes/idle-words.js';
import {availabilityText, blockedMark, bufferName, contactName, presenceMark, saidText} from '../panes/words.js';
import {ruleWords} from './notification-words.js';
import {secretsText} from './results.js';

/** `/account list`: every account, how it is connected and protected, where its password lies. */
export function accountLines(state: State): readonly HelpLine[] {
	if (state.accounts.length === 0) {
		return [{text: 'No account is set up.'}, {text: '/account add sets one up.'}];
	}

	const lines = state.accounts.flatMap((account): readonly HelpLine[] => {
		const {problem, security} = account;
		const hint = accountHint(state, account);
		return [
			{text: account.jid, heading: true},
			{text: `  ${accountStatusText(state, account)}${account.enabled ? '' : ' (does not connect by itself)'}`},
			...(problem === undefined ? [] : [{text: `  ${printable(problem.message, 'line')}`}]),
			...(hint === undefined ? [] : [{text: `  ${printable(hint, 'line')}`}]),
			...(security === undefined
				? []
				: [
						{text: `  ${security.tls}, logged in with ${security.mechanism}`},
						{text: `  certificate SHA-256 ${security.certificate}`},
					]),
			{text: `  ${secretsText(account)}`},
		];
	});
	return [
		...lines,
		{text: ''},
		{text: '/account test tries the login, /account add sets up another, /account remove forgets one.'},
	];
}

/** `/contacts`: requests first, then contacts: who is online before the others, by name. */
export function contactLines(
	state: State,
	only: BareJid | undefined,
	calendar: Calendar = systemCalendar,
): readonly HelpLine[] {
	const accounts = state.accounts.filter(account => only === undefined || account.jid === only);
	const requests = state.requests.filter(request => only === undefined || request.account === only);
	const lines: HelpLine[] = [];
	if (requests.length > 0) {
		lines.push({text: 'Want to see your presence', heading: true});
		for (const {jid, text} of requests) {
			lines.push({
				text: `  ${printable(jid, 'identifier')}${text === undefined ? '' : `: ${printable(text, 'line')}`}`,
			});
		}

		lines.push({text: '  /accept <jid> lets them, /deny <jid> refuses.'}, {text: ''});
	}

	for (const account of accounts) {
		const contacts = contactsInOrder(state, account.jid);
		lines.push({text: `${account.jid}: ${accountStatusText(state, account)}`, heading: true});
		const rows = contacts.map(contact => {
			const seen = contact.subscription === 'to' || contact.subscription === 'both';
			const presence = foremost(presenceOf(state, contact.account, contact.jid));
			const isBlocked = blockedBy(state, contact.account, contact.jid) !== undefined;
			const words = isBlocked
				? 'blocked'
				: contact.asking
					? 'asked, no answer yet'
					: seen
						? availabilityText(presence?.availability)
						: 'does not show when online';
			const mark = isBlocked ? blockedMark.glyph : seen ? presenceMark(presence?.availability).glyph : '?';
			const name = contactName(contact, contact.jid);
			const text = saidText(presence);
			const said = text === '' ? '' : ` – ${text}`;
			const idle = seen ? idleText(presence, calendar) : '';
			const resting = idle === '' ? '' : ` (${idle})`;
			const groups =
				contact.groups.length === 0 ? '' : ` [${contact.groups.map(group => printable(group, 'line')).join(', ')}]`;
			return `  ${mark} ${name}  ${printable(contact.jid, 'identifier')}  ${words}${said}${resting}${groups}`;
		});
		lines.push(...rows.map(text => ({text})));
		if (contacts.length === 0) {
			lines.push({text: '  Nobody yet: /add <jid> adds a contact.'});
		}
	}

	return lines.length === 0 ? accountLines(state) : lines;
}

/** `/buffer` without a number. */
export function bufferLines(state: State): readonly HelpLine[] {
	return byNumber(state).flatMap(id => {
		const info = bufferOf(state, id)?.info;
		if (info === undefined) {
			return [];
		}

		const name = bufferName(state, info);
		const jid = info.jid === undefined ? name : printable(info.jid, 'identifier');
		const address = jid === name ? '' : `  ${jid}`;
		const owner = info.account === undefined || state.accounts.length < 2 ? '' : `  as ${info.account}`;
		const isRequests = info.kind === 'requests';
		const unread = info.unread === 0 ? '' : `  ${info.unread} ${isRequests ? 'waiting' : 'unread'}`;
		const rule = !isRequests && (info.muted === true || info.notify !== undefined) ? `  ${ruleWords(info)}` : '';
		const arranged = `${info.pinned === true ? '  pinned' : ''}${rule}`;
		return [{text: `${String(numberOf(state, id)).padStart(3)}  ${name}${address}${owner}${unread}${arranged}`}];
	});
}
