/** Names of keys that are not one character. A character key is named by the character itself (`a`, `/`, `é`). */
export type NamedKey =
	| 'enter'
	| 'tab'
	| 'backspace'
	| 'escape'
	| 'space'
	| 'up'
	| 'down'
	| 'left'
	| 'right'
	| 'home'
	| 'end'
	| 'pageup'
	| 'pagedown'
	| 'insert'
	| 'delete'
	| `f${number}`;

/** One key press. */
export type KeyEvent = {
	readonly type: 'key';
	/** A {@link NamedKey}, or the character: lower case when `ctrl` or `alt` is down and Shift is reported apart. */
	readonly key: NamedKey | (string & {});
	readonly ctrl: boolean;
	readonly alt: boolean;
	/** Only where the terminal tells (named keys, CSI u). `A` is the key `A` without `shift`. */
	readonly shift: boolean;
	/** What the key types, if it types something: one grapheme or several, never a control character. */
	readonly text?: string;
};

/** Text pasted in one go: line ends are `\n`, tabs are kept, no other control character is left. */
export type PasteEvent = {
	readonly type: 'paste';
	readonly text: string;
	/** It had so many UTF-16 units that none of them was kept; `text` is empty. */
	readonly tooLong?: number;
};

/** The terminal window got or lost the keyboard focus (mode 1004). */
export type FocusEvent = {readonly type: 'focus'; readonly focused: boolean};

export type MouseEvent = {
	readonly type: 'mouse';
	readonly action: 'press' | 'release' | 'move' | 'wheelUp' | 'wheelDown';
	/** 0 left, 1 middle, 2 right. */
	readonly button: number;
	/** Cell, counted from 0. */
	readonly x: number;
	readonly y: number;
	readonly ctrl: boolean;
	readonly alt: boolean;
	readonly shift: boolean;
};

/** The terminal's answer to a question of ours; never text. */
export type ReplyEvent = {
	readonly type: 'reply';
	/** `da1` CSI ?…c, `da2` CSI >…c, `cpr` CSI row;column R, `decrpm` CSI ?mode;value $y, `kitty` CSI ?flags u, `osc` OSC…, `dcs` DCS…, else `other`. */
	readonly reply: 'da1' | 'da2' | 'cpr' | 'decrpm' | 'kitty' | 'osc' | 'dcs' | 'other';
	/** What stood between the introducer and the end, e.g. `11;rgb:0000/0000/0000` or `?62;22`. Untrusted. */
	readonly body: string;
};

export type InputEvent = KeyEvent | PasteEvent | FocusEvent | MouseEvent | ReplyEvent;

/**
 * The name of a key press as the key table writes it: modifiers in the order `ctrl+alt+shift+`, then the key:
 * `ctrl+a`, `alt+enter`, `shift+tab`, `pageup`, `alt+/`, `ctrl+alt+left`.
 */
export function chordOf(event: KeyEvent): string {
	const name = event.key === ' ' ? 'space' : event.key;
	return `${event.ctrl ? 'ctrl+' : ''}${event.alt ? 'alt+' : ''}${event.shift ? 'shift+' : ''}${name}`;
}
