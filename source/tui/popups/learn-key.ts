import type {Role} from '../../themes/theme.js';
import type {LearnKeyPopup} from './popup.js';
import {frameColumns, frameRows, middle, type PopupLayout, type PopupRow, wrapText} from './spans.js';

/** What the key is called that was pressed, in the middle. */
export function learnKeyLayout({pressed}: LearnKeyPopup, columns: number, floor: number): PopupLayout {
	const width = Math.min(60, columns - frameColumns - 2);
	const paragraph = (text: string, role: Role) => wrapText(text, width).map((part): PopupRow => [{text: part, role}]);
	const rows =
		pressed === undefined
			? paragraph('Press the key…', 'prompt')
			: [
					...paragraph(pressed.name, 'prompt'),
					...paragraph(pressed.does, 'text'),
					...(pressed.problem === undefined
						? paragraph(`/bind ${quotedName(pressed.name)} <action> gives it another meaning.`, 'text')
						: paragraph(pressed.problem, 'warning')),
				];
	const all = [...rows, ...paragraph('Esc ends this', 'faint')];
	return {rectangle: middle(width + frameColumns, all.length + frameRows, columns, floor), rows: all};
}

function quotedName(name: string): string {
	return name.includes(' ') ? `"${name}"` : name;
}
