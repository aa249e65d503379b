import type {Calendar, LocalTime} from '../../shared/local-time.js';

export type {Calendar, LocalTime};

/** The time zone of the system (`TZ`). */
export const systemCalendar: Calendar = milliseconds => {
	const date = new Date(milliseconds);
	return {
		year: date.getFullYear(),
		month: date.getMonth() + 1,
		day: date.getDate(),
		weekday: date.getDay(),
		hour: date.getHours(),
		minute: date.getMinutes(),
	};
};

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `09:05`. */
export function timeText({hour, minute}: LocalTime): string {
	return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** `Sat 21 Nov 2026`. */
export function dateText({weekday, day, month, year}: LocalTime): string {
	return `${weekdays[weekday]} ${day} ${months[month - 1]} ${year}`;
}

export function sameDay(one: LocalTime, other: LocalTime): boolean {
	return one.day === other.day && one.month === other.month && one.year === other.year;
}

export function sameMinute(one: LocalTime, other: LocalTime): boolean {
	return one.minute === other.minute && one.hour === other.hour && sameDay(one, other);
}
