/**
 * XEP-0441: Message Archive Management Preferences, version 0.2.0. https://xmpp.org/extensions/xep-0441.html
 *
 * What the server puts into the account's archive. Servers that do not let anybody choose refuse the question.
 */
import {type ArchivePolicy, archivePolicies} from '../model/archive.js';
import {messageOf} from '../shared/errors.js';
import {childTexts, element, optionalAttribute, optionalChild} from '../xmpp/codec.js';
import {child, children, type Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {bareJid, choice} from '../xmpp/scalars.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import {archiveNamespace} from './archive.js';
import type {ExtensionPorts} from './ports.js';

const policy = choice(...archivePolicies);
const addresses = (name: 'always' | 'never') =>
	optionalChild(element(archiveNamespace, name, {jids: childTexts('jid', bareJid)}));

/** `always` and `never` list whom the default is not for. */
const preferences = element(archiveNamespace, 'prefs', {
	default: optionalAttribute('default', policy),
	always: addresses('always'),
	never: addresses('never'),
});

export type ArchivePreferences = {
	/** The policy for whom nothing else was said; undefined where the server does not tell. */
	policy(): Promise<ArchivePolicy | undefined>;
	/** Chooses another one, and keeps the exceptions. Rejects with the server's stanza error. */
	choose(policy: ArchivePolicy): Promise<void>;
	/**
	 * Whether the archive gets the messages of everybody without exception; undefined: the server does not tell, or has not yet.
	 */
	keepsEverything(): boolean | undefined;
	/** Resolves with that when the server has answered, or never will. */
	answered(): Promise<boolean | undefined>;
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
		let keepsEverything: boolean | undefined;

		/** Also what changes in the middle of a session counts at the next login. A server that says nothing may keep anything. */
		const note = (everything: boolean | undefined) => {
			keepsEverything = everything;
			context.ports.noteArchive?.(everything === true);
		};

		const read = async () => {
			const answer = await context.request(undefined, 'get', preferences.encode({}));
			const found = answer && preferences.decode(answer);
			// Also an exception that we cannot read is one.
			return answer && found && {...found, hasExceptions: exceptions(answer) > 0};
		};

		const readOrNothing = async () => {
			try {
				return await read();
			} catch (error) {
				if (isStanzaError(error)) {
					return undefined;
				}

				throw error;
			}
		};

		let asking: Promise<void> = Promise.resolve();
		// Nothing but the archive waits for the answer.
		context.onStarted(() => {
			asking = readOrNothing().then(
				found => note(found && found.default === 'always' && !found.hasExceptions),
				error => context.log.note('archive', `what it gets is not known: ${messageOf(error)}`),
			);
		});

		return {
			policy: async () => (await readOrNothing())?.default,
			async choose(wanted) {
				const {always = {jids: []}, never = {jids: []}, hasExceptions} = (await read()) ?? {};
				// Not after the answer, which may never come.
				note(false);
				await context.request(undefined, 'set', preferences.encode({default: wanted, always, never}));
				note(wanted === 'always' && hasExceptions === false);
			},
			keepsEverything: () => keepsEverything,
			async answered() {
				await asking;
				return keepsEverything;
			},
		};
	},
});

/** How many addresses are never archived. */
function exceptions(answer: Element): number {
	const never = child(answer, 'never', archiveNamespace);
	return never === undefined ? 0 : children(never).length;
}
