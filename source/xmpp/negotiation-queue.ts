import {type Element, isElement} from './element.js';
import {streamNamespace} from './stream-error.js';

/** Elements of a stream that wait for the step of the negotiation which they answer, in stream order. */
export type NegotiationQueue = {
	readonly length: number;
	/**
	 * Takes what came in. `waits`: it is here until a step asks for it; `first-features`: the stream begins with it, and it
	 * does not wait; `more-features`: nobody is to have it; `too-many`: there is no room for it.
	 */
	take(element: Element, isSecure: boolean): 'waits' | 'first-features' | 'more-features' | 'too-many';
	/** Features behind the first ones wait like other answers, until `nextFeatures` took some. */
	queueFeatures(): void;
	/** Takes the oldest, or waits for one. */
	next(): Promise<Element>;
	/** Takes the oldest stream features, or waits for some; what came before them stays. */
	nextFeatures(): Promise<Element>;
	/** Takes everything. */
	drain(): readonly Element[];
	/** Forgets everything: another stream begins. */
	restart(): void;
};

/** Elements kept between two steps of the negotiation: those of one read right behind the binding are many. */
const mostWaiting = 5000;
/** Before TLS anybody may be talking, and there is nothing to wait for but one answer. */
const mostWaitingUnprotected = 10;

export function createNegotiationQueue(): NegotiationQueue {
	const waiting: Element[] = [];
	let wake: (() => void) | undefined;
	let sawFeatures = false;
	let queuesFeatures = false;

	const taken = async (position: () => number): Promise<Element> => {
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
		take(element, isSecure) {
			if (!(queuesFeatures && sawFeatures) && isElement(element, 'features', streamNamespace)) {
				// Features that come a second time in one stream would restart a step that is under way.
				const isFirst = !sawFeatures;
				sawFeatures = true;
				return isFirst ? 'first-features' : 'more-features';
			}

			if (waiting.length >= (isSecure ? mostWaiting : mostWaitingUnprotected)) {
				return 'too-many';
			}

			waiting.push(element);
			wake?.();
			return 'waits';
		},
		queueFeatures() {
			queuesFeatures = true;
		},
		next: () => taken(() => 0),
		async nextFeatures() {
			const features = await taken(() => waiting.findIndex(element => isElement(element, 'features', streamNamespace)));
			queuesFeatures = false;
			return features;
		},
		drain: () => waiting.splice(0),
		restart() {
			waiting.length = 0;
			sawFeatures = false;
			queuesFeatures = false;
		},
	};
}
