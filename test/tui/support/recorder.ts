/**
 * The only sequences that may leave the program, written down a second time: whatever else is found in the bytes that a
 * terminal was given is named.
 */

const csiAllowed = [
	/^\d*[ABCDG]$/u,
	/^K$/u,
	/^(?:\d+(?:;\d+)?|;\d+)?H$/u,
	/^(?:\d+;\d+)?r$/u,
	/^\d*[ST]$/u,
	/^\?(?:7|25|1000|1004|1006|1049|2004|2026)[hl]$/u,
	/^2[23];2t$/u,
	// Questions: DA1, XTVERSION, kitty's keyboard flags.
	/^(?:c|>q|\?u)$/u,
	// Keyboard: kitty's flags pushed and popped, modifyOtherKeys.
	/^(?:>5u|<u|>4;2m|>4m)$/u,
];

const oscAllowed = [
	/^2;[^\p{Cc}\p{Cf}\p{Cs}]*$/u,
	/^8;(?:;|id=\w+;(?:https?|xmpp|mailto|geo):[\u{21}-\u{7E}]+)$/iu,
	/^11;\?$/u,
	/^52;c;[A-Za-z\d+/]*={0,2}$/u,
];

const notificationAllowed = [
	/^9;(?!\d)[^\p{Cc}\p{Cf}\p{Cs}]*$/u,
	/^99;i=xmppc:d=0:e=1;[A-Za-z\d+/]*={0,2}$/u,
	/^99;i=xmppc:d=1:e=1:p=body;[A-Za-z\d+/]*={0,2}$/u,
	/^777;notify;[^\p{Cc}\p{Cf}\p{Cs};]*;[^\p{Cc}\p{Cf}\p{Cs};]*$/u,
];

const sgrSingle = new Set([0, 1, 2, 3, 4, 7, 9, 22, 23, 24, 27, 29, 39, 49]);

function isSgr(parameters: string): boolean {
	const codes = parameters.split(';').map(code => (code === '' ? 0 : Number(code)));
	for (let at = 0; at < codes.length; at++) {
		const code = codes[at] ?? -1;
		if (code === 38 || code === 48) {
			const taken = codes[at + 1] === 5 ? 2 : codes[at + 1] === 2 ? 4 : 0;
			const parts = codes.slice(at + 2, at + 1 + taken);
			if (taken === 0 || parts.length !== taken - 1 || parts.some(part => part > 255)) {
				return false;
			}

			at += taken;
		} else if (!sgrSingle.has(code) && !(code >= 30 && code <= 49) && !(code >= 90 && code <= 107)) {
			return false;
		}
	}

	return true;
}

const token =
	/\u{1B}\[(?<csi>[\u{30}-\u{3F}]*[\u{20}-\u{2F}]*[\u{40}-\u{7E}])|\u{1B}\](?<osc>[^\u{7}\u{1B}]*)(?:\u{7}|\u{1B}\\)|\u{1B}Ptmux;(?<tmux>(?:[^\u{1B}]|\u{1B}\u{1B})*)\u{1B}\\|(?<screen>(?:\u{1B}P(?:[^\u{1B}]|\u{1B}(?!\\))*\u{1B}\\)+)|(?<plain>[\r\n\u{8}\u{7}\u{18}])|(?<text>[^\p{Cc}\u{202A}-\u{202E}\u{2066}-\u{2069}\u{2028}\u{2029}]+)/uy;

function isAllowed(groups: Readonly<Record<string, string | undefined>>): boolean {
	const {csi, osc, tmux, screen} = groups;
	if (csi !== undefined) {
		return /^[\d;]*m$/u.test(csi) ? isSgr(csi.slice(0, -1)) : csiAllowed.some(pattern => pattern.test(csi));
	}

	if (osc !== undefined) {
		return [...oscAllowed, ...notificationAllowed].some(pattern => pattern.test(osc));
	}

	const wrapped =
		tmux?.replaceAll('\u{1B}\u{1B}', '\u{1B}') ?? screen?.replace(/^\u{1B}P|\u{1B}\\\u{1B}P|\u{1B}\\$/gu, '');
	if (wrapped !== undefined) {
		const inner = [...wrapped.matchAll(/\u{1B}\]([^\u{7}\u{1B}]*)(?:\u{7}|\u{1B}\\)/gu)];
		return (
			inner.map(([whole]) => whole).join('') === wrapped &&
			inner.every(([, body = '']) => [...notificationAllowed, /^52;c;/u].some(pattern => pattern.test(body)))
		);
	}

	return true;
}

/** What of the bytes should never have left the program; empty when all is well. */
export function forbiddenIn(bytes: string): string[] {
	const found: string[] = [];
	token.lastIndex = 0;
	for (let at = 0; at < bytes.length; at = token.lastIndex) {
		const match = token.exec(bytes);
		if (match === null) {
			found.push(`at ${at}: ${JSON.stringify(bytes.slice(at, at + 40))}`);
			token.lastIndex = at + 1;
		} else if (!isAllowed(match.groups ?? {})) {
			found.push(JSON.stringify(match[0]));
		}
	}

	return found;
}
