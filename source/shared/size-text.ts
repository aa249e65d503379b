const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes for a person: `0 B`, `999 B`, `1.2 MB`, `340 kB`; thousands, as file managers and phones count. */
export function sizeText(bytes: number): string {
	let value = Math.max(0, Number.isFinite(bytes) ? bytes : 0);
	let unit = 0;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}

	const digits = unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value));
	return `${digits} ${units[unit]}`;
}
