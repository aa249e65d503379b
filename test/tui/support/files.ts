import type {Attachment} from '../../../source/model/attachment.js';
import {attachmentsWords} from '../../../source/model/attachment-words.js';
import type {Message} from '../../../source/model/message.js';
import {evening, message, minutes} from '../support.js';

let key = 0;

/** A message with files at so many minutes; without a caption its text is ours. */
const brought = (
	minute: number,
	attachments: readonly Attachment[],
	caption = attachmentsWords(attachments),
	more: Partial<Message> = {},
): Message => ({
	...message(evening + minute * minutes, caption, {attachments, ...more}),
	key: evening * 1024 + minute * minutes * 1024 + ++key,
});

const url = 'https://upload.example.net/4a77/x';
const lock = {key: 'SuRJ2agVm/pQbJQlPq/B23Xt1YOOJCcEGJA5HrcYOGQ=', iv: 'T8RDMBaiqn6Ci4Nw'};

export const photo: Attachment = {url, name: 'photo.jpg', size: 1_234_567, width: 1024, height: 768};

/** A conversation in which files of all kinds are exchanged. */
export const files: readonly Message[] = [
	brought(0, [photo]),
	brought(1, [{url, key: lock, name: '*report_2026*.pdf', size: 300_000}], undefined, {encryption: 'omemo'}),
	brought(2, [{url, key: lock, name: 'RECORDING_1.m4a', duration: 12_300}], undefined, {
		encryption: 'omemo',
		direction: 'outgoing',
		state: 'displayed',
	}),
	brought(3, [photo, {url, name: 'balcony.mp4', duration: 63_000}], 'The *balcony*: https://example.org/', {
		edited: {times: 1, at: evening},
	}),
	brought(4, [{url, description: '😘', isSticker: true}]),
	brought(5, [photo], '/me shows a picture'),
	brought(6, [{url, name: 'open.zip', size: 5}], undefined, {encryption: 'omemo'}),
	brought(7, [{name: 'a\u202egpj.exe', description: 'https://evil.example/'}]),
	brought(8, [photo], undefined, {retracted: {by: 'author', at: evening}}),
	brought(9, [photo], undefined, {spoiler: 'the last act'}),
];
