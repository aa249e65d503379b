/** The server's side of one stream: login, binding or resumption, then stanzas and their counting. */
import {attributeOf, child, children, type Element, nameOf, namespaceOf, textOf} from '../../source/xmpp/element.js';
import {StreamParser} from '../../source/xmpp/parser.js';
import type {House} from './letters.js';
import type {Wire, WireReader} from './network.js';
import {type Parcel, type ServerSession, sendHeldBack, takeCount} from './server-session.js';
import type {ServerTraits} from './server-traits.js';

export type StreamParts = {
	readonly house: House;
	readonly wire: Wire;
	readonly traits: ServerTraits;
	readonly offended: (text: string) => void;
	/** The server was restarted: nobody reads this any more. */
	readonly isOver: () => boolean;
	/** What was kept for the account goes unsent. */
	readonly clearOffline: () => void;
	/** The ends of the archive, as XML (XEP-0313); empty without one. */
	readonly archiveEnds: () => string;
	/** Makes a session; one with the same resource ends. */
	readonly bind: (resource: string | undefined) => ServerSession;
	readonly newManagementId: () => string;
	/** The session that can be resumed with this. */
	readonly waiting: (managementId: string) => ServerSession | undefined;
	/** How much was handled of one that is no more. */
	readonly countOf: (managementId: string) => number | undefined;
	readonly takeStanza: (session: ServerSession, stanza: Element) => void;
	readonly takeState: (session: ServerSession, element: Element) => void;
	readonly acknowledged: (session: ServerSession, parcels: readonly Parcel[]) => void;
	/** The connection is gone, the session is not. */
	readonly left: (session: ServerSession, wire: Wire) => void;
	/** The client closed its stream. */
	readonly ended: (session: ServerSession) => void;
};

const sm = 'urn:xmpp:sm:3';
const csi = 'urn:xmpp:csi:0';
const sasl = 'urn:ietf:params:xml:ns:xmpp-sasl';
const sasl2 = 'urn:xmpp:sasl:2';
const bind2 = 'urn:xmpp:bind:0';
const stanzaErrors = 'urn:ietf:params:xml:ns:xmpp-stanzas';

