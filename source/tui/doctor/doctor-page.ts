import type {HelpLine} from '../../commands/help-line.js';
import type {Advice} from './advice.js';
import type {Diagnosis} from './diagnosis.js';

const places: Readonly<Record<Advice['place'], string>> = {
	'tmux.conf': 'In ~/.tmux.conf, then "tmux source ~/.tmux.conf":',
	shell: 'In the start file of your shell, e.g. ~/.profile:',
	xmppc: 'Here:',
};

/** The diagnosis as a page: what was found, then what would help with the line that does it. */
export function doctorLines({facts, advice}: Diagnosis): readonly HelpLine[] {
	const width = Math.max(...facts.map(({name}) => name.length));
	const hang = width + 4;
	return [
		{text: 'Your terminal', heading: true},
		...facts.map(({name, text}) => ({text: `  ${name.padEnd(width)}  ${text}`, hang})),
		{text: ''},
		{text: advice.length === 0 ? 'Nothing is missing.' : 'What would help', heading: true},
		...(Object.keys(places) as ReadonlyArray<Advice['place']>).flatMap(place => {
			const here = advice.filter(each => each.place === place);
			return here.length === 0
				? []
				: [
						{text: places[place]},
						...here.flatMap(({text, line}) => [
							{text: `  ${line}`, hang: 4},
							{text: `      ${text}`, hang: 6},
						]),
					];
		}),
	];
}
