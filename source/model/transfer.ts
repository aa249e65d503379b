/** A file on its way, up or down. */
import type {Problem} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {BufferId} from './buffer.js';

export type TransferState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

export type Transfer = {
	/** Unique while the process runs. */
	readonly id: string;
	readonly account: BareJid;
	readonly buffer: BufferId;
	readonly direction: 'up' | 'down';
	/** User text. */
	readonly name: string;
	/** The message it belongs to: of a download from the beginning, of an upload once it is sent. */
	readonly message?: number;
	/** Bytes, as far as known. */
	readonly total?: number;
	readonly done: number;
	/** Bytes a second, of the last seconds; only while it runs. */
	readonly rate?: number;
	readonly state: TransferState;
	/** Of a download that is done: where the file lies now. */
	readonly path?: string;
	readonly problem?: Problem;
	/** Milliseconds since the epoch. */
	readonly startedAt: number;
};

/** Nothing more happens to it. */
export function isOver({state}: Pick<Transfer, 'state'>): boolean {
	return state === 'done' || state === 'failed' || state === 'cancelled';
}
