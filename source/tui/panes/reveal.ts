import type {Preferences} from '../../model/settings.js';
import {withShortcodes} from '../../shared/emoji.js';

/** A body as it is shown: what an address hides and, where the person wants it, what an emoji is called. */
export function revealed(text: string, emoji: Preferences['emoji']): string {
	const honest = text.includes('://') ? text.replace(webAddress, withPlainHost) : text;
	return emoji === 'shortcode' ? withShortcodes(honest) : honest;
}

const webAddress = /(?<![\p{L}\p{N}_])(https?:\/\/)([^\s/?#"<>]+)/giu;

/** A host whose letters come from several scripts, so that it may pass for another one, as it goes over the wire. */
function withPlainHost(address: string, scheme: string, host: string): string {
	return host.split('.').some(mixesScripts) && URL.canParse(address) ? scheme + new URL(address).host : address;
}

const scripts = [
	'Latin',
	'Cyrillic',
	'Greek',
	'Armenian',
	'Hebrew',
	'Arabic',
	'Cherokee',
	'Han',
	'Hiragana',
	'Katakana',
	'Hangul',
].map(name => [name, new RegExp(`\\p{sc=${name}}`, 'u')] as const);
/** Written together everywhere. */
const together = [
	['Latin', 'Han', 'Hiragana', 'Katakana'],
	['Latin', 'Han', 'Hangul'],
];

/** UTS 39 §5.2, "highly restrictive": one script, or Japanese, Chinese or Korean with Latin. */
function mixesScripts(label: string): boolean {
	const used = scripts.flatMap(([name, pattern]) => (pattern.test(label) ? [name] : []));
	return used.length > 1 && !together.some(set => used.every(name => set.includes(name)));
}
