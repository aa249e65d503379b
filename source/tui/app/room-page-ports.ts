import type {Actions} from '../../model/actions.js';
import type {State} from '../../store/state.js';

/** What a page about rooms or people is made of. */
export type RoomPagePorts = {readonly state: State; readonly actions: Actions};
