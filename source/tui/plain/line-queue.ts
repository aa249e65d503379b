/** Lines that wait for whoever reads them next, one reader at a time. */
export type LineQueue = {
	push(line: string): void;
	/** No more lines will come. */
	end(): void;
	/** The next line; `undefined` at the end. */
	next(): Promise<string | undefined>;
	/** Whether a line waits already. */
	isWaiting(): boolean;
};

export function createLineQueue(): LineQueue {
	const lines: string[] = [];
	let ended = false;
	let wake: () => void = () => {};
	return {
		push(line) {
			lines.push(line);
			wake();
		},
		end() {
			ended = true;
			wake();
		},
		async next() {
			while (lines.length === 0 && !ended) {
				await new Promise<void>(resolve => {
					wake = resolve;
				});
			}

			return lines.shift();
		},
		isWaiting: () => lines.length > 0,
	};
}
