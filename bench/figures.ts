/** One line of the table: what was measured, on xmppc and, in the same run, on a peer. */
export type Figure = {
	readonly name: string;
	readonly unit: string;
	/** The most it may be; absent: no target, for comparison only. */
	readonly target?: number;
	/** The least it has to be. */
	readonly least?: number;
	readonly xmppc: number | undefined;
	readonly peer?: {readonly name: string; readonly value: number | undefined};
};

/** The table as text, one figure a line. Missed targets end in `MISSED`. */
export function formatTable(figures: readonly Figure[]): string {
	const rows = figures.map(figure => {
		const {xmppc, target, least, peer} = figure;
		const ratio =
			xmppc === undefined || peer?.value === undefined || peer.value === 0
				? ''
				: `${(xmppc / peer.value).toFixed(2)}x ${peer.name}`;
		const isMet = (value: number) => value <= (target ?? value) && value >= (least ?? value);
		const hasTarget = target !== undefined || least !== undefined;
		const verdict = xmppc === undefined ? 'no value' : hasTarget ? (isMet(xmppc) ? 'ok' : 'MISSED') : '';
		return [
			figure.name,
			figure.unit,
			target !== undefined ? `<= ${formatNumber(target)}` : least !== undefined ? `>= ${formatNumber(least)}` : '',
			formatNumber(xmppc),
			formatNumber(peer?.value),
			ratio,
			verdict,
		];
	});
	const heading = ['figure', 'unit', 'target', 'xmppc', 'peer', 'ratio', ''];
	const widths = heading.map((title, column) =>
		Math.max(...[title, ...rows.map(row => row[column] ?? '')].map(lengthOf)),
	);
	const isNumber = (column: number) => column === 3 || column === 4;
	const line = (cells: readonly string[]) =>
		cells
			.map((cell, column) => (isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
			.join('  ')
			.trimEnd();
	return [line(heading), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function formatNumber(value: number | undefined): string {
	if (value === undefined) {
		return '-';
	}

	return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2).replace(/\.?0+$/, '');
}

function lengthOf(text: string): number {
	return text.length;
}

/** The value that half of them do not exceed; `undefined` for none. */
export function median(values: readonly number[]): number | undefined {
	return percentile(values, 50);
}

/** The value that `share` per cent of them do not exceed (nearest rank); `undefined` for none. */
export function percentile(values: readonly number[], share: number): number | undefined {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)];
}
