import {chordComplaint, chordName, type KeyComplaint, parseChord} from './chords.js';
import {defaultBindings, isKeyAction, type KeyAction} from './keys.js';

/** The setting `keys`: chords as a person writes them, each with the name of an action or `none`. */
export type OwnKeys = Readonly<Record<string, string>>;

/** Whether a value can be that setting, whatever is wrong with its keys. */
export function isOwnKeys(value: unknown): value is OwnKeys {
	return (
		typeof value === 'object' &&
		value !== null &&
		!Array.isArray(value) &&
		Object.values(value).every(each => typeof each === 'string')
	);
}

/** Takes the meaning from a key. */
export const noAction = 'none';

/** Chord (or chords, separated by a space) to action. */
export type Keymap = ReadonlyMap<string, KeyAction>;

/** The keys as delivered with a person's own on top. Own ones that {@link checkKeys} refuses are left out. */
export function keymapWith(own: OwnKeys): Keymap {
	const refused = new Set(checkKeys(own).map(({chord}) => chord));
	return mapOf(Object.fromEntries(Object.entries(own).filter(([chord]) => !refused.has(chord))));
}

function mapOf(own: OwnKeys): Map<string, KeyAction> {
	const map = new Map<string, KeyAction>(
		defaultBindings.flatMap(({action, chords}) => chords.map((chord): [string, KeyAction] => [chord, action])),
	);
	for (const [written, action] of Object.entries(own)) {
		const chord = parseChord(written);
		if (chord === undefined) {
			continue;
		}

		if (action === noAction) {
			map.delete(chord);
		} else if (isKeyAction(action)) {
			map.set(chord, action);
		}
	}

	return map;
}

/**
 * What is wrong with a person's own keys, one complaint an entry; empty where nothing is. `chord` is the entry as it was
 * written. Refused are chords and actions that there are not, chords that a legacy terminal cannot tell from others or
 * that begin an escape sequence, one that is the beginning of another, and what takes the last key from an action that
 * somebody must have.
 */
export function checkKeys(own: OwnKeys): ReadonlyArray<KeyComplaint & {readonly chord: string}> {
	const complaints: Array<KeyComplaint & {readonly chord: string}> = [];
	const seen = new Map<string, string>();
	for (const [written, action] of Object.entries(own)) {
		const complaint =
			entryComplaint(written, action, seen) ?? prefixComplaint(written, own) ?? lastKeyComplaint(written, own);
		if (complaint !== undefined) {
			complaints.push({...complaint, chord: written});
		}
	}

	return complaints;
}

function entryComplaint(written: string, action: string, seen: Map<string, string>): KeyComplaint | undefined {
	const chord = parseChord(written);
	if (chord === undefined) {
		return {
			code: 'unknown-chord',
			message: `“${written}” is not a key.`,
			hint: 'Keys look like Ctrl+X, Alt+Enter, F5 or Ctrl+X Ctrl+S; /bind alone tells the name of the one you press.',
		};
	}

	const twin = seen.get(chord);
	seen.set(chord, written);
	if (twin !== undefined) {
		return {
			code: 'chord-twice',
			message: `${chordName(chord)} is bound twice.`,
			hint: `Remove “${twin}” or “${written}”.`,
		};
	}

	if (action !== noAction && !isKeyAction(action)) {
		return {
			code: 'unknown-key-action',
			message: `“${action}” is nothing that a key can do.`,
			hint: '/keys lists what they can do; “none” takes the meaning from a key.',
		};
	}

	return chordComplaint(chord);
}

/** Whoever presses the shorter one could never get to the longer one. */
function prefixComplaint(written: string, own: OwnKeys): KeyComplaint | undefined {
	const chord = parseChord(written) ?? '';
	const map = mapOf(own);
	if (!map.has(chord)) {
		return undefined;
	}

	const other = [...map.keys()].find(each => each.startsWith(`${chord} `) || chord.startsWith(`${each} `));
	return other === undefined
		? undefined
		: {
				code: 'chord-prefix',
				message: `${chordName(chord)} and ${chordName(other)} cannot both mean something: one is the beginning of the other.`,
				hint: `/unbind ${chordName(other)} makes room.`,
			};
}

/** Somebody who can no longer send a line can undo nothing. */
function lastKeyComplaint(written: string, own: OwnKeys): KeyComplaint | undefined {
	const chord = parseChord(written) ?? '';
	const lost = defaultBindings.find(({essential, chords}) => essential === true && chords.includes(chord));
	const map = mapOf(own);
	if (lost === undefined || map.get(chord) === lost.action) {
		return undefined;
	}

	return [...map.values()].includes(lost.action)
		? undefined
		: {
				code: 'last-key',
				message: `${chordName(chord)} is the only key left for: ${lost.help.toLowerCase()}.`,
				hint: `Bind another key to “${lost.action}” first.`,
			};
}
