import type {Relation} from '../../extensions/ports.js';
import type {Relating} from '../../model/relation.js';
import {bareOf, isFullJid} from '../../shared/jid.js';
import type {Content, Passage, Place, StageContext} from '../passage.js';
import {findTarget, type Said, type TargetPorts} from '../relation-targets.js';

/** More of one author, and of all, does not wait in a conversation for messages that are not there. */
const mostAwaitingOfOne = 200;
const mostAwaiting = 5000;

/**
 * Finds out which message another one is about. What its author has no say about it changes nothing: a text is a message of
 * its own then, anything else is nobody's. Of what is about a message that is not on record a text is shown, and the rest
 * waits.
 */
export function aboutAnother(
	passage: Passage,
	content: Content,
	place: Place,
	context: StageContext,
): Passage | undefined {
	const withReply = content.reply === undefined ? content : answering(content, place, context);
	const relation = content.relations.find(isAbout);
	if (relation === undefined) {
		return {...passage, content: withReply};
	}

	const {body: _, ...wordless} = withReply;
	const isText = relation.kind === 'correction';
	if (isText ? content.body === undefined : !maySay(relation, content, place)) {
		return undefined;
	}

	const said = saidBy(content, place, context);
	const wanted = {kind: relation.kind, id: relation.target, in: place.kind, archive: place.archive};
	const found = findTarget(wanted, said, targetPorts(place, context));
	if (found.kind === 'foreign') {
		context.log.note('relate', `${relation.kind}: by somebody else`);
		return isText ? {...passage, content: withReply} : undefined;
	}

	if (
		found.kind === 'found' &&
		content.id !== undefined &&
		isSaidAlready(relation, content, found.message.key, place, context)
	) {
		return undefined;
	}

	if (found.kind === 'unknown') {
		const {own, all} = context.storage.relations.awaitingCount(place.buffer, content.from);
		if (own >= mostAwaitingOfOne || all >= mostAwaiting) {
			context.log.note('relate', `${relation.kind}: too much waits already`);
			return isText ? {...passage, content: withReply} : undefined;
		}
	}

	const about = {...passage, content: isText ? withReply : marked(wordless, place, context)};
	return found.kind === 'found'
		? {...about, relating: {...relation, key: found.message.key}, target: found.message}
		: {...about, relating: relation};
}

/** Whether the same was said under the same id: a server may deliver twice what it took twice after a broken connection. */
function isSaidAlready(
	{kind}: Relating,
	{id = '', body = '', from}: Content,
	target: number,
	{buffer}: Place,
	{storage}: StageContext,
): boolean {
	return (
		kind === 'correction' &&
		storage.relations
			.byId(buffer, id)
			.some(
				known =>
					known.relating?.key === target &&
					known.body === body &&
					bareOf(known.author) === bareOf(from) &&
					known.hidden,
			)
	);
}

function isAbout(relation: Relation): relation is Relating {
	return relation.kind !== 'receipt' && relation.kind !== 'displayed' && relation.kind !== 'bounce';
}

/** Only the room itself moderates, and only for others does anybody else speak there (`protocol.md` row 19). */
function maySay({kind}: Relating, {from}: Content, place: Place): boolean {
	const isRoom = place.kind === 'room' && !isFullJid(from);
	return kind === 'moderation' ? isRoom : !isRoom;
}

/** A reaction or a retraction is not encrypted by everybody: what comes in clear can be anybody's on the way. */
function marked(content: Content, place: Place, {encryption}: StageContext): Content {
	const isExposed = content.encryption === undefined && encryption?.expects(place.buffer) === true;
	return isExposed && place.direction === 'incoming' ? {...content, unprotected: true} : content;
}

function answering(content: Content, place: Place, context: StageContext): Content {
	const {reply} = content;
	if (reply === undefined) {
		return content;
	}

	const found = findTarget(
		{kind: 'reply', id: reply.target, in: place.kind, archive: place.archive},
		saidBy(content, place, context),
		targetPorts(place, context),
	);
	return found.kind === 'found' ? {...content, reply: {...reply, key: found.message.key}} : content;
}

function saidBy(
	{from, occupantId, realJid, encryption, device}: Content,
	{buffer, direction}: Place,
	{account}: StageContext,
): Said {
	return {
		account,
		buffer,
		author: from,
		direction,
		...(occupantId === undefined ? {} : {occupantId}),
		...(realJid === undefined ? {} : {realJid}),
		...(encryption === undefined ? {} : {encryption}),
		...(device === undefined ? {} : {device}),
	};
}

/** What is known of the people of a room, for what is said in it. */
export function targetPorts({kind, peer}: Place, {storage, rooms}: StageContext): TargetPorts {
	const view = kind === 'chat' ? undefined : rooms?.get(peer);
	return view === undefined ? {storage} : {storage, presentSince: view.presentSince, hasStableIds: view.hasStableIds};
}
