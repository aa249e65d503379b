import type {EventOf} from '../model/events.js';
import type {Clock, Dispose} from '../shared/clock.js';
import type {BareJid} from '../shared/jid.js';
import {printable, shortened} from '../shared/text.js';
import type {XmlTap} from '../xmpp/tap.js';

/** Whose stanzas somebody watches. */
export type XmlWatch = {
	/** Another front end watches an account, or all of them, those to come too, until it is disposed of. */
	watch(account: BareJid | undefined): Dispose;
	/** What the connections of an account tell of what crosses the wire. */
	tapFor(account: BareJid): XmlTap;
};

const longestAddress = 300;

export function createXmlWatch(clock: Pick<Clock, 'now'>, emit: (event: EventOf<'xml.passed'>) => void): XmlWatch {
	const watchers = new Set<{readonly account: BareJid | undefined}>();
	return {
		watch(account) {
			const watcher = {account};
			watchers.add(watcher);
			return () => watchers.delete(watcher);
		},
		tapFor: account => ({
			isOpen() {
				for (const watcher of watchers) {
					if (watcher.account === undefined || watcher.account === account) {
						return true;
					}
				}

				return false;
			},
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
