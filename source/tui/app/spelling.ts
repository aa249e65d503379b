import {isCommand} from '../../commands/parse.js';
import type {Dispose} from '../../shared/clock.js';
import {valuesOf} from '../../store/by-key.js';
import type {State} from '../../store/state.js';
import type {OpenedSpeller, OpenSpeller, Speller} from '../composer/speller.js';
import {wordsIn} from '../composer/words.js';
import type {Core} from './core.js';
import {spellingAnswer} from './spelling-words.js';
import {editorOf, type ViewState, withHint} from './view-state.js';

/** Checks what is typed, beside the keys. */
export type Spelling = {
	/** The view may have changed. */
	noticed(view: ViewState): void;
	/** Says with what is checked or, of a word, whether it is right; `learn` puts it into the person's dictionary. */
	tell(word: string | undefined, learn: boolean): Promise<void>;
	close: Dispose;
};

/** Milliseconds without a key after which the text is checked. */
const quiet = 300;
/** Words whose answer is remembered. */
const mostKnown = 5000;
const mostRestarts = 3;

export function spellingOf(core: Core, open: OpenSpeller | undefined): Spelling {
	let opened: {readonly wanted: string; readonly speller: Promise<OpenedSpeller>} | undefined;
	let known = new Set<string>();
	let seen = {text: '', language: ''};
	let restarts = 0;
	let stopWaiting: Dispose | undefined;

	const forget = () => {
		void opened?.speller.then(result => (result.type === 'speller' ? result.speller.close() : undefined));
		opened = undefined;
		known = new Set();
	};

	const language = () => core.state().preferences['composer.spell'];

	/** What another language knew does not count any more. */
	const follow = () => {
		if (opened !== undefined && opened.wanted !== language()) {
			forget();
			core.change({...core.view(), misspelt: new Map()});
		}
	};

	/** The speller of the language that is set now; started when it is first needed. */
	const current = async (): Promise<OpenedSpeller | undefined> => {
		follow();
		const wanted = language();
		if (open === undefined || wanted === 'off') {
			return undefined;
		}

		opened ??= {wanted, speller: open(wanted)};
		const result = await opened.speller;
		if (opened === undefined) {
			return undefined;
		}

		// One that ended (somebody killed it) is started again, but not for ever.
		if (result.type === 'speller' && !result.speller.isOpen() && restarts < mostRestarts) {
			restarts++;
			opened = {wanted, speller: open(wanted)};
		}

		return opened.speller;
	};

	const ask = async (speller: Speller, words: readonly string[]) => {
		const from = opened;
		const answers = await speller.check(words);
		if (opened !== from) {
			return;
		}

		const wrong = words.flatMap((word, index) => {
			const suggestions = answers[index];
			known.add(word);
			return suggestions === undefined ? [] : [[word, suggestions] as const];
		});
		if (wrong.length > 0) {
			core.change({...core.view(), misspelt: new Map([...core.view().misspelt, ...wrong])});
		}
	};

	const check = async () => {
		follow();
		const {text} = editorOf(core.view());
		if (isCommand(text)) {
			return;
		}

		if (known.size > mostKnown) {
			known = new Set();
			core.change({...core.view(), misspelt: new Map()});
		}

		const names = namesIn(core.state());
		const words = wordsIn(text).filter(({word}) => !known.has(word) && !names.has(word.toLowerCase()));
		const spelled = words.length === 0 ? undefined : await current();
		if (spelled?.type === 'speller') {
			await ask(spelled.speller, [...new Set(words.map(({word}) => word))]);
		}
	};

	return {
		noticed(view) {
			const now = {text: editorOf(view).text, language: language()};
			if (open === undefined || (now.text === seen.text && now.language === seen.language)) {
				return;
			}

			const isEmpty = now.text === '' && now.language === seen.language;
			seen = now;
			stopWaiting?.();
			stopWaiting = isEmpty ? undefined : core.clock.after(quiet, () => void check());
		},
		async tell(word, learn) {
			const usage = 'Tab on a marked word offers others; /set composer.spell names another language.';
			const result = await current();
			const answer = await spellingAnswer(result, {word, learn}, usage);
			if (learn && word !== undefined && result?.type === 'speller') {
				const misspelt = new Map(core.view().misspelt);
				misspelt.delete(word);
				core.change({...core.view(), misspelt});
				known.add(word);
			}

			core.change(withHint(core.view(), answer));
		},
		close() {
			stopWaiting?.();
			forget();
		},
	};
}

/** Names of people are no mistakes. Lower case. */
function namesIn({contacts, rooms}: State): ReadonlySet<string> {
	const people = Object.values(contacts).flatMap(each => valuesOf(each).map(({name, jid}) => name ?? jid));
	const occupants = Object.values(rooms).flatMap(each => valuesOf(each.occupants).map(({nick}) => nick));
	return new Set([...people, ...occupants].flatMap(name => name.toLowerCase().split(/[^\p{L}\p{M}'’]+/u)));
}
