import type {Element} from './element.js';
import {closeFrame, FramedParser, frame, openFrame} from './framing.js';
import {StreamParser} from './parser.js';

/** What reads the stream of the other side. */
export type StreamReader = StreamParser | FramedParser;

/** How the elements of a stream are laid out on what carries them. */
export type StreamLayout = {
	/** What the closing tag is. */
	readonly closing: string;
	/** A beginning in place of `header`, where it is not that itself. */
	readonly beginning?: (header: Element) => string;
	/** Elements, each given as text and empty where it is none, as what is to be written at once each. */
	readonly writes: (elements: readonly string[]) => readonly string[];
	/** @xmpp/connection makes a reader for each stream on a connection. `onSeeOther`: see {@link FramedParser}. */
	readonly reader: (onSeeOther: (uri: string) => void) => new () => StreamReader;
};

/** One XML document, over TCP (RFC 6120 §4). */
export const rootedLayout: StreamLayout = {
	closing: '</stream:stream>',
	writes: elements => [elements.join('')],
	reader: () => StreamParser,
};

/** A message for each element, over WebSocket (RFC 7395 §3.3). */
export const framedLayout: StreamLayout = {
	closing: closeFrame,
	beginning: openFrame,
	writes: elements => elements.filter(text => text !== '').map(frame),
	reader: onSeeOther =>
		class extends FramedParser {
			constructor() {
				super(onSeeOther);
			}
		},
};

export function isStreamReader(parser: unknown): parser is StreamReader {
	return parser instanceof StreamParser || parser instanceof FramedParser;
}