export function readStream(parts: StreamParts): WireReader {
	const {wire, traits, house} = parts;
	let session: ServerSession | undefined;
	let isLoggedIn = false;
	let isClosed = false;

	/** What SASL2 can do together with the login (XEP-0388, XEP-0386). */
	const inlineOffer = () => {
		const features = [...(traits.management === 'none' ? [] : [sm]), 'urn:xmpp:carbons:2', csi];
		const bindable = features.map(name => `<feature var='${name}'/>`).join('');
		return (
			`<authentication xmlns='${sasl2}'><mechanism>PLAIN</mechanism><inline>` +
			`<bind xmlns='${bind2}'><inline>${bindable}</inline></bind>` +
			`${traits.management === 'resumable' ? `<sm xmlns='${sm}'/>` : ''}</inline></authentication>`
		);
	};

	const features = () =>
		isLoggedIn
			? "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>" +
				(traits.management === 'none' ? '' : `<sm xmlns='${sm}'/>`) +
				(traits.clientState ? "<csi xmlns='urn:xmpp:csi:0'/>" : '')
			: `<mechanisms xmlns='${sasl}'><mechanism>PLAIN</mechanism></mechanisms>${traits.inline ? inlineOffer() : ''}`;

	const close = () => {
		isClosed = true;
		wire.close();
	};

	const bind = (iq: Element, request: Element) => {
		const [wanted] = children(request).map(textOf);
		session = parts.bind(wanted);
		wire.write(
			`<iq type='result' id='${attributeOf(iq, 'id')}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>` +
				`<jid>${session.jid}</jid></bind></iq>`,
		);
	};

	const enable = (bound: ServerSession, request: Element): string => {
		if (traits.management === 'none') {
			return `<failed xmlns='${sm}'><feature-not-implemented xmlns='${stanzaErrors}'/></failed>`;
		}

		bound.isManaged = true;
		const isResumable = traits.management === 'resumable' && attributeOf(request, 'resume') === 'true';
		bound.managementId = isResumable ? parts.newManagementId() : undefined;
		const grant = isResumable ? ` id='${bound.managementId}' resume='true' max='${traits.window / 1000}'` : '';
		return `<enabled xmlns='${sm}'${grant}/>`;
	};

	/** Answers whether there is such a session, what to say, and what follows that. */
	const resume = (request: Element): {readonly found?: ServerSession; readonly answer: string} => {
		const id = attributeOf(request, 'previd') ?? '';
		const found = parts.waiting(id);
		if (found === undefined) {
			const count = parts.countOf(id);
			const h = count === undefined ? '' : ` h='${count}'`;
			return {answer: `<failed xmlns='${sm}'${h}><item-not-found xmlns='${stanzaErrors}'/></failed>`};
		}

		takeAcknowledgement(found, request);
		found.wire?.close();
		found.wire = wire;
		session = found;
		return {found, answer: `<resumed xmlns='${sm}' previd='${id}' h='${found.handled}'/>`};
	};

	const sendAgain = (found: ServerSession) => {
		for (const {text} of found.unacknowledged) {
			wire.write(text);
		}

		sendHeldBack(found);
	};

	/** Binds a resource that is the same for the same machine, and gives up what was kept for it (XEP-0386). */
	const bindInline = (request: Element): {readonly bound: ServerSession; readonly answer: string} => {
		const bound = parts.bind(`xmppc~${wire.machine}`);
		parts.clearOffline();
		session = bound;
		const asked = child(request, 'enable', sm);
		bound.wantsCarbons = child(request, 'enable', 'urn:xmpp:carbons:2') !== undefined;
		bound.isInactive = child(request, 'inactive', csi) !== undefined;
		const enabled = asked === undefined ? '' : enable(bound, asked);
		return {bound, answer: `<bound xmlns='${bind2}'>${enabled}${parts.archiveEnds()}</bound>`};
	};

	const authenticate = (request: Element) => {
		isLoggedIn = true;
		const [resumption, binding] = [child(request, 'resume', sm), child(request, 'bind', bind2)];
		const outcome = resumption === undefined ? undefined : resume(resumption);
		const bound = outcome?.found === undefined && binding !== undefined ? bindInline(binding) : undefined;
		const jid = (outcome?.found ?? bound?.bound)?.jid ?? house.account;
		wire.write(
			`<success xmlns='${sasl2}'><authorization-identifier>${jid}</authorization-identifier>` +
				`${outcome?.answer ?? ''}${bound?.answer ?? ''}</success>`,
		);
		if (outcome?.found === undefined) {
			wire.write(`<stream:features>${features()}</stream:features>`);
		} else {
			sendAgain(outcome.found);
		}
	};

	const takeAcknowledgement = (bound: ServerSession, element: Element) => {
		const parcels = takeCount(bound, attributeOf(element, 'h'));
		if (parcels === undefined) {
			parts.offended(`${wire.machine} acknowledges what it was not sent`);
		} else {
			parts.acknowledged(bound, parcels);
		}
	};

	const takeManagement = (element: Element) => {
		const name = nameOf(element);
		if (name === 'resume' && session === undefined) {
			const {found, answer} = resume(element);
			wire.write(answer);
			if (found !== undefined) {
				sendAgain(found);
			}
		} else if (session === undefined) {
			parts.offended(`${wire.machine} sends <${name}/> before it is bound`);
		} else if (name === 'enable') {
			wire.write(enable(session, element));
		} else if (name === 'r') {
			wire.write(`<a xmlns='${sm}' h='${session.handled}'/>`);
		} else if (name === 'a') {
			takeAcknowledgement(session, element);
		}
	};

	const take = (element: Element) => {
		const binding = child(element, 'bind', 'urn:ietf:params:xml:ns:xmpp-bind');
		if (namespaceOf(element) === 'http://etherx.jabber.org/streams') {
			// What it has to say in parting.
			return;
		}

		if (namespaceOf(element) === sasl2) {
			authenticate(element);
			return;
		}

		if (namespaceOf(element) === sasl) {
			isLoggedIn = true;
			wire.write("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
			parser = startReading();
		} else if (namespaceOf(element) === sm) {
			takeManagement(element);
		} else if (binding !== undefined && session === undefined && isLoggedIn) {
			bind(element, binding);
		} else if (session === undefined) {
			parts.offended(`${wire.machine} sends <${nameOf(element)}/> before it is bound`);
		} else if (namespaceOf(element) === 'jabber:client') {
			parts.takeStanza(session, element);
		} else {
			parts.takeState(session, element);
		}
	};

	const startReading = (): StreamParser => {
		const next = new StreamParser();
		let hasBegun = false;
		next.on('start', () => {
			hasBegun = true;
			wire.write(
				"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' " +
					`id='s' from='${house.domain}' version='1.0'><stream:features>${features()}</stream:features>`,
			);
		});
		next.on('element', element => {
			if (!isClosed && !parts.isOver()) {
				take(element);
			}
		});
		next.on('end', () => {
			if (!isClosed && !parts.isOver()) {
				wire.write('</stream:stream>');
				const over = session;
				close();
				if (over !== undefined && over.wire === wire) {
					parts.ended(over);
				}
			}
		});
		next.on('error', fault => {
			// Whoever gives up between two streams closes the old one.
			if (hasBegun) {
				parts.offended(`${wire.machine} sends what is no XML: ${fault.detail}`);
			}
		});
		return next;
	};

	let parser = startReading();
	return {
		arrived(bytes) {
			if (!isClosed && !parts.isOver() && (session === undefined || session.wire === wire)) {
				parser.writeBytes(bytes);
			}
		},
		closed() {
			isClosed = true;
			if (session !== undefined && !parts.isOver()) {
				parts.left(session, wire);
			}
		},
	};
}
