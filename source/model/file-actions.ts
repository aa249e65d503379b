import type {BareJid, Jid} from '../shared/jid.js';
import type {EncryptionWish} from './device.js';
import type {MessageKind} from './message.js';

/** A file of this machine. */
export type FileToSend = {
	/** Absolute: whoever acts may have been started in another directory. */
	readonly path: string;
	/** What it is called for others; absent: as it is here. */
	readonly name?: string;
};

/** A file of a message that is here now. */
export type SavedFile = {
	/** Absolute. */
	readonly path: string;
	/** Opening it may start a program. */
	readonly isRisky: boolean;
};

/** What a person can ask for about files. How far each is, `transfer.changed` tells. A refusal is thrown as an `XmppcError`. */
export type FileActions = {
	/**
	 * Uploads files, one after the other, and sends each as soon as it is there, then the caption. Where the conversation is
	 * encrypted so are they. Resolves with the keys of the messages. Throws `no-upload-service`, `file-too-large`, what is
	 * wrong with a file, `transfer-cancelled`, of several what went wrong first: those that could be sent are.
	 */
	sendFiles(input: {
		readonly account: BareJid;
		readonly to: Jid;
		readonly kind?: MessageKind;
		readonly files: readonly FileToSend[];
		readonly caption?: string;
		/** Absent: as the conversation is. */
		readonly encryption?: EncryptionWish;
	}): Promise<{readonly messages: readonly number[]}>;
	/** Uploads a file and sends it to nobody. `encrypted`: the address has the key in it (`aesgcm:`, XEP-0454). */
	uploadFile(input: {
		readonly account: BareJid;
		readonly file: FileToSend;
		readonly encrypted?: boolean;
	}): Promise<{readonly url: string}>;
	/**
	 * Gets a file of a message, checks it, and puts it beside what is there under a name that is free. Answers where it is,
	 * and at once for one that was got before and is still there. Throws `no-such-file`, `file-not-verified` and others.
	 */
	downloadFile(input: {
		readonly key: number;
		/** Of a message with several; 0 is the first. */
		readonly index?: number;
		/** A directory, or the file that it is to become; absent: the directory of the settings. */
		readonly path?: string;
	}): Promise<SavedFile>;
	/** Ends it; one that is over is forgotten. */
	cancelTransfer(input: {readonly id: string}): Promise<void>;
	/** Begins one that failed or was cancelled anew. Throws `no-such-transfer`. */
	retryTransfer(input: {readonly id: string}): Promise<void>;
};

/** Files that are sent with one command. */
export const mostFiles = 50;
