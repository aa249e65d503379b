import type {ChildProcess} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type {Dispose} from '../../shared/clock.js';
import {messageOf} from '../../shared/errors.js';

/** What became of a text in the person's editor; a problem leaves the text as it was. */
export type EditedText =
	| {readonly type: 'edited'; readonly text: string}
	| {readonly type: 'problem'; readonly message: string; readonly hint?: string};

/** Has a text edited by a program of the person's. `preferred`: program and arguments; empty: that of the environment. */
export type EditText = (text: string, preferred: readonly string[]) => Promise<EditedText>;

export type ExternalEditorOptions = {
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Gives the terminal to the editor; what it resolves with takes it back. */
	lend(): Promise<Dispose>;
};

/** Bytes of a file that are read; no message is as long. */
const largestFile = 1_000_000;

/** `emacsclient -c -a ''`, `"/opt/my editor/run" --wait`. */
const word = /"([^"]*)"|'([^']*)'|\S+/gu;

/** Program and arguments that edit texts here; empty where nobody has said. Quotes keep spaces, no shell is asked. */
export function editorCommand(preferred: readonly string[], env: ExternalEditorOptions['env']): readonly string[] {
	if (preferred.length > 0) {
		return preferred;
	}

	const named = [env.VISUAL, env.EDITOR].find(value => value !== undefined && value.trim() !== '');
	return Array.from((named ?? '').matchAll(word), ([whole, double, single]) => double ?? single ?? whole);
}

/**
 * Runs the editor on a file that nobody else can read (0600 in a directory of its own, 0700), and removes it whatever
 * happens. The text is what the editor saved, without the line break at its end.
 */
export function createExternalEditor({env, lend}: ExternalEditorOptions): EditText {
	return async (text, preferred) => {
		const [program, ...programArguments] = editorCommand(preferred, env);
		if (program === undefined) {
			return {
				type: 'problem',
				message: 'No editor is set.',
				hint: 'Set VISUAL or EDITOR before xmppc starts, or /set composer.editor nano.',
			};
		}

		let directory: string | undefined;
		let child: ChildProcess | undefined;
		const remove = () => {
			if (directory !== undefined) {
				rmSync(directory, {recursive: true, force: true});
				directory = undefined;
			}
		};
		// The end of the process may come first.
		const abandon = () => {
			child?.kill('SIGHUP');
			remove();
		};
		process.once('exit', abandon);
		let takeBack: Dispose | undefined;
		try {
			directory = privateDirectory(env);
			const file = path.join(directory, 'message.txt');
			writeFileSync(file, text === '' ? '' : `${text}\n`, {mode: 0o600, flag: 'wx'});
			const {spawn} = await import('node:child_process');
			takeBack = await lend();
			const status = await new Promise<number | string>((resolve, reject) => {
				child = spawn(program, [...programArguments, file], {stdio: 'inherit'});
				child.once('error', reject);
				child.once('close', (code, signal) => resolve(code ?? signal ?? 1));
			});
			if (status !== 0) {
				return {
					type: 'problem',
					message: `${program} ended with ${typeof status === 'number' ? `status ${status}` : status}.`,
					hint: 'The text is what it was before.',
				};
			}

			return contentOf(file);
		} catch (error) {
			return {type: 'problem', message: `${program} cannot be run: ${messageOf(error)}.`, hint: editorHint};
		} finally {
			process.off('exit', abandon);
			remove();
			takeBack?.();
		}
	};
}

const editorHint = '/set composer.editor names another one; VISUAL and EDITOR count where it is empty.';

/** Where the system keeps such things in memory, else on disk. `mkdtemp` makes it 0700. */
function privateDirectory(env: ExternalEditorOptions['env']): string {
	const inMemory = env.XDG_RUNTIME_DIR;
	const isUsable = inMemory !== undefined && statSync(inMemory, {throwIfNoEntry: false})?.isDirectory() === true;
	return mkdtempSync(path.join(isUsable ? inMemory : tmpdir(), 'xmppc-text-'));
}

function contentOf(file: string): EditedText {
	const {size} = statSync(file);
	return size > largestFile
		? {type: 'problem', message: `That is ${size} bytes: more than a message takes.`, hint: 'Send it as a file.'}
		: {type: 'edited', text: readFileSync(file, 'utf8').replace(/\r\n?/gu, '\n').replace(/\n$/u, '')};
}
