import type {EventOf} from '../model/events.js';
import type {Clock} from '../shared/clock.js';
import type {BareJid} from '../shared/jid.js';
import {printable, shortened} from '../shared/text.js';
import type {XmlTap} from '../xmpp/tap.js';

/** Whose stanzas somebody watches. */
export type XmlWatch = {
	/** Without an account: all of them, those to come too. */
	set(account: BareJid | undefined, on: boolean): void;
	/** What the connections of an account tell of what crosses the wire. */
	tapFor(account: BareJid): XmlTap;
};

const longestAddress = 300;

export function createXmlWatch(clock: Pick<Clock, 'now'>, emit: (event: EventOf<'xml.passed'>) => void): XmlWatch {
	let all = false;
	const watched = new Set<BareJid>();
	return {
		set(account, on) {
			if (account !== undefined) {
				watched[on ? 'add' : 'delete'](account);
			} else {
				all = on;
				watched.clear();
			}
		},
		tapFor: account => ({
			isOpen: () => all || watched.has(account),
			passed({direction, name, from, to, text}) {
				const address = (jid: string) => printable(shortened(jid, longestAddress), 'identifier');
				emit({
					type: 'xml.passed',
					account,
					direction,
					name: address(name),
					...(from === undefined ? {} : {from: address(from)}),
					...(to === undefined ? {} : {to: address(to)}),
					text: printable(text, 'body'),
					at: clock.now(),
				});
			},
		}),
	};
}
