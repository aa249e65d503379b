import type {BareJid} from '../shared/jid.js';

/** What a front end shows and asks about people whom the person does not want, or does not know. */
export type StrangerIntent =
	/** Strangers who wait for an answer. */
	| {readonly type: 'requests'}
	/** Whom the account blocks. */
	| {readonly type: 'listBlocked'; readonly account: BareJid}
	/** Asks before all is taken back that somebody said in a room, as far as it is loaded; `ban`: and keeps them out. */
	| {
			readonly type: 'cleanUp';
			readonly account: BareJid;
			readonly room: BareJid;
			readonly nick: string;
			readonly reason?: string;
			readonly ban: boolean;
	  };

const types: Readonly<Record<StrangerIntent['type'], true>> = {requests: true, listBlocked: true, cleanUp: true};

/** Whether it is one of those above. */
export function isStrangerIntent<Other extends {readonly type: string}>(
	intent: Other | StrangerIntent,
): intent is StrangerIntent {
	return Object.hasOwn(types, intent.type);
}
