import type {Attachment} from '../../model/attachment.js';
import {resourcepartOf} from '../../shared/jid.js';
import {jsonLine} from '../../shared/text.js';
import type {Writer} from './exported.js';

/**
 * One JSON document, a message a line. Its keys are documented in the manual: they are added to and never given another
 * meaning. Texts are as they came; times are UTC.
 */
export function jsonWriter(): Writer {
	return {
		begin: ({account, kind, jid, name}) => {
			const head = jsonLine({
				format: 'xmppc-conversation',
				version: 1,
				account,
				with: jid,
				kind,
				...(name === undefined ? {} : {name}),
			});
			return `${head.slice(0, -1)},"messages":[`;
		},
		message(message, {kind}, isFirst) {
			const {receivedAt, sentAt, direction, author, body, subject, id, archiveId, realJid} = message;
			const {attachments = []} = message;
			const {encryption, unprotected, edited, retracted, reactions = [], reply, spoiler, state, failure} = message;
			const nick = kind === 'room' ? resourcepartOf(author) : undefined;
			const line = jsonLine({
				at: iso(receivedAt),
				...(sentAt === undefined ? {} : {sentAt: iso(sentAt)}),
				direction,
				author,
				...(nick === undefined ? {} : {nick}),
				...(realJid === undefined ? {} : {realJid}),
				...(retracted === undefined ? {body} : {}),
				...(attachments.length === 0 || retracted !== undefined ? {} : {files: attachments.map(fileOf)}),
				...(subject === undefined || retracted !== undefined ? {} : {subject}),
				...(id === undefined ? {} : {id}),
				...(archiveId === undefined ? {} : {archiveId}),
				...(encryption === undefined ? {} : {encryption}),
				...(unprotected === undefined ? {} : {unprotected}),
				...(spoiler === undefined || retracted !== undefined ? {} : {spoiler}),
				...(edited === undefined ? {} : {edited: {times: edited.times, at: iso(edited.at)}}),
				...(retracted === undefined ? {} : {retracted: {by: retracted.by, at: iso(retracted.at)}}),
				...(reply === undefined ? {} : {replyTo: reply.target}),
				...(reactions.length === 0 || retracted !== undefined
					? {}
					: {reactions: reactions.map(({by, emoji}) => ({by, emoji}))}),
				...(state === undefined ? {} : {state}),
				...(failure === undefined ? {} : {failure}),
			});
			return `${isFirst ? '' : ','}\n${line}`;
		},
		end: () => '\n]}\n',
	};
}

/** What was said of a file, without what reads it where it lies encrypted. */
function fileOf({key, ...file}: Attachment) {
	return {...file, ...(key === undefined ? {} : {encrypted: true})};
}

function iso(moment: number): string {
	return new Date(moment).toISOString();
}
