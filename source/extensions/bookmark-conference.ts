/**
 * What an item of XEP-0402 (version 1.2.0) says, with the settings of XEP-0469 (pinned) and XEP-0492 (notifications) in it.
 * https://xmpp.org/extensions/xep-0402.html
 */
import type {Bookmark} from '../model/room.js';
import {type Codec, codec} from '../xmpp/codec.js';
import {
	append,
	attributeOf,
	child,
	children,
	createElement,
	detached,
	type Element,
	isElement,
	textOf,
} from '../xmpp/element.js';

/** Of the node, too. */
export const bookmarksNamespace = 'urn:xmpp:bookmarks:1';
const namespace = bookmarksNamespace;
const pinnedNamespace = 'urn:xmpp:bookmarks-pinning:0';
const notifyNamespace = 'urn:xmpp:notification-settings:1';

export type Conference = {
	readonly name?: string;
	readonly autojoin: boolean;
	readonly nick?: string;
	readonly password?: string;
	readonly pinned: boolean;
	readonly notify?: NonNullable<Bookmark['notify']>;
	/** Everything but nick and password, as it is. */
	readonly others: readonly Element[];
};

/** What an item says, with all of it that we do not know, so that it is there still when we change the rest (§5.5). */
export const conference: Codec<Conference> = codec(namespace, 'conference', {
	decode(source) {
		const extensions = child(source, 'extensions', namespace);
		const notify = extensions === undefined ? undefined : notifyIn(extensions);
		return {
			...settingsOf(source, namespace),
			pinned: extensions !== undefined && child(extensions, 'pinned', pinnedNamespace) !== undefined,
			...(notify === undefined ? {} : {notify}),
			others: children(source).filter(
				each => !isElement(each, 'nick', namespace) && !isElement(each, 'password', namespace),
			),
		};
	},
	encode({name, autojoin, nick, password, others}, target) {
		target.attrs.autojoin = String(autojoin);
		if (name !== undefined) {
			target.attrs.name = name;
		}

		append(target, [
			nick === undefined ? undefined : createElement('nick', {}, nick),
			password === undefined ? undefined : createElement('password', {}, password),
			...others.map(each => detached(each)),
		]);
	},
});

/** What the bookmarks of XEP-0048 and of XEP-0402 both say of a room; an empty text says nothing. */
export type RoomSettings = Pick<Conference, 'name' | 'autojoin' | 'nick' | 'password'>;

/** The settings in a `<conference/>`, whose children are of the given namespace. */
export function settingsOf(source: Element, namespace: string): RoomSettings {
	const name = attributeOf(source, 'name');
	const texts = (['nick', 'password'] as const).flatMap(each => {
		const found = child(source, each, namespace);
		const text = found === undefined ? '' : textOf(found);
		return text === '' ? [] : [[each, text] as const];
	});
	return {
		...(name === undefined || name === '' ? {} : {name}),
		autojoin: ['true', '1'].includes(attributeOf(source, 'autojoin') ?? ''),
		...Object.fromEntries(texts),
	};
}

/** XEP-0492 §3: what calls the person, on every kind of client. */
function notifyIn(extensions: Element): Bookmark['notify'] {
	const settings = child(extensions, 'notify', notifyNamespace);
	const words = {always: 'all', 'on-mention': 'mentions', never: 'none'} as const;
	const general =
		settings === undefined ? [] : children(settings).filter(each => attributeOf(each, 'client-type') === undefined);
	for (const [element, rule] of Object.entries(words)) {
		if (general.some(each => isElement(each, element, notifyNamespace))) {
			return rule;
		}
	}

	return undefined;
}

/** What of a bookmark is to change; `undefined` leaves it, an empty text removes it. */
export type BookmarkChange = Partial<Pick<Bookmark, 'name' | 'autojoin' | 'nick' | 'password' | 'pinned' | 'notify'>>;

/** A bookmark with a change in it, and all else of it as it was. */
export function withChange(before: Conference, {pinned, notify, ...change}: BookmarkChange): Conference {
	const merged = {...before, ...change};
	const kept: Partial<Conference> = Object.fromEntries(
		Object.entries(merged).filter(([, value]) => value !== undefined && value !== ''),
	);
	const rule = notify ?? before.notify;
	const changed = {
		...kept,
		autojoin: merged.autojoin,
		pinned: pinned ?? before.pinned,
		...(rule === undefined ? {} : {notify: rule}),
	};
	const others =
		pinned === undefined && notify === undefined ? before.others : withExtensions(before.others, {pinned, notify});
	return {...changed, others};
}

const notifyWords = {all: 'always', mentions: 'on-mention', none: 'never'} as const;

/** Pinned or not, and what calls; everything else that is in `<extensions/>` stays. */
function withExtensions(
	others: readonly Element[],
	{pinned, notify}: {readonly pinned: boolean | undefined; readonly notify: Bookmark['notify'] | undefined},
): readonly Element[] {
	const extensions = others.find(each => isElement(each, 'extensions', namespace));
	const settings = extensions === undefined ? undefined : child(extensions, 'notify', notifyNamespace);
	const isOurs = (each: Element) =>
		(pinned !== undefined && isElement(each, 'pinned', pinnedNamespace)) || (notify !== undefined && each === settings);
	const kept = (extensions === undefined ? [] : children(extensions)).filter(each => !isOurs(each));
	const made = createElement('extensions', {xmlns: namespace});
	append(made, [
		...kept.map(each => detached(each)),
		pinned === true ? createElement('pinned', {xmlns: pinnedNamespace}) : undefined,
		notify === undefined ? undefined : notifying(notify, settings),
	]);
	return [...others.filter(each => each !== extensions), ...(children(made).length === 0 ? [] : [made])];
}

/** The rule for all kinds of clients; what is meant for one kind, or is advanced, stays as it is (XEP-0492 §3). */
function notifying(rule: NonNullable<Bookmark['notify']>, before: Element | undefined): Element {
	const words: readonly string[] = Object.values(notifyWords);
	const isGeneral = (each: Element) =>
		words.some(word => isElement(each, word, notifyNamespace)) && attributeOf(each, 'client-type') === undefined;
	const made = createElement(
		'notify',
		{xmlns: notifyNamespace},
		createElement(notifyWords[rule], {xmlns: notifyNamespace}),
	);
	append(
		made,
		(before === undefined ? [] : children(before)).filter(each => !isGeneral(each)).map(each => detached(each)),
	);
	return made;
}
