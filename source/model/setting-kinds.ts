/** What a setting can hold. A row of the table of settings (`settings.ts`) is made with one of these functions. */
export type Setting<Value> = {
	readonly kind: SettingKind;
	readonly initial: Value;
	/** One sentence for `/set`, the man page and the JSON schema. */
	readonly help: string;
	/** How a person writes a value, where the kind does not tell. */
	readonly example?: string;
};

/** A value of some setting, as it lies in `settings.json`. */
export type SettingValue = boolean | number | string | readonly string[] | Readonly<Record<string, string>>;

export type SettingKind =
	| {readonly type: 'flag'}
	/** Each choice with what it means. */
	| {readonly type: 'choice'; readonly choices: Readonly<Record<string, string>>}
	/** A whole number, both ends included; `unit` for a person. */
	| {readonly type: 'number'; readonly least: number; readonly most: number; readonly unit?: string}
	/** `pattern`: what it must look like, as the source of a regular expression for the whole text; `wanted` says it in words. */
	| {readonly type: 'text'; readonly pattern?: string; readonly wanted?: string}
	/** Texts, each not empty. */
	| {readonly type: 'list'}
	/** A text under each name. */
	| {readonly type: 'map'};

type Words = {readonly help: string; readonly example?: string};

export function flag(initial: boolean, help: string): Setting<boolean> {
	return {kind: {type: 'flag'}, initial, help};
}

export function choice<const Choices extends Readonly<Record<string, string>>>(
	choices: Choices,
	initial: keyof Choices & string,
	help: string,
): Setting<keyof Choices & string> {
	return {kind: {type: 'choice', choices}, initial, help};
}

export function number(
	range: {readonly least: number; readonly most: number; readonly unit?: string},
	initial: number,
	help: string,
): Setting<number> {
	return {kind: {type: 'number', ...range}, initial, help};
}

export function text(
	initial: string,
	{help, example}: Words,
	form: {readonly pattern?: string; readonly wanted?: string} = {},
): Setting<string> {
	return {kind: {type: 'text', ...form}, initial, help, ...(example === undefined ? {} : {example})};
}

export function list({help, example}: Words): Setting<readonly string[]> {
	return {kind: {type: 'list'}, initial: [], help, ...(example === undefined ? {} : {example})};
}

export function map({help, example}: Words): Setting<Readonly<Record<string, string>>> {
	return {kind: {type: 'map'}, initial: {}, help, ...(example === undefined ? {} : {example})};
}
