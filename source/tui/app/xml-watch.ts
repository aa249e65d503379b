import type {Actions} from '../../model/actions.js';
import type {EventOf} from '../../model/events.js';
import type {XmlFilter} from '../../model/view.js';
import type {BareJid} from '../../shared/jid.js';

type PassedXml = EventOf<'xml.passed'>;

/** Shows what crosses the wire, while it is open and no longer. Nothing of it is stored. */
export type XmlConsole = {
	isOpen(): boolean;
	/** Of one account, or of all. Throws what the Action throws. */
	open(account: BareJid | undefined): Promise<void>;
	close(): Promise<void>;
	/** From now on only this is shown, of what was there already too. */
	filter(filter: XmlFilter | undefined): void;
	/** What is shown now, in words: all, or what the filter lets through. */
	shown(): string;
	hear(event: PassedXml): void;
};

export type XmlConsolePorts = {
	readonly actions: Pick<Actions, 'watchXml'>;
	/** Appends a stanza. */
	show(xml: PassedXml): void;
	/** Shows these and nothing else. */
	replace(all: readonly PassedXml[]): void;
};

/** Kept, for another filter to choose from. */
const mostStanzas = 500;
const mostText = 1_000_000;

export function createXmlConsole({actions, show, replace}: XmlConsolePorts): XmlConsole {
	let open = false;
	let only: BareJid | undefined;
	let filter: XmlFilter | undefined;
	let kept: PassedXml[] = [];
	let size = 0;

	const keep = (xml: PassedXml) => {
		kept.push(xml);
		size += xml.text.length;
		while (kept.length > mostStanzas || size > mostText) {
			size -= kept.shift()?.text.length ?? 0;
		}
	};

	return {
		isOpen: () => open,
		async open(account) {
			if (open && only !== account) {
				await actions.watchXml({on: false});
			}

			await actions.watchXml({on: true, ...(account === undefined ? {} : {account})});
			only = account;
			open = true;
		},
		async close() {
			open = false;
			kept = [];
			size = 0;
			await actions.watchXml({on: false});
		},
		filter(next) {
			filter = next;
			replace(kept.filter(xml => passes(xml, filter)));
		},
		shown: () => `Stanzas of ${only ?? 'all accounts'}${filter === undefined ? '' : `, only ${filterText(filter)}`}.`,
		hear(xml) {
			if (open && (only === undefined || only === xml.account)) {
				keep(xml);
				if (passes(xml, filter)) {
					show(xml);
				}
			}
		},
	};
}

/** Whether a stanza is one of those that are meant. */
export function passes({name, from, to, text}: PassedXml, filter: XmlFilter | undefined): boolean {
	const has = (whole: string | undefined, part: string | undefined) =>
		part === undefined || (whole ?? '').toLowerCase().includes(part.toLowerCase());
	return (
		filter === undefined ||
		((filter.name === undefined || filter.name === name) &&
			has(from, filter.from) &&
			has(to, filter.to) &&
			has(text, filter.contains))
	);
}

/** A filter as it is typed. */
export function filterText({name, from, to, contains}: XmlFilter): string {
	return [
		...(name === undefined ? [] : [name]),
		...(from === undefined ? [] : [`from:${from}`]),
		...(to === undefined ? [] : [`to:${to}`]),
		...(contains === undefined ? [] : [`contains ${contains}`]),
	].join(' ');
}

/** The line above a stanza: which way it went, and over whose connection. */
export function passedText({direction, account, name, from, to}: PassedXml): string {
	return direction === 'in'
		? `received: ${name}${from === undefined ? '' : ` from ${from}`} (${account})`
		: `sent: ${name}${to === undefined ? '' : ` to ${to}`} (${account})`;
}
