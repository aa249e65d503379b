/** Points in time as people write them: `2026-03-01`, `yesterday`, `monday 14:00`, `2 weeks`. */
import {type Calendar, type LocalTime, momentOf} from './local-time.js';

/** A stretch of time in milliseconds since the epoch, `to` exclusive: a day, a month, a minute. */
export type Span = {readonly from: number; readonly to: number};

/** Now, where the person is. */
export type Here = {readonly now: number; readonly calendar: Calendar};

/** What the help says of it. */
export const whenForms = '2026-03-01, yesterday, monday, “2 weeks”, 14:00';

const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const months = [
	'january',
	'february',
	'march',
	'april',
	'may',
	'june',
	'july',
	'august',
	'september',
	'october',
	'november',
	'december',
];

type Part = {readonly year: number; readonly month: number; readonly day: number};
type Unit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** The time that is meant, seen from now; `undefined` where it is none. What has no year or date lies in the past. */
export function readWhen(text: string, here: Here): Span | undefined {
	const lower = text.trim().toLowerCase().replace(/\s+/gu, ' ');
	return lower === '' ? undefined : (ago(lower, here) ?? dated(lower, here));
}

function dated(text: string, here: Here): Span | undefined {
	const today = here.calendar(here.now);
	const [, datePart = '', hours, minutes] = /^(.*?)(?:(?:^| |t)(\d{1,2})[:h](\d{2}))?$/u.exec(text) ?? [];
	if (hours === undefined || minutes === undefined) {
		const whole = date(datePart, today);
		return whole === undefined ? undefined : stretch(whole.from, whole.to, here);
	}

	const hour = Number(hours);
	const minute = Number(minutes);
	const day = datePart === '' ? {from: today, to: today, recurs: 1} : date(datePart, today);
	if (hour > 23 || minute > 59 || day === undefined) {
		return undefined;
	}

	const at = (part: Part) => momentOf({...part, hour, minute}, here.calendar);
	const from = at(day.from);
	// Eleven at night, asked for at noon, is yesterday's; "monday 14:00" on a Monday morning is last week's.
	const past = from > here.now && day.recurs !== undefined ? at({...day.from, day: day.from.day - day.recurs}) : from;
	return {from: past, to: past + 60_000};
}

type Named = {
	readonly from: Part;
	/** The part after it. */
	readonly to: Part;
	/** Days after which the same name comes again. */
	readonly recurs?: number;
};

function date(text: string, today: LocalTime): Named | undefined {
	return relative(text, today) ?? numeric(text) ?? withMonth(text, today);
}

function oneDay({year, month, day}: Part, recurs?: number): Named {
	return {from: {year, month, day}, to: {year, month, day: day + 1}, ...(recurs === undefined ? {} : {recurs})};
}

function relative(text: string, today: LocalTime): Named | undefined {
	if (text === 'today') {
		return oneDay(today);
	}

	if (text === 'yesterday') {
		return oneDay({...today, day: today.day - 1});
	}

	const name = text.replace(/^last /u, '');
	const weekday = name.length < 3 ? -1 : days.findIndex(day => day.startsWith(name));
	if (weekday < 0) {
		return undefined;
	}

	const back = (today.weekday - weekday + 7) % 7;
	return oneDay({...today, day: today.day - (back === 0 && name !== text ? 7 : back)}, 7);
}

function numeric(text: string): Named | undefined {
	const iso = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/u.exec(text);
	if (iso !== null) {
		const [year = 0, month, day] = iso.slice(1).map(each => (each === undefined ? undefined : Number(each)));
		if (month === undefined) {
			return {from: {year, month: 1, day: 1}, to: {year: year + 1, month: 1, day: 1}};
		}

		if (day === undefined) {
			return month < 1 || month > 12 ? undefined : {from: {year, month, day: 1}, to: {year, month: month + 1, day: 1}};
		}

		return checked({year, month, day});
	}

	const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/u.exec(text);
	return dotted === null
		? undefined
		: checked({year: Number(dotted[3]), month: Number(dotted[2]), day: Number(dotted[1])});
}

/** `21 nov`, `nov 21 2026`, `november 2026`, `march`. */
function withMonth(text: string, today: LocalTime): Named | undefined {
	const name = /[a-z]{3,}/u.exec(text)?.[0];
	const month = name === undefined ? -1 : months.findIndex(each => each.startsWith(name)) + 1;
	if (name === undefined || month < 1 || !/^[a-z0-9., ]+$/u.test(text)) {
		return undefined;
	}

	const numbers = text
		.replace(name, ' ')
		.split(/[., ]+/u)
		.filter(part => part !== '');
	if (numbers.length > 2 || !numbers.every(part => /^(\d{1,2}|\d{4})$/u.test(part))) {
		return undefined;
	}

	const year = numbers.find(part => part.length === 4);
	const day = numbers.find(part => part.length < 4);
	if (numbers.length === 2 && (year === undefined || day === undefined)) {
		return undefined;
	}

	const isAhead = month > today.month || (month === today.month && day !== undefined && Number(day) > today.day);
	const meant = year === undefined ? today.year - (isAhead ? 1 : 0) : Number(year);
	return day === undefined
		? {from: {year: meant, month, day: 1}, to: {year: meant, month: month + 1, day: 1}}
		: checked({year: meant, month, day: Number(day)});
}

/** 30 February is no day. */
function checked(part: Part): Named | undefined {
	const real = new Date(Date.UTC(part.year, part.month - 1, part.day));
	return real.getUTCMonth() + 1 === part.month && real.getUTCDate() === part.day ? oneDay(part) : undefined;
}

const units: Readonly<Record<string, Unit>> = {
	minute: 'minute',
	minutes: 'minute',
	min: 'minute',
	h: 'hour',
	hour: 'hour',
	hours: 'hour',
	d: 'day',
	day: 'day',
	days: 'day',
	w: 'week',
	week: 'week',
	weeks: 'week',
	month: 'month',
	months: 'month',
	y: 'year',
	year: 'year',
	years: 'year',
};

/** `2 weeks`, `3d ago`, `an hour ago`: from that long ago, for a day, or a minute where it is minutes or hours. */
function ago(text: string, here: Here): Span | undefined {
	const found = /^(\d{1,4}|an?) ?([a-z]+)(?: ago)?$/u.exec(text);
	const unit = units[found?.[2] ?? ''];
	if (found === null || unit === undefined) {
		return undefined;
	}

	const count = /\d/u.test(found[1] ?? '') ? Number(found[1]) : 1;
	if (unit === 'minute' || unit === 'hour') {
		const from = here.now - count * (unit === 'hour' ? 3_600_000 : 60_000);
		return {from, to: from + 60_000};
	}

	const {year, month, day} = here.calendar(here.now);
	const lastOfMonth = (y: number, m: number) => new Date(Date.UTC(y, m, 0)).getUTCDate();
	const toMonth = unit === 'month' ? month - count : month;
	const toYear = unit === 'year' ? year - count : year;
	const back = unit === 'day' ? count : unit === 'week' ? 7 * count : 0;
	// A month before 31 March is the end of February.
	const onDay = back > 0 ? day - back : Math.min(day, lastOfMonth(toYear, toMonth));
	const named = oneDay({year: toYear, month: toMonth, day: onDay});
	return stretch(named.from, named.to, here);
}

function stretch(from: Part, to: Part, {calendar}: Here): Span {
	return {from: momentOf(from, calendar), to: momentOf(to, calendar)};
}
