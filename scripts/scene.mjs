/**
 * The screen on recorded events, for pictures of it: no account, no network, always the same evening.
 * `node scripts/scene.mjs [setting=value …]`, e.g. `theme=light`.
 */
import process from 'node:process';
import {settingOf} from '../build/source/model/setting-values.js';
import {defaultPreferences} from '../build/source/model/settings.js';
import {systemClock} from '../build/source/shared/clock.js';
import {startTui} from '../build/source/tui/start.js';
import {createFakeBackend} from '../build/test/tui/fake-backend.js';

const minute = 60_000;
const me = 'juliet@verona.example';
const start = systemClock.monotonic();
const evening = Date.UTC(2026, 10, 21, 20, 14);
const clock = {...systemClock, now: () => evening + 128 * minute + systemClock.monotonic() - start};

const chatWith = jid => `${me} chat ${jid}`;
const roomOf = jid => `${me} room ${jid}`;
const romeo = 'romeo@montague.example';
const nurse = 'nurse@verona.example';
const release = 'release@rooms.verona.example';
const ops = 'ops@rooms.verona.example';
const garden = 'garden@rooms.verona.example';
const contacts = [
	[romeo, 'Romeo', 'available', 'under the balcony'],
	[nurse, 'Nurse', 'away', 'back after lunch'],
	['benvolio@montague.example', 'Benvolio', 'available', ''],
	['mercutio@verona.example', 'Mercutio', 'dnd', 'duel until six'],
	['tybalt@capulet.example', 'Tybalt', undefined, ''],
];

const buffer = (id, kind, jid, more = {}) => ({
	id,
	kind,
	account: me,
	jid,
	unread: 0,
	highlights: 0,
	readUpTo: 0,
	draft: '',
	lastActivity: evening,
	...more,
});

let serial = 0;
/** `at` in minutes of the evening. */
const message = (of, at, author, body, more = {}) => ({
	key: (evening + at * minute) * 1024 + serial++,
	account: me,
	buffer: of,
	kind: 'chat',
	direction: author === me ? 'outgoing' : 'incoming',
	author,
	body,
	receivedAt: evening + at * minute,
	via: 'live',
	...more,
});
const privately = (at, author, body, more = {}) =>
	message(chatWith(romeo), at, author, body, {encryption: 'omemo', ...more});
const publicly = (at, nick, body, more = {}) =>
	message(roomOf(release), at, `${release}/${nick}`, body, {
		kind: 'groupchat',
		direction: nick === 'juliet' ? 'outgoing' : 'incoming',
		...more,
	});

const snippet = `The gate opens with this, keep it:
\`\`\`
$ ssh orchard@verona.example
$ gate open --quietly --until 23:30
\`\`\``;

const conversation = [
	privately(-1300, romeo, 'Good night, good night! Parting is such sweet sorrow'),
	privately(-1299, me, 'that I shall say good night till it be morrow.', {state: 'displayed'}),
	privately(80, romeo, 'But soft, what light through yonder window breaks?'),
	privately(80, romeo, 'It is the *east*, and Juliet is the _sun_.'),
	privately(83, me, 'How camest thou hither, tell me, and wherefore?', {state: 'displayed'}),
	privately(83, me, '/me looks over the wall', {state: 'displayed'}),
	privately(86, romeo, '> tell me, and wherefore?\nWith love’s light wings did I o’erperch these walls.'),
	privately(87, romeo, snippet),
	privately(87, romeo, 'and the plan of the garden is at https://montague.example/garden/plan?floor=1'),
	privately(124, me, 'Three words, dear Romeo, and good night indeed ❤️', {state: 'delivered'}),
];

const talk = [
	publicly(60, 'mercutio', 'The build for 1.0 is green on all three machines.'),
	publicly(61, 'benvolio', 'Then I tag it tonight. Anything that has to go in before?'),
	publicly(64, 'nurse', 'The manual still says `--plain` where it means `--screen-reader`.'),
	publicly(64, 'nurse', 'I have a patch: https://verona.example/patches/214'),
	publicly(66, 'juliet', 'Read it, looks right. Merge it.', {state: 'acked'}),
	publicly(91, 'benvolio', 'Merged. *Freeze is on*, only ~features~ fixes from now.'),
	publicly(92, 'mercutio', 'search over a million messages: p95 31 ms here'),
	publicly(93, 'mercutio', '```\nfirst hit   31 ms\nall hits    77 ms\nmemory      flat\n```'),
	publicly(118, 'benvolio', 'juliet: will you write the announcement?', {highlight: true}),
	publicly(121, 'mercutio', '', {subject: 'Release 1.0 tonight at ten'}),
	publicly(122, 'nurse', 'I can proofread, after lunch.'),
];
const last = publicly(124, 'romeo', 'So can I. Where is the draft?');

