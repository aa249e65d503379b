import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {keymapWith} from '../../source/model/key-check.js';
import {defaultBindings} from '../../source/model/keys.js';
import {createDecoder} from '../../source/tui/input/decoder.js';
import {chordOf, type InputEvent, type KeyEvent} from '../../source/tui/input/key.js';
import {meaningOf} from '../../source/tui/input/keymap.js';
import {createManualClock} from '../support/manual-clock.js';

function decoding() {
	const clock = createManualClock();
	const events: InputEvent[] = [];
	const decoder = createDecoder({clock, emit: event => events.push(event)});
	return {
		clock,
		decoder,
		take(): InputEvent[] {
			return events.splice(0);
		},
	};
}

function isKey(event: InputEvent): event is KeyEvent {
	return event.type === 'key';
}

/** What the input gives once everything is quiet: chords for keys, the type for the rest. */
function chords(input: string): string[] {
	const {clock, decoder, take} = decoding();
	decoder.push(input);
	clock.advance(2000);
	return take().map(event => (isKey(event) ? chordOf(event) : event.type));
}

const sequences: ReadonlyArray<readonly [name: string, input: string, chord: string]> = [
	['Enter', '\r', 'enter'],
	['Ctrl+J', '\n', 'ctrl+j'],
	['Tab', '\t', 'tab'],
	['Shift+Tab', '\u{1B}[Z', 'shift+tab'],
	['Backspace as DEL', '\u{7F}', 'backspace'],
	['Backspace as BS', '\b', 'backspace'],
	['Alt+Backspace', '\u{1B}\u{7F}', 'alt+backspace'],
	['Ctrl+A', '\u{1}', 'ctrl+a'],
	['Ctrl+Z', '\u{1A}', 'ctrl+z'],
	['Ctrl+Space', '\u{0}', 'ctrl+space'],
	['Ctrl+_', '\u{1F}', 'ctrl+_'],
	['Ctrl+\\', '\u{1C}', 'ctrl+\\'],
	['Space', ' ', 'space'],
	['Alt+Space', '\u{1B} ', 'alt+space'],
	['Alt+Enter', '\u{1B}\r', 'alt+enter'],
	['Alt+B', '\u{1B}b', 'alt+b'],
	['Alt+Shift+N', '\u{1B}N', 'alt+N'],
	['Alt+1', '\u{1B}1', 'alt+1'],
	['Alt+Slash', '\u{1B}/', 'alt+/'],
	['Alt+é', '\u{1B}é', 'alt+é'],
	['Up', '\u{1B}[A', 'up'],
	['Up in application mode', '\u{1B}OA', 'up'],
	['Ctrl+Left', '\u{1B}[1;5D', 'ctrl+left'],
	['Ctrl+Right of rxvt', '\u{1B}Oc', 'ctrl+right'],
	['Shift+Up of rxvt', '\u{1B}[a', 'shift+up'],
	['Alt+Up', '\u{1B}[1;3A', 'alt+up'],
	['Alt+Up with two escapes', '\u{1B}\u{1B}[A', 'alt+up'],
	['Ctrl+Alt+Shift+End', '\u{1B}[1;8F', 'ctrl+alt+shift+end'],
	['Home of xterm', '\u{1B}[H', 'home'],
	['Home in application mode', '\u{1B}OH', 'home'],
	['Home of tmux and the Linux console', '\u{1B}[1~', 'home'],
	['Home of rxvt', '\u{1B}[7~', 'home'],
	['End of rxvt', '\u{1B}[8~', 'end'],
	['Insert', '\u{1B}[2~', 'insert'],
	['Delete', '\u{1B}[3~', 'delete'],
	['Ctrl+Delete', '\u{1B}[3;5~', 'ctrl+delete'],
	['Ctrl+Delete of rxvt', '\u{1B}[3^', 'ctrl+delete'],
	['Shift+Delete of rxvt', '\u{1B}[3$', 'shift+delete'],
	['Page Up', '\u{1B}[5~', 'pageup'],
	['Alt+Page Down', '\u{1B}[6;3~', 'alt+pagedown'],
	['F1 of xterm', '\u{1B}OP', 'f1'],
	['F1 of rxvt', '\u{1B}[11~', 'f1'],
	['F1 of the Linux console', '\u{1B}[[A', 'f1'],
	['F5', '\u{1B}[15~', 'f5'],
	['F7', '\u{1B}[18~', 'f7'],
	['F12', '\u{1B}[24~', 'f12'],
	['Shift+F3', '\u{1B}[1;2R', 'shift+f3'],
	['Enter of the keypad', '\u{1B}OM', 'enter'],
	['5 of the keypad', '\u{1B}Ou', '5'],
	['Shift+Enter in CSI u', '\u{1B}[13;2u', 'shift+enter'],
	['Ctrl+Enter in CSI u', '\u{1B}[13;5u', 'ctrl+enter'],
	['Shift+Enter in modifyOtherKeys', '\u{1B}[27;2;13~', 'shift+enter'],
	['Ctrl+Shift+A in CSI u', '\u{1B}[97;6u', 'ctrl+shift+a'],
	['Ctrl+[ in CSI u, which is Escape elsewhere', '\u{1B}[91;5u', 'escape'],
	['Ctrl+I in modifyOtherKeys, which is Tab elsewhere', '\u{1B}[27;5;105~', 'tab'],
	['Ctrl+M in CSI u, which is Enter elsewhere', '\u{1B}[109;5u', 'enter'],
	['Ctrl+H in CSI u, which is Backspace elsewhere', '\u{1B}[104;5u', 'backspace'],
	['Ctrl+_ in CSI u', '\u{1B}[45;6u', 'ctrl+_'],
	['Ctrl+_ in modifyOtherKeys', '\u{1B}[27;6;95~', 'ctrl+_'],
	['Ctrl+/ in CSI u, which is Ctrl+_ elsewhere', '\u{1B}[47;5u', 'ctrl+_'],
	['Ctrl+@ in modifyOtherKeys, which is Ctrl+Space elsewhere', '\u{1B}[27;6;64~', 'ctrl+space'],
	['Ctrl and the key of C on a Cyrillic keyboard', '\u{1B}[1089::99;5u', 'ctrl+c'],
	['Alt, Shift and the key of N on a Greek keyboard', '\u{1B}[957:925:110;4u', 'alt+N'],
	['Ctrl and a letter of a Latin keyboard that is elsewhere', '\u{1B}[97::113;5u', 'ctrl+a'],
	['Ctrl+J in CSI u', '\u{1B}[106;5u', 'ctrl+j'],
	['Escape in CSI u', '\u{1B}[27u', 'escape'],
	['A with Shift in CSI u', '\u{1B}[97:65;2u', 'A'],
	['ä in CSI u', '\u{1B}[228u', 'ä'],
	['7 of the keypad in CSI u', '\u{1B}[57406u', '7'],
];

