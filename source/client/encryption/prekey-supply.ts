import type {Journal} from '../journal.js';

export type PrekeySupplyPorts = {
	readonly journal: Pick<Journal, 'afterwards'>;
	/** Whether what was used is to be replaced at once, and not when the archive is read. */
	readonly isDue: () => boolean;
	/** Never rejects. */
	readonly replenish: () => Promise<void>;
};

/** Replaces prekeys once they were used: after the transaction, and all of them at a time that were used meanwhile. */
export function createPrekeySupply({journal, isDue, replenish}: PrekeySupplyPorts): {used(): void} {
	let isRunning = false;
	let isLacking = false;

	const run = async () => {
		isRunning = true;
		while (isLacking && isDue()) {
			isLacking = false;
			await replenish();
		}

		isRunning = false;
	};

	return {
		used() {
			journal.afterwards(() => {
				isLacking = true;
				if (!isRunning) {
					void run();
				}
			});
		},
	};
}
