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
	| 'frame';

export type Theme = {
	readonly name: string;
	readonly roles: Readonly<Record<Role, Look>>;
	/** Colours for other people's names, in the order of the hue circle; none: names have no colours. */
	readonly names: readonly ThemeColor[];
};
