/** One row of the key table. */
export type KeyRow = {
	readonly action: string;
	/** Chords as the input decoder names them; two chords one after the other are separated by a space. */
	readonly chords: readonly string[];
	/** What `/keys` says. */
	readonly help: string;
	/** A slash command that does the same, as it is typed: every action on an Alt key has one. */
	readonly command?: string;
	/** Without it there is no way on or out: some key has to do it. */
	readonly essential?: true;
};

const line = [
	{action: 'send', chords: ['enter'], help: 'Send the message or run the command', essential: true},
	{
		action: 'newline',
		chords: ['alt+enter', 'ctrl+j', 'shift+enter', 'ctrl+enter'],
		help: 'New line in the message',
		command: '/do newline',
	},
	{action: 'moveLeft', chords: ['left', 'ctrl+b'], help: 'One character left'},
	{action: 'moveRight', chords: ['right', 'ctrl+f'], help: 'One character right'},
	{action: 'moveWordLeft', chords: ['alt+b', 'ctrl+left'], help: 'One word left', command: '/do moveWordLeft'},
	{action: 'moveWordRight', chords: ['alt+f', 'ctrl+right'], help: 'One word right', command: '/do moveWordRight'},
	{action: 'moveLineStart', chords: ['ctrl+a', 'home'], help: 'Start of the line'},
	{action: 'moveLineEnd', chords: ['ctrl+e', 'end'], help: 'End of the line'},
	{action: 'moveTextStart', chords: ['ctrl+home'], help: 'Start of the text'},
	{action: 'moveTextEnd', chords: ['ctrl+end'], help: 'End of the text'},
	{action: 'deleteBackward', chords: ['backspace', 'ctrl+h', 'shift+backspace'], help: 'Delete the character before'},
	{action: 'deleteForward', chords: ['ctrl+d', 'delete'], help: 'Delete the character after'},
	{action: 'killToSpaceBackward', chords: ['ctrl+w'], help: 'Cut back to the space before'},
	{
		action: 'killWordBackward',
		chords: ['alt+backspace', 'ctrl+backspace'],
		help: 'Cut the word before',
		command: '/do killWordBackward',
	},
	{
		action: 'killWordForward',
		chords: ['alt+d', 'ctrl+delete'],
		help: 'Cut the word after',
		command: '/do killWordForward',
	},
	{action: 'killLineStart', chords: ['ctrl+u'], help: 'Cut to the start of the line'},
	{action: 'killLineEnd', chords: ['ctrl+k'], help: 'Cut to the end of the line (on empty input: switch buffer)'},
	{action: 'yank', chords: ['ctrl+y'], help: 'Insert what was cut last'},
	{
		action: 'yankOlder',
		chords: ['alt+y'],
		help: 'After Ctrl+Y: insert what was cut before that',
		command: '/do yankOlder',
	},
	{action: 'transpose', chords: ['ctrl+t'], help: 'Swap two characters'},
	{action: 'capitalizeWord', chords: ['alt+c'], help: 'Capitalise the word', command: '/do capitalizeWord'},
	{action: 'lowercaseWord', chords: ['alt+l'], help: 'The word in small letters', command: '/do lowercaseWord'},
	{
		action: 'uppercaseWord',
		chords: ['alt+U'],
		help: 'The word in capitals',
		command: '/do uppercaseWord',
	},
	{action: 'undo', chords: ['ctrl+_', 'ctrl+/'], help: 'Take back the last change'},
	{
		action: 'redo',
		chords: ['alt+Z', 'ctrl+x ctrl+_'],
		help: 'Do again what was taken back',
		command: '/do redo',
	},
	{
		action: 'editText',
		chords: ['ctrl+x ctrl+e'],
		help: 'Write the text in your editor ($EDITOR)',
		command: '/edit-text',
	},
	{action: 'up', chords: ['up'], help: 'Line up; on the first line the input before'},
	{action: 'down', chords: ['down'], help: 'Line down; on the last line the input after'},
	{action: 'searchHistory', chords: ['ctrl+r'], help: 'Search what was entered before'},
	{action: 'complete', chords: ['tab'], help: 'Complete the word'},
	{action: 'completeBackward', chords: ['shift+tab'], help: 'Complete, the other way round'},
	{action: 'clearInput', chords: ['ctrl+c'], help: 'Clear the input'},
] as const satisfies readonly KeyRow[];

const buffers = [
	{action: 'buffer1', chords: ['alt+1'], help: 'Buffer 1', command: '/buffer 1'},
	{action: 'buffer2', chords: ['alt+2'], help: 'Buffer 2', command: '/buffer 2'},
	{action: 'buffer3', chords: ['alt+3'], help: 'Buffer 3', command: '/buffer 3'},
	{action: 'buffer4', chords: ['alt+4'], help: 'Buffer 4', command: '/buffer 4'},
	{action: 'buffer5', chords: ['alt+5'], help: 'Buffer 5', command: '/buffer 5'},
	{action: 'buffer6', chords: ['alt+6'], help: 'Buffer 6', command: '/buffer 6'},
	{action: 'buffer7', chords: ['alt+7'], help: 'Buffer 7', command: '/buffer 7'},
	{action: 'buffer8', chords: ['alt+8'], help: 'Buffer 8', command: '/buffer 8'},
	{action: 'buffer9', chords: ['alt+9'], help: 'Buffer 9', command: '/buffer 9'},
	{action: 'buffer10', chords: ['alt+0'], help: 'Buffer 10', command: '/buffer 10'},
	{
		action: 'bufferByNumber',
		chords: ['alt+j'],
		help: 'Then two digits: the buffer of that number',
		command: '/buffer 12',
	},
	{action: 'bufferNext', chords: ['ctrl+n', 'alt+right', 'alt+down'], help: 'Next buffer', command: '/buffer next'},
	{
		action: 'bufferPrevious',
		chords: ['ctrl+p', 'alt+left', 'alt+up'],
		help: 'Buffer before',
		command: '/buffer previous',
	},
	{action: 'bufferLast', chords: ['alt+/'], help: 'The buffer shown before this one', command: '/buffer last'},
	{action: 'bufferUnread', chords: ['alt+a'], help: 'Next buffer with something unread', command: '/buffer unread'},
	{
		action: 'switcher',
		chords: ['alt+k'],
		help: 'Find a chat, a person, a command, a setting by a few letters',
		command: '/do switcher',
	},
] as const satisfies readonly KeyRow[];

