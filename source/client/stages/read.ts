import {timesOf} from '../../extensions/delayed-delivery.js';
import {encryptedWith, isKeyTransport, isTakenOff} from '../../extensions/explicit-encryption.js';
import {fileSharingNamespace} from '../../extensions/file-sharing.js';
import {withoutFallback} from '../../extensions/message-fallback.js';
import {reactionsNamespace} from '../../extensions/message-reactions.js';
import {replyIn, replyNamespace} from '../../extensions/message-replies.js';
import {retractNamespace, tombstoneIn} from '../../extensions/message-retraction.js';
import {unstyled as unstyledMark} from '../../extensions/message-styling.js';
import {roomUser} from '../../extensions/muc-elements.js';
import {occupantIdOf} from '../../extensions/muc-presence.js';
import type {Relation} from '../../extensions/ports.js';
import {isMediated} from '../../extensions/room-invitations.js';
import {spoilerIn} from '../../extensions/spoilers.js';
import {archiveIdOf, originId} from '../../extensions/unique-ids.js';
import type {Attachment} from '../../model/attachment.js';
import {type BareJid, bareOf, type Jid, parseJid, resourcepartOf} from '../../shared/jid.js';
import {attributeOf, childrenNamed, clientNamespace, type Element, textOf} from '../../xmpp/element.js';
import {fileInText, isAddressOf, sharedFilesIn, withMeaning} from '../attachments.js';
import {bounceProblem} from '../bounce.js';
import type {Content, Passage, Stage, StageContext} from '../passage.js';
import {readable} from '../payload-words.js';

/** Turns the element into plain data. Nothing after this stage looks at the element's own text again. */
export const read: Stage = (passage, context) => {
	const {stanza} = passage;
	const from = addressOf(stanza, 'from', context.account);
	const to = addressOf(stanza, 'to', context.account);
	const kind = kindOf(stanza);
	if (from === undefined || to === undefined) {
		return undefined;
	}

	const id = nonEmpty(attributeOf(stanza, 'id'));
	const origin = originId.find(stanza)?.id;
	// What the archive calls a message counts more than what is written inside of it.
	const room = kind === 'groupchat' ? bareOf(from) : undefined;
	const archiveId = passage.filing?.archiveId ?? idOf(stanza, room, context);
	const believed =
		room === undefined ? context.account : context.rooms?.get(room)?.isTelling === false ? undefined : room;
	const times = timesOf(stanza, believed, context.now(), passage.filing?.at ?? passage.wrappedAt);
	const {occupantId, realJid} = speakerOf(passage, from, !times.kept, context);
	const words = isMediated(stanza) ? {} : wordsOf(stanza, context);
	const retracted = kind === 'error' ? undefined : tombstoneIn(stanza, times.receivedAt);
	const content: Content = {
		kind,
		from,
		to,
		...times,
		...(id === undefined ? {} : {id}),
		...(origin === undefined ? {} : {originId: origin}),
		...(archiveId === undefined ? {} : {archiveId}),
		...words,
		...(retracted === undefined ? {} : {retracted}),
		...(occupantId === undefined ? {} : {occupantId}),
		...(realJid === undefined ? {} : {realJid}),
		relations: kind === 'error' ? bounceOf(stanza, id, context) : context.relationsOf(stanza),
	};
	return {...passage, content};
};

/**
 * Who speaks in a room, or out of one: what the room adds to the stanza, and who has the nick while it comes. Who had it
 * when an archive got it, only the archive says (XEP-0313 §7.1.2).
 */
function speakerOf(
	{stanza, filing}: Passage,
	from: Jid,
	isLive: boolean,
	{rooms}: StageContext,
): Pick<Content, 'occupantId' | 'realJid'> {
	const view = rooms?.get(bareOf(from));
	const nick = resourcepartOf(from);
	if (view === undefined || nick === undefined) {
		return {};
	}

	const now = isLive && filing === undefined ? view.occupant(nick) : undefined;
	const occupantId = view.hasOccupantIds ? (occupantIdOf(stanza) ?? now?.occupantId) : undefined;
	const filed = filing?.room !== undefined && view.showsAddresses ? roomUser.find(stanza)?.items[0]?.jid : undefined;
	const realJid = now?.jid ?? filed;
	return {...(occupantId && {occupantId}), ...(realJid && {realJid})};
}

/** The id under which the archive that keeps the message has it, where that archive is to be believed. */
function idOf(stanza: Element, room: BareJid | undefined, context: StageContext): string | undefined {
	const isBelieved = room === undefined ? context.trustsArchiveIds() : context.rooms?.get(room)?.hasStableIds === true;
	return isBelieved ? archiveIdOf(stanza, room ?? context.account) : undefined;
}

