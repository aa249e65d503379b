import type {HelpLine} from '../../commands/help-line.js';
import {type Jid, localpartOf} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';

/** `/blocked`: people first, then servers. */
export function blockedLines(blocked: readonly Jid[]): readonly HelpLine[] {
	if (blocked.length === 0) {
		return [{text: 'You block nobody.'}, {text: '/block JID keeps somebody away.'}];
	}

	const people = blocked.filter(jid => localpartOf(jid) !== undefined).toSorted();
	const servers = blocked.filter(jid => localpartOf(jid) === undefined).toSorted();
	const section = (heading: string, jids: readonly Jid[]): readonly HelpLine[] =>
		jids.length === 0
			? []
			: [
					{text: `${heading} (${jids.length})`, heading: true},
					...jids.map(jid => ({text: `  ${printable(jid, 'identifier')}`})),
				];
	return [
		...section('Blocked', people),
		...section('Blocked servers', servers),
		{text: ''},
		{text: '/unblock JID lets somebody through again, /unblock --all everybody.'},
	];
}
