/**
 * XEP-0511: Link Metadata, version 0.1.1. https://xmpp.org/extensions/xep-0511.html
 *
 * What a sender, or a server on the way, says that there is behind a link. Nobody vouches for it and nothing is fetched to see
 * whether it is so; pictures and films are not even read.
 */
import {shortened} from '../shared/text.js';
import {type Codec, codec} from '../xmpp/codec.js';
import {append, attributeOf, child, createElement, type Element, textOf} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {address} from '../xmpp/scalars.js';

const namespace = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const openGraph = 'https://ogp.me/ns#';

export type LinkDescription = {readonly about: string; readonly title?: string; readonly site?: string};

/** Code points of a title, and of the name of a site. */
const longestTitle = 200;
const longestSite = 60;
/** Links of one message that are described. */
const mostLinks = 3;
/** Descriptions of one message that are looked at: there may be one a language. */
const mostDescriptions = 20;

const description: Codec<LinkDescription> = codec(namespace, 'Description', {
	decode(source) {
		const about = address.parse(aboutOf(source) ?? '');
		const title = textIn(source, 'title', longestTitle);
		const site = textIn(source, 'site_name', longestSite);
		return about === undefined ? undefined : {about, ...(title === '' ? {} : {title}), ...(site === '' ? {} : {site})};
	},
	encode({about, title, site}, target) {
		target.attrs['xmlns:rdf'] = namespace;
		target.attrs['rdf:about'] = about;
		const child = (name: string, text: string | undefined) =>
			text === undefined ? undefined : createElement(name, {xmlns: openGraph}, text);
		append(target, [child('title', title), child('site_name', site)]);
	},
});

/** The attribute is in the namespace of the element (§3.1), whatever prefix its sender chose for that. */
function aboutOf(source: Element): string | undefined {
	const name = Object.keys(source.attrs).find(each => {
		const [prefix = '', local] = each.split(':', 2);
		return local === 'about' && prefix !== 'xmlns' && attributeOf(source, `xmlns:${prefix}`) === namespace;
	});
	return name === undefined ? undefined : attributeOf(source, name);
}

function textIn(source: Element, name: string, most: number): string {
	const found = child(source, name, openGraph);
	const text = found === undefined ? '' : textOf(found).slice(0, 4 * most);
	return shortened(text.replace(/\s+/gu, ' ').trim(), most);
}

export const linkMetadata = defineExtension<void>({
	name: 'link metadata',
	xep: '0511',
	version: '0.1.1',
	since: '0.4.0',
	status: 'partial',
	features: [],
	codecs: [description],
	requires: [],
	attach() {},
});

/**
 * What a message says of links that are in its text, a line a link: `[Title – Site]`. Of a link that is not, or not all of it,
 * there is nothing to say: it would be taken for what another link leads to.
 */
export function describedLinks(message: Element, body: string): readonly string[] {
	const words = new Set(body.split(/[\s<>"]+/u));
	const lines = new Map<string, string>();
	for (const {about, title, site} of description.findAll(message).slice(0, mostDescriptions)) {
		const said = [title, site].filter(text => text !== undefined).join(' – ');
		if (said !== '' && words.has(about) && !lines.has(about) && lines.size < mostLinks) {
			lines.set(about, `[${said}]`);
		}
	}

	return [...lines.values()];
}