for (const [name, input, chord] of sequences) {
	test(`${name} is understood`, t => {
		t.deepEqual(chords(input), [chord]);
	});
}

test('the release of a key and keys nobody has heard of give nothing', t => {
	t.deepEqual(chords('\u{1B}[97;1:3u'), []);
	t.deepEqual(chords('\u{1B}[57441u'), []);
	t.deepEqual(chords('\u{1B}[99~'), []);
	t.deepEqual(chords('\u{1B}[?1;2;3z'), ['reply']);
});

test('several keys in one read are several events', t => {
	t.deepEqual(chords('hi\r\u{1B}[A\u{1B}bü👍🏽\t'), ['h', 'i', 'enter', 'up', 'alt+b', 'ü', '👍🏽', 'tab']);
});

test('a character key types its character, with Ctrl or Alt it does not', t => {
	const {decoder, take} = decoding();
	decoder.push('a \u{1B}a\u{1}');
	t.deepEqual(
		take().map(event => isKey(event) && event.text),
		['a', ' ', undefined, undefined],
	);
});

test('bytes of a character may come in any number of reads', t => {
	const {decoder, take} = decoding();
	for (const byte of Buffer.from('日本')) {
		decoder.push(Uint8Array.of(byte));
	}

	t.deepEqual(
		take().map(event => isKey(event) && event.text),
		['日', '本'],
	);
});

test('Escape alone is a key after 50 ms, not before', t => {
	const {clock, decoder, take} = decoding();
	decoder.push('\u{1B}');
	clock.advance(49);
	t.deepEqual(take(), []);
	clock.advance(1);
	t.deepEqual(
		take().map(event => isKey(event) && event.key),
		['escape'],
	);
	decoder.push('b');
	t.deepEqual(
		take().map(event => isKey(event) && chordOf(event)),
		['b'],
	);
});

test('a key that follows Escape within 50 ms is that key with Alt', t => {
	const {clock, decoder, take} = decoding();
	decoder.push('\u{1B}');
	clock.advance(20);
	decoder.push('b');
	t.deepEqual(
		take().map(event => isKey(event) && chordOf(event)),
		['alt+b'],
	);
});

test('a sequence cut in two by a slow link is still one key', t => {
	const {clock, decoder, take} = decoding();
	decoder.push('\u{1B}[1;');
	clock.advance(300);
	t.deepEqual(take(), []);
	decoder.push('5D');
	t.deepEqual(
		take().map(event => isKey(event) && chordOf(event)),
		['ctrl+left'],
	);
});

