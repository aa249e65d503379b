/**
 * XEP-0045 §7.10, §7.13, §8–§10: what moderators, administrators and owners of a room do, and what one asks of them.
 * https://xmpp.org/extensions/xep-0045.html
 */
import {bufferId} from '../model/buffer.js';
import type {Form, FormAnswers} from '../model/form.js';
import type {Affiliation, ListedPerson, Role} from '../model/room.js';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, type Jid, parseBareJid, parseJid} from '../shared/jid.js';
import {sanitizeOutgoing, shortened} from '../shared/text.js';
import {element, flag, optionalChild, optionalChildText} from '../xmpp/codec.js';
import {append, attributeOf, clientNamespace, createElement, type Element} from '../xmpp/element.js';
import {defineExtension, type ExtensionContext} from '../xmpp/extension.js';
import {nonEmpty} from '../xmpp/scalars.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import {cancellation, readForm, submission, wholeForm} from './data-forms.js';
import {administration, destruction, mucNamespace, ownerNamespace} from './muc-elements.js';
import {createReturns} from './muc-returns.js';
import {multiUserChat} from './multi-user-chat.js';
import type {ExtensionPorts} from './ports.js';
import {serviceDiscovery} from './service-discovery.js';

const ownership = element(ownerNamespace, 'query', {
	form: optionalChild(wholeForm),
	destroy: optionalChild(destruction(ownerNamespace)),
});

/** XEP-0077, as rooms use it (§7.10). */
const registration = element('jabber:iq:register', 'query', {
	registered: flag('registered'),
	instructions: optionalChildText('instructions', nonEmpty),
	form: optionalChild(wholeForm),
});

/** The node under which a room tells the name that is reserved for whoever asks (§7.12). */
const reservedNickNode = 'x-roomuser-item';

const voiceForm = `${mucNamespace}#request`;
/** Code points that are kept of a name. */
const longestNick = 1023;

export type Destruction = {readonly alternative?: BareJid; readonly reason?: string; readonly password?: string};

export type RoomAdministration = {
	/** Everybody with this affiliation, members that are not there included. Rejects with a stanza error, or `malformed-answer`. */
	affiliated(room: BareJid, affiliation: Affiliation): Promise<readonly ListedPerson[]>;
	/** Rejects with a stanza error. */
	setAffiliation(room: BareJid, jid: BareJid, affiliation: Affiliation, reason?: string): Promise<void>;
	/** `none` throws somebody out. Rejects with a stanza error. */
	setRole(room: BareJid, nick: string, role: Role, reason?: string): Promise<void>;
	/** Rejects with a stanza error, `no-form` where the room has none. */
	configuration(room: BareJid): Promise<Form>;
	configure(room: BareJid, form: Form, answers: FormAnswers): Promise<void>;
	/** Opens a room that we have just made, as its service makes them (§10.1.2). */
	acceptDefaults(room: BareJid): Promise<void>;
	/** Gives up a room that we have just made (§10.1.3). */
	abandon(room: BareJid): Promise<void>;
	destroy(room: BareJid, destruction: Destruction): Promise<void>;
	/** What the room wants to know of whoever becomes a member; `undefined`: we are one. */
	registration(room: BareJid): Promise<Form | undefined>;
	register(room: BareJid, form: Form, answers: FormAnswers): Promise<void>;
	/** The name that is reserved for us; `undefined`: none, or the room does not tell. */
	reservedNick(room: BareJid): Promise<string | undefined>;
	/** Asks the moderators to be let speak (§7.13). */
	requestVoice(room: BareJid): void;
};

export const roomAdministration = defineExtension<RoomAdministration, ExtensionPorts>({
	name: 'room administration',
	xep: '0045',
	version: '1.35.5',
	since: '0.2.0',
	status: 'complete',
	features: [],
	codecs: [administration, ownership, registration, wholeForm],
	requires: [serviceDiscovery, multiUserChat],
	attach: context => attachAdministration(context),
});

