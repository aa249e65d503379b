import {openCarbon} from '../../extensions/carbons.js';
import type {Stage} from '../passage.js';

/**
 * Takes the message out of its wrapper, where the wrapper is genuine; a forged one is dropped whole. That the outer stanza
 * is addressed to us was seen to by the dispatcher.
 */
export const unwrap: Stage = (passage, {account}) => {
	const carbon = openCarbon(passage.stanza, account);
	switch (carbon.type) {
		case 'plain':
			return passage;
		case 'forged':
			return undefined;
		case 'copy':
			return {...passage, stanza: carbon.message, via: 'carbon'};
	}
};
