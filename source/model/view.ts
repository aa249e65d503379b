import type {BufferId} from './buffer.js';

/** What concerns only the screen of the front end that was asked; never on the control socket. */
export type ViewIntent =
	| {readonly type: 'showBuffer'; readonly buffer: BufferId}
	/** By its number in the list (1 is the first), by JID or contact name, or relative. */
	| {readonly type: 'switchBuffer'; readonly to: number | string | 'next' | 'previous' | 'last' | 'unread'}
	| {readonly type: 'closeBuffer'; readonly buffer?: BufferId}
	| {readonly type: 'listBuffers'}
	| {readonly type: 'clear'}
	| {readonly type: 'help'; readonly topic?: string}
	| {readonly type: 'keys'}
	| {readonly type: 'scroll'; readonly by: 'page' | 'line' | 'end'; readonly direction: 'up' | 'down'}
	| {readonly type: 'redraw'}
	| {readonly type: 'quit'};
