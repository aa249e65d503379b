/** Lists and forms of rooms on the screen. */
import {type BareJid, bareOf} from '../../shared/jid.js';
import {whileAsking} from './asking.js';
import {type Core, sayProblem, tell} from './core.js';
import {openForm} from './forms.js';
import {showPage} from './help-popup.js';
import {askedFor, type RoomFormIntent, registeredText, roomForm} from './room-forms.js';
import {type RoomPageIntent, roomPage} from './room-pages.js';

/** Shows a list that may have to be asked for; who went elsewhere meanwhile is not disturbed with it. */
export async function showRoomPage(core: Core, intent: RoomPageIntent): Promise<boolean> {
	const {active} = core.view();
	const whom = askedOf(intent);
	try {
		const page = await whileAsking(core, whom, () => roomPage(intent, {state: core.state(), actions: core.actions}));
		if (core.view().active === active && core.view().popup === undefined) {
			showPage(core, page);
		}

		return true;
	} catch (error) {
		sayProblem(core, error, active);
		return false;
	}
}

/** Who has to answer, where it is not the service of the rooms. */
function askedOf(intent: RoomPageIntent): BareJid | undefined {
	if (intent.type === 'vcard') {
		return bareOf(intent.jid ?? intent.account);
	}

	return 'room' in intent ? intent.room : undefined;
}

/** Shows a form that has to be asked for; who went elsewhere meanwhile is not disturbed with it. */
export async function showRoomForm(core: Core, intent: RoomFormIntent): Promise<boolean> {
	const {active} = core.view();
	try {
		const task = await whileAsking(core, askedFor(intent), () => roomForm(intent, core.actions));
		if (task === undefined) {
			tell(core, active, 'info', registeredText(intent));
		} else if (core.view().active === active && core.view().popup === undefined) {
			openForm(core, task);
		}

		return true;
	} catch (error) {
		sayProblem(core, error, active);
		return false;
	}
}
