import {type Element, isElement} from './element.js';
import {streamNamespace} from './stream-error.js';

/** Elements of a stream that wait for the step of the negotiation which they answer, in stream order. */
export type NegotiationQueue = {
	readonly length: number;
	push(element: Element): void;
	/** Takes the oldest, or waits for one. */
	next(): Promise<Element>;
	/** Takes the oldest stream features, or waits for some; what came before them stays. */
	nextFeatures(): Promise<Element>;
	/** Takes everything. */
	drain(): readonly Element[];
};

export function createNegotiationQueue(): NegotiationQueue {
	const waiting: Element[] = [];
	let wake: (() => void) | undefined;

	const take = async (position: () => number): Promise<Element> => {
		for (;;) {
			const index = position();
			const [element] = index < 0 ? [] : waiting.splice(index, 1);
			if (element) {
				return element;
			}

			await new Promise<void>(resolve => {
				wake = resolve;
			});
		}
	};

	return {
		get length() {
			return waiting.length;
		},
		push(element) {
			waiting.push(element);
			wake?.();
		},
		next: () => take(() => 0),
		nextFeatures: () => take(() => waiting.findIndex(element => isElement(element, 'features', streamNamespace))),
		drain: () => waiting.splice(0),
	};
}
