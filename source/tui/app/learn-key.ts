import {chordComplaint, chordName} from '../../model/chords.js';
import {defaultBindings} from '../../model/keys.js';
import {chordOf, type KeyEvent} from '../input/key.js';
import {type Core, openPopup} from './core.js';
import {keymapFor} from './key-reader.js';

/** `/bind` alone: shows the name of the key that was pressed and what it does. Escape is the way out, and no name. */
export function learnKey(core: Core, event: KeyEvent): void {
	const chord = chordOf(event);
	const keymap = keymapFor(core.state().preferences.keys);
	const action = keymap.get(chord);
	const longer = [...keymap.keys()].find(each => each.startsWith(`${chord} `));
	const help = defaultBindings.find(each => each.action === action)?.help;
	const does =
		action !== undefined
			? `${help ?? ''} (${action})`
			: longer === undefined
				? event.text === undefined
					? 'It means nothing yet.'
					: `It types “${event.text}”.`
				: `It begins ${chordName(longer)}.`;
	const problem = chordComplaint(chord)?.message;
	openPopup(core, {
		type: 'learnKey',
		pressed: {name: chordName(chord), does, ...(problem === undefined ? {} : {problem})},
	});
}
