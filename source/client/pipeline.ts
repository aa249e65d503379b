/**
 * What happens to every incoming message, in this order and no other. A *stage* takes a passage and hands it on, or
 * answers `undefined`: the message goes no further. Stages are synchronous and run inside the transaction of the batch
 * (`ARCHITECTURE.md`, invariant 12); what they want written or told waits for the commit in the journal.
 *
 * Iq and presence bypass the pipeline.
 */
import type {Element} from '../xmpp/element.js';
import type {Filing, Passage, Stage, StageContext} from './passage.js';
import {attribute} from './stages/attribute.js';
import {call} from './stages/call.js';
import {decrypt} from './stages/decrypt.js';
import {deduplicate} from './stages/deduplicate.js';
import {publish} from './stages/publish.js';
import {read} from './stages/read.js';
import {record} from './stages/record.js';
import {relate} from './stages/relate.js';
import {unwrap} from './stages/unwrap.js';

export const stages: ReadonlyArray<{readonly name: string; readonly run: Stage}> = [
	{name: 'unwrap', run: unwrap},
	{name: 'read', run: read},
	{name: 'attribute', run: attribute},
	{name: 'deduplicate', run: deduplicate},
	{name: 'decrypt', run: decrypt},
	{name: 'call', run: call},
	{name: 'relate', run: relate},
	{name: 'record', run: record},
	{name: 'publish', run: publish},
];

/**
 * Takes one message element through the stages; with `filing` it is one that the archive forwarded. Answers how far it
 * came; the log learns where a message ended that was not shown.
 */
export function runPipeline(stanza: Element, context: StageContext, filing?: Filing): Passage {
	let passage: Passage = filing === undefined ? {stanza, via: 'live'} : {stanza, via: 'archive', filing};
	for (const {name, run} of stages) {
		const next = run(passage, context);
		if (next === undefined) {
			context.log.note('pipeline', `${name}: goes no further`);
			return passage;
		}

		passage = next;
	}

	return passage;
}