test('a sequence that is never finished is dropped, and what is typed next is not', t => {
	const {clock, decoder, take} = decoding();
	decoder.push('\u{1B}[1;');
	clock.advance(600);
	decoder.push('x');
	t.deepEqual(
		take().map(event => isKey(event) && chordOf(event)),
		['x'],
	);
	t.deepEqual(chords('\u{1B}['), ['alt+[']);
	t.deepEqual(chords('\u{1B}O'), ['alt+O']);
	t.deepEqual(chords('\u{1B}]'), ['alt+]']);
	t.deepEqual(chords('\u{1B}\u{1B}'), ['escape', 'escape']);
	t.deepEqual(chords('\u{1B}[1\rx'), ['1', 'enter', 'x']);
});

test('a paste is one event, whatever is in it', t => {
	const {decoder, take} = decoding();
	decoder.push('\u{1B}[200~first\r\nsecond\rthird\tend \u{1B}[31mred\u{1B}[m \u{0}\u{9B}2J\u{7F}\u{1B}[201~x');
	t.deepEqual(take(), [
		{type: 'paste', text: 'first\nsecond\nthird\tend [31mred[m 2J'},
		{type: 'key', key: 'x', ctrl: false, alt: false, shift: false, text: 'x'},
	]);
});

test('a paste that is cut anywhere is the same paste', t => {
	const pasted = '\u{1B}[200~one\r\ntwo €\u{1B}[201~';
	const bytes = Buffer.from(pasted);
	for (let cut = 1; cut < bytes.length; cut++) {
		const {clock, decoder, take} = decoding();
		decoder.push(bytes.subarray(0, cut));
		clock.advance(20);
		decoder.push(bytes.subarray(cut));
		t.deepEqual(take(), [{type: 'paste', text: 'one\ntwo €'}], String(cut));
	}
});

test('a paste whose end never comes ends after a second of silence', t => {
	const {clock, decoder, take} = decoding();
	decoder.push('\u{1B}[200~half');
	clock.advance(900);
	decoder.push(' and half');
	clock.advance(900);
	t.deepEqual(take(), []);
	clock.advance(100);
	t.deepEqual(take(), [{type: 'paste', text: 'half and half'}]);
	decoder.push('\u{1B}[201~x');
	t.deepEqual(
		take().map(event => isKey(event) && event.key),
		['x'],
	);
});

test('a paste of a megabyte in small reads takes no longer than its length', t => {
	const {decoder, take} = decoding();
	const piece = Buffer.from('some text, line after line\n'.repeat(40));
	const start = performance.now();
	decoder.push('\u{1B}[200~');
	for (let sent = 0; sent < 1_048_576; sent += piece.length) {
		decoder.push(piece);
	}

	decoder.push('\u{1B}[201~');
	const [event] = take();
	t.true(event?.type === 'paste' && event.text.length >= 1_048_576);
	t.true(performance.now() - start < 1000);
});

test('of a paste of many megabytes only its length is kept, and typing goes on behind it', t => {
	const {decoder, take} = decoding();
	decoder.push('\u{1B}[200~');
	for (let sent = 0; sent < 5_000_000; sent += 50_000) {
		decoder.push('x'.repeat(50_000));
	}

	decoder.push('\u{1B}[201~y');
	const [paste, key] = take();
	t.deepEqual(paste, {type: 'paste', text: '', tooLong: 5_000_000});
	t.true(key?.type === 'key' && key.key === 'y');
	decoder.push('\u{1B}[200~short\u{1B}[201~');
	t.deepEqual(take(), [{type: 'paste', text: 'short'}]);
});

test('a page of text in one read is a paste even where the terminal does not mark it', t => {
	const {decoder, take} = decoding();
	decoder.push(`${'x'.repeat(5000)}\r`);
	t.deepEqual(
		take().map(event => event.type),
		['paste', 'key'],
	);
});

test('focus is reported as focus', t => {
	const {decoder, take} = decoding();
	decoder.push('\u{1B}[I\u{1B}[O');
	t.deepEqual(take(), [
		{type: 'focus', focused: true},
		{type: 'focus', focused: false},
	]);
});

test('the mouse is reported as the mouse', t => {
	const {decoder, take} = decoding();
	decoder.push('\u{1B}[<64;10;5M\u{1B}[<0;1;2M\u{1B}[<0;1;2m\u{1B}[M !!x');
	t.deepEqual(
		take().map(event => (event.type === 'mouse' ? `${event.action} ${event.x},${event.y}` : event.type)),
		['wheelUp 9,4', 'press 0,1', 'release 0,1', 'key'],
	);
});

