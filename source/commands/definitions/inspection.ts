import type {ViewIntent, XmlFilter} from '../../model/view.js';
import {account} from '../addresses.js';
import {bad, type Candidate, type Command, defineCommand, good, type Parameter} from '../command.js';
import {view} from '../intent.js';
import {choice, missing, optional} from '../parameters.js';

const stanzaNames = ['iq', 'message', 'presence'] as const;
const filterFields = ['from', 'to', 'contains'] as const;

/** `iq`, `from:romeo`, `to:…`, or `contains` and a text: each narrows what is shown. */
function xmlFilter(): Parameter<XmlFilter> {
	return {
		takes: 'rest',
		optional: false,
		what: 'iq, message, presence, from:JID, to:JID, contains text',
		read(given) {
			const filter: Mutable<XmlFilter> = {};
			let rest = given.trim();
			while (rest !== '') {
				const [, word = '', after = ''] = /^(\S+)\s*(.*)$/su.exec(rest) ?? [];
				const lower = word.toLowerCase();
				const [, field, value] = /^(from|to|contains):(.+)$/su.exec(lower) ?? [];
				const name = stanzaNames.find(each => each === lower);
				if (lower === 'contains' && after !== '') {
					filter.contains = after;
					return good(filter);
				}

				const kind = name === undefined ? filterFields.find(each => each === field) : 'name';
				if (kind === undefined || (name === undefined && value === undefined)) {
					return bad(
						'unknown-choice',
						`“${word}” is no filter.`,
						'Filters are iq, message, presence, from:JID, to:JID and “contains” with a text behind it.',
					);
				}

				if (filter[kind] !== undefined) {
					return bad(
						'filter-given-twice',
						`“${word}” is the second of its kind.`,
						'All that is named has to fit: one kind of stanza, one from:, one to:.',
					);
				}

				filter[kind] = name ?? word.slice(kind.length + 1);
				rest = after;
			}

			return good(filter);
		},
		absent: missing,
		candidates: () => [
			...stanzaNames.map(name => candidate(name, `only <${name}/>`)),
			candidate('from:', 'whose sender has this in its address'),
			candidate('to:', 'that goes to an address with this in it'),
			candidate('contains ', 'in which this text stands'),
		],
	};
}

type Mutable<Value> = {-readonly [Key in keyof Value]: Value[Key]};

const candidate = (insert: string, note: string): Candidate => ({insert, label: insert.trim(), note});

const watch = (on: boolean, jid: Extract<ViewIntent, {type: 'watchXml'}>['account']) =>
	view({type: 'watchXml', on, ...(jid === undefined ? {} : {account: jid})});

/** Looking under the hood, and at how the person is called. */
export const inspection: readonly Command[] = [
	defineCommand({
		name: 'xml',
		summary: 'Show what crosses the wire',
		details: [
			'Each stanza is shown as it is sent and received, in a buffer of its own, until that is closed. Passwords and tokens are left out, message texts are not. Nothing of it is stored.',
		],
		examples: [
			{input: '/xml', does: 'shows the stanzas of all accounts'},
			{input: '/xml filter iq', does: 'shows only some of them'},
			{input: '/xml off', does: 'ends it'},
		],
		parameters: {},
		run: () => watch(true, undefined),
	}),
	defineCommand({
		name: 'xml on',
		aliases: ['xmlconsole'],
		summary: 'Show what crosses the wire, of one account or of all',
		examples: [
			{input: '/xml on', does: 'shows the stanzas of all accounts'},
			{input: '/xml on juliet@example.org', does: 'shows those of one account'},
		],
		related: ['xml filter', 'xml off'],
		parameters: {account: optional(account())},
		run: ({account: jid}) => watch(true, jid),
	}),
	defineCommand({
		name: 'xml off',
		summary: 'Close the view of what crosses the wire',
		examples: [{input: '/xml off', does: 'closes it; nothing is looked at any more'}],
		parameters: {},
		run: () => watch(false, undefined),
	}),
	defineCommand({
		name: 'xml filter',
		summary: 'Choose which stanzas are shown',
		details: ['All that is named has to fit. Without a filter everything is shown again.'],
		examples: [
			{input: '/xml filter message from:romeo', does: 'shows messages from Romeo'},
			{input: '/xml filter contains urn:xmpp:carbons', does: 'shows stanzas with this text in them'},
			{input: '/xml filter', does: 'shows everything'},
		],
		parameters: {filter: optional(xmlFilter())},
		run: ({filter}) => view({type: 'filterXml', ...(filter === undefined ? {} : {filter})}),
	}),
	defineCommand({
		name: 'draft',
		summary: 'Deal with what was begun to be written here, where there is no screen',
		details: ['On the screen it stands in the input line of its buffer.'],
		examples: [
			{input: '/draft', does: 'says it'},
			{input: '/draft send', does: 'sends it'},
			{input: '/draft drop', does: 'forgets it'},
		],
		parameters: {what: optional(choice({show: 'says it', send: 'sends it', drop: 'forgets it'}))},
		run: ({what = 'show'}) => view({type: 'draft', what}),
	}),
	defineCommand({
		name: 'notify test',
		summary: 'Try the ways in which you are called',
		details: [
			'Rings the bell, sends a notification and starts your program, whatever of this is turned on, and says what is.',
			'The settings notify.bell, notify.terminal, notify.command, notify.content, notify.quiet and notify.title choose.',
		],
		examples: [{input: '/notify test', does: 'calls you once in every way that is turned on'}],
		related: ['notify'],
		parameters: {},
		run: () => view({type: 'testNotification'}),
	}),
];
