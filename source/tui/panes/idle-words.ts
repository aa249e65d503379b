import type {ResourcePresence} from '../../model/contact.js';
import {type Calendar, dateText, sameDay, timeText} from './calendar.js';

/**
 * Since when nobody has touched the resource, where it says so: `idle since 14:05`, and the day where that was another one
 * than that of the presence. Empty where it says nothing.
 */
export function idleText(presence: ResourcePresence | undefined, calendar: Calendar): string {
	if (presence?.idleSince === undefined) {
		return '';
	}

	const since = calendar(presence.idleSince);
	const day = sameDay(since, calendar(presence.since)) ? '' : ` ${dateText(since)}`;
	return `idle since${day} ${timeText(since)}`;
}
