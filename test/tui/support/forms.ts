import type {Form, FormField} from '../../../source/model/form.js';

/** A question of a form. */
export const field = (name: string, kind: FormField['kind'], more: Partial<FormField> = {}): FormField => ({
	name,
	kind,
	required: false,
	values: [],
	options: [],
	media: [],
	...more,
});

export const formOf = (fields: readonly FormField[], more: Partial<Form> = {}): Form => ({
	type: 'form',
	instructions: [],
	fields,
	reported: [],
	items: [],
	...more,
});

const people = [
	{value: 'moderators', label: 'Moderators only'},
	{value: 'participants', label: 'Everybody who may speak'},
	{value: 'anyone', label: 'Anybody'},
];

/** What a service asks of whoever configures a room: every kind of question. */
export const configuration = formOf(
	[
		field('FORM_TYPE', 'hidden', {values: ['http://jabber.org/protocol/muc#roomconfig']}),
		{kind: 'fixed', required: false, values: ['What people see'], options: [], media: []},
		field('muc#roomconfig_roomname', 'text-single', {label: 'Name', values: ['House of Capulet'], required: true}),
		field('muc#roomconfig_roomdesc', 'text-multi', {
			label: 'Description',
			values: ['The ball is tonight.', 'Masks are welcome.'],
			description: 'Shown to whoever looks for rooms.',
		}),
		field('muc#roomconfig_persistentroom', 'boolean', {label: 'Keep the room when everybody has left', values: ['1']}),
		{kind: 'fixed', required: false, values: ['Who may do what'], options: [], media: []},
		field('muc#roomconfig_whois', 'list-single', {
			label: 'Who sees real addresses',
			values: ['moderators'],
			options: people,
			description: 'With “Anybody” nobody can come under a name alone.',
		}),
		field('muc#roomconfig_presencebroadcast', 'list-multi', {
			label: 'Whose presence is told',
			values: ['moderators', 'anyone'],
			options: people,
		}),
		field('muc#roomconfig_roomsecret', 'text-private', {label: 'Password', values: ['mask']}),
		field('muc#roomconfig_admin', 'jid-single', {label: 'Administrator'}),
		field('muc#roomconfig_roomowners', 'jid-multi', {
			label: 'Owners',
			values: ['capulet@example.org'],
			required: true,
		}),
		field('captcha', 'text-single', {
			label: 'What is in the picture',
			media: [{type: 'image/png', uri: 'https://example.org/picture.png'}],
		}),
	],
	{title: 'Configuration', instructions: ['Complete this form to change how the room works.']},
);
