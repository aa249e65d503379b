import type {BareJid, Jid} from '../shared/jid.js';
import type {MessageKind} from './message.js';

/** What a front end does about files. Paths are as a person wrote them. */
export type FileIntent =
	/** Sends files, whose paths may begin with `~/`; a caption follows them. */
	| {
			readonly type: 'sendFiles';
			readonly account: BareJid;
			readonly to: Jid;
			readonly kind?: MessageKind;
			readonly paths: readonly string[];
			readonly caption?: string;
	  }
	/** Gets the files of a message and keeps them. */
	| {readonly type: 'saveFiles'; readonly key: number; readonly path?: string}
	/** Gets the first file of a message and opens it with the program of the desktop. */
	| {readonly type: 'openFile'; readonly key: number}
	/** What is on its way, and what lately was. */
	| {readonly type: 'listTransfers'}
	/** Ends what runs, or begins anew what failed: the one with that number in the list, or all of this buffer. */
	| {readonly type: 'endTransfers' | 'retryTransfers'; readonly number?: number};

const types: Readonly<Record<FileIntent['type'], true>> = {
	sendFiles: true,
	saveFiles: true,
	openFile: true,
	listTransfers: true,
	endTransfers: true,
	retryTransfers: true,
};

export function isFileIntent(intent: {readonly type: string}): intent is FileIntent {
	return Object.hasOwn(types, intent.type);
}
