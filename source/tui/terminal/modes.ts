/** Sequences that take the terminal into our hands and give it back. References: xterm's ctlseqs. */

const escapeByte = '\u{1B}';
const set = (mode: number) => `${escapeByte}[?${mode}h`;
const reset = (mode: number) => `${escapeByte}[?${mode}l`;

const autowrap = 7;
const cursorVisible = 25;
const focusReports = 1004;
const alternateScreen = 1049;
const bracketedPaste = 2004;

/** `CSI 22;2 t` and `CSI 23;2 t`: put the window title on the terminal's stack, take it back. */
const saveTitle = `${escapeByte}[22;2t`;
const restoreTitle = `${escapeByte}[23;2t`;

/**
 * Alternate screen, bracketed paste, focus reports, and no wrapping at the right edge: a glyph that the terminal takes
 * for wider than we do must not scroll the screen from the last cell.
 */
export const enterSequence = `${set(alternateScreen)}${saveTitle}${set(bracketedPaste)}${set(focusReports)}${reset(autowrap)}`;

/** Everything that `enterSequence` and a frame may have changed, put back; safe to send twice. */
export const leaveSequence = [
	`${escapeByte}[m`,
	`${escapeByte}]8;;${escapeByte}\\`,
	`${escapeByte}[r`,
	set(autowrap),
	reset(focusReports),
	reset(bracketedPaste),
	set(cursorVisible),
	reset(alternateScreen),
	restoreTitle,
].join('');

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
