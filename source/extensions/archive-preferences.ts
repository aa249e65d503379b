/**
 * XEP-0441: Message Archive Management Preferences, version 0.2.0. https://xmpp.org/extensions/xep-0441.html
 *
 * Asked only where it matters: a server with Bind 2 (XEP-0386) throws away what waited for us and counts on the archive.
 */
import {attribute, childTexts, element, optionalChild} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {choice} from '../xmpp/scalars.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import {archiveNamespace} from './archive.js';
import type {ExtensionPorts} from './ports.js';

const listed = (name: 'always' | 'never') => optionalChild(element(archiveNamespace, name, {jids: childTexts('jid')}));

/** Of whom messages are archived. */
const preferences = element(archiveNamespace, 'prefs', {
	default: attribute('default', choice('always', 'never', 'roster')),
	always: listed('always'),
	never: listed('never'),
});
/** The question for it. */
const question = element(archiveNamespace, 'prefs', {});

export type ArchivePreferences = {
	/** Whether the account's archive gets messages of everybody. Undefined: not asked, or no answer. */
	keepsEverything(): boolean | undefined;
};

export const archivePreferences = defineExtension<ArchivePreferences, ExtensionPorts>({
	name: 'archive preferences',
	xep: '0441',
	version: '0.2.0',
	since: '0.1.0',
	status: 'partial',
	features: [],
	codecs: [preferences],
	requires: [],
	attach(context) {
		let keeps: boolean | undefined;
		context.onStarted(async () => {
			if (context.session.features.bind2 !== true) {
				return;
			}

			try {
				const answer = await context.request(undefined, 'get', question.encode({}));
				const found = answer && preferences.decode(answer);
				keeps = found?.default === 'always' && (found.never?.jids.length ?? 0) === 0;
			} catch (error) {
				if (!isStanzaError(error)) {
					throw error;
				}

				// A server that says nothing of what it keeps may keep anything or nothing.
				keeps = false;
			}
		});
		return {keepsEverything: () => keeps};
	},
});
