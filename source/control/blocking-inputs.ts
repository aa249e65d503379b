/** What the verbs against others, and about strangers, take, checked before it reaches the client. */
import type {ActionInput} from '../model/actions.js';
import {reportReasons} from '../model/blocking.js';
import type {BlockingActions} from '../model/blocking-actions.js';
import type {RequestActions} from '../model/request-actions.js';
import {type AllMembers, all, bareJid, type Check, flag, jid, members, oneOf, text} from './checks.js';

export const blockingInputs: {
	readonly [Name in keyof (BlockingActions & RequestActions)]: Check<AllMembers<ActionInput<Name>>>;
} = {
	block: all({account: bareJid, jid}),
	unblock: members({account: bareJid}, {jid}),
	listBlocked: all({account: bareJid}),
	report: members({account: bareJid, jid: bareJid, reason: oneOf(reportReasons)}, {text}),
	acceptRequest: members({account: bareJid, jid}, {add: flag}),
	declineRequest: all({account: bareJid, jid}),
};
