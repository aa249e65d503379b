import type {ChildProcessWithoutNullStreams} from 'node:child_process';
import type {Dispose} from '../../shared/clock.js';

/** A dictionary that can be asked. */
export type Speller = {
	readonly program: string;
	readonly language: string;
	/** For each word what may have been meant, `undefined` for one that is right. All right once the program has ended. */
	check(words: readonly string[]): Promise<ReadonlyArray<readonly string[] | undefined>>;
	/** Puts a word into the person's own dictionary. */
	learn(word: string): void;
	/** Whether the program still runs. */
	isOpen(): boolean;
	close: Dispose;
};

/** A speller or, where no program has the language, the programs that are installed. */
export type OpenedSpeller =
	| {readonly type: 'speller'; readonly speller: Speller}
	| {readonly type: 'none'; readonly language: string; readonly installed: readonly string[]};

/** `language`: as in `en_GB`, or `auto` for that of the environment. */
export type OpenSpeller = (language: string) => Promise<OpenedSpeller>;

/** A program that speaks the pipe mode of ispell (`-a`). */
export type SpellProgram = {readonly program: string; arguments(language: string): readonly string[]};

/** What is looked for, in this order. */
export const spellPrograms: readonly SpellProgram[] = [
	{program: 'hunspell', arguments: language => ['-a', '-i', 'UTF-8', '-d', language]},
	{program: 'aspell', arguments: language => ['-a', '--encoding=utf-8', `--lang=${language}`]},
];

const mostSuggestions = 8;

/** The language of the environment, `en_US` where it names none. */
export function systemLanguage(env: Readonly<Record<string, string | undefined>>): string {
	const named = [env.LC_ALL, env.LC_MESSAGES, env.LANG].find(value => value !== undefined && value !== '') ?? '';
	const [language = ''] = named.split(/[.@]/u);
	return language === '' || language === 'C' || language === 'POSIX' ? 'en_US' : language;
}

/** Starts the first program that has the language; it runs until it is closed. */
export function createOpenSpeller(
	env: Readonly<Record<string, string | undefined>>,
	programs: readonly SpellProgram[] = spellPrograms,
): OpenSpeller {
	return async wanted => {
		const language = wanted === 'auto' ? systemLanguage(env) : wanted;
		const installed: string[] = [];
		for (const candidate of programs) {
			const started = await start(candidate, language);
			if (typeof started === 'object') {
				return {type: 'speller', speller: started};
			}

			if (started === 'refused') {
				installed.push(candidate.program);
			}
		}

		return {type: 'none', language, installed};
	};
}

/** `missing`: there is no such program; `refused`: it ended before it said that it is ready. */
async function start(candidate: SpellProgram, language: string): Promise<Speller | 'missing' | 'refused'> {
	// Not needed for the first frame.
	const {spawn} = await import('node:child_process');
	const child = spawn(candidate.program, [...candidate.arguments(language)], {
		stdio: ['pipe', 'pipe', 'pipe'],
		// Ctrl+C in an editor that has the terminal is not for it; it ends with its input.
		detached: true,
	});
	child.stderr.resume();
	// A program that has ended says so by ending.
	child.stdin.on('error', () => {});
	return new Promise(resolve => {
		const conversation = converse(child, () => resolve(spellerFor(candidate.program, language, child, conversation)));
		child.once('error', () => {
			conversation.end();
			resolve('missing');
		});
		child.once('close', () => {
			conversation.end();
			resolve('refused');
		});
	});
}

type Answer = (suggestions: readonly string[] | undefined) => void;

type Conversation = {
	ask(word: string): Promise<readonly string[] | undefined>;
	end(): void;
	hasEnded(): boolean;
};

/** One line asked, lines answered up to an empty one; the first line of all is the program's name. */
function converse(child: ChildProcessWithoutNullStreams, ready: () => void): Conversation {
	const waiting: Answer[] = [];
	let isReady = false;
	let ended = false;
	let rest = '';
	let found: readonly string[] | undefined;
	const hear = (line: string) => {
		if (!isReady) {
			isReady = true;
			ready();
		} else if (line === '') {
			waiting.shift()?.(found);
			found = undefined;
		} else {
			found = wrongIn(line) ?? found;
		}
	};

	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		const lines = (rest + text).split('\n');
		rest = lines.pop() ?? '';
		lines.forEach(hear);
	});
	return {
		ask: word =>
			new Promise(resolve => {
				if (ended) {
					resolve(undefined);
				} else {
					waiting.push(resolve);
					// The sign says that what follows is text, whatever it begins with.
					child.stdin.write(`^${word.replaceAll('’', "'")}\n`);
				}
			}),
		end() {
			ended = true;
			for (const answer of waiting.splice(0)) {
				answer(undefined);
			}
		},
		hasEnded: () => ended,
	};
}

/** `& word count offset: one, two` and `# word offset`; anything else says that a word is right. */
function wrongIn(line: string): readonly string[] | undefined {
	if (line.startsWith('#')) {
		return [];
	}

	return line.startsWith('&')
		? line
				.slice(line.indexOf(':') + 1)
				.split(',')
				.map(each => each.trim())
				.filter(each => each !== '')
				.slice(0, mostSuggestions)
		: undefined;
}

function spellerFor(
	program: string,
	language: string,
	child: ChildProcessWithoutNullStreams,
	conversation: Conversation,
): Speller {
	return {
		program,
		language,
		check: words => Promise.all(words.map(conversation.ask)),
		learn(word) {
			child.stdin.write(`*${word}\n#\n`);
		},
		isOpen: () => !conversation.hasEnded(),
		close() {
			conversation.end();
			child.kill();
		},
	};
}
