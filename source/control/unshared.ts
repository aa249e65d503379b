import type {Actions} from '../model/actions.js';
import type {EventSource} from '../model/events.js';
import {XmppcError} from '../shared/errors.js';

/** What other programs may have of a client: stanzas are for the person at the program that has them, and for nobody else. */
export function withoutXml(
	actions: Actions,
	events: EventSource,
): {readonly actions: Actions; readonly events: EventSource} {
	return {
		actions: {
			...actions,
			async watchXml() {
				throw new XmppcError({
					code: 'not-shared',
					kind: 'unavailable',
					message: 'Stanzas are shown only by the xmppc that has the connection.',
					hint: 'Type /xml there.',
				});
			},
		},
		events: listener =>
			events(event => {
				if (event.type !== 'xml.passed') {
					listener(event);
				}
			}),
	};
}
