/** Who is writing, conversation by conversation, until they stop or nothing more is heard of it (XEP-0085 §6). */
import type {BufferId} from '../model/buffer.js';
import type {Clock, Dispose} from '../shared/clock.js';
import type {Jid} from '../shared/jid.js';
import {shortened} from '../shared/text.js';

export type TypistsPorts = {
	readonly clock: Pick<Clock, 'after'>;
	/** Others write there now: their names in the order they began. */
	changed(buffer: BufferId, names: readonly string[]): void;
};

export type Typists = {
	began(buffer: BufferId, who: Jid, name: string): void;
	ended(buffer: BufferId, who: Jid): void;
	/** Whoever has this address, or has it with any resource, is gone. */
	left(who: Jid): void;
	/** Nothing more will be heard of anybody. */
	forget(): void;
};

/** Milliseconds after which somebody who is not heard of does not write any more. */
const patience = 30_000;
/** More of one conversation are not kept. */
const mostTypists = 50;
/** Code points that are kept of a name. */
const longestName = 200;

export function createTypists({clock, changed}: TypistsPorts): Typists {
	const typing = new Map<BufferId, Map<Jid, {readonly name: string; readonly stop: Dispose}>>();

	const tell = (buffer: BufferId) => {
		changed(buffer, [...new Set([...(typing.get(buffer)?.values() ?? [])].map(({name}) => name))]);
	};

	const end = (buffer: BufferId, who: Jid) => {
		const there = typing.get(buffer);
		const known = there?.get(who);
		if (there === undefined || known === undefined) {
			return;
		}

		known.stop();
		there.delete(who);
		if (there.size === 0) {
			typing.delete(buffer);
		}

		tell(buffer);
	};

	return {
		began(buffer, who, name) {
			const there = typing.get(buffer) ?? new Map();
			const known = there.get(who);
			if (known === undefined && there.size >= mostTypists) {
				return;
			}

			known?.stop();
			typing.set(buffer, there);
			there.set(who, {name: shortened(name, longestName), stop: clock.after(patience, () => end(buffer, who))});
			if (known === undefined) {
				tell(buffer);
			}
		},
		ended: end,
		left(who) {
			for (const [buffer, there] of [...typing]) {
				for (const each of [...there.keys()]) {
					if (each === who || each.startsWith(`${who}/`)) {
						end(buffer, each);
					}
				}
			}
		},
		forget() {
			for (const [buffer, there] of [...typing]) {
				for (const each of [...there.keys()]) {
					end(buffer, each);
				}
			}
		},
	};
}
