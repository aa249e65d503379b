/**
 * XEP-0004: Data Forms, version 2.13.1. https://xmpp.org/extensions/xep-0004.html
 * With the media of XEP-0221, version 1.0.
 */
import {
	type FieldKind,
	type FieldProblem,
	type Form,
	type FormAnswers,
	type FormField,
	fieldKinds,
} from '../model/form.js';
import {parseBareJid, parseJid} from '../shared/jid.js';
import {sanitizeOutgoing} from '../shared/text.js';
import {
	attribute,
	children,
	childText,
	childTexts,
	type Decoded,
	element,
	flag,
	optionalAttribute,
	optionalChild,
	optionalChildText,
	text,
} from '../xmpp/codec.js';
import {nonEmpty} from '../xmpp/scalars.js';

const namespace = 'jabber:x:data';
const mediaNamespace = 'urn:xmpp:media-element';

const field = element(namespace, 'field', {
	name: optionalAttribute('var'),
	type: optionalAttribute('type'),
	label: optionalAttribute('label'),
	description: optionalChildText('desc', nonEmpty),
	required: flag('required'),
	values: childTexts('value'),
	options: children(element(namespace, 'option', {label: optionalAttribute('label'), value: childText('value')})),
	media: optionalChild(
		element(mediaNamespace, 'media', {
			uris: children(element(mediaNamespace, 'uri', {type: attribute('type', nonEmpty), uri: text(nonEmpty)})),
		}),
	),
});

const row = {fields: children(field)};

/** A whole form, as people fill it in or read it. Where only fields matter there is `dataForm`. */
export const wholeForm = element(namespace, 'x', {
	type: optionalAttribute('type'),
	title: optionalChildText('title', nonEmpty),
	instructions: childTexts('instructions', nonEmpty),
	...row,
	reported: optionalChild(element(namespace, 'reported', row)),
	items: children(element(namespace, 'item', row)),
});

type WholeForm = Decoded<typeof wholeForm>;
type Field = Decoded<typeof field>;

/** Fields and rows that are kept: no person reads more. */
const mostFields = 500;
const mostItems = 2000;

/** A form of the wire as plain data. An unknown kind of field is one line of text (§3.3). */
export function readForm(form: WholeForm): Form {
	const {type, title, instructions, fields, reported, items} = form;
	return {
		type: type === 'submit' || type === 'cancel' || type === 'result' ? type : 'form',
		...(title === undefined ? {} : {title}),
		instructions,
		fields: readFields(fields, type),
		reported: readFields(reported?.fields ?? [], 'result'),
		items: items.slice(0, mostItems).map(item => readFields(item.fields, 'result')),
	};
}

function readFields(fields: readonly Field[], type: string | undefined): readonly FormField[] {
	return fields.slice(0, mostFields).flatMap(each => {
		const kind = fieldKinds.find(known => known === each.type) ?? kindOfUntyped(each, type);
		if (each.name === undefined && kind !== 'fixed') {
			return [];
		}

		const {name, label, description, required, values, options, media} = each;
		return [
			{
				kind,
				required,
				values,
				options,
				media: media?.uris ?? [],
				...(name === undefined ? {} : {name}),
				...(label === undefined ? {} : {label}),
				...(description === undefined ? {} : {description}),
			},
		];
	});
}

/** Results leave the kinds out, and their fields may have several values (§3.2). */
function kindOfUntyped({values}: Field, type: string | undefined): FieldKind {
	return type === 'result' && values.length > 1 ? 'text-multi' : 'text-single';
}

/**
 * The answer to a form: its hidden fields as they are, and of the others those that were answered or had a value already,
 * so that nothing else about a configuration changes (§3.2).
 */
export function submission(form: Form, answers: FormAnswers): WholeForm {
	return {
		type: 'submit',
		instructions: [],
		items: [],
		fields: form.fields.flatMap(({name, kind, values}) => {
			const given = name === undefined ? undefined : (answers[name] ?? (values.length > 0 ? values : undefined));
			return name === undefined || given === undefined || kind === 'fixed'
				? []
				: [
						{
							name,
							...(kind === 'hidden' ? {type: kind} : {}),
							required: false,
							options: [],
							values: given.map(value => sanitizeOutgoing(value)),
						},
					];
		}),
	};
}

/** The form that takes back what was asked for. */
export const cancellation: WholeForm = {type: 'cancel', instructions: [], items: [], fields: []};

/** What is wrong with what a person filled in: a required field without an answer, a value that cannot be one. */
export function problemsIn(form: Form, answers: FormAnswers): readonly FieldProblem[] {
	return form.fields.flatMap(each => {
		const {name, kind} = each;
		if (name === undefined || kind === 'fixed' || kind === 'hidden') {
			return [];
		}

		const values = answers[name] ?? each.values;
		const message = problemOf(each, values);
		return message === undefined ? [] : [{field: name, message}];
	});
}

function problemOf({kind, required, options}: FormField, values: readonly string[]): string | undefined {
	const given = values.filter(value => value !== '');
	if (required && given.length === 0) {
		return 'needs an answer';
	}

	if (!kind.endsWith('multi') && values.length > 1) {
		return 'takes one answer only';
	}

	switch (kind) {
		case 'boolean':
			return given.every(value => booleans.has(value)) ? undefined : 'is yes or no';
		case 'jid-single':
		case 'jid-multi': {
			const wrong = given.find(value => parseJid(value) === undefined);
			const twice = given.find((value, index) => given.findIndex(other => sameJid(other, value)) < index);
			return wrong === undefined
				? twice === undefined
					? undefined
					: `names ${twice} twice`
				: `needs an address such as juliet@example.org, not “${wrong}”`;
		}

		case 'list-single':
		case 'list-multi': {
			const wrong = given.find(value => options.length > 0 && options.every(option => option.value !== value));
			return wrong === undefined ? undefined : `does not offer “${wrong}”`;
		}

		default:
			return undefined;
	}
}

const booleans: ReadonlySet<string> = new Set(['0', '1', 'true', 'false']);

function sameJid(one: string, other: string): boolean {
	const parsed = parseBareJid(one);
	return parsed !== undefined && parsed === parseBareJid(other);
}
