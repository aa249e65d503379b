import type {Contact} from '../../model/contact.js';
import {bareOf} from '../../shared/jid.js';
import {printable, truncateToWidth} from '../../shared/text.js';
import {accountOf, contactOf, foremost, presenceOf} from '../../store/selectors.js';
import type {BufferState, State} from '../../store/state.js';
import {fitLine, joinLines, line, lineWidth, type Run, type StyledLine, truncateLine} from '../screen/line.js';
import type {Palette} from './palette.js';
import {availabilityText, bufferName, presenceMark} from './words.js';

/** The bar above the messages: whom the buffer is about, how reachable they are, and what protects the messages. */
export function titleLine(state: State, buffer: BufferState | undefined, width: number, palette: Palette): StyledLine {
	const {role} = palette;
	if (buffer?.info.jid === undefined || buffer.info.account === undefined) {
		return fitLine(
			line(
				[
					{text: ' xmppc', style: role.bar},
					{text: '   F1 or /help explains, /quit leaves', style: role.barFaint},
				],
				role.bar,
			),
			width,
		);
	}

	const right = protection(width, palette);
	const left = truncateLine(
		line([...who(state, buffer, width, palette)], role.bar),
		Math.max(0, width - lineWidth(right)),
	);
	return joinLines([fitLine(left, width - lineWidth(right)), right], role.bar);
}

function who(state: State, buffer: BufferState, width: number, {role}: Palette): readonly Run[] {
	const {account, jid} = buffer.info;
	if (account === undefined || jid === undefined) {
		return [];
	}

	const contact = contactOf(state, account, jid);
	const presence = foremost(presenceOf(state, account, jid));
	const address = printable(bareOf(jid), 'identifier');
	const name = truncateToWidth(bufferName(state, buffer.info), Math.max(24, Math.floor(width / 3)));
	const online = accountOf(state, account)?.status === 'online';
	const known = online && contact !== undefined && ['to', 'both'].includes(contact.subscription);
	const myself = bareOf(jid) === account;
	const status = known
		? availabilityText(presence?.availability)
		: myself
			? 'notes to yourself'
			: unknownPresence(contact, online);
	const said = presence === undefined ? '' : printable(presence.statusText, 'line').trim();
	return [
		{text: known ? ` ${presenceMark(presence?.availability).glyph}` : '', style: role.bar},
		{
			text: ` ${contact === undefined || bufferName(state, buffer.info) === address ? '' : `${name}  `}`,
			style: role.bar,
		},
		{text: address, style: contact?.name === undefined ? role.bar : role.barFaint},
		{text: `  ${status}`, style: role.bar},
		{text: said === '' ? '' : ` – ${said}`, style: role.barFaint},
	];
}

function unknownPresence(contact: Contact | undefined, online: boolean): string {
	if (contact === undefined) {
		return 'not a contact';
	}

	if (contact.asking) {
		return 'has not yet accepted to be seen';
	}

	return ['to', 'both'].includes(contact.subscription) && !online
		? 'presence unknown while you are offline'
		: 'does not show when online';
}

/** Nothing is end-to-end encrypted yet, and the title says so. */
function protection(width: number, {role}: Palette): StyledLine {
	const text = width >= 70 ? ' not end-to-end encrypted ' : ' no E2EE ';
	return line([{text, style: role.barAlert}], role.bar);
}