const replies: ReadonlyArray<readonly [input: string, reply: string, body: string]> = [
	['\u{1B}[?62;22c', 'da1', '?62;22'],
	['\u{1B}[>41;354;0c', 'da2', '>41;354;0'],
	['\u{1B}[24;80R', 'cpr', '24;80'],
	['\u{1B}[?2026;2$y', 'decrpm', '?2026;2'],
	['\u{1B}[?1u', 'kitty', '?1'],
	['\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\', 'osc', '11;rgb:ffff/ffff/ffff'],
	['\u{1B}]11;rgb:0000/0000/0000\u{7}', 'osc', '11;rgb:0000/0000/0000'],
	['\u{1B}P>|tmux 3.3a\u{1B}\\', 'dcs', '>|tmux 3.3a'],
	['\u{1B}[0n', 'other', '0n'],
];

test('answers of the terminal are never text', t => {
	for (const [input, reply, body] of replies) {
		const {decoder, take} = decoding();
		decoder.push(input.slice(0, 3));
		decoder.push(input.slice(3));
		t.deepEqual(take(), [{type: 'reply', reply, body}] as InputEvent[]);
	}
});

test('a cursor report on the first row is told from Shift+F3 when one was asked for', t => {
	const {decoder, take} = decoding();
	decoder.expectCursorReport();
	decoder.push('\u{1B}[1;2R\u{1B}[1;2R');
	t.deepEqual(
		take().map(event => event.type),
		['reply', 'key'],
	);
});

testProp(
	'no input makes the decoder throw or type a control character',
	[fc.array(fc.uint8Array({maxLength: 40}), {maxLength: 6})],
	(t, chunks) => {
		const {clock, decoder, take} = decoding();
		for (const chunk of chunks) {
			decoder.push(chunk);
			clock.advance(10);
		}

		clock.advance(5000);
		for (const event of take()) {
			const text = event.type === 'key' || event.type === 'paste' ? (event.text ?? '') : '';
			t.notRegex(text, /[\u{0}-\u{8}\u{B}-\u{1F}\u{7F}-\u{9F}]/u);
		}

		t.pass();
	},
);

test('no chord of the key table stands for two actions', t => {
	const chordsOfTable = defaultBindings.flatMap(binding => binding.chords);
	t.deepEqual([...new Set(chordsOfTable)], chordsOfTable);
});

test('no chord of the key table begins an escape sequence or hides behind another key', t => {
	for (const chord of defaultBindings.flatMap(binding => binding.chords)) {
		t.notRegex(chord, /^(alt\+[[\]OPX^_]|ctrl\+[im[])$/);
	}
});

function key(name: string, more: Partial<KeyEvent> = {}): KeyEvent {
	return {type: 'key', key: name, ctrl: false, alt: false, shift: false, ...more};
}

test('keys mean actions, text or nothing', t => {
	const keymap = keymapWith({});
	t.deepEqual(meaningOf(keymap, key('a', {ctrl: true})), {type: 'action', action: 'moveLineStart'});
	t.deepEqual(meaningOf(keymap, key('enter')), {type: 'action', action: 'send'});
	t.deepEqual(meaningOf(keymap, key('3', {alt: true})), {type: 'action', action: 'buffer3'});
	t.deepEqual(meaningOf(keymap, key('0', {alt: true})), {type: 'action', action: 'buffer10'});
	t.deepEqual(meaningOf(keymap, key('q', {text: 'q'})), {type: 'text', text: 'q'});
	t.deepEqual(meaningOf(keymap, key('q', {alt: true})), {type: 'none'});
	t.deepEqual(meaningOf(keymap, key('f12')), {type: 'none'});
});

test('a chord of two keys waits for the second', t => {
	const keymap = keymapWith({'Ctrl+X h': 'help'});
	t.deepEqual(meaningOf(keymap, key('x', {ctrl: true})), {type: 'pending', chord: 'ctrl+x'});
	t.deepEqual(meaningOf(keymap, key('h', {text: 'h'}), 'ctrl+x'), {type: 'action', action: 'help'});
	t.deepEqual(meaningOf(keymap, key('j', {text: 'j'}), 'ctrl+x'), {type: 'none'});
});

test('own keys win over those delivered', t => {
	const keymap = keymapWith({'Ctrl+A': 'help'});
	t.deepEqual(meaningOf(keymap, key('a', {ctrl: true})), {type: 'action', action: 'help'});
});

test('Ctrl+Shift and a letter means what Ctrl and the letter means, unless it is bound itself', t => {
	const event = {type: 'key', key: 'w', ctrl: true, alt: false, shift: true} as const;
	t.deepEqual(meaningOf(keymapWith({}), event), meaningOf(keymapWith({}), {...event, shift: false}));
	t.is(meaningOf(keymapWith({}), event).type, 'action');
	t.deepEqual(meaningOf(new Map([['ctrl+shift+w', 'redraw']] as const), event), {type: 'action', action: 'redraw'});
});
