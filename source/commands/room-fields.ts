import {type Candidate, good, type Parameter} from './command.js';
import type {CommandContext} from './context.js';
import {missing, words} from './parameters.js';
import {quoted} from './words.js';

/** What most rooms can be configured by (XEP-0045 §16.5.3, XEP-0313). `values`: what it can be, where that is known. */
const knownFields: ReadonlyArray<{
	readonly name: string;
	readonly note: string;
	readonly values?: Readonly<Record<string, string>>;
	readonly isSwitch?: true;
}> = [
	{name: 'muc#roomconfig_roomname', note: 'its name'},
	{name: 'muc#roomconfig_roomdesc', note: 'what it is for'},
	{name: 'muc#roomconfig_persistentroom', note: 'it stays when everybody has left', isSwitch: true},
	{name: 'muc#roomconfig_publicroom', note: 'it is in the list of rooms', isSwitch: true},
	{name: 'muc#roomconfig_membersonly', note: 'only members may enter', isSwitch: true},
	{name: 'muc#roomconfig_moderatedroom', note: 'only who has voice may speak', isSwitch: true},
	{name: 'muc#roomconfig_passwordprotectedroom', note: 'a password is needed', isSwitch: true},
	{name: 'muc#roomconfig_roomsecret', note: 'the password'},
	{name: 'muc#roomconfig_allowinvites', note: 'everybody may invite', isSwitch: true},
	{name: 'muc#roomconfig_changesubject', note: 'everybody may change the subject', isSwitch: true},
	{
		name: 'muc#roomconfig_whois',
		note: 'who sees the addresses of people',
		values: {moderators: 'only moderators', anyone: 'everybody'},
	},
	{name: 'muc#roomconfig_enablelogging', note: 'what is said is logged', isSwitch: true},
	{name: 'muc#roomconfig_enablearchiving', note: 'what is said is archived', isSwitch: true},
	{name: 'muc#roomconfig_historylength', note: 'messages that are shown on entering'},
	{name: 'muc#roomconfig_maxusers', note: 'how many may be there'},
	{name: 'muc#roomconfig_lang', note: 'its language, as in en or de'},
];

const prefix = 'muc#roomconfig_';
const switchWords: Readonly<Record<string, string>> = {on: '1', yes: '1', true: '1', off: '0', no: '0', false: '0'};

/** A field of a room's configuration; the usual ones also without what all of them begin with. */
export function configurationField(): Parameter<string> {
	return {
		takes: 'word',
		optional: false,
		what: 'a field, such as roomname or membersonly',
		read(given) {
			const name = given.toLowerCase();
			const exact = knownFields.find(field => field.name === name || field.name === `${prefix}${name}`);
			const beginning = knownFields.filter(field => field.name.startsWith(`${prefix}${name}`));
			const known = exact ?? (beginning.length === 1 ? beginning[0] : undefined);
			return good(known?.name ?? given);
		},
		absent: missing,
		candidates: () =>
			knownFields.map(({name, note}) => {
				const short = name.slice(prefix.length);
				return {insert: short, label: short, note, alias: name};
			}),
	};
}

/** What a field is to be: several words are several values where it takes several. */
export function fieldValues(): Parameter<readonly string[]> {
	return {...words('what it is to be; on or off for a switch'), candidates};
}

/** The values as the form has them. */
export function valuesFor(name: string, given: readonly string[]): readonly string[] {
	const isSwitch = knownFields.some(field => field.name === name && field.isSwitch === true);
	return isSwitch ? given.map(each => switchWords[each.toLowerCase()] ?? each) : given;
}

function candidates(_: CommandContext, __?: string, given: readonly string[] = []): readonly Candidate[] {
	const [typed = ''] = given;
	const field = knownFields.find(({name}) => name === typed || name === `${prefix}${typed}`);
	const values = field?.isSwitch === true ? {on: 'yes', off: 'no'} : (field?.values ?? {});
	return Object.entries(values).map(([value, note]) => ({insert: quoted(value), label: value, note}));
}
