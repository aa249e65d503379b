import {attachmentWords} from '../../model/attachment-words.js';
import type {Message} from '../../model/message.js';
import {printable} from '../../shared/text.js';

/** What a message brings besides its text, a line a file; of what was taken back nothing. Harmless. */
export function fileTexts({attachments = [], encryption, retracted}: Message): readonly string[] {
	return retracted !== undefined
		? []
		: attachments.map(attachment => {
				// A message that is encrypted may lead to a file that is not.
				const isOpen = encryption !== undefined && attachment.url !== undefined && attachment.key === undefined;
				return `${printable(attachmentWords(attachment), 'line')}${isOpen ? ' (the file is not encrypted)' : ''}`;
			});
}
