import {type Buffer, xmlBuffer} from '../../model/buffer.js';
import type {EventOf} from '../../model/events.js';
import type {XmlFilter} from '../../model/view.js';
import type {BareJid} from '../../shared/jid.js';
import {bufferOf} from '../../store/selectors.js';
import {closeBuffer, showBuffer} from './buffers.js';
import {type Core, sayProblem, tell} from './core.js';
import type {Wanted} from './type-ahead.js';
import {createXmlConsole, passedText, type XmlConsole} from './xml-watch.js';

/** The view of stanzas as a buffer that is there while it is open. */
export function xmlViewOf(core: Pick<Core, 'actions' | 'store'>): XmlConsole {
	const show = (xml: EventOf<'xml.passed'>) =>
		core.store.dispatch({
			type: 'notice',
			level: 'info',
			text: `${passedText(xml)}\n${xml.text}`,
			buffer: xmlBuffer,
			at: xml.at,
		});
	return createXmlConsole({
		actions: core.actions,
		show,
		replace(all) {
			core.store.dispatch({type: 'window.cleared', buffer: xmlBuffer});
			for (const xml of all) {
				show(xml);
			}
		},
	});
}

/** `/xml on` and `/xml off`. Answers whether it could be done. */
export async function watchXml(
	core: Core,
	{on, account}: {readonly on: boolean; readonly account?: BareJid},
	wanted: Wanted,
): Promise<boolean> {
	const asked = core.view().active;
	if (!on) {
		if (bufferOf(core.state(), xmlBuffer) === undefined) {
			tell(core, asked, 'info', 'No stanzas are shown.', '/xml on shows them.');
			return true;
		}

		return closeBuffer(core, xmlBuffer, wanted);
	}

	try {
		await core.xml.open(account);
	} catch (error) {
		sayProblem(core, error, asked);
		return false;
	}

	if (bufferOf(core.state(), xmlBuffer) === undefined) {
		core.store.dispatch({type: 'buffer.opened', buffer: emptyXmlBuffer});
	}

	core.say('info', core.xml.shown(), '/xml filter chooses, /xml off ends it. Nothing of this is stored.', xmlBuffer);
	return showBuffer(core, xmlBuffer, wanted);
}

/** `/xml filter`. */
export function filterXml(core: Core, filter: XmlFilter | undefined): void {
	core.xml.filter(filter);
	const more = core.xml.isOpen() ? undefined : '/xml on shows them.';
	const buffer = bufferOf(core.state(), xmlBuffer) === undefined ? core.view().active : xmlBuffer;
	core.say('info', core.xml.shown(), more, buffer);
}

const emptyXmlBuffer: Buffer = {
	id: xmlBuffer,
	kind: 'xml',
	unread: 0,
	highlights: 0,
	readUpTo: 0,
	draft: '',
	lastActivity: 0,
};
