/** What is known after a run, as plain data: the checker needs nothing else, and it is kept when the check fails. */
import type {OutgoingState} from '../../source/model/message.js';
import type {ArchiveState} from '../../source/storage/ports.js';
import type {ArchiveEntry} from '../support/server-archive.js';
import type {DeviceName} from './plan.js';

export type Owner = 'juliet' | 'romeo';

export const ownerOf: Readonly<Record<DeviceName, Owner>> = {desk: 'juliet', pocket: 'juliet', romeo: 'romeo'};

/** A message of the conversation as a device has it on record. */
export type Recorded = {
	readonly body: string;
	readonly direction: 'incoming' | 'outgoing';
	readonly state?: OutgoingState;
	readonly archiveId?: string;
	/** It was written at this device. */
	readonly isOwn: boolean;
	/** The sender's id. */
	readonly id?: string;
	/** It was encrypted; `unread`: and not for this device, or it could not be read. */
	readonly encryption?: 'read' | 'unread';
};

/** What a person was told of a message when it was sent. Every body is sent once only. */
export type Sent = {
	readonly device: DeviceName;
	readonly body: string;
	/** `committed`: it is in the outbox; `acked`: the server has it; `unknown`: no answer came. */
	readonly told: 'committed' | 'acked' | 'unknown';
	/** When it was begun, and when that was told, in milliseconds from some moment. */
	readonly begun: number;
	readonly ended: number;
};

/** What a process left behind that was killed. */
export type Remains = {
	readonly device: DeviceName;
	/** Undefined: it had not looked at the archive yet. */
	readonly archive: ArchiveState | undefined;
	readonly history: readonly Recorded[];
};

/** A copy of a device's files was put back. */
export type Restoration = {
	readonly device: DeviceName;
	/** As what it encrypted when the copy was made. */
	readonly former: number | undefined;
	/** Bodies of what was written there until then. */
	readonly written: readonly string[];
	/** The conversation in the copy, in which nothing waited. */
	readonly copy: readonly Recorded[];
	/** What was on record there when the copy was put back, and is not in it: the conversation, and the room. */
	readonly forgotten: readonly Recorded[];
	readonly forgottenInRoom: readonly Recorded[];
};

/** What is known of the room in which all of them are. */
export type RoomEvidence = Pick<Evidence, 'histories' | 'sent' | 'shown'> & {
	/** Oldest first, as the room gives it. */
	readonly archive: readonly ArchiveEntry[];
};

/** What is known of those who encrypt. */
export type Secrecy = {
	/** As what each device is known in the end. */
	readonly devices: Readonly<Record<DeviceName, number | undefined>>;
	/** What was said when all was well. */
	readonly talk: readonly string[];
};

export type Evidence = {
	readonly seed: number;
	/** How often the server was killed, not ended. */
	readonly hardKills: number;
	/** Oldest first, as the server gives it. */
	readonly archives: Readonly<Record<Owner, readonly ArchiveEntry[]>>;
	/** In the order in which it is shown. */
	readonly histories: Readonly<Record<DeviceName, readonly Recorded[]>>;
	/** What stands of the archive at the end. */
	readonly positions: Readonly<Record<DeviceName, ArchiveState | undefined>>;
	readonly sent: readonly Sent[];
	/** Bodies in the order in which front ends were told of them, over all processes of a device. */
	readonly shown: Readonly<Record<DeviceName, readonly string[]>>;
	readonly remains: readonly Remains[];
	readonly restorations: readonly Restoration[];
	/** Absent: nobody encrypts. */
	readonly secrecy?: Secrecy;
	/** Absent: nobody was in one. */
	readonly room?: RoomEvidence;
};
