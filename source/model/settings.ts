import type {AccountSettings} from './account.js';
import {choice, flag, list, map, number, type Setting, text} from './setting-kinds.js';

/**
 * Every setting that a person can change with `/set` or in `settings.json`, under the name it has in both. One row is all
 * a setting needs: the check of the file, the JSON schema, help and completion come from it.
 */
export const settingTable = {
	theme: text(
		'auto',
		{
			help: "Colours: a theme by its name, a file of your own in the themes directory, or auto for the terminal's ground.",
			example: 'light',
		},
		{pattern: '.+', wanted: 'a text that is not empty'},
	),
	'color.depth': choice(
		{auto: 'what the terminal says', truecolor: '16 million', '256': '256', '16': '16', none: 'no colours'},
		'auto',
		'How many colours are used.',
	),
	'color.names': flag(true, 'Give each name a colour of its own (XEP-0392).'),
	emoji: choice(
		{glyph: 'as they are', shortcode: 'as :names:, for terminals that cannot show them'},
		'glyph',
		'How emoji in messages are shown.',
	),
	'omemo.default': choice(
		{on: 'whoever can read it gets it encrypted', off: 'only where you turn it on: /omemo on'},
		'on',
		'Whether conversations are encrypted end to end (OMEMO) unless you chose otherwise there.',
	),
	'omemo.trust': choice(
		{
			'blind-before-verification': 'new devices are used until you verify one of that person',
			manual: 'no device is used before you have decided about it',
		},
		'blind-before-verification',
		'What becomes of devices that you have not decided about.',
	),
	'omemo.prefer': choice(
		{legacy: 'the one that nearly everybody speaks', omemo2: 'OMEMO 2, which also protects what belongs to a message'},
		'legacy',
		'Which version of OMEMO is used for devices that speak both.',
	),
	'omemo.trust-messages': flag(
		false,
		'Believe devices that you verified what they say of keys: yours of anybody’s, those of contacts of their own; and tell them what you decide (XEP-0450).',
	),
	'omemo.show-replies': flag(
		false,
		'Let servers see which message an encrypted one answers, where the version of OMEMO cannot hide it; off: only the quotation tells.',
	),
	'omemo.show-reactions': flag(
		false,
		'Send reactions in clear where the version of OMEMO cannot encrypt them; off: they are not sent.',
	),
	'retractions.forget': flag(
		false,
		'Forget the text of messages that were taken back; off: their details still show it.',
	),
	'links.metadata': flag(
		false,
		'Show what senders say that there is behind a link, with messages that come from now on (XEP-0511). Nothing is fetched.',
	),
	receipts: flag(true, 'Tell contacts that their messages arrived (XEP-0184).'),
	'typing.send': flag(true, 'Tell contacts, and small rooms for members, that you are writing (XEP-0085).'),
	'markers.send': flag(
		true,
		'Tell contacts, and rooms for members who know each other, how far you have read (XEP-0333); /markers says otherwise for one of them.',
	),

	mouse: flag(false, 'Scroll with the wheel and click; the terminal then needs Shift to select text.'),
	'keys.mode': choice({emacs: 'as in Emacs and the shell', vi: 'as in vi'}, 'emacs', 'How the input line is edited.'),
	keys: map({help: 'Keys of your own: a chord and the action it does, or "none".', example: 'alt+x → bufferNext'}),
	aliases: map({help: 'Commands of your own; $1 to $9 and $* stand for what follows.', example: 'hi → /msg $1 Hello!'}),

	'composer.pasteLines': number(
		{least: 2, most: 10_000, unit: 'lines'},
		6,
		'A paste of so many lines is sent only after a question.',
	),
	'composer.editor': list({help: 'Program and arguments that edit long texts; empty: $VISUAL or $EDITOR.'}),
	'composer.spell': text('auto', {
		help: 'Language that is checked while you write, "auto" for that of the system, "off" for none.',
		example: 'en_GB',
	}),
	'composer.styling': flag(true, 'Show *bold*, _italic_, ~strike~ and `code` while you write (XEP-0393).'),

	'drafts.days': number(
		{least: 0, most: 3650, unit: 'days'},
		30,
		'A text begun and not touched for so long is forgotten at the next start; 0: never.',
	),

	'list.show': choice({auto: 'where there is room', on: 'always', off: 'never'}, 'auto', 'The list of buffers.'),
	'list.width': number({least: 12, most: 60, unit: 'columns'}, 24, 'Width of the list of buffers at most.'),
	'list.order': choice(
		{fixed: 'by account, as they were opened', activity: 'the newest message first'},
		'fixed',
		'Order of the list of buffers.',
	),
	'participants.show': choice(
		{auto: 'where there is room', on: 'always', off: 'never'},
		'auto',
		'The list of participants in rooms.',
	),
	'participants.width': number({least: 12, most: 60, unit: 'columns'}, 20, 'Width of the list of participants.'),
	'messages.nameWidth': number({least: 4, most: 40, unit: 'columns'}, 16, 'Width of the column of names at most.'),
	'messages.group': flag(true, 'Name and time only where author or minute change.'),
	'messages.fold': number(
		{least: 0, most: 10_000, unit: 'lines'},
		40,
		'Messages longer than this are folded; 0: never.',
	),
	'messages.joins': choice(
		{smart: 'of those who spoke lately', all: 'of everybody', none: 'of nobody'},
		'smart',
		'Whose joining and leaving of a room is shown.',
	),
	'messages.joinMinutes': number(
		{least: 1, most: 1440, unit: 'minutes'},
		30,
		'How long ago "lately" is for messages.joins.',
	),
	'rooms.directory': text(
		'api@search.jabber.network',
		{
			help: 'Who is asked for public rooms where your server knows none, and told the words of the search; empty: nobody.',
			example: 'api@search.jabber.network',
		},
		{
			pattern: '(([^\\s@/]+@)?[^\\s@/]+\\.[^\\s@/]+)?',
			wanted: 'an address such as api@search.jabber.network, or empty',
		},
	),

	'files.directory': text(
		'~/Downloads',
		{help: 'Where files go that you keep.', example: '~/Downloads/xmppc'},
		{pattern: '(~|/)[^\\u0000]*', wanted: 'a path that begins with / or ~'},
	),
	'files.limit': number({least: 1, most: 100_000, unit: 'MB'}, 2000, 'Larger files are not fetched.'),

	'notify.bell': flag(true, 'Ring the bell of the terminal for private messages and highlights.'),
	'notify.terminal': choice(
		{
			off: 'not',
			osc9: 'OSC 9: iTerm2, Windows Terminal, Ghostty',
			osc99: 'OSC 99: kitty',
			osc777: 'OSC 777: urxvt, foot',
		},
		'off',
		'Notifications by the terminal.',
	),
	'notify.command': list({
		help: 'Program and arguments for notifications; {title} and {text} are replaced. No shell.',
		example: 'notify-send, {title}, {text}',
	}),
	'notify.content': choice(
		{always: 'always', unencrypted: 'not of encrypted chats', never: 'never'},
		'unencrypted',
		'Whether notifications show the text.',
	),
	'notify.quiet': text(
		'',
		{help: 'Hours in which nothing calls you.', example: '22:00-07:00'},
		{
			pattern: '(([01]\\d|2[0-3]):[0-5]\\d-([01]\\d|2[0-3]):[0-5]\\d)?',
			wanted: 'two times such as 22:00-07:00, or empty',
		},
	),
	'notify.title': flag(true, 'Show how much is unread in the title of the terminal.'),
	'requests.notify': flag(
		false,
		'Call you for strangers who write or want to see your presence, too; they wait in the buffer “requests”.',
	),
	'highlight.words': list({help: 'Words that call you, besides your name.', example: 'release, on fire'}),

	'away.after': number({least: 0, most: 1440, unit: 'minutes'}, 0, 'Away after so long without a key; 0: never.'),
	'away.text': text('', {help: 'What contacts read then.', example: 'at lunch'}),

	'screen-reader': flag(false, 'Lines in whole words for a screen reader instead of a screen, from the next start on.'),
	'screen-reader.verbosity': choice(
		{
			brief: 'messages, and what went wrong',
			normal: 'also who types, comes and goes where you are, and what became of your messages',
			full: 'the same of all conversations and contacts',
		},
		'normal',
		'How much is said for a screen reader.',
	),
} as const satisfies Readonly<Record<string, Setting<unknown>>>;

export type SettingName = keyof typeof settingTable;

export const settingNames = Object.keys(settingTable) as readonly SettingName[];

/** What the person prefers; everything in `settings.json` but the accounts. */
export type Preferences = {
	readonly [Name in SettingName]: (typeof settingTable)[Name] extends Setting<infer Value> ? Value : never;
};

/** All that `settings.json` may hold. Kept small: a slice is passed to whoever needs it, never the whole. */
export type Settings = Preferences & {readonly accounts: readonly AccountSettings[]};

export const defaultPreferences = Object.fromEntries(
	Object.entries(settingTable).map(([name, {initial}]) => [name, initial]),
) as Preferences;

export const defaultSettings: Settings = {accounts: [], ...defaultPreferences};