const messages = [
	{action: 'scrollPageUp', chords: ['pageup'], help: 'Messages: a page up', command: '/scroll up'},
	{action: 'scrollPageDown', chords: ['pagedown'], help: 'Messages: a page down', command: '/scroll down'},
	{
		action: 'scrollLineUp',
		chords: ['alt+pageup', 'shift+up'],
		help: 'Messages: a line up',
		command: '/scroll lineup',
	},
	{
		action: 'scrollLineDown',
		chords: ['alt+pagedown', 'shift+down'],
		help: 'Messages: a line down',
		command: '/scroll linedown',
	},
	{action: 'scrollTop', chords: ['alt+home'], help: 'Messages: the oldest', command: '/scroll top'},
	{action: 'scrollBottom', chords: ['alt+end'], help: 'Messages: the newest', command: '/scroll end'},
	{action: 'scrollUnread', chords: ['alt+u'], help: 'Messages: the first unread', command: '/scroll unread'},
	{action: 'searchBuffer', chords: ['ctrl+s'], help: 'Search this buffer while you type', command: '/find'},
	{
		action: 'highlightPrevious',
		chords: ['alt+p'],
		help: 'Messages: the one before that names you',
		command: '/highlight previous',
	},
	{
		action: 'highlightNext',
		chords: ['alt+n'],
		help: 'Messages: the next one that names you',
		command: '/highlight next',
	},
	{action: 'jumpBack', chords: ['alt+,'], help: 'Back to where a jump began', command: '/return'},
	{
		action: 'selectMessage',
		chords: ['alt+m'],
		help: 'Select a message, to answer it, react to it and more (on empty input also Escape)',
		command: '/select',
	},
	{action: 'editLast', chords: ['alt+e'], help: 'Change the last message you wrote', command: '/edit'},
	{action: 'devices', chords: ['alt+v'], help: 'Devices this chat is encrypted for', command: '/devices'},
	{action: 'links', chords: ['alt+o'], help: 'Open a link that is in view', command: '/links'},
	{
		action: 'toggleJoins',
		chords: ['alt+='],
		help: 'Show who came and went in rooms: all, or who spoke lately',
		command: '/joins',
	},
] as const satisfies readonly KeyRow[];

const program = [
	{action: 'toggleBufferList', chords: ['f7'], help: 'Show or hide the buffer list', command: '/sidebar'},
	{
		action: 'toggleParticipants',
		chords: ['f8', 'alt+N'],
		help: 'Show or hide who is in the room',
		command: '/participants',
	},
	{
		action: 'participantsDown',
		chords: ['f9'],
		help: 'Others of those who are in the room',
		command: '/participants down',
	},
	{action: 'participantsUp', chords: ['shift+f9'], help: 'The same, backwards', command: '/participants up'},
	{action: 'otherPane', chords: ['alt+w'], help: 'The other half of a split view', command: '/split other'},
	{action: 'help', chords: ['f1', 'alt+h'], help: 'Help', command: '/help'},
	{action: 'redraw', chords: ['ctrl+l'], help: 'Paint the screen again', command: '/redraw'},
	{action: 'suspend', chords: ['ctrl+z'], help: 'Suspend the program (fg brings it back)', command: '/do suspend'},
	{action: 'cancel', chords: ['escape', 'ctrl+g'], help: 'Close what is open', essential: true},
] as const satisfies readonly KeyRow[];

/** The rows by what they concern, in the order in which `/keys` shows them. A new key is a new row. */
export const keyGroups = [
	{title: 'Input line', rows: line},
	{title: 'Buffers', rows: buffers},
	{title: 'Messages', rows: messages},
	{title: 'Screen', rows: program},
] as const;

/** What a key does. */
export type KeyAction = (typeof keyGroups)[number]['rows'][number]['action'];

export type KeyBinding = KeyRow & {readonly action: KeyAction};

/**
 * The keys as delivered. No chord may be one that a legacy terminal cannot tell from another (Tab and Ctrl+I, Enter
 * and Ctrl+M, Escape and Ctrl+[) or that begins an escape sequence (Alt+[, Alt+], Alt+Shift+O, Alt+Shift+P).
 */
export const defaultBindings: readonly KeyBinding[] = keyGroups.flatMap((group): readonly KeyBinding[] => group.rows);

const actionNames: ReadonlySet<string> = new Set(defaultBindings.map(({action}) => action));

export function isKeyAction(name: string): name is KeyAction {
	return actionNames.has(name);
}
