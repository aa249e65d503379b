import type {EventOf, EventSource, EventType} from '../../source/model/events.js';

/** Keeps every Event, and waits for those that are still to come. */
export type Recorder = {
	/** All of one type so far. */
	all<Type extends EventType>(type: Type): ReadonlyArray<EventOf<Type>>;
	/** The first of this type that fits, past or future; fails after ten seconds. */
	until<Type extends EventType>(type: Type, fits?: (event: EventOf<Type>) => boolean): Promise<EventOf<Type>>;
	readonly types: () => readonly EventType[];
};

const patience = 30_000;

export function record(events: EventSource): Recorder {
	const seen: Array<EventOf<EventType>> = [];
	let waiting: ReadonlyArray<() => boolean> = [];
	events(event => {
		seen.push(event);
		waiting = waiting.filter(check => !check());
	});

	function all<Type extends EventType>(type: Type): ReadonlyArray<EventOf<Type>> {
		return seen.filter((event): event is EventOf<Type> => event.type === type);
	}

	return {
		all,
		types: () => seen.map(({type}) => type),
		until(type, fits = () => true) {
			return new Promise((resolve, reject) => {
				const timer = setTimeout(() => {
					reject(new Error(`no ${type} came; there were: ${seen.map(event => JSON.stringify(event)).join('\n')}`));
				}, patience);
				const check = () => {
					const found = all(type).find(fits);
					if (found === undefined) {
						return false;
					}

					clearTimeout(timer);
					resolve(found);
					return true;
				};
				if (!check()) {
					waiting = [...waiting, check];
				}
			});
		},
	};
}
