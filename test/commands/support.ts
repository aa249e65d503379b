import type {CommandContext, CompletionSource, ListedMessage} from '../../source/commands/context.js';
import {bufferId, consoleBuffer} from '../../source/model/buffer.js';
import type {Contact} from '../../source/model/contact.js';
import type {Device, Fingerprint} from '../../source/model/device.js';
import {defaultPreferences} from '../../source/model/settings.js';
import type {BareJid, FullJid} from '../../source/shared/jid.js';

export const me = 'juliet@example.org' as BareJid;
export const work = 'juliet@work.example' as BareJid;
export const romeo = 'romeo@example.org' as BareJid;
export const nurse = 'nurse@example.org' as BareJid;
export const stranger = 'tybalt@example.net' as BareJid;
export const abram = 'abram@example.net' as BareJid;
export const peter = 'peter@example.net' as BareJid;
export const friar = 'cell@rooms.example.net/Friar Laurence' as FullJid;
export const garden = 'garden@rooms.example.org' as BareJid;
export const orchard = 'orchard@rooms.example.org' as BareJid;
export const balcony = 'balcony@rooms.example.org' as BareJid;
export const tomb = 'tomb@rooms.example.org' as BareJid;
export const phone = 'romeo@example.org/phone' as FullJid;

const contact = (jid: BareJid, name?: string, groups: readonly string[] = []): Contact => ({
	account: me,
	jid,
	subscription: 'both',
	asking: false,
	approved: false,
	groups,
	...(name === undefined ? {} : {name}),
});

const key = (group: string) => group.repeat(8) as Fingerprint;
const device = (id: number, owner: BareJid, more: Partial<Device> = {}): Device => ({
	account: me,
	owner,
	id,
	trust: 'blind',
	active: true,
	versions: ['legacy'],
	firstSeen: 0,
	...more,
});

/** What is known in the chat with Romeo: his devices, then one's own. */
export const devices: readonly Device[] = [
	device(1_234_567_890, romeo, {fingerprint: key('a1b2c3d4'), label: 'Phone', trust: 'undecided'}),
	device(77, romeo, {fingerprint: key('a1b2ffff')}),
	device(78, romeo, {label: 'Old \u001b[2J tablet'}),
	device(5, me, {fingerprint: key('0e0e0e0e'), isThis: true, trust: 'verified'}),
	device(77, me, {fingerprint: key('77777777'), label: 'Laptop'}),
	device(6, me, {fingerprint: key('66666666'), active: false}),
];

const listed = (
	messageKey: number,
	author: string,
	words: string,
	more: Partial<ListedMessage> = {},
): ListedMessage => ({
	key: messageKey,
	account: me,
	own: false,
	author,
	words,
	standing: true,
	files: 0,
	reactions: [],
	...more,
});

export const source: CompletionSource = {
	accounts: () => [me, work],
	contacts: () => [
		contact(romeo, 'Romeo Montague', ['Friends', 'Old friends']),
		contact(nurse, 'Nurse'),
		contact('mercutio@example.org' as BareJid, romeo),
	],
	requests: () => [{account: me, jid: 'paris@example.org' as BareJid}],
	messageRequests: () => [
		{account: me, buffer: bufferId(me, 'chat', abram), jid: abram, text: 'Do you bite your thumb?', count: 1, at: 0},
		{account: work, buffer: bufferId(work, 'chat', peter), jid: peter, text: 'Perge', count: 2, at: 0},
		{account: me, buffer: bufferId(me, 'private', friar), jid: friar, text: 'Holy', count: 1, at: 0},
	],
	blocked: owner => (owner === me ? [stranger, 'spam.example' as BareJid] : []),
	buffers: () => [
		{number: 1, id: consoleBuffer, label: 'console'},
		{number: 2, id: bufferId(me, 'chat', romeo), label: 'Romeo Montague', jid: romeo},
		{number: 3, id: bufferId(me, 'chat', stranger), label: stranger, jid: stranger},
	],
	topics: () => [
		{name: 'msg', summary: 'Send a message'},
		{name: 'marks', summary: 'The signs'},
	],
	resources: (_, jid) => (jid === romeo ? [phone] : []),
	rooms: () => [{account: me, jid: garden, status: 'joined', nick: 'juliet', name: 'The garden'}],
	bookmarks: () => [{account: me, room: orchard, name: 'The orchard', autojoin: false}],
	invitations: () => [
		{account: me, room: balcony, from: romeo, reason: 'come down', direct: false},
		{account: me, room: tomb, from: nurse, direct: true},
	],
	nicks: () => ['Tybalt', 'alice', 'Albert'],
	ignored: () => ['Paris'],
	devices: owner => devices.filter(each => owner === undefined || each.owner === owner),
	emoji: beginning =>
		[
			{code: 'smile', glyph: '😄'},
			{code: 'smirk', glyph: '😏'},
		].filter(({code}) => code.startsWith(beginning)),
	messages: () => [
		listed(5, 'Romeo', 'But soft, what light through yonder window breaks?'),
		listed(4, 'you', 'ok', {own: true, reactions: ['👍']}),
		listed(3, 'Romeo', 'ok', {files: 1}),
		listed(2, 'you', 'O Romeo, Romeo! wherefore art thou Romeo?', {own: true}),
		listed(1, 'Romeo', '(taken back)', {standing: false}),
	],
	files: directory =>
		({
			'.': [
				{name: 'notes.txt', isDirectory: false},
				{name: 'My photos', isDirectory: true},
				{name: '.hidden', isDirectory: false},
			],
			'~/': [{name: 'letter to nurse.txt', isDirectory: false}],
			'My photos/': [{name: 'balcony.jpg', isDirectory: false}],
		})[directory] ?? [],
	preferences: () => ({...defaultPreferences, aliases: {hi: '/msg $1 Hello!'}}),
	settingValues: name =>
		name === 'theme'
			? [
					{value: 'light', note: 'for bright rooms'},
					{value: 'auto', note: 'as it comes'},
				]
			: [],
};

export const inConsole: CommandContext = {buffer: consoleBuffer, kind: 'console', account: me, source};

export const withRomeo: CommandContext = {
	buffer: bufferId(me, 'chat', romeo),
	kind: 'chat',
	account: me,
	jid: romeo,
	source,
};

export const inGarden: CommandContext = {
	buffer: bufferId(me, 'room', garden),
	kind: 'room',
	account: me,
	jid: garden,
	source,
};

/** Before the first account. */
export const fresh: CommandContext = {
	buffer: consoleBuffer,
	kind: 'console',
	source: {
		accounts: () => [],
		contacts: () => [],
		requests: () => [],
		messageRequests: () => [],
		blocked: () => [],
		buffers: () => [],
		topics: () => [],
		resources: () => [],
		rooms: () => [],
		bookmarks: () => [],
		invitations: () => [],
		nicks: () => [],
		ignored: () => [],
		devices: () => [],
		emoji: () => [],
		files: () => [],
		messages: () => [],
		preferences: () => defaultPreferences,
		settingValues: () => [],
	},
};
