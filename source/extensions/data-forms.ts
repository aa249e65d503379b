/**
 * XEP-0004: Data Forms, version 2.13.1. https://xmpp.org/extensions/xep-0004.html
 * With the media of XEP-0221, version 1.0.
 */
import {type FieldKind, type Form, type FormAnswers, type FormField, fieldKinds} from '../model/form.js';
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
				media: (media?.uris ?? []).map(({type, uri}) => ({type, uri: uri.trim()})),
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
			const answer = name === undefined || !Object.hasOwn(answers, name) ? undefined : answers[name];
			const given = answer ?? (values.length > 0 ? values : undefined);
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
