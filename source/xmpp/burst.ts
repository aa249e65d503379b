export type BurstParts = {
	readonly transmit: (elements: readonly string[]) => void;
	/** The question for what is not acknowledged, as text; empty where there is nothing to ask. */
	readonly question: () => string;
	/** The answer to the server's question, as it is true at the moment of writing. */
	readonly answer: () => string;
};

/**
 * Everything written in one turn of the event loop leaves in one piece: fewer packets, and a message travels together
 * with the question whether it arrived.
 */
export type Burst = {
	add(text: string): void;
	/** Puts the question behind what leaves next. */
	ask(): void;
	/** Puts the answer before what leaves next; once, however often the server asked. */
	answer(): void;
	/** Writes now what would be written at the end of this turn. */
	write(): void;
};

/** A burst that writes at the end of the turn in which something was put into it. */
export function createBurst(parts: BurstParts): Burst {
	let texts: string[] = [];
	let isAsking = false;
	let isAnswering = false;
	let isScheduled = false;

	const write = () => {
		isScheduled = false;
		const answer = isAnswering ? parts.answer() : '';
		const question = isAsking ? parts.question() : '';
		const elements = [answer, ...texts, question].filter(text => text !== '');
		texts = [];
		isAsking = false;
		isAnswering = false;
		if (elements.length > 0) {
			parts.transmit(elements);
		}
	};

	const schedule = () => {
		if (!isScheduled) {
			isScheduled = true;
			queueMicrotask(write);
		}
	};

	return {
		add(text) {
			texts.push(text);
			schedule();
		},
		ask() {
			isAsking = true;
			schedule();
		},
		answer() {
			isAnswering = true;
			schedule();
		},
		write,
	};
}