/** A missing address means the own account (RFC 6120 §8.1.2.1); a malformed one makes the stanza worthless. */
function addressOf(stanza: Element, name: 'from' | 'to', account: Jid): Jid | undefined {
	const text = attributeOf(stanza, name);
	return text === undefined ? account : parseJid(text);
}

/** An unknown type is `normal` (RFC 6121 §5.2.2). */
function kindOf(stanza: Element): Content['kind'] {
	const type = attributeOf(stanza, 'type');
	return type === 'chat' || type === 'groupchat' || type === 'headline' || type === 'error' ? type : 'normal';
}

/** What of a body is only for programs that do not know these is not shown (XEP-0428). */
const knownPayloads: ReadonlySet<string> = new Set([replyNamespace, retractNamespace, reactionsNamespace]);
const withFiles: ReadonlySet<string> = new Set([...knownPayloads, fileSharingNamespace]);

/**
 * The texts that a message shows, the files that it brings, what it answers, and what its author says of how to show them.
 * `isEncrypted`: it was, and this is what was in it.
 */
export function wordsOf(
	stanza: Element,
	{describesLinks}: Pick<StageContext, 'describesLinks'> = {},
	isEncrypted = false,
): Pick<Content, 'body' | 'subject' | 'thread' | 'reply' | 'spoiler' | 'unstyled' | 'attachments'> {
	const whole = textIn(stanza, 'body');
	const {written, taken, attachments} = brought(stanza, whole, isEncrypted);
	const reply = replyIn(stanza, taken);
	const cipher = encryptedWith(stanza, written);
	const body =
		cipher === undefined
			? readable(stanza, written, {describesLinks: describesLinks?.() === true, attachments})
			: isKeyTransport(stanza)
				? undefined
				: isTakenOff(stanza, cipher)
					? '[This message was encrypted with OMEMO, but what was encrypted of it was taken off on its way.]'
					: `[This message is encrypted with ${cipher}. xmppc cannot read ${cipher} yet.]`;
	const subject = textIn(stanza, 'subject');
	const thread = nonEmpty(childrenNamed(stanza, 'thread', clientNamespace).map(textOf)[0]);
	// A sentence of ours is shown as it is.
	const spoiler = cipher === undefined ? spoilerIn(stanza) : undefined;
	return {
		...(body === undefined ? {} : {body}),
		...(subject === undefined ? {} : {subject}),
		...(thread === undefined ? {} : {thread}),
		...(reply === undefined ? {} : {reply}),
		...(spoiler === undefined ? {} : {spoiler}),
		...(unstyledMark.find(stanza) === undefined ? {} : {unstyled: true}),
		...(cipher === undefined && attachments.length > 0 ? {attachments} : {}),
	};
}

type Brought = {
	/** What of the text is for people who see the rest. */
	readonly written: string | undefined;
	/** What stood in it for programs that know no answers. */
	readonly taken: string;
	readonly attachments: readonly Attachment[];
};

/** The files of a message, and what its text says besides where they lie. */
function brought(stanza: Element, whole: string | undefined, isEncrypted: boolean): Brought {
	const shared = sharedFilesIn(stanza, isEncrypted);
	if (whole === undefined) {
		return {written: undefined, taken: '', attachments: shared};
	}

	const {text, taken} = withoutFallback(whole, stanza, knownPayloads);
	if (shared.length === 0) {
		const file = fileInText(stanza, text, isEncrypted);
		return file === undefined
			? {written: nonEmpty(text), taken, attachments: []}
			: {written: undefined, taken, attachments: [file]};
	}

	// What nobody can get is no more than what is written in its place.
	const isThere = shared.some(({url}) => url !== undefined);
	const rest = isThere ? withoutFallback(whole, stanza, withFiles).text : text;
	const isAddress = isAddressOf(shared, text, isEncrypted) || isAddressOf(shared, rest, isEncrypted);
	const caption = isAddress || rest.trim() === '' ? undefined : rest;
	return shared.some(({isSticker}) => isSticker)
		? {written: undefined, taken, attachments: shared.map(file => withMeaning(file, caption))}
		: {written: caption, taken, attachments: shared};
}

/**
 * The text of the direct child in the stream's own language, which has no `xml:lang`, or else of the first one. An empty
 * one is none.
 */
function textIn(stanza: Element, name: 'body' | 'subject'): string | undefined {
	const candidates = childrenNamed(stanza, name, clientNamespace).filter(candidate => textOf(candidate) !== '');
	const best = candidates.find(candidate => attributeOf(candidate, 'xml:lang') === undefined) ?? candidates[0];
	return best === undefined ? undefined : textOf(best);
}

function bounceOf(stanza: Element, id: string | undefined, {blockOf}: StageContext): readonly Relation[] {
	return id === undefined ? [] : [{kind: 'bounce', target: id, problem: bounceProblem(stanza, blockOf)}];
}

function nonEmpty(text: string | undefined): string | undefined {
	return text === '' ? undefined : text;
}
