/** One of the sixteen colours every terminal has, an index into the palette of 256, or `#rrggbb`. */
export type ThemeColor =
	| 'black'
	| 'red'
	| 'green'
	| 'yellow'
	| 'blue'
	| 'magenta'
	| 'cyan'
	| 'white'
	| 'brightBlack'
	| 'brightRed'
	| 'brightGreen'
	| 'brightYellow'
	| 'brightBlue'
	| 'brightMagenta'
	| 'brightCyan'
	| 'brightWhite'
	| number
	| `#${string}`;

/** How something looks. Everything left out is the terminal's own. */
export type Look = {
	readonly foreground?: ThemeColor;
	readonly background?: ThemeColor;
	readonly bold?: boolean;
	readonly dim?: boolean;
	readonly italic?: boolean;
	readonly underline?: boolean;
	readonly inverse?: boolean;
	/** Instead of all this on a terminal of sixteen colours, where shades of grey are lost. */
	readonly sixteen?: Omit<Look, 'sixteen'>;
};

/** What something means on the screen. A pane names roles, never colours. */
export type Role =
	/** Text of messages. */
	| 'text'
	/** What may be overlooked: times, separators, hints. */
	| 'faint'
	/** The bars above and below the messages. */
	| 'bar'
	/** Something in a bar that asks for attention. */
	| 'barAlert'
	/** Something in a bar that may be overlooked. */
	| 'barFaint'
	/** Section names in the list of buffers, headings in the help. */
	| 'heading'
	/** The buffer on screen, the candidate chosen. */
	| 'selected'
	/** Unread messages. */
	| 'unread'
	/** Mentions and direct messages. */
	| 'highlight'
	| 'dateLine'
	| 'readMarker'
	/** One's own name. */
	| 'ownName'
	/** What the program says. */
	| 'notice'
	| 'warning'
	| 'error'
	/** Message was confirmed. */
	| 'confirmed'
	/** Presence marks, by how reachable somebody is. */
	| 'present'
	| 'away'
	| 'busy'
	| 'absent'
	/** Before the input. */
	| 'prompt'
	/** Frames of popups. */
	| 'frame'
	/** Code within a message, inline or a block of its own. */
	| 'code'
	/** What somebody quotes. */
	| 'quote'
	/** The signs that style a message: its asterisks, its back ticks. */
	| 'markup'
	| 'link'
	/** Who came into a room and who left it. */
	| 'activity'
	/** Protected end to end. */
	| 'encrypted'
	/** Who is writing. */
	| 'typing'
	/** What a search has found. */
	| 'match'
	/** A word that the spell check does not know. */
	| 'misspelt';

/** The ground a theme is made for; `any`: it leaves both colours to the terminal. */
export type Ground = 'dark' | 'light' | 'any';

export type Theme = {
	readonly name: string;
	/** A sentence without its full stop, for the list of themes. */
	readonly about: string;
	readonly ground: Ground;
	readonly roles: Readonly<Record<Role, Look>>;
	/**
	 * Colours for people's names, in the order of the hue circle, for terminals of sixteen colours; none: names have no
	 * colours.
	 */
	readonly names: readonly ThemeColor[];
	/** Where there are more colours, any hue in this lightness (HSLuv, 0–100) is a name's; absent: `names` there too. */
	readonly nameLightness?: number;
};