const occupants = [
	['benvolio', {role: 'moderator', affiliation: 'owner'}],
	['nurse', {role: 'moderator', affiliation: 'admin', availability: 'away'}],
	['juliet', {affiliation: 'member'}],
	['mercutio', {affiliation: 'member', availability: 'dnd'}],
	['romeo', {}],
	['rosaline', {availability: 'xa'}],
	['friar', {role: 'visitor'}],
].map(([nick, more]) => ({
	nick,
	role: 'participant',
	affiliation: 'none',
	availability: 'available',
	statusText: '',
	...more,
}));

const room = (jid, more) => ({
	room: {account: me, jid, buffer: roomOf(jid), status: 'joined', nick: 'juliet', features: {}, ...more},
	occupants: jid === release ? occupants : [],
});

const buffers = [
	buffer(chatWith(romeo), 'chat', romeo, {pinned: true, encryption: 'omemo'}),
	buffer(chatWith(nurse), 'chat', nurse, {unread: 2, highlights: 2}),
	buffer(chatWith('benvolio@montague.example'), 'chat', 'benvolio@montague.example'),
	buffer(roomOf(release), 'room', release, {
		unread: 5,
		highlights: 1,
		readUpTo: (evening + 92 * minute) * 1024 + 1023,
	}),
	buffer(roomOf(ops), 'room', ops, {unread: 14}),
	buffer(roomOf(garden), 'room', garden, {muted: true, unread: 3}),
];

const preferences = {...defaultPreferences};
for (const argument of process.argv.slice(2)) {
	const [name, value] = argument.split('=');
	const {kind} = settingOf(name);
	preferences[name] = kind.type === 'number' ? Number(value) : kind.type === 'flag' ? value === 'true' : value;
}

const backend = createFakeBackend(clock, {
	accounts: [
		{
			jid: me,
			status: 'online',
			enabled: true,
			secrets: 'keychain',
			availability: 'available',
			statusText: '',
		},
	],
	contacts: contacts.map(([jid, name]) => ({
		account: me,
		jid,
		name,
		subscription: 'both',
		asking: false,
		approved: false,
		groups: [],
	})),
	presence: contacts.flatMap(([jid, , availability, statusText]) =>
		availability === undefined
			? []
			: [{account: me, jid, resources: [{resource: 'x', availability, statusText, priority: 0, since: 0}]}],
	),
	requests: [],
	buffers,
	rooms: [
		room(release, {
			name: 'Release',
			subject: 'Release 1.0 tonight at ten',
			features: {membersOnly: true, nonAnonymous: true, archived: true},
		}),
		room(ops, {subject: 'Nothing burns'}),
		room(garden, {}),
	],
	preferences,
});
backend.history.set(chatWith(romeo), conversation);
backend.history.set(roomOf(release), talk);
backend.history.set(chatWith(nurse), [
	message(chatWith(nurse), 120, nurse, 'Madam! Your mother asks whether the release is out.'),
	message(chatWith(nurse), 121, nurse, 'And whether thou wilt marry Paris.'),
]);

const came = (nick, at, what) => ({
	type: 'occupant.changed',
	buffer: roomOf(release),
	occupant: occupants.find(each => each.nick === nick),
	activity: {what, nick, at: evening + at * minute},
});

/** What happens once the history of the room is there. */
const afterwards = [
	came('nurse', 122, 'left'),
	came('rosaline', 123, 'joined'),
	came('friar', 123, 'joined'),
	came('nurse', 123, 'joined'),
	{type: 'message.recorded', message: last},
];

async function loadHistory(input) {
	await backend.actions.loadHistory(input);
	if (input.buffer === roomOf(release)) {
		for (const event of afterwards.splice(0)) {
			backend.emit(event);
		}
	}
}

const exit = await startTui({
	async open() {
		setTimeout(() => {
			for (const event of [
				{type: 'typing.changed', buffer: chatWith(romeo), names: ['Romeo']},
				{type: 'reader.moved', buffer: roomOf(release), reader: 'nurse', upTo: talk[5].key},
				{type: 'reader.moved', buffer: roomOf(release), reader: 'benvolio', upTo: last.key},
				{type: 'typing.changed', buffer: roomOf(release), names: ['mercutio']},
			]) {
				backend.emit(event);
			}
		}, 300);
		return {actions: {...backend.actions, loadHistory}, events: backend.events};
	},
	stdin: process.stdin,
	stdout: process.stdout,
	env: process.env,
	clock,
	settings: preferences,
});
process.exitCode = exit.type === 'quit' ? 0 : 1;
