/** What a person does about messages that are there. */
import type {MessageActions} from '../model/message-actions.js';
import {XmppcError} from '../shared/errors.js';

const later = async (): Promise<never> => {
	throw new XmppcError({code: 'not-connected', kind: 'unavailable', message: 'That cannot be done yet.'});
};

export function createMessageActions(): MessageActions {
	return {
		correctMessage: later,
		retractMessage: later,
		moderateMessage: later,
		react: later,
		messageDetails: later,
		setTyping: later,
	};
}
