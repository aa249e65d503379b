import {attributeOf, child, children, childrenNamed, type Element, nameOf, textOf} from '../../source/xmpp/element.js';

const archiveNamespace = 'urn:xmpp:mam:2';
const notFound = "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
export const notSupported =
	"<error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";

export type Archived = {
	readonly id: string;
	/** Milliseconds since the epoch. */
	readonly at: number;
	/** With whom, for `with`. */
	readonly peer: string;
	readonly message: string;
};

/** What an archive answers: messages of their own, then the answer to the question. */
export type ArchiveAnswer = {readonly results: readonly string[]; readonly answer: string};

/** A scripted archive in memory: what XEP-0313 and XEP-0059 say of one, and a few ways to deviate from it. */
export type FakeArchive = {
	readonly items: Archived[];
	/** What was asked: the form without its type, and the set. */
	readonly queries: ReadonlyArray<Readonly<Record<string, string>>>;
	/** Stamps as the server writes them: whole seconds unless set. */
	resolution: number;
	/** Pages are never longer than this, whatever is asked for. */
	longestPage: number;
	/** False: every page says that its order may change. */
	stable: boolean;
	/** Refuses every question with this error. */
	refusal: string | undefined;
	/** Fields that it does not know. */
	unknownFields: readonly string[];
	/** True: it is asked and says nothing. */
	silent: boolean;
	/** Whose messages are archived (XEP-0441). */
	policy: string;
	/** Whose are not, whatever the policy is. */
	never: readonly string[];
	/** Wraps each page's results before they are sent. */
	tamper: (results: readonly string[]) => readonly string[];
	/** Called before each page is answered. */
	onPage: (query: Readonly<Record<string, string>>) => void;
	add(item: Omit<Archived, 'id'> & {readonly id?: string}): string;
	answer(query: Element, own: string): ArchiveAnswer | undefined;
};

export function createFakeArchive(): FakeArchive {
	const items: Archived[] = [];
	const queries: Array<Readonly<Record<string, string>>> = [];
	let count = 0;

	const rounded = (at: number) => Math.floor(at / archive.resolution) * archive.resolution;
	const stamp = (at: number) => new Date(rounded(at)).toISOString().replace('.000Z', 'Z');

	const answerPage = (query: Element, own: string): ArchiveAnswer => {
		const asked = read(query);
		queries.push(asked);
		archive.onPage(asked);
		if (archive.refusal !== undefined) {
			return {results: [], answer: archive.refusal};
		}

		if (archive.unknownFields.some(name => name in asked)) {
			return {results: [], answer: notSupported};
		}

		const fits = ({at, peer}: Archived) => {
			const time = rounded(at);
			return (
				(asked.with === undefined || asked.with === peer) &&
				(asked.start === undefined || time >= Date.parse(asked.start)) &&
				(asked.end === undefined || time <= Date.parse(asked.end))
			);
		};
		const isUnknown = (id: string | undefined) => id !== undefined && id !== '' && !items.some(item => item.id === id);
		if (isUnknown(asked.after) || isUnknown(asked.before)) {
			return {results: [], answer: notFound};
		}

		const from = asked.after === undefined ? 0 : items.findIndex(({id}) => id === asked.after) + 1;
		const to = asked.before ? items.findIndex(({id}) => id === asked.before) : items.length;
		const all = items.slice(from, to).filter(fits);
		const max = Math.min(archive.longestPage, Number(asked.max ?? 50));
		const page = asked.before === undefined ? all.slice(0, max) : all.slice(Math.max(0, all.length - max));
		const queryId = attributeOf(query, 'queryid') ?? '';
		const results = page.map(
			({id, at, message}) =>
				`<message to='${own}'><result xmlns='${archiveNamespace}' queryid='${queryId}' id='${id}'>` +
				`<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='${stamp(at)}'/>` +
				`${message}</forwarded></result></message>`,
		);
		const [first, last] = [page[0]?.id, page.at(-1)?.id];
		const set =
			first === undefined
				? '<count>0</count>'
				: `<first index='0'>${first}</first><last>${last}</last><count>9</count>`;
		return {
			results: archive.tamper(results),
			answer:
				`<fin xmlns='${archiveNamespace}' complete='${page.length === all.length}' stable='${archive.stable}'>` +
				`<set xmlns='http://jabber.org/protocol/rsm'>${set}</set></fin>`,
		};
	};

	const archive: FakeArchive = {
		items,
		queries,
		resolution: 1000,
		longestPage: Number.POSITIVE_INFINITY,
		stable: true,
		refusal: undefined,
		unknownFields: [],
		silent: false,
		policy: 'always',
		never: [],
		tamper: results => results,
		onPage() {},
		add({id = `a${count + 1}`, ...item}) {
			count++;
			items.push({id, ...item});
			return id;
		},
		answer(query, own) {
			if (archive.silent) {
				return undefined;
			}

			if (nameOf(query) === 'prefs') {
				archive.policy = attributeOf(query, 'default') ?? archive.policy;
				const lists = `<always/><never>${archive.never.map(jid => `<jid>${jid}</jid>`).join('')}</never>`;
				return {
					results: [],
					answer: `<prefs xmlns='${archiveNamespace}' default='${archive.policy}'>${lists}</prefs>`,
				};
			}

			if (nameOf(query) !== 'metadata') {
				return answerPage(query, own);
			}

			const [first, last] = [items[0], items.at(-1)];
			const ends =
				first === undefined || last === undefined
					? ''
					: `<start id='${first.id}' timestamp='${stamp(first.at)}'/><end id='${last.id}' timestamp='${stamp(last.at)}'/>`;
			return {results: [], answer: `<metadata xmlns='${archiveNamespace}'>${ends}</metadata>`};
		},
	};
	return archive;
}

function read(query: Element): Readonly<Record<string, string>> {
	const form = child(query, 'x', 'jabber:x:data');
	const fields = (form === undefined ? [] : childrenNamed(form, 'field', 'jabber:x:data')).map(field => [
		attributeOf(field, 'var') ?? '',
		children(field).map(textOf).join(),
	]);
	const set = child(query, 'set', 'http://jabber.org/protocol/rsm');
	const paging = (set === undefined ? [] : children(set)).map(part => [nameOf(part), textOf(part)]);
	const {FORM_TYPE, ...asked} = Object.fromEntries([...fields, ...paging]);
	return FORM_TYPE === archiveNamespace ? asked : {...asked, FORM_TYPE};
}
