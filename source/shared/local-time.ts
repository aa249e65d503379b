/** A moment as a wall clock and a calendar show it where the person is. */
export type LocalTime = {
	readonly year: number;
	/** 1 is January. */
	readonly month: number;
	readonly day: number;
	/** 0 is Sunday. */
	readonly weekday: number;
	readonly hour: number;
	readonly minute: number;
};

/** From milliseconds since the epoch to the person's time zone; a port, so that tests live in UTC. */
export type Calendar = (milliseconds: number) => LocalTime;

/** A date as a person names it; parts out of range run over into the next unit, as `Date.UTC` has it. */
export type LocalDate = {
	readonly year: number;
	/** 1 is January. */
	readonly month: number;
	readonly day: number;
	readonly hour?: number;
	readonly minute?: number;
};

/**
 * Milliseconds since the epoch of a local date. A time that the clocks leave out or show twice gives a moment beside it.
 */
export function momentOf(date: LocalDate, calendar: Calendar): number {
	const wanted = Date.UTC(date.year, date.month - 1, date.day, date.hour ?? 0, date.minute ?? 0);
	let moment = wanted;
	// The offset at the wanted time is not known before the moment is; the second look sees the right one.
	for (let round = 0; round < 2; round++) {
		const {year, month, day, hour, minute} = calendar(moment);
		moment += wanted - Date.UTC(year, month - 1, day, hour, minute);
	}

	return moment;
}