function attachAdministration(context: ExtensionContext<ExtensionPorts>): RoomAdministration {
	const returns = createReturns(context);

	const set = async (room: BareJid, payload: Element, hint: string) => {
		await context.request(room, 'set', payload).catch((error: unknown) => refused(error, hint));
	};

	const said = (reason: string | undefined) => {
		const clean = sanitizeOutgoing(reason ?? '');
		return clean === '' ? {} : {reason: clean};
	};

	const answered = async (room: BareJid, question: Element, hint: string): Promise<Element> => {
		const answer = await context.request(room, 'get', question).catch((error: unknown) => refused(error, hint));
		if (answer === undefined) {
			throw noForm(room);
		}

		return answer;
	};

	context.onMessage(messages => {
		for (const message of messages) {
			const room = parseBareJid(attributeOf(message, 'from') ?? '');
			const isIn = room !== undefined && context.use(multiUserChat).get(room)?.room.status === 'joined';
			const asked = isIn && attributeOf(message, 'type') !== 'groupchat' ? readVoiceRequest(message) : undefined;
			if (room !== undefined && asked !== undefined) {
				const account = bareOf(context.jid);
				context.publish({type: 'voice.requested', account, buffer: bufferId(account, 'room', room), ...asked});
			}
		}
	});

	return {
		async affiliated(room, affiliation) {
			const answer = await answered(room, administration.encode({items: [{affiliation}]}), hints.list);
			const items = administration.decode(answer)?.items;
			if (items === undefined) {
				throw new XmppcError({
					code: 'malformed-answer',
					kind: 'protocol',
					message: `${room} answered something else than was asked.`,
				});
			}

			return items.flatMap(({jid, nick, reason, role, ...item}) =>
				jid === undefined || (item.affiliation ?? affiliation) !== affiliation
					? []
					: [
							{
								jid: bareOf(jid as Jid),
								affiliation,
								...(nick === undefined ? {} : {nick}),
								...(role === undefined ? {} : {role}),
								...(reason === undefined ? {} : {reason}),
							},
						],
			);
		},
		setAffiliation: (room, jid, affiliation, reason) =>
			set(room, administration.encode({items: [{jid, affiliation, ...said(reason)}]}), hints.affiliation),
		setRole: (room, nick, role, reason) =>
			set(room, administration.encode({items: [{nick, role, ...said(reason)}]}), hints.role),
		async configuration(room) {
			const form = ownership.decode(await answered(room, ownership.encode({}), hints.ownership))?.form;
			if (form === undefined) {
				throw noForm(room);
			}

			return readForm(form);
		},
		configure: (room, form, answers) => set(room, ownership.encode({form: submission(form, answers)}), hints.ownership),
		acceptDefaults: room => set(room, ownership.encode({form: {...cancellation, type: 'submit'}}), hints.ownership),
		abandon: room => set(room, ownership.encode({form: cancellation}), hints.ownership),
		destroy: (room, {alternative, reason, password}) =>
			set(
				room,
				ownership.encode({
					destroy: {
						...(alternative === undefined ? {} : {alternative}),
						...said(reason),
						...(password === undefined ? {} : {password}),
					},
				}),
				hints.ownership,
			),
		async registration(room) {
			const question = registration.encode({registered: false});
			const found = registration.decode(await answered(room, question, hints.membership));
			if (found?.registered === true) {
				return undefined;
			}

			if (found?.form === undefined) {
				throw noForm(room);
			}

			return readForm(found.form);
		},
		register: (room, form, answers) =>
			set(room, registration.encode({registered: false, form: submission(form, answers)}), hints.membership),
		async reservedNick(room) {
			try {
				const {identities} = await context.use(serviceDiscovery).query(room, reservedNickNode);
				return identities.find(({name}) => name !== undefined && name !== '')?.name;
			} catch (error) {
				if (isStanzaError(error)) {
					return undefined;
				}

				throw error;
			}
		},
		requestVoice(room) {
			const id = returns(room, {
				what: `${room} did not ask its moderators to let you speak`,
				hint: 'Where the room is not moderated everybody may; a moderator can be asked with /msg NICK.',
			});
			const message = createElement('message', {xmlns: clientNamespace, to: room, id});
			append(message, [
				wholeForm.encode({
					type: 'submit',
					instructions: [],
					items: [],
					fields: [field('FORM_TYPE', voiceForm, 'hidden'), field('muc#role', 'participant', 'list-single')],
				}),
			]);
			context.session.send(message);
		},
	};
}

/** Who asks to be let speak, where a room tells its moderators (§8.6). */
function readVoiceRequest(message: Element): {readonly nick: string; readonly jid?: Jid} | undefined {
	const form = wholeForm.find(message);
	const value = (name: string) => form?.fields.find(each => each.name === name)?.values[0];
	const nick = value('muc#roomnick');
	if (form?.type !== 'form' || value('FORM_TYPE') !== voiceForm || nick === undefined || nick === '') {
		return undefined;
	}

	const jid = parseJid(value('muc#jid') ?? '');
	return {nick: shortened(nick, longestNick), ...(jid === undefined ? {} : {jid})};
}

function field(name: string, value: string, type: string) {
	return {name, type, required: false, options: [], values: [value]};
}

/** What somebody can do who may not do that. */
const hints = {
	role: 'Moderators may, to those who are no more than they are; /names shows who is what.',
	affiliation: 'Administrators and owners may, and a room keeps an owner; /affiliations shows who is what.',
	list: 'Not everybody may see the lists of a room; /names shows who is there.',
	ownership: 'Owners may; /affiliations owner lists them.',
	membership: 'Ask those who run the room; /affiliations lists them.',
} as const;

/** The error of a request, with the next step where it is a matter of what somebody may do. */
function refused(error: unknown, hint: string): never {
	if (isStanzaError(error) && error.kind === 'notPermitted') {
		const {code, kind, message} = error;
		throw new XmppcError({code, kind, message, hint}, {cause: error});
	}

	throw error;
}

function noForm(room: BareJid): XmppcError {
	return new XmppcError({
		code: 'no-form',
		kind: 'unavailable',
		message: `${room} has nothing to fill in for that.`,
		hint: 'Only its owners can configure it.',
	});
}
