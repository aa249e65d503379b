import {bareOf, domainOf, isFullJid, type Jid, resourcepartOf, withResource} from '../shared/jid.js';

/** Why somebody is reported (XEP-0377 §4). `spam`: unwanted messages; `abuse`: everything worse. */
export type ReportReason = 'spam' | 'abuse';

export const reportReasons: readonly ReportReason[] = ['spam', 'abuse'];

/** The blocked address that keeps out what comes from `jid` (XEP-0191 §5): itself, the account, the server; or none. */
export function blockOf(blocked: readonly Jid[], jid: Jid): Jid | undefined {
	const domain = domainOf(jid);
	const resource = isFullJid(jid) ? resourcepartOf(jid) : undefined;
	const atDomain = resource === undefined ? undefined : withResource(domain, resource);
	return [jid, bareOf(jid), atDomain, domain].find(each => each !== undefined && blocked.includes(each));
}
