/** The verbs about files: what is sent from here, and what messages bring. */
import {formatAesgcmAddress} from '../../media/aesgcm-address.js';
import {bufferId, type ConversationKind} from '../../model/buffer.js';
import type {FileActions, FileToSend, SavedFile} from '../../model/file-actions.js';
import type {MessageKind} from '../../model/message.js';
import type {Clock} from '../../shared/clock.js';
import {XmppcError} from '../../shared/errors.js';
import {type BareJid, bareOf, isFullJid, type Jid} from '../../shared/jid.js';
import type {Log} from '../../shared/log.js';
import type {Storage} from '../../storage/ports.js';
import type {AccountSession} from '../account-session.js';
import type {Letter} from '../compose.js';
import type {Destination} from '../encryption/recipients.js';
import {trustedBeside} from '../login.js';
import {destinationFor, download} from './downloads.js';
import {protectionOf} from './protection.js';
import type {Transfers} from './transfers.js';
import {examine, upload} from './uploads.js';

export type FileActionsPorts = {
	readonly storage: Pick<Storage, 'messages'>;
	readonly transfers: Transfers;
	readonly clock: Clock;
	readonly log: Log;
	/** Throws for an account that is not set up. */
	readonly sessionOf: (account: BareJid) => AccountSession;
	/** Whether an address in a room was met there, and is no contact. */
	readonly isThroughRoom: (account: BareJid, address: Jid) => boolean;
	/** Commits and sends. */
	readonly send: (
		account: BareJid,
		letter: Omit<Letter, 'kind'> & {readonly kind?: MessageKind},
		wish?: 'require' | 'off',
	) => {
		readonly key: number;
	};
	readonly directory: () => string;
	/** Bytes of the largest file that is fetched. */
	readonly most: () => number;
};

export function createFileActions(ports: FileActionsPorts): FileActions {
	const {storage, transfers, clock, log, sessionOf, send} = ports;

	const portsOf = (account: BareJid) => ({
		clock,
		log,
		ca: trustedBeside([sessionOf(account).settings()]),
		use: sessionOf(account).live().use,
	});

	const placeOf = (account: BareJid, to: Jid, kind: MessageKind | undefined): Destination => {
		if (kind === 'groupchat') {
			return {kind: 'room', jid: bareOf(to)};
		}

		return isFullJid(to) && ports.isThroughRoom(account, to)
			? {kind: 'private', jid: to}
			: {kind: 'chat', jid: bareOf(to)};
	};

	const sendOne = async (
		file: FileToSend,
		{account, to, kind, encryption}: Omit<Parameters<FileActions['sendFiles']>[0], 'files'>,
		destination: Destination,
	): Promise<number> => {
		const {name, size} = await examine(file);
		const what = {
			account,
			buffer: bufferId(account, destination.kind as ConversationKind, destination.jid),
			direction: 'up' as const,
			name,
			total: size,
		};
		const {message} = await transfers.run(what, async course => {
			const protection = await protectionOf(destination, encryption, sessionOf(account).encryption);
			const attachment = await upload(file, protection === 'require', course, portsOf(account));
			course.signal.throwIfAborted();
			// What became of the conversation meanwhile changes nothing: a key never goes out in clear, and what lies at the server
			// in clear is no secret any more.
			const {key} = send(account, {to, body: '', attachment, ...(kind === undefined ? {} : {kind})}, protection);
			return {message: key};
		});
		return message;
	};

	return {
		async sendFiles(input) {
			const {account, to, kind, files, caption, encryption} = input;
			const destination = placeOf(account, to, kind);
			// What cannot be sent at all is said before the first one is.
			for (const file of files) {
				await examine(file);
			}

			sessionOf(account).live();
			const messages: number[] = [];
			const failures: unknown[] = [];
			for (const file of files) {
				// One that cannot be sent does not keep the others back; /transfers retry tries it again.
				await sendOne(file, input, destination).then(
					key => messages.push(key),
					error => failures.push(error),
				);
			}

			if (messages.length > 0 && caption !== undefined && caption.trim() !== '') {
				const letter = {to, body: caption, ...(kind === undefined ? {} : {kind})};
				messages.push(send(account, letter, encryption).key);
			}

			if (failures.length > 0) {
				throw failures[0];
			}

			return {messages};
		},

		async uploadFile({account, file, encrypted = false}) {
			const {name, size} = await examine(file);
			const what = {
				account,
				buffer: bufferId(account, 'chat', account),
				direction: 'up' as const,
				name,
				total: size,
			};
			let address = '';
			await transfers.run(what, async course => {
				const {url = '', key} = await upload(file, encrypted, course, portsOf(account));
				address = key === undefined ? url : (formatAesgcmAddress({url, key}) ?? '');
				return {};
			});
			return {url: address};
		},

		async downloadFile({key, index = 0, path}): Promise<SavedFile> {
			const message = storage.messages.get(key);
			const attachment = message?.attachments?.[index];
			if (message === undefined || attachment === undefined) {
				throw new XmppcError({
					code: 'no-such-file',
					kind: 'usage',
					message: 'There is no such file in that message.',
					hint: 'It may have been taken back.',
				});
			}

			const {account, buffer} = message;
			const destination = await destinationFor(attachment, path, ports);
			const what = {
				account,
				buffer,
				direction: 'down' as const,
				name: destination.name,
				message: key,
				...(attachment.size === undefined ? {} : {total: attachment.size}),
			};
			return transfers.run(what, course =>
				download(attachment, destination, course, {...ports, ca: trustedBeside([sessionOf(account).settings()])}),
			);
		},

		cancelTransfer: async ({id}) => transfers.cancel(id),
		retryTransfer: async ({id}) => transfers.retry(id),
	};
}
