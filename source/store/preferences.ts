import type {State, StoreEvent} from './state.js';

/** What the person prefers, as the settings file last said. */
export function reducePreferences(state: State, event: StoreEvent): State {
	switch (event.type) {
		case 'snapshot.loaded': {
			const {preferences = state.preferences} = event.snapshot;
			return preferences === state.preferences ? state : {...state, preferences};
		}

		case 'preferences.changed':
			return {...state, preferences: event.preferences};
		default:
			return state;
	}
}
