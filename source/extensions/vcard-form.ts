/**
 * The own card (XEP-0054) as a form, and what was filled in put into the card. A card is written as a whole (§3.2): everything
 * of it that the form does not ask for stays as it was, also what nobody here reads.
 */
import type {Form, FormAnswers, FormField} from '../model/form.js';
import {sanitizeOutgoing, shortened} from '../shared/text.js';
import {append, child, createElement, detached, type Element, textOf} from '../xmpp/element.js';
import {vcardNamespace} from './vcard-elements.js';

type Row = {
	readonly element: string;
	/** Another one that says the same: Prosody keeps cards in the newer kind, and gives back a NOTE for a DESC. */
	readonly also?: string;
	/** Where its text lies, where that is in a part of it. */
	readonly part?: string;
	/** Parts that a new one has besides. */
	readonly marks?: readonly string[];
	readonly label: string;
	readonly description?: string;
	readonly lines?: true;
};

const rows: readonly Row[] = [
	{element: 'FN', label: 'Full name', description: 'Everybody can read your card, strangers too.'},
	{element: 'NICKNAME', label: 'Nickname'},
	{element: 'BDAY', label: 'Birthday', description: 'Such as 1597-07-31.'},
	{element: 'ORG', part: 'ORGNAME', label: 'Organisation'},
	{element: 'TITLE', label: 'Title'},
	{element: 'ROLE', label: 'Role'},
	{element: 'URL', label: 'Web page'},
	{element: 'EMAIL', part: 'USERID', marks: ['INTERNET'], label: 'E-mail'},
	{element: 'TEL', part: 'NUMBER', marks: ['VOICE'], label: 'Phone'},
	{element: 'DESC', also: 'NOTE', label: 'Description', lines: true},
];

/** Code points of an answer. */
const longestAnswer = 4096;

/** The form with what is in a card; of several lines of a kind, the first is asked for. */
export function formOfCard(card: Element | undefined): Form {
	return {
		type: 'form',
		instructions: [],
		fields: rows.map((row): FormField => {
			const text = card === undefined ? '' : valueIn(card, row);
			return {
				name: row.element,
				kind: row.lines ? 'text-multi' : 'text-single',
				label: row.label,
				...(row.description === undefined ? {} : {description: row.description}),
				required: false,
				values: row.lines ? text.split('\n') : [text],
				options: [],
				media: [],
			};
		}),
		reported: [],
		items: [],
	};
}

/** A copy of the card, or a new one, with what was filled in. An empty answer takes the line out. */
export function filledCard(card: Element | undefined, answers: FormAnswers): Element {
	const filled = card === undefined ? createElement('vCard', {xmlns: vcardNamespace}) : detached(card);
	for (const row of rows) {
		const given = Object.hasOwn(answers, row.element) ? answers[row.element] : undefined;
		const text = given === undefined ? undefined : answerText(given, row);
		if (text !== undefined && text !== valueIn(filled, row)) {
			put(filled, row, text);
		}
	}

	return filled;
}

function answerText(given: readonly string[], {lines}: Row): string {
	const text = sanitizeOutgoing(given.join('\n')).trim();
	return shortened(lines ? text : text.replace(/\s+/gu, ' '), longestAnswer);
}

function lineOf(card: Element, {element, also}: Row): Element | undefined {
	const found = child(card, element, vcardNamespace);
	return found === undefined && also !== undefined ? child(card, also, vcardNamespace) : found;
}

function valueIn(card: Element, row: Row): string {
	const {part, lines} = row;
	const found = lineOf(card, row);
	const holder = found === undefined || part === undefined ? found : child(found, part, vcardNamespace);
	const text = holder === undefined ? '' : textOf(holder).trim();
	return lines ? text : text.replace(/\s+/gu, ' ');
}

function put(card: Element, row: Row, text: string): void {
	const {element, part, marks = []} = row;
	const found = lineOf(card, row);
	if (text === '') {
		card.children = card.children.filter(node => node !== found);
		return;
	}

	const line = found ?? createElement(element, {xmlns: vcardNamespace}, ...marks.map(name => createElement(name)));
	if (found === undefined) {
		append(card, [line]);
	}

	if (part === undefined) {
		line.children = [text];
		return;
	}

	const holder = child(line, part, vcardNamespace) ?? createElement(part);
	if (holder.parent === null) {
		append(line, [holder]);
	}

	holder.children = [text];
}
