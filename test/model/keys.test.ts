import test from 'ava';
import {chordName, parseChord} from '../../source/model/chords.js';
import {checkKeys, keymapWith} from '../../source/model/key-check.js';
import {defaultBindings, keyGroups} from '../../source/model/keys.js';

const complaint = (own: Readonly<Record<string, string>>) => checkKeys(own)[0];
const code = (own: Readonly<Record<string, string>>) => complaint(own)?.code;

test('a chord may be written in many ways', t => {
	t.is(parseChord('Ctrl+X'), 'ctrl+x');
	t.is(parseChord('control-x'), 'ctrl+x');
	t.is(parseChord('shift+alt+Left'), 'alt+shift+left');
	t.is(parseChord('Alt+N'), 'alt+n');
	t.is(parseChord('Alt+Shift+N'), 'alt+N');
	t.is(parseChord('Esc'), 'escape');
	t.is(parseChord('PgUp'), 'pageup');
	t.is(parseChord('Ctrl++'), 'ctrl++');
	t.is(parseChord('ctrl+x  ctrl+e'), 'ctrl+x ctrl+e');
	t.is(parseChord('alt+é'), 'alt+é');
});

test('what is no key is no chord', t => {
	for (const text of ['', 'ctrl+', 'hyper+x', 'ctrl+ctrl+x', 'ctrl+xy', 'f21', 'constructor', 'ctrl+\u0007']) {
		t.is(parseChord(text), undefined, text);
	}
});

test('a chord is shown as people write it, and can be read back', t => {
	t.is(chordName('alt+N'), 'Alt+Shift+N');
	t.is(chordName('ctrl+x ctrl+e'), 'Ctrl+X Ctrl+E');
	for (const chord of defaultBindings.flatMap(({chords}) => chords)) {
		t.is(parseChord(chordName(chord)), chord);
	}
});

test('the keys as delivered can be told apart and hide no other key', t => {
	const own = Object.fromEntries(
		defaultBindings.flatMap(({action, chords}) => chords.map(chord => [chordName(chord), action] as const)),
	);
	// The key table has what older terminals send for Backspace and for Ctrl+_ under both names.
	t.deepEqual(
		checkKeys(own).map(({chord}) => chord),
		['Ctrl+H', 'Ctrl+/'],
	);
});

test('own keys are on top of those delivered, and none takes the meaning away', t => {
	const keymap = keymapWith({'Alt+X': 'bufferNext', 'Ctrl+N': 'none'});
	t.is(keymap.get('alt+x'), 'bufferNext');
	t.is(keymap.get('ctrl+n'), undefined);
	t.is(keymap.get('alt+right'), 'bufferNext');
});

test('an own key that is refused changes nothing', t => {
	const keymap = keymapWith({Enter: 'none', 'Alt+[': 'help', 'Alt+X': 'help'});
	t.is(keymap.get('enter'), 'send');
	t.is(keymap.get('alt+['), undefined);
	t.is(keymap.get('alt+x'), 'help');
});

test('an unknown key and an unknown action are refused by name', t => {
	t.like(complaint({'hyper+x': 'help'}), {code: 'unknown-chord', chord: 'hyper+x', message: '“hyper+x” is not a key.'});
	t.like(complaint({f5: 'fly'}), {code: 'unknown-key-action', chord: 'f5'});
	t.regex(complaint({f5: 'toString'})?.message ?? '', /toString/);
});

test('keys that older terminals cannot tell apart are refused', t => {
	for (const chord of ['Ctrl+I', 'Ctrl+M', 'Ctrl+[', 'Ctrl+H', 'Ctrl+Tab', 'Shift+Space', 'Ctrl+Shift+N', 'Ctrl+7']) {
		t.is(code({[chord]: 'help'}), 'chord-not-told-apart', chord);
	}

	t.regex(complaint({'Ctrl+I': 'help'})?.message ?? '', /Ctrl\+I is the same as Tab/);
});

test('keys that begin an escape sequence are refused', t => {
	for (const chord of ['Alt+[', 'Alt+]', 'Alt+Shift+O', 'Alt+Shift+P']) {
		t.is(code({[chord]: 'help'}), 'chord-begins-sequence', chord);
	}

	t.is(code({'Alt+O': 'help'}), undefined);
	t.is(code({'Alt+P': 'help'}), undefined);
});

test('a key that types a character is refused, but not behind another', t => {
	t.is(code({x: 'help'}), 'chord-types');
	t.is(code({Space: 'help'}), 'chord-types');
	t.is(code({'f5 x': 'help'}), undefined);
});

test('a key that is the beginning of another is refused', t => {
	t.is(code({'Ctrl+A Ctrl+B': 'help'}), 'chord-prefix');
	t.is(code({f5: 'help', 'f5 x': 'help'}), 'chord-prefix');
	t.is(code({'Ctrl+A': 'none', 'Ctrl+A Ctrl+B': 'help'}), undefined);
});

test('the only key to send a line or to leave a popup cannot be taken away', t => {
	t.is(code({Enter: 'newline'}), 'last-key');
	t.is(code({Enter: 'newline', F5: 'send'}), undefined);
	t.is(code({Esc: 'none'}), undefined);
	t.is(code({Esc: 'none', 'Ctrl+G': 'help'}), 'last-key');
});

test('the same key under two names is refused', t => {
	t.is(code({'Alt+X': 'help', 'alt-x': 'redraw'}), 'chord-twice');
});

test('every action on an Alt key has a command', t => {
	const without = defaultBindings.filter(
		({chords, command}) => command === undefined && chords.some(chord => chord.includes('alt+')),
	);
	t.deepEqual(without, []);
});

test('no action has two rows', t => {
	const actions = keyGroups.flatMap(group => group.rows.map(({action}) => action));
	t.is(new Set(actions).size, actions.length);
});
