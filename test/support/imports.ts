/** What a file of this project imports, read from its text: TypeScript 7 has no compiler API, and types count too. */
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';

export type SourceFile = {
	/** Relative to the project's folder, with `/`: `source/xmpp/session.ts`. */
	readonly path: string;
	/** Without comments. */
	readonly code: string;
	readonly text: string;
};

export const projectFolder = path.resolve(import.meta.dirname, '..', '..', '..');

/** Every file below `folder` with one of these endings, in alphabetical order. */
export function projectFiles(folder: string, endings: readonly string[]): readonly SourceFile[] {
	return readdirSync(path.join(projectFolder, folder), {recursive: true, encoding: 'utf8'})
		.filter(name => endings.some(ending => name.endsWith(ending)))
		.sort()
		.map(name =>
			sourceFile(path.posix.join(folder, name), readFileSync(path.join(projectFolder, folder, name), 'utf8')),
		);
}

export function sourceFile(name: string, text: string): SourceFile {
	return {path: name, text, code: withoutComments(text)};
}

/** Module names as written: static, re-exported, for types only, and by `import()`. */
export function importsOf(file: SourceFile): readonly string[] {
	const statements = file.code.matchAll(
		/^\s*(?:import|export)\s[\w\s{},*$]*?\bfrom\s+'([^']+)'|^\s*import\s+'([^']+)'/gm,
	);
	const expressions = file.code.matchAll(/\bimport\(\s*'([^']+)'/g);
	return [...statements, ...expressions].flatMap(([, first, second]) => first ?? second ?? []);
}

/** Blanks comments out; strings, templates and regular expressions are stepped over. */
function withoutComments(text: string): string {
	const token =
		/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*|\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g;
	return text.replace(token, found => (found.startsWith('/*') || found.startsWith('//') ? ' ' : found));
}
