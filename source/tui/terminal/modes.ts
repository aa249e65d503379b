/** Sequences that take the terminal into our hands and give it back. References: xterm's ctlseqs. */

const escapeByte = '\u{1B}';
const set = (mode: number) => `${escapeByte}[?${mode}h`;
const reset = (mode: number) => `${escapeByte}[?${mode}l`;

const autowrap = 7;
const cursorVisible = 25;
const focusReports = 1004;
const alternateScreen = 1049;
const bracketedPaste = 2004;

/** `CSI 22;2 t`: puts the window title on the terminal's stack; to be sent once before `leaveSequence` takes it back. */
export const saveTitle = `${escapeByte}[22;2t`;
const restoreTitle = `${escapeByte}[23;2t`;

/**
 * Alternate screen, bracketed paste, focus reports, and no wrapping at the right edge: a glyph that the terminal takes
 * for wider than we do must not scroll the screen from the last cell.
 */
export const enterSequence = `${set(alternateScreen)}${set(bracketedPaste)}${set(focusReports)}${reset(autowrap)}`;

const endLink = `${escapeByte}]8;;${escapeByte}\\`;

/**
 * Everything that `enterSequence` and a frame may have changed, put back; safe to send twice. `strings`: whether the
 * terminal knows OSC.
 */
export function leaveSequenceFor(strings: boolean): string {
	return [
		`${escapeByte}[m`,
		strings ? endLink : '',
		`${escapeByte}[r`,
		set(autowrap),
		reset(focusReports),
		reset(bracketedPaste),
		set(cursorVisible),
		reset(alternateScreen),
		restoreTitle,
	].join('');
}

export const leaveSequence = leaveSequenceFor(true);

/**
 * Ways to have keys told apart that are the same otherwise (Shift+Enter and Enter): kitty's protocol (1: keys told
 * apart, 4: with their place on the keyboard), of which each screen of the terminal has a stack, and xterm's
 * modifyOtherKeys, which tmux takes with `extended-keys on`.
 */
export const keyboardSequences = {
	kitty: {on: `${escapeByte}[>5u`, off: `${escapeByte}[<u`},
	xterm: {on: `${escapeByte}[>4;2m`, off: `${escapeByte}[>4m`},
} as const;

/** Reports of clicks and of the wheel (1000), with coordinates beyond column 223 (1006). */
export const mouseSequences = {on: `${set(1000)}${set(1006)}`, off: `${reset(1006)}${reset(1000)}`} as const;

/** CAN: ends a sequence of which the terminal may have read only the first half. */
export const cancelSequence = '\u{18}';

const longestTitle = 200;

/** Sets the window title (OSC 2). Control characters are left out, whoever passes them. */
export function titleSequence(title: string): string {
	const safe = title.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '').slice(0, longestTitle);
	return `${escapeByte}]2;${safe}${escapeByte}\\`;
}

/** BEL: marks the window in tmux and most terminals. */
export const bellSequence = '\u{7}';
