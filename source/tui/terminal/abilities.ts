import {keyboardSequences, mouseSequences} from './modes.js';
import type {TerminalReport} from './probe.js';
import type {Surroundings} from './surroundings.js';

/** Modes that are not the same on every terminal, or not always wanted: extended keys and the mouse. */
export type Abilities = {
	/** What turns on all that is wanted, after the terminal was taken. */
	on(): string;
	/** What turns it off again, once: kitty's stack of flags must not lose an entry of somebody else. */
	off(): string;
	/** What has to be sent because the terminal said what it is. */
	learn(report: TerminalReport): string;
	/** What has to be sent because the person wants the mouse, or does not. */
	mouse(wanted: boolean): string;
};

/** Terminals that take modifyOtherKeys; others could take it for colours. */
const knowsExtendedKeys = /^(?:xterm|tmux|mintty|wezterm|iterm2)/iu;

export function createAbilities(surroundings: Surroundings): Abilities {
	let keyboard: keyof typeof keyboardSequences | undefined =
		surroundings.multiplexer === 'tmux' && surroundings.strings ? 'xterm' : undefined;
	let isOn = false;
	let isMouseWanted = false;

	const keys = (which: 'on' | 'off') => (keyboard === undefined ? '' : keyboardSequences[keyboard][which]);
	const mouse = (which: 'on' | 'off') => (isMouseWanted ? mouseSequences[which] : '');

	return {
		on() {
			isOn = true;
			return keys('on') + mouse('on');
		},
		off() {
			if (!isOn) {
				return '';
			}

			isOn = false;
			return mouse('off') + keys('off');
		},
		learn({kittyKeyboard, name = ''}) {
			const known = kittyKeyboard ? 'kitty' : knowsExtendedKeys.test(name) ? 'xterm' : keyboard;
			if (known === keyboard) {
				return '';
			}

			const before = isOn ? keys('off') : '';
			keyboard = known;
			return isOn ? before + keys('on') : '';
		},
		mouse(wanted) {
			if (wanted === isMouseWanted) {
				return '';
			}

			isMouseWanted = wanted;
			return isOn ? mouseSequences[wanted ? 'on' : 'off'] : '';
		},
	};
}
